/** A line of a passbook: what came in or was taken back, for what, and why this much. */
export interface PassbookLine {
  id: number
  kind: 'award' | 'reversal' | 'application' | 'withdrawal' | 'merge'
  outcome: 'posted' | 'clipped' | 'refused'
  /** A code, where less counted than was asked or something was taken back. */
  reason: string | null
  postedAt: string
  rule: string | null
  course: { slug: string, title: string } | null
  lesson: { slug: string, title: string } | null
  /** What was studied; `minutes` is what counted. */
  askedMinutes: number | null
  minutes: number
  milliCreditsPerMinute: number
  milliCredits: number
  balanceAfterMilliCredits: number
}

/** A year of a passbook: opening + lines = closing. */
export interface PassbookYear {
  year: number
  openingMilliCredits: number
  closingMilliCredits: number
  lines: PassbookLine[]
}
