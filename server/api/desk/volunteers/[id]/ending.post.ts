import { VolunteerEnd, VolunteerId } from '~~/shared/schemas/volunteers'

/** Ends a registration with a reason; what was served stays. 404 `volunteer_unknown`. */
export default formHandler(async (event) => {
  const { id } = readParams(event, VolunteerId)
  const { reason } = await readInput(event, VolunteerEnd)
  const { database } = await requireDesk(event, 'people')
  const { error } = await database.rpc('end_volunteer', { of_volunteer_id: id, reason })
  if (error) throw databaseRefusal(error)
  return { volunteer: id }
}, (_event, { volunteer }) => `/desk/volunteers/${volunteer}?done=ended`)
