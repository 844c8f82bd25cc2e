/** What shows that somebody was there, in numbers: `before` were filed when the session was confirmed; `session` where one may open it. */
export interface RecordEvidence { session: number | null, lists: number, photos: number, sheets: number, before: number }

/** A person as public.person_at_desk() answers it. Numbers are masked. */
export interface DeskPerson {
  id: number
  name: string
  sex: 'female' | 'male' | null
  birthYear: number | null
  pinyin: string | null
  initials: string | null
  home: { id: number, code: string, name: string, closedOn: string | null }
  township: string | null
  /** Within which somebody usually moves. */
  countyId: number | null
  registeredOn: string
  hasAccount: boolean
  mayEdit: boolean
  ageGroups: { id: string, zh: string, en: string }[]
  /** Whether the post does not see who is unemployed, disabled or in need. */
  hidesGroups: boolean
  groups: { personId: number, id: string, zh: string, en: string, source: string, proofSeen: boolean, from: string, to: string | null, isOver: boolean | null }[]
  contacts: { personId: number, kind: 'phone' | 'id_number', masked: string }[]
  guardians: Tie[]
  children: (Tie & { birthYear: number | null })[]
  cards: { number: string, issuedAt: string, revokedAt: string | null }[]
  moves: { from: string, to: string, on: string }[]
  merges: { id: number, keptId: number, mergedId: number, keptName: string, mergedName: string, reason: string, at: string, undoneAt: string | null }[]
  years: number[]
}

interface Tie { linkId: number, personId: number, name: string, relation: Relation, consent: boolean, from: string, to: string | null }
export type Relation = 'mother' | 'father' | 'grandparent' | 'relative' | 'other'

/** Why somebody may be registered already, the surest first. */
export type DuplicateReason = 'same_id_number' | 'same_phone_and_name' | 'same_name_and_year_here' | 'same_phone' | 'same_sound_and_year_here' | 'same_name_in_village' | 'same_name_and_year'

/** Of somebody outside one's units only the place is told. */
export interface Candidate { id: number | null, name: string | null, sex: string | null, birthYear: number | null, home: string, phone: string | null, reason: DuplicateReason }
