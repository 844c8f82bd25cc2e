// One presence is one record: head counts of a session count the unnamed alone, and lists and sessions know of each other.
import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { makeSchool, publish, type School, type Seats } from '../fixtures/activities.ts'
import { type As, makePerson, makeStaff, type Person, type Transaction, withRollback } from '../fixtures/database.ts'
import { checkImport, stageImport, writeImport } from '../fixtures/imports.ts'

interface Region { sql: Transaction, as: As, school: School, mei: Person, hua: Person, seats: Seats }
const inRegion = (test: (region: Region) => Promise<unknown>) => withRollback(async (sql, as) => {
  const school = await makeSchool(sql)
  await test({ sql, as, school, mei: await makePerson(sql, school.places.willow), hua: await makePerson(sql, school.places.willow, { name: '李桂花' }), seats: await publish(sql, as, school, { startsIn: [-20], seats: 5 }) })
  expect(await sql`select * from private.credit_faults()`).toEqual([])
})
const refused = (code: string) => expect.objectContaining({ message: code })
const mark = ({ as, school, seats }: Region, ...people: Person[]) => as(school.tutor.account, one => one`select * from public.mark_attendance(${seats.sessions[0]!}, ${one.json(people.map(who => ({ clientId: randomUUID(), personId: who.id })) as never)})`)
const confirm = ({ as, school, seats }: Region) => as(school.tutor.account, async one => (await one`select name, outcome, reason from public.confirm_session(${seats.sessions[0]!})`).map(row => [row.name, row.outcome, row.reason]))
const times = async ({ sql, seats }: Region) => (await sql`select starts_at, ends_at from public.activity_sessions where id = ${seats.sessions[0]!}`)[0]! as unknown as { starts_at: Date, ends_at: Date }
const records = async ({ sql }: Region, who: Person) => (await sql`select count(*)::integer as n from public.participations where person_id = ${who.id}`)[0]!.n

describe('heads of a session', () => {
  const count = ({ as, school, seats }: Region, persons: number, who = school.tutor) => as(who.account, one => one`select public.count_session_heads(${seats.sessions[0]!}, ${persons})`)
  const heads = async ({ as, school, seats }: Region) => (await as(school.tutor.account, one => one`select persons, named from public.heads_of_session(${seats.sessions[0]!})`)).map(row => ({ ...row }))
  const personTimes = async ({ as, school }: Region) => Number((await as(school.manager.account, one => one`select coalesce(sum(person_times), 0) as n from public.head_counts_by_month(${school.places.township}, extract(year from now())::integer)
    union all select coalesce(sum(person_times), 0) from public.head_counts_by_month(${school.places.township}, extract(year from now())::integer - 1)`)).reduce((sum, row) => sum + Number(row.n), 0))

  it('are those with names and those without: only the others are counted as heads', () => inRegion(async (region) => {
    await count(region, 30)
    expect(await personTimes(region)).toBe(30)
    await mark(region, region.mei, region.hua)
    await confirm(region)
    expect(await heads(region)).toEqual([{ persons: 30, named: 2 }])
    expect(await personTimes(region)).toBe(28)
    // Whoever sees no names is told the heads, and nothing that would tell of the two.
    const { as, sql, school, seats } = region
    const inspector = await makeStaff(sql, school.places.county, school.places.harbour, 'inspector')
    const named = (who: Person) => as(who.account, one => one`select named from public.named_of_head_counts(array(select id from public.head_counts where session_id = ${seats.sessions[0]!}))`)
    const ofMonths = (who: Person) => as(who.account, one => one`select sum(person_times)::integer as n from public.head_counts_by_month(${school.places.township}, (select extract(year from starts_at at time zone 'Asia/Shanghai')::integer from public.activity_sessions where id = ${seats.sessions[0]!}))`)
    expect([await named(school.tutor), await named(inspector), await ofMonths(school.manager), await ofMonths(inspector)]).toEqual([[{ named: 2 }], [], [{ n: 28 }], [{ n: 30 }]])
    // Put right, and taken back.
    await count(region, 1)
    expect(await heads(region)).toEqual([{ persons: 1, named: 1 }])
    expect(await personTimes(region)).toBe(0)
    await count(region, 0)
    expect(await heads(region)).toEqual([])
    await expect(count(region, 0)).rejects.toEqual(refused('head_count_nobody'))
    await expect(count(region, 5, region.mei)).rejects.toEqual(refused('session_unknown'))
  }))
})

describe('somebody of a session and of an imported list', () => {
  const list = async (region: Region, who: Person, more: Record<string, unknown> = {}) => {
    const { starts_at: starts, ends_at: ends } = await times(region)
    const id = await stageImport(region.sql, { kind: 'participation', unit: region.school.places.school, by: region.school.manager.account },
      [{ ...(await region.sql`select name, birth_year, residence_unit_id from public.persons where id = ${who.id}`)[0], started_at: starts, ended_at: ends, hours: 1, category_id: 'digital', kind: 'training', host_unit_id: region.school.places.school, programme: '智能手机入门', role: 'learner', ...more }])
    return { id, counts: await checkImport(region.sql, id) }
  }

  it('is known to the list once the session is confirmed, by its time or by its name on that day', () => inRegion(async (region) => {
    await mark(region, region.mei)
    await confirm(region)
    const { starts_at: starts } = await times(region)
    const hours = (n: number) => new Date(+starts + n * 3_600_000)
    expect((await list(region, region.mei)).counts).toMatchObject({ good: 0, known: 1 })
    expect((await list(region, region.mei, { programme: '手机课', started_at: hours(0.5), ended_at: hours(1.5) })).counts).toMatchObject({ good: 0, known: 1 })
    expect((await list(region, region.mei, { programme: '手机课', started_at: hours(-4), ended_at: hours(-3) })).counts).toMatchObject({ good: 1 })
    // Another hour of that day is another time, also under the same title; a list without times begins at midnight.
    expect((await list(region, region.mei, { started_at: hours(-4), ended_at: hours(-3) })).counts).toMatchObject({ good: 1 })
    const [{ midnight }] = await region.sql`select date_trunc('day', ${starts}::timestamptz, 'Asia/Shanghai') as midnight` as unknown as [{ midnight: Date }]
    expect((await list(region, region.mei, { started_at: midnight, ended_at: new Date(+midnight + 60_000) })).counts).toMatchObject({ good: 0, known: 1 })
    expect((await list(region, region.hua)).counts).toMatchObject({ good: 1 })
    expect(await records(region, region.mei)).toBe(1)
  }))

  it('is on record of the session that the list names, whatever else the list says; numbers that cannot be are refused', () => inRegion(async (region) => {
    const { sql, school, seats, mei, hua } = region
    const session = seats.sessions[0]!
    const { starts_at: starts, ends_at: ends } = await times(region)
    // Another one of the same host at the same time: without a number the list is taken for both.
    const twin = await publish(sql, region.as, school, { startsIn: [-20], seats: 5, fields: { title: '合唱排练' } })
    await sql`update public.activity_sessions set starts_at = ${starts}, ends_at = ${ends} where id = ${twin.sessions[0]!}`
    await mark(region, mei)
    await confirm(region)
    expect((await list(region, mei, { session_id: session, programme: null, category_id: null })).counts).toMatchObject({ good: 0, known: 1 })
    const { id, counts } = await list(region, hua, { session_id: twin.sessions[0]!, programme: '唱歌', hours: 8, started_at: new Date(+starts + 60_000), ended_at: new Date(+starts + 120_000), kind: 'lecture', category_id: null })
    expect(counts).toMatchObject({ good: 1, known: 0 })
    expect(await writeImport(sql, id)).toBe(1)
    expect(await sql`select programme, started_at, ended_at, hours::float, kind from public.participations where import_id = ${id}`)
      .toEqual([{ programme: '合唱排练', started_at: starts, ended_at: ends, hours: (+ends - +starts) / 3_600_000, kind: 'training' }])
    const refusal = async (more: Record<string, unknown>) => (await sql`select field, code from private.import_lines_refused(${(await list(region, hua, more)).id})`).map(row => `${row.field} ${row.code}`)
    expect(await refusal({ session_id: 999_999_999 })).toEqual(['session import_session_unknown'])
    expect(await refusal({ session_id: session, started_at: new Date(+starts - 86_400_000), ended_at: new Date(+ends - 86_400_000) })).toEqual(['date import_session_other_day'])
    const [coming] = (await publish(sql, region.as, school, { startsIn: [50], fields: { title: '下次' } })).sessions
    const [{ at }] = await sql`select starts_at as at from public.activity_sessions where id = ${coming!}` as unknown as [{ at: Date }]
    expect(await refusal({ session_id: coming!, started_at: at, ended_at: new Date(+at + 3_600_000) })).toEqual(['date import_session_not_over'])
    // Somebody on record of the one was not at the other.
    expect((await sql`select field, code from private.import_lines_refused(${(await list(region, mei, { session_id: twin.sessions[0]! })).id})`).map(row => row.code)).toEqual(['import_other_session_then'])
    await sql`update public.activity_sessions set cancelled_at = now(), cancel_reason = '停电' where id = ${twin.sessions[0]!}`
    expect(await refusal({ session_id: twin.sessions[0]! })).toEqual(['session import_session_cancelled'])
  }))

  it('of one of two sessions of one name on one day is not taken for the other', () => inRegion(async (region) => {
    const { sql, as, school, mei, hua } = region
    const day = await publish(sql, as, school, { startsIn: [-30, -26], seats: 5, fields: { title: '太极拳' } })
    const [morning, afternoon] = day.sessions
    // Both on one day.
    await sql`update public.activity_sessions set starts_at = (private.china_date(now()) - 2)::timestamp at time zone 'Asia/Shanghai' + interval '8 hours', ends_at = (private.china_date(now()) - 2)::timestamp at time zone 'Asia/Shanghai' + interval '9 hours' where id = ${morning!}`
    await sql`update public.activity_sessions set starts_at = (private.china_date(now()) - 2)::timestamp at time zone 'Asia/Shanghai' + interval '14 hours', ends_at = (private.china_date(now()) - 2)::timestamp at time zone 'Asia/Shanghai' + interval '15 hours' where id = ${afternoon!}`
    const [{ at }] = await sql`select starts_at as at from public.activity_sessions where id = ${morning!}` as unknown as [{ at: Date }]
    const { id } = await list(region, mei, { session_id: morning, started_at: at, ended_at: at })
    expect(await writeImport(sql, id)).toBe(1)
    const confirmed = (session: number) => as(school.tutor.account, async (one) => {
      await one`select * from public.mark_attendance(${session}, ${one.json([mei, hua].map(who => ({ clientId: randomUUID(), personId: who.id })) as never)})`
      return (await one`select name, outcome, reason from public.confirm_session(${session})`).map(row => [row.name, row.outcome, row.reason]).sort()
    })
    expect(await confirmed(morning!)).toEqual([['李桂花', 'posted', null], ['王秀英', 'refused', 'imported_before']])
    expect(await confirmed(afternoon!)).toEqual([['李桂花', 'posted', null], ['王秀英', 'posted', null]])
  }))

  it('gets no second record when the session is confirmed after the list, and is told why', () => inRegion(async (region) => {
    const { id } = await list(region, region.mei)
    expect(await writeImport(region.sql, id)).toBe(1)
    await mark(region, region.mei, region.hua)
    expect((await confirm(region)).sort()).toEqual([['李桂花', 'posted', null], ['王秀英', 'refused', 'imported_before']])
    expect(await records(region, region.mei)).toBe(1)
    await region.as(region.school.manager.account, async one => one`select public.correct_participation(id, 'not_attended', '{}', '名单错了') from public.participations where person_id = ${region.mei.id}`)
    expect((await confirm(region)).find(([name]) => name === '王秀英')).toEqual(['王秀英', 'posted', null])
  }))
})
