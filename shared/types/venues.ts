import type { VENUE_ACCESS, VENUE_KINDS } from '../utils/venue-kinds'

export type VenueKind = typeof VENUE_KINDS[number]
export type VenueAccess = typeof VENUE_ACCESS[number]
/** Minutes of a day. */
interface OpenSpan { from: number, until: number }
/** A day that is otherwise: without hours it is closed. */
interface OtherDay { day: string, from: number | null, until: number | null, note: string }

interface VenueFacts {
  code: string
  name: string
  kind: VenueKind
  address: string
  way: string
  summary: string
  contactPost: string
  phone: string
  access: VenueAccess[]
  photo: string | null
  closedOn: string | null
  unit: { code: string, name: string }
  hours: ({ weekday: number } & OpenSpan)[]
  days: OtherDay[]
}

/** A venue as residents see it, as public.venue_page() answers it. */
export interface VenueContent extends VenueFacts {
  rooms: { name: string, seats: number, equipment: string, taken: { startsAt: string, endsAt: string }[] }[]
}

export interface VenueUse { openMinutes: number | null, bookings: number, bookedMinutes: number, visits: number, countedDays: number }

export interface RoomBookingEntry {
  id: number
  room: string
  startsAt: string
  endsAt: string
  status: 'asked' | 'approved' | 'refused' | 'cancelled'
  /** Of a session that takes place there. */
  isSession: boolean
  /** Null for bookings of others, of whom only room and time are told. */
  purpose: string | null
  team: string | null
  phone: string | null
  by: string
  reason: string | null
  /** Asked for by a unit that the asker works for. */
  isOurs: boolean
}

/** A venue whole, as public.venue_at_desk() answers it. */
export interface VenueAtDesk extends VenueFacts {
  id: number
  version: number
  keeps: boolean
  mayDecide: boolean
  rooms: { id: number, name: string, seats: number, equipment: string }[]
  bookings: RoomBookingEntry[]
  visits: { day: string, visitors: number, note: string | null }[]
  use: VenueUse
}
