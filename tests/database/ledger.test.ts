// The credit ledger: what it refuses, and what holds after anything that may happen to it.
import { beforeAll, describe, expect, inject, it } from 'vitest'
import postgres from 'postgres'
import { sha256 } from '@noble/hashes/sha2.js'
import { type ChainedPosting, firstBrokenLink } from '../../shared/utils/credit-chain.ts'
import { makeNetwork, makePerson, type Network, type Person, pool, type Sql, type Transaction, withRollback } from '../fixtures/database.ts'
import { pristineDatabase } from '../fixtures/pristine.ts'

const DAY = '2026-05-12'

let events = 0
/** One attended event of a person, as another domain would record it. */
async function attend(sql: Sql, personId: number, { at = `${DAY}T09:00:00+08:00`, hours = 1 } = {}): Promise<{ id: number, key: string }> {
  const key = `event:${++events}:${personId}`
  const [fact] = await sql`
    insert into public.participations (key, person_id, kind, organised, role, residence_unit_id, groups, started_at, ended_at, hours, status, channel, entry_source)
    select ${key}, id, 'training', true, 'learner', residence_unit_id, '{resident}', ${at}, ${at}, ${hours}, 'attended', 'onsite', 'scan'
    from public.persons where id = ${personId} returning id`
  return { id: fact!.id, key }
}

async function award(sql: Sql, personId: number, minutes: number, at?: string, rule = 'lesson_completed') {
  const fact = await attend(sql, personId, { at, hours: minutes / 60 })
  const [posting] = await sql`select * from private.award_credit(${fact.key}, ${fact.id}, ${rule}, ${minutes})`
  return posting as { id: number, outcome: string, reason: string | null, minutes: number, milli_credits: number }
}

const balance = async (sql: Sql, personId: number) => Number((await sql`select private.available_credits(${personId}) as balance`)[0]!.balance)
const debt = async (sql: Sql, personId: number) => Number((await sql`select private.credit_debt(${personId}) as debt`)[0]!.debt)
const faults = (sql: Sql) => sql`select * from private.credit_faults()`

const withMei = (test: (sql: Transaction, mei: Person, places: Network) => Promise<unknown>) => withRollback(async (sql) => {
  const places = await makeNetwork(sql)
  await test(sql, await makePerson(sql, places.willow), places)
  expect(await faults(sql)).toEqual([])
})

describe('an award', () => {
  it('of the same key with another content is refused, and nothing is posted', () => withMei(async (sql, mei) => {
    const fact = await attend(sql, mei.id)
    await sql`select private.award_credit(${fact.key}, ${fact.id}, 'lesson_completed', 10)`
    await expect(sql.savepoint(inner => inner`select private.award_credit(${fact.key}, ${fact.id}, 'lesson_completed', 11)`))
      .rejects.toMatchObject({ code: 'PT409', message: 'key_reused' })
    expect(await balance(sql, mei.id)).toBe(200)
  }))

  it.each([-1, null])('of %s minutes is refused', minutes => withMei(async (sql, mei) => {
    const fact = await attend(sql, mei.id)
    await expect(sql.savepoint(inner => inner`select private.award_credit(${fact.key}, ${fact.id}, 'lesson_completed', ${minutes})`))
      .rejects.toMatchObject({ code: 'PT422', message: 'minutes_invalid' })
  }))

  it.each([-1, 10.5, -0.25, null])('that a lesson posts with %s minutes is refused, and nothing is posted', minutes => withMei(async (sql, mei) => {
    const fact = await attend(sql, mei.id)
    await expect(sql.savepoint(inner => inner`select private.post_credit(${fact.key}, ${fact.id}, 'lesson_completed', ${minutes}::numeric)`))
      .rejects.toMatchObject({ code: 'PT422', message: 'minutes_invalid' })
    expect(await sql`select id from public.credit_postings where person_id = ${mei.id}`).toEqual([])
  }))

  it('on a day without a rule in force is refused for ever, also when a rule comes later', () => withMei(async (sql, mei) => {
    await sql`update public.credit_rule_versions set in_force = daterange('2026-06-01', null) where rule_id = 'lesson_completed'`
    const fact = await attend(sql, mei.id)
    const ask = () => sql`select * from private.award_credit(${fact.key}, ${fact.id}, 'lesson_completed', 10)`
    expect((await ask())[0]).toMatchObject({ outcome: 'refused', reason: 'no_rule_in_force', milli_credits: 0 })
    await sql`update public.credit_rule_versions set in_force = daterange(null, null) where rule_id = 'lesson_completed'`
    expect((await ask())[0]).toMatchObject({ outcome: 'refused', milli_credits: 0 })
    expect(await balance(sql, mei.id)).toBe(0)
  }))

  it('goes by the version in force on the day of the event in China, not of the posting', () => withMei(async (sql, mei) => {
    await sql`update public.credit_rule_versions set in_force = daterange(null, ${DAY}::date) where rule_id = 'lesson_completed'`
    await sql`insert into public.credit_rule_versions (rule_id, in_force, basis, milli_credits, per_minutes) values ('lesson_completed', daterange(${DAY}, null), 'minutes', 50, 1)`
    // Half past eleven at night of the day before in China is the same day in London.
    expect((await award(sql, mei.id, 10, '2026-05-11T23:30:00+08:00')).milli_credits).toBe(200)
    expect((await award(sql, mei.id, 10, '2026-05-12T00:30:00+08:00')).milli_credits).toBe(500)
  }))

  it('two versions of a rule cannot be in force on one day', () => withMei(async (sql) => {
    await expect(sql.savepoint(inner => inner`
      insert into public.credit_rule_versions (rule_id, in_force, basis, milli_credits, per_minutes) values ('lesson_completed', daterange('2026-01-01', null), 'minutes', 30, 1)`))
      .rejects.toMatchObject({ code: '23P01' })
  }))

  it('of many short lessons loses nothing to rounding, in any order', () => withRollback(async (sql) => {
    const { willow } = await makeNetwork(sql)
    await sql`update public.credit_rule_versions set milli_credits = 1000, per_minutes = 45 where rule_id = 'lesson_completed'`
    const all = Array.from({ length: 30 }, (_, index) => 1 + index * 7 % 13)
    for (const order of [all, all.toReversed(), all.toSorted((a, b) => a - b)]) {
      const person = await makePerson(sql, willow)
      for (const minutes of order) await award(sql, person.id, minutes)
      expect(await balance(sql, person.id)).toBe(Math.floor(all.reduce((a, b) => a + b) * 1000 / 45))
    }
    expect(await faults(sql)).toEqual([])
  }))
})

describe('a cap', () => {
  const cap = (sql: Sql, period: string, amount: number, firstMonth = 1) =>
    sql`insert into public.credit_caps (rule_id, period, amount, first_month) values ('lesson_completed', ${period}, ${amount}, ${firstMonth})`

  it('clips what is above it and says so, then refuses', () => withMei(async (sql, mei) => {
    await cap(sql, 'day', 40)
    expect(await award(sql, mei.id, 60)).toMatchObject({ outcome: 'clipped', reason: 'cap_day', minutes: 40, milli_credits: 800 })
    expect(await award(sql, mei.id, 5)).toMatchObject({ outcome: 'refused', reason: 'cap_day', minutes: 0, milli_credits: 0 })
    expect(await award(sql, mei.id, 5, '2026-05-13T00:10:00+08:00')).toMatchObject({ outcome: 'posted', milli_credits: 100 })
  }))

  it('is freed by a reversal in the period it was used, and a refusal stays refused', () => withMei(async (sql, mei) => {
    await cap(sql, 'day', 40)
    const first = await award(sql, mei.id, 40)
    const fact = await attend(sql, mei.id)
    const ask = () => sql`select * from private.award_credit(${fact.key}, ${fact.id}, 'lesson_completed', 10)`
    expect((await ask())[0]).toMatchObject({ outcome: 'refused' })
    await sql`select private.reverse_credit(${first.id}, 'record_corrected')`
    expect((await ask())[0]).toMatchObject({ outcome: 'refused' })
    expect(await award(sql, mei.id, 30)).toMatchObject({ outcome: 'posted', minutes: 30 })
  }))

  const narrowed = (sql: Sql, period: string, amount: number, { category = null, each = false }: { category?: string | null, each?: boolean }) => sql`
    insert into public.credit_caps (rule_id, period, amount, first_month, category_id, per_institution) values ('lesson_completed', ${period}, ${amount}, 3, ${category}, ${each})`
  const awardAt = async (sql: Sql, personId: number, minutes: number, { at = `${DAY}T09:00:00+08:00`, category = null, host = null }: { at?: string, category?: string | null, host?: number | null } = {}) => {
    const key = `narrowed:${++events}:${personId}`
    const [fact] = await sql`
      insert into public.participations (key, person_id, kind, category_id, host_unit_id, organised, role, residence_unit_id, groups, started_at, ended_at, hours, status, channel, entry_source)
      select ${key}, id, 'training', ${category}, ${host}, true, 'learner', residence_unit_id, '{resident}', ${at}, ${at}, 1, 'attended', 'onsite', 'scan' from public.persons where id = ${personId} returning id`
    return (await sql`select * from private.award_credit(${key}, ${fact!.id}, 'lesson_completed', ${minutes})`)[0] as unknown as { id: number, outcome: string, reason: string | null, minutes: number, asked_minutes: number }
  }

  it('of a term is a new one in March and in September, by the day in China', () => withMei(async (sql, mei) => {
    await narrowed(sql, 'term', 40, {})
    expect(await awardAt(sql, mei.id, 60, { at: '2026-02-28T23:59:00+08:00' })).toMatchObject({ outcome: 'clipped', reason: 'cap_term', asked_minutes: 60, minutes: 40 })
    expect(await awardAt(sql, mei.id, 60, { at: '2026-03-01T00:00:00+08:00' })).toMatchObject({ minutes: 40 })
    expect(await awardAt(sql, mei.id, 60, { at: '2026-08-31T23:59:00+08:00' })).toMatchObject({ outcome: 'refused' })
    expect(await awardAt(sql, mei.id, 60, { at: '2026-08-31T16:00:00Z' })).toMatchObject({ minutes: 40 })
    expect(await awardAt(sql, mei.id, 60, { at: '2027-01-15T09:00:00+08:00' })).toMatchObject({ outcome: 'refused' })
  }))

  it('of a category counts that one alone', () => withMei(async (sql, mei) => {
    await narrowed(sql, 'year', 40, { category: 'health' })
    expect(await awardAt(sql, mei.id, 60, { category: 'health' })).toMatchObject({ outcome: 'clipped', reason: 'cap_category', minutes: 40 })
    for (const category of ['digital', null]) expect(await awardAt(sql, mei.id, 60, { category })).toMatchObject({ outcome: 'posted' })
  }))

  it('of each institution counts every one by itself; a reversal frees the place that it came from', () => withMei(async (sql, mei, { school, county }) => {
    await narrowed(sql, 'term', 40, { each: true })
    const first = await awardAt(sql, mei.id, 60, { host: school })
    expect(first).toMatchObject({ outcome: 'clipped', reason: 'cap_institution', minutes: 40 })
    expect(await awardAt(sql, mei.id, 30, { host: county })).toMatchObject({ outcome: 'posted' })
    expect(await awardAt(sql, mei.id, 30, { host: null })).toMatchObject({ outcome: 'posted' })
    await sql`select private.reverse_credit(${first.id}, 'record_corrected')`
    expect(await awardAt(sql, mei.id, 30, { host: county })).toMatchObject({ minutes: 10 })
    expect(await awardAt(sql, mei.id, 60, { host: school })).toMatchObject({ minutes: 40 })
  }))

  it('of which another counter was written than its live awards took is found', () => withMei(async (sql, mei, { school }) => {
    await narrowed(sql, 'term', 40, { each: true })
    await awardAt(sql, mei.id, 20, { host: school })
    await sql.savepoint(async (inner) => {
      await inner`update public.credit_cap_uses set host_unit_id = 0 where person_id = ${mei.id}`
      expect((await inner`select invariant from private.credit_faults()`).map(({ invariant }) => invariant)).toEqual(['cap_is_live_awards', 'cap_is_live_awards'])
      throw new Error('undone')
    }).catch((error: Error) => { if (error.message !== 'undone') throw error })
  }))

  it('of a learning year that begins in March is a new one on the first of March', () => withMei(async (sql, mei) => {
    await cap(sql, 'year', 10, 3)
    expect(await award(sql, mei.id, 30, '2026-02-28T23:59:00+08:00')).toMatchObject({ minutes: 10 })
    expect(await award(sql, mei.id, 30, '2026-03-01T00:00:00+08:00')).toMatchObject({ minutes: 10 })
    expect(await award(sql, mei.id, 30, '2026-12-31T23:59:00+08:00')).toMatchObject({ outcome: 'refused', reason: 'cap_year' })
  }))
})

describe('a reversal', () => {
  it('takes back the whole, once, and never fails for what is already used: that is owed and repaid first', () => withMei(async (sql, mei) => {
    const first = await award(sql, mei.id, 100)
    await sql`select private.apply_credit('award:senior', ${mei.id}, 1500)`
    for (let time = 0; time < 2; time++) await sql`select private.reverse_credit(${first.id}, 'record_corrected')`
    expect([await balance(sql, mei.id), await debt(sql, mei.id)]).toEqual([0, 1500])
    await award(sql, mei.id, 50)
    expect([await balance(sql, mei.id), await debt(sql, mei.id)]).toEqual([0, 500])
    await award(sql, mei.id, 50)
    expect([await balance(sql, mei.id), await debt(sql, mei.id)]).toEqual([500, 0])
  }))

  it('of a reversal is refused', () => withMei(async (sql, mei) => {
    const first = await award(sql, mei.id, 10)
    const [reversal] = await sql`select (private.reverse_credit(${first.id}, 'record_corrected')).id`
    await expect(sql.savepoint(inner => inner`select private.reverse_credit(${reversal!.id}, 'again')`)).rejects.toMatchObject({ message: 'not_reversible' })
  }))

  it('follows a correction of the record by itself, and what still counts earns anew', () => withMei(async (sql, mei) => {
    const fact = await attend(sql, mei.id, { hours: 1 })
    await sql`select private.post_credit(${fact.key}, ${fact.id}, 'lesson_completed', 60)`
    const correct = (key: string, corrects: number, status: string, hours: number) => sql`
      insert into public.participations (key, person_id, kind, organised, role, residence_unit_id, groups, started_at, ended_at, hours, status, channel, entry_source, corrects)
      select ${key}, person_id, kind, organised, role, residence_unit_id, groups, started_at, ended_at, ${hours}, ${status}, channel, 'paper', id
      from public.participations where id = ${corrects} returning id`
    const [half] = await correct(`${fact.key}:half`, fact.id, 'attended', 0.5)
    expect(await balance(sql, mei.id)).toBe(600)
    await correct(`${fact.key}:none`, half!.id, 'corrected', 0)
    expect(await balance(sql, mei.id)).toBe(0)
  }))

  it('a record of somebody who was no learner after all earns nothing, and earns anew once it is one again', () => withMei(async (sql, mei) => {
    const fact = await attend(sql, mei.id, { hours: 1 })
    await sql`select private.post_credit(${fact.key}, ${fact.id}, 'lesson_completed', 60)`
    const correct = (key: string, corrects: number, role: string) => sql`
      insert into public.participations (key, person_id, kind, organised, role, residence_unit_id, groups, started_at, ended_at, hours, status, channel, entry_source, corrects)
      select ${key}, person_id, kind, organised, ${role}, residence_unit_id, groups, started_at, ended_at, hours, status, channel, 'paper', id
      from public.participations where id = ${corrects} returning id`
    const before = await balance(sql, mei.id)
    expect(before).toBeGreaterThan(0)
    const [taught] = await correct(`${fact.key}:taught`, fact.id, 'lecturer')
    expect(await balance(sql, mei.id)).toBe(0)
    const [again] = await correct(`${fact.key}:again`, taught!.id, 'lecturer')
    expect(await balance(sql, mei.id)).toBe(0)
    await correct(`${fact.key}:learnt`, again!.id, 'learner')
    expect(await balance(sql, mei.id)).toBe(before)
  }))
})

describe('using credits', () => {
  it('more than there are is refused', () => withMei(async (sql, mei) => {
    await award(sql, mei.id, 10)
    await expect(sql.savepoint(inner => inner`select private.apply_credit('award:x', ${mei.id}, 201)`)).rejects.toMatchObject({ code: 'PT409', message: 'credits_too_few' })
    await expect(sql.savepoint(inner => inner`select private.apply_credit('award:x', ${mei.id}, 0)`)).rejects.toMatchObject({ message: 'amount_invalid' })
  }))

  it('twice by the same key happens once, and can be taken back once', () => withMei(async (sql, mei) => {
    await award(sql, mei.id, 10)
    const ids = []
    for (let time = 0; time < 2; time++) ids.push((await sql`select (private.apply_credit('award:x', ${mei.id}, 150)).id`)[0]!.id)
    expect(ids[0]).toBe(ids[1])
    expect(await balance(sql, mei.id)).toBe(50)
    for (let time = 0; time < 2; time++) await sql`select private.withdraw_credit(${ids[0]}, 'not_needed')`
    expect(await balance(sql, mei.id)).toBe(200)
  }))
})

describe('two rows of one person', () => {
  it('have one balance when merged, and each its own again when that is undone, with what came in between', () => withMei(async (sql, mei, places) => {
    const double = await makePerson(sql, places.willow)
    await award(sql, mei.id, 10)
    const early = await award(sql, double.id, 20)
    await award(sql, double.id, 5)
    await sql`update public.persons set merged_into = ${mei.id}, counts_as = ${mei.id} where id = ${double.id}`
    expect([await balance(sql, mei.id), await balance(sql, double.id)]).toEqual([700, 0])
    await award(sql, double.id, 3)
    await sql`select private.reverse_credit(${early.id}, 'record_corrected')`
    expect([await balance(sql, mei.id), await balance(sql, double.id)]).toEqual([360, 0])
    await sql`update public.persons set merged_into = null, counts_as = null where id = ${double.id}`
    expect([await balance(sql, mei.id), await balance(sql, double.id)]).toEqual([200, 160])
  }))

  const mergeInto = (sql: Sql, row: number, into: number | null) => sql`update public.persons set merged_into = ${into}, counts_as = ${into} where id = ${row}`
  it('when parted, leave what a row had used before the merge with that row, and what was given back since goes along', () => withMei(async (sql, mei, places) => {
    const double = await makePerson(sql, places.willow)
    await award(sql, mei.id, 100)
    const early = await award(sql, double.id, 50)
    const [used] = await sql`select (private.apply_credit('award:senior', ${double.id}, 600)).id`
    const net = async () => [await balance(sql, mei.id), await balance(sql, double.id), Number((await sql`select private.credit_debt(${mei.id}) as debt`)[0]!.debt), Number((await sql`select private.credit_debt(${double.id}) as debt`)[0]!.debt)]
    await mergeInto(sql, double.id, mei.id)
    expect(await net()).toEqual([2400, 0, 0, 0])
    await mergeInto(sql, double.id, null)
    expect(await net()).toEqual([2000, 400, 0, 0])
    // What is taken back of the row while they are one is the row's debt when they are parted, and nobody else's.
    await mergeInto(sql, double.id, mei.id)
    await sql`select private.reverse_credit(${early.id}, 'record_corrected')`
    expect(await net()).toEqual([1400, 0, 0, 0])
    await mergeInto(sql, double.id, null)
    expect(await net()).toEqual([2000, 0, 0, 600])
    await mergeInto(sql, double.id, mei.id)
    expect(await net()).toEqual([1400, 0, 0, 0])
    await sql`select private.withdraw_credit(${used!.id}, 'not_needed')`
    await mergeInto(sql, double.id, null)
    expect(await net()).toEqual([2000, 0, 0, 0])
  }))

  it('of which one was merged before go along together, and back', () => withMei(async (sql, mei, places) => {
    const [double, third] = [await makePerson(sql, places.willow), await makePerson(sql, places.willow)]
    for (const [id, minutes] of [[mei.id, 10], [double.id, 20], [third.id, 30]] as const) await award(sql, id, minutes)
    const all = () => Promise.all([mei, double, third].map(({ id }) => balance(sql, id)))
    await mergeInto(sql, third.id, double.id)
    expect(await all()).toEqual([200, 1000, 0])
    await mergeInto(sql, double.id, mei.id)
    await sql`update public.persons set counts_as = ${mei.id} where id = ${third.id}`
    expect(await all()).toEqual([1200, 0, 0])
    await mergeInto(sql, double.id, null)
    await sql`update public.persons set counts_as = ${double.id} where id = ${third.id}`
    expect(await all()).toEqual([200, 1000, 0])
    await mergeInto(sql, third.id, null)
    expect(await all()).toEqual([200, 400, 600])
  }))
})

it('a learner can recompute the own chain from what the database says of it, through reversals, applications and merges', () => withRollback(async (sql, as) => {
  const { willow } = await makeNetwork(sql)
  const [mei, double] = [await makePerson(sql, willow), await makePerson(sql, willow)]
  const first = await award(sql, mei.id, 33)
  await award(sql, double.id, 20)
  const [applied] = await sql`select (private.apply_credit('award:senior', ${mei.id}, 300)).id`
  await sql`update public.persons set merged_into = ${mei.id}, counts_as = ${mei.id} where id = ${double.id}`
  await sql`select private.reverse_credit(${first.id}, 'record_corrected')`
  await sql`select private.withdraw_credit(${applied!.id}, 'not_needed')`
  await sql`update public.persons set merged_into = null, counts_as = null where id = ${double.id}`
  const chain = async () => (await as(mei.account, one => one`select * from public.my_credit_chain()`)).map((row): ChainedPosting => ({
    account: row.account, seq: row.seq, request: row.request, outcome: row.outcome, minutes: row.minutes, milliCredits: row.milli_credits,
    balanceAfterMilliCredits: row.balance_after_milli_credits, link: row.link }))
  const whole = await chain()
  expect(whole).toHaveLength(6)
  expect(await firstBrokenLink(whole, sha256)).toBeNull()
  // Behind the triggers' back the event is said to have begun an hour later: the first link no longer fits.
  await sql`alter table public.participations disable trigger participations_append_only`
  await sql`update public.participations set started_at = started_at + interval '1 hour', ended_at = ended_at + interval '1 hour' where person_id = ${mei.id}`
  expect(await firstBrokenLink(await chain(), sha256)).toBe(1)
  for (const field of ['minutes', 'milliCredits', 'balanceAfterMilliCredits'] as const)
    expect(await firstBrokenLink(whole.map((posting, index) => index === 3 ? { ...posting, [field]: posting[field] + 1 } : posting), sha256)).toBe(4)
  expect(await firstBrokenLink(whole.filter((_, index) => index !== 2), sha256)).toBe(4)
}))

it.each(['update public.credit_postings set milli_credits = 9', 'delete from public.credit_legs', 'truncate public.credit_legs', 'update public.credit_legs set amount = 9'])(
  'nothing that was posted is ever changed: %s', statement => withMei(async (sql, mei) => {
    await award(sql, mei.id, 10)
    await expect(sql.savepoint(inner => inner.unsafe(statement))).rejects.toMatchObject({ code: 'PT409', message: 'append_only' })
  }))

it('an amount altered behind the triggers\' back breaks the chain, and is found', () => withRollback(async (sql) => {
  const mei = await makePerson(sql, (await makeNetwork(sql)).willow)
  await award(sql, mei.id, 10)
  const second = await award(sql, mei.id, 20)
  await sql`alter table public.credit_postings disable trigger credit_postings_append_only`
  await sql`update public.credit_postings set milli_credits = 500 where id = ${second.id}`
  expect((await faults(sql)).map(({ invariant }) => invariant).sort()).toEqual(['chain_is_whole', 'posting_is_legs', 'totals_are_live_awards'])
}))

describe('what a posting says, altered behind the triggers\' back with its hash left as it was', () => {
  it.each([
    ['an award by another rule', `update public.credit_postings set rule_id = 'staff_correction' where kind = 'award'`],
    ['more minutes asked', `update public.credit_postings set asked_minutes = 11 where kind = 'award'`],
    ['another day of an award', `update public.credit_postings set occurred_at = occurred_at + interval '1 day' where kind = 'award'`],
    ['another day of its record', `update public.participations set started_at = started_at + interval '1 minute', ended_at = ended_at + interval '1 minute'`],
    ['its record given to another', `update public.participations set key = key || '!'`],
    ['another ground of a decision', `update public.credit_postings set ground = ground || '{"reason": "other"}' where kind = 'grant'`],
    ['more asked by a decision', `update public.credit_postings set asked_milli_credits = asked_milli_credits + 1 where kind = 'grant'`],
    ['another reason of a reversal', `update public.credit_postings set reason = 'posted_wrongly' where kind = 'reversal'`],
    ['another application', `update public.credit_postings set key = key || '!' where kind = 'application'`],
  ])('%s: the nightly check makes the hash anew and finds it', (_, change) => withRollback(async (sql) => {
    const { city, willow } = await makeNetwork(sql)
    const mei = await makePerson(sql, willow)
    const contents = async () => (await sql`select invariant, subject from private.credit_faults_of_contents() where subject in (
      select id::text from public.credit_postings where person_id = ${mei.id})`).map(({ invariant }) => invariant)
    const first = await award(sql, mei.id, 10)
    await award(sql, mei.id, 30, '2026-05-14T09:00:00+08:00')
    await sql`select private.grant_credit('contents|grant', ${mei.id}, 'staff_correction', 500, 0, ${city}, 'forgotten', '{}', now())`
    await sql`select private.apply_credit('contents|application', ${mei.id}, 100)`
    await sql`select private.reverse_credit(${first.id}, 'record_corrected')`
    expect(await contents()).toEqual([])
    await sql`set local session_replication_role = replica`
    await sql.unsafe(`${change} ${change.includes('where') ? 'and' : 'where'} person_id = ${mei.id}`)
    expect(new Set(await contents())).toEqual(new Set(['request_is_content']))
  }))
})

// ── writers at once ─────────────────────────────────────────────────────────────────────────────────────────────────

describe('sixteen writers at once', () => {
  let sql: postgres.Sql
  let people: Person[]
  beforeAll(async () => {
    sql = await pristineDatabase('ledger_writers')
    const { willow } = await makeNetwork(sql as unknown as Sql)
    people = []
    for (let count = 0; count < 8; count++) people.push(await makePerson(sql as unknown as Sql, willow))
    await sql`insert into public.credit_caps (rule_id, period, amount) values ('lesson_completed', 'day', 500)`
  })

  it('each event sent three times by them all, shuffled, while connections are killed: every event once, every balance and cap exact', async () => {
    const db = sql as unknown as Sql
    const facts: { id: number, key: string, who: number, minutes: number }[] = []
    for (let index = 0; index < 120; index++) {
      const who = index % people.length
      facts.push({ ...await attend(db, people[who]!.id), who, minutes: 5 + index % 20 })
    }
    const sends = [...facts, ...facts, ...facts].map((fact, index) => ({ fact, order: (index * 7919) % 360 })).sort((a, b) => a.order - b.order).map(({ fact }) => fact)
    // A connection of its own for each send: one that was killed is simply gone, as it is for a client that tries again.
    const url = new URL(inject('databaseUrl'))
    url.pathname = 'ledger_writers'
    const send = async (fact: typeof facts[number]) => {
      const connection = postgres(url.href, { max: 1, fetch_types: false, onnotice: () => undefined })
      try { await connection`select private.award_credit(${fact.key}, ${fact.id}, 'lesson_completed', ${fact.minutes})` }
      finally { await connection.end({ timeout: 1 }) }
    }
    let [kills, failures] = [0, 0]
    // Not for ever: on a slow machine every send would be killed before it is through.
    const killer = setInterval(() => void (kills < 60 && pool`
      select pg_terminate_backend(pid) from pg_stat_activity where datname = 'ledger_writers' and state = 'active' and query like '%award_credit%' limit 1`.then(({ count }) => { kills += count })), 40)
    try {
      await Promise.all(Array.from({ length: 16 }, async (_, writer) => {
        for (let index = writer; index < sends.length; index += 16) {
          while (!await send(sends[index]!).then(() => true, () => false)) failures++
        }
      }))
    }
    finally { clearInterval(killer) }
    expect(Math.min(kills, failures)).toBeGreaterThan(0)
    const [counted] = await sql`select count(*)::integer as postings, count(distinct key)::integer as keys from public.credit_postings`
    expect(counted).toEqual({ postings: facts.length, keys: facts.length })
    for (const [who, person] of people.entries()) {
      const asked = facts.filter(fact => fact.who === who).reduce((sum, { minutes }) => sum + minutes, 0)
      expect(await balance(db, person.id)).toBe(Math.min(500, asked) * 20)
    }
    expect(await faults(db)).toEqual([])
  }, 60_000)

  it('two reversals at once are one', async () => {
    const posting = await award(sql as unknown as Sql, people[0]!.id, 30, '2026-06-01T09:00:00+08:00')
    const before = await balance(sql as unknown as Sql, people[0]!.id)
    await Promise.all(Array.from({ length: 8 }, () => sql`select private.reverse_credit(${posting.id}, 'record_corrected')`))
    expect(await balance(sql as unknown as Sql, people[0]!.id)).toBe(before - posting.milli_credits)
    expect(await faults(sql as unknown as Sql)).toEqual([])
  })
})
