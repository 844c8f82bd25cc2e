/**
 * The desk's first page: reports that wait for one, who below is late, what waits of volunteers,
 * and of one's topmost unit the year and the last twelve weeks; `figures` is null for posts that see none.
 */
export default defineEventHandler(async (event) => {
  const desk = await requireDesk(event)
  const service = await serviceDue(desk)
  if (!desk.me.posts.some(post => post.sights.includes('figures'))) return { figures: null, tasks: [], late: [], service, check: null }
  const { unit } = await requireUnit(desk, undefined, 'figures')
  const [year, today] = [thisYear(), chinaToday()]
  const [[coverage], milliCredits, weeks, seesNames, tasks, late, check] = await Promise.all([
    coverageOf(desk.database, unit.id, year, 'resident'),
    answerOf(desk.database.rpc('credits_of_unit', { in_unit_id: unit.id, counted_year: year })),
    answerOf(desk.database.rpc('participations_by_week', { in_unit_id: unit.id, last_day: today })),
    seesNamesAt(desk.database, unit.id),
    reportTasks(desk.database),
    lateReports(desk.database, unit.id),
    figureCheckStanding(desk.database),
  ])
  return {
    tasks, late, service,
    // What went wrong at night is for whoever looks after the whole region.
    check: check.isMine ? check : null,
    figures: {
      unit, year, coverage: coverage!,
      milliCredits,
      weeks: weeks.map(week => ({ startsOn: week.week_start!, personTimes: week.person_times! })),
      weeksInTens: !seesNames,
    },
  }
})
