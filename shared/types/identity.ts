/** The asking account as `public.who_am_i()` answers it. */
export interface Me {
  accountId: string
  phoneTail: string | null
  username: string | null
  /** Signed in with a first password, or one that is too old: the desk opens once it is changed. */
  passwordChange?: 'first' | 'age' | null
  /** A code of an app is asked for at sign-in; `mustSetFactor`: a post asks for that, and the desk opens once it is set up. */
  hasFactor?: boolean
  mustSetFactor?: boolean
  person: { id: number, name: string, residence: string } | null
  posts: Post[]
}

export interface Post {
  role: string
  roleZh: string
  roleEn: string
  sights: Sight[]
  unitId: number
  unitName: string
  administrationId: number
  /** The only places below the unit that the post reaches; none where it reaches all. */
  places: { code: string, name: string }[]
}

/** What a post may see or do on its unit and everything below: supabase/migrations/20261125000100_sights.sql. */
export type Sight = 'desk' | 'figures' | 'names' | 'groups' | 'people' | 'trainings' | 'activities' | 'network' | 'populations' | 'approval' | 'posts' | 'audit'
