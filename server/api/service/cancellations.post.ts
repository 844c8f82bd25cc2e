import { ServiceCancellation } from '~~/shared/schemas/volunteers'

/** Gives a place back before the shift begins. 404 `place_unknown`, 409 `shift_begun` | `service_begun`. */
export default formHandler(async (event) => {
  const { place } = await readInput(event, ServiceCancellation)
  const { database } = await requireSession(event)
  const { error } = await database.rpc('give_service_place_up', { of_place_id: place })
  if (error) throw databaseRefusal(error)
  return { place }
}, event => backToService(event, 'cancelled'))
