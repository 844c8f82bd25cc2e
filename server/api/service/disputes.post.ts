import { ServiceDispute } from '~~/shared/schemas/volunteers'

/** Says that hours are wrong; answered by a date. Asked again while it is open it is the same. 404 `place_unknown`, 409 `shift_not_over` | `dispute_too_late`. */
export default formHandler(async (event) => {
  const { place, words } = await readInput(event, ServiceDispute)
  const { database } = await requireSession(event)
  return { dispute: await answerOf(database.rpc('dispute_service', { of_place_id: place, words })) as number }
}, event => backToService(event, 'disputed'))
