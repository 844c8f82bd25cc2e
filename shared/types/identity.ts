/** The asking account as `public.who_am_i()` answers it. */
export interface Me {
  accountId: string
  phoneTail: string | null
  username: string | null
  person: { id: number, name: string, residence: string } | null
  posts: Post[]
}

export interface Post {
  role: string
  roleZh: string
  roleEn: string
  opensDesk: boolean
  seesFigures: boolean
  seesNames: boolean
  unitId: number
  unitName: string
  administrationId: number
}
