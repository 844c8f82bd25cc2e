export type ReportPart = 'year' | 'h1' | 'h2' | 'q1' | 'q2' | 'q3' | 'q4'
export type ReportState = 'handed_in' | 'returned' | 'approved' | 'reopening_asked' | 'reopened'
export type ReportAct = 'handed_in' | 'returned' | 'approved' | 'reopening_asked' | 'reopening_granted' | 'reopening_refused'

/** Something about a report that waits for the reader. */
export interface ReportTask {
  task: 'hand_in' | 'approve' | 'reopen'
  periodId: number
  year: number
  part: ReportPart
  dueOn: string
  isPastDue: boolean
  code: string
  name: string
  state: string | null
}

/** A figure of a report; the live side is null while nothing has been handed in. */
export interface ReportFigure {
  code: string
  value: number
  denominator: number | null
  denominatorSource: string | null
  denominatorAsOf: string | null
  denominatorVersion: number | null
  missingCount: number
  missingNames: string[]
  live: { value: number, denominator: number | null } | null
}
