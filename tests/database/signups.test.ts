// Signing up: who may, when, for whom, and what each refusal says.
import { describe, expect, it } from 'vitest'
import { makeSchool, type Plan, publish, type School } from '../fixtures/activities.ts'
import { type As, makePerson, makeStaff, type Network, type Person, type Transaction, withRollback } from '../fixtures/database.ts'

interface Region { sql: Transaction, as: As, school: School, places: Network, mei: Person, hua: Person }
const inRegion = (test: (region: Region) => Promise<unknown>) => withRollback(async (sql, as) => {
  const school = await makeSchool(sql)
  const { places } = school
  await test({ sql, as, school, places, mei: await makePerson(sql, places.willow), hua: await makePerson(sql, places.willow, { name: '李桂花' }) })
  expect(await sql`select * from private.seat_faults()`).toEqual([])
})
const opened = ({ sql, as, school }: Region, plan: Plan = {}) => publish(sql, as, school, plan)
const sign = ({ as }: Region, who: Person, poolId: number, people: Person[] = [who], consent: string | null = null) =>
  as(who.account, one => one`select * from public.sign_up(${poolId}, ${people.map(({ id }) => id)}::bigint[], ${consent})`)
const mine = async ({ as }: Region, who: Person) => as(who.account, one => one`select * from public.my_signups()`)
const told = ({ as }: Region, who: Person) => as(who.account, one => one`select kind, details from public.my_notices()`)
const refused = (code: string, details: object = {}) => expect.objectContaining({ message: code, ...(Object.keys(details).length && { detail: expect.stringMatching(new RegExp(Object.entries(details).map(([key, value]) => `(?=.*"${key}": ?${JSON.stringify(value)})`).join(''))) }) })

async function child({ sql, places }: Region, guardian: Person, birthYear = new Date().getFullYear() - 8): Promise<Person> {
  const one = await makePerson(sql, places.willow, { name: '王小明', birthYear })
  await sql`insert into public.guardians (child_id, guardian_id, relation, consent) values (${one.id}, ${guardian.id}, 'mother', true)`
  return one
}

describe('a seat', () => {
  it('is taken by one tap, and asked again it is the same', () => inRegion(async (region) => {
    const { pools: [poolId], code } = await opened(region)
    const [first] = await sign(region, region.mei, poolId!)
    expect(first).toMatchObject({ status: 'confirmed', is_new: true, place: null, name: '王秀英' })
    expect(await sign(region, region.mei, poolId!)).toMatchObject([{ signup_id: first!.signup_id, is_new: false }])
    expect(await mine(region, region.mei)).toMatchObject([{ status: 'confirmed', activity_code: code, is_me: true, clash: null }])
  }))

  it('that is given back is offered to whoever waited first, who is told and has it by answering', () => inRegion(async (region) => {
    const { sql, as, mei, hua } = region
    const { pools: [poolId] } = await opened(region, { seats: 1 })
    const [seat] = await sign(region, mei, poolId!)
    const [waiting] = await sign(region, hua, poolId!)
    expect(waiting).toMatchObject({ status: 'waiting', place: 1 })
    await as(mei.account, one => one`select public.cancel_signup(${seat!.signup_id}, '有事')`)
    expect(await told(region, hua)).toMatchObject([{ kind: 'seat_offered' }])
    const [offer] = await sql`select status, offer_ends_at - now() as holds from public.signups where id = ${waiting!.signup_id}`
    expect(offer).toMatchObject({ status: 'offered' })
    await expect(as(mei.account, one => one`select public.answer_offer(${waiting!.signup_id}, true)`)).rejects.toEqual(refused('signup_unknown'))
    await as(hua.account, one => one`select public.answer_offer(${waiting!.signup_id}, true)`)
    await as(hua.account, one => one`select public.answer_offer(${waiting!.signup_id}, true)`)
    expect(await mine(region, hua)).toMatchObject([{ status: 'confirmed' }])
    await expect(as(hua.account, one => one`select public.answer_offer(${seat!.signup_id}, true)`)).rejects.toEqual(refused('signup_unknown'))
  }))

  it.each([[72, 12], [24, 3], [6, 1], [2, 1 / 3], [0.1, 0.1]])('of a session in %s hours is held for %s', (hours, holds) => inRegion(async ({ sql }) => {
    const [row] = await sql`select extract(epoch from private.offer_ends(now() + ${hours}::numeric * interval '1 hour') - now()) / 3600 as held`
    expect(Number(row!.held)).toBeCloseTo(holds, 2)
  }))

  it('is for all of a party or for none, and a smaller one goes first where the larger does not fit', () => inRegion(async (region) => {
    const { as, mei, hua, sql, places } = region
    const { pools: [poolId] } = await opened(region, { seats: 2 })
    const child1 = await child(region, hua)
    const third = await makePerson(sql, places.willow)
    const [seat] = await sign(region, mei, poolId!)
    expect(await sign(region, hua, poolId!, [hua, child1])).toMatchObject([{ status: 'waiting', place: 2 }, { status: 'waiting', place: 2 }])
    expect(await sign(region, third, poolId!)).toMatchObject([{ status: 'confirmed' }])
    await as(mei.account, one => one`select public.cancel_signup(${seat!.signup_id})`)
    // One seat is free and two wait: nobody is torn apart.
    expect(await mine(region, hua)).toMatchObject([{ status: 'waiting' }, { status: 'waiting' }])
    const [other] = await mine(region, third)
    await as(third.account, one => one`select public.cancel_signup(${other!.signup_id})`)
    expect(await mine(region, hua)).toMatchObject([{ status: 'offered' }, { status: 'offered' }])
  }))

  it('goes first to whoever the school lets go first, with a reason on record', () => inRegion(async (region) => {
    const { sql, as, mei, hua, school, places } = region
    const { pools: [poolId] } = await opened(region, { seats: 1 })
    const late = await makePerson(sql, places.willow)
    const [seat] = await sign(region, mei, poolId!)
    await sign(region, hua, poolId!)
    const [last] = await sign(region, late, poolId!)
    const prefer = (priority: number, reason: string) => as(school.manager.account, one => one`select public.set_signup_priority(${last!.signup_id}, ${priority}, ${reason})`)
    await expect(prefer(1, ' ')).rejects.toEqual(refused('reason_missing', { field: 'reason' }))
    await prefer(1, '坐轮椅，一楼仅此一场')
    expect(await mine(region, late)).toMatchObject([{ place: 1 }])
    await as(mei.account, one => one`select public.cancel_signup(${seat!.signup_id})`)
    expect(await mine(region, late)).toMatchObject([{ status: 'offered' }])
    expect(await sql`select details from public.audit_events where action = 'signup_priority_set'`).toEqual([{ details: { priority: 1 } }])
  }))

  it('can be changed for one in another session, or stays', () => inRegion(async (region) => {
    const { as, mei, hua } = region
    const { pools: [here, there] } = await opened(region, { seats: 1, startsIn: [72, 96] })
    const [seat] = await sign(region, mei, here!)
    const [theirs] = await sign(region, hua, there!)
    const swap = () => as(mei.account, one => one`select public.swap_session(${seat!.signup_id}, ${there!}) as id`)
    await expect(swap()).rejects.toEqual(refused('session_full'))
    expect(await mine(region, mei)).toMatchObject([{ status: 'confirmed', pool_id: here }])
    await as(hua.account, one => one`select public.cancel_signup(${theirs!.signup_id})`)
    await swap()
    expect((await mine(region, mei)).filter(one => one.ended_at === null)).toMatchObject([{ status: 'confirmed', pool_id: there }])
    const elsewhere = await opened(region)
    await expect(as(mei.account, one => one`select public.swap_session((select max(id) from public.signups where ended_at is null), ${elsewhere.pools[0]!})`)).rejects.toEqual(refused('session_unknown'))
  }))

  it('is kept while its holder waits for another session, and given back in the moment in which that is taken', () => inRegion(async (region) => {
    const { as, sql, mei, hua } = region
    const { pools: [here, there, third] } = await opened(region, { seats: 1, startsIn: [72, 96, 120] })
    const [seat] = await sign(region, mei, here!)
    const [theirs] = await sign(region, hua, there!)
    const wait = (pool: number) => as(mei.account, async one => (await one`select public.wait_for_session(${seat!.signup_id}, ${pool}) as outcome`)[0]!.outcome)
    for (let time = 0; time < 2; time++) expect(await wait(there!)).toBe('waiting')
    await expect(wait(here!)).rejects.toEqual(refused('session_unknown'))
    expect(await as(mei.account, one => one`select starts_at is not null as dated from public.my_waits()`)).toEqual([{ dated: true }])
    expect((await mine(region, mei)).filter(one => one.ended_at === null).map(({ status }) => status)).toEqual(['confirmed', 'waiting'])
    await as(hua.account, one => one`select public.cancel_signup(${theirs!.signup_id})`)
    const [offer] = await sql`select id, status from public.signups where pool_id = ${there!} and person_id = ${mei.id}`
    expect(offer).toMatchObject({ status: 'offered' })
    // Somebody waits for the seat that will go back.
    await sign(region, hua, here!)
    await as(mei.account, one => one`select public.answer_offer(${offer!.id}, true)`)
    expect((await mine(region, mei)).filter(one => one.ended_at === null)).toMatchObject([{ status: 'confirmed', pool_id: there }])
    expect((await mine(region, hua)).filter(one => one.ended_at === null)).toMatchObject([{ status: 'offered', pool_id: here }])
    // Where there is a seat by now, the change is made at once.
    const [now] = await sql`select id from public.signups where pool_id = ${there!} and person_id = ${mei.id} and ended_at is null`
    expect(await as(mei.account, one => one`select public.wait_for_session(${now!.id}, ${third!}) as outcome`)).toEqual([{ outcome: 'swapped' }])
  }))

  it('stays with whoever lets the other go, by a no or by time; a seat that was given up meanwhile, or whose session has begun, is no matter', () => inRegion(async (region) => {
    const { as, sql, mei, hua } = region
    for (const [what, left] of [['declined', ['confirmed']], ['lapsed', ['confirmed']], ['given up', ['confirmed']], ['begun', ['confirmed', 'confirmed']]] as const) {
      const { pools: [here, there] } = await opened(region, { seats: 1, startsIn: [72, 96] })
      const [seat] = await sign(region, mei, here!)
      const [theirs] = await sign(region, hua, there!)
      await as(mei.account, one => one`select public.wait_for_session(${seat!.signup_id}, ${there!})`)
      await as(hua.account, one => one`select public.cancel_signup(${theirs!.signup_id})`)
      const [{ id: offer }] = await sql`select id from public.signups where pool_id = ${there!} and status = 'offered'` as unknown as [{ id: number }]
      if (what === 'given up') await as(mei.account, one => one`select public.cancel_signup(${seat!.signup_id})`)
      if (what === 'begun') await sql`update public.activity_sessions set starts_at = now() - interval '5 minutes', ends_at = now() + interval '1 hour' where id = (select session_id from public.seat_pools where id = ${here!})`
      if (what === 'lapsed') {
        await sql`update public.signups set offer_ends_at = now() - interval '1 second' where id = ${offer}`
        await sql`select private.lapse_offers()`
      }
      else await as(mei.account, one => one`select public.answer_offer(${offer}, ${what !== 'declined'})`)
      expect((await sql`select status from public.signups where person_id = ${mei.id} and pool_id in ${sql([here!, there!])} and ended_at is null`).map(({ status }) => status as string), what).toEqual(left)
    }
  }))

  it('of two rows that turn out to be one person is one', () => inRegion(async (region) => {
    const { sql, mei, hua } = region
    const { pools: [poolId] } = await opened(region, { seats: 2 })
    await sign(region, mei, poolId!)
    await sign(region, hua, poolId!)
    await sql`update public.persons set merged_into = ${mei.id}, counts_as = ${mei.id} where id = ${hua.id}`
    expect(await sql`select taken from public.seat_pools where id = ${poolId!}`).toEqual([{ taken: 1 }])
    expect(await sign(region, hua, poolId!)).toMatchObject([{ is_new: false, person_id: mei.id }])
  }))
})

describe('signing up is refused', () => {
  it('before its window, after it, after the start, and for what is called off', () => inRegion(async (region) => {
    const { sql, as, mei, school } = region
    const early = await opened(region, { fields: { opensAt: new Date(Date.now() + 3_600_000) } })
    await expect(sign(region, mei, early.pools[0]!)).rejects.toEqual(refused('signup_not_open'))
    const closed = await opened(region, { fields: { title: '手机二班', closesAt: new Date(Date.now() - 3_600_000) } })
    await expect(sign(region, mei, closed.pools[0]!)).rejects.toEqual(refused('signup_closed'))
    const begun = await opened(region, { startsIn: [-1] })
    await expect(sign(region, mei, begun.pools[0]!)).rejects.toEqual(refused('session_started'))
    const off = await opened(region, { startsIn: [72, 96] })
    await sign(region, mei, off.pools[0]!)
    await as(school.manager.account, one => one`select public.cancel_session(${off.sessions[0]!}, '停电')`)
    await expect(sign(region, mei, off.pools[0]!)).rejects.toEqual(refused('session_cancelled'))
    await as(school.manager.account, one => one`select public.cancel_activity(${off.activityId}, '老师生病')`)
    await expect(sign(region, mei, off.pools[1]!)).rejects.toEqual(refused('activity_cancelled', { reason: '老师生病' }))
    expect(await told(region, mei)).toMatchObject([{ kind: 'session_cancelled', details: { reason: '停电' } }])
    await expect(sign(region, mei, 9_999_999)).rejects.toEqual(refused('activity_unknown'))
    await sql`update public.activities set status = 'draft', published_at = null where id = ${early.activityId}`
    await expect(sign(region, mei, early.pools[0]!)).rejects.toEqual(refused('activity_unknown'))
    await expect(as('anon', one => one`select public.sign_up(${early.pools[0]!}, '{1}')`)).rejects.toMatchObject({ code: '42501' })
  }))

  it.each([
    ['too_young', { youngest: 60 }, { birthYear: new Date().getFullYear() - 59 }],
    ['too_old', { oldest: 40 }, { birthYear: new Date().getFullYear() - 41 }],
    ['minors_not_admitted', { minors: 'not' }, { birthYear: new Date().getFullYear() - 17 }],
    ['age_unknown', { youngest: 60 }, { birthYear: null }],
  ])('for age: %s', (code, fields, { birthYear }) => inRegion(async (region) => {
    const { pools: [poolId] } = await opened(region, { fields })
    const one = await makePerson(region.sql, region.places.willow, { birthYear: birthYear as number })
    await expect(sign(region, one, poolId!)).rejects.toEqual(refused(code, { name: '王秀英' }))
  }))

  it('for whoever lives elsewhere, or belongs to another group', () => inRegion(async (region) => {
    const { sql, places, mei, hua } = region
    const near = await opened(region, { fields: { forUnit: places.orchard } })
    await expect(sign(region, mei, near.pools[0]!)).rejects.toEqual(refused('other_residence', { unit: '果园村' }))
    const group = await opened(region, { fields: { forGroups: ['rural_outgoing'] } })
    await expect(sign(region, hua, group.pools[0]!)).rejects.toEqual(refused('other_group'))
    await sql`insert into public.person_groups (person_id, group_id, valid_from, source) values (${hua.id}, 'rural_outgoing', '2020-01-01', '名册')`
    expect(await sign(region, hua, group.pools[0]!)).toMatchObject([{ status: 'confirmed' }])
  }))

  it('for a child without its guardian, and for anybody else’s', () => inRegion(async (region) => {
    const { mei, hua } = region
    const { pools: [poolId] } = await opened(region, { seats: 5 })
    const one = await child(region, mei)
    await expect(sign(region, mei, poolId!, [one])).rejects.toEqual(refused('adult_needed', { name: '王小明' }))
    await expect(sign(region, hua, poolId!, [hua, one])).rejects.toEqual(refused('person_not_yours'))
    expect(await sign(region, mei, poolId!, [mei, one])).toMatchObject([{ status: 'confirmed' }, { status: 'confirmed' }])
    const alone = await opened(region, { fields: { minors: 'welcome', minorsStaff: ['何敏', '吴刚'] } })
    expect(await sign(region, mei, alone.pools[0]!, [one])).toMatchObject([{ status: 'confirmed', name: '王小明' }])
  }))

  it('for a child that has grown up, by who was its guardian', () => inRegion(async (region) => {
    const { pools: [poolId] } = await opened(region)
    const grown = await child(region, region.hua, new Date().getFullYear() - 19)
    await expect(sign(region, region.hua, poolId!, [grown])).rejects.toEqual(refused('person_not_yours'))
    const eighteen = await child(region, region.hua, new Date().getFullYear() - 18)
    expect(await sign(region, region.hua, poolId!, [eighteen])).toMatchObject([{ status: 'confirmed' }])
  }))

  it('by staff without consent, of other units, or by whoever has no post', () => inRegion(async (region) => {
    const { sql, school, places, mei, hua } = region
    const { pools: [poolId] } = await opened(region)
    await expect(sign(region, school.tutor, poolId!, [mei])).rejects.toEqual(refused('consent_missing', { field: 'consent' }))
    await expect(sign(region, hua, poolId!, [mei])).rejects.toEqual(refused('person_not_yours'))
    const stranger = await makeStaff(sql, places.otherTownship, places.harbour, 'manager')
    await expect(sign(region, stranger, poolId!, [mei], 'phone')).rejects.toEqual(refused('person_not_yours'))
    expect(await sign(region, school.tutor, poolId!, [mei], 'phone')).toMatchObject([{ status: 'confirmed' }])
    expect(await sql`select for_other, consent, by_account from public.signups where person_id = ${mei.id}`).toEqual([{ for_other: 'staff', consent: 'phone', by_account: school.tutor.account }])
    expect(await sql`select action from public.audit_events where action = 'signed_up_for_others'`).toHaveLength(1)
  }))
})

describe('where the school admits', () => {
  it('whoever asks waits for an answer, has a seat by a yes, a place in the line when it is full, and a reason by a no', () => inRegion(async (region) => {
    const { as, sql, mei, hua, school, places } = region
    const { pools: [poolId] } = await opened(region, { seats: 1, fields: { admission: 'approval' } })
    const third = await makePerson(sql, places.willow)
    const asked = [...await sign(region, mei, poolId!), ...await sign(region, hua, poolId!), ...await sign(region, third, poolId!)]
    expect(asked.map(one => one.status)).toEqual(['asked', 'asked', 'asked'])
    const decide = (at: number, admits: boolean, reason: string | null = null, who = school.manager) =>
      as(who.account, one => one`select public.decide_signup(${asked[at]!.signup_id}, ${admits}, ${reason}) as outcome`)
    await expect(decide(0, true, null, mei)).rejects.toEqual(refused('signup_unknown'))
    await expect(decide(2, false)).rejects.toEqual(refused('reason_missing', { field: 'reason' }))
    expect([(await decide(0, true))[0]!.outcome, (await decide(1, true))[0]!.outcome, (await decide(2, false, '须先学入门班'))[0]!.outcome]).toEqual(['confirmed', 'waiting', 'refused'])
    await expect(decide(0, true)).rejects.toEqual(refused('signup_decided'))
    expect(await told(region, third)).toMatchObject([{ kind: 'signup_refused', details: { reason: '须先学入门班' } }])
  }))
})

describe('a term', () => {
  it('has one seat for all its sessions; one may be missed and that is known', () => inRegion(async (region) => {
    const { as, mei, hua } = region
    const { pools, sessions } = await opened(region, { seats: 1, startsIn: [72, 240, 408], fields: { signUp: 'term' } })
    expect(pools).toHaveLength(1)
    const [seat] = await sign(region, mei, pools[0]!)
    expect(await sign(region, hua, pools[0]!)).toMatchObject([{ status: 'waiting', place: 1 }])
    const leave = (sessionId: number, away: boolean) => as(mei.account, one => one`select public.set_leave(${seat!.signup_id}, ${sessionId}, ${away})`)
    await leave(sessions[0]!, true)
    await leave(sessions[0]!, true)
    expect(await mine(region, mei)).toMatchObject([{ on_leave: true }])
    await leave(sessions[0]!, false)
    expect(await mine(region, mei)).toMatchObject([{ on_leave: false }])
    await expect(leave(9_999_999, true)).rejects.toEqual(refused('session_unknown'))
  }))
})

it('what lies over each other is shown, not forbidden', () => inRegion(async (region) => {
  const [one, two] = [await opened(region), await opened(region, { fields: { title: '广场舞' } })]
  await sign(region, region.mei, one.pools[0]!)
  expect(await sign(region, region.mei, two.pools[0]!)).toMatchObject([{ status: 'confirmed' }])
  expect((await mine(region, region.mei)).map(row => row.clash).sort()).toEqual(['广场舞', '智能手机入门'])
}))

it('terms that lie over each other in a later week clash, unless one is on leave then', () => inRegion(async (region) => {
  const term = { signUp: 'term' }
  const [one, two] = [await opened(region, { startsIn: [72, 240, 408], fields: term }), await opened(region, { startsIn: [96, 264, 408], fields: { ...term, title: '广场舞' } })]
  const [seat] = await sign(region, region.mei, one.pools[0]!)
  await sign(region, region.mei, two.pools[0]!)
  const clashes = async () => (await mine(region, region.mei)).map(row => row.clash).sort()
  expect(await clashes()).toEqual(['广场舞', '智能手机入门'])
  await region.as(region.mei.account, sql => sql`select public.set_leave(${seat!.signup_id}, ${one.sessions[2]!}, true)`)
  expect(await clashes()).toEqual([null, null])
}))

it('nobody reads another’s sign-ups, notices or steps, and visitors read none', () => inRegion(async (region) => {
  const { sql, as, mei, hua, school, places } = region
  const { pools: [poolId], activityId } = await opened(region)
  await sign(region, mei, poolId!)
  await sql`insert into public.notices (person_id, kind, activity_id) values (${mei.id}, 'session_soon', ${activityId})`
  const inspector = await makeStaff(sql, places.city, places.willow, 'inspector')
  // One after the other: they share a transaction, and with it whose it is.
  const rows = async (who: Person) => {
    const counted: number[] = []
    for (const table of ['signups', 'signup_events', 'notices']) counted.push((await as(who.account, one => one`select id from ${one(`public.${table}`)}`)).length)
    return counted
  }
  expect(await rows(mei)).toEqual([1, 1, 1])
  expect(await rows(school.tutor)).toEqual([1, 1, 0])
  for (const who of [hua, inspector]) expect(await rows(who)).toEqual([0, 0, 0])
  for (const table of ['signups', 'signup_events', 'notices']) await expect(as('anon', one => one`select id from ${one(`public.${table}`)}`)).rejects.toMatchObject({ code: '42501' })
  await expect(as(inspector.account, one => one`select * from public.signups_of_activity(${activityId})`)).rejects.toEqual(refused('activity_unknown'))
}))
