import { SessionHelperRemoval, SessionId } from '~~/shared/schemas/desk-activities'

/** Takes a helper off; what is confirmed is taken back with its record and credits. 404 `place_unknown`, 409 `own_account`, 422 `reason_missing`. */
export default formHandler(async (event) => {
  const { id } = readParams(event, SessionId)
  const { place, reason } = await readInput(event, SessionHelperRemoval)
  const { database } = await requireDesk(event, 'people')
  await answerOf(database.rpc('remove_session_helper', { of_place_id: place, reason }))
  return { session: id }
}, (_event, { session }) => `/desk/activities/sessions/${session}/helpers?done=removed`)
