// Credits that people decide: what is refused, clipped, taken back and merged, and that the chain recomputes.
import { sha256 } from '@noble/hashes/sha2.js'
import { afterAll, describe, expect, it } from 'vitest'
import { type ChainedPosting, firstBrokenLink } from '../../shared/utils/credit-chain.ts'
import { type As, makeNetwork, makePerson, type Network, type Person, pool, type Sql, type Transaction, withRollback } from '../fixtures/database.ts'

interface Granted { id: number, outcome: string, reason: string | null, minutes: number, milli_credits: number }
interface Ask { key?: string, rule?: string, milli?: number | null, minutes?: number | null, reason?: string | null, ground?: Record<string, number> | null, at?: string }

let keys = 0
const grant = async (sql: Sql, personId: number, unit: number, ask: Ask = {}): Promise<Granted> => {
  const { key = `grant|${++keys}|${process.pid}`, rule = 'external_result', milli = 3000, minutes = 0, reason = 'seen by two', ground = { recognition: 12 }, at = '2026-05-12T09:00:00+08:00' } = ask
  const [posting] = await sql<Granted[]>`select (private.grant_credit(${key}, ${personId}, ${rule}, ${milli}, ${minutes}, ${unit}, ${reason}, ${ground && sql.json(ground)}, ${at})).*`
  return posting!
}
const balance = async (sql: Sql, personId: number) => Number((await sql`select private.available_credits(${personId}) as balance`)[0]!.balance)

const withMei = (test: (sql: Transaction, mei: Person, places: Network, as: As) => Promise<unknown>) => withRollback(async (sql, as) => {
  const places = await makeNetwork(sql)
  await test(sql, await makePerson(sql, places.willow), places, as)
  expect(await sql`select * from private.credit_faults()`).toEqual([])
})

describe('a grant', () => {
  it('posts once what was decided, with its ground and reason', () => withMei(async (sql, mei, { city }) => {
    const first = await grant(sql, mei.id, city, { key: 'decision|12', minutes: 90 })
    expect(await grant(sql, mei.id, city, { key: 'decision|12', minutes: 90 })).toMatchObject({ id: first.id })
    expect(first).toMatchObject({ outcome: 'posted', milli_credits: 3000, minutes: 90, ground: { recognition: 12, reason: 'seen by two' } })
    expect(await balance(sql, mei.id)).toBe(3000)
  }))

  it.each<Ask>([{ milli: 3001 }, { reason: 'another' }, { ground: { recognition: 13 } }, { at: '2026-05-13T09:00:00+08:00' }])(
    'of the same key with another content is refused: %o', change => withMei(async (sql, mei, { city }) => {
      await grant(sql, mei.id, city, { key: 'decision|12' })
      await expect(sql.savepoint(inner => grant(inner, mei.id, city, { key: 'decision|12', ...change })))
        .rejects.toMatchObject({ code: 'PT409', message: 'key_reused' })
      expect(await balance(sql, mei.id)).toBe(3000)
    }))

  it.each<[string, Ask]>([
    ['amount_invalid', { milli: -1 }], ['amount_invalid', { milli: 0 }], ['amount_invalid', { milli: null }], ['amount_invalid', { minutes: -1 }],
    ['reason_missing', { reason: null, ground: null }], ['rule_not_by_decision', { rule: 'lesson_completed' }],
  ])('is refused with %s for %o', (code, ask) => withMei(async (sql, mei, { city }) => {
    await expect(sql.savepoint(inner => grant(inner, mei.id, city, ask))).rejects.toMatchObject({ code: 'PT422', message: code })
    expect(await sql`select from public.credit_postings where person_id = ${mei.id}`).toHaveLength(0)
  }))

  it('is clipped by the caps of its rule, then refused for ever', () => withMei(async (sql, mei, { city }) => {
    await sql`insert into public.credit_caps (rule_id, period, amount) values ('external_result', 'year', 5000)`
    const first = await grant(sql, mei.id, city)
    expect(await grant(sql, mei.id, city)).toMatchObject({ outcome: 'clipped', reason: 'cap_year', milli_credits: 2000 })
    expect(await grant(sql, mei.id, city, { key: 'late', minutes: 30 })).toMatchObject({ outcome: 'refused', milli_credits: 0, minutes: 0 })
    await sql`select private.reverse_credit(${first.id}, 'decision_withdrawn')`
    expect(await grant(sql, mei.id, city, { key: 'late', minutes: 30 })).toMatchObject({ outcome: 'refused' })
    expect(await grant(sql, mei.id, city)).toMatchObject({ outcome: 'posted', milli_credits: 3000 })
  }))

  it('is taken back once, and what was used of it is owed and repaid by the next', () => withMei(async (sql, mei, { city }) => {
    const first = await grant(sql, mei.id, city, { minutes: 60 })
    await sql`select private.apply_credit('award:x', ${mei.id}, 2000)`
    for (let time = 0; time < 2; time++) await sql`select private.reverse_credit(${first.id}, 'decision_withdrawn')`
    expect(await balance(sql, mei.id)).toBe(0)
    await grant(sql, mei.id, city, { rule: 'staff_correction', milli: 2500 })
    expect(await balance(sql, mei.id)).toBe(500)
  }))

  it('follows a person that is merged into another, and back', () => withMei(async (sql, mei, { city, willow }) => {
    const twin = await makePerson(sql, willow)
    await grant(sql, twin.id, city, { milli: 1000, minutes: 10 })
    await sql`update public.persons set merged_into = ${mei.id}, counts_as = ${mei.id} where id = ${twin.id}`
    await grant(sql, twin.id, city, { milli: 500 })
    expect(await balance(sql, mei.id)).toBe(1500)
    await sql`update public.persons set merged_into = null, counts_as = null where id = ${twin.id}`
    expect([await balance(sql, mei.id), await balance(sql, twin.id)]).toEqual([0, 1500])
  }))

  it('is a link of the chain that the learner recomputes', () => withMei(async (sql, mei, { city }, as) => {
    const first = await grant(sql, mei.id, city, { minutes: 45 })
    await grant(sql, mei.id, city, { at: '2026-05-12T09:00:00.123456+08:00' })
    await sql`select private.reverse_credit(${first.id}, 'decision_withdrawn')`
    const chain = await as(mei.account, one => one<ChainedPosting[]>`select seq, request, outcome, minutes, milli_credits as "milliCredits",
      balance_after_milli_credits as "balanceAfterMilliCredits", link from public.my_credit_chain()`)
    expect(chain).toHaveLength(3)
    expect(await firstBrokenLink(chain, sha256)).toBeNull()
    expect(await firstBrokenLink(chain.map(link => ({ ...link, request: link.request!.replace('seen by two', 'seen by one') })), sha256)).toBe(1)
  }))
})

describe('sixteen at once with one decision', () => {
  it('post it once', async () => {
    const { city, willow } = await makeNetwork(pool)
    const person = await makePerson(pool, willow)
    const key = `grant|race|${process.pid}|${Date.now()}`
    await Promise.all(Array.from({ length: 16 }, () => grant(pool, person.id, city, { key })))
    expect(await balance(pool, person.id)).toBe(3000)
  })
  afterAll(async () => expect(await pool`select * from private.credit_faults()`).toEqual([]))
})
