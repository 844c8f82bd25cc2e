import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type postgres from 'postgres'
import { DEMO_RESIDENTS } from '../../demo/accounts.ts'
import { ask, lookupOf, portalSql, signedIn } from '../fixtures/portal.ts'

interface Session { id: number, marked: number, confirmedAt: string | null, startsAt: string, seats: { pool: number, taken: number, waiting: number } | null }
interface Activity { id: number, code: string, version: number, status: string, state: string, people: number, returnedReason: string | null, sessions: Session[], told: { people: number }[], signups: { id: number, personId: number, status: string, place: number | null, priority: number, consent: string | null }[] }
let sql: postgres.Sql
let manager: string
let teacher: string
let elsewhere: string
let inspector: string
let people: { id: number, name: string }[]

beforeAll(async () => {
  sql = portalSql()
  manager = await signedIn(sql, { username: 'qingxi' })
  teacher = await signedIn(sql, { username: 'teacher' })
  elsewhere = await signedIn(sql, { username: 'manager.yx.02' })
  inspector = await signedIn(sql, { username: 'inspector' })
  people = await sql`select person.id::integer as id, person.name from persons person join units home on home.id = person.residence_unit_id join units township on township.id = home.parent_id
    where township.code = 'QJ-YX-01' and person.counts_as is null and person.birth_year < 1990 order by person.id desc limit 6` as unknown as typeof people
})
afterAll(() => sql.end())

const day = (days: number) => new Date(Date.now() + days * 86_400_000).toLocaleDateString('sv-SE', { timeZone: 'Asia/Shanghai' })
const plan = (over: Record<string, string> = {}) => ({
  'unit': 'QJ-YX-01-S', 'title': '智能手机基础班', 'kind': 'training', 'form': 'training', 'category': 'digital', 'venue': '清溪镇社区教育学校', 'room': '201', 'lecturer': '周建国', 'phone': '0900-1234567',
  'signUp': 'session', 'seats': '2', 'minors': 'with_guardian', 's0.date': day(10), 's0.start': '09:00', 's0.end': '10:30', 's1.date': day(17), 's1.start': '09:00', 's1.end': '10:30', 's1.seats': '1', ...over,
})
const post = <T = { id: number }>(path: string, body: object, cookie = manager) => ask<T>(`/api/desk/activities${path}`, { method: 'POST', body, cookie })
const read = async (id: number, cookie = manager) => (await ask<Activity>(`/api/desk/activities/${id}`, { cookie })).body
const signups = async (id: number) => (await ask<Activity>(`/api/desk/activities/${id}/signups`, { cookie: manager })).body
async function published(over: Record<string, string> = {}): Promise<Activity> {
  const { body: { id } } = await post('', plan(over))
  expect((await post(`/${id}/publication`, {})).status).toBe(200)
  return read(id)
}
/** Moves a session to the past, as time would. */
const pass = (id: number) => sql`update activity_sessions set starts_at = now() - interval '3 hours', ends_at = now() - interval '1 hour' where id = ${id}`

describe('a plan', () => {
  it('is refused in words, by field and by row', async () => {
    expect(await post('', plan({ 'title': ' ', 'fee': '-1', 'phone': '打给我', 's1.end': '08:00', 's0.date': '2026-02-30' }))).toMatchObject({
      status: 422, body: { details: { fields: { 'title': 'activity_title_missing', 'fee': 'fee_invalid', 'phone': 'contact_phone_invalid', 'sessions.1.end': 'session_ends_first', 'sessions.0.date': 'date_missing' } } },
    })
    expect(await post('', { ...plan(), 's1.date': day(10) })).toMatchObject({ status: 422, body: { code: 'session_twice', details: { place: 2 } } })
    expect(await post('', plan({ fee: '5' }))).toMatchObject({ status: 422, body: { code: 'fee_reason_missing', details: { field: 'feeFor' } } })
    expect(await post('', plan(), elsewhere)).toMatchObject({ status: 403, body: { code: 'unit_not_yours' } })
    expect(await post('', plan(), inspector)).toMatchObject({ status: 403, body: { code: 'post_lacks_sight' } })
  })

  it('goes from the teacher to the manager, back with a reason, and out', async () => {
    const { body: { id } } = await post('', plan(), teacher)
    expect(await post(`/${id}/publication`, {}, teacher)).toMatchObject({ status: 403, body: { code: 'post_lacks_sight' } })
    expect(await post(`/${id}/return`, { reason: '教室写错了' })).toMatchObject({ status: 409, body: { code: 'activity_not_submitted' } })
    expect((await post(`/${id}/submission`, {}, teacher)).status).toBe(200)
    const waiting = (await ask<{ waiting: { what: string, activityId: number }[] }>('/api/desk/activities?unit=QJ-YX-01', { cookie: manager })).body.waiting
    expect(waiting).toContainEqual(expect.objectContaining({ what: 'review', activityId: id }))
    expect(await post(`/${id}/return`, { reason: '' })).toMatchObject({ status: 422, body: { code: 'activity_reason_missing' } })
    expect((await post(`/${id}/return`, { reason: '教室写错了' })).status).toBe(200)
    expect(await read(id, teacher)).toMatchObject({ status: 'draft', returnedReason: '教室写错了' })
    expect((await post(`/${id}/submission`, {}, teacher)).status).toBe(200)
    expect(await post(`/${id}/publication`, {}, elsewhere)).toMatchObject({ status: 404, body: { code: 'activity_unknown' } })
    expect((await post(`/${id}/publication`, {})).status).toBe(200)
    expect(await read(id)).toMatchObject({ status: 'published', state: 'coming' })
    expect(await post(`/${id}/deletion`, {})).toMatchObject({ status: 409, body: { code: 'activity_published' } })
    // What is published is changed by whoever publishes.
    const { version } = await read(id)
    expect(await post('', plan({ activity: String(id), version: String(version) }), teacher)).toMatchObject({ status: 403 })
  })

  it('that somebody saved meanwhile is not overwritten, and what differs is told', async () => {
    const { body: { id } } = await post('', plan())
    const { version } = await read(id)
    expect((await post('', plan({ activity: String(id), version: String(version), room: '302', ...{ 's0.start': '08:30' } }))).status).toBe(200)
    const late = await post<{ code: string, details: { version: number, changes: { field: string, stored: string }[] } }>('', plan({ activity: String(id), version: String(version), title: '手机提高班' }))
    expect(late).toMatchObject({ status: 409, body: { code: 'activity_changed', details: { version: version + 1 } } })
    expect(late.body.details.changes.map(({ field }) => field).sort()).toEqual(['room', 'sessions', 'title'])
    expect(late.body.details.changes.find(({ field }) => field === 'room')!.stored).toBe('302')
    expect((await post('', plan({ activity: String(id), version: String(late.body.details.version), title: '手机提高班' }))).status).toBe(200)
  })

  it('shows what lies at the same time in the room or with the lecturer, and holds again on the same day of the week', async () => {
    const one = await published({ title: '书法入门', room: '书法室', lecturer: '何老师' })
    const clashes = await post<{ clashes: { place: number, what: string, title: string }[] }>('/clashes', plan({ 'room': '书法室', 'lecturer': '何老师', 's0.start': '10:00', 's0.end': '11:00', 's1.start': '' }))
    expect(clashes.body.clashes.filter(({ title }) => title === '书法入门').map(({ place, what }) => [place, what]).sort()).toEqual([[0, 'lecturer'], [0, 'room']])
    const form = await ask<{ sessions: { date: string, id: string }[], copied: { id: number } }>(`/api/desk/activities/form?copy=${one.id}&first=${day(41)}`, { cookie: manager })
    expect(form.body.sessions.map(({ date, id }) => [date, id])).toEqual([[day(45), ''], [day(52), '']])
    expect((await ask(`/api/desk/activities/form?copy=${one.id}`, { cookie: elsewhere })).status).toBe(404)
    expect((await post<{ code: string }>('/repeat', { repeatFrom: day(3), repeatStart: '09:00', repeatEnd: '10:00' })).body.code).toBe('repeat_endless')
    expect((await post<{ rows: object[] }>('/repeat', { repeatFrom: day(3), repeatStart: '09:00', repeatEnd: '10:00', count: '8' })).body.rows).toHaveLength(8)
  })
})

describe('sign-ups', () => {
  it('are made on behalf with consent, wait in turn with a reason, are cancelled, and everybody is told of a change', async () => {
    const activity = await published()
    const [one] = activity.sessions
    const enter = (person: number, over = {}) => post<{ status: string, place: number | null, code: string }>(`/${activity.id}/signups`, { pool: one!.seats!.pool, person, consent: 'phone', ...over })
    expect((await enter(people[0]!.id, { consent: '' })).body.code).toBe('consent_missing')
    expect((await enter(people[0]!.id, { pool: 999_999_999 })).body.code).toBe('session_unknown')
    expect((await post(`/${activity.id}/signups`, { pool: one!.seats!.pool, person: people[0]!.id, consent: 'phone' }, teacher)).status).toBe(403)
    expect((await ask<{ companions: object[] }>(`/api/desk/activities/${activity.id}/companions?person=${people[0]!.id}`, { cookie: manager })).status).toBe(200)
    expect((await enter(people[0]!.id)).body.status).toBe('confirmed')
    expect((await enter(people[1]!.id)).body.status).toBe('confirmed')
    expect((await enter(people[2]!.id)).body).toMatchObject({ status: 'waiting', place: 1 })
    expect((await enter(people[3]!.id)).body).toMatchObject({ status: 'waiting', place: 2 })
    const last = (await signups(activity.id)).signups.find(({ personId }) => personId === people[3]!.id)!
    expect(last.consent).toBe('phone')
    expect((await post<{ code: string }>(`/signups/${last.id}/priority`, { priority: '3', reason: '' })).body.code).toBe('activity_reason_missing')
    expect((await post(`/signups/${last.id}/priority`, { priority: '3', reason: '行动不便' }, elsewhere)).status).toBe(404)
    expect((await post(`/signups/${last.id}/priority`, { priority: '3', reason: '行动不便' })).status).toBe(200)
    expect((await signups(activity.id)).signups.find(({ id }) => id === last.id)).toMatchObject({ place: 1, priority: 3 })
    const first = (await signups(activity.id)).signups.find(({ personId }) => personId === people[0]!.id)!
    expect((await post(`/signups/${first.id}/cancellation`, { reason: '' })).status).toBe(200)
    expect((await signups(activity.id)).signups.find(({ id }) => id === last.id)!.status).toBe('offered')

    const { version, people: told } = await read(activity.id)
    expect(told).toBe(3)
    const ids = Object.fromEntries(activity.sessions.map(({ id }, place) => [`s${place}.id`, String(id)]))
    expect(await post('', plan({ ...ids, activity: String(activity.id), version: String(version), seats: '1' }))).toMatchObject({ status: 409, body: { code: 'capacity_below_taken', details: { place: 1, taken: 2 } } })
    expect((await post('', plan({ ...ids, 'activity': String(activity.id), 'version': String(version), 's0.start': '08:00' }))).status).toBe(200)
    expect((await read(activity.id)).told[0]).toMatchObject({ kind: 'session_changed', people: 3 })

    const before = (await sql`select count(*)::integer as n from audit_events where action = 'signups_exported'`)[0]!.n
    const file = await ask<string>(`/api/desk/activities/${activity.id}/signups-file?format=csv`, { cookie: manager })
    expect(file.body).toContain(people[1]!.name)
    expect(file.body).toContain('行动不便')
    expect((await sql`select count(*)::integer as n from audit_events where action = 'signups_exported'`)[0]!.n).toBe(before + 1)
    expect((await ask(`/api/desk/activities/${activity.id}/signups-file`, { cookie: elsewhere })).status).toBe(404)
    expect((await ask(`/api/desk/activities/${activity.id}/signups-file`, { cookie: inspector })).status).toBe(403)

    expect((await post<{ code: string }>(`/sessions/${one!.id}/cancellation`, { reason: '' })).body.code).toBe('activity_reason_missing')
    expect((await post(`/sessions/${one!.id}/cancellation`, { reason: '停电' }, teacher)).status).toBe(403)
    expect((await post(`/sessions/${one!.id}/cancellation`, { reason: '停电' })).status).toBe(200)
    expect((await post<{ code: string }>(`/sessions/${one!.id}/cancellation`, { reason: '停电' })).body.code).toBe('session_cancelled')
  })

  it('are admitted or not where the school decides', async () => {
    const activity = await published({ admission: 'approval' })
    const pool = activity.sessions[0]!.seats!.pool
    for (const { id } of people.slice(0, 2)) expect((await post<{ status: string }>(`/${activity.id}/signups`, { pool, person: id, consent: 'present' })).body.status).toBe('asked')
    const [yes, no] = (await signups(activity.id)).signups
    expect((await post<{ code: string }>(`/signups/${no!.id}/decision`, { decision: 'refuse', reason: '' })).body.code).toBe('activity_reason_missing')
    expect((await post(`/signups/${no!.id}/decision`, { decision: 'refuse', reason: '已上过' })).status).toBe(200)
    expect((await post<{ done: string }>(`/signups/${yes!.id}/decision`, { decision: 'admit' })).body.done).toBe('confirmed')
    expect((await post<{ code: string }>(`/signups/${yes!.id}/decision`, { decision: 'admit' })).body.code).toBe('signup_decided')
  })
})

describe('attendance', () => {
  const mark = (session: number, person: number, over = {}, cookie = manager) => post<{ outcome: string, code: string }>(`/sessions/${session}/marks`, { person, ...over }, cookie)
  const roster = async (session: number) => (await ask<{ roster: { personId: number, times: number, method: string | null, record: number | null, milliCredits: number | null }[] }>(`/api/desk/activities/sessions/${session}`, { cookie: manager })).body.roster

  it('is refused before the doors open, to others, and of nobody known', async () => {
    const { sessions: [session] } = await published()
    expect((await mark(session!.id, people[0]!.id)).body.code).toBe('session_not_begun')
    await pass(session!.id)
    expect((await mark(session!.id, 999_999_999)).body.code).toBe('person_unknown')
    expect((await mark(session!.id, people[0]!.id, {}, teacher)).status).toBe(403)
    expect((await mark(session!.id, people[0]!.id, {}, elsewhere)).status).toBe(404)
    expect((await mark(999_999_999, people[0]!.id)).body.code).toBe('session_unknown')
    expect((await post<{ code: string }>(`/sessions/${session!.id}/confirmation`, {})).body.code).toBe('nobody_marked')
  })

  it('is ticked, taken back, walked in, confirmed into credits once, and again for who was late', async () => {
    const { sessions: [session] } = await published()
    const id = session!.id
    await pass(id)
    const number = crypto.randomUUID()
    expect((await mark(id, people[0]!.id, { mark: number, method: 'walk_in' })).body.outcome).toBe('in')
    expect((await mark(id, people[0]!.id, { method: 'card' })).body.outcome).toBe('again')
    expect((await mark(id, people[1]!.id)).body.outcome).toBe('in')
    expect((await post(`/sessions/${id}/unmarks`, { person: people[1]!.id })).status).toBe(200)
    expect((await roster(id)).map(({ personId, times }) => [personId, times])).toEqual([[people[0]!.id, 2]])

    const [village] = await sql`select id::integer from units where code = 'QJ-YX-01-01'`
    const newcomer = { name: '欧阳临时', sex: 'female', birthYear: '1958', residenceUnitId: String(village!.id), phone: '' }
    expect((await post<{ code: string }>(`/sessions/${id}/walk-ins`, { ...newcomer, birthYear: '' })).body.code).toBe('birth_year_invalid')
    expect((await post(`/sessions/${id}/walk-ins`, newcomer, elsewhere)).status).toBe(404)
    expect((await post(`/sessions/${id}/walk-ins`, newcomer)).status).toBe(200)
    const twin = await post<{ code: string, details: { candidates: object[] } }>(`/sessions/${id}/walk-ins`, newcomer)
    expect(twin).toMatchObject({ status: 409, body: { code: 'probable_duplicates' } })
    expect(twin.body.details.candidates.length).toBeGreaterThan(0)

    // Whoever lives elsewhere says township and village, and is registered there.
    const [away] = await sql`select village.id::integer, village.name, above.name as township from units village join units above on above.id = village.parent_id where village.code = 'QJ-YX-02-01'`
    const guest = { ...newcomer, name: '司徒远客', residenceUnitId: '', elsewhere: `${away!.township} ${away!.name}` }
    expect((await post<{ code: string }>(`/sessions/${id}/walk-ins`, { ...guest, elsewhere: '没有这个村' })).body.code).toBe('home_elsewhere_unknown')
    expect((await post<{ code: string }>(`/sessions/${id}/walk-ins`, { ...guest, elsewhere: '' })).body.code).toBe('residence_invalid')
    const { body: came } = await post<{ person: number }>(`/sessions/${id}/walk-ins`, guest)
    expect(await sql`select residence_unit_id::integer as home from persons where id = ${came.person}`).toEqual([{ home: away!.id }])
    expect((await post(`/sessions/${id}/unmarks`, { person: came.person })).status).toBe(200)

    const confirm = () => post<{ outcomes: { personId: number, isNew: boolean, outcome: string, milliCredits: number }[] }>(`/sessions/${id}/confirmation`, {})
    const first = (await confirm()).body.outcomes
    expect(first).toHaveLength(2)
    expect(first.every(({ isNew, milliCredits }) => isNew && milliCredits > 0)).toBe(true)
    expect((await confirm()).body.outcomes.some(({ isNew }) => isNew)).toBe(false)
    expect((await post<{ code: string }>(`/sessions/${id}/unmarks`, { person: people[0]!.id })).body.code).toBe('attendance_on_record')
    expect((await mark(id, people[2]!.id, { method: 'paper' })).body.outcome).toBe('in')
    const again = (await confirm()).body.outcomes
    expect(again.filter(({ isNew }) => isNew).map(({ personId }) => personId)).toEqual([people[2]!.id])
    expect((await roster(id)).every(({ record, milliCredits }) => record !== null && milliCredits! > 0)).toBe(true)
    expect((await sql`select count(*)::integer as n from session_records where session_id = ${id}`)[0]!.n).toBe(3)
    expect(await sql`select * from private.credit_faults_of_sessions()`).toEqual([])
  })
})

it('a week and a term are shown to whose they are', async () => {
  const { id } = await published({ title: '周课表里的课' })
  const week = await ask<{ dates: string[], sessions: { activityId: number }[] }>(`/api/desk/activities/week?unit=QJ-YX-01&day=${day(10)}`, { cookie: teacher })
  expect(week.body.dates).toHaveLength(7)
  expect(week.body.sessions.map(({ activityId }) => activityId)).toContain(id)
  const term = await ask<{ activities: { id: number, dates: object[] }[] }>('/api/desk/activities/term?unit=QJ-YX-01', { cookie: teacher })
  expect(term.body.activities.find(one => one.id === id)!.dates).toHaveLength(2)
  for (const part of ['week', 'term']) expect((await ask(`/api/desk/activities/${part}?unit=QJ-YX-01`, { cookie: elsewhere })).status).toBe(403)
})

describe('what else belongs to a session', () => {
  it('heads and helpers are entered, confirmed with it, and taken back with a reason', async () => {
    const activity = await published()
    const session = activity.sessions[0]!.id
    await pass(session)
    // People of their own: nobody is on record at two sessions of one hour.
    const [volunteer, learner] = await sql<{ id: number }[]>`select person.id::integer as id from persons person join units home on home.id = person.residence_unit_id join units township on township.id = home.parent_id
      where township.code = 'QJ-YX-01' and person.counts_as is null and person.birth_year between 1950 and 1990 and not exists (select from volunteers one where one.person_id = person.id) order by person.id desc offset 20 limit 2`
    const at = (path: string, body: object) => post<{ code: string }>(`/sessions/${session}/${path}`, body)
    expect((await at('helpers', { person: volunteer!.id, role: '主讲' })).body.code).toBe('volunteer_needed')
    await sql`insert into volunteers (person_id, unit_id, source, status, by_self, decided_at) select ${volunteer!.id}, id, 'resident', 'active', false, now() from units where code = 'QJ-YX-01-S'`
    expect((await at('helpers', { person: volunteer!.id, role: '院长' })).body.code).toBe('helper_role_missing')
    expect((await at('helpers', { person: volunteer!.id, role: '主讲' })).status).toBe(200)
    expect((await at('heads', { persons: '-3' })).status).toBe(422)
    expect((await at('heads', { persons: '30', note: '广场上' })).status).toBe(200)
    await at('marks', { person: learner!.id })
    expect((await at('confirmation', {})).status).toBe(200)
    const helpers = async () => (await ask<{ helpers: { place: number, state: string, minutes: number }[] }>(`/api/desk/activities/sessions/${session}/helpers`, { cookie: manager })).body.helpers
    const [helper] = await helpers()
    // Two hours, in half hours of the clock.
    expect(helper).toMatchObject({ state: 'confirmed', minutes: expect.toSatisfy((minutes: number) => minutes === 90 || minutes === 120) })
    expect((await ask<{ heads: object }>(`/api/desk/activities/sessions/${session}`, { cookie: manager })).body.heads).toEqual({ persons: 30, named: 1, note: '广场上' })
    expect((await at('helper-removals', { place: helper!.place, reason: '' })).body.code).toBe('reason_missing')
    expect((await at('helper-removals', { place: helper!.place, reason: '记错了' })).status).toBe(200)
    expect(await helpers()).toMatchObject([{ state: 'withdrawn' }])
  })

  it('one that was called off is made up for, and the plan says which', async () => {
    const activity = await published()
    const [one] = activity.sessions
    await post(`/${activity.id}/signups`, { pool: one!.seats!.pool, person: people[1]!.id, consent: 'phone' })
    expect((await post<{ code: string }>(`/sessions/${one!.id}/make-up`, { date: day(24), start: '09:00', end: '10:30' })).body.code).toBe('session_not_cancelled')
    await post(`/sessions/${one!.id}/cancellation`, { reason: '停电' })
    expect((await post<{ code: string }>(`/sessions/${one!.id}/make-up`, { date: day(24), start: '10:30', end: '09:00' })).status).toBe(422)
    const { body: { session } } = await post<{ session: number }>(`/sessions/${one!.id}/make-up`, { date: day(24), start: '09:00', end: '10:30' })
    const now = await read(activity.id) as Activity & { makeUps: object[] }
    expect(now.makeUps).toEqual([{ session, of: one!.id }])
    expect(now.sessions.find(({ id }) => id === session)!.seats).toMatchObject({ taken: 1 })
  })
})

describe('a plan of a place that is reviewed', () => {
  it('waits for the place above, which publishes it', async () => {
    const county = await signedIn(sql, { username: 'yunxi' })
    const { body: { places } } = await ask<{ places: { code: string, reviewed: boolean, maySet: boolean }[] }>('/api/desk/activities/reviews?unit=QJ-YX', { cookie: county })
    expect(places.find(({ code }) => code === 'QJ-YX-02')).toMatchObject({ reviewed: true, maySet: true })
    const { body: { id } } = await post('', plan({ unit: 'QJ-YX-02-S', venue: '操场', room: '' }), elsewhere)
    expect(await post(`/${id}/publication`, {}, elsewhere)).toMatchObject({ status: 403, body: { code: 'review_needed', details: { unit: expect.any(String) as string } } })
    expect((await post(`/${id}/submission`, {}, elsewhere)).status).toBe(200)
    expect((await post<{ status: string }>(`/${id}/publication`, {}, county)).body).toMatchObject({ status: 'published' })
    expect(await post('/reviews', { unit: 'QJ-YX-02', way: 'by_itself' }, elsewhere)).toMatchObject({ status: 403 })

    // The school changes what is published at once; the county sees what, and says so.
    const seenBy = async (cookie: string) => (await ask<{ version: number, sessions: { id: number }[], changes: { id: number, what: string, isMine: boolean, became: object }[] }>(`/api/desk/activities/${id}`, { cookie })).body
    const { version, sessions } = await seenBy(elsewhere)
    const rows = Object.fromEntries(sessions.map((session, place) => [`s${place}.id`, String(session.id)]))
    expect((await post('', { ...plan({ unit: 'QJ-YX-02-S', venue: '操场', room: '' }), ...rows, activity: String(id), version: String(version), fee: '8', feeFor: '彩纸' }, elsewhere)).status).toBe(200)
    const { changes } = await seenBy(county)
    expect(changes).toMatchObject([{ what: 'fee', isMine: true, became: { feeFen: 800 } }])
    const waits = async () => (await ask<{ waiting: object[] }>('/api/desk/activities?unit=QJ-YX-02', { cookie: county })).body.waiting
    expect(await waits()).toContainEqual(expect.objectContaining({ what: 'changed', activityId: id, people: 1 }))
    expect(await post(`/${id}/changes`, { last: String(changes[0]!.id) }, elsewhere)).toMatchObject({ status: 403, body: { code: 'changes_not_yours' } })
    expect((await post(`/${id}/changes`, { last: String(changes[0]!.id) }, county)).body).toMatchObject({ seen: 1 })
    expect(await waits()).not.toContainEqual(expect.objectContaining({ what: 'changed', activityId: id }))
  })
})

describe('a term', () => {
  it('is held again as it was shown, once', async () => {
    await published({ title: '剪纸提高班' })
    const query = `unit=QJ-YX-01-S&from=${day(0)}&to=${day(30)}&start=${day(90)}`
    const shown = (await ask<{ activities: { id: number, title: string, isKnown: boolean, dates: object[] }[] }>(`/api/desk/activities/again?${query}`, { cookie: teacher })).body.activities
    const one = shown.find(({ title }) => title === '剪纸提高班')!
    expect(one).toMatchObject({ isKnown: false })
    const body = { unit: 'QJ-YX-01-S', from: day(0), to: day(30), start: day(90) }
    expect(await post('/again', body, teacher)).toMatchObject({ status: 422, body: { details: { fields: { activities: 'term_nothing_chosen' } } } })
    expect(await post('/again', { ...body, start: day(-1), [`a.${one.id}`]: 'yes' }, teacher)).toMatchObject({ status: 422, body: { code: 'term_start_past' } })
    expect((await post<{ made: number }>('/again', { ...body, [`a.${one.id}`]: 'yes' }, teacher)).body.made).toBe(1)
    expect((await post<{ made: number }>('/again', { ...body, [`a.${one.id}`]: 'yes' }, teacher)).body.made).toBe(0)
    expect(await sql`select status, (select count(*)::integer from activity_sessions session where session.activity_id = made.id) as sessions from activities made where copied_from = ${one.id}`).toEqual([{ status: 'draft', sessions: one.dates.length }])
  })
})

describe('whoever signed up', () => {
  it('is told of lecturer, fee, another time and an added session in words, in either language', async () => {
    const resident = await signedIn(sql, DEMO_RESIDENTS.elder)
    const [{ id: person }] = await sql<[{ id: number }]>`select coalesce(person.counts_as, person.id)::integer as id from identity.accounts account join persons person on person.id = account.person_id
      where account.phone_lookup = ${lookupOf(DEMO_RESIDENTS.elder.phone)}`
    const activity = await published({ seats: '9' })
    const [one] = activity.sessions
    expect((await post(`/${activity.id}/signups`, { pool: one!.seats!.pool, person, consent: 'present' })).status).toBe(200)
    const ids = Object.fromEntries(activity.sessions.map(({ id }, place) => [`s${place}.id`, String(id)]))
    const { version } = await read(activity.id)
    const changed = { ...ids, 'activity': String(activity.id), 'version': String(version), 'seats': '9', 'lecturer': '罗阿姨', 'fee': '12.5', 'feeFor': '彩纸', 's0.start': '08:00', 's2.date': day(24), 's2.start': '09:00', 's2.end': '10:30' }
    expect((await post('', plan(changed))).status).toBe(200)
    const told = async (lang: string) => (await ask<{ notices: { to: string, text?: string }[] }>('/api/signups', { cookie: `${resident}; lang=${lang}` })).body.notices.filter(({ to }) => to === `/activities/${activity.code}`).map(({ text }) => text).join(' | ')
    expect(await told('zh-CN')).toMatch(/讲师改为罗阿姨；材料费改为 12\.5 元（彩纸）/)
    expect(await told('zh-CN')).toMatch(/改时间了：原来.*上午9:00，现在.*上午8:00/)
    expect(await told('zh-CN')).toMatch(/加了一场：/)
    expect(await told('en')).toMatch(/the lecturer is now 罗阿姨; the fee for materials is now 12\.5 yuan/)
  })
})
