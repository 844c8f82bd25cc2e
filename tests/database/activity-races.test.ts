// Two at once, and one that dies halfway, in helping, asking for a record and holding a term again: done once, with codes that stay what they are.
import { randomUUID } from 'node:crypto'
import postgres from 'postgres'
import { beforeAll, describe, expect, inject, it } from 'vitest'
import { makeSchool, publish, type School } from '../fixtures/activities.ts'
import { type As, committedAs, makePerson, makeStaff, type Person, type pool } from '../fixtures/database.ts'
import { askedBy, type Asking, meeting as meetingOf } from '../fixtures/meeting.ts'
import { pristinePool } from '../fixtures/pristine.ts'

let sql: typeof pool
let school: School
const as: As = (who, call) => committedAs(who, call, sql)
const meeting = (first: Asking, second: Asking) => meetingOf(sql as unknown as postgres.Sql, first, second)
beforeAll(async () => {
  sql = await pristinePool('activity_races', 12)
  school = await makeSchool(sql)
})
const refused = (code: string) => ({ status: 'rejected', reason: expect.objectContaining({ message: code }) as unknown })
const said = (rows: object[]) => ({ status: 'fulfilled', value: rows })

/** The first acts and its connection dies before it commits; the second asked meanwhile. */
async function afterDeath(first: Asking, second: Asking): Promise<PromiseSettledResult<readonly postgres.Row[]>> {
  const url = new URL(inject('databaseUrl'))
  url.pathname = 'activity_races'
  // A connection of its own: it is of no use afterwards.
  const one = postgres(url.href, { max: 1, onnotice: () => undefined })
  const other = await sql.reserve()
  try {
    const [{ pid }] = await one`select pg_backend_pid() as pid` as unknown as [{ pid: number }]
    await one.unsafe('begin')
    await first(one)
    const answer = Promise.allSettled([second(other as unknown as postgres.ISql)])
    for (let waits = false; !waits;) waits = (await sql`select exists (select from pg_stat_activity where datname = current_database() and ${pid} = any (pg_blocking_pids(pid))) as waits`)[0]!.waits as boolean
    await sql`select pg_terminate_backend(${pid})`
    return (await answer)[0]
  }
  finally {
    other.release()
    await one.end({ timeout: 1 })
  }
}

describe('helping', () => {
  let numbers = 0
  async function pair(): Promise<{ elder: Person, child: Person, phone: string, named: string }> {
    const phone = String(++numbers).padStart(64, 'a')
    const named = `老人${String.fromCodePoint(0x4E00 + numbers)}`
    const elder = await makePerson(sql, school.places.willow, { name: named, birthYear: 1944 })
    await sql`insert into private.person_contacts (person_id, kind, cipher, key_id, lookup, masked, tail) values (${elder.id}, 'phone', ${Buffer.alloc(40)}, 1, ${Buffer.from(phone, 'hex')}, '138****0001', '0001')`
    return { elder, child: await makePerson(sql, school.places.harbour, { name: '小军', birthYear: 1975 }), phone, named }
  }
  const ask = ({ child, phone, named }: { child: Person, phone: string, named: string }): Asking => askedBy(child.account, one => one`select public.ask_to_help(${named}, 'child', ${phone}, null)::integer as id`)
  const answer = (who: Person, id: number, agrees: boolean): Asking => askedBy(who.account, one => one`select public.answer_help(${id}, ${agrees})`)
  const use = (id: number, who: Person, code = 'right'): Asking => one => one`select identity.use_help_code(${id}, ${who.account}, ${code}) as said`
  const asked = async () => {
    const two = await pair()
    const [{ id }] = await as(two.child.account, one => one`select public.ask_to_help(${two.named}, 'child', ${two.phone}, null)::integer as id`) as unknown as [{ id: number }]
    await sql`select identity.keep_help_code(${id}, 'right')`
    return { ...two, id }
  }
  const consent = async (id: number) => (await sql`select consent, consent_by, ended_at is null as holds from public.helpers where id = ${id}`)[0]

  it('asked for twice is asked for once', async () => {
    const two = await pair()
    const met = await meeting(ask(two), ask(two))
    expect(met).toMatchObject({ waited: true, second: said([{ id: met.first.id }]) })
    expect(await sql`select from public.helpers where person_id = ${two.elder.id}`).toHaveLength(1)
  })

  it('one code used twice agrees once', async () => {
    const { id, child } = await asked()
    const met = await meeting(use(id, child), use(id, child))
    expect(met).toMatchObject({ waited: true, first: { said: 'agreed' }, second: said([{ said: 'agreed' }]) })
    expect(await consent(id)).toMatchObject({ consent: 'code', consent_by: child.account })
    expect(await sql`select from identity.help_codes where help_id = ${id}`).toHaveLength(0)
  })

  it('a no that comes before the code counts, and a code before the no', async () => {
    const first = await asked()
    expect(await meeting(answer(first.elder, first.id, false), use(first.id, first.child))).toMatchObject({ waited: true, second: said([{ said: 'expired' }]) })
    expect(await consent(first.id)).toEqual({ consent: null, consent_by: null, holds: false })
    const other = await asked()
    expect(await meeting(use(other.id, other.child), answer(other.elder, other.id, false))).toMatchObject({ waited: true, second: refused('help_agreed') })
    expect(await consent(other.id)).toMatchObject({ consent: 'code', holds: true })
  })

  it('wrong codes at once are each counted', async () => {
    const { id, child } = await asked()
    const tries = await Promise.all(Array.from({ length: 10 }, async () => (await use(id, child, 'wrong')(sql as unknown as postgres.ISql))[0]!.said as string))
    expect(tries.toSorted()).toEqual([...Array<string>(5).fill('too_many_tries'), ...Array<string>(5).fill('wrong')])
    expect((await use(id, child)(sql as unknown as postgres.ISql))[0]).toEqual({ said: 'too_many_tries' })
  })

  it('a code whose use dies is used by the next', async () => {
    const { id, child } = await asked()
    expect(await afterDeath(use(id, child), use(id, child))).toMatchObject(said([{ said: 'agreed' }]))
    expect(await consent(id)).toMatchObject({ consent: 'code' })
  })

  it('never holds more than a person can: five helpers, eight helped', async () => {
    const { elder, phone, named } = await pair()
    const children = await Promise.all(Array.from({ length: 8 }, () => makePerson(sql, school.places.harbour, { name: '小军', birthYear: 1975 })))
    const ids: number[] = []
    for (const child of children) ids.push((await as(child.account, one => one`select public.ask_to_help(${named}, 'child', ${phone}, null)::integer as id`))[0]!.id as number)
    const answers = await Promise.allSettled(ids.map(id => as(elder.account, one => one`select public.answer_help(${id}, true)`)))
    expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(5)
    expect(answers.filter(({ status }) => status === 'rejected')).toMatchObject(Array(3).fill(refused('helpers_enough')))
    const [open] = await sql`select link.id::integer, account.id as account from public.helpers link join identity.accounts account on account.person_id = link.helper_id where link.id = any (${ids}::bigint[]) and link.consent is null order by 1`
    await sql`select identity.keep_help_code(${open!.id}, 'right')`
    expect((await sql`select identity.use_help_code(${open!.id}, ${open!.account}, 'right') as said`)[0]!.said).toBe('helpers_enough')
    const busy = await makePerson(sql, school.places.harbour, { name: '大军', birthYear: 1975 })
    const pairs = await Promise.all(Array.from({ length: 12 }, pair))
    const asks = await Promise.allSettled(pairs.map(two => as(busy.account, one => one`select public.ask_to_help(${two.named}, 'child', ${two.phone}, null)`)))
    expect(asks.filter(({ status }) => status === 'fulfilled')).toHaveLength(8)
    expect(asks.filter(({ status }) => status === 'rejected')).toMatchObject(Array(4).fill(refused('helped_enough')))
  })
})

describe('a record asked for', () => {
  async function afterwards() {
    const [mei, hua] = [await makePerson(sql, school.places.willow), await makePerson(sql, school.places.willow, { name: '李桂花' })]
    const { sessions: [session], pools: [seats] } = await publish(sql, as, school)
    for (const who of [mei, hua]) await as(who.account, one => one`select public.sign_up(${seats!}, ${[who.id]}::bigint[])`)
    await sql`update public.activity_sessions set starts_at = now() - interval '3 hours', ends_at = now() - interval '2 hours' where id = ${session!}`
    await as(school.manager.account, one => one`select * from public.mark_attendance(${session!}, ${one.json([{ clientId: randomUUID(), personId: hua.id, method: 'paper' }])})`)
    await as(school.manager.account, one => one`select * from public.confirm_session(${session!})`)
    return { mei, session: session! }
  }
  const request = (session: number, who: Person): Asking => askedBy(who.account, one => one`select public.request_record(${session}, ${who.id}, 'was_there', '我坐在第二排')::integer as id`)
  const answer = (who: Person, id: number, accepts = true): Asking => askedBy(who.account, one => one`select public.answer_record_request(${id}, ${accepts}, '核对过了') as outcome`)
  const ofOne = async (who: Person) => (await sql`select (select count(*)::integer from public.session_records record where record.person_id = ${who.id}) as records,
    (select count(*)::integer from public.credit_postings where person_id = ${who.id}) as postings, (select count(*)::integer from public.record_requests where person_id = ${who.id}) as requests,
    (select count(*)::integer from public.notices where person_id = ${who.id} and kind = 'record_answered') as notices`)[0]

  it('twice at once is one request, and one that dies leaves the way to the next', async () => {
    const { mei, session } = await afterwards()
    const met = await meeting(request(session, mei), request(session, mei))
    expect(met).toMatchObject({ waited: true, second: said([{ id: met.first.id }]) })
    expect(await ofOne(mei)).toMatchObject({ requests: 1 })
    const other = await afterwards()
    expect(await afterDeath(request(other.session, other.mei), request(other.session, other.mei))).toMatchObject({ status: 'fulfilled' })
    expect(await ofOne(other.mei)).toMatchObject({ requests: 1 })
  })

  it.each([[true, true], [true, false], [false, true]])('is answered once by two at once: %j, then %j', async (first, second) => {
    const { mei, session } = await afterwards()
    const [{ id }] = await as(mei.account, one => one`select public.request_record(${session}, ${mei.id}, 'was_there', '我坐在第二排')::integer as id`) as unknown as [{ id: number }]
    expect(await meeting(answer(school.tutor, id, first), answer(school.manager, id, second))).toMatchObject({ waited: true, first: { outcome: first ? 'changed' : 'kept' }, second: refused('record_request_answered') })
    expect(await ofOne(mei)).toEqual({ requests: 1, records: first ? 1 : 0, postings: first ? 1 : 0, notices: 1 })
    expect(await sql`select * from private.credit_faults()`).toEqual([])
  })

  it('answered by whoever dies is answered by the next, counted once', async () => {
    const { mei, session } = await afterwards()
    const [{ id }] = await as(mei.account, one => one`select public.request_record(${session}, ${mei.id}, 'was_there', '我坐在第二排')::integer as id`) as unknown as [{ id: number }]
    expect(await afterDeath(answer(school.tutor, id), answer(school.manager, id))).toMatchObject(said([{ outcome: 'changed' }]))
    expect(await ofOne(mei)).toEqual({ requests: 1, records: 1, postings: 1, notices: 1 })
    expect(await sql`select * from private.credit_faults()`).toEqual([])
  })
})

describe('a term held again', () => {
  const later = (at: Date) => new Date(at.getTime() + 28 * 86_400_000).toISOString()
  async function plans(count: number) {
    const held = await Promise.all(Array.from({ length: count }, () => publish(sql, as, school)))
    const rows = await sql`select activity_id as id, starts_at, ends_at from public.activity_sessions where activity_id = any (${held.map(({ activityId }) => activityId)}::bigint[]) order by activity_id`
    return rows.map(row => ({ id: row.id as number, sessions: [{ startsAt: later(row.starts_at as Date), endsAt: later(row.ends_at as Date), capacity: 2 }] }))
  }
  const copy = (list: { id: number }[], who = school.manager): Asking => askedBy(who.account, one => one`select of_id::integer, new_id::integer, is_new from public.copy_term(${school.places.school}, ${one.json(list as never)}) order by of_id`)
  const drafts = async (list: { id: number }[]) => (await sql`select copied_from::integer as of, count(*)::integer as n from public.activities where copied_from = any (${list.map(({ id }) => id)}::bigint[]) group by copied_from order by 1`).map(row => row.n as number)

  it('by two at once becomes one set of drafts, whatever the order of their lists', async () => {
    const list = await plans(3)
    const colleague = await makeStaff(sql, school.places.school, school.places.willow, 'manager')
    const met = await meeting(copy(list), copy(list.toReversed(), colleague))
    expect(met.waited).toBe(true)
    expect(met.second).toMatchObject({ status: 'fulfilled' })
    expect((met.second as PromiseFulfilledResult<postgres.Row[]>).value.map(({ is_new: isNew }) => isNew as boolean)).toEqual([false, false, false])
    expect((met.second as PromiseFulfilledResult<postgres.Row[]>).value[0]).toMatchObject({ new_id: met.first.new_id as number })
    expect(await drafts(list)).toEqual([1, 1, 1])
  })

  it('by two that share a part makes that part once', async () => {
    const [one, both, other] = await plans(3)
    const met = await meeting(copy([one!, both!]), copy([other!, both!]))
    expect(met.second).toMatchObject(said([{ of_id: both!.id, is_new: false }, { of_id: other!.id, is_new: true }]))
    expect(await drafts([one!, both!, other!])).toEqual([1, 1, 1])
  })

  it('by whoever dies halfway is nothing, and is made by the next', async () => {
    const list = await plans(2)
    expect(await afterDeath(copy(list), copy(list))).toMatchObject(said([{ is_new: true }, { is_new: true }]))
    expect(await drafts(list)).toEqual([1, 1])
  })
})
