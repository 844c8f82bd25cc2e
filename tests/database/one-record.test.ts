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
