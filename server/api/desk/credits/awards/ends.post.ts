import { AwardEnd } from '~~/shared/schemas/honours'

/** Ends an award after today; applications that were made go on. 403 `unit_not_yours`, 404 `award_unknown`. */
export default formHandler(async (event) => {
  const { award, unit } = await readInput(event, AwardEnd)
  const { database } = await requireDesk(event, 'approval')
  const { error } = await database.rpc('end_credit_award', { award_id: award })
  if (error) throw databaseRefusal(error)
  return { unit }
}, (_event, { unit }) => `/desk/credits/awards?unit=${unit}`)
