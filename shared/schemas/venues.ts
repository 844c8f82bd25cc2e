import { z } from 'zod'
import { VENUE_ACCESS, VENUE_KINDS } from '../utils/venue-kinds'
import { Day, Id, orNothing, Unit } from './fields'

const MOST_ROOMS = 40

const CLOCK = /^([01]?\d|2[0-4])[:：]([0-5]\d)$/
const minutesOf = (clock: string) => {
  const [, hour, minute] = CLOCK.exec(clock.trim()) ?? []
  return hour === undefined || Number(hour) * 60 + Number(minute) > 1440 ? Number.NaN : Number(hour) * 60 + Number(minute)
}

/** Opening hours of a day of the week as they are typed: “8:00-12:00，14:00-17:30”; nothing where it is closed. */
const Hours = z.string().max(100, 'venue_hours_invalid').default('').transform((text, context) => text.split(/[,，、;；]+/).map(part => part.trim()).filter(Boolean).map((part) => {
  const [from = '', until = '', ...more] = part.split(/\s*[-–—~～至]\s*/)
  const span = { from: minutesOf(from), until: minutesOf(until) }
  if (more.length || !(span.until > span.from)) context.addIssue({ code: 'custom', message: 'venue_hours_invalid' })
  return span
}))

const Room = z.object({
  id: orNothing(Id('room_unknown')), name: z.string().trim().min(1, 'room_invalid').max(60, 'room_invalid'),
  seats: z.coerce.number('room_invalid').int('room_invalid').min(1, 'room_invalid').max(5000, 'room_invalid'), equipment: z.string().trim().max(200, 'equipment_long').default(''),
})

/** Rows of a plain form: `r0.name`, `r0.seats` …; one without a name is none. */
function roomsOf(fields: Record<string, unknown>): object[] {
  const rows: Record<string, unknown>[] = []
  for (const [name, value] of Object.entries(fields)) {
    const [, place, field] = /^r(\d{1,2})\.(id|name|seats|equipment)$/.exec(name) ?? []
    if (field) (rows[Number(place)] ??= {})[field] = value
  }
  return rows.filter(row => row && String(row.name ?? '').trim() !== '')
}

const Words = (least: number, most: number, code: string) => z.string(code).trim().min(least, code).max(most, code)
const Phone = z.string('contact_phone_invalid').trim().regex(/^\d[\d -]{4,19}$/, 'contact_phone_invalid')

export const VenueEntry = z.preprocess((given) => {
  if (typeof given !== 'object' || given === null) return given
  const fields = given as Record<string, unknown>
  return {
    ...fields, rooms: roomsOf(fields), access: Object.keys(fields).filter(name => name.startsWith('access.') && fields[name]).map(name => name.slice('access.'.length)),
  }
}, z.object({
  unit: Unit, venue: orNothing(Id('venue_unknown')), version: orNothing(Id('venue_changed')),
  name: Words(2, 60, 'venue_name_missing'), kind: z.enum(VENUE_KINDS, 'venue_kind_missing'), address: Words(2, 100, 'address_missing'), way: Words(0, 300, 'way_long').default(''), summary: Words(0, 1000, 'venue_summary_long').default(''),
  contactPost: Words(2, 40, 'contact_post_missing'), phone: Phone, access: z.array(z.enum(VENUE_ACCESS, 'input_invalid')),
  h1: Hours, h2: Hours, h3: Hours, h4: Hours, h5: Hours, h6: Hours, h7: Hours,
  rooms: z.array(Room).max(MOST_ROOMS, 'room_invalid'),
}))
export const VenueId = z.object({ id: Id('venue_unknown') })
export const VenueCode = z.object({ code: z.string().regex(/^[2-9a-hjkmnp-z]{8}$/) })
export const VenuesQuery = z.object({ unit: orNothing(Unit), year: z.coerce.number().int().min(2000).max(2100).optional().catch(undefined) })
export const VenueFormQuery = z.object({ unit: orNothing(Unit), venue: orNothing(Id('venue_unknown')) })
export const VenueYear = z.object({ year: z.coerce.number().int().min(2000).max(2100).optional().catch(undefined) })

const Clock = z.string('time_missing').regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, 'time_missing')
/** A room for a day, from and until. */
export const RoomBooking = z.object({
  unit: Unit, room: Id('room_unknown'), date: Day('date_missing'), start: Clock, end: Clock, purpose: Words(2, 60, 'purpose_missing'),
  team: z.string().trim().max(40, 'team_invalid').refine(text => text.length !== 1, 'team_invalid').default(''), phone: orNothing(Phone),
}).refine(({ start, end }) => end > start, { path: ['end'], message: 'booking_ends_first' })
/** A room asked for by the leader of a team. */
export const TeamRoom = z.object({
  team: Id('team_unknown'), room: Id('room_unknown'), date: Day('date_missing'), start: Clock, end: Clock, purpose: Words(2, 60, 'purpose_missing'),
}).refine(({ start, end }) => end > start, { error: 'booking_ends_first', path: ['end'] })
export const TeamRoomBack = z.object({ booking: Id('booking_unknown') })
export const BookingId = z.object({ id: Id('booking_unknown') })
export const BookingDecision = z.object({ decision: z.enum(['approve', 'refuse'], 'choice_missing'), reason: z.string().trim().max(200, 'reason_too_long').default('') })
  .refine(({ decision, reason }) => decision === 'approve' || reason.length >= 2, { path: ['reason'], message: 'activity_reason_missing' })
export const BookingCancellation = z.object({ reason: Words(2, 200, 'activity_reason_missing') })
/** A day that is otherwise: `start` and `end` empty for closed, `note` empty for as always again. */
export const VenueDay = z.object({ day: Day('date_missing'), start: orNothing(Clock), end: orNothing(Clock), note: z.string().trim().max(60, 'venue_note_missing').default('') })
  .refine(({ start, end }) => (start === undefined) === (end === undefined) && (start === undefined || end! > start), { path: ['end'], message: 'venue_hours_invalid' })
export const VenueVisits = z.object({
  day: Day('visits_day_invalid'), visitors: z.coerce.number('visits_invalid').int('visits_invalid').min(0, 'visits_invalid').max(100_000, 'visits_invalid'), note: z.string().trim().max(60, 'venue_note_missing').default(''),
})
/** What residents look for. */
export const VenueSearch = z.object({
  place: z.preprocess(value => value === '' ? undefined : value, Unit.optional()), kind: z.preprocess(value => value === '' ? undefined : value, z.enum(VENUE_KINDS).optional()).catch(undefined),
  words: z.string().trim().max(40).catch('').default(''), page: z.coerce.number().int().min(1).max(1000).catch(1).default(1),
})
