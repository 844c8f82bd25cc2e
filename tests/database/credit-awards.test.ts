// Credits applied to an award: used once, back when refused, withdrawn or taken back; two persons; races with reversals.
import { sha256 } from '@noble/hashes/sha2.js'
import { describe, expect, it } from 'vitest'
import { type ChainedPosting, chainsOf, firstBrokenLink } from '../../shared/utils/credit-chain.ts'
import { type As, committedAs, makeNetwork, makePerson, makeStaff, type Network, type Person, pool, type Sql, type Transaction, withRollback } from '../fixtures/database.ts'

interface Place { sql: Transaction, as: As, places: Network, head: Person, clerk: Person, mei: Person, award: number }
interface Award { zh?: string, milli?: number, minima?: object[], from?: string | null, unit?: number }

const add = (sql: Sql, unit: number, { zh = '社区学习之星', milli = 1000, minima = [], from = null }: Award = {}) =>
  sql`select public.add_credit_award(${unit}, ${zh}, 'Star', ${milli}, coalesce(${from}::date, private.china_date(now())), ${sql.json(minima as never)}) as id`
const inPlace = (test: (place: Place) => Promise<unknown>, award: Award = {}) => withRollback(async (sql, as) => {
  const places = await makeNetwork(sql)
  const [head, clerk] = [await makeStaff(sql, places.township, places.orchard, 'head'), await makeStaff(sql, places.township, places.orchard, 'tutor')]
  await sql`update public.credit_rule_versions set milli_credits = 20, per_minutes = 1, in_force = daterange(null, null) where rule_id = 'lesson_completed'`
  const mei = await makePerson(sql, places.willow)
  await test({ sql, as, places, head, clerk, mei, award: (await as(head.account, one => add(one, award.unit ?? places.township, award)))[0]!.id as number })
  expect(await sql`select * from private.credit_faults()`).toEqual([])
})
let events = 0
async function earn(sql: Sql, personId: number, minutes: number, category = 'digital'): Promise<number> {
  const key = `award:${process.pid}:${++events}:${personId}`
  const [fact] = await sql`
    insert into public.participations (key, person_id, kind, category_id, organised, role, residence_unit_id, groups, started_at, ended_at, hours, status, channel, entry_source)
    select ${key}, id, 'training', ${category}, true, 'learner', residence_unit_id, '{resident}', '2026-03-05T09:00:00+08:00', '2026-03-05T09:00:00+08:00', 1, 'attended', 'onsite', 'scan'
    from public.persons where id = ${personId} returning id`
  return (await sql`select (private.award_credit(${key}, ${fact!.id}, 'lesson_completed', ${minutes})).id`)[0]!.id
}
const apply = async ({ as, award }: Pick<Place, 'as' | 'award'>, who: string) => (await as(who, sql => sql`select public.apply_for_award(${award}) as id`))[0]!.id as number
const decide = ({ as }: Pick<Place, 'as'>, who: string, id: number, decision: string | null, reason = '') => as(who, sql => sql`select public.decide_application(${id}, ${decision}, ${reason})`)
const held = async (sql: Sql, personId: number) => (await sql`select coalesce(sum(state.balance) filter (where account.role = 'available'), 0)::integer as available, coalesce(sum(state.balance) filter (where account.role = 'applied'), 0)::integer as applied
  from public.credit_accounts account join public.credit_account_states state on state.account_id = account.id where account.person_id in (select private.rows_of_person(${personId}))`)[0]

describe('an application', () => {
  it('uses credits once; again it is the same one; approved, there is a certificate', () => inPlace(async (place) => {
    const { sql, mei, head } = place
    await earn(sql, mei.id, 60)
    const id = await apply(place, mei.account)
    expect(await apply(place, mei.account)).toBe(id)
    expect(await held(sql, mei.id)).toEqual({ available: 200, applied: 1000 })
    await decide(place, head.account, id, 'approve')
    expect(await sql`select snapshot ->> 'title' as title, revoked_at from public.credentials where kind = 'award' and person_id = ${mei.id}`).toEqual([{ title: '社区学习之星', revoked_at: null }])
    await expect(decide(place, head.account, id, 'refuse', '再想想')).rejects.toMatchObject({ code: 'PT409', message: 'application_decided' })
  }))

  it('is refused with too few credits, too few of a subject, elsewhere, and out of its days', () => inPlace(async (place) => {
    const { sql, as, mei, places, head } = place
    await earn(sql, mei.id, 60, 'parenting')
    await expect(apply(place, mei.account)).rejects.toMatchObject({ code: 'PT409', message: 'subject_too_few', detail: expect.stringContaining('"missing": 400') })
    await earn(sql, mei.id, 20)
    const id = await apply(place, mei.account)
    // The subject's credits are used by it: a second award of the same subject needs its own.
    const [second] = await as(head.account, one => add(one, places.township, { milli: 500, minima: [{ category: 'digital', milliCredits: 100 }] }))
    await expect(apply({ as, award: second!.id }, mei.account)).rejects.toMatchObject({ message: 'subject_too_few' })
    const poor = await makePerson(sql, places.willow)
    await expect(apply(place, poor.account)).rejects.toMatchObject({ message: 'credits_too_few' })
    const far = await makePerson(sql, places.harbour)
    await expect(apply(place, far.account)).rejects.toMatchObject({ message: 'award_elsewhere' })
    await as(head.account, one => one`select public.end_credit_award(${place.award})`)
    await sql`update public.credit_awards set in_force = daterange(lower(in_force) - 9, private.china_date(now())) where id = ${place.award}`
    await as(mei.account, one => one`select public.withdraw_application(${id})`)
    await expect(apply(place, mei.account)).rejects.toMatchObject({ code: 'PT404', message: 'award_unknown' })
    await expect(as('anon', one => one`select public.apply_for_award(${place.award})`)).rejects.toMatchObject({ code: '42501' })
  }, { minima: [{ category: 'digital', milliCredits: 400 }] }))

  it.each<[string, (place: Place, id: number) => Promise<unknown>, string]>([
    ['withdrawn', ({ as, mei }, id) => as(mei.account, one => one`select public.withdraw_application(${id})`), 'application_withdrawn'],
    ['refused', (place, id) => decide(place, place.head.account, id, 'refuse', '还差一次实践'), 'application_refused'],
    ['taken_back', async (place, id) => {
      await decide(place, place.head.account, id, 'approve')
      await decide(place, place.head.account, id, 'take_back', '材料不实')
    }, 'award_taken_back'],
  ])('that is %s gives the credits back, once, and can be made anew; the chain stays whole', (state, end, reason) => inPlace(async (place) => {
    const { sql, as, mei } = place
    await earn(sql, mei.id, 60)
    const id = await apply(place, mei.account)
    await end(place, id)
    expect(await held(sql, mei.id)).toEqual({ available: 1200, applied: 0 })
    expect(await sql`select state from public.credit_applications where id = ${id}`).toEqual([{ state }])
    expect(await as(mei.account, one => one`select reason from public.credit_postings where kind = 'withdrawal'`)).toEqual([{ reason }])
    expect(await sql`select from public.credentials where kind = 'award' and person_id = ${mei.id} and revoked_at is null`).toHaveLength(0)
    expect(await apply(place, mei.account)).not.toBe(id)
    const chain = await as(mei.account, one => one<ChainedPosting[]>`select seq, request, outcome, minutes, milli_credits as "milliCredits",
      balance_after_milli_credits as "balanceAfterMilliCredits", link from public.my_credit_chain()`)
    expect(await firstBrokenLink(chain, sha256)).toBeNull()
  }))

  it('is decided by another person, who approves there, with a reason for no', () => inPlace(async (place) => {
    const { sql, as, head, clerk, mei, places } = place
    await earn(sql, mei.id, 60)
    const id = (await as(head.account, one => one`select public.apply_award_for(${place.award}, ${mei.id}) as id`))[0]!.id as number
    await expect(decide(place, head.account, id, 'approve')).rejects.toMatchObject({ message: 'second_person_needed' })
    const elsewhere = await makeStaff(sql, places.otherTownship, places.harbour, 'head')
    for (const who of [clerk, mei, elsewhere]) await expect(decide(place, who.account, id, 'approve')).rejects.toMatchObject({ code: who === clerk ? 'PT403' : 'PT404' })
    const second = await makeStaff(sql, places.county, places.orchard, 'head')
    await expect(decide(place, second.account, id, 'refuse', '')).rejects.toMatchObject({ code: 'PT422', message: 'refusal_reason_missing' })
    await expect(decide(place, second.account, id, 'perhaps')).rejects.toMatchObject({ message: 'decision_missing' })
    await expect(decide(place, second.account, id, 'take_back', '材料不实')).rejects.toMatchObject({ message: 'application_decided' })
    for (const who of [clerk, second]) await expect(as(who.account, one => one`select public.withdraw_application(${id})`)).rejects.toMatchObject({ code: 'PT404' })
    await expect(as(elsewhere.account, one => one`select public.apply_award_for(${place.award}, ${mei.id})`)).rejects.toMatchObject({ code: 'PT404', message: 'person_unknown' })
    const own = await makeStaff(sql, places.township, places.willow, 'head')
    await earn(sql, own.id, 60)
    await expect(decide(place, own.account, await apply(place, own.account), 'approve')).rejects.toMatchObject({ message: 'own_account' })
  }))

  it('of a person that is merged since comes back to the one that is kept', () => inPlace(async (place) => {
    const { sql, as, mei, head, places } = place
    await earn(sql, mei.id, 60)
    const id = await apply(place, mei.account)
    const kept = await makePerson(sql, places.willow)
    await sql`update public.persons set merged_into = ${kept.id}, counts_as = ${kept.id} where id = ${mei.id}`
    await decide(place, head.account, id, 'refuse', '两份档案')
    expect(await held(sql, kept.id)).toEqual({ available: 1200, applied: 0 })
    expect(Number((await sql`select private.available_credits(${mei.id}) as left`)[0]!.left)).toBe(0)
    const chains = chainsOf(await as(kept.account, one => one<ChainedPosting[]>`select account, seq, request, outcome, minutes, milli_credits as "milliCredits",
      balance_after_milli_credits as "balanceAfterMilliCredits", link from public.my_credit_chain()`))
    expect(chains.map(({ account }) => account).toSorted((a, b) => a - b)).toEqual([mei.id, kept.id])
    for (const { postings } of chains) expect(await firstBrokenLink(postings, sha256)).toBeNull()
    // Whose row it was is told, by the row that is kept.
    expect(await as(kept.account, one => one`select kind, title, details from public.my_notices()`)).toMatchObject([{ kind: 'award_refused', details: { reason: '两份档案' } }])
  }))

  it('given back to somebody who owes repays that first', () => inPlace(async (place) => {
    const { sql, as, mei } = place
    const posting = await earn(sql, mei.id, 60)
    const id = await apply(place, mei.account)
    await sql`select private.reverse_credit(${posting}, 'record_corrected')`
    await as(mei.account, one => one`select public.withdraw_application(${id})`)
    expect([await held(sql, mei.id), Number((await sql`select private.credit_debt(${mei.id}) as debt`)[0]!.debt)]).toEqual([{ available: 0, applied: 0 }, 0])
  }))

  it('is seen by its learner and the staff there, by nobody else', () => inPlace(async (place) => {
    const { sql, as, mei, clerk, places } = place
    await earn(sql, mei.id, 60)
    await apply(place, mei.account)
    const [other, elsewhere] = [await makePerson(sql, places.willow), await makeStaff(sql, places.otherTownship, places.harbour, 'head')]
    const seen = (who: Person) => as(who.account, one => one`select from public.credit_applications`)
    expect([(await seen(mei)).length, (await seen(clerk)).length, (await seen(other)).length, (await seen(elsewhere)).length]).toEqual([1, 1, 0, 0])
    expect(await as(mei.account, one => one`select award_id, state from public.my_awards()`)).toEqual([{ award_id: place.award, state: 'asked' }])
    await expect(as(other.account, one => one`select * from public.applications_below(${places.township}, 'asked')`)).rejects.toMatchObject({ code: 'PT403' })
  }))
})

describe('the page of awards', () => {
  it('offers nothing that is ended or elsewhere, and shows the application that counts, also of two rows', () => inPlace(async (place) => {
    const { sql, as, mei, head, clerk, places, award } = place
    const mine = async () => as(mei.account, one => one`select is_open, state from public.my_awards() where award_id = ${award}`)
    await earn(sql, mei.id, 120)
    expect(await mine()).toEqual([{ is_open: true, state: null }])
    const double = await makePerson(sql, places.willow)
    await earn(sql, double.id, 120)
    const first = await apply(place, mei.account)
    await apply(place, double.account)
    await sql`update public.persons set merged_into = ${mei.id}, counts_as = ${mei.id} where id = ${double.id}`
    await as(mei.account, one => one`select public.withdraw_application(application_id) from public.my_awards() where award_id = ${award}`)
    expect(await as(mei.account, one => one`select application_id, state from public.my_awards() where award_id = ${award}`)).toEqual([{ application_id: first, state: 'asked' }])
    await as(mei.account, one => one`select public.withdraw_application(${first})`)
    await as(head.account, one => one`select public.end_credit_award(${award})`)
    await sql`update public.credit_awards set in_force = daterange(lower(in_force) - 9, private.china_date(now())) where id = ${award}`
    expect(await mine()).toEqual([{ is_open: false, state: 'withdrawn' }])
    expect(await as(clerk.account, one => one`select distinct may_decide from public.applications_below(${places.township}, 'withdrawn')`)).toEqual([{ may_decide: false }])
    expect(await as(head.account, one => one`select distinct may_decide from public.applications_below(${places.township}, 'withdrawn')`)).toEqual([{ may_decide: true }])
  }))
})

describe('an award', () => {
  it.each<[string, Award]>([
    ['name_missing', { zh: ' ' }], ['amount_invalid', { milli: 0 }], ['amount_invalid', { milli: -5 }], ['amount_invalid', { milli: 1.5 }], ['from_day_past', { from: '2020-01-01' }],
    ['minimum_invalid', { minima: [{ category: 'nothing', milliCredits: 5 }] }], ['minimum_invalid', { minima: [{ category: 'digital', milliCredits: 2000 }] }],
  ])('is refused as %s: %j', (code, award) => inPlace(async ({ as, head, places }) => {
    await expect(as(head.account, one => add(one, places.township, award))).rejects.toMatchObject({ code: 'PT422', message: code })
  }))

  it('is added and ended by whoever approves there', () => inPlace(async ({ sql, as, head, clerk, mei, places, award }) => {
    const elsewhere = await makeStaff(sql, places.otherTownship, places.harbour, 'head')
    for (const who of [clerk, mei, elsewhere]) {
      await expect(as(who.account, one => add(one, places.township))).rejects.toMatchObject({ code: 'PT403' })
      await expect(as(who.account, one => one`select public.end_credit_award(${award})`)).rejects.toMatchObject({ code: 'PT403' })
    }
    for (let time = 0; time < 2; time++) await as(head.account, one => one`select public.end_credit_award(${award})`)
    const [later] = await as(head.account, one => add(one, places.township, { from: '2098-01-01' }))
    await as(head.account, one => one`select public.end_credit_award(${later!.id})`)
    expect(await sql`select from public.credit_awards where id = ${later!.id}`).toHaveLength(0)
  }))
})

describe('at once', () => {
  it('two applications for all of one’s credits: one is made; two who decide: one decides; a reversal beside it leaves no fault', async () => {
    const places = await makeNetwork(pool)
    const heads = [await makeStaff(pool, places.township, places.orchard, 'head'), await makeStaff(pool, places.county, places.orchard, 'manager')]
    const mei = await makePerson(pool, places.willow)
    const postings = [await earn(pool, mei.id, 60), await earn(pool, mei.id, 60)]
    const [worth] = await pool`select private.available_credits(${mei.id}) as milli`
    const awards = await Promise.all([1, 2].map(async () => (await committedAs(heads[0]!.account, sql => add(sql, places.township, { milli: Number(worth!.milli) })))[0]!.id as number))
    const ends = await Promise.allSettled(awards.map(award => apply({ as: committedAs, award }, mei.account)))
    expect(ends.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
    const made = ends.find(end => end.status === 'fulfilled')!.value
    const decisions = await Promise.allSettled(heads.map(({ account }, index) => decide({ as: committedAs }, account, made, index ? 'refuse' : 'approve', '说明理由')))
    expect(decisions.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
    expect(decisions.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { message: 'application_decided' } })
    await Promise.allSettled([
      pool`select private.reverse_credit(${postings[0]!}, 'record_corrected')`,
      ...awards.map(award => apply({ as: committedAs, award }, mei.account)),
      committedAs(mei.account, sql => sql`select public.withdraw_application(${made})`),
    ])
    expect(await pool`select * from private.credit_faults()`).toEqual([])
  })
})
