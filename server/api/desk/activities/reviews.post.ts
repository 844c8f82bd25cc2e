import { ReviewEntry } from '~~/shared/schemas/desk-activities'

/** Says how the plans of a place below are published. 403 `unit_not_yours`, 404 `unit_unknown`, 422 by field. */
export default formHandler(async (event) => {
  const { unit: code, way } = await readInput(event, ReviewEntry)
  const desk = await requireDesk(event, 'approval')
  const { unit, trail } = await requireUnit(desk, code, 'approval')
  await answerOf(desk.database.rpc('set_activity_review', { of_unit_id: unit.id, way: way === 'inherit' ? null! : way }))
  return { above: trail.at(-2)?.code ?? unit.code }
}, (_event, { above }) => `/desk/activities/reviews?unit=${above}&done=saved`)
