import type { MATERIAL_KINDS } from '../schemas/materials'

export type MaterialKind = typeof MATERIAL_KINDS[number]
export type MaterialState = 'missing' | 'draft' | 'submitted' | 'accepted' | 'returned'
interface Named { zh: string, en: string }

export interface Material {
  id: number
  kind: MaterialKind
  madeOn: string
  eventOn: string
  origin: 'original' | 'copy'
  /** Where the original of a copy lies. */
  originalAt: string | null
  body: string | null
  people: 'nobody' | 'agreed' | null
  minors: 'none' | 'guardians' | null
  caption: string | null
  status: Exclude<MaterialState, 'missing'>
  enteredAt: string
  returnedReason: string | null
  withdrawnAt: string | null
  withdrawnReason: string | null
  fileKind: string | null
  fileBytes: number | null
  isOwn: boolean
  by: string | null
}

/** A session with its six materials, as public.session_file() answers it. */
export interface SessionFile {
  id: number
  startsAt: string
  endsAt: string
  isBegun: boolean
  cancelReason: string | null
  confirmedAt: string | null
  venue: string
  room: string | null
  activity: {
    id: number
    title: string
    summary: string
    department: string | null
    phone: string | null
    signUp: 'none' | 'session' | 'term'
    unit: { code: string, name: string }
    form: Named
    category: Named
  }
  /** Which of how many it is. */
  place: number
  sessions: number
  seats: number | null
  /** How many came, null for fewer than five where the post does not see who, and of which groups as far as nobody can be made out by it. */
  facts: { people: number | null, groups: (Named & { people: number })[] }
  kinds: Record<MaterialKind, MaterialState>
  materials: Material[]
  maySeePeople: boolean
  mayDecide: boolean
}
