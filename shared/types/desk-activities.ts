import type { ACTIVITY_KINDS, ACTIVITY_STATES, ADMISSIONS, CAME_TO, CONSENTS, MINORS, NEWCOMERS, SIGN_UP_WAYS } from '../schemas/desk-activities'
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
  /** How many were marked as present; null: fewer than five, and the post does not see who. */
  marked: number | null
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
  kind: typeof ACTIVITY_KINDS[number]
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
  /** Who looks after children. */
  minorsStaff: string[]
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
  told: { kind: 'session_changed' | 'session_cancelled' | 'activity_cancelled' | 'session_added' | 'activity_changed' | 'session_made_up', at: string, people: number }[]
  mayPlan: boolean
  mayPublish: boolean
  mayRun: boolean
}

/** A session as a row of the form: day and clock of China, texts. */
export interface SessionRow { id: string, date: string, start: string, end: string, venue: string, room: string, seats: string }

/**
 * Another session at the same time in the same room, with the same lecturer or for the same people; a talk that the lecturer agreed to; another session of
 * the plan itself (`withPlace`); or what the directory of venues says against it. `people`: how many are in both.
 */
export interface SessionClash {
  place: number
  what: 'room' | 'lecturer' | 'talk' | 'class' | 'audience' | 'plan' | 'booking' | 'closed' | 'unbooked'
  activityId: number | null
  title: string
  host: string
  startsAt: string
  endsAt: string
  people: number | null
  withPlace: number | null
}

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
  forOther: 'guardian' | 'helper' | 'staff' | null
  consent: typeof CONSENTS[number] | null
  byName: string | null
  askedAt: string
  offerEndsAt: string | null
  endedAt: string | null
  endReason: string | null
}

/** How somebody was seen: ticked, came without sign-up, on paper, by their card, by scanning the screen, by the word that was said. */
export type AttendanceWay = 'roster' | 'walk_in' | 'paper' | 'card' | 'scan' | 'spoken'

/** Who was marked more than once, and devices whose clock was off, as public.session_double_marks() answers it. */
export interface DoubleMarks {
  doubles: { personId: number, name: string, marks: { method: AttendanceWay, device: string | null, seenAt: string }[] }[]
  /** `clockOffMs`: how far our clock was ahead of the device's. */
  clocks: { device: string, clockOffMs: number, marks: number }[]
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
  method: AttendanceWay | null
  seenAt: string | null
  times: number
  record: number | null
  attended: boolean | null
  milliCredits: number | null
  /** On the printed sheet: that of the sign-up, which stays. */
  number: number | null
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

/** What the screen at a session shows for some seconds. */
export interface CheckInScreen {
  session: number
  title: string
  startsAt: string
  endsAt: string
  venue: string
  room: string | null
  state: 'open' | 'early' | 'over' | 'cancelled'
  secondsLeft: number
  /** Four digits for those without a camera. */
  word: string
  wordSecondsLeft: number
  came: number
  expected: number
}

/** The list of a session as a device keeps it, as public.door_list() answers it. */
export interface DoorList {
  session: number
  title: string
  startsAt: string
  endsAt: string
  venue: string
  room: string | null
  cancelReason: string | null
  isConfirmed: boolean
  signUp: 'none' | 'session' | 'term'
  people: DoorPerson[]
}
export interface DoorPerson {
  id: number
  name: string
  home: string
  /** The last four digits. */
  phone: string | null
  initials: string | null
  pinyin: string | null
  number: number | null
  signup: 'confirmed' | 'offered' | 'waiting' | null
  isOnLeave: boolean
  isIn: boolean
  /** Beginnings of hashes of the cards that are valid. */
  cards: string[]
}

/** Something that a device wrote down; `answer` is the portal's, null until it has one. */
export interface DoorMark {
  clientId: string
  session: number
  account: string
  person?: number
  card?: string
  name: string | null
  method: 'roster' | 'walk_in' | 'card'
  deviceAt: string
  clockOffMs: number
  answer: 'in' | 'again' | 'unknown' | 'card_unknown' | 'card_revoked' | 'person_left' | 'taken_back' | 'at_another_time' | 'unreadable' | null
}

/** Somebody who served at a session. `unseen`: their shift doesn't say yet that they came and went. */
export interface SessionHelper { place: number, personId: number, name: string, role: string, shift: number, isOwn: boolean, state: 'unseen' | 'waiting' | 'confirmed' | 'withdrawn', minutes: number, milliCredits: number }

/** How a plan is reviewed, as public.review_of_activity() answers it. `mayAgree`: the asker may take a step; `publishes`: and it is the last. */
export interface ActivityReview { steps: { reviewer: string, approvedAt: string | null }[], mayAgree: boolean, publishes: boolean, changes: LateChange[] }

/** What was changed after somebody above agreed and who has yet to see it; `isMine`: the asker has to. */
export type LateChange = { id: number, session: number | null, at: string, waitsFor: string[], isMine: boolean } & (
  | { what: 'time', was: Span, became: Span }
  | { what: 'added', was: object, became: Span }
  | { what: 'place', was: Where, became: Where }
  | { what: 'fee', was: Fee, became: Fee }
  | { what: 'ages', was: Ages, became: Ages }
  | { what: 'lecturer', was: { name: string | null }, became: { name: string | null } }
  | { what: 'capacity', was: { seats: number }, became: { seats: number } }
)
interface Span { startsAt: string, endsAt: string }
interface Where { venue: string | null, room: string | null }
interface Fee { feeFen: number, feeFor: string | null }
interface Ages { youngest: number, oldest: number, minors: 'with_guardian' | 'welcome' | 'not' }

/** An activity of a term, as public.term_to_copy() answers it. `again`: first sessions of those that were made of it already. */
export interface TermActivity {
  id: number
  title: string
  host: string
  lecturer: string | null
  opensAt: string | null
  closesAt: string | null
  sessions: { startsAt: string, endsAt: string, venue: string | null, room: string | null, capacity: number | null }[]
  again: string[]
}
