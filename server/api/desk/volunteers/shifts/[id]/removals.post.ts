import { ServiceCancellation, ShiftId } from '~~/shared/schemas/volunteers'

/** Takes a place back that nobody came to. 404 `place_unknown`, 409 `service_begun`. */
export default formHandler(async (event) => {
  const { id } = readParams(event, ShiftId)
  const { place } = await readInput(event, ServiceCancellation)
  const { database } = await requireDesk(event, 'people')
  const { error } = await database.rpc('give_service_place_up', { of_place_id: place })
  if (error) throw databaseRefusal(error)
  return { shift: id }
}, (_event, { shift }) => `/desk/volunteers/shifts/${shift}?done=removed`)
