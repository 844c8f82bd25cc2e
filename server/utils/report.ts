import type { H3Event } from 'h3'
import type { ReportAct, ReportFigure, ReportState } from '~~/shared/types/periods'

/** A unit's report of a period: figures as handed in beside what they are now, its versions and its history. @throws 404 `report_unknown` */
export async function reportOf(event: H3Event, asked: number | undefined) {
  const { desk, periodId, unit } = await requireReport(event, 'figures')
  const { database } = desk
  const of = { of_period_id: periodId, of_unit_id: unit.id }
  const [{ data: period, error }, due, snapshots, history, [rights], unseen, { groups, categories }] = await Promise.all([
    database.from('reporting_periods').select('id, year, part, starts_on, ends_on, due_on').eq('id', periodId).maybeSingle(),
    everyRow((from, to) => database.rpc('reports_due', { of_period_id: periodId, in_unit_id: unit.id }).range(from, to)),
    answerOf(database.from('report_snapshots').select('version, handed_in_at, is_late, exception, units_below, tree_version').match({ period_id: periodId, unit_id: unit.id }).order('version', { ascending: false })),
    answerOf(database.rpc('report_history', of)),
    answerOf(database.rpc('report_rights', of)),
    unseenGroupsAt(database, unit.id),
    figureChoices(database, unit.id),
  ])
  if (error) throw databaseRefusal(error)
  const report = due.find(row => row.unit_id === unit.id)
  if (!period || !report) throw refusal(404, 'report_unknown')
  const seesNames = !unseen.includes('resident')
  const snapshot = snapshots.find(({ version }) => version === (asked ?? report.version))
  if (asked !== undefined && !snapshot) throw refusal(404, 'report_unknown')
  return {
    unit, period: asPeriod(period), seesNames, hidesNeed: seesNames && unseen.length > 0,
    state: report.state as ReportState | null, version: report.version,
    below: { due: due.length - 1, approved: due.filter(row => row.unit_id !== unit.id && row.state === 'approved').length },
    rights: { canHandIn: rights?.can_hand_in ?? false, canDecide: rights?.can_decide ?? false },
    groups, categories,
    snapshot: snapshot
      ? {
          version: snapshot.version, handedInAt: snapshot.handed_in_at, isLate: snapshot.is_late, exception: snapshot.exception,
          unitsBelow: snapshot.units_below, treeVersion: snapshot.tree_version,
        }
      : null,
    versions: snapshots.map(({ version, handed_in_at }) => ({ version, handedInAt: handed_in_at })),
    figures: seesNames ? await figuresOfReport() : [],
    history: history.map(row => ({ at: row.at!, act: row.act as ReportAct, version: row.version!, reason: row.reason, name: row.name })),
  }

  async function figuresOfReport(): Promise<ReportFigure[]> {
    if (snapshot) {
      const rows = await answerOf(database.rpc('report_comparison', { ...of, of_version: snapshot.version }))
      return rows.map(row => ({ ...figureOf(row), live: row.live_value === null ? null : { value: row.live_value!, denominator: row.live_denominator } }))
    }
    if (period!.ends_on >= chinaToday()) return []
    const rows = await answerOf(database.rpc('report_preview', of))
    return rows.map(row => ({ ...figureOf(row), live: null }))
  }
}

type FigureRow = { [Column in 'code' | 'denominator_source' | 'denominator_as_of']: string | null }
  & { [Column in 'value' | 'denominator' | 'denominator_version' | 'missing_count']: number | null } & { missing_names: string[] | null }

function figureOf(row: FigureRow): Omit<ReportFigure, 'live'> {
  return {
    code: row.code!, value: row.value!, denominator: row.denominator, denominatorSource: row.denominator_source, denominatorAsOf: row.denominator_as_of,
    denominatorVersion: row.denominator_version,
    missingCount: row.missing_count ?? 0, missingNames: row.missing_names ?? [],
  }
}
