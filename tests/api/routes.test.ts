// Every route of the API as every role, and what it says to nonsense.
import { globSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { takeLearner } from '../fixtures/learners.ts'
import { ask, lookupOf, portalSql, signedIn } from '../fixtures/portal.ts'
import { sessionCookieFor } from '../fixtures/session.ts'

const ROLES = ['visitor', 'newcomer', 'resident', 'teacher', 'elsewhere', 'manager', 'inspector', 'system_admin'] as const
type Role = typeof ROLES[number]
/** The posts of the demo region: `elsewhere` manages another township of the same county than `manager`. */
const STAFF = { teacher: 'teacher', elsewhere: 'manager.yx.02', manager: 'qingxi', inspector: 'inspector', system_admin: 'admin' } as const

const here = { course: 'first-smartphone', video: 0, text: 0, person: 0, certificate: '', activity: '', draw: '', village: 0, period: 0, watch: '', import: 0 }
/** The person's name, and somebody else of the same town. */
const known = { name: '', neighbour: 0 }
const cookies: Partial<Record<Role, string>> = {}
let sql: postgres.Sql
let numbers = 0

beforeAll(async () => {
  sql = portalSql()
  await sql`delete from identity.limits`
  const lessons = await sql`select lesson.id::integer, lesson.kind from lessons lesson join courses course on course.id = lesson.course_id where course.slug = ${here.course} order by position`
  here.video = lessons.find(({ kind }) => kind === 'video')!.id
  here.text = lessons.find(({ kind }) => kind === 'text')!.id
  const learner = await takeLearner(sql)
  here.person = learner.personId
  known.name = learner.name
  await sql`select private.want_credential('honour', ${here.person}, 'routes', (select id from public.units where code = 'QJ-YX-01'), '{"title": "学习之星"}')`
  here.certificate = (await sql`select code from public.credentials where subject_id = 'routes'`)[0]!.code
  here.activity = (await sql`select code from public.activities where title = '柑橘节文艺演出'`)[0]!.code
  here.draw = (await sql`select code from public.activities where title = '木版年画体验'`)[0]!.code
  known.neighbour = (await takeLearner(sql)).personId
  here.village = (await sql`select id::integer from units where code = ${learner.village}`)[0]!.id
  here.period = (await sql`select id from reporting_periods where part = 'h1'`)[0]!.id
  const [started] = await sql`insert into public.imports (kind, unit_id, state, file_name, file_sha256, file_bytes, format, folder, headings, heading_line, created_by)
    select 'participation', unit.id, 'failed', '名单.csv', ${'c'.repeat(64)}, 9, 'csv', gen_random_uuid(), '{姓名}', 1, account.id
    from public.units unit, identity.accounts account where unit.code = 'QJ-YX-01' and account.username = ${STAFF.manager} returning id::integer`
  here.import = started!.id
  // Whether the demo's teacher and manager hold a certificate depends on what was signed meanwhile: here it is so.
  await sql`select private.want_credential('honour', account.person_id, 'routes ' || account.username, (select id from public.units where code = 'QJ-YX-01'), '{"title": "学习之星"}') from identity.accounts account where account.username in (${STAFF.teacher}, ${STAFF.manager})`
  for (const role of ROLES) cookies[role] = await cookieOf(role, learner.phone)
  const enrolment = await ask(`/api/courses/${here.course}/enrolment`, { method: 'POST', body: {}, cookie: cookies.resident })
  expect(enrolment.status).toBe(200)
})
afterAll(async () => {
  await sql`delete from identity.limits`
  await sql.end()
})

async function cookieOf(role: Role, phone: string): Promise<string> {
  if (role === 'visitor') return ''
  if (role === 'newcomer') {
    const [account] = await sql`insert into identity.accounts (email, phone_lookup) values (${`newcomer-${++numbers}@accounts.invalid`}, ${lookupOf(`1310000${String(numbers).padStart(4, '0')}`)}) returning id`
    return sessionCookieFor(sql, inject('sessionSecret'), account!.id as string)
  }
  return signedIn(sql, role === 'resident' ? { phone } : { username: STAFF[role] })
}

const aClass = () => ({ unit: 'QJ-YX-01-S', title: '八段锦', category: 'health', date: '2026-05-12', start: '09:00', minutes: '60', people: String(here.person) })
const fresh = () => `1320000${String(++numbers).padStart(4, '0')}`
const everybody = (status: number) => ROLES.map(() => status)

interface Route { path: () => string, body?: () => unknown, /** In the order of ROLES. */ expected: number[], /** Ends or changes the session, so each role comes with one of its own. */ ownSession?: boolean }

const signedInOnly = (expected = 200) => [401, expected, expected, expected, expected, expected, expected, expected]
const learners = (resident: number, others: number) => [401, 403, resident, others, others, others, others, others]
//                visitor, newcomer, resident, teacher, elsewhere, manager, inspector, system_admin
const withDesk = [401, 403, 403, 200, 200, 200, 200, 200]
const deskHere = [401, 403, 403, 200, 403, 200, 200, 200]
/** Nobody in the table works for the whole region. */
const regionOnly = [401, 403, 403, 403, 403, 403, 403, 403]
const figures = [401, 403, 403, 200, 403, 200, 200, 403]
/** Who registers people: the manager there, and the one elsewhere as far as it is not about here. */
const people = (manager: number, elsewhere = 403) => [401, 403, 403, 403, elsewhere, manager, 403, 403]

/** Who plans activities: teachers too; the manager elsewhere as far as it is not about here. */
const planners = (status: number, elsewhere = status) => [401, 403, 403, status, elsewhere, status, 403, 403]
const aPlan = () => ({
  'unit': 'QJ-YX-01-S', 'title': '八段锦', 'kind': 'training', 'form': 'training', 'category': 'health', 'signUp': 'none', 's0.date': '2099-01-05', 's0.start': '09:00', 's0.end': '10:00',
})

/** Who may import anything: `elsewhere` other people, the `others` something else: the teacher activities, the system administrator units. */
const importers = (manager: number, elsewhere: number, others = elsewhere) => [401, 403, 403, others, elsewhere, manager, 403, others]

/** A learner's certificate: the learner's own, and the manager's who sees names where the learner lives. */
const certificate = [401, 404, 200, 404, 404, 200, 404, 404]

/** Whoever edits the network here; `elsewhere` edits it elsewhere, which some routes find out only after reading the form. */
const network = (status: number, elsewhere = 403) => [401, 403, 403, 403, elsewhere, status, 403, status]

const TABLE: Record<string, Route> = {
  'courses/index.get': { path: () => '/courses', expected: everybody(200) },
  'courses/[slug]/index.get': { path: () => `/courses/${here.course}`, expected: everybody(200) },
  'courses/[slug]/[lesson].get': { path: () => `/courses/${here.course}/chat-on-wechat`, expected: everybody(200) },
  'courses/[slug]/enrolment.post': { path: () => '/courses/spot-the-scam/enrolment', expected: learners(200, 200) },
  'credits/chain.get': { path: () => '/credits/chain', expected: signedInOnly() },
  'credits/seal.get': { path: () => '/credits/seal', expected: [401, 204, 204, 204, 204, 204, 204, 204] },
  'credits/proof.json.get': { path: () => '/credits/proof.json', expected: signedInOnly(404) },
  'credits/rules.get': { path: () => '/credits/rules', expected: everybody(200) },
  'credits/passbook.get': { path: () => '/credits/passbook', expected: signedInOnly() },
  'credits/passbook.csv.get': { path: () => '/credits/passbook.csv', expected: signedInOnly() },
  'figures/index.get': { path: () => '/figures', expected: everybody(200) },
  'activities/index.get': { path: () => '/activities?day=week&place=QJ-YX&words=手机', expected: everybody(200) },
  'activities/[code]/index.get': { path: () => `/activities/${here.activity}`, expected: everybody(200) },
  'activities/[code]/calendar.ics.get': { path: () => `/activities/${here.activity}/calendar.ics`, expected: everybody(200) },
  // Everybody with a person may sign up; the pool is nobody's.
  'activities/[code]/signups.post': { path: () => `/activities/${here.activity}/signups`, body: () => ({ pool: 999999 }), expected: learners(404, 404) },
  'draws/[code]/index.get': { path: () => `/draws/${here.draw}`, expected: everybody(200) },
  // Nothing is drawn there yet.
  'draws/[code]/[pool]/draw.json.get': { path: () => `/draws/${here.draw}/1/draw.json`, expected: everybody(404) },
  'draws/[code]/[pool]/draw.csv.get': { path: () => `/draws/${here.draw}/1/draw.csv`, expected: everybody(404) },
  'records/index.get': { path: () => '/records', expected: signedInOnly() },
  'records/index.post': { path: () => '/records', body: () => ({ session: 999999, person: 999999, kind: 'was_there', words: '我坐在第二排' }), expected: learners(403, 403) },
  'family/index.get': { path: () => '/family', expected: signedInOnly() },
  'family/requests.post': { path: () => '/family/requests', body: () => ({ name: '无此人', phone: `1300${String(++numbers).padStart(7, '0')}`, relation: 'child' }), expected: learners(404, 404) },
  'family/consents.post': { path: () => '/family/consents', body: () => ({ help: 999999, code: '000000' }), expected: signedInOnly(410) },
  'family/answers.post': { path: () => '/family/answers', body: () => ({ help: 999999, choice: 'agree' }), expected: signedInOnly(404) },
  'family/endings.post': { path: () => '/family/endings', body: () => ({ help: 999999 }), expected: signedInOnly(404) },
  'no-shows/index.get': { path: () => '/no-shows', expected: signedInOnly() },
  'no-shows/index.post': { path: () => '/no-shows', body: () => ({ session: 999999, person: 999999, reason: 'illness' }), expected: signedInOnly(404) },
  'check-in/index.get': { path: () => '/check-in', expected: everybody(200) },
  'check-in/index.post': { path: () => '/check-in', expected: signedInOnly(409) },
  'check-in/word.post': { path: () => '/check-in/word', body: () => ({ word: '0000' }), expected: learners(409, 409) },
  'schools/[code]/calendar.ics.get': { path: () => '/schools/QJ-YX-01-S/calendar.ics', expected: everybody(200) },
  'signups/index.get': { path: () => '/signups', expected: signedInOnly() },
  'signups/together.get': { path: () => '/signups/together', expected: signedInOnly() },
  'signups/cancellations.post': { path: () => '/signups/cancellations', body: () => ({ signup: 999999 }), expected: signedInOnly(404) },
  'signups/answers.post': { path: () => '/signups/answers', body: () => ({ signup: 999999, choice: 'take' }), expected: signedInOnly(404) },
  'signups/swaps.post': { path: () => '/signups/swaps', body: () => ({ signup: 999999, pool: 999999 }), expected: signedInOnly(404) },
  'signups/leaves.post': { path: () => '/signups/leaves', body: () => ({ signup: 999999, session: 1, away: 'yes' }), expected: signedInOnly(404) },
  'notices/read.post': { path: () => '/notices/read', body: () => ({ until: 1 }), expected: signedInOnly() },
  'feedback/index.get': { path: () => '/feedback', expected: signedInOnly() },
  'feedback/[session].get': { path: () => '/feedback/999999999', expected: signedInOnly(404) },
  'feedback/[session].post': { path: () => '/feedback/999999999', body: () => ({ person: here.person, satisfied: '3', useful: '3', again: '3' }), expected: [401, 403, 404, 403, 403, 403, 403, 403] },
  'signups/seats.get': { path: () => '/signups/seats', expected: signedInOnly() },
  'signups/fewer.post': { path: () => '/signups/fewer', body: () => ({ 'signup-999999999': 'yes' }), expected: signedInOnly(404) },
  'signups/waits.post': { path: () => '/signups/waits', body: () => ({ signup: 999999999, pool: 999999999 }), expected: signedInOnly(404) },
  'calendar/index.get': { path: () => '/calendar', expected: signedInOnly() },
  'calendar/index.post': { path: () => '/calendar', body: () => ({ act: 'renew' }), expected: learners(200, 200) },
  'desk/home.get': { path: () => '/desk/home', expected: withDesk },
  'desk/metrics/index.get': { path: () => '/desk/metrics?unit=QJ-YX-01', expected: figures },
  'desk/head-counts/index.get': { path: () => '/desk/head-counts?unit=QJ-YX-01', expected: figures },
  'desk/head-counts/index.post': {
    path: () => '/desk/head-counts',
    body: () => ({ unit: 'QJ-YX-01-S', kind: 'activity', category: 'reading', title: `读书会 ${++numbers}`, date: '2026-05-01', start: '09:00', end: '11:00', persons: 80 }),
    expected: [401, 403, 403, 403, 403, 200, 403, 403],
  },
  'desk/periods/index.get': { path: () => '/desk/periods?unit=QJ-YX-01', expected: figures },
  'desk/periods/approval.get': { path: () => `/desk/periods/approval?unit=QJ-YX-01&period=${here.period}`, expected: [401, 403, 403, 403, 403, 200, 403, 403] },
  'desk/periods/approval.post': { path: () => '/desk/periods/approval', body: () => ({ period: here.period }), expected: [401, 403, 403, 403, 422, 422, 403, 403] },
  'desk/periods/file.get': { path: () => `/desk/periods/file?unit=QJ-YX-01&period=${here.period}`, expected: figures },
  // The region's approval opens periods; none of these holds it there.
  'desk/periods/index.post': { path: () => '/desk/periods', body: () => ({ year: 2097, rhythm: 'year', dueDays: 20, county: 'on' }), expected: [401, 403, 403, 403, 403, 403, 403, 403] },
  'desk/periods/[period]/due.post': { path: () => `/desk/periods/${here.period}/due`, body: () => ({ dueOn: '2099-01-01' }), expected: [401, 403, 403, 403, 403, 403, 403, 403] },
  'desk/periods/[period]/withdrawal.post': { path: () => `/desk/periods/${here.period}/withdrawal`, body: () => ({ sure: 'yes' }), expected: [401, 403, 403, 403, 403, 403, 403, 403] },
  'desk/periods/[period]/[unit]/index.get': { path: () => `/desk/periods/${here.period}/QJ-YX-01`, expected: figures },
  'desk/periods/[period]/[unit]/file.get': { path: () => `/desk/periods/${here.period}/QJ-YX-01/file`, expected: [401, 403, 403, 403, 403, 200, 403, 403] },
  'desk/periods/[period]/[unit]/hand-in.post': { path: () => `/desk/periods/${here.period}/QJ-YX-01/hand-in`, body: () => ({ reason: '' }), expected: [401, 403, 403, 403, 403, 409, 403, 403] },
  'desk/periods/[period]/[unit]/decision.post': { path: () => `/desk/periods/${here.period}/QJ-YX-01/decision`, body: () => ({ version: 1, decision: 'approve' }), expected: [401, 403, 403, 403, 403, 403, 403, 403] },
  'desk/periods/[period]/[unit]/reopening.post': { path: () => `/desk/periods/${here.period}/QJ-YX-01/reopening`, body: () => ({ reason: '' }), expected: [401, 403, 403, 403, 403, 422, 403, 403] },
  'desk/periods/[period]/[unit]/reopening-decision.post': { path: () => `/desk/periods/${here.period}/QJ-YX-01/reopening-decision`, body: () => ({ decision: 'grant' }), expected: [401, 403, 403, 403, 403, 403, 403, 403] },
  'desk/metrics/workbook.get': { path: () => '/desk/metrics/workbook?unit=QJ-YX-01', expected: figures },
  'desk/metrics/file.get': { path: () => '/desk/metrics/file?unit=QJ-YX-01', expected: figures },
  'desk/metrics/people/file.get': { path: () => '/desk/metrics/people/file?unit=QJ-YX-01', expected: [401, 403, 403, 403, 403, 200, 403, 403] },
  'desk/metrics/people/index.get': { path: () => '/desk/metrics/people?unit=QJ-YX-01', expected: figures },
  'desk/metrics/records/file.get': { path: () => '/desk/metrics/records/file?unit=QJ-YX-01', expected: [401, 403, 403, 403, 403, 200, 403, 403] },
  'desk/metrics/records/index.get': { path: () => '/desk/metrics/records?unit=QJ-YX-01', expected: figures },
  'desk/metrics/network.get': { path: () => '/desk/metrics/network?unit=QJ-YX-01', expected: figures },
  'desk/metrics/week.get': { path: () => '/desk/metrics/week?unit=QJ-YX-01&week=2026-05-04', expected: people(200) },
  'desk/metrics/credits.get': { path: () => '/desk/metrics/credits?unit=QJ-YX-01', expected: people(200) },
  'desk/metrics/ranges/index.get': { path: () => '/desk/metrics/ranges?unit=QJ-YX-01', expected: people(200) },
  'desk/metrics/ranges/index.post': { path: () => '/desk/metrics/ranges', body: () => ({ unit: 'QJ-YX-01', from: '2025-03-01', until: '2025-06-30' }), expected: people(200) },
  'desk/metrics/ranges/[id]/index.get': { path: () => '/desk/metrics/ranges/999999', expected: people(404, 404) },
  'desk/metrics/ranges/[id]/file.get': { path: () => '/desk/metrics/ranges/999999/file', expected: people(404, 404) },
  'desk/metrics/ranges/[id]/records.get': { path: () => '/desk/metrics/ranges/999999/records', expected: people(404, 404) },
  'desk/metrics/ranges/[id]/removal.post': { path: () => '/desk/metrics/ranges/999999/removal', expected: people(404, 404) },
  'desk/metrics/people/[personId].get': { path: () => `/desk/metrics/people/${here.person}`, expected: [401, 403, 403, 403, 404, 200, 403, 403] },
  'desk/network/index.get': { path: () => '/desk/network?unit=QJ-YX-01', expected: deskHere },
  'desk/network/[code]/index.get': { path: () => '/desk/network/QJ-YX-01-S', expected: deskHere },
  'desk/network/[code]/history.get': { path: () => '/desk/network/QJ-YX-01/history', expected: deskHere },
  'desk/network/[code]/form.get': { path: () => '/desk/network/QJ-YX-01-01/form', expected: network(200) },
  'desk/network/[code]/form.post': { path: () => '/desk/network/QJ-YX-01-01/form', expected: network(422, 422) },
  'desk/network/[code]/children.post': { path: () => '/desk/network/QJ-YX-01-01/children', expected: network(422, 422) },
  'desk/network/[code]/act.get': { path: () => '/desk/network/QJ-YX-01-01/act', expected: network(200) },
  'desk/network/[code]/act-preview.post': { path: () => '/desk/network/QJ-YX-01-01/act-preview', body: () => ({ act: 'split' }), expected: network(200) },
  'desk/network/[code]/act.post': { path: () => '/desk/network/QJ-YX-01-01/act', expected: network(422, 422) },
  'desk/network/[code]/photo.post': { path: () => '/desk/network/QJ-YX-01-01/photo', expected: network(422) },
  'desk/network/plans.post': { path: () => '/desk/network/plans', body: () => ({ plan: 999_999_999 }), expected: network(404, 404) },
  'desk/network/missing.get': { path: () => '/desk/network/missing?unit=QJ-YX-01', expected: deskHere },
  'desk/network/units/index.get': { path: () => '/desk/network/units?unit=QJ-YX-01&computers=10&standard=met', expected: deskHere },
  'desk/network/units/file.get': { path: () => '/desk/network/units/file?unit=QJ-YX-01&format=xlsx', expected: deskHere },
  'desk/network/find.get': { path: () => '/desk/network/find?for=metrics&words=清溪', expected: [401, 403, 403, 200, 200, 200, 200, 403] },
  'desk/network/acts/index.get': { path: () => '/desk/network/acts?unit=QJ-YX-01', expected: deskHere },
  'desk/network/acts/file.get': { path: () => '/desk/network/acts/file?unit=QJ-YX-01', expected: deskHere },
  'desk/populations/index.get': { path: () => '/desk/populations?unit=QJ-YX-01', expected: figures },
  'desk/populations/index.post': { path: () => '/desk/populations', expected: [401, 403, 403, 403, 422, 422, 403, 403] },
  'desk/populations/gaps.get': { path: () => '/desk/populations/gaps?unit=QJ-YX-01', expected: figures },
  'desk/populations/history.get': { path: () => '/desk/populations/history?unit=QJ-YX-01-01', expected: figures },
  'desk/populations/file.get': { path: () => '/desk/populations/file?unit=QJ-YX-01', expected: figures },
  'desk/populations/approval.get': { path: () => '/desk/populations/approval?unit=QJ-YX-01', expected: [401, 403, 403, 403, 403, 200, 403, 403] },
  'desk/populations/approval.post': { path: () => '/desk/populations/approval', expected: [401, 403, 403, 403, 422, 422, 403, 403] },
  'desk/posts/index.get': { path: () => '/desk/posts', expected: regionOnly },
  'desk/posts/index.post': { path: () => '/desk/posts', expected: regionOnly },
  'desk/posts/end.post': { path: () => '/desk/posts/end', expected: regionOnly },
  'desk/posts/places.post': { path: () => '/desk/posts/places', expected: regionOnly },
  'desk/posts/candidates.get': { path: () => '/desk/posts/candidates?name=王秀', expected: regionOnly },
  'desk/posts/roles.get': { path: () => '/desk/posts/roles', expected: withDesk },
  'desk/posts/[personId]/index.get': { path: () => `/desk/posts/${here.person}`, expected: regionOnly },
  'desk/posts/[personId]/account.post': { path: () => `/desk/posts/${here.person}/account`, expected: regionOnly },
  'desk/password.post': { path: () => '/desk/password', expected: signedInOnly(422) },
  'desk/posts/rules/index.get': { path: () => '/desk/posts/rules', expected: regionOnly },
  'desk/posts/rules/index.post': { path: () => '/desk/posts/rules', body: () => ({ passwordDays: 90, passwordsKept: 5 }), expected: regionOnly },
  'desk/second-factor/index.post': { path: () => '/desk/second-factor', body: () => ({ act: 'codes', password: 'wrong' }), expected: [401, 409, 409, 409, 409, 409, 409, 409] },
  'identity/second-factor.post': { path: () => '/identity/second-factor', body: () => ({ code: '123456' }), expected: everybody(401) },
  'desk/audit/index.get': { path: () => '/desk/audit', expected: regionOnly },
  'desk/audit/audit.csv.get': { path: () => '/desk/audit/audit.csv', expected: regionOnly },
  'desk/participations/[id]/corrections.post': {
    path: () => '/desk/participations/999999999/corrections', body: () => ({ personId: here.person, what: 'not_attended', reason: '没有这条' }), expected: people(404, 404),
  },
  'desk/people/index.get': { path: () => `/desk/people?unit=QJ-YX-01&name=${encodeURIComponent('王')}`, expected: people(200) },
  'desk/people/file.get': { path: () => '/desk/people/file?unit=QJ-YX-01&lacks=guardian', expected: people(200) },
  'desk/people/index.post': {
    path: () => '/desk/people', expected: people(201), body: () => ({ name: `新人${++numbers}`, sex: 'male', birthYear: '1961-02-03', residenceUnitId: here.village, confirmed: 'yes' }),
  },
  'desk/people/search.post': { path: () => '/desk/people/search', body: () => ({ name: '王' }), expected: people(200, 200) },
  'desk/people/form.get': { path: () => '/desk/people/form?unit=QJ-YX-01', expected: people(200) },
  'desk/people/wards.get': { path: () => '/desk/people/wards?unit=QJ-YX-01', expected: people(200) },
  'desk/people/[id]/departure.post': { path: () => `/desk/people/${here.person}/departure`, body: () => ({ reason: 'died', leftOn: '2099-01-01' }), expected: people(422, 404) },
  'desk/people/[id]/departure-undo.post': { path: () => `/desk/people/${here.person}/departure-undo`, body: () => ({ reason: '登记错了' }), expected: people(409, 404) },
  'desk/people/duplicates.get': { path: () => '/desk/people/duplicates?unit=QJ-YX-01', expected: people(200) },
  'desk/people/compare.get': { path: () => `/desk/people/compare?one=${here.person}&other=${known.neighbour}`, expected: people(200, 404) },
  'desk/people/compare.post': { path: () => '/desk/people/compare', body: () => ({ one: here.person, other: known.neighbour }), expected: people(200, 200) },
  'desk/people/distinct.post': { path: () => '/desk/people/distinct', body: () => ({ one: here.person, other: known.neighbour }), expected: people(200, 404) },
  'desk/people/cards.get': { path: () => '/desk/people/cards?unit=QJ-YX-01', expected: people(200) },
  'desk/people/cards.post': { path: () => '/desk/people/cards', body: () => ({ unit: 'QJ-YX-01' }), expected: people(200) },
  'desk/people/merges/index.post': { path: () => '/desk/people/merges', body: () => ({ keptId: here.person, mergedId: here.person, reason: '自己' }), expected: people(422, 422) },
  'desk/people/merges/[id]/undo.post': { path: () => '/desk/people/merges/999999999/undo', expected: people(404, 404) },
  'desk/people/[id]/index.get': { path: () => `/desk/people/${here.person}`, expected: people(200, 404) },
  'desk/people/[id]/index.post': { path: () => `/desk/people/${here.person}`, body: () => ({ name: known.name, sex: 'female', birthYear: 1961 }), expected: people(200, 404) },
  'desk/people/[id]/move.post': { path: () => `/desk/people/${here.person}/move`, body: () => ({ residenceUnitId: here.village, movedOn: '2026-01-01' }), expected: people(422, 404) },
  'desk/people/[id]/groups.post': { path: () => `/desk/people/${here.person}/groups`, body: () => ({ group: 'infant_parents', source: '名册' }), expected: people(200, 404) },
  'desk/people/[id]/groups-end.post': {
    path: () => `/desk/people/${here.person}/groups-end`, body: () => ({ personId: here.person, group: 'youth_parents', from: '2020-01-01', lastDay: '2020-02-01' }), expected: people(404, 404),
  },
  'desk/people/[id]/guardians.post': { path: () => `/desk/people/${here.person}/guardians`, body: () => ({ guardianId: here.person, relation: 'mother' }), expected: people(422, 404) },
  'desk/people/[id]/guardians-end.post': { path: () => `/desk/people/${here.person}/guardians-end`, body: () => ({ linkId: 999999999 }), expected: people(404, 404) },
  'desk/people/[id]/helpers.post': { path: () => `/desk/people/${here.person}/helpers`, body: () => ({ helperId: here.person, relation: 'child', consent: 'present' }), expected: people(422, 404) },
  'desk/people/[id]/helpers-end.post': { path: () => `/desk/people/${here.person}/helpers-end`, body: () => ({ help: 999999999 }), expected: people(404, 404) },
  'desk/people/[id]/contacts.post': { path: () => `/desk/people/${here.person}/contacts`, body: () => ({ kind: 'phone', value: '13812345678' }), expected: people(200, 404) },
  'desk/people/[id]/reveal.post': { path: () => `/desk/people/${here.person}/reveal`, body: () => ({ kind: 'phone', reason: 'call' }), expected: people(200, 404) },
  'desk/people/[id]/card.post': { path: () => `/desk/people/${here.person}/card`, expected: people(200, 404) },
  'health.get': { path: () => '/health', expected: everybody(200) },
  'credits/rewards/index.get': { path: () => '/credits/rewards', expected: everybody(200) },
  'credits/rewards/holds.post': { path: () => '/credits/rewards/holds', body: () => ({ item: 999999 }), expected: learners(404, 404) },
  'credits/rewards/returns.post': { path: () => '/credits/rewards/returns', body: () => ({ hold: 999999 }), expected: signedInOnly(404) },
  'credits/points/index.get': { path: () => '/credits/points', expected: everybody(200) },
  'volunteers/index.get': { path: () => '/volunteers', expected: everybody(200) },
  'volunteers/registrations.post': { path: () => '/volunteers/registrations', body: () => ({ place: '999999', source: 'resident' }), expected: learners(422, 422) },
  'volunteers/endings.post': { path: () => '/volunteers/endings', body: () => ({ volunteer: 999999 }), expected: signedInOnly(404) },
  'team-rooms/index.get': { path: () => '/team-rooms', expected: signedInOnly() },
  'team-rooms/index.post': { path: () => '/team-rooms', body: () => ({ team: '999999999', room: '1', date: '2027-01-05', start: '09:00', end: '10:00', purpose: '排练' }), expected: signedInOnly(404) },
  'team-rooms/cancellations.post': { path: () => '/team-rooms/cancellations', body: () => ({ booking: '999999999' }), expected: signedInOnly(404) },
  'desk/volunteers/teams/leaders.post': { path: () => '/desk/volunteers/teams/leaders', body: () => ({ unit: 'QJ-YX-01-S', team: '999999999' }), expected: people(404, 404) },
  'service/index.get': { path: () => '/service', expected: signedInOnly() },
  'service/places.post': { path: () => '/service/places', body: () => ({ shift: 999999999 }), expected: learners(404, 404) },
  'service/cancellations.post': { path: () => '/service/cancellations', body: () => ({ place: 999999999 }), expected: signedInOnly(404) },
  'service/checks.post': { path: () => '/service/checks', body: () => ({ place: 999999999, what: 'in', code: '123456' }), expected: signedInOnly(404) },
  'service/disputes.post': { path: () => '/service/disputes', body: () => ({ place: 999999999, words: '时长不对' }), expected: signedInOnly(404) },
  'service/certificates.post': { path: () => '/service/certificates', body: () => ({ from: '2026-01-01', until: '2026-12-31' }), expected: learners(409, 409) },
  'desk/volunteers/index.get': { path: () => '/desk/volunteers?unit=QJ-YX-01', expected: people(200) },
  'desk/volunteers/index.post': { path: () => '/desk/volunteers', body: () => ({ unit: 'QJ-YX-01', person: 999999999, source: 'resident' }), expected: people(404) },
  'desk/volunteers/[id]/index.get': { path: () => '/desk/volunteers/999999999', expected: people(404, 404) },
  'desk/volunteers/[id]/decision.post': { path: () => '/desk/volunteers/999999999/decision', body: () => ({ choice: 'admit' }), expected: people(404, 404) },
  'desk/volunteers/[id]/ending.post': { path: () => '/desk/volunteers/999999999/ending', body: () => ({ reason: '搬走了' }), expected: people(404, 404) },
  'desk/volunteers/[id]/team.post': { path: () => '/desk/volunteers/999999999/team', expected: people(404, 404) },
  'desk/volunteers/[id]/trainings.post': { path: () => '/desk/volunteers/999999999/trainings', body: () => ({ title: '急救培训', heldOn: '2026-05-12', hours: '2' }), expected: people(404, 404) },
  'desk/volunteers/[id]/training-backs.post': { path: () => '/desk/volunteers/999999999/training-backs', body: () => ({ training: 999999999 }), expected: people(404, 404) },
  'desk/volunteers/teams/index.get': { path: () => '/desk/volunteers/teams?unit=QJ-YX-01', expected: people(200) },
  'desk/volunteers/teams/index.post': { path: () => '/desk/volunteers/teams', body: () => ({ unit: 'QJ-YX-01-S', name: '巡河志愿队', foundedOn: '2026-05-12' }), expected: people(200) },
  'desk/volunteers/service/index.get': { path: () => '/desk/volunteers/service?unit=QJ-YX-01', expected: planners(200, 403) },
  'desk/volunteers/service/index.post': {
    path: () => '/desk/volunteers/service', body: () => ({ unit: 'QJ-YX-01-S', title: '巡河', role: '巡河员', venue: '清溪河', category: 'ecology' }), expected: planners(200, 403),
  },
  'desk/volunteers/service/[id]/index.get': { path: () => '/desk/volunteers/service/999999999', expected: planners(404) },
  'desk/volunteers/service/[id]/shifts.post': {
    path: () => '/desk/volunteers/service/999999999/shifts', body: () => ({ startsAt: '2099-01-05T09:00', endsAt: '2099-01-05T10:00', capacity: '5' }), expected: planners(404),
  },
  'desk/volunteers/service/[id]/publication.post': { path: () => '/desk/volunteers/service/999999999/publication', expected: planners(404) },
  'desk/volunteers/service/[id]/cancellation.post': { path: () => '/desk/volunteers/service/999999999/cancellation', body: () => ({ reason: '下大雨' }), expected: planners(404) },
  'desk/volunteers/shifts/[id]/index.get': { path: () => '/desk/volunteers/shifts/999999999', expected: people(404, 404) },
  'desk/volunteers/shifts/[id]/screen.get': { path: () => '/desk/volunteers/shifts/999999999/screen', expected: people(404, 404) },
  'desk/volunteers/shifts/[id]/cards.post': { path: () => '/desk/volunteers/shifts/999999999/cards', body: () => ({ card: '2000000003' }), expected: people(404, 404) },
  'desk/volunteers/shifts/[id]/places.post': { path: () => '/desk/volunteers/shifts/999999999/places', body: () => ({ person: here.person }), expected: people(404, 404) },
  'desk/volunteers/shifts/[id]/removals.post': { path: () => '/desk/volunteers/shifts/999999999/removals', body: () => ({ place: 999999999 }), expected: people(404, 404) },
  'desk/volunteers/shifts/[id]/checks.post': { path: () => '/desk/volunteers/shifts/999999999/checks', body: () => ({ place: 999999999, what: 'in' }), expected: people(404, 404) },
  'desk/volunteers/shifts/[id]/confirmation.post': { path: () => '/desk/volunteers/shifts/999999999/confirmation', expected: people(404, 404) },
  'desk/volunteers/shifts/[id]/corrections.post': { path: () => '/desk/volunteers/shifts/999999999/corrections', body: () => ({ place: 999999999, choice: 'withdraw', reason: '没有来' }), expected: people(404, 404) },
  'desk/volunteers/shifts/[id]/backfills.post': {
    path: () => '/desk/volunteers/shifts/999999999/backfills', body: () => ({ person: here.person, startsAt: '2026-05-12T09:00', endsAt: '2026-05-12T10:00', reason: '签到表丢了' }), expected: people(404, 404),
  },
  'desk/volunteers/shifts/[id]/backfill-decisions.post': { path: () => '/desk/volunteers/shifts/999999999/backfill-decisions', body: () => ({ backfill: 999999999, choice: 'agree' }), expected: people(404, 404) },
  'desk/volunteers/disputes/index.get': { path: () => '/desk/volunteers/disputes?unit=QJ-YX-01', expected: people(200) },
  'desk/volunteers/disputes/[id]/answer.post': { path: () => '/desk/volunteers/disputes/999999999/answer', body: () => ({ choice: 'keep', answer: '照旧' }), expected: people(404, 404) },
  'desk/activities/index.get': { path: () => '/desk/activities?unit=QJ-YX-01', expected: planners(200, 403) },
  'desk/activities/index.post': { path: () => '/desk/activities', body: () => aPlan(), expected: planners(200, 403) },
  'desk/activities/form.get': { path: () => '/desk/activities/form?unit=QJ-YX-01', expected: planners(200, 403) },
  'desk/activities/repeat.post': { path: () => '/desk/activities/repeat', body: () => ({ repeatFrom: '2099-01-05', repeatStart: '09:00', repeatEnd: '10:00', count: '2' }), expected: planners(200) },
  'desk/activities/clashes.post': { path: () => '/desk/activities/clashes', body: () => aPlan(), expected: planners(200, 403) },
  'desk/activities/embed.get': { path: () => '/desk/activities/embed?unit=QJ-YX-01', expected: planners(200, 403) },
  'desk/activities/draws/[pool].post': { path: () => '/desk/activities/draws/999999999', expected: people(404, 404) },
  'desk/activities/records/index.get': { path: () => '/desk/activities/records?unit=QJ-YX-01', expected: people(200) },
  'desk/activities/records/[id].post': { path: () => '/desk/activities/records/999999', body: () => ({ choice: 'keep', answer: '已核实' }), expected: people(404, 404) },
  'desk/activities/no-shows/index.get': { path: () => '/desk/activities/no-shows?unit=QJ-YX-01', expected: people(200) },
  'desk/activities/no-shows/index.post': { path: () => '/desk/activities/no-shows', body: () => ({ session: 999999, person: here.person, choice: 'excuse', reason: 'illness', answer: '已核实' }), expected: people(404, 404) },
  // The region's approval sets the rule; none of these holds it there.
  'desk/activities/no-shows/rule.post': { path: () => '/desk/activities/no-shows/rule', body: () => ({ fromDay: '2099-01-01', most: '3', windowDays: '90', effect: 'later', effectDays: '30' }), expected: [401, 403, 403, 403, 403, 403, 403, 403] },
  'desk/activities/materials/index.get': { path: () => '/desk/activities/materials?unit=QJ-YX-01', expected: planners(200, 403) },
  'desk/activities/materials/[id]/decision.post': { path: () => '/desk/activities/materials/999999999/decision', body: () => ({ decision: 'accept' }), expected: people(404, 404) },
  'desk/activities/materials/[id]/withdrawal.post': { path: () => '/desk/activities/materials/999999999/withdrawal', body: () => ({ reason: '有人不同意' }), expected: planners(404) },
  'desk/activities/materials/[id]/file.get': { path: () => '/desk/activities/materials/999999999/file', expected: planners(404) },
  'desk/activities/materials/[id]/text.txt.get': { path: () => '/desk/activities/materials/999999999/text.txt', expected: planners(404) },
  'desk/activities/sessions/[id]/materials/index.get': { path: () => '/desk/activities/sessions/999999999/materials', expected: planners(404) },
  'desk/activities/sessions/[id]/materials/index.post': { path: () => '/desk/activities/sessions/999999999/materials', body: () => ({ kind: 'press_note', body: '新闻' }), expected: planners(404) },
  'desk/activities/sessions/[id]/materials/files.post': { path: () => '/desk/activities/sessions/999999999/materials/files', body: () => ({}), expected: planners(422) },
  'desk/activities/sessions/[id]/materials/submission.post': { path: () => '/desk/activities/sessions/999999999/materials/submission', expected: planners(404) },
  'desk/activities/feedback.get': { path: () => '/desk/activities/feedback?unit=QJ-YX-01', expected: planners(200, 403) },
  'desk/activities/sessions/[id]/feedback/index.get': { path: () => '/desk/activities/sessions/999999999/feedback', expected: planners(404) },
  'desk/activities/sessions/[id]/feedback/index.post': { path: () => '/desk/activities/sessions/999999999/feedback', body: () => ({ person: here.person, satisfied: '3', useful: '3', again: '3' }), expected: people(404, 404) },
  'desk/network/days-off/index.get': { path: () => '/desk/network/days-off?year=2027', expected: withDesk },
  'desk/network/days-off/index.post': {
    path: () => '/desk/network/days-off', body: () => ({ year: 2099, version: 99, notice: '放假通知', days: '2099-01-01 元旦' }), expected: [401, 403, 403, 403, 403, 403, 403, 409],
  },
  'lecturers/index.get': { path: () => '/lecturers?category=law&words=普法', expected: everybody(200) },
  'desk/lecturers/index.get': { path: () => '/desk/lecturers?unit=QJ-YX-01', expected: planners(200, 403) },
  'desk/lecturers/reach.get': { path: () => '/desk/lecturers/reach?unit=QJ-YX-01', expected: planners(200, 403) },
  'desk/lecturers/index.post': {
    path: () => '/desk/lecturers', body: () => ({ 'unit': 'QJ-YX-01-S', 'name': '周建国', 'title': '退休教师', 'topics': '家风家教', 'category.law': 'yes' }), expected: planners(200, 403),
  },
  'lecturers/[id]/photo.get': { path: () => '/lecturers/999999999/photo', expected: everybody(404) },
  'desk/lecturers/[id]/photo.post': { path: () => '/desk/lecturers/999999999/photo', body: () => ({ act: 'remove' }), expected: planners(404) },
  'desk/lecturers/[id]/away.post': { path: () => '/desk/lecturers/999999999/away', body: () => ({ from: '2027-01-05', until: '2027-01-06' }), expected: planners(404) },
  'desk/lecturers/bookings/[id]/plan.post': { path: () => '/desk/lecturers/bookings/999999999/plan', body: () => ({ category: 'law' }), expected: planners(404) },
  'desk/lecturers/[id]/ending.post': { path: () => '/desk/lecturers/999999999/ending', expected: people(404, 404) },
  'desk/lecturers/[id]/bookings.post': {
    path: () => '/desk/lecturers/999999999/bookings', body: () => ({ unit: 'QJ-YX-01-S', date: '2027-01-05', start: '09:00', end: '10:00', topic: '普法', place: '礼堂' }), expected: planners(404, 403),
  },
  'desk/lecturers/bookings/[id]/steps.post': { path: () => '/desk/lecturers/bookings/999999999/steps', body: () => ({ step: 'agree' }), expected: planners(404) },
  'venues/index.get': { path: () => '/venues?kind=library&words=图书', expected: everybody(200) },
  'venues/[code].get': { path: () => '/venues/22222222', expected: everybody(404) },
  'desk/venues/index.get': { path: () => '/desk/venues?unit=QJ-YX-01', expected: planners(200, 403) },
  'desk/venues/index.post': {
    path: () => '/desk/venues', body: () => ({ unit: 'QJ-YX-01-S', name: `场所 ${++numbers}`, kind: 'library', address: '河街 1 号', contactPost: '管理员', phone: '0900-123456' }), expected: planners(200, 403),
  },
  'desk/venues/form.get': { path: () => '/desk/venues/form?unit=QJ-YX-01', expected: planners(200, 403) },
  'desk/venues/[id]/index.get': { path: () => '/desk/venues/999999999', expected: planners(404) },
  'desk/venues/[id]/photo.post': { path: () => '/desk/venues/999999999/photo', expected: planners(404) },
  'desk/venues/[id]/days.post': { path: () => '/desk/venues/999999999/days', body: () => ({ day: '2026-12-30', note: '检修' }), expected: planners(404) },
  'desk/venues/[id]/visits.post': { path: () => '/desk/venues/999999999/visits', body: () => ({ day: '2026-11-20', visitors: '3' }), expected: planners(404) },
  'desk/venues/[id]/bookings.post': {
    path: () => '/desk/venues/999999999/bookings', body: () => ({ unit: 'QJ-YX-01-S', room: '999999999', date: '2027-01-05', start: '09:00', end: '10:00', purpose: '排练' }), expected: planners(404, 403),
  },
  'desk/venues/bookings/[id]/decision.post': { path: () => '/desk/venues/bookings/999999999/decision', body: () => ({ decision: 'approve' }), expected: people(404, 404) },
  'desk/venues/bookings/[id]/cancellation.post': { path: () => '/desk/venues/bookings/999999999/cancellation', body: () => ({ reason: '不用了' }), expected: planners(404) },
  'desk/activities/week.get': { path: () => '/desk/activities/week?unit=QJ-YX-01', expected: planners(200, 403) },
  'desk/activities/term.get': { path: () => '/desk/activities/term?unit=QJ-YX-01', expected: planners(200, 403) },
  'desk/activities/[id]/index.get': { path: () => '/desk/activities/999999999', expected: planners(404) },
  'desk/activities/[id]/submission.post': { path: () => '/desk/activities/999999999/submission', expected: planners(404) },
  'desk/activities/[id]/publication.post': { path: () => '/desk/activities/999999999/publication', expected: people(404, 404) },
  'desk/activities/[id]/return.post': { path: () => '/desk/activities/999999999/return', body: () => ({ reason: '写错了' }), expected: people(404, 404) },
  'desk/activities/[id]/changes.post': { path: () => '/desk/activities/999999999/changes', body: () => ({ last: '1' }), expected: people(404, 404) },
  'desk/activities/[id]/cancellation.post': { path: () => '/desk/activities/999999999/cancellation', body: () => ({ reason: '停电' }), expected: planners(404) },
  'desk/activities/[id]/deletion.post': { path: () => '/desk/activities/999999999/deletion', expected: planners(404) },
  'desk/activities/[id]/signups.get': { path: () => '/desk/activities/999999999/signups', expected: people(404, 404) },
  'desk/activities/[id]/signups.post': { path: () => '/desk/activities/999999999/signups', body: () => ({ pool: 1, person: here.person, consent: 'phone' }), expected: people(404, 404) },
  'desk/activities/[id]/companions.get': { path: () => `/desk/activities/999999999/companions?person=${here.person}`, expected: people(404, 404) },
  'desk/activities/[id]/signups-file.get': { path: () => '/desk/activities/999999999/signups-file', expected: people(404, 404) },
  'desk/activities/signups/[id]/decision.post': { path: () => '/desk/activities/signups/999999999/decision', body: () => ({ decision: 'admit' }), expected: people(404, 404) },
  'desk/activities/signups/[id]/priority.post': { path: () => '/desk/activities/signups/999999999/priority', body: () => ({ priority: 1, reason: '行动不便' }), expected: people(404, 404) },
  'desk/activities/signups/[id]/cancellation.post': { path: () => '/desk/activities/signups/999999999/cancellation', expected: people(404, 404) },
  'desk/activities/sessions/[id]/index.get': { path: () => '/desk/activities/sessions/999999999', expected: people(404, 404) },
  'desk/activities/sessions/[id]/screen.get': { path: () => '/desk/activities/sessions/999999999/screen', expected: people(404, 404) },
  'desk/activities/sessions/[id]/door.get': { path: () => '/desk/activities/sessions/999999999/door', expected: people(404, 404) },
  'desk/activities/sessions/[id]/log.post': {
    path: () => '/desk/activities/sessions/999999999/log', expected: people(404, 404),
    body: () => ({ device: '前台', marks: [{ clientId: crypto.randomUUID(), person: here.person, method: 'roster', deviceAt: new Date().toISOString(), clockOffMs: 0 }] }),
  },
  'desk/activities/sessions/[id]/sheets.get': { path: () => '/desk/activities/sessions/999999999/sheets', expected: people(200, 200) },
  'desk/activities/sessions/[id]/sheets.post': { path: () => '/desk/activities/sessions/999999999/sheets', expected: people(422, 422) },
  'desk/activities/sessions/[id]/sheet.post': { path: () => '/desk/activities/sessions/999999999/sheet', body: () => ({ file: crypto.randomUUID() }), expected: people(404, 404) },
  'desk/activities/sessions/[id]/people.post': { path: () => '/desk/activities/sessions/999999999/people', body: () => ({ find: 'wang' }), expected: people(200, 200) },
  'desk/activities/sessions/[id]/marks.post': { path: () => '/desk/activities/sessions/999999999/marks', body: () => ({ person: here.person }), expected: people(404, 404) },
  'desk/activities/sessions/[id]/unmarks.post': { path: () => '/desk/activities/sessions/999999999/unmarks', body: () => ({ person: here.person }), expected: people(404, 404) },
  'desk/activities/sessions/[id]/walk-ins.post': {
    path: () => '/desk/activities/sessions/999999999/walk-ins', body: () => ({ name: '慕容无名', sex: 'female', birthYear: 1950, residenceUnitId: here.village }), expected: people(404, 404),
  },
  'desk/activities/sessions/[id]/helpers.get': { path: () => '/desk/activities/sessions/999999999/helpers', expected: people(404, 404) },
  'desk/activities/sessions/[id]/helpers.post': { path: () => '/desk/activities/sessions/999999999/helpers', body: () => ({ person: here.person, role: '助教' }), expected: people(404, 404) },
  'desk/activities/sessions/[id]/helper-removals.post': { path: () => '/desk/activities/sessions/999999999/helper-removals', body: () => ({ place: '999999999' }), expected: people(404, 404) },
  'desk/activities/sessions/[id]/shifts.post': { path: () => '/desk/activities/sessions/999999999/shifts', body: () => ({ shift: '999999999', tied: 'yes' }), expected: people(404, 404) },
  'desk/activities/sessions/[id]/heads.post': { path: () => '/desk/activities/sessions/999999999/heads', body: () => ({ persons: '30' }), expected: people(404, 404) },
  'desk/activities/sessions/[id]/make-up.post': { path: () => '/desk/activities/sessions/999999999/make-up', body: () => ({ date: '2027-01-05', start: '09:00', end: '10:00' }), expected: people(404, 404) },
  'desk/activities/reviews.get': { path: () => '/desk/activities/reviews?unit=QJ-YX-01', expected: planners(200, 403) },
  'desk/activities/reviews.post': { path: () => '/desk/activities/reviews', body: () => ({ unit: 'QJ-YX-01', way: 'by_itself' }), expected: people(403) },
  'desk/activities/again.get': { path: () => '/desk/activities/again?unit=QJ-YX-01&from=2020-01-01&to=2020-02-01', expected: planners(200, 403) },
  'desk/activities/again.post': { path: () => '/desk/activities/again', body: () => ({ 'unit': 'QJ-YX-01', 'from': '2020-01-01', 'to': '2020-02-01', 'start': '2027-01-05', 'a.999999999': 'yes' }), expected: planners(404, 403) },
  'desk/activities/sessions/[id]/confirmation.post': { path: () => '/desk/activities/sessions/999999999/confirmation', expected: people(404, 404) },
  'desk/activities/sessions/[id]/cancellation.post': { path: () => '/desk/activities/sessions/999999999/cancellation', body: () => ({ reason: '停电' }), expected: people(404, 404) },
  'desk/credits/rewards/index.get': { path: () => '/desk/credits/rewards?unit=QJ-YX-01', expected: deskHere },
  'desk/credits/rewards/index.post': {
    path: () => '/desk/credits/rewards', expected: [401, 403, 403, 403, 403, 200, 403, 403],
    body: () => ({ unit: 'QJ-YX-01-S', kind: 'reading_pass', zh: `阅览证 ${++numbers}`, en: 'Reading pass', price: '1', holdDays: '7', inStock: '3' }),
  },
  'desk/credits/rewards/stock.post': {
    path: () => '/desk/credits/rewards/stock', expected: [401, 403, 403, 403, 404, 404, 403, 403],
    body: () => ({ unit: 'QJ-YX-01-S', item: 999999, inStock: '3', countedFrom: '3' }),
  },
  'desk/credits/rewards/collections.post': { path: () => '/desk/credits/rewards/collections', body: () => ({ code: '00000000' }), expected: [401, 403, 403, 404, 404, 404, 404, 404] },
  'desk/credits/classes/index.get': { path: () => '/desk/credits/classes?unit=QJ-YX-01', expected: people(200) },
  'desk/credits/classes/form.get': { path: () => '/desk/credits/classes/form?unit=QJ-YX-01', expected: people(200) },
  'desk/credits/classes/people.post': { path: () => '/desk/credits/classes/people', body: () => ({ find: 'wang' }), expected: people(200, 200) },
  'desk/credits/classes/look.post': { path: () => '/desk/credits/classes/look', body: () => aClass(), expected: people(200) },
  'desk/credits/classes/index.post': { path: () => '/desk/credits/classes', body: () => aClass(), expected: people(200) },
  'desk/credits/classes/[id]/index.get': { path: () => '/desk/credits/classes/999999', expected: people(404, 404) },
  'desk/credits/classes/[id]/corrections.post': { path: () => '/desk/credits/classes/1/corrections', body: () => ({ record: 999999999, reason: '点错了' }), expected: people(404, 404) },
  'credits/statement.get': { path: () => '/credits/statement', expected: signedInOnly() },
  'credits/statement.csv.get': { path: () => '/credits/statement.csv?from=1999-01-01', expected: signedInOnly(404) },
  'desk/credits/reconciliation/index.get': { path: () => '/desk/credits/reconciliation', expected: [401, 403, 403, 403, 200, 200, 403, 403] },
  'desk/credits/settlement/index.get': { path: () => '/desk/credits/settlement', expected: regionOnly },
  'desk/credits/settlement/index.post': { path: () => '/desk/credits/settlement', body: () => ({ startsOn: '1999-01-01' }), expected: regionOnly },
  'credits/recognition/index.get': { path: () => '/credits/recognition', expected: signedInOnly() },
  'credits/recognition/index.post': { path: () => '/credits/recognition', expected: signedInOnly(422) },
  'credits/recognition/answers.post': { path: () => '/credits/recognition/answers', expected: signedInOnly(422) },
  'credits/recognition/withdrawals.post': { path: () => '/credits/recognition/withdrawals', body: () => ({ case: 999999999 }), expected: signedInOnly(404) },
  'credits/recognition/objections.post': { path: () => '/credits/recognition/objections', body: () => ({ case: 999999999, reason: '不服' }), expected: signedInOnly(404) },
  'desk/credits/recognition/index.get': { path: () => '/desk/credits/recognition?unit=QJ-YX-01', expected: people(200) },
  'desk/credits/recognition/[id]/index.get': { path: () => '/desk/credits/recognition/999999999', expected: people(404, 404) },
  'desk/credits/recognition/[id]/reviews.post': { path: () => '/desk/credits/recognition/999999999/reviews', body: () => ({ decision: 'decline', reason: '看不清' }), expected: people(404, 404) },
  'desk/credits/recognition/[id]/decision.post': { path: () => '/desk/credits/recognition/999999999/decision', body: () => ({ decision: 'decline', reason: '看不清' }), expected: people(404, 404) },
  'desk/credits/recognition/[id]/questions.post': { path: () => '/desk/credits/recognition/999999999/questions', body: () => ({ note: '请补背面' }), expected: people(404, 404) },
  'desk/credits/recognition/[id]/doubts.post': { path: () => '/desk/credits/recognition/999999999/doubts', body: () => ({ reason: '是伪造的' }), expected: people(404, 404) },
  'desk/credits/recognition/[id]/annulment.post': { path: () => '/desk/credits/recognition/999999999/annulment', body: () => ({ decision: 'keep', reason: '没有问题' }), expected: people(404, 404) },
  'desk/credits/recognition/[id]/file.post': {
    path: () => '/desk/credits/recognition/999999999/file', body: () => ({ file: '00000000-0000-4000-8000-000000000000', reason: 'review' }), expected: people(404, 404),
  },
  'desk/credits/recognition/pairs/index.get': { path: () => '/desk/credits/recognition/pairs', expected: people(200, 200) },
  'desk/credits/recognition/pairs/index.post': { path: () => '/desk/credits/recognition/pairs', body: () => ({ body: '1', words: '计算机', credits: '2', category: 'digital' }), expected: regionOnly },
  'desk/credits/recognition/pairs/ends.post': { path: () => '/desk/credits/recognition/pairs/ends', body: () => ({ pair: '1', fromDay: '2026-01-01' }), expected: regionOnly },
  'desk/credits/recognition/pairs/bodies.post': { path: () => '/desk/credits/recognition/pairs/bodies', body: () => ({ zh: '电大', en: 'TV University' }), expected: regionOnly },
  'credits/certificates/index.get': { path: () => '/credits/certificates', expected: signedInOnly() },
  'credits/certificates/[code]/index.get': { path: () => `/credits/certificates/${here.certificate}`, expected: certificate },
  'credits/certificates/[code]/picture.png.get': { path: () => `/credits/certificates/${here.certificate}/picture.png`, expected: certificate },
  'credits/certificates/[code]/certificate.pdf.get': { path: () => `/credits/certificates/${here.certificate}/certificate.pdf`, expected: certificate },
  'credits/certificates/[code]/credential.json.get': { path: () => '/credits/certificates/000000000000/credential.json', expected: signedInOnly(404) },
  'credits/transcript/index.get': { path: () => '/credits/transcript', expected: signedInOnly() },
  'credits/transcript/index.post': { path: () => '/credits/transcript', expected: [401, 403, 200, 200, 409, 200, 409, 409] },
  'verify/[code].get': { path: () => `/verify/${here.certificate}`, expected: everybody(200) },
  'verify/index.post': { path: () => '/verify', body: () => ({ credential: '{}' }), expected: everybody(200) },
  'desk/credits/certificates/index.get': { path: () => '/desk/credits/certificates?unit=QJ-YX-01', expected: people(200) },
  'desk/credits/certificates/print.pdf.get': { path: () => '/desk/credits/certificates/print.pdf?unit=QJ-YX-01&asked=nobody', expected: people(404) },
  'desk/credits/certificates/[id]/lifting.post': {
    path: () => '/desk/credits/certificates/999999999/lifting', body: () => ({ reason: '没有这一张' }), expected: people(404, 404),
  },
  'desk/credits/certificates/[id]/revocation.post': {
    path: () => '/desk/credits/certificates/999999999/revocation', body: () => ({ reason: '没有这一张' }), expected: people(404, 404),
  },
  'desk/credits/index.get': { path: () => '/desk/credits', expected: [401, 403, 403, 403, 200, 200, 403, 403] },
  'desk/credits/rules.post': { path: () => '/desk/credits/rules', body: () => ({ rule: 'lesson_completed', basis: 'minutes', perMinutes: '30', fromDay: '2099-01-01' }), expected: regionOnly },
  'desk/credits/withdrawals.post': { path: () => '/desk/credits/withdrawals', body: () => ({ version: 1 }), expected: regionOnly },
  'desk/credits/caps.post': { path: () => '/desk/credits/caps', body: () => ({ rule: 'lesson_completed', period: 'day', amount: '60', fromDay: '2099-01-01' }), expected: regionOnly },
  'desk/credits/points/index.post': { path: () => '/desk/credits/points', body: () => ({ fromDay: '2099-01-01', points: '10', months: '12' }), expected: regionOnly },
  'desk/credits/points/withdrawals.post': { path: () => '/desk/credits/points/withdrawals', body: () => ({ terms: 1 }), expected: regionOnly },
  'credits/honours/index.get': { path: () => '/credits/honours', expected: everybody(200) },
  'credits/honours/board.get': { path: () => '/credits/honours/board', expected: everybody(200) },
  'credits/honours/consent.post': { path: () => '/credits/honours/consent', body: () => ({ choice: 'no' }), expected: learners(200, 200) },
  'credits/awards/index.get': { path: () => '/credits/awards', expected: learners(200, 200) },
  'credits/awards/applications.post': { path: () => '/credits/awards/applications', body: () => ({ award: 999999 }), expected: learners(404, 404) },
  'credits/awards/withdrawals.post': { path: () => '/credits/awards/withdrawals', body: () => ({ application: 999999 }), expected: signedInOnly(404) },
  'desk/credits/honours/index.get': { path: () => '/desk/credits/honours?unit=QJ-YX-01', expected: people(200) },
  'desk/credits/honours/list.csv.get': { path: () => '/desk/credits/honours/list.csv?unit=QJ-YX-01', expected: people(200) },
  'desk/credits/honours/schemes.post': { path: () => '/desk/credits/honours/schemes', body: () => ({ 'fromDay': '2099-01-01', 'zh.1': '启航', 'en.1': 'Start', 'credits.1': '1' }), expected: regionOnly },
  'desk/credits/honours/withdrawals.post': { path: () => '/desk/credits/honours/withdrawals', body: () => ({ scheme: 999999 }), expected: regionOnly },
  'desk/credits/awards/index.get': { path: () => '/desk/credits/awards?unit=QJ-YX-01', expected: people(200) },
  'desk/credits/awards/index.post': {
    path: () => '/desk/credits/awards', expected: people(200), body: () => ({ unit: 'QJ-YX-01', zh: `学习之星 ${++numbers}`, en: 'Star', credits: '5', fromDay: '2099-01-01' }),
  },
  'desk/credits/awards/ends.post': { path: () => '/desk/credits/awards/ends', body: () => ({ award: 999999, unit: 'QJ-YX-01' }), expected: people(404, 404) },
  'desk/credits/awards/applications.post': { path: () => '/desk/credits/awards/applications', body: () => ({ award: 999999, person: here.person, unit: 'QJ-YX-01' }), expected: people(404, 404) },
  'desk/credits/awards/decisions.post': { path: () => '/desk/credits/awards/decisions', body: () => ({ application: 999999, decision: 'approve' }), expected: people(404, 404) },
  'desk/credits/reratings/index.get': { path: () => '/desk/credits/reratings', expected: [401, 403, 403, 403, 200, 200, 403, 403] },
  'desk/credits/reratings/index.post': {
    path: () => '/desk/credits/reratings', expected: regionOnly,
    body: () => ({ kind: 'rate', rule: 'lesson_completed', fromDay: '2025-03-01', untilDay: '2025-03-31', basis: 'minutes', perMinutes: '40', reason: '费率录错了' }),
  },
  'desk/credits/reratings/[id]/index.get': { path: () => '/desk/credits/reratings/999999', expected: [401, 403, 403, 403, 404, 404, 403, 403] },
  'desk/credits/reratings/[id]/list.csv.get': { path: () => '/desk/credits/reratings/999999/list.csv', expected: [401, 403, 403, 403, 404, 404, 403, 403] },
  'desk/credits/reratings/[id]/confirmation.post': { path: () => '/desk/credits/reratings/1/confirmation', expected: regionOnly },
  'desk/credits/reratings/[id]/count.post': { path: () => '/desk/credits/reratings/1/count', expected: regionOnly },
  'desk/credits/reratings/[id]/withdrawal.post': { path: () => '/desk/credits/reratings/1/withdrawal', expected: regionOnly },
  'desk/credits/corrections/index.get': { path: () => '/desk/credits/corrections?unit=QJ-YX-01', expected: people(200) },
  'desk/credits/corrections/index.post': {
    path: () => '/desk/credits/corrections', expected: people(200, 404),
    body: () => ({ kind: 'grant', person: here.person, credits: '1.5', day: '2026-05-01', ground: 'record_missing', reason: '签到表漏登一次' }),
  },
  'desk/credits/corrections/[person].get': { path: () => `/desk/credits/corrections/${here.person}`, expected: people(200) },
  'desk/credits/corrections/decisions.post': { path: () => '/desk/credits/corrections/decisions', body: () => ({ correction: 999999, decision: 'approve' }), expected: people(404, 404) },
  'desk/credits/corrections/withdrawals.post': { path: () => '/desk/credits/corrections/withdrawals', body: () => ({ correction: 999999 }), expected: people(404, 404) },
  'desk/credits/additions.post': { path: () => '/desk/credits/additions', body: () => ({ zh: `新规则${++numbers}`, en: 'A new rule', ground: 'decision', fromDay: '1999-01-01', credits: '1' }), expected: regionOnly },
  'desk/credits/checks.post': { path: () => '/desk/credits/checks', expected: regionOnly },
  'desk/imports/index.get': { path: () => '/desk/imports', expected: importers(200, 200) },
  'desk/imports/index.post': { path: () => '/desk/imports', expected: importers(400, 400) },
  'desk/imports/new.get': { path: () => '/desk/imports/new?unit=QJ-YX-01', expected: importers(200, 403, 200) },
  'desk/imports/template.get': { path: () => '/desk/imports/template?unit=QJ-YX-01&kind=participation&format=csv', expected: importers(200, 403, 403) },
  'desk/imports/[importId]/index.get': { path: () => `/desk/imports/${here.import}`, expected: importers(200, 404) },
  'desk/imports/[importId]/columns.post': { path: () => `/desk/imports/${here.import}/columns`, expected: importers(422, 404) },
  'desk/imports/[importId]/sheet.post': { path: () => `/desk/imports/${here.import}/sheet`, body: () => ({ sheet: '五月' }), expected: importers(422, 404) },
  'desk/imports/[importId]/application.post': { path: () => `/desk/imports/${here.import}/application`, body: () => ({ rows: 'good' }), expected: importers(409, 404, 403) },
  'desk/imports/[importId]/reversal.post': { path: () => `/desk/imports/${here.import}/reversal`, expected: importers(409, 404, 403) },
  'desk/imports/[importId]/removal.post': { path: () => '/desk/imports/999999/removal', expected: importers(404, 404) },
  'desk/imports/[importId]/refused.get': { path: () => `/desk/imports/${here.import}/refused`, expected: importers(404, 404) },
  'live.get': { path: () => '/live', expected: everybody(200) },
  'home.get': { path: () => '/home', expected: everybody(200) },
  'site.get': { path: () => '/site', expected: everybody(200) },
  'help/index.get': { path: () => '/help', expected: everybody(200) },
  'help/[slug].get': { path: () => '/help/credits', expected: everybody(200) },
  'news/index.get': { path: () => '/news', expected: everybody(200) },
  'news/[slug].get': { path: () => '/news/citrus-course', expected: everybody(200) },
  'policies/[slug].get': { path: () => '/policies/privacy', expected: everybody(200) },
  'schools/index.get': { path: () => '/schools', expected: everybody(200) },
  'schools/[code].get': { path: () => '/schools/QJ-YX-01-S', expected: everybody(200) },
  'micro-lectures/index.get': { path: () => '/micro-lectures', expected: everybody(200) },
  'identity/codes.post': { path: () => '/identity/codes', body: () => ({ phone: fresh() }), expected: everybody(200) },
  'identity/phone-session.post': { path: () => '/identity/phone-session', body: () => ({ phone: fresh(), code: '123456' }), expected: everybody(410) },
  'identity/staff-session.post': { path: () => '/identity/staff-session', body: () => ({ username: `nobody.${++numbers}`, password: 'not-this-one' }), expected: everybody(401) },
  'identity/introduction.post': {
    path: () => '/identity/introduction', body: () => ({ name: '新来的', sex: 'male', birthYear: 1990, residenceUnitId: here.village }),
    expected: [401, 200, 409, 409, 409, 409, 409, 409], ownSession: true,
  },
  'identity/me.get': { path: () => '/identity/me', expected: [204, 200, 200, 200, 200, 200, 200, 200] },
  'identity/places.get': { path: () => '/identity/places', expected: everybody(200) },
  'identity/sign-out.post': { path: () => '/identity/sign-out', expected: everybody(200), ownSession: true },
  'learning/card.get': { path: () => '/learning/card', expected: [401, 403, 200, 200, 200, 200, 200, 200] },
  'learning/my.get': { path: () => '/learning/my', expected: signedInOnly() },
  'lessons/[id]/reading.post': { path: () => `/lessons/${here.text}/reading`, expected: learners(200, 403) },
  'lessons/[id]/reading-end.post': { path: () => `/lessons/${here.text}/reading-end`, expected: learners(409, 403) },
  'lessons/[id]/watch.post': { path: () => `/lessons/${here.video}/watch`, expected: learners(200, 403) },
  'watches/[id]/beats.post': {
    path: () => `/watches/${here.watch}/beats`, body: () => ({ beats: [{ seq: 1, ranges: [[0, 1000]], rate: 1, positionMs: 1000 }] }),
    expected: learners(200, 404),
  },
  'preferences.post': { path: () => '/preferences', body: () => ({ size: '1' }), expected: everybody(200) },
}

const FILES = globSync('**/*.ts', { cwd: fileURLToPath(new URL('../../server/api', import.meta.url)) }).map(file => file.replaceAll('\\', '/').replace(/\.ts$/, '')).sort()

it('the table names every route there is, and no other', () => {
  expect(Object.keys(TABLE).sort()).toEqual(FILES)
})

it('the table has a status for every role', () => {
  for (const [name, { expected }] of Object.entries(TABLE)) expect(expected, name).toHaveLength(ROLES.length)
})

describe('as every role', () => {
  it.each(Object.entries(TABLE))('%s', async (name, { path, body, expected, ownSession }) => {
    if (name === 'watches/[id]/beats.post') here.watch = (await ask<{ watchId: string }>(`/api/lessons/${here.video}/watch`, { method: 'POST', body: {}, cookie: cookies.resident })).body.watchId
    const method = name.split('.').at(-1)!.toUpperCase()
    const resident = ownSession ? (await takeLearner(sql)).phone : ''
    const answers = []
    for (const role of ROLES) {
      const cookie = ownSession ? await cookieOf(role, resident) : cookies[role]
      answers.push(await ask(`/api${path()}`, { method, cookie, body: method === 'POST' ? body?.() ?? {} : undefined }))
    }
    expect(Object.fromEntries(answers.map(({ status }, index) => [ROLES[index], status]))).toEqual(Object.fromEntries(expected.map((status, index) => [ROLES[index], status])))
    for (const answer of answers) if (answer.status >= 400) expectRefusal(answer)
    // What depends on who asks is kept by no cache on the way.
    if (new Set(expected).size > 1 && method === 'GET') for (const { headers } of answers) expect(headers.get('cache-control')).toContain('no-store')
  })
})

describe('nonsense is refused in words, with a stable code', () => {
  const NAMES = ['%00', '%2e%2e%2f%2e%2e%2fetc%2fpasswd', 'x'.repeat(300), '0', '-1', '1.5', '99999999999999999999', 'NaN', '%E4%BD%A0', 'a%27%3B--', '[object%20Object]', '00000000-0000-4000-8000-000000000000']
  const QUERIES = ['year=abc', 'year=99999', 'unit=%27%3B--', 'unit=QJ&unit=QJ-YX', 'group=Nobody!', 'category=%3Cscript%3E', 'category=a&category=b', 'page=-1', 'page=1e9', 'page=x&page=y',
    'after=x', 'after=99999999999999999999', `name=${'x'.repeat(50)}`, 'name=%25%5F%5C', 'county=x', 'county=99999999999999999999', 'sort=price&order=up', '__proto__=x', 'page%5B%5D=1', '%']
  const BODIES = ['{', '[]', 'null', '"x"', '12', '{}', '{"__proto__":{"x":1}}', JSON.stringify({
    phone: 13900000001, code: ['1'], username: {}, password: 1, next: 5, name: [], sex: 'x', birthYear: 'soon', residenceUnitId: -1, beats: 'all', lang: 3, mode: [], size: 1, slug: {},
  }), JSON.stringify({
    phone: '1'.repeat(500), code: '1'.repeat(500), username: 'x'.repeat(500), password: 'x'.repeat(5000), next: '/'.repeat(5000), name: 'x'.repeat(5000), sex: '', birthYear: 1e99, residenceUnitId: 1e99,
    beats: [{ seq: 1e99, ranges: [[1, 0]], rate: -1, positionMs: 'x' }], lang: 'tlh', mode: 'x', size: '9',
  })]

  it.each(FILES)('%s', async (name) => {
    const method = name.split('.').at(-1)!.toUpperCase()
    const address = (value: string) => `/api/${name.replace(/\.(?:get|post)$/, '').replace(/\/?index$/, '').replace(/\[\w+\]/g, value)}`
    const route = TABLE[name]!.path().split('?')[0]!
    const hasName = name.includes('[')
    const requests = method === 'GET'
      ? [...(hasName ? NAMES.map(value => ({ path: address(value) })) : []), ...QUERIES.map(query => ({ path: `/api${route}?${query}` }))]
      : [...(hasName ? NAMES.map(value => ({ path: address(value), body: '{}' })) : []), ...BODIES.map(body => ({ path: `/api${route}`, body }))]
    const faults: string[] = []
    for (const role of ['visitor', 'resident', 'manager'] as const) {
      // Signing out would end the session for what follows.
      const cookie = name === 'identity/sign-out.post' ? '' : cookies[role]
      for (const { path, body } of requests as { path: string, body?: string }[]) {
        const answer = await ask(path, { method, cookie, body })
        if (answer.status >= 500) faults.push(`${role} ${path} ${body ?? ''}: ${answer.status}`)
        else if (answer.status >= 400) expectRefusal(answer)
        if (hasName && path === address('%00') && answer.status < 400) faults.push(`${path} is taken for a name`)
      }
    }
    expect(faults).toEqual([])
    // A route that draws a PDF draws one for each question that it may answer.
  }, 60_000)

  it('another method than the route\'s own is refused', async () => {
    for (const [name, { path }] of Object.entries(TABLE)) {
      // Some addresses both answer and take something.
      const method = name.endsWith('.get') || FILES.includes(name.replace(/\.post$/, '.get')) ? 'DELETE' : 'GET'
      const answer = await ask(`/api${path()}`, { method, cookie: cookies.manager })
      expect([404, 405], `${method} ${name}`).toContain(answer.status)
      expectRefusal(answer)
    }
  })

  it('an unknown course, lesson, school, text, person or watch is not found, whoever asks', async () => {
    const watch = '00000000-0000-4000-8000-000000000000'
    for (const path of ['/courses/no-such', '/courses/no-such/one', `/courses/${here.course}/no-such`, '/schools/NOWHERE', '/help/no-such', '/news/no-such', '/policies/no-such', '/desk/network/NOWHERE', '/desk/metrics/people/999999999'])
      expect([path, (await ask(`/api${path}`, { cookie: cookies.manager })).status]).toEqual([path, 404])
    for (const path of ['/courses/no-such/enrolment', '/lessons/999999999/watch', '/lessons/999999999/reading', '/lessons/999999999/reading-end'])
      expect([path, (await ask(`/api${path}`, { method: 'POST', body: {}, cookie: cookies.resident })).status]).toEqual([path, 404])
    const beats = await ask(`/api/watches/${watch}/beats`, { method: 'POST', cookie: cookies.resident, body: { beats: [{ seq: 1, ranges: [[0, 1000]], rate: 1, positionMs: 1000 }] } })
    expect(beats).toMatchObject({ status: 404, body: { code: 'watch_unknown' } })
  })
})

function expectRefusal({ status, body, headers }: { status: number, body: unknown, headers: Headers }): void {
  expect(headers.get('content-type')).toContain('application/json')
  expect(body, `${status}`).toMatchObject({ code: expect.stringMatching(/^[a-z][a-z_]+$/), message: expect.stringMatching(/\p{Script=Han}/u), details: expect.any(Object) })
  expect((body as { code: string }).code).not.toBe('unforeseen')
}
