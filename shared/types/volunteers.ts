/** A shift as residents find it. */
export interface ServiceShift { id: number, startsAt: string, endsAt: string, capacity: number, free: number }

/** A shift of a call for volunteers at the desk. */
export interface DeskShift { id: number, startsAt: string, endsAt: string, capacity: number, taken: number, cancelReason: string | null, isOver: boolean, unconfirmed: number }

export interface VolunteerAtDesk {
  id: number
  unitId: number
  teamId: number | null
  source: 'resident' | 'teacher' | 'student' | 'medical' | 'army' | 'unit_staff' | 'retired_cadre' | 'skilled'
  employer: string | null
  skills: string
  status: 'asked' | 'active' | 'refused' | 'ended'
  askedAt: string
  reason: string | null
  bySelf: boolean
  name: string
  unit: string
  teams: { id: number, name: string }[]
  trainings: { id: number, title: string, heldOn: string, hours: number }[]
  service: { title: string, unit: string, startedAt: string, minutes: number, proof: 'scanned' | 'supervised' | 'back_filled', kind: 'confirmed' | 'recounted' | 'corrected' | 'withdrawn' }[]
}

/** What became of everybody when a shift was confirmed. */
export interface ConfirmedService {
  place: number
  name: string
  outcome: 'confirmed' | 'own_account' | 'absent' | 'no_end' | 'too_short'
  isNew: boolean
  minutes: number
  milliCredits: number
}

/** How many who live in a unit are registered volunteers, and have a confirmed hour in some days. Null where small numbers are hidden. */
export interface ServiceShare {
  code: string
  name: string
  isParent: boolean
  registered: number | null
  served: number | null
  hours: number | null
  /** Null: no population was handed in, so there is no share. */
  residents: number | null
  source: string | null
  /** Every unit below that has no population. */
  missing: { code: string, name: string }[]
}

/** What the screen of a shift shows, as public.service_screen() answers. */
export interface ServiceScreen { shift: number, title: string, role: string, venue: string, startsAt: string, endsAt: string, state: 'open' | 'early' | 'over' | 'cancelled', secondsLeft: number, word: string, came: number, expected: number }
