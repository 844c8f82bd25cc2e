// Corrections by the staff: two persons, nobody on their own account, in words that the learner reads.
import { describe, expect, it } from 'vitest'
import { type As, committedAs, makeNetwork, makePerson, makeStaff, type Network, type Person, pool, type Sql, type Transaction, withRollback } from '../fixtures/database.ts'

interface Office { sql: Transaction, as: As, places: Network, clerk: Person, head: Person, mei: Person }

const atTheSchool = (test: (office: Office) => Promise<unknown>) => withRollback(async (sql, as) => {
  const places = await makeNetwork(sql)
  const [clerk, head] = [await makeStaff(sql, places.township, places.orchard, 'tutor'), await makeStaff(sql, places.township, places.orchard, 'head')]
  await test({ sql, as, places, clerk, head, mei: await makePerson(sql, places.willow) })
  expect(await sql`select * from private.credit_faults()`).toEqual([])
})

interface Grant { person?: number, milli?: number | null, day?: string | null, ground?: string, reason?: string, rule?: string }
const askGrant = async ({ as, mei }: Pick<Office, 'as' | 'mei'>, who: string, { person = mei.id, milli = 1500, day = '2026-05-12', ground = 'record_missing', reason = '签到表漏登一次', rule = 'staff_correction' }: Grant = {}) =>
  (await as(who, sql => sql`select public.ask_credit_grant(${person}, ${milli}, ${day}, ${ground}, ${reason}, ${rule}) as id`))[0]!.id as number
const askReversal = async ({ as }: Pick<Office, 'as'>, who: string, posting: number, reason = '记到别人名下了') =>
  (await as(who, sql => sql`select public.ask_credit_reversal(${posting}, 'entered_wrongly', ${reason}) as id`))[0]!.id as number
const decide = ({ as }: Pick<Office, 'as'>, who: string, id: number, approves: boolean | null = true, reason = '') =>
  as(who, sql => sql`select public.decide_credit_correction(${id}, ${approves}, ${reason})`)
const balance = async (sql: Sql, personId: number) => Number((await sql`select private.available_credits(${personId}) as balance`)[0]!.balance)
let given = 0
const give = async (sql: Sql, personId: number, unit: number, milli: number) =>
  (await sql`select (private.grant_credit(${`given:${process.pid}:${++given}`}, ${personId}, 'staff_correction', ${milli}, 0, ${unit}, 'test', '{}', now())).id`)[0]!.id as number

describe('asking', () => {
  it('is for who registers people where the learner lives', () => atTheSchool(async (office) => {
    const { sql, places, mei, head } = office
    const [elsewhere, teacher] = [await makeStaff(sql, places.otherTownship, places.harbour, 'head'), await makeStaff(sql, places.township, places.willow, 'teacher')]
    for (const who of [mei, elsewhere, teacher]) await expect(askGrant(office, who.account)).rejects.toMatchObject({ code: 'PT404', message: 'person_unknown' })
    await expect(askGrant(office, 'anon')).rejects.toMatchObject({ code: '42501' })
    const posting = await give(sql, mei.id, places.city, 100)
    for (const who of [mei, elsewhere, teacher]) {
      await expect(askReversal(office, who.account, posting)).rejects.toMatchObject({ code: 'PT404', message: 'posting_unknown' })
      await expect(office.as(who.account, one => one`select * from public.correctable_postings(${mei.id})`)).rejects.toMatchObject({ code: 'PT403' })
    }
    await expect(askGrant(office, head.account, { person: head.id })).rejects.toMatchObject({ message: 'own_account' })
    await expect(askGrant(office, head.account, { person: 0 })).rejects.toMatchObject({ message: 'person_unknown' })
  }))

  it.each<[string, Grant]>([
    ['amount_invalid', { milli: -1 }], ['amount_invalid', { milli: 0 }], ['amount_invalid', { milli: 0.5 }], ['amount_invalid', { milli: 1000001 }], ['amount_invalid', { milli: null }],
    ['rule_unknown', { rule: 'lesson_completed' }], ['rule_unknown', { rule: 'external_result' }], ['rule_unknown', { rule: 'nothing' }], ['day_in_future', { day: '2099-01-01' }], ['day_in_future', { day: null }], ['ground_missing', { ground: 'mood' }], ['reason_too_short', { reason: ' 漏 ' }],
  ])('is refused as %s: %o', (code, asked) => atTheSchool(async (office) => {
    await expect(askGrant(office, office.clerk.account, asked)).rejects.toMatchObject({ code: 'PT422', message: code })
    expect(await office.sql`select from public.credit_corrections`).toHaveLength(0)
  }))

  it('for a reversal of a reversal, of something else or twice is refused with what it is', () => atTheSchool(async (office) => {
    const { sql, clerk, mei, places } = office
    const posting = await give(sql, mei.id, places.city, 100)
    await askReversal(office, clerk.account, posting)
    await expect(askReversal(office, clerk.account, posting)).rejects.toMatchObject({ code: 'PT409', message: 'correction_open' })
    const used = (await sql`select (private.apply_credit(${`correction use:${++given}`}, ${mei.id}, 50)).id`)[0]!.id as number
    await expect(askReversal(office, clerk.account, used)).rejects.toMatchObject({ message: 'not_reversible' })
    const reversal = (await sql`select (private.reverse_credit(${posting}, 'record_corrected')).id`)[0]!.id as number
    await expect(askReversal(office, clerk.account, posting)).rejects.toMatchObject({ message: 'reversed_already' })
    await expect(askReversal(office, clerk.account, reversal)).rejects.toMatchObject({ code: 'PT409', message: 'reversal_of_reversal' })
    await expect(askReversal(office, clerk.account, 0)).rejects.toMatchObject({ code: 'PT404', message: 'posting_unknown' })
  }))
})

describe('deciding', () => {
  it('is another person’s, who approves there, and not the learner’s', () => atTheSchool(async (office) => {
    const { sql, clerk, head, places, mei } = office
    const id = await askGrant(office, head.account)
    await expect(decide(office, head.account, id)).rejects.toMatchObject({ code: 'PT409', message: 'second_person_needed' })
    for (const who of [clerk, mei, await makeStaff(sql, places.otherTownship, places.harbour, 'head')]) {
      await expect(decide(office, who.account, id)).rejects.toMatchObject({ code: 'PT403' })
    }
    const own = await makeStaff(sql, places.township, places.willow, 'head')
    const about = await askGrant(office, clerk.account, { person: own.id })
    await expect(decide(office, own.account, about)).rejects.toMatchObject({ message: 'own_account' })
    await expect(decide(office, head.account, 0)).rejects.toMatchObject({ code: 'PT404', message: 'correction_unknown' })
    expect([await balance(sql, mei.id), await balance(sql, own.id)]).toEqual([0, 0])
  }))

  it('approved, the credits are posted with the reason that the learner reads', () => atTheSchool(async (office) => {
    const { sql, as, clerk, head, mei } = office
    await decide(office, head.account, await askGrant(office, clerk.account))
    expect(await balance(sql, mei.id)).toBe(1500)
    expect(await as(mei.account, one => one`select ground ->> 'reason' as reason, to_char(counted_on, 'YYYY-MM-DD') as day from public.credit_postings`)).toEqual([{ reason: '签到表漏登一次', day: '2026-05-12' }])
    expect(await as(mei.account, one => one`select state from public.credit_corrections`)).toEqual([{ state: 'approved' }])
  }))

  it('approved, a wrong posting is taken back, and the learner reads why', () => atTheSchool(async (office) => {
    const { sql, as, clerk, head, mei, places } = office
    const posting = await give(sql, mei.id, places.city, 100)
    expect(await as(clerk.account, one => one`select posting_id, is_asked from public.correctable_postings(${mei.id})`)).toEqual([{ posting_id: posting, is_asked: false }])
    const id = await askReversal(office, clerk.account, posting)
    await decide(office, head.account, id)
    expect(await balance(sql, mei.id)).toBe(0)
    expect(await as(mei.account, one => one`select posting.reason as code, correction.reason from public.credit_postings posting
      join public.credit_corrections correction on correction.posted_id = posting.id`)).toEqual([{ code: 'posted_wrongly', reason: '记到别人名下了' }])
    expect(await as(clerk.account, one => one`select from public.correctable_postings(${mei.id})`)).toHaveLength(0)
    expect(await sql`select action from public.audit_events where subject_kind = 'credit_correction' order by id`).toEqual([{ action: 'credit_correction_asked' }, { action: 'credit_correction_approved' }])
  }))

  it('refused, nothing is posted; a reason is needed; and it is decided once', () => atTheSchool(async (office) => {
    const { sql, as, clerk, head, mei } = office
    const id = await askGrant(office, clerk.account)
    await expect(decide(office, head.account, id, false, ' ')).rejects.toMatchObject({ code: 'PT422', message: 'refusal_reason_missing' })
    await expect(decide(office, head.account, id, null)).rejects.toMatchObject({ message: 'decision_missing' })
    await decide(office, head.account, id, false, '签到表上有这一次')
    for (const approves of [true, false]) await expect(decide(office, head.account, id, approves, '再想想')).rejects.toMatchObject({ code: 'PT409', message: 'correction_decided' })
    expect([await balance(sql, mei.id), await as(mei.account, one => one`select from public.credit_corrections`)]).toEqual([0, []])
  }))

  it('of a posting that was taken back meanwhile is refused', () => atTheSchool(async (office) => {
    const { sql, clerk, head, mei, places } = office
    const posting = await give(sql, mei.id, places.city, 100)
    const id = await askReversal(office, clerk.account, posting)
    await sql`select private.reverse_credit(${posting}, 'record_corrected')`
    await expect(decide(office, head.account, id)).rejects.toMatchObject({ code: 'PT409', message: 'reversed_already' })
  }))

  it('is too late once it was withdrawn, which only the asker does', () => atTheSchool(async (office) => {
    const { as, clerk, head } = office
    const id = await askGrant(office, clerk.account)
    await expect(as(head.account, one => one`select public.withdraw_credit_correction(${id})`)).rejects.toMatchObject({ code: 'PT403', message: 'not_yours' })
    await as(clerk.account, one => one`select public.withdraw_credit_correction(${id})`)
    await expect(decide(office, head.account, id)).rejects.toMatchObject({ message: 'correction_decided' })
  }))
})

it('of two who approve at once one posts it, and the other is told that it is decided', async () => {
  const places = await makeNetwork(pool)
  const clerk = await makeStaff(pool, places.township, places.orchard, 'tutor')
  const heads = [await makeStaff(pool, places.township, places.orchard, 'head'), await makeStaff(pool, places.county, places.orchard, 'manager')]
  const mei = await makePerson(pool, places.willow)
  const id = await askGrant({ as: committedAs, mei }, clerk.account)
  const ends = await Promise.allSettled(heads.map(({ account }) => decide({ as: committedAs }, account, id)))
  expect(ends.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
  expect(ends.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'PT409', message: 'correction_decided' } })
  expect(await balance(pool, mei.id)).toBe(1500)
  expect(await pool`select * from private.credit_faults()`).toEqual([])
})
