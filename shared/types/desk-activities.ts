import type { HEAD_COUNT_KINDS } from '../schemas/head-counts'
import type { ACTIVITY_STATES, ADMISSIONS, CAME_TO, CONSENTS, MINORS, NEWCOMERS, SIGN_UP_WAYS } from '../schemas/desk-activities'
import type { Labelled } from './desk'

export type ActivityState = typeof ACTIVITY_STATES[number]

/** Seats of a session or of a term, and who wants them. */
export interface DeskSeats { pool: number, capacity: number, taken: number, held: number, waiting: number, asked: number }

export interface DeskSession {
  id: number
  startsAt: string
  endsAt: string
  /** Where it differs from the activity's. */
  venue: string | null
  room: string | null
  isOver: boolean
  /** Doors are open: presence can be marked. */
  isOpen: boolean
  cancelReason: string | null
  confirmedAt: string | null
  /** How many were marked as present. */
  marked: number
  seats: DeskSeats | null
}

/** An activity as public.activity_at_desk() answers it. */
export interface ActivityAtDesk {
  id: number
  code: string
  version: number
  status: 'draft' | 'submitted' | 'published' | 'cancelled'
  state: ActivityState
  unit: { code: string, name: string }
  title: string
  kind: typeof HEAD_COUNT_KINDS[number]
  form: Labelled
  category: Labelled
  summary: string
  department: string | null
  lecturer: string | null
  venue: string
  room: string | null
  phone: string | null
  feeFen: number
  feeFor: string | null
  minors: typeof MINORS[number]
  youngest: number
  oldest: number
  forUnit: { code: string, name: string } | null
  forGroups: Labelled[]
  signUp: typeof SIGN_UP_WAYS[number]
  admission: typeof ADMISSIONS[number]
  /** A rank of the levels in force. */
  forLevel: Labelled | null
  cameLeast: number | null
  cameOf: typeof CAME_TO[number] | null
  cameActivity: { code: string, title: string } | null
  cameCategory: Labelled | null
  cameSince: string | null
  newcomers: typeof NEWCOMERS[number]
  opensAt: string | null
  closesAt: string | null
  returnedReason: string | null
  publishedAt: string | null
  cancelReason: string | null
  submittedBy: string | null
  submittedAt: string | null
  seats: DeskSeats | null
  sessions: DeskSession[]
  /** How many people have or await a seat. */
  people: number
  told: { kind: 'session_changed' | 'session_cancelled' | 'activity_cancelled', at: string, people: number }[]
  mayPlan: boolean
  mayPublish: boolean
  mayRun: boolean
}

/** A session as a row of the form: day and clock of China, texts. */
export interface SessionRow { id: string, date: string, start: string, end: string, venue: string, room: string, seats: string }

/** Another session at the same time in the same room, or with the same lecturer; or what the directory of venues says against it. */
export interface SessionClash { place: number, what: 'room' | 'lecturer' | 'booking' | 'closed' | 'unbooked', activityId: number | null, title: string, host: string, startsAt: string, endsAt: string }

export interface Signup {
  id: number
  partyId: number
  pool: number
  startsAt: string | null
  personId: number
  name: string
  birthYear: number | null
  home: string
  phone: string | null
  status: 'asked' | 'confirmed' | 'offered' | 'waiting' | 'cancelled' | 'declined' | 'lapsed' | 'refused'
  place: number | null
  priority: number
  priorityReason: string | null
  forOther: 'guardian' | 'staff' | null
  consent: typeof CONSENTS[number] | null
  byName: string | null
  askedAt: string
  offerEndsAt: string | null
  endedAt: string | null
  endReason: string | null
}

/** Somebody of a session: signed up, present, or both. */
export interface RosterEntry {
  personId: number
  name: string
  birthYear: number | null
  home: string
  phone: string | null
  signup: 'confirmed' | 'offered' | 'waiting' | null
  isOnLeave: boolean
  method: 'roster' | 'walk_in' | 'paper' | 'card' | null
  seenAt: string | null
  times: number
  record: number | null
  attended: boolean | null
  milliCredits: number | null
}

/** What confirming made of one presence. */
export interface ConfirmedPresence {
  personId: number
  name: string
  outcome: 'posted' | 'clipped' | 'refused'
  reason: string | null
  isNew: boolean
  minutes: number
  milliCredits: number
}
