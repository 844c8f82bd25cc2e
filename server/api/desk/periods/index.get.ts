import { PeriodsQuery } from '~~/shared/schemas/periods'

const PAGE = 100

/** What waits for the asking post, the periods, and how complete and timely the units below are in one of them. */
export default defineEventHandler(async (event) => {
  const { unit: code, period: periodId, page } = readQuery(event, PeriodsQuery)
  const desk = await requireDesk(event, 'figures')
  const { unit, trail } = await requireUnit(desk, code, 'figures')
  const [tasks, periods] = await Promise.all([
    reportTasks(desk.database),
    answerOf(desk.database.from('reporting_periods').select('id, year, part, starts_on, ends_on, due_on').order('ends_on', { ascending: false }).order('part')),
  ])
  const over = periods.filter(({ ends_on }) => ends_on < chinaToday())
  const period = periodId === undefined ? over[0] ?? periods[0] : periods.find(({ id }) => id === periodId)
  if (periodId !== undefined && !period) throw refusal(404, 'period_unknown')
  const due = period ? await everyRow((from, to) => desk.database.rpc('reports_due', { of_period_id: period.id, in_unit_id: unit.id }).range(from, to)) : []
  const arrived = due.filter(row => row.first_handed_in_at)
  const missing = due.filter(row => !row.first_handed_in_at)
  return {
    unit, trail, tasks,
    periods: periods.map(asPeriod), period: period ? asPeriod(period) : null,
    canOpen: trail.length === 1 && desk.me.posts.some(post => post.sights.includes('approval') && post.administrationId === unit.id),
    counts: { due: due.length, arrived: arrived.length, inTime: arrived.filter(row => !row.is_late).length, approved: due.filter(row => row.state === 'approved').length },
    missing: { count: missing.length, first: missing.slice(0, 12).map(row => ({ code: row.code!, name: row.name! })) },
    page, pages: Math.ceil(due.length / PAGE),
    reports: due.slice((page - 1) * PAGE, page * PAGE).map(row => ({
      code: row.code!, name: row.name!, level: row.level!, state: row.state, version: row.version, handedInAt: row.handed_in_at,
      firstHandedInAt: row.first_handed_in_at, isLate: row.is_late, decidedAt: row.decided_at, hasException: row.has_exception!, missingPopulations: row.missing_populations!,
      remindedAt: row.reminded_at, isTexted: row.by_text ?? false,
    })),
  }
})
