import { RangeId, RangeQuery } from '~~/shared/schemas/range-figures'

/** A range of days: how far its count is, and once it is counted its figures. 404 `range_unknown`, 403 `range_group_hidden`, 422 `group_unknown` | `category_unknown`. */
export default defineEventHandler(async (event) => {
  const { id } = readParams(event, RangeId)
  const query = readQuery(event, RangeQuery)
  const desk = await requireDesk(event, 'names')
  const range = await requireRange(desk, id)
  const [{ trail }, figures, approving] = await Promise.all([
    requireUnit(desk, range.unit.code, 'names'),
    range.state === 'counted' ? rangeFigures(desk.database, id, query) : null,
    answerOf(desk.database.rpc('unit_trail', { unit_code: range.unit.code, sight: 'approval' })),
  ])
  return { ...range, trail, isRunning: range.state === 'waiting' || range.state === 'counting', mayRemove: range.isMine || approving.at(-1)?.in_sight === true, year: Number(range.until.slice(0, 4)), figures }
})
