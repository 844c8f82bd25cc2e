import type { ActivityEntry } from './activities'

/** A teaching unit as its page shows it. */
export interface SchoolContent {
  code: string
  name: string
  hostBody: string | null
  address: string | null
  phone: string | null
  summary: string | null
  closedOn: string | null
  activities: ActivityEntry[]
  courses: { slug: string, title: string, minutes: number }[]
}
