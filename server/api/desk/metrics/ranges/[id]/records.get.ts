import { RangeId, RangeRecordsQuery } from '~~/shared/schemas/range-figures'

const PAGE = 50

/**
 * The records behind a figure of a range as they are now, 50 at a time: of its unit, or of one right below. 404 `range_unknown` | `unit_unknown`,
 * 409 `range_not_counted`, 403 `range_group_hidden`.
 */
export default defineEventHandler(async (event) => {
  const { id } = readParams(event, RangeId)
  const { unit: code, after, ...query } = readQuery(event, RangeRecordsQuery)
  const desk = await requireDesk(event, 'names')
  const range = await requireRange(desk, id)
  if (range.state !== 'counted') throw refusal(409, 'range_not_counted')
  const { group, category, rows } = await rangeFigures(desk.database, id, query)
  const of = rows.find(row => row.code === (code ?? range.unit.code))
  if (!of) throw refusal(404, 'unit_unknown')
  const unit = await answerOf(desk.database.from('units').select('id').eq('code', of.code).single())
  const [person = 0, record = 0] = after?.split('.').map(Number) ?? []
  const found = await answerOf(desk.database.rpc('range_records', {
    range_id: id, below: unit.id, counted_group: group.id, view_code: viewOf(category), page_size: PAGE + 1, after_person_id: person, after_record_id: record,
  }))
  const records = found.slice(0, PAGE).map(recordBehind)
  const last = records.at(-1)
  return {
    range, group, category, unit: { code: of.code, name: of.name }, figure: { persons: of.persons, personTimes: of.personTimes, hours: of.hours },
    records, year: Number(range.until.slice(0, 4)), isFirst: after === undefined, next: found.length > PAGE && last ? `${last.person}.${last.id}` : null,
  }
})
