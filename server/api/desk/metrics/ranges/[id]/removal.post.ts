import { RangeId } from '~~/shared/schemas/range-figures'

/** Removes a range, also while it is counted. 404 `range_unknown`, 403 `range_not_yours`. */
export default formHandler(async (event) => {
  const { id } = readParams(event, RangeId)
  const desk = await requireDesk(event, 'names')
  const { unit } = await requireRange(desk, id)
  const { error } = await desk.database.rpc('remove_range_figure', { range_id: id })
  if (error) throw databaseRefusal(error)
  return { unit: unit.code }
}, (_event, { unit }) => `/desk/metrics/ranges?unit=${unit}`)
