import { BodyEntry } from '~~/shared/schemas/recognition'

/** Adds a body that issues certificates. 403 `unit_not_yours`, 409 `body_known`, 422 `body_missing`. */
export default formHandler(async (event) => {
  const { zh, en } = await readInput(event, BodyEntry)
  const { database } = await requireDesk(event, 'approval')
  return { body: await answerOf(database.rpc('add_recognition_body', { zh, en })) }
}, () => '/desk/credits/recognition/pairs?done=added')
