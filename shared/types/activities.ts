export type SignUpWay = 'none' | 'session' | 'term'

/** An activity in a list: its next session and the seats there. */
export interface ActivityEntry {
  code: string
  title: string
  host: string
  form: string
  /** The colour family of its category. */
  tone: string
  venue: string
  room: string | null
  feeFen: number
  signUp: SignUpWay
  opensAt: string | null
  closesAt: string | null
  startsAt: string
  endsAt: string
  /** How many are to come. */
  sessions: number
  /** Null where nobody signs up. */
  free: number | null
}

export type SignUpStatus = 'asked' | 'confirmed' | 'waiting' | 'offered' | 'cancelled' | 'declined' | 'lapsed' | 'refused'

/** A sign-up of the asker or of a child in care. */
export interface MySignUp {
  id: number
  pool: number
  person: number
  name: string
  isMe: boolean
  status: SignUpStatus
  /** How many wait before these, counted in people; null where nobody waits. */
  ahead: number | null
  offerEndsAt: string | null
  endReason: string | null
  /** How it stands. */
  words: string
  /** Other sessions to which it can be changed now. */
  swaps?: { pool: number, startsAt: string }[]
}

export interface ActivitySession {
  id: number
  startsAt: string
  endsAt: string
  venue: string
  room: string | null
  /** Null where it takes place. */
  cancelReason: string | null
  isOver: boolean
  /** Null where nobody signs up for this one alone. */
  seats: ActivitySeats | null
  /** What those whom the asker looks after have at the same time. */
  clashes: { title: string, code: string }[]
}

/** `words` where there is more to say than how many are left. */
export interface ActivitySeats { pool: number, free: number, capacity: number, words?: string }

export interface ActivityContent {
  id: number
  code: string
  title: string
  summary: string
  host: { code: string, name: string, address: string | null }
  form: string
  category: { id: string, name: string, tone: string }
  department: string | null
  lecturer: string | null
  venue: string
  room: string | null
  phone: string | null
  feeFen: number
  feeFor: string | null
  minors: 'welcome' | 'with_guardian' | 'not'
  youngest: number
  oldest: number
  forUnit: string | null
  forGroups: string[]
  signUp: SignUpWay
  admission: 'first_come' | 'approval' | 'draw'
  /** What is said of this activity alone: how seats are given, how the button is called, where the draw is, who may come, and what it earns the asker. */
  told: { admission: string | null, button: string | null, draw: string | null, who: string[], earns: string | null }
  opensAt: string | null
  closesAt: string | null
  cancelReason: string | null
  sessions: ActivitySession[]
  /** The seats of a term. */
  seats: ActivitySeats | null
  /** Null for visitors and newcomers. */
  mine: { people: { id: number, name: string, isMe: boolean }[], withoutConsent: string[], signups: MySignUp[], leaves: { signup: number, session: number }[] } | null
}

export type NoShowState = 'open' | 'asked' | 'excused' | 'kept'

/** As public.my_no_shows() answers. */
export interface MyNoShows {
  rule: { most: number, windowDays: number, effect: 'none' | 'later' | 'pause', effectDays: number } | null
  people: {
    id: number
    name: string
    isMe: boolean
    counted: number
    effect: 'later' | 'pause' | null
    until: string | null
    seats: MissedSeat[]
  }[]
}

export interface MissedSeat {
  session: number
  code: string
  title: string
  host: string
  phone: string | null
  startsAt: string
  fallsAwayAt: string
  /** Not excused, and not fallen away yet. */
  counts: boolean
  state: NoShowState
  reason: string | null
  answer: string | null
}

/** What whoever scanned the screen of a session sees: the session, and whom they may mark. */
export interface CheckInPage {
  code: string
  title: string
  host: string
  startsAt: string
  endsAt: string
  venue: string
  room: string | null
  people: { id: number, name: string, isMe: boolean, seenAt: string | null }[]
}
