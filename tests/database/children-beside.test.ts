// A child that comes with an adult alone: who may add it, and who may leave it.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { makeSchool, type Plan, publish, type School } from '../fixtures/activities.ts'
import { type As, makePerson, type Person, type Transaction, withRollback } from '../fixtures/database.ts'

interface Family { sql: Transaction, as: As, school: School, mum: Person, dad: Person, child: Person }
const inFamily = (test: (family: Family) => Promise<unknown>) => withRollback(async (sql, as) => {
  const school = await makeSchool(sql)
  const home = school.places.willow
  const [mum, dad, child] = [await makePerson(sql, home, { name: '李桂花', birthYear: 1988 }), await makePerson(sql, home, { name: '王建国', birthYear: 1986 }), await makePerson(sql, home, { name: '王小明', birthYear: new Date().getFullYear() - 8 })]
  for (const [parent, relation] of [[mum, 'mother'], [dad, 'father']] as const) {
    await sql`insert into public.guardians (child_id, guardian_id, relation, consent) values (${child.id}, ${parent.id}, ${relation}, true)`
  }
  await test({ sql, as, school, mum, dad, child })
  expect(await sql`select * from private.seat_faults()`).toEqual([])
})
const opened = ({ sql, as, school }: Family, plan: Plan = {}) => publish(sql, as, school, { seats: 6, ...plan })
const sign = ({ as }: Family, who: Person, pool: number, people: Person[], consent: string | null = null) =>
  as(who.account, one => one`select * from public.sign_up(${pool}, ${people.map(({ id }) => id)}::bigint[], ${consent})`)
const cancel = ({ as }: Family, who: Person, signup: unknown, together = false) => as(who.account, one => one`select public.cancel_signup(${signup as number}, null, ${together})`)
const swap = ({ as }: Family, who: Person, signup: unknown, pool: number) => as(who.account, one => one`select public.swap_session(${signup as number}, ${pool})`)
const live = async ({ sql }: Family, pool: number) =>
  (await sql`select person.name from public.signups one join public.persons person on person.id = one.person_id where one.pool_id = ${pool} and one.ended_at is null order by person.birth_year`).map(({ name }) => name as string)
const of = (rows: readonly Record<string, unknown>[], who: Person) => rows.find(one => one.person_id === who.id)!.signup_id
const refused = (message: string, detail = '') => expect.objectContaining({ message, ...(detail && { detail: expect.stringContaining(detail) }) })

describe('a child is signed up', () => {
  it('by staff with its parent, in one go or after', () => inFamily(async (family) => {
    const { school, mum, child } = family
    const { pools: [one, two] } = await opened(family, { startsIn: [72, 96] })
    await expect(sign(family, school.tutor, one!, [child], 'present')).rejects.toEqual(refused('adult_needed', '王小明'))
    expect(await sign(family, school.tutor, one!, [mum, child], 'present')).toMatchObject([{ status: 'confirmed' }, { status: 'confirmed' }])
    await sign(family, mum, two!, [mum])
    expect(await sign(family, school.tutor, two!, [child], 'phone')).toMatchObject([{ status: 'confirmed', name: '王小明' }])
  }))

  it('by one parent beside the other, who is in, and not once the other has left', () => inFamily(async (family) => {
    const { mum, dad, child } = family
    const { pools: [pool] } = await opened(family)
    const [seat] = await sign(family, mum, pool!, [mum])
    expect(await sign(family, dad, pool!, [child])).toMatchObject([{ status: 'confirmed' }])
    const { pools: [other] } = await opened(family)
    const [gone] = await sign(family, mum, other!, [mum])
    await cancel(family, mum, gone!.signup_id)
    await expect(sign(family, dad, other!, [child])).rejects.toEqual(refused('adult_needed'))
    expect(seat).toMatchObject({ status: 'confirmed' })
  }))

  it('beside nobody who is no guardian of it, nor one whose consent ended', () => inFamily(async (family) => {
    const { sql, school, mum, dad, child } = family
    const { pools: [pool] } = await opened(family)
    await sign(family, school.tutor, pool!, [school.tutor])
    await expect(sign(family, school.tutor, pool!, [child], 'present')).rejects.toEqual(refused('adult_needed'))
    await sign(family, mum, pool!, [mum])
    await sql`update public.guardians set valid_to = private.china_date(now()) - 1, valid_from = private.china_date(now()) - 9 where guardian_id = ${mum.id}`
    await expect(sign(family, dad, pool!, [child])).rejects.toEqual(refused('adult_needed'))
  }))
})

describe('a child is not left alone', () => {
  it('by the last adult beside it, who is told whom, and may take it along', () => inFamily(async (family) => {
    const { mum, child } = family
    const { pools: [pool] } = await opened(family)
    const rows = await sign(family, mum, pool!, [mum, child])
    await expect(cancel(family, mum, of(rows, mum))).rejects.toEqual(refused('child_left_alone', '王小明'))
    expect(await live(family, pool!)).toEqual(['李桂花', '王小明'])
    await cancel(family, mum, of(rows, mum), true)
    expect(await live(family, pool!)).toEqual([])
  }))

  it('but one of two adults may leave, the child may, and so may whoever is nobody’s', () => inFamily(async (family) => {
    const { sql, school, mum, dad, child } = family
    const { pools: [pool] } = await opened(family)
    const friend = await makePerson(sql, school.places.willow, { name: '赵梅' })
    const rows = await sign(family, mum, pool!, [mum, child])
    const [father] = await sign(family, dad, pool!, [dad])
    const [alone] = await sign(family, friend, pool!, [friend])
    await cancel(family, mum, of(rows, mum))
    await cancel(family, friend, alone!.signup_id)
    await expect(cancel(family, dad, father!.signup_id)).rejects.toEqual(refused('child_left_alone'))
    await cancel(family, dad, of(rows, child))
    await cancel(family, dad, father!.signup_id)
    expect(await live(family, pool!)).toEqual([])
  }))

  it('by the desk either, and by nobody who may not speak for the child', () => inFamily(async (family) => {
    const { sql, school, mum, child } = family
    const { pools: [pool] } = await opened(family)
    const aunt = await makePerson(sql, school.places.willow, { name: '赵梅' })
    const rows = await sign(family, school.tutor, pool!, [aunt, child], 'present')
    await expect(cancel(family, aunt, of(rows, aunt), true)).rejects.toEqual(refused('child_left_alone', '王小明'))
    await expect(cancel(family, school.tutor, of(rows, aunt))).rejects.toEqual(refused('child_left_alone'))
    await cancel(family, school.tutor, of(rows, aunt), true)
    expect(await live(family, pool!)).toEqual([])
    expect(mum.id).toBeGreaterThan(0)
  }))

  it('where it may come by itself, everybody may leave', () => inFamily(async (family) => {
    const { mum, child } = family
    const { pools: [pool] } = await opened(family, { fields: { minors: 'welcome', minorsStaff: ['何敏', '吴刚'] } })
    const rows = await sign(family, mum, pool!, [mum, child])
    await cancel(family, mum, of(rows, mum))
    expect(await live(family, pool!)).toEqual(['王小明'])
  }))

  it('by a change of session: it goes along, or nothing changes; it goes nowhere by itself', () => inFamily(async (family) => {
    const { sql, mum, dad, child } = family
    const { pools: [here, there] } = await opened(family, { startsIn: [72, 96] })
    const rows = await sign(family, mum, here!, [mum, child])
    await expect(swap(family, mum, of(rows, child), there!)).rejects.toEqual(refused('adult_needed'))
    await sql`update public.seat_pools set capacity = 1 where id = ${there!}`
    await expect(swap(family, mum, of(rows, mum), there!)).rejects.toEqual(refused('session_full'))
    expect(await live(family, here!)).toEqual(['李桂花', '王小明'])
    await sql`update public.seat_pools set capacity = 4 where id = ${there!}`
    await swap(family, mum, of(rows, mum), there!)
    expect([await live(family, here!), await live(family, there!)]).toEqual([[], ['李桂花', '王小明']])
    // Where the father is, the child may go.
    await sign(family, dad, here!, [dad])
    const [seat] = await sql`select id from public.signups where pool_id = ${there!} and person_id = ${child.id} and ended_at is null`
    await swap(family, mum, seat!.id, here!)
    expect(await live(family, here!)).toEqual(['王建国', '王小明'])
  }))

  it('and seats given back together go to a party that waits for both', () => inFamily(async (family) => {
    const { sql, school, mum, child } = family
    const { pools: [pool] } = await opened(family, { seats: 2 })
    const [one, two, single] = [await makePerson(sql, school.places.willow), await makePerson(sql, school.places.willow), await makePerson(sql, school.places.willow)]
    const rows = await sign(family, mum, pool!, [mum, child])
    await sign(family, school.tutor, pool!, [one, two], 'present')
    await sign(family, single, pool!, [single])
    await cancel(family, mum, of(rows, mum), true)
    expect(await sql`select person_id from public.signups where pool_id = ${pool!} and status = 'offered' order by person_id`).toEqual([{ person_id: one.id }, { person_id: two.id }])
  }))
})

describe('an offer', () => {
  /** The child is in beside its father, who leaves once the mother waits; then her offer stands alone between the child and nobody. */
  async function offered(family: Family): Promise<{ pool: number, mother: number, next: Person }> {
    const { sql, school, mum, dad, child } = family
    const { pools: [pool] } = await opened(family, { seats: 2 })
    const rows = await sign(family, dad, pool!, [dad, child])
    const [mother] = await sign(family, mum, pool!, [mum])
    const next = await makePerson(sql, school.places.willow, { name: '赵梅' })
    await sign(family, next, pool!, [next])
    await cancel(family, dad, of(rows, dad))
    expect(await sql`select status from public.signups where id = ${mother!.signup_id}`).toEqual([{ status: 'offered' }])
    return { pool: pool!, mother: mother!.signup_id as number, next }
  }

  it('that is declined does not leave a child alone: it is said whom, and both go together', () => inFamily(async (family) => {
    const { as, mum } = family
    const { pool, mother } = await offered(family)
    const decline = () => as(mum.account, one => one`select public.answer_offer(${mother}, false)`)
    await expect(decline()).rejects.toEqual(refused('child_left_alone', '王小明'))
    expect(await live(family, pool)).toContain('王小明')
    await cancel(family, mum, mother, true)
    expect(await live(family, pool)).toEqual(['赵梅'])
  }))

  it('that lapses takes the child along, tells the guardian, and its seats go on', () => inFamily(async (family) => {
    const { sql, as, mum, dad, child } = family
    const { pool, mother, next } = await offered(family)
    await sql`update public.signups set offer_ends_at = now() - interval '1 second' where id = ${mother}`
    expect(await sql`select private.lapse_offers() as lapsed`).toEqual([{ lapsed: 1 }])
    expect(await sql`select status, end_reason from public.signups where pool_id = ${pool} and person_id = ${child.id}`).toEqual([{ status: 'cancelled', end_reason: 'adult_left' }])
    expect(await sql`select status from public.signups where pool_id = ${pool} and person_id = ${next.id}`).toEqual([{ status: 'offered' }])
    for (const parent of [mum, dad]) expect(await as(parent.account, one => one`select name from public.my_notices() where kind = 'child_left'`)).toEqual([{ name: '王小明' }])
  }))

  it('that lapses or is declined leaves a child in whose other parent is there', () => inFamily(async (family) => {
    const { sql, as, mum, dad } = family
    const { pool, mother } = await offered(family)
    await sql`update public.seat_pools set capacity = 5 where id = ${pool}`
    await sql`select private.offer_seats(${pool})`
    const [father] = await sign(family, dad, pool, [dad])
    expect(father).toMatchObject({ status: 'confirmed' })
    await as(mum.account, one => one`select public.answer_offer(${mother}, false)`)
    expect(await live(family, pool)).toEqual(expect.arrayContaining(['王小明', '王建国']))
  }))
})

it('more people than there are seats in all are told so', () => inFamily(async (family) => {
  const { mum, dad, child, school } = family
  const { pools: [pool] } = await opened(family, { seats: 2 })
  await expect(sign(family, school.tutor, pool!, [mum, dad, child], 'present')).rejects.toEqual(refused('party_too_large', '"capacity": 2'))
  await sign(family, mum, pool!, [mum])
  // Who is in already is not counted again.
  expect(await sign(family, school.tutor, pool!, [mum, dad, child], 'present')).toMatchObject([{ status: 'confirmed' }, { status: 'waiting' }, { status: 'waiting' }])
}))

it('what can be changed or waited for is told as it turns out, whatever the seats, the people and the rules', async () => {
  const who = fc.uniqueArray(fc.constantFrom('mum', 'dad', 'child'), { minLength: 1, maxLength: 3 })
  await fc.assert(fc.asyncProperty(fc.record({
    seats: fc.integer({ min: 1, max: 3 }), here: who, there: fc.option(who), others: fc.nat(2), apart: fc.boolean(), opens: fc.constantFrom('open', 'open', 'closed', 'approval', 'begun'),
  }), async ({ seats, here: first, there: second, others, apart, opens }) => inFamily(async (family) => {
    const { sql, as, school, mum } = family
    const { pools, activityId } = await opened(family, { seats, startsIn: [72, 96, 120] })
    const [here, there] = pools as [number, number]
    const join = async (pool: number, people: typeof first) => {
      for (const party of apart ? people.map(one => [one]) : [people]) await sign(family, mum, pool, party.map(one => family[one])).catch(() => undefined)
    }
    // The mother helps the father, so that she speaks for all three.
    await sql`insert into public.helpers (person_id, helper_id, relation, consent, consent_at) values (${family.dad.id}, ${mum.id}, 'spouse', 'own', now())`
    await join(here, first)
    for (let one = 0; one < others; one++) {
      const other = await makePerson(sql, school.places.willow)
      await sign(family, other, there, [other])
    }
    if (second) await join(there, second)
    if (opens === 'closed') await sql`update public.activities set closes_at = now() - interval '1 minute', opens_at = now() - interval '1 hour' where id = ${activityId}`
    if (opens === 'approval') await sql`update public.activities set admission = 'approval' where id = ${activityId}`
    if (opens === 'begun') await sql`update public.activity_sessions set starts_at = now() - interval '1 minute', ends_at = now() + interval '1 hour' where id = (select session_id from public.seat_pools where id = ${there})`
    const told = await as(mum.account, one => one`select signup_id, pool_id, outcome from public.my_moves()`)
    const seatsOf = await sql`select id, pool_id from public.signups where pool_id in ${sql(pools)} and ended_at is null and person_id in ${sql([mum.id, family.dad.id, family.child.id])}`
    for (const { id, pool_id: from } of seatsOf) {
      for (const to of pools.filter(pool => pool !== from)) {
        const attempt = async (query: (one: Transaction) => PromiseLike<unknown>) => {
          let worked = false
          await sql.savepoint(async () => {
            await as(mum.account, query)
            worked = true
            throw new Error('undone')
          }).catch(() => undefined)
          return worked
        }
        const outcome = await attempt(one => one`select public.swap_session(${id}, ${to})`) ? 'swap' : await attempt(one => one`select public.wait_for_session(${id}, ${to})`) ? 'wait' : undefined
        const standing = await sql`select status from public.signups where pool_id = ${to} and ended_at is null and person_id = (select person_id from public.signups where id = ${id})`
        // Whoever waits there already may tie that to the seat here: nothing new to be told.
        if (standing.length === 0) expect(told.find(one => one.signup_id === id && one.pool_id === to)?.outcome, `${id} ${from} → ${to}`).toBe(outcome)
      }
    }
  })), { numRuns: 25 })
}, 60_000)

it('several seats are given back in one go: what fits has them all, a child goes with its adult, and no others’ are touched', () => inFamily(async (family) => {
  const { sql, as, school, mum, dad, child } = family
  const { pools: [pool] } = await opened(family, { seats: 3 })
  const [mother, , kid] = await sign(family, mum, pool!, [mum, dad, child].slice(0, 1)).then(async () => {
    await sign(family, mum, pool!, [child])
    await sign(family, dad, pool!, [dad])
    return await sql`select id from public.signups where pool_id = ${pool!} order by person_id = ${mum.id} desc, person_id = ${dad.id} desc`
  })
  const [one, two] = [await makePerson(sql, school.places.willow), await makePerson(sql, school.places.willow)]
  await sign(family, school.tutor, pool!, [one, two], 'present')
  const give = (who: Person, ids: number[]) => as(who.account, query => query`select public.give_seats_back(${ids}::bigint[]) as gone`)
  await expect(give(one, [mother!.id as number])).rejects.toEqual(refused('signup_unknown'))
  await expect(give(mum, [])).rejects.toEqual(refused('people_invalid'))
  expect(await give(mum, [mother!.id as number, kid!.id as number])).toEqual([{ gone: 2 }])
  expect(await give(mum, [mother!.id as number, kid!.id as number])).toEqual([{ gone: 0 }])
  expect(await sql`select person_id from public.signups where pool_id = ${pool!} and status = 'offered' order by person_id`).toEqual([{ person_id: one.id }, { person_id: two.id }])
}))

it('a place by approval is not changed for another session unasked, but by whoever decides', () => inFamily(async (family) => {
  const { as, school, mum } = family
  const { pools: [here, there] } = await opened(family, { startsIn: [72, 96], fields: { admission: 'approval' } })
  const [asked] = await sign(family, mum, here!, [mum])
  await as(school.manager.account, one => one`select public.decide_signup(${asked!.signup_id as number}, true, null)`)
  await expect(swap(family, mum, asked!.signup_id, there!)).rejects.toEqual(refused('swap_by_school'))
  expect(await live(family, here!)).toEqual(['李桂花'])
  await swap(family, school.manager, asked!.signup_id, there!)
  expect(await live(family, there!)).toEqual(['李桂花'])
}))

it('the desk is told whom somebody looks after, of its own people alone; the page what cannot be given back alone', () => inFamily(async (family) => {
  const { sql, as, school, mum, dad, child } = family
  const { pools: [pool], activityId } = await opened(family)
  const elder = await makePerson(sql, school.places.willow, { name: '王秀英' })
  await sql`insert into public.helpers (helper_id, person_id, relation, consent, consent_at, asked_by) values (${mum.id}, ${elder.id}, 'child', 'present', now(), ${mum.account})`
  const companions = (who: Person) => as(who.account, one => one`select name, kind from public.companions_of(${activityId}, ${mum.id})`)
  expect(await companions(school.tutor)).toEqual([{ name: '王小明', kind: 'child' }, { name: '王秀英', kind: 'helped' }])
  await expect(companions(dad)).rejects.toEqual(refused('activity_unknown'))
  const together = async (who: Person) => (await as(who.account, one => one`select name, is_me, children from public.my_signups_with_children()`))
  const rows = await sign(family, school.tutor, pool!, [mum, child], 'present')
  expect(await together(mum)).toEqual([{ name: '李桂花', is_me: true, children: '王小明' }])
  expect(await together(dad)).toEqual([])
  await sign(family, dad, pool!, [dad])
  expect(await together(mum)).toEqual([])
  await cancel(family, mum, of(rows, mum))
  expect(await together(dad)).toEqual([{ name: '王建国', is_me: true, children: '王小明' }])
}))

it('a no to the last adult beside a child waits until the child is decided on', () => inFamily(async (family) => {
  const { as, school, mum, child } = family
  const { pools: [pool] } = await opened(family, { fields: { admission: 'approval' } })
  const asked = await sign(family, mum, pool!, [mum, child])
  const no = (who: Person) => as(school.manager.account, one => one`select public.decide_signup(${asked.find(row => row.person_id === who.id)!.signup_id as number}, false, '名额已满')`)
  await expect(no(mum)).rejects.toEqual(refused('child_left_alone'))
  await no(child)
  await no(mum)
  expect(await live(family, pool!)).toEqual([])
}))
