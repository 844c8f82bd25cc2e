/** A teaching unit as its page shows it. */
export interface SchoolContent {
  name: string
  hostBody: string | null
  address: string | null
  phone: string | null
  summary: string | null
  closedOn: string | null
  courses: { slug: string, title: string, minutes: number }[]
}
