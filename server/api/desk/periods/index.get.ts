import { PeriodsQuery } from '~~/shared/schemas/periods'

const PAGE = 100

/** What waits for the asking post, the periods, and how complete and timely the units below are in one of them. */
export default defineEventHandler(async (event) => {
  const { unit: code, period: periodId, page } = readQuery(event, PeriodsQuery)
  const desk = await requireDesk(event, 'figures')
  const { unit, trail } = await requireUnit(desk, code, 'figures')
  const [tasks, { periods, period }] = await Promise.all([reportTasks(desk.database), choosePeriod(desk.database, { period: periodId })])
  const [due, children] = period
    ? await Promise.all([
        everyRow((from, to) => desk.database.rpc('reports_due', { of_period_id: period.id, in_unit_id: unit.id }).range(from, to)),
        reportsByChild(desk.database, period.id, unit.id),
      ])
    : [[], []]
  const arrived = due.filter(row => row.first_handed_in_at)
  const missing = due.filter(row => !row.first_handed_in_at)
  return {
    unit, trail, tasks, periods, period, children,
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
