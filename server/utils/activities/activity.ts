import type { H3Event } from 'h3'
import type { ActivityContent, ActivitySeats, MySignUp, SignUpStatus } from '~~/shared/types/activities'
import type { Database } from '~~/shared/types/database'
import type { Session } from '../identity/session'
import type { Conditions } from './told'

type SignUpRow = Database['public']['Functions']['my_signups']['Returns'][number]

const COLUMNS = `id, code, title, kind, category_id, summary, department, lecturer, venue, room, contact_phone, fee_fen, fee_for, minors, minors_staff, ages, for_groups, sign_up, admission, opens_at, closes_at,
  status, cancel_reason, host:units!activities_host_unit_id_fkey(code, name, address), for_unit:units!activities_for_unit_id_fkey(name), activity_forms(zh, en),
  activity_sessions(id, starts_at, ends_at, venue, room, cancelled_at, cancel_reason), seat_pools(id, session_id, capacity, taken, held)`

/** A published activity with its sessions and seats, and what the asker and the children in care have of it. Null where there is none. */
export async function readActivity(event: H3Event, code: string): Promise<ActivityContent | null> {
  const session = await currentSession(event)
  const [{ data: row, error }, mine, categoryOf, groups, conditions, earns] = await Promise.all([
    anonymousDatabase().from('activities').select(COLUMNS).eq('code', code).not('published_at', 'is', null).order('starts_at', { referencedTable: 'activity_sessions' }).maybeSingle(),
    standing(event, session, code), categoriesFor(event), readGroups(), answerOf(anonymousDatabase().rpc('conditions_of_activity', { of_code: code })) as unknown as Promise<Conditions | null>,
    activityEarns(event, session, code),
  ])
  if (error) throw databaseRefusal(error)
  if (!row) return null
  const isEnglish = preferencesOf(event).lang === 'en'
  const seatsOf = (sessionId: number | null): ActivitySeats | null => {
    const pool = row.seat_pools.find(({ session_id }) => session_id === sessionId)
    return pool ? { pool: pool.id, capacity: pool.capacity, free: pool.capacity - pool.taken - pool.held, words: seatWords(event, row, pool) } : null
  }
  const [, youngest, beyond] = /^\[(\d+),(\d+)\)$/.exec(String(row.ages)) ?? ['', '0', '121']
  const now = Date.now()
  /** What the asker, and whoever the asker signs up, has at the time of a session: each activity once, with whose it is where that is another. */
  const clashesWith = (session: { starts_at: string, ends_at: string }) => {
    const beside = (mine?.coming ?? []).filter(other => other.activity_code !== code && !other.on_leave && other.starts_at! < session.ends_at && other.ends_at! > session.starts_at)
    return [...Map.groupBy(beside, other => other.activity_code!)].map(([otherCode, rows]) => {
      const others = rows.some(row => row.is_me) ? '' : [...new Set(rows.map(row => row.name!))].join(isEnglish ? ', ' : '、')
      return { title: rows[0]!.title! + (others && (isEnglish ? ` (${others})` : `（${others}）`)), code: otherCode }
    })
  }
  return {
    id: row.id, code: row.code, title: row.title, summary: row.summary, host: row.host!, form: isEnglish ? row.activity_forms!.en : row.activity_forms!.zh,
    category: categoryOf(row.category_id), department: row.department, lecturer: row.lecturer, venue: row.venue, room: row.room, phone: row.contact_phone,
    feeFen: row.fee_fen, feeFor: row.fee_for, minors: row.minors as ActivityContent['minors'], youngest: Number(youngest), oldest: Number(beyond) - 1, forUnit: row.for_unit?.name ?? null,
    forGroups: groups.filter(({ id }) => row.for_groups.includes(id)).map(group => isEnglish ? group.en : group.zh),
    signUp: row.sign_up as ActivityContent['signUp'], admission: row.admission as ActivityContent['admission'], opensAt: row.opens_at, closesAt: row.closes_at,
    cancelReason: row.status === 'cancelled' ? row.cancel_reason : null,
    told: { ...toldOfActivity(event, row, conditions), earns: row.kind === 'staff_training' ? null : earns },
    seats: row.sign_up === 'term' && row.activity_sessions.some(({ ends_at }) => Date.parse(ends_at) > now) ? seatsOf(null) : null,
    sessions: row.activity_sessions.map(one => ({
      id: one.id, startsAt: one.starts_at, endsAt: one.ends_at, venue: one.venue ?? row.venue, room: one.room ?? row.room,
      cancelReason: one.cancelled_at ? one.cancel_reason : null,
      // How many came to what is over is nobody's business here: it may have been three.
      isOver: Date.parse(one.ends_at) <= now, seats: row.sign_up === 'session' && Date.parse(one.ends_at) > now ? seatsOf(one.id) : null,
      clashes: clashesWith(one),
    })),
    mine: mine && {
      people: mine.people, withoutConsent: mine.withoutConsent, signups: mine.signups,
      leaves: mine.coming.filter(one => one.activity_code === code && one.on_leave).map(one => ({ signup: one.signup_id!, session: one.session_id! })),
    },
  }
}

/** The people whom the asker may sign up (itself, children in care, whom it helps), and what they have. Null for visitors and for who has not said who they are. */
async function standing(event: H3Event, session: Session | null, code: string) {
  if (!session || session.passwordChange) return null
  const { database } = session
  const [me, children, help, signups, coming, numbers, waits] = await Promise.all([
    answerOf(database.rpc('who_am_i')) as unknown as Promise<{ person: { id: number, name: string } | null } | null>,
    answerOf(database.rpc('my_children')), answerOf(database.rpc('my_help')), answerOf(database.rpc('my_signups')), answerOf(database.rpc('my_coming_sessions')), answerOf(database.rpc('my_draw_entries')), waitsWithSeat(database),
  ])
  if (!me?.person) return null
  const own = signups.filter(one => one.activity_code === code)
  // Asked only where there is a seat to change.
  const moves = own.some(one => one.status === 'confirmed' && one.sign_up === 'session') ? await answerOf(database.rpc('my_moves', { of_code: code })) : []
  return {
    people: [
      { id: me.person.id, name: me.person.name, isMe: true },
      ...children.filter(child => child.consent).map(child => ({ id: child.person_id!, name: child.name!, isMe: false })),
      ...help.filter(one => one.helps && one.agreed).map(one => ({ id: one.person_id!, name: one.name!, isMe: false })),
    ],
    withoutConsent: children.filter(child => !child.consent).map(child => child.name!),
    signups: own.map((row) => {
      const one = mySignUp(row, signups, drawWords(event, row, numbers))
      return {
        ...one, words: one.words ?? waitWords(event, one, waits) ?? standingWords(event, one),
        swaps: moves.filter(move => move.signup_id === one.id && move.outcome === 'swap').map(move => ({ pool: move.pool_id!, startsAt: move.starts_at! })),
      }
    }),
    coming,
  }
}

/** `all`: every sign-up of the asker, for the party counts into its own place in the line. */
export function mySignUp(row: SignUpRow, all: readonly SignUpRow[], words?: string): Omit<MySignUp, 'words'> & { words?: string } {
  const party = all.filter(one => one.party_id === row.party_id && one.pool_id === row.pool_id && one.status === 'waiting').length
  return {
    id: row.signup_id!, pool: row.pool_id!, person: row.person_id!, name: row.name!, isMe: row.is_me!, status: row.status as SignUpStatus,
    ahead: row.place === null ? null : Math.max(0, row.place - party), offerEndsAt: row.offer_ends_at, endReason: row.end_reason, words,
  }
}

const readGroups = remembering(300, () => answerOf(anonymousDatabase().from('population_groups').select('id, zh, en')))
