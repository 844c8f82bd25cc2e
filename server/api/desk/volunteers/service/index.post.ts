import { OpportunityFields } from '~~/shared/schemas/volunteers'

/** Writes what volunteers are asked for: a draft until it is published. 404 `opportunity_unknown`, 422 by field. */
export default formHandler(async (event) => {
  const { unit: code, opportunity, ...fields } = await readInput(event, OpportunityFields)
  const desk = await requireDesk(event, 'activities')
  const { unit } = await requireUnit(desk, code, 'activities')
  return { opportunity: await answerOf(desk.database.rpc('save_opportunity', { of_unit_id: unit.id, of_opportunity_id: opportunity ?? null!, fields })) as number }
}, (_event, { opportunity }) => `/desk/volunteers/service/${opportunity}?done=saved`)
