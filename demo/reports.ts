// Head counts of open-air events, and what units handed in: last year's report and the first half of this year's, some late,
// some waiting, one sent back, one missing.
import type postgres from 'postgres'
import { type Day, dateOf, dayIn, momentOf, yearOf } from './calendar.ts'
import type { County, Region, Township, Unit } from './network.ts'
import type { Random } from './random.ts'
import type { Staff } from './staff.ts'

const EVENTS = [
  { month: 1, title: '新春广场文艺演出', category: 'culture_leisure', heads: [150, 600], minute: 9 * 60 + 30 },
  { month: 3, title: '赶集日防诈骗宣传', category: 'anti_crime_safety', heads: [80, 300], minute: 9 * 60 },
  { month: 4, title: '全民读书日集市', category: 'reading', heads: [60, 200], minute: 9 * 60 },
  { month: 6, title: '安全生产月现场咨询', category: 'emergency_safety', heads: [50, 180], minute: 9 * 60 },
  { month: 8, title: '消夏纳凉晚会', category: 'culture_leisure', heads: [200, 700], minute: 19 * 60 },
  { month: 10, title: '重阳节敬老演出', category: 'elderly', heads: [100, 350], minute: 9 * 60 + 30 },
] as const

/** More sat in the reading circle than gave their names: all were counted, and the named are not counted twice. */
async function countReaders(sql: postgres.TransactionSql, by: string, today: Day): Promise<void> {
  await sql`
    insert into public.head_counts (host_unit_id, kind, category_id, title, started_at, ended_at, persons, note, entered_by, entered_at, session_id)
    select activity.host_unit_id, activity.kind, activity.category_id, activity.title, session.starts_at, session.ends_at,
      (select count(*)::integer + 5 from public.session_records record where record.session_id = session.id), '五位邻居旁听，没留名字', ${by}, ${momentOf(today - 11, 9 * 60)}, session.id
    from public.activity_sessions session join public.activities activity on activity.id = session.activity_id and activity.title = '秋季读书会' order by session.id limit 1`
}

/** What nobody could write a list of names for, in every township this year. */
export async function addHeadCounts(sql: postgres.TransactionSql, random: Random, region: Region, { managerOf }: Staff, today: Day): Promise<void> {
  const townships = region.counties.flatMap(county => county.townships)
  const rows = townships.flatMap((township, place) => EVENTS.filter((_, index) => (index + place) % 3 > 0).flatMap((event) => {
    const day = dayIn(yearOf(today), event.month, random.int(5, 20))
    if (day >= today) return []
    return [{ township, event, day, heads: Math.round(random.int(event.heads[0], event.heads[1]) / 10) * 10 }]
  }))
  for (const [index, { township, event, day, heads }] of rows.entries()) {
    const row = {
      host_unit_id: township.school.id, kind: 'activity', category_id: event.category, title: event.title, persons: heads, note: '工作人员现场清点',
      started_at: momentOf(day, event.minute), ended_at: momentOf(day, event.minute + 120), entered_by: managerOf.get(township)!.account.id, entered_at: momentOf(day + 1, 9 * 60),
    }
    const [recorded] = await sql`insert into public.head_counts ${sql(row)} returning id`
    // Counted twice over, and put right the day after.
    if (index === 1) await sql`insert into public.head_counts ${sql({ ...row, persons: heads - 40, note: '与照片核对后更正', entered_at: momentOf(day + 2, 9 * 60), corrects: recorded!.id })}`
  }
  await countReaders(sql, managerOf.get(townships[0]!)!.account.id, today)
}

interface Report { unit: Unit, by: string, decidedBy: string | null, day: Day, state: 'approved' | 'handed_in' | 'returned', exception?: string, drift?: true }

/** The periods of both years, and what has been handed in of those that are over. */
export async function addReports(sql: postgres.TransactionSql, region: Region, staff: Staff, today: Day): Promise<void> {
  const year = yearOf(today)
  const head = staff.members.find(({ account }) => account?.username === 'city')!.account!.id
  const deputy = staff.members.find(({ account }) => account?.username === 'qingjiang')!.account!.id
  const managerOf = (place: Township | County) => staff.managerOf.get(place)!.account.id
  const periods = [
    { year: year - 1, part: 'year', from: [1, 1], to: [12, 31] }, { year, part: 'h1', from: [1, 1], to: [6, 30] },
    { year, part: 'h2', from: [7, 1], to: [12, 31] }, { year, part: 'year', from: [1, 1], to: [12, 31] },
  ] as const
  for (const { year, part, from, to } of periods) {
    const ends = dayIn(year, to[0], to[1])
    const due = ends + 20
    const [period] = await sql`insert into public.reporting_periods ${sql({
      year, part, starts_on: dateOf(dayIn(year, from[0], from[1])), ends_on: dateOf(ends), due_on: dateOf(due), levels: ['city', 'county', 'township'],
      opened_by: head, opened_at: momentOf(dayIn(year, 1, 6), 9 * 60),
    })} returning id`
    if (due + 12 > today) continue
    const isLatest = part === 'h1'
    for (const [countyPlace, county] of region.counties.entries()) {
      for (const [place, township] of county.townships.entries()) {
        const isLast = place === county.townships.length - 1
        const report: Report = { unit: township.unit, by: managerOf(township), decidedBy: managerOf(county), day: due - 9 + place % 7, state: 'approved' }
        if (isLatest && countyPlace === 0 && isLast) Object.assign(report, { state: 'handed_in', decidedBy: null })
        if (isLatest && countyPlace === 0 && place === 0) report.drift = true
        if (isLatest && countyPlace === 1 && place === 0) Object.assign(report, { day: due + 4, exception: '换了管理员，交接晚了四天' })
        if (isLatest && countyPlace === 1 && place === 1) report.state = 'returned'
        if (isLatest && countyPlace === 1 && isLast && place > 1) continue
        await addReport(sql, period!.id as number, year, to[0], due, report)
      }
      // The latest is still being gathered; last year's went all the way up.
      if (!isLatest) await addReport(sql, period!.id as number, year, to[0], due, { unit: county.unit, by: managerOf(county), decidedBy: head, day: due - 1, state: 'approved' })
    }
    if (!isLatest) await addReport(sql, period!.id as number, year, to[0], due, { unit: region.city, by: head, decidedBy: deputy, day: due, state: 'approved' })
    // The morning after its day, whoever had handed nothing in was reminded.
    else {
      await sql`insert into public.report_reminders (period_id, unit_id, step, at)
        select ${period!.id}, owed.unit_id, 'late', ${momentOf(due + 1, 9 * 60 + 10)} from private.reporting_units(${period!.id}) owed
        where not exists (select from public.reports report where report.period_id = ${period!.id} and report.unit_id = owed.unit_id)`
    }
  }
}

async function addReport(sql: postgres.TransactionSql, period: number, year: number, lastMonth: number, due: Day, handedIn: Report): Promise<void> {
  const { unit, by, decidedBy, day, state, exception, drift } = handedIn
  const report = { period_id: period, unit_id: unit.id }
  await sql`insert into public.reports ${sql({ ...report, state, version: 1 })}`
  await sql`insert into public.report_snapshots (period_id, unit_id, version, handed_in_at, handed_in_by, is_late, exception, units_below, tree_version)
    select ${period}, ${unit.id}, 1, ${momentOf(day, 15 * 60)}, ${by}, ${day > due}, ${exception ?? null}, count(*) - 1,
      md5(string_agg(placed.unit_id || ':' || placed.ancestors::text, ' ' order by placed.unit_id))
    from public.unit_paths placed where placed.ancestors @> array[${unit.id}::integer] and placed.years @> ${year}::integer`
  // The figures are read as the one who hands them in. Where there is drift, a few late lists came after that.
  await sql`select set_config('request.jwt.claims', ${JSON.stringify({ sub: by, role: 'authenticated' })}, true)`
  await sql`insert into public.report_figures (period_id, unit_id, version, position, code, value, denominator, denominator_source,
      denominator_as_of, denominator_version, missing_count, missing_names)
    select ${period}, ${unit.id}, 1, place, code,
      greatest(0, value - case when ${drift ?? false} then
        case code when 'reached:resident' then 2 when 'person_times' then 3 when 'hours' then 4.5 when 'hours_per_person' then 4.5 else 0 end else 0 end),
      case when ${drift ?? false} and code = 'hours_per_person' then nullif(greatest(0, denominator - 2), 0) else denominator end,
      denominator_source, denominator_as_of, denominator_version, missing_count, missing_names
    from private.figures_of(${unit.id}, ${year}, ${lastMonth})`
  await sql`select set_config('request.jwt.claims', '', true)`
  await sql`insert into public.report_acts ${sql({ ...report, version: 1, act: 'handed_in', reason: exception ?? null, account_id: by, at: momentOf(day, 15 * 60) })}`
  const answer = state === 'returned' ? '六月的讲座学时好像多填了，请核对后再报' : null
  if (decidedBy) await sql`insert into public.report_acts ${sql({ ...report, version: 1, act: state, reason: answer, account_id: decidedBy, at: momentOf(day + 3, 10 * 60) })}`
}
