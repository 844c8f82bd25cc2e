import { HeadCountsQuery } from '~~/shared/schemas/head-counts'

const PAGE = 50

/** The head counts of a unit and all below in a year or a month of it, and what the form needs: units that may have run an event, categories. */
export default defineEventHandler(async (event) => {
  const { unit: code, year = thisYear(), month, page } = readQuery(event, HeadCountsQuery)
  const desk = await requireDesk(event, 'figures')
  const { unit, trail } = await requireUnit(desk, code, 'figures')
  const [rows, everyMonth, hosts, { categories, years }] = await Promise.all([
    answerOf(desk.database.rpc('list_head_counts', { in_unit_id: unit.id, counted_year: year, page_size: PAGE, skip: (page - 1) * PAGE, ...(month && { in_month: month }) })),
    answerOf(desk.database.rpc('head_counts_by_month', { in_unit_id: unit.id, counted_year: year })),
    answerOf(desk.database.rpc('head_count_hosts', { in_unit_id: unit.id, sight: 'trainings' })),
    figureChoices(desk.database, unit.id),
  ])
  const months = month ? everyMonth.filter(one => one.month === month) : everyMonth
  const [named, ours, departments] = await Promise.all([
    answerOf(desk.database.rpc('named_of_head_counts', { head_count_ids: rows.filter(row => row.session_id !== null).map(row => row.id!) })),
    answerOf(desk.database.rpc('head_counts_to_correct', { head_count_ids: rows.map(row => row.id!) })),
    answerOf(desk.database.from('head_counts').select('id, delivering_department').in('id', rows.map(row => row.id!)).not('delivering_department', 'is', null)),
  ])
  return {
    unit, trail, year, month: month ?? null, years, categories, page, pages: Math.ceil((rows[0]?.total ?? 0) / PAGE),
    isExact: rows.every(row => row.persons !== null),
    personTimes: months.reduce((sum, one) => sum + one.person_times!, 0), events: months.reduce((sum, one) => sum + one.events!, 0),
    hosts: hosts.map(host => ({ code: host.code!, name: host.name! })),
    headCounts: rows.map(row => ({
      id: row.id!, hostCode: row.host_code!, host: row.host!, kind: row.kind!, title: row.title!,
      category: row.category!, categoryZh: row.category_zh!, categoryEn: row.category_en!,
      startedAt: row.started_at!, endedAt: row.ended_at!, persons: row.persons,
      department: departments.find(({ id }) => id === row.id)?.delivering_department ?? null, note: row.note!, corrects: row.corrects, correctedBy: row.corrected_by,
      mayCorrect: ours.includes(row.id!), session: row.session_id, named: named.find(one => one.id === row.id)?.named ?? 0,
    })),
  }
})
