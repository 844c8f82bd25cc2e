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

/** A period whose day is past, with the units below that have handed nothing in; `first` are at most five of them. */
export interface LateReports {
  periodId: number
  year: number
  part: ReportPart
  dueOn: string
  units: number
  first: { code: string, name: string }[]
}

/** What a text message reminds of: the first of so many units, and the step that is owed. */
export interface Reminder {
  step: 'due_soon' | 'late' | 'returned' | 'decide'
  year: number
  part: ReportPart
  dueOn: string
  unitName: string
  units: number
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

/** What is due below a unit in a period, and what of it came; `isParent` is the asked unit with all of it. */
export interface ChildReports {
  code: string
  name: string
  level: string
  isParent: boolean
  due: number
  arrived: number
  inTime: number
  approved: number
}
