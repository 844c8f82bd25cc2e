import type { H3Event } from 'h3'
import { ReportParams } from '~~/shared/schemas/periods'
import type { z } from 'zod'
import type { PeriodsQuery } from '~~/shared/schemas/periods'
import type { ChildReports, LateReports, ReportPart, ReportTask } from '~~/shared/types/periods'
import type { Sight } from '~~/shared/types/identity'
import type { Supabase } from './database'
import type { Desk } from './desk'

/** The report that an address names, for a post with a sight on its unit. */
export async function requireReport(event: H3Event, sight: Sight): Promise<{ desk: Desk, periodId: number, unit: { id: number, code: string, name: string } }> {
  const { period: periodId, unit: code } = readParams(event, ReportParams)
  const desk = await requireDesk(event, sight)
  const { unit } = await requireUnit(desk, code, sight)
  return { desk, periodId, unit }
}

/** Where a plain form of a report leads to. */
export function reportPath({ periodId, unit }: { periodId: number, unit: string }): string {
  return `/desk/periods/${periodId}/${unit}`
}

interface PeriodRow { id: number, year: number, part: string, starts_on: string, ends_on: string, due_on: string }

export function asPeriod({ id, year, part, starts_on, ends_on, due_on }: PeriodRow) {
  return { id, year, part: part as ReportPart, startsOn: starts_on, endsOn: ends_on, dueOn: due_on, isOver: ends_on < chinaToday(), isPastDue: due_on < chinaToday() }
}

/** What waits for the asking account: reports to hand in, to approve, to reopen. */
export async function reportTasks(database: Supabase): Promise<ReportTask[]> {
  const rows = await answerOf(database.rpc('my_report_tasks'))
  return rows.map(row => ({
    task: row.task as ReportTask['task'], periodId: row.period_id!, year: row.year!, part: row.part as ReportPart, dueOn: row.due_on!, isPastDue: row.due_on! < chinaToday(),
    code: row.code!, name: row.name!, state: row.state,
  }))
}

/** Who below a unit is late, by period. */
export async function lateReports(database: Supabase, unitId: number): Promise<LateReports[]> {
  const rows = await answerOf(database.rpc('late_reports', { in_unit_id: unitId }))
  return rows.map(row => ({
    periodId: row.period_id!, year: row.year!, part: row.part as ReportPart, dueOn: row.due_on!, units: row.units!,
    first: row.codes!.map((code, place) => ({ code, name: row.names![place]! })),
  }))
}

/** The periods, latest first, and the one that is asked for: by itself the latest that is over. @throws 404 `period_unknown` */
export async function choosePeriod(database: Supabase, { period: id }: Pick<z.output<typeof PeriodsQuery>, 'period'>) {
  const rows = await answerOf(database.from('reporting_periods').select('id, year, part, starts_on, ends_on, due_on').order('ends_on', { ascending: false }).order('part'))
  const periods = rows.map(asPeriod)
  const period = id === undefined ? periods.find(({ isOver }) => isOver) ?? periods[0] : periods.find(one => one.id === id)
  if (id !== undefined && !period) throw refusal(404, 'period_unknown')
  return { periods, period: period ?? null }
}

/** How complete and timely a unit's reports are: all of it first, then by unit right below. */
export async function reportsByChild(database: Supabase, periodId: number, unitId: number): Promise<ChildReports[]> {
  const rows = await answerOf(database.rpc('reports_by_child', { of_period_id: periodId, in_unit_id: unitId }))
  return rows.map(row => ({
    code: row.code!, name: row.name!, level: row.level!, isParent: row.is_parent!, due: row.due!, arrived: row.arrived!, inTime: row.in_time!, approved: row.approved!,
  }))
}
