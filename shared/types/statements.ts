import type { PassbookLine } from './credits'

/** A learning year; `until` is its last day. */
export interface LearningYear { id: number, from: string, until: string }

/** A line of a statement: a movement of the account, or, among the late ones, a posting for a day of the year that came afterwards. */
export interface StatementLine extends Pick<PassbookLine, 'postedAt' | 'what' | 'why' | 'milliCredits'> {
  /** The account's own number, without a gap; of a late one the number in the chain. */
  seq: number
  /** The day it is for. */
  countedOn: string
  /** Course and lesson; session, service, class, certificate, award or reward: each with the page where it can be read. */
  grounds: { text: string, link: string | null }[]
  balanceAfterMilliCredits: number | null
}

/** What was settled, and never changes; and what came later for the same year, by the day on which it was posted. */
export interface Statement {
  personId: number
  fromSeq: number
  toSeq: number
  openingMilliCredits: number
  earnedMilliCredits: number
  takenMilliCredits: number
  movedMilliCredits: number
  closingMilliCredits: number
  minutes: number
  chainSeq: number
  /** The last link of the year, in hex. */
  head: string
  issuedAt: string
  lines: StatementLine[]
  supplements: { postedOn: string, lines: StatementLine[], milliCredits: number }[]
}

/** A year at the region's desk. */
export interface SettledYear {
  id: number
  startsOn: string
  endsOn: string
  begunAt: string
  closedAt: string | null
  learners: number
  /** Learners looked at so far. */
  done: number
  statements: number
  silentSeconds: number
  earnedMilliCredits: number | null
  lateMilliCredits: number | null
  latePostings: number
}
