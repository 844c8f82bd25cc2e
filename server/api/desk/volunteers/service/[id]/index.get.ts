import { OpportunityId } from '~~/shared/schemas/volunteers'

/** One call for volunteers with its shifts, and the choices of its form. 404 `opportunity_unknown`. */
export default defineEventHandler(async (event) => {
  const { id } = readParams(event, OpportunityId)
  const desk = await requireDesk(event, 'activities')
  const known = await answerOf(desk.database.from('service_opportunities').select('unit_id').eq('id', id).maybeSingle())
  if (!known) throw refusal(404, 'opportunity_unknown')
  const { code } = await answerOf(desk.database.from('units').select('code').eq('id', known.unit_id).single())
  const { unit } = await requireUnit(desk, code, 'activities')
  const [call] = await serviceAtDesk(desk, unit.id, id)
  return { unit, call: call!, today: chinaToday(), ...await serviceChoices(desk, unit.id) }
})
