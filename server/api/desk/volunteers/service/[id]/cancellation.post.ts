import { OpportunityId, ServiceReason } from '~~/shared/schemas/volunteers'

/** Calls off one shift, or all that are to come; whoever has a place reads why. 404 `shift_unknown`, 409 `shift_begun`. */
export default formHandler(async (event) => {
  const { id } = readParams(event, OpportunityId)
  const { shift, reason } = await readInput(event, ServiceReason)
  const { database } = await requireDesk(event, 'activities')
  const { error } = await database.rpc('cancel_service', { of_opportunity_id: id, of_shift_id: shift ?? null!, reason })
  if (error) throw databaseRefusal(error)
  return { opportunity: id }
}, (_event, { opportunity }) => `/desk/volunteers/service/${opportunity}?done=cancelled`)
