import { OpportunityId } from '~~/shared/schemas/volunteers'

/** Publishes a call for volunteers; again changes nothing. 409 `shifts_missing` | `opportunity_cancelled`. */
export default formHandler(async (event) => {
  const { id } = readParams(event, OpportunityId)
  const { database } = await requireDesk(event, 'activities')
  const { error } = await database.rpc('publish_opportunity', { of_opportunity_id: id })
  if (error) throw databaseRefusal(error)
  return { opportunity: id }
}, (_event, { opportunity }) => `/desk/volunteers/service/${opportunity}?done=published`)
