/** A line of a passbook: what came in or was taken back, for what, and why this much. */
export interface PassbookLine {
  id: number
  kind: 'award' | 'grant' | 'reversal' | 'application' | 'withdrawal' | 'merge' | 'hold' | 'release' | 'collection'
  outcome: 'posted' | 'clipped' | 'refused'
  /** A code, where less counted than was asked or something was taken back. */
  reason: string | null
  /** Why people decided so, in their words. */
  decision: string | null
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

/** Days of a version: `until` is the first on which it is over. */
export interface InForce { from: string | null, until: string | null, state: 'past' | 'in_force' | 'coming' }

/** A rule as the region's office keeps it. */
export interface CreditRule {
  id: string
  zh: string
  en: string
  versions: (InForce & { id: number, basis: 'minutes' | 'event', milliCredits: number, perMinutes: number | null })[]
  /** Minutes, or thousandths of credits for a rule by the event. */
  caps: (InForce & { id: number, period: 'day' | 'week' | 'month' | 'year' | 'lifetime', amount: number })[]
}

/** One recomputation of the ledger; without an end it is running or was cut off. */
export interface CreditCheck {
  id: number
  beganAt: string
  endedAt: string | null
  postings: number | null
  legs: number | null
  faults: number | null
  found: { invariant: string, subject: string }[]
}

/** What points come with credits. */
export interface PointTerms extends InForce {
  id: number
  pointsPerCredit: number
  /** Whole months that they last after the month they came in; null: for ever. */
  months: number | null
}

/** One movement of a person's points, in thousandths. */
export interface PointLine {
  id: number
  kind: 'points' | 'taken' | 'hold' | 'release' | 'expiry'
  postedAt: string
  milliPoints: number
  lastDay: string | null
  /** The rule or the reward it was for. */
  name: string | null
}
