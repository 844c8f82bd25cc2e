import type { CheckedPart } from '../utils/credit-invariants'

/** A line of a passbook: what came in or was taken back, for what, and why this much, in the reader's words. */
export interface PassbookLine {
  id: number
  kind: 'award' | 'grant' | 'reversal' | 'application' | 'withdrawal' | 'merge' | 'hold' | 'release' | 'collection'
  outcome: 'posted' | 'clipped' | 'refused'
  postedAt: string
  what: string
  why: string
  /** The slug of a course that may be read. */
  course: { slug: string | null, title: string } | null
  lesson: string | null
  /** What else it was for, and where that can be read: a session of an activity, a service, a class, a certificate, an award, a reward. */
  ground: { text: string, link: string | null } | null
  /** What the balance moved by. */
  milliCredits: number
  /** What more is owed by it (credits taken back that were used already), or, below nought, less (credits that paid such a debt). */
  owedMilliCredits: number
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
export interface InForce { from: string | null, until: string | null, state: 'past' | 'in_force' | 'coming' | 'superseded' }

/** A rule as the region's office keeps it. */
export interface CreditRule {
  id: string
  zh: string
  en: string
  /** How it comes to a posting: by what is recorded, a case of recognition, or two of the staff. */
  ground: 'record' | 'recognition' | 'decision'
  versions: (InForce & { id: number, basis: 'minutes' | 'event', milliCredits: number, perMinutes: number | null })[]
  /** `code`: what a later cap takes the place of. */
  caps: (InForce & CapTerms & { id: number, code: string })[]
}

export type CapPeriod = 'day' | 'week' | 'month' | 'term' | 'year' | 'lifetime'

/** The most in a period: of all that a rule gives, of one category, or at each institution by itself. Amounts are minutes, or thousandths of credits by the event. */
export interface CapTerms { period: CapPeriod, amount: number, firstMonth?: number, perInstitution?: boolean, category?: { zh: string, en: string } | null }

/** A rule in the reader's words: what it gives today, its caps, and what changes on which day. */
export interface RuleSaid { id: string, name: string, gives: string, isInForce: boolean, since: string | null, caps: string[], changes: string[] }

/** One recomputation of the ledger, part by part; without an end it is running or was cut off. */
export interface CreditCheck {
  isRunning: boolean
  /** How many parts there are, and those that are through; none in checks from before there were parts. */
  parts: number
  done: CheckedPart[]
  id: number
  beganAt: string
  endedAt: string | null
  postings: number | null
  legs: number | null
  faults: number | null
  /** The first breaches of each invariant. */
  found: { invariant: string, subject: string }[]
}

/** A breach in words: whose and what it is, and where it is looked at. */
export interface CreditOffender { invariant: string, subject: string, said: string, links: { label: string, to: string }[] }

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

/** A rule put right for days in the past, or one learner's records counted anew. Amounts of caps are minutes, or thousandths of credits by the event. */
export interface Rerating {
  id: number
  kind: 'rate' | 'cap' | 'recount'
  state: 'counting' | 'counted' | 'outdated' | 'posting' | 'posted' | 'withdrawn'
  rule: { id: string, zh: string, en: string }
  /** Whether the rule gives by the event. */
  isByEvent: boolean
  from: string | null
  until: string | null
  basis: 'minutes' | 'event' | null
  milliCredits: number | null
  perMinutes: number | null
  capPeriod: 'day' | 'week' | 'month' | 'term' | 'year' | 'lifetime' | null
  capAmount: number | null
  /** A cap is on all that the rule gives, on each institution by itself, or on one category. */
  perInstitution: boolean
  category: { zh: string, en: string } | null
  person: { id: number, name: string } | null
  reason: string
  askedBy: string
  askedAt: string
  decidedAt: string | null
  endedAt: string | null
}

/** A correction by the staff: credits to be given, or a posting to be taken back. */
export interface CreditCorrection {
  /** A rule of the region's own by which it is given; null for what was forgotten or is taken back. */
  rule: { zh: string, en: string } | null
  id: number
  kind: 'grant' | 'reversal'
  state: 'open' | 'approved' | 'refused' | 'withdrawn'
  person: { id: number, name: string }
  unit: string
  milliCredits: number
  day: string
  ground: 'record_missing' | 'entered_wrongly' | 'system_fault' | 'on_appeal'
  reason: string
  askedBy: string
  askedAt: string
  decidedAt: string | null
  decision: string | null
  /** What counted of it, after caps; null unless approved. */
  postedMilliCredits: number | null
  isMine: boolean
}

/** A level of honours: credits of a lifetime in all, and in subjects. */
export interface HonourLevel {
  rank: number
  name: string
  milliCredits: number
  minima: { category: string, name: string, milliCredits: number }[]
}

/** Where a learner stands: the level held, and what the next one still needs. */
export interface HonourStanding {
  name: string | null
  rank: number | null
  reachedAt: string | null
  milliCredits: number
  next: { name: string, milliCredits: number, missing: number, subjects: { name: string, milliCredits: number, missing: number }[] } | null
  /** What a usual lesson earns. */
  milliCreditsOfLesson: number | null
  /** The newest first. */
  events: { kind: 'reached' | 'taken_back', name: string, at: string }[]
  mayBeNamed: boolean
  isNamed: boolean
}

export type ApplicationState = 'asked' | 'approved' | 'refused' | 'withdrawn' | 'taken_back'

/** What events by one rule that count on one day would bring, in thousandths; whole is without caps. */
export interface CreditBundle {
  rule: string
  day: string
  isToday: boolean
  minutes: number
  events: number
  /** Null where no rule is in force. */
  basis: 'minutes' | 'event' | null
  rate: number | null
  perMinutes: number | null
  wholeMilliCredits: number
  milliCredits: number
  pointsPerCredit: number | null
  /** `cap_…` where a cap leaves less than the whole. */
  reason: string | null
  caps: (CapTerms & { isTightest?: boolean })[]
}

/** What a course or a lesson would bring whoever finished it now. */
export interface CreditAhead {
  /** It counts what the asker has already; else it holds for everybody. */
  isPersonal: boolean
  lessons: number
  done: number
  earnedMilliCredits: number
  bundles: CreditBundle[]
}

/** The same in words. */
export interface CreditSaid {
  isEarned: boolean
  headline: string
  notes: string[]
  /** For a list; null where it brings nothing. */
  brief: string | null
}
