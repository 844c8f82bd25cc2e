import type { H3Event } from 'h3'
import { renderSVG } from 'uqr'
import type { ActivityPlan } from '~~/shared/schemas/desk-activities'
import type { ActivityAtDesk, ActivityReview, DeskSeats, LateChange, SessionClash, SessionRow } from '~~/shared/types/desk-activities'
import type { Supabase } from '../database'
import type { Desk } from '../desk'

/** An activity whole, for the desk. 404 `activity_unknown`. */
export async function activityAtDesk(database: Supabase, id: number): Promise<ActivityAtDesk> {
  return await answerOf(database.rpc('activity_at_desk', { of_activity_id: id })) as unknown as ActivityAtDesk
}

/**
 * Who has to agree before it is published, and whether the asker's next press publishes it (null once it is); and what was changed since that
 * somebody above has yet to see.
 */
export async function reviewOf(database: Supabase, { id, status, mayPlan, mayPublish }: Pick<ActivityAtDesk, 'id' | 'status' | 'mayPlan' | 'mayPublish'>): Promise<{ review: Omit<ActivityReview, 'changes'> | null, changes: LateChange[] }> {
  // Whoever keeps the roster alone is not asked.
  if (status === 'cancelled' || !(mayPlan || mayPublish)) return { review: null, changes: [] }
  const { changes, ...review } = await answerOf(database.rpc('review_of_activity', { of_activity_id: id })) as unknown as ActivityReview
  return status === 'published' ? { review: null, changes } : { review, changes: [] }
}

/** A moment on China's clock, as the fields of a form hold it: `2026-03-05T09:30`. */
export function inChina(at: string): string {
  return new Date(at).toLocaleString('sv-SE', { timeZone: 'Asia/Shanghai' }).slice(0, 16).replace(' ', 'T')
}

/** A moment of a form. */
export function atChina(typed: string): string {
  return `${typed.slice(0, 16)}:00+08:00`
}

/** The sessions of an activity as rows of the form. */
export function sessionRows(activity: ActivityAtDesk): SessionRow[] {
  const usual = usualSeats(activity)
  const own = (seats: DeskSeats | null) => seats && String(seats.capacity) !== usual ? String(seats.capacity) : ''
  return activity.sessions.map(session => ({
    id: String(session.id), date: inChina(session.startsAt).slice(0, 10), start: inChina(session.startsAt).slice(11), end: inChina(session.endsAt).slice(11),
    venue: session.venue ?? '', room: session.room ?? '', seats: own(session.seats),
  }))
}

/** Sessions of a form as the functions of the database take them. */
export function sessionLines({ sessions, seats: usual }: ActivityPlan) {
  return sessions.map(({ id, date, start, end, venue, room, seats }) => ({
    id, startsAt: atChina(`${date}T${start}`), endsAt: atChina(`${date}T${end}`), venue, room, capacity: seats ?? usual,
  }))
}

interface Looked {
  unit: string
  activity?: number
  venue: string
  room: string
  lecturer: string
  /** The activity that it is held again of: whoever was in then is the class. */
  copiedFrom?: number
  forUnit?: string
  forGroups?: readonly string[]
  sessions: { id?: string, date: string, start: string, end: string, venue: string, room: string }[]
}

const isDay = (text: string) => /^2[01]\d\d-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text)) && new Date(text).toISOString().startsWith(text)
const isClock = (text: string) => /^(?:[01]\d|2[0-3]):[0-5]\d$/.test(text)

/** What else lies at the same time in the same room, with the same lecturer, for the same people, or in the plan itself; a row that is not whole yet clashes with nothing. */
export async function sessionClashes(desk: Desk, looked: Looked): Promise<SessionClash[]> {
  const { unit } = await requireUnit(desk, looked.unit, 'activities')
  const whole = looked.sessions.flatMap(({ id, date, start, end, venue, room }, index) => isDay(date) && isClock(start) && isClock(end) && end > start
    ? [{ index, line: { id: id || undefined, startsAt: atChina(`${date}T${start}`), endsAt: atChina(`${date}T${end}`), venue, room } }]
    : [])
  if (!whole.length) return []
  const forUnit = looked.forUnit ? await answerOf(desk.database.from('units').select('id').eq('code', looked.forUnit).maybeSingle()) : null
  const rows = await answerOf(desk.database.rpc('session_conflicts', {
    of_copied_id: looked.copiedFrom, for_groups: [...looked.forGroups ?? []], for_unit_id: forUnit?.id,
    of_unit_id: unit.id, of_activity_id: looked.activity ?? null!, of_venue: looked.venue, of_room: looked.room,
    of_lecturer: looked.lecturer, sessions: whole.map(({ line }) => line),
  }))
  return rows.map(row => ({
    place: whole[row.place! - 1]!.index, what: row.what as SessionClash['what'], activityId: row.activity_id, title: row.title!, host: row.host!, startsAt: row.starts_at!, endsAt: row.ends_at!,
    people: row.people, withPlace: row.with_place === null ? null : whole[row.with_place! - 1]!.index,
  }))
}

/** The page of an activity for residents, or without a code of them all, and its QR code as the address of an image. */
export function activityCode(event: H3Event, of: string): { address: string, image: string } {
  const address = `${(portalSettings().publicUrl ?? getRequestURL(event).origin).replace(/\/$/, '')}/activities${of}`
  return { address, image: `data:image/svg+xml;base64,${Buffer.from(renderSVG(address, { border: 2, ecc: 'M' })).toString('base64')}` }
}

/** The sessions of a unit and those below it in some days. */
export async function sessionsOfDays(database: Supabase, unitId: number, from: string, until: string) {
  const rows = await answerOf(database.rpc('sessions_of_days', { in_unit_id: unitId, from_day: from, until_day: until }))
  return rows.map(row => ({
    id: row.session_id!, activityId: row.activity_id!, title: row.title!, host: row.host!, formZh: row.form_zh!, formEn: row.form_en!,
    day: inChina(row.starts_at!).slice(0, 10), startsAt: row.starts_at!, endsAt: row.ends_at!,
    venue: row.venue ?? '', room: row.room, lecturer: row.lecturer, status: row.status as ActivityAtDesk['status'], isCancelled: row.is_cancelled!, isConfirmed: row.is_confirmed!,
    signUp: row.sign_up as ActivityAtDesk['signUp'], phone: row.phone,
  }))
}
