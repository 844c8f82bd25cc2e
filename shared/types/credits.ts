/** A line of a passbook: what came in, for what, and why this much. */
export interface PassbookLine {
  id: number
  postedAt: string
  rule: string
  course: { slug: string, title: string } | null
  lesson: { slug: string, title: string } | null
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
