import { CreditRowsQuery } from '~~/shared/schemas/range-figures'

const PAGE = 50

/**
 * The postings that a unit's credits of a year are the sum of, 50 at a time: for records of whoever lived there then.
 * 403 `names_hidden` | `unit_not_yours`, 404 `unit_unknown`.
 */
export default defineEventHandler(async (event) => {
  const query = readQuery(event, CreditRowsQuery)
  const desk = await requireDesk(event, 'names')
  const { unit, trail } = await requireUnit(desk, query.unit, 'names')
  const year = query.year ?? thisYear()
  const [milliCredits, found, choices] = await Promise.all([
    answerOf(desk.database.rpc('credits_of_unit', { in_unit_id: unit.id, counted_year: year })),
    answerOf(desk.database.rpc('credit_rows', { in_unit_id: unit.id, counted_year: year, page_size: PAGE + 1, after_posting_id: query.after })),
    figureChoices(desk.database, unit.id),
  ])
  const rows = found.slice(0, PAGE).map(row => ({
    id: row.posting_id!, postedAt: row.posted_at!, person: row.person_id!, name: row.name, home: row.home!, startedAt: row.started_at!, kind: row.kind!, title: row.title,
    ruleZh: row.rule_zh, ruleEn: row.rule_en, milliCredits: row.milli_credits!,
  }))
  return { unit, trail, year, years: choices.years, milliCredits, rows, isFirst: query.after === 0, next: found.length > PAGE ? rows.at(-1)!.id : null }
})
