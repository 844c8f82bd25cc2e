// Honours: levels by what was earned in a life, taken back only by a reversal; named in public only who agreed and is grown up.
import { describe, expect, it } from 'vitest'
import { type As, committedAs, makeNetwork, makePerson, makeStaff, type Network, type Person, type Sql, type Transaction, withRollback } from '../fixtures/database.ts'
import { pristineDatabase } from '../fixtures/pristine.ts'

interface Region { sql: Transaction, as: As, places: Network, head: Person, mei: Person }
const LEVELS = [{ zh: '启航', en: 'Start', milliCredits: 1000 }, { zh: '勤学', en: 'Keen', milliCredits: 3000, minima: [{ category: 'digital', milliCredits: 500 }] }]

const inRegion = (test: (region: Region) => Promise<unknown>) => withRollback(async (sql, as) => {
  const places = await makeNetwork(sql)
  const head = await makeStaff(sql, places.city, places.willow, 'head')
  await sql`update public.credit_rule_versions set milli_credits = 20, per_minutes = 1, in_force = daterange(null, null) where rule_id = 'lesson_completed'`
  await as(head.account, one => save(one))
  await test({ sql, as, places, head, mei: await makePerson(sql, places.willow) })
  expect(await sql`select * from private.credit_faults()`).toEqual([])
})

const save = (sql: Transaction, levels: object = LEVELS, from: string | null = null) =>
  sql`select public.save_honour_scheme(coalesce(${from}::date, private.china_date(now())), ${sql.json(levels as never)}) as id`
let events = 0
async function earn(sql: Sql, personId: number, minutes: number, category: string | null = 'digital'): Promise<number> {
  const key = `honour:${process.pid}:${++events}:${personId}`
  const [fact] = await sql`
    insert into public.participations (key, person_id, kind, category_id, organised, role, residence_unit_id, groups, started_at, ended_at, hours, status, channel, entry_source)
    select ${key}, id, 'training', ${category}, true, 'learner', residence_unit_id, '{resident}', '2026-03-05T09:00:00+08:00', '2026-03-05T09:00:00+08:00', 1, 'attended', 'onsite', 'scan'
    from public.persons where id = ${personId} returning id`
  return (await sql`select (private.award_credit(${key}, ${fact!.id}, 'lesson_completed', ${minutes})).id`)[0]!.id
}
interface Mine { rank: number | null, milliCredits: number, events: { kind: string, rank: number }[], mayBeNamed: boolean, isNamed: boolean, levels: unknown[], earned: Record<string, number> }
const mine = async ({ as }: Pick<Region, 'as'>, who: Person) => (await as(who.account, sql => sql`select public.my_honours() as mine`))[0]!.mine as Mine
const consent = ({ as }: Pick<Region, 'as'>, who: Person, gives: boolean | null) => as(who.account, sql => sql`select public.set_honour_consent(${gives})`)
const board = ({ as }: Pick<Region, 'as'>, unit: string | null = null) => as('anon', sql => sql`select name, rank from public.honours_of_place(${unit})`)
const certificates = (sql: Sql, personId: number) => sql`select revoked_reason from public.credentials where person_id = ${personId} and kind = 'honour' order by id`
/** What the job does. */
async function judge(sql: Transaction) {
  await sql`set local role job_server`
  while ((await sql`select private.judge_waiting_honours() as judged`)[0]!.judged > 0);
  await sql`select private.renew_honour_board()`
  await sql`reset role`
}

describe('a level', () => {
  it('goes by what was earned in a life, whoever looks first: the learner or the job', () => inRegion(async (region) => {
    const { sql, mei, places } = region
    const other = await makePerson(sql, places.willow)
    for (const one of [mei, other]) await earn(sql, one.id, 60)
    expect(await mine(region, mei)).toMatchObject({ rank: 1, milliCredits: 1200, earned: { digital: 1200 }, events: [{ kind: 'reached', rank: 1 }] })
    await judge(sql)
    await judge(sql)
    expect(await sql`select person_id, rank from public.honours where person_id in ${sql([mei.id, other.id])} order by person_id`).toEqual([{ person_id: mei.id, rank: 1 }, { person_id: other.id, rank: 1 }])
    expect(await sql`select count(*)::integer from public.honour_events where person_id in ${sql([mei.id, other.id])}`).toEqual([{ count: 2 }])
    expect(await certificates(sql, mei.id)).toEqual([{ revoked_reason: null }])
  }))

  it('asks for what it needs in a subject besides', () => inRegion(async (region) => {
    const { sql, mei } = region
    await earn(sql, mei.id, 200, 'parenting')
    expect((await mine(region, mei)).rank).toBe(1)
    await earn(sql, mei.id, 25, 'digital')
    expect((await mine(region, mei)).rank).toBe(2)
  }))

  it('is not lowered by using credits', () => inRegion(async (region) => {
    const { sql, mei } = region
    await earn(sql, mei.id, 60)
    await sql`select private.apply_credit(${`honour use:${++events}`}, ${mei.id}, 1200)`
    expect((await mine(region, mei)).rank).toBe(1)
  }))

  it('is taken back by a reversal, with a line in the history and the certificate revoked, and reached anew', () => inRegion(async (region) => {
    const { sql, mei } = region
    const posting = await earn(sql, mei.id, 60)
    await mine(region, mei)
    await sql`select private.reverse_credit(${posting}, 'record_corrected')`
    expect(await mine(region, mei)).toMatchObject({ rank: null, events: [{ kind: 'taken_back', rank: 1 }, { kind: 'reached', rank: 1 }] })
    expect(await certificates(sql, mei.id)).toEqual([{ revoked_reason: 'honour_taken_back' }])
    await earn(sql, mei.id, 60)
    expect((await mine(region, mei)).rank).toBe(1)
    expect(await certificates(sql, mei.id)).toEqual([{ revoked_reason: 'honour_taken_back' }, { revoked_reason: null }])
  }))

  it('that was reached by an earlier scheme stays when a stricter one comes, and goes when it is no longer met', () => inRegion(async (region) => {
    const { sql, mei } = region
    const posting = await earn(sql, mei.id, 60)
    await mine(region, mei)
    // The scheme of today becomes one of the last days.
    await sql`update public.honour_schemes set in_force = daterange(null, private.china_date(now()) - 9) where lower_inf(in_force)`
    await sql`update public.honour_schemes set in_force = daterange(private.china_date(now()) - 9, null) where upper_inf(in_force)`
    await region.as(region.head.account, one => save(one, [{ zh: '新启航', en: 'New start', milliCredits: 5000 }]))
    expect(await mine(region, mei)).toMatchObject({ rank: 1, levels: [{ zh: '新启航' }] })
    await sql`select private.reverse_credit(${posting}, 'record_corrected')`
    expect((await mine(region, mei)).rank).toBe(null)
  }))

  it('of a person who was registered twice is that of both together, and of each again when parted', () => inRegion(async (region) => {
    const { sql, mei, places } = region
    const twin = await makePerson(sql, places.willow)
    for (const one of [mei, twin]) await earn(sql, one.id, 30)
    await judge(sql)
    await sql`update public.persons set merged_into = ${mei.id}, counts_as = ${mei.id} where id = ${twin.id}`
    expect((await mine(region, mei)).rank).toBe(1)
    await judge(sql)
    expect(await sql`select from public.honours where person_id = ${twin.id}`).toHaveLength(0)
    // Somebody new is judged too, though others are merged.
    const later = await makePerson(sql, places.willow)
    await earn(sql, later.id, 60)
    await judge(sql)
    expect(await sql`select rank from public.honours where person_id = ${later.id}`).toEqual([{ rank: 1 }])
    await sql`update public.persons set merged_into = null, counts_as = null where id = ${twin.id}`
    await judge(sql)
    expect([(await mine(region, mei)).rank, (await mine(region, twin)).rank]).toEqual([null, null])
  }))

  it('and its history are read by its owner only', () => inRegion(async (region) => {
    const { sql, as, mei, head, places } = region
    await earn(sql, mei.id, 60)
    await judge(sql)
    const other = await makePerson(sql, places.willow)
    for (const table of ['honours', 'honour_events', 'honour_consents']) {
      for (const who of [other, head]) expect(await as(who.account, one => one`select from ${one(`public.${table}`)}`)).toHaveLength(0)
      await expect(as('anon', one => one`select from ${one(`public.${table}`)}`)).rejects.toMatchObject({ code: '42501' })
    }
    await expect(as('anon', one => one`select public.my_honours()`)).rejects.toMatchObject({ code: '42501' })
    await expect(as(mei.account, one => one`select private.judge_waiting_honours()`)).rejects.toMatchObject({ code: '42501' })
  }))
})

describe('the board', () => {
  it('names nobody without consent, and nobody from the moment it is withdrawn', () => inRegion(async (region) => {
    const { sql, mei, places } = region
    await earn(sql, mei.id, 60)
    await mine(region, mei)
    expect(await board(region)).toEqual([])
    await consent(region, mei, true)
    await consent(region, mei, true)
    expect(await board(region)).toEqual([{ name: '王秀英', rank: 1 }])
    const [code] = await sql`select (select code from public.units where id = ${places.willow}) as here, (select code from public.units where id = ${places.harbour}) as elsewhere`
    expect([await board(region, code!.here), await board(region, code!.elsewhere)]).toEqual([[{ name: '王秀英', rank: 1 }], []])
    await consent(region, mei, false)
    expect(await board(region)).toEqual([])
    expect((await mine(region, mei)).isNamed).toBe(false)
  }))

  it.each([['under age', 2012], ['perhaps under age', new Date().getFullYear() - 18], ['of unknown age', null]])('is closed to somebody %s, whatever stands there', (_, birthYear) => inRegion(async (region) => {
    const { sql, mei } = region
    await earn(sql, mei.id, 60)
    await consent(region, mei, true)
    await mine(region, mei)
    expect(await board(region)).toHaveLength(1)
    await sql`update public.persons set birth_year = ${birthYear} where id = ${mei.id}`
    expect(await board(region)).toEqual([])
    await judge(sql)
    expect(await board(region)).toEqual([])
    await consent(region, mei, false)
    await expect(consent(region, mei, true)).rejects.toMatchObject({ code: 'PT409', message: 'not_grown_up' })
    expect((await mine(region, mei)).mayBeNamed).toBe(false)
  }))

  it('follows name, home, merge and a level that is taken back', () => inRegion(async (region) => {
    const { sql, mei, places } = region
    const posting = await earn(sql, mei.id, 60)
    await consent(region, mei, true)
    await mine(region, mei)
    await sql`update public.persons set name = '王秀兰', residence_unit_id = ${places.orchard} where id = ${mei.id}`
    expect(await board(region)).toEqual([{ name: '王秀兰', rank: 1 }])
    await sql`select private.reverse_credit(${posting}, 'record_corrected')`
    await judge(sql)
    expect(await board(region)).toEqual([])
  }))

  it('says nothing of numbers of persons', () => inRegion(async ({ as }) => {
    expect((await as('anon', sql => sql`select column_name from information_schema.columns where table_name = 'honour_board' order by ordinal_position`)).map(row => row.column_name))
      .toEqual(['consent_id', 'unit_id', 'name', 'scheme_id', 'rank', 'reached_on'])
  }))
})

describe('a scheme', () => {
  it('is set by whoever approves the region, from a day on, one at a time', () => inRegion(async ({ sql, as, head, mei, places }) => {
    const county = await makeStaff(sql, places.county, places.willow, 'head')
    for (const who of [mei, county]) await expect(as(who.account, one => save(one))).rejects.toMatchObject({ code: 'PT403' })
    await expect(as(head.account, one => save(one))).rejects.toMatchObject({ code: 'PT409', message: 'scheme_follows' })
    const [later] = await as(head.account, one => save(one, LEVELS, '2098-01-01'))
    await expect(as(head.account, one => save(one, LEVELS, '2097-01-01'))).rejects.toMatchObject({ message: 'scheme_follows' })
    expect(await sql`select from public.honour_schemes one join public.honour_schemes other on other.id > one.id and other.in_force && one.in_force`).toHaveLength(0)
    await expect(sql.savepoint(inner => inner`insert into public.honour_schemes (in_force) values (daterange('2098-06-01', null))`)).rejects.toMatchObject({ code: '23P01' })
    await as(head.account, one => one`select public.withdraw_honour_scheme(${later!.id})`)
    expect(await sql`select from public.honour_schemes where upper_inf(in_force)`).toHaveLength(1)
    const [now] = await sql`select private.honour_scheme() as id`
    await expect(as(head.account, one => one`select public.withdraw_honour_scheme(${now!.id})`)).rejects.toMatchObject({ message: 'scheme_in_force' })
  }))

  it.each<[string, object, string?]>([
    ['levels_missing', []], ['name_missing', [{ ...LEVELS[0], zh: ' ' }]], ['level_invalid', [{ ...LEVELS[0], milliCredits: -1 }]], ['level_invalid', [{ ...LEVELS[0], milliCredits: 0.5 }]],
    ['levels_not_rising', [LEVELS[1], LEVELS[0]]], ['minimum_invalid', [{ ...LEVELS[0], minima: [{ category: 'nothing', milliCredits: 1 }] }]],
    ['minimum_invalid', [{ ...LEVELS[0], minima: [{ category: 'digital', milliCredits: 1.5 }] }]], ['from_day_past', LEVELS, '2020-01-01'],
  ])('is refused as %s: %j', (code, levels, from = '2098-01-01') => inRegion(async ({ as, head }) => {
    await expect(as(head.account, one => save(one, levels, from))).rejects.toMatchObject({ code: 'PT422', message: code })
  }))
})

describe('the list for a ceremony', () => {
  it('is for whoever sees names there, by level, days and name', () => inRegion(async ({ sql, as, mei, head, places }) => {
    await earn(sql, mei.id, 60)
    await judge(sql)
    const list = (who: Person, query = '', rank = 1) => as(who.account, one => one`select name from public.honoured_people(${places.township}, ${rank}, null, null, ${query}, 50, 0)`)
    expect([await list(head), await list(head, '秀'), await list(head, '李'), await list(head, '', 2)]).toEqual([[{ name: '王秀英' }], [{ name: '王秀英' }], [], []])
    const [teacher, elsewhere] = [await makeStaff(sql, places.township, places.willow, 'teacher'), await makeStaff(sql, places.otherTownship, places.harbour, 'head')]
    for (const who of [mei, teacher, elsewhere]) await expect(list(who)).rejects.toMatchObject({ code: 'PT403' })
  }))
})

it('a level altered by hand is a fault, and so is a name without consent', () => withRollback(async (sql, as) => {
  const places = await makeNetwork(sql)
  const mei = await makePerson(sql, places.willow)
  await earn(sql, mei.id, 60, null)
  await mine({ as }, mei)
  await sql`update public.honours set rank = 2 where person_id = ${mei.id}`
  const [withdrawn] = await sql`insert into public.honour_consents (person_id, withdrawn_at) values (${mei.id}, now()) returning id`
  await sql`insert into public.honour_board select ${withdrawn!.id}, ${places.willow}, '王秀英', scheme_id, rank, '2026-01-01' from public.honours where person_id = ${mei.id}`
  expect((await sql`select invariant from private.credit_faults() order by invariant`).map(row => row.invariant)).toEqual(['board_names_consenting_adults', 'honour_is_earned'])
}))

it('of two who judge one learner at once one writes it down, and a consent withdrawn meanwhile holds', async () => {
  const own = await pristineDatabase('honours_two') as unknown as NonNullable<Parameters<typeof committedAs>[2]>
  const { willow } = await makeNetwork(own)
  const mei = await makePerson(own, willow)
  await earn(own, mei.id, 60)
  await committedAs(mei.account, sql => sql`select public.set_honour_consent(true)`, own)
  await Promise.all([own`select private.judge_waiting_honours()`, committedAs(mei.account, sql => sql`select public.my_honours()`, own)])
  expect(await own`select kind from public.honour_events`).toHaveLength(1)
  await Promise.all([own`select private.renew_honour_board()`, committedAs(mei.account, sql => sql`select public.set_honour_consent(false)`, own)])
  expect(await own`select from public.honour_board`).toHaveLength(0)
  expect(await own`select * from private.credit_faults()`).toEqual([])
})
