import { RangeAsked } from '~~/shared/schemas/range-figures'

/**
 * Has a range of days counted; asked again while it is, it is the same one. 403 `names_hidden` | `unit_not_yours`, 404 `unit_unknown`,
 * 409 `ranges_waiting`, 422 `day_invalid` | `until_before_from` | `range_not_over` | `range_too_long`.
 */
export default formHandler(async (event) => {
  const asked = await readInput(event, RangeAsked)
  const desk = await requireDesk(event, 'names')
  const { unit } = await requireUnit(desk, asked.unit, 'names')
  const id = await answerOf(desk.database.rpc('ask_range_figure', { in_unit_id: unit.id, from_day: asked.from, until_day: asked.until }))
  await startJob(RANGE_JOB, { id }, String(id))
  return { id }
}, (_event, { id }) => `/desk/metrics/ranges/${id}`)
