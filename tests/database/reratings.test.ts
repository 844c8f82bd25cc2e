// Re-rating: a rule put right for days in the past. What is counted posts nothing; what is posted is what was counted; two persons.
import { sha256 } from '@noble/hashes/sha2.js'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type ChainedPosting, firstBrokenLink } from '../../shared/utils/credit-chain.ts'
import { pristineDatabase } from '../fixtures/pristine.ts'
import { type As, committedAs, makeNetwork, makePerson, makeStaff, type Network, type Person, type Sql, type Transaction, withRollback } from '../fixtures/database.ts'

const RUNS = Number(process.env.LINXUE_MODEL_RUNS ?? 60)
const RULE = 'lesson_completed'

type Connection = NonNullable<Parameters<typeof committedAs>[2]>
interface Office { sql: Transaction, as: As, places: Network, head: Person, second: Person, mei: Person }

const atTheOffice = (test: (office: Office) => Promise<unknown>) => withRollback(async (sql, as) => {
  const places = await makeNetwork(sql)
  const [head, second] = [await makeStaff(sql, places.city, places.willow, 'head'), await makeStaff(sql, places.city, places.willow, 'manager')]
  await begin(sql)
  await test({ sql, as, places, head, second, mei: await makePerson(sql, places.willow) })
  expect(await sql`select * from private.credit_faults()`).toEqual([])
})

/** The rule from nothing: 20 thousandths a minute. */
const begin = (sql: Sql) => sql`update public.credit_rule_versions set milli_credits = 20, per_minutes = 1, in_force = daterange(null, null) where rule_id = ${RULE}`

let events = 0
interface At { category?: string | null, host?: number | null }
async function award(sql: Sql, personId: number, minutes: number, day: string, { category = null, host = null }: At = {}): Promise<number> {
  const key = `rerated:${process.pid}:${++events}:${personId}`
  const [fact] = await sql`
    insert into public.participations (key, person_id, kind, category_id, host_unit_id, organised, role, residence_unit_id, groups, started_at, ended_at, hours, status, channel, entry_source)
    select ${key}, id, 'training', ${category}, ${host}, true, 'learner', residence_unit_id, '{resident}', ${`${day}T09:00:00+08:00`}, ${`${day}T09:00:00+08:00`}, 1, 'attended', 'onsite', 'scan'
    from public.persons where id = ${personId} returning id`
  return (await sql`select (private.award_credit(${key}, ${fact!.id}, ${RULE}, ${minutes})).id`)[0]!.id
}

interface Asked { rule?: string, kind?: string, from?: string | null, until?: string | null, given?: object, reason?: string }
const RATE = { basis: 'minutes', milliCredits: 30, perMinutes: 1 }
const ask = async ({ as }: Pick<Office, 'as'>, who: string, { rule = RULE, kind = 'rate', from = '2026-03-01', until = '2026-03-31', given = RATE, reason = '费率录错了' }: Asked = {}) =>
  (await as(who, sql => sql`select public.ask_rerating(${rule}, ${kind}, ${from}, ${until}, ${sql.json(given as never)}, ${reason}) as id`))[0]!.id as number
const confirm = ({ as }: Pick<Office, 'as'>, who: string, id: number) => as(who, sql => sql`select public.confirm_rerating(${id})`)

/** Does the job's work, as the job. */
async function work(sql: Transaction, id: number): Promise<number> {
  let steps = 0
  await sql`set local role job_server`
  while ((await sql`select private.work_on_rerating(${id}) as more`)[0]!.more) steps++
  await sql`reset role`
  return steps
}
/** What a cap may be on, and how a re-rating says so. */
const SCOPED = { all: {}, category: { category: 'health' }, institution: { eachInstitution: true } }
const SCOPES = Object.keys(SCOPED) as (keyof typeof SCOPED)[]
const capOn = (sql: Sql, period: string, amount: number, scope: keyof typeof SCOPED, days = '(,)') => sql`
  insert into public.credit_caps (rule_id, period, amount, in_force, first_month, category_id, per_institution)
  values (${RULE}, ${period}, ${amount}, ${days}, 3, ${scope === 'category' ? 'health' : null}, ${scope === 'institution'})`
/** Where and about what somebody learned, so that caps of every scope meet some of it. */
const place = { category: fc.constantFrom(null, 'health', 'digital'), host: fc.constantFrom(null, 'city', 'county') } as const
const hosted = ({ category, host }: { category: string | null, host: 'city' | 'county' | null }, places: Network): At => ({ category, host: host && places[host] })
const stateOf = async (sql: Sql, id: number) => (await sql`select state from public.credit_reratings where id = ${id}`)[0]!.state as string
const sums = async (sql: Sql, id: number) => (await sql`select * from public.rerating_sums(${id})`)[0]!
const balance = async (sql: Sql, personId: number) => Number((await sql`select private.available_credits(${personId}) - private.credit_debt(${personId}) as balance`)[0]!.balance)
const postings = async (sql: Sql, personId: number) => Number((await sql`select count(*) from public.credit_postings where person_id = ${personId}`)[0]!.count)

describe('asking for a re-rating', () => {
  it('is for whoever approves the region', () => atTheOffice(async ({ as, places, mei, sql }) => {
    const county = await makeStaff(sql, places.county, places.willow, 'head')
    const teacher = await makeStaff(sql, places.city, places.willow, 'teacher')
    for (const who of [mei, county, teacher]) await expect(ask({ as }, who.account)).rejects.toMatchObject({ code: 'PT403', message: 'unit_not_yours' })
    await expect(ask({ as }, 'anon')).rejects.toMatchObject({ code: '42501' })
  }))

  it.each<[string, Asked]>([
    ['rule_unknown', { rule: 'nothing' }],
    ['rerating_kind_missing', { kind: 'wish' }],
    ['reason_too_short', { reason: ' 错 ' }],
    ['day_invalid', { from: null }],
    ['until_before_from', { until: '2026-02-28' }],
    ['period_not_past', { until: '2099-01-01' }],
    ['basis_missing', { given: { milliCredits: 5 } }],
    ['basis_by_event', { rule: 'course_completed' }],
    ['basis_by_decision', { rule: 'staff_correction' }],
    ['rate_invalid', { given: { ...RATE, milliCredits: -1 } }],
    ['rate_invalid', { given: { ...RATE, milliCredits: 1.5 } }],
    ['rate_invalid', { given: { basis: 'minutes', milliCredits: 1000 } }],
    ['rate_invalid', { given: { basis: 'event', milliCredits: 1000, perMinutes: 3 } }],
    ['period_missing', { kind: 'cap', given: { capAmount: 3 } }],
    ['cap_invalid', { kind: 'cap', given: { capPeriod: 'day', capAmount: -3 } }],
    ['cap_not_whole', { kind: 'cap', given: { capPeriod: 'day', capAmount: 2.5 } }],
    ['cap_invalid', { rule: 'staff_correction', kind: 'cap', given: { capPeriod: 'month', capAmount: 0.0005 } }],
    ['category_unknown', { kind: 'cap', given: { capPeriod: 'month', capAmount: 30, category: 'nothing' } }],
    ['category_unknown', { kind: 'cap', given: { capPeriod: 'month', capAmount: 30, category: 'health', eachInstitution: true } }],
    ['scope_not_for_decisions', { rule: 'staff_correction', kind: 'cap', given: { capPeriod: 'month', capAmount: 3, eachInstitution: true } }],
    ['scope_not_for_decisions', { rule: 'external_result', kind: 'cap', given: { capPeriod: 'month', capAmount: 3, category: 'health' } }],
    ['period_not_whole', { kind: 'cap', given: { capPeriod: 'term', capAmount: 300 } }],
    ['period_not_whole', { kind: 'cap', from: '2026-03-02', given: { capPeriod: 'month', capAmount: 300 } }],
    ['period_not_whole', { kind: 'cap', from: '2026-03-02', until: '2026-03-14', given: { capPeriod: 'week', capAmount: 300 } }],
    ['period_not_whole', { kind: 'cap', from: '2026-01-01', until: '2026-03-31', given: { capPeriod: 'year', capAmount: 300 } }],
    ['person_unknown', { kind: 'recount', given: { person: 0 } }],
  ])('is refused as %s: %o', (code, asked) => atTheOffice(async ({ as, head, sql }) => {
    await expect(ask({ as }, head.account, asked)).rejects.toMatchObject({ message: code })
    expect(await sql`select from public.credit_reratings`).toHaveLength(0)
  }))

  it('of a rate ends yesterday at the latest, of one learner’s records today, and says at which field it does not', () => atTheOffice(async ({ as, sql, head, mei }) => {
    const [{ today, yesterday } = { today: '', yesterday: '' }] = await sql<{ today: string, yesterday: string }[]>`select private.china_date(now())::text as today, (private.china_date(now()) - 1)::text as yesterday`
    const refused = (asked: Asked) => ask({ as }, head.account, asked).then(() => null, error => JSON.parse((error as { detail: string }).detail) as object)
    expect(await refused({ from: yesterday, until: today })).toMatchObject({ field: 'untilDay' })
    expect(await refused({ from: today, until: today })).toMatchObject({ field: 'fromDay' })
    expect(await refused({ kind: 'recount', from: yesterday, until: '2099-01-01', given: { person: mei.id } })).toMatchObject({ field: 'untilDay' })
    expect(await refused({ kind: 'recount', from: today, until: today, given: { person: mei.id } })).toBeNull()
    await sql`update public.credit_reratings set state = 'withdrawn'`
    expect(await refused({ from: yesterday, until: yesterday })).toBeNull()
  }))

  it('of a rate is of its days, whatever else is said with it; a cap says what it counts on its days', () => atTheOffice(async ({ as, sql, head }) => {
    const id = await ask({ as }, head.account, { given: { ...RATE, capPeriod: 'lifetime' } })
    expect(await sql`select period, cap_basis from public.credit_reratings where id = ${id}`).toEqual([{ period: '[2026-03-01,2026-04-01)', cap_basis: null }])
    await sql`update public.credit_reratings set state = 'withdrawn' where id = ${id}`
    await sql`update public.credit_rule_versions set in_force = daterange(null, '2026-06-01') where rule_id = ${RULE}`
    await sql`insert into public.credit_rule_versions (rule_id, in_force, basis, milli_credits) values (${RULE}, daterange('2026-06-01', null), 'event', 1000)`
    const cap = async (from: string, until: string) => {
      const asked = await ask({ as }, head.account, { kind: 'cap', from, until, given: { capPeriod: 'month', capAmount: 60 } })
      const [row] = await sql`update public.credit_reratings set state = 'withdrawn' where id = ${asked} returning cap_basis, cap_amount::integer`
      return row
    }
    expect(await cap('2026-03-01', '2026-03-31')).toEqual({ cap_basis: 'minutes', cap_amount: 60 })
    expect(await cap('2026-07-01', '2026-07-31')).toEqual({ cap_basis: 'event', cap_amount: 60000 })
  }))

  it('names the whole period that was meant', () => atTheOffice(async ({ as, head }) => {
    await expect(ask({ as }, head.account, { kind: 'cap', from: '2026-03-02', until: '2026-04-10', given: { capPeriod: 'month', capAmount: 9 } }))
      .rejects.toMatchObject({ detail: expect.stringContaining('"from": "2026-03-01"') })
  }))

  describe('that changes what a rule counts in', () => {
    const EVENT = { given: { basis: 'event', milliCredits: 1000 } }
    const cap = (sql: Sql, amount: number, days = 'empty') => sql`insert into public.credit_caps (rule_id, period, amount, in_force) values (${RULE}, 'day', ${amount}, ${days === 'empty' ? '(,)' : days})`

    it('is refused while caps of these days are in the old unit; once a re-rating lifted them it is posted, and no cap of minutes clips credits', () => atTheOffice(async (office) => {
      const { sql, head, second, mei } = office
      await cap(sql, 60)
      await award(sql, mei.id, 40, '2026-03-05')
      await expect(ask(office, head.account, EVENT)).rejects.toMatchObject({ code: 'PT409', message: 'caps_of_other_unit', detail: expect.stringContaining('"basis"') })
      const lifted = await ask(office, head.account, { kind: 'cap', given: { capPeriod: 'day' } })
      await work(sql, lifted)
      await confirm(office, second.account, lifted)
      await work(sql, lifted)
      const changed = await ask(office, head.account, EVENT)
      await work(sql, changed)
      await confirm(office, second.account, changed)
      await work(sql, changed)
      expect(await stateOf(sql, changed)).toBe('posted')
      expect(await balance(sql, mei.id)).toBe(1000)
      expect(await sql`select basis, amount from public.credit_caps where in_force && daterange('2026-01-01', null) order by lower(in_force)`)
        .toEqual([{ basis: 'minutes', amount: 60 }, { basis: 'minutes', amount: 60 }])
    }))

    it('is not refused for caps of other days, or of its own unit', () => atTheOffice(async (office) => {
      await cap(office.sql, 60, '[2026-05-01,)')
      await ask(office, office.head.account, EVENT)
      await office.sql`update public.credit_reratings set state = 'withdrawn'`
      await cap(office.sql, 60, '[2026-03-01,2026-03-31]')
      await ask(office, office.head.account)
    }))

    it('is no cap where the days have two units', () => atTheOffice(async (office) => {
      await office.sql`update public.credit_rule_versions set in_force = daterange(null, '2026-03-15') where rule_id = ${RULE}`
      await office.sql`insert into public.credit_rule_versions (rule_id, in_force, basis, milli_credits) values (${RULE}, daterange('2026-03-15', null), 'event', 500)`
      await expect(ask(office, office.head.account, { kind: 'cap', given: { capPeriod: 'month', capAmount: 9 } })).rejects.toMatchObject({ code: 'PT409', message: 'caps_of_other_unit' })
    }))

    it('by whatever way leaves no cap in another unit: the tables refuse it', () => atTheOffice(async ({ sql }) => {
      await cap(sql, 60, '[2026-03-01,2026-03-31]')
      const refused = (call: (inner: Sql) => Promise<unknown>) => expect(sql.savepoint(inner => call(inner))).rejects.toMatchObject({ code: 'PT409', message: 'caps_of_other_unit' })
      await refused(async inner => inner`update public.credit_rule_versions set basis = 'event', per_minutes = null where rule_id = ${RULE}`)
      await refused(async inner => inner`update public.credit_caps set basis = 'event'`)
    }))
  })

  it('of a rule by decision corrects its caps, not a rate', () => atTheOffice(async ({ sql, as, head, mei, places }) => {
    await sql`select private.grant_credit(${`rerated grant:${process.pid}:${++events}`}, ${mei.id}, 'staff_correction', 900, 0, ${places.city}, 'test', '{}', '2026-03-05T10:00:00+08:00')`
    await expect(ask({ as }, head.account, { rule: 'staff_correction', given: { basis: 'event', milliCredits: 5 } })).rejects.toMatchObject({ message: 'rule_by_decision' })
    const id = await ask({ as }, head.account, { rule: 'staff_correction', kind: 'cap', given: { capPeriod: 'month', capAmount: 0.5 } })
    await work(sql, id)
    expect(await sums(sql, id)).toMatchObject({ losing: 1, lost: 400 })
  }))

  it('a second time for the same rule waits for the first', () => atTheOffice(async ({ as, head, second }) => {
    await ask({ as }, head.account)
    await expect(ask({ as }, second.account)).rejects.toMatchObject({ code: 'PT409', message: 'rerating_open' })
  }))
})

describe('a count', () => {
  it('tells who would gain and lose, and posts nothing', () => atTheOffice(async (office) => {
    const { sql, head, mei, places } = office
    const other = await makePerson(sql, places.willow)
    await award(sql, mei.id, 60, '2026-03-05')
    await award(sql, other.id, 10, '2026-02-28')
    const before = await sql`select * from public.credit_rule_versions order by id`
    const id = await ask(office, head.account)
    await work(sql, id)
    expect([await stateOf(sql, id), await balance(sql, mei.id), await postings(sql, mei.id)]).toEqual(['counted', 1200, 1])
    expect(await sums(sql, id)).toMatchObject({ learners: 1, done: 1, gaining: 1, losing: 0, gained: 600, lost: 0 })
    expect(await sql`select * from public.credit_rule_versions order by id`).toEqual(before)
    expect(await office.as(head.account, one => one`select person_id, before_milli_credits as before, after_milli_credits as after from public.credit_rerating_learners`))
      .toEqual([{ person_id: mei.id, before: 1200, after: 1800 }])
  }))

  it('is not seen by learners and other staff', () => atTheOffice(async (office) => {
    const { sql, as, head, mei, places } = office
    await award(sql, mei.id, 60, '2026-03-05')
    await work(sql, await ask(office, head.account))
    const county = await makeStaff(sql, places.county, places.willow, 'head')
    for (const who of [mei, county]) {
      for (const table of ['credit_reratings', 'credit_rerating_learners', 'credit_rerating_lines']) {
        expect(await as(who.account, one => one`select from ${one(`public.${table}`)}`)).toHaveLength(0)
      }
    }
    await expect(as(mei.account, one => one`select private.work_on_rerating(1)`)).rejects.toMatchObject({ code: '42501' })
  }))
})

describe('a confirmation', () => {
  it('is another person’s, also where the asker has two accounts', () => atTheOffice(async (office) => {
    const { sql, head, mei } = office
    await award(sql, mei.id, 60, '2026-03-05')
    const id = await ask(office, head.account)
    await work(sql, id)
    const twice = await makePerson(sql, office.places.willow)
    await sql`update public.persons set merged_into = ${head.id}, counts_as = ${head.id} where id = ${twice.id}`
    for (const account of [head.account, twice.account]) await expect(confirm(office, account, id)).rejects.toMatchObject({ code: 'PT409', message: 'second_person_needed' })
    await expect(confirm(office, mei.account, id)).rejects.toMatchObject({ code: 'PT403' })
    expect(await stateOf(sql, id)).toBe('counted')
  }))

  it('is refused before the count is done, for nothing known, and after it was dropped', () => atTheOffice(async (office) => {
    const { sql, as, head, second, mei } = office
    await award(sql, mei.id, 60, '2026-03-05')
    const id = await ask(office, head.account)
    await expect(confirm(office, second.account, id)).rejects.toMatchObject({ message: 'rerating_not_counted' })
    await expect(confirm(office, second.account, 0)).rejects.toMatchObject({ code: 'PT404', message: 'rerating_unknown' })
    await work(sql, id)
    await as(head.account, one => one`select public.withdraw_rerating(${id})`)
    await expect(confirm(office, second.account, id)).rejects.toMatchObject({ message: 'rerating_withdrawn' })
  }))

  it('posts what was listed as reversal and new posting, with the reason, once however often it is pressed', () => atTheOffice(async (office) => {
    const { sql, as, head, second, mei } = office
    await award(sql, mei.id, 60, '2026-03-05')
    await award(sql, mei.id, 30, '2026-03-06')
    const id = await ask(office, head.account)
    await work(sql, id)
    for (let time = 0; time < 2; time++) {
      await confirm(office, second.account, id)
      await work(sql, id)
    }
    expect([await stateOf(sql, id), await balance(sql, mei.id), await postings(sql, mei.id)]).toEqual(['posted', 2700, 6])
    expect(await sums(sql, id)).toMatchObject({ posted: 1, outdated: 0, gained: 900 })
    const lines = await as(mei.account, one => one`select rerating.reason, reversal.reason as code, posting.milli_credits, posting.id
      from public.credit_rerating_lines line join public.credit_reratings rerating on rerating.id = line.rerating_id
      join public.credit_postings reversal on reversal.id = line.reversal_id join public.credit_postings posting on posting.id = line.posting_id order by posting.id`)
    expect(lines).toMatchObject([{ reason: '费率录错了', code: 'rule_corrected', milli_credits: 1800 }, { milli_credits: 900 }])
    expect(await sql`select posted_by from public.credit_postings where id = ${lines[0]!.id}`).toEqual([{ posted_by: second.account }])
    const chain = await as(mei.account, one => one<ChainedPosting[]>`select seq, request, outcome, minutes, milli_credits as "milliCredits",
      balance_after_milli_credits as "balanceAfterMilliCredits", link from public.my_credit_chain()`)
    expect(chain).toHaveLength(6)
    expect(await firstBrokenLink(chain, sha256)).toBeNull()
  }))

  it('is refused as outdated when a record came, went or the rule changed since the count', () => atTheOffice(async (office) => {
    const { sql, as, head, second, mei } = office
    const first = await award(sql, mei.id, 60, '2026-03-05')
    const id = await ask(office, head.account)
    for (const change of [
      () => award(sql, mei.id, 5, '2026-03-31'),
      () => sql`select private.reverse_credit(${first}, 'record_corrected')`,
      () => sql`update public.credit_rule_versions set milli_credits = 25 where rule_id = ${RULE}`,
    ]) {
      await work(sql, id)
      expect(await stateOf(sql, id)).toBe('counted')
      await change()
      await expect(confirm(office, second.account, id)).rejects.toMatchObject({ code: 'PT409', message: 'rerating_outdated' })
      await as(head.account, one => one`select public.recount_rerating(${id})`)
    }
    await work(sql, id)
    await confirm(office, second.account, id)
    await sql`update public.credit_rule_versions set milli_credits = 20 where milli_credits = 25`
    await work(sql, id)
    expect(await balance(sql, mei.id)).toBe(150)
  }))

  it('a learner whose records change between confirmation and posting is left as they are, and said so', () => atTheOffice(async (office) => {
    const { sql, head, second, mei, places } = office
    const other = await makePerson(sql, places.willow)
    const first = await award(sql, mei.id, 60, '2026-03-05')
    await award(sql, other.id, 60, '2026-03-05')
    const id = await ask(office, head.account)
    await work(sql, id)
    await confirm(office, second.account, id)
    await sql`select private.reverse_credit(${first}, 'record_corrected')`
    await work(sql, id)
    expect(await sums(sql, id)).toMatchObject({ posted: 1, outdated: 1 })
    expect([await balance(sql, mei.id), await balance(sql, other.id)]).toEqual([0, 1800])
  }))

  it('the versions of before keep the days on either side, and what they were in force for is written down', () => atTheOffice(async (office) => {
    const { sql, head, second, mei } = office
    await award(sql, mei.id, 60, '2026-03-05')
    const id = await ask(office, head.account)
    await work(sql, id)
    await confirm(office, second.account, id)
    await work(sql, id)
    expect(await sql`select in_force::text, milli_credits from public.credit_rule_versions where rule_id = ${RULE} order by in_force`)
      .toEqual([{ in_force: '(,2026-03-01)', milli_credits: 20 }, { in_force: '[2026-03-01,2026-04-01)', milli_credits: 30 }, { in_force: '[2026-04-01,)', milli_credits: 20 }])
    expect(await sql`select in_force::text from public.credit_rule_history`).toEqual([{ in_force: '(,)' }])
    // Late evidence of those days comes under the corrected rule, and the rest under the old one.
    await award(sql, mei.id, 10, '2026-03-20')
    await award(sql, mei.id, 10, '2026-04-20')
    expect(await balance(sql, mei.id)).toBe(1800 + 300 + 200)
    // A second correction of the same days takes them from the first one wholly.
    const again = await ask(office, second.account, { given: { ...RATE, milliCredits: 40 } })
    await work(sql, again)
    await confirm(office, head.account, again)
    await work(sql, again)
    expect(await balance(sql, mei.id)).toBe(2400 + 400 + 200)
    expect(await sql`select milli_credits from public.credit_rule_versions where isempty(in_force)`).toEqual([{ milli_credits: 30 }])
  }))

  it('of a lower rate takes back what was used already as a shortfall', () => atTheOffice(async (office) => {
    const { sql, head, second, mei } = office
    await award(sql, mei.id, 60, '2026-03-05')
    await sql`select private.apply_credit(${`rerated use:${process.pid}:${++events}`}, ${mei.id}, 1000)`
    const id = await ask(office, head.account, { given: { ...RATE, milliCredits: 5 } })
    await work(sql, id)
    await confirm(office, second.account, id)
    await work(sql, id)
    expect(await balance(sql, mei.id)).toBe(-700)
  }))

  it('corrects a cap: what was clipped counts, in the order of before', () => atTheOffice(async (office) => {
    const { sql, head, second, mei } = office
    await sql`insert into public.credit_caps (rule_id, period, amount) values (${RULE}, 'day', 50)`
    for (const minutes of [40, 40, 40]) await award(sql, mei.id, minutes, '2026-03-05')
    expect(await balance(sql, mei.id)).toBe(1000)
    const id = await ask(office, head.account, { kind: 'cap', given: { capPeriod: 'day', capAmount: 100 } })
    await work(sql, id)
    expect(await sums(sql, id)).toMatchObject({ gained: 1000 })
    await confirm(office, second.account, id)
    await work(sql, id)
    expect(await sql`select outcome, minutes from public.credit_postings posting where person_id = ${mei.id} and kind = 'award'
      and not exists (select from public.credit_postings reversal where reversal.reverses = posting.id) order by id`)
      .toEqual([{ outcome: 'posted', minutes: 40 }, { outcome: 'posted', minutes: 40 }, { outcome: 'clipped', minutes: 20 }])
    // What was used of the cap is known to the corrected one.
    await award(sql, mei.id, 40, '2026-03-05')
    expect(await balance(sql, mei.id)).toBe(2000)
  }))

  it('corrects the cap of a scope, by its own learning year, and leaves the others as they are', () => atTheOffice(async (office) => {
    const { sql, as, head, second, mei, places } = office
    await sql`insert into public.credit_caps (rule_id, period, amount, first_month, per_institution) values (${RULE}, 'term', 30, 2, true), (${RULE}, 'term', 500, 3, false)`
    await sql`insert into public.credit_caps (rule_id, period, amount, first_month, category_id) values (${RULE}, 'term', 80, 3, 'health')`
    const others = await Promise.all(Array.from({ length: 2 }, () => makePerson(sql, places.willow)))
    for (const [person, host, category] of [[mei, places.city, null], [mei, places.city, 'health'], [mei, places.county, 'health'], [others[0]!, places.city, null], [others[1]!, null, 'health']] as const)
      await award(sql, person.id, 40, '2026-03-05', { host, category })
    expect(await Promise.all([mei, ...others].map(({ id }) => balance(sql, id)))).toEqual([1200, 600, 800])
    const given = { capPeriod: 'term', capAmount: 60, eachInstitution: true }
    // The year of this cap begins in February, not in March as that of all.
    await expect(ask({ as }, head.account, { kind: 'cap', from: '2026-03-01', until: '2026-08-31', given })).rejects.toMatchObject({ message: 'period_not_whole', detail: expect.stringContaining('2026-02-01') })
    const id = await ask(office, head.account, { kind: 'cap', from: '2026-02-01', until: '2026-07-31', given })
    await work(sql, id)
    expect(await sums(sql, id)).toMatchObject({ learners: 3, gaining: 2, gained: 1000, losing: 0, unchanged: 1 })
    expect(await balance(sql, mei.id)).toBe(1200)
    await expect(confirm(office, head.account, id)).rejects.toMatchObject({ message: 'second_person_needed' })
    await confirm(office, second.account, id)
    await work(sql, id)
    // Sixty at the city (forty and twenty) and forty at the county; of health sixty of eighty.
    expect(await Promise.all([mei, ...others].map(({ id: person }) => balance(sql, person)))).toEqual([2000, 800, 800])
    expect(await sql`select scope, amount, first_month as month from public.credit_caps where rule_id = ${RULE} and in_force @> '2026-03-05'::date order by scope`).toEqual([
      { scope: 'all', amount: 500, month: 3 }, { scope: 'category health', amount: 80, month: 3 }, { scope: 'institution', amount: 60, month: 2 }])
    expect(await sql`select amount from public.credit_caps where rule_id = ${RULE} and scope = 'institution' and in_force && daterange('2026-08-01', null)`).toEqual([{ amount: 30 }])
    const [told] = await as(second.account, one => one`select cap_scope, cap_first_month, cap_basis from public.credit_reratings where id = ${id}`)
    expect(told).toEqual({ cap_scope: 'institution', cap_first_month: 2, cap_basis: 'minutes' })
  }))

  it('of one learner revives what a reversal made room for, and leaves the rule alone', () => atTheOffice(async (office) => {
    const { sql, head, second, mei } = office
    await sql`insert into public.credit_caps (rule_id, period, amount) values (${RULE}, 'day', 50)`
    const first = await award(sql, mei.id, 40, '2026-03-05')
    await award(sql, mei.id, 40, '2026-03-05')
    await sql`select private.reverse_credit(${first}, 'record_corrected')`
    expect(await balance(sql, mei.id)).toBe(200)
    const before = await sql`select * from public.credit_rule_versions order by id`
    const id = await ask(office, head.account, { kind: 'recount', from: '2026-03-05', until: '2026-03-05', given: { person: mei.id } })
    await work(sql, id)
    await confirm(office, second.account, id)
    await work(sql, id)
    expect(await balance(sql, mei.id)).toBe(800)
    expect(await sql`select * from public.credit_rule_versions order by id`).toEqual(before)
    // Nothing is left to count, so nothing more is posted.
    const again = await ask(office, head.account, { kind: 'recount', from: '2026-03-05', until: '2026-03-05', given: { person: mei.id } })
    await work(sql, again)
    expect(await sql`select state from public.credit_rerating_learners where rerating_id = ${again}`).toEqual([{ state: 'unchanged' }])
  }))

  it('of one’s own records is for two others', () => atTheOffice(async (office) => {
    const { sql, head, second } = office
    await award(sql, second.id, 40, '2026-03-05')
    const id = await ask(office, head.account, { kind: 'recount', given: { person: second.id } })
    await work(sql, id)
    await expect(confirm(office, second.account, id)).rejects.toMatchObject({ message: 'own_account' })
  }))

  it('a record corrected afterwards loses the newest generation and earns anew once', () => atTheOffice(async (office) => {
    const { sql, head, second, mei } = office
    await award(sql, mei.id, 60, '2026-03-05')
    const id = await ask(office, head.account)
    await work(sql, id)
    await confirm(office, second.account, id)
    await work(sql, id)
    const [fact] = await sql`select * from public.participations where person_id = ${mei.id}`
    await sql`insert into public.participations (key, person_id, kind, organised, role, residence_unit_id, groups, started_at, ended_at, hours, status, channel, entry_source, corrects)
      values (${`${fact!.key}:c`}, ${mei.id}, 'training', true, 'learner', ${fact!.residence_unit_id}, '{resident}', ${fact!.started_at}, ${fact!.ended_at}, 0.5, 'attended', 'onsite', 'scan', ${fact!.id})`
    expect(await balance(sql, mei.id)).toBe(900)
  }))

  it('is resumed where it was cut off, by whoever comes', () => atTheOffice(async (office) => {
    const { sql, head, second, places } = office
    const people = await Promise.all(Array.from({ length: 45 }, () => makePerson(sql, places.willow)))
    for (const { id } of people) await award(sql, id, 10, '2026-03-05')
    const id = await ask(office, head.account)
    const steps = await work(sql, id)
    expect(steps).toBe(4)
    await confirm(office, second.account, id)
    await sql`select private.work_on_rerating(${id})`
    expect(await sums(sql, id)).toMatchObject({ learners: 45, done: 20, posted: 20 })
    expect((await sql`select private.reratings_running() as id`).map(row => row.id)).toContain(id)
    await expect(sql.savepoint(async (inner) => {
      await inner`select private.work_on_rerating(${id})`
      throw new Error('cut off')
    })).rejects.toThrow('cut off')
    await work(sql, id)
    expect(await sums(sql, id)).toMatchObject({ done: 45, posted: 45, gained: 45 * 100 })
  }))
})

describe('learning between a confirmation and one’s own turn', () => {
  const corrected = async (office: Office, asked: Asked) => {
    const id = await ask(office, office.head.account, asked)
    await work(office.sql, id)
    await confirm(office, office.second.account, id)
    return id
  }
  const CAP: Asked = { kind: 'cap', given: { capPeriod: 'month', capAmount: 100 } }

  it('has the turn first, so that the corrected cap holds from the first minute', () => atTheOffice(async (office) => {
    const { sql, second, mei } = office
    await sql`insert into public.credit_caps (rule_id, period, amount) values (${RULE}, 'month', 60)`
    await award(sql, mei.id, 90, '2026-03-05')
    const id = await corrected(office, CAP)
    await award(sql, mei.id, 90, '2026-03-20')
    expect([await balance(sql, mei.id), await stateOf(sql, id)]).toEqual([2000, 'posting'])
    expect(await sql`select posted_by from public.credit_rerating_lines line join public.credit_postings posting on posting.id = line.posting_id`).toEqual([{ posted_by: second.account }])
    expect(await sql`select distinct posted_by from public.credit_postings where person_id = ${mei.id} and key not like '%~2' and kind = 'award'`).toEqual([{ posted_by: null }])
    await work(sql, id)
    expect([await balance(sql, mei.id), await stateOf(sql, id)]).toEqual([2000, 'posted'])
    expect(await sums(sql, id)).toMatchObject({ posted: 1, outdated: 0 })
  }))

  it('in a class, by a decision, or with a record corrected, too', () => atTheOffice(async (office) => {
    const { sql, mei, places } = office
    const [fang, ...others] = await Promise.all(Array.from({ length: 3 }, () => makePerson(sql, places.willow)))
    for (const { id } of [mei, fang!, ...others]) await award(sql, id, 90, '2026-03-05')
    const id = await corrected(office, { given: { ...RATE, milliCredits: 30 } })
    const facts = []
    for (const { id: person } of [mei, others[0]!]) {
      facts.push(...await sql`insert into public.participations (key, person_id, kind, organised, role, residence_unit_id, groups, started_at, ended_at, hours, status, channel, entry_source)
        select ${`turn:${++events}`}, id, 'training', true, 'learner', residence_unit_id, '{resident}', '2026-03-08T09:00:00+08:00', '2026-03-08T10:00:00+08:00', 1, 'attended', 'onsite', 'scan'
        from public.persons where id = ${person} returning id, key`)
    }
    await sql`select private.award_class(${facts.map(one => one.id as number)}, ${facts.map(one => one.key as string)}, ${RULE}, 10)`
    expect(await balance(sql, mei.id)).toBe(3000)
    const [record] = await sql`select fact.* from public.participations fact join public.credit_postings posting on posting.participation_id = fact.id where fact.person_id = ${fang!.id} limit 1`
    await sql`insert into public.participations (key, person_id, kind, organised, role, residence_unit_id, groups, started_at, ended_at, hours, status, channel, entry_source, corrects)
      values (${`${record!.key}:c`}, ${fang!.id}, 'training', true, 'learner', ${record!.residence_unit_id}, '{resident}', ${record!.started_at}, ${record!.ended_at}, 0.5, 'attended', 'onsite', 'scan', ${record!.id})`
    expect(await balance(sql, fang!.id)).toBe(900)
    await work(sql, id)
    expect(await sums(sql, id)).toMatchObject({ posted: 4, outdated: 0 })

    await sql`select private.grant_credit(${`turn grant:${++events}`}, ${mei.id}, 'staff_correction', 900, 0, ${places.city}, 'test', '{}', '2026-03-05T10:00:00+08:00')`
    const grants = await corrected(office, { rule: 'staff_correction', kind: 'cap', given: { capPeriod: 'month', capAmount: 0.5 } })
    await sql`select private.grant_credit(${`turn grant:${++events}`}, ${mei.id}, 'staff_correction', 900, 0, ${places.city}, 'test', '{}', '2026-03-06T10:00:00+08:00')`
    expect(await balance(sql, mei.id)).toBe(3500)
    await work(sql, grants)
    expect(await sums(sql, grants)).toMatchObject({ posted: 1, outdated: 0 })
  }))

  it('is posted anew only for whom something changes, and the cap still knows what the others used', () => atTheOffice(async (office) => {
    const { sql, mei, places } = office
    await sql`insert into public.credit_caps (rule_id, period, amount) values (${RULE}, 'month', 60)`
    const other = await makePerson(sql, places.willow)
    await award(sql, mei.id, 90, '2026-03-05')
    await award(sql, other.id, 40, '2026-03-05')
    const id = await corrected(office, CAP)
    expect(await sums(sql, id)).toMatchObject({ learners: 2, gaining: 1, rebooked: 0, unchanged: 1 })
    await work(sql, id)
    expect([await postings(sql, mei.id), await postings(sql, other.id)]).toEqual([3, 1])
    await award(sql, other.id, 90, '2026-03-20')
    expect(await balance(sql, other.id)).toBe(2000)
    // Raised from the office without looking back, the cap knows it as well.
    await sql`update public.credit_caps set in_force = daterange(lower(in_force), '2026-03-21') where rule_id = ${RULE} and in_force @> '2026-03-21'::date`
    await sql`insert into public.credit_caps (rule_id, period, amount, in_force) values (${RULE}, 'month', 120, daterange('2026-03-21', '2026-04-01'))`
    await award(sql, other.id, 90, '2026-03-25')
    expect(await balance(sql, other.id)).toBe(2400)
  }))

  const learned = fc.record({ who: fc.nat(2), ...place, day: fc.constantFrom('2026-03-01', '2026-03-02', '2026-03-31', '2026-04-01'), minutes: fc.integer({ min: 0, max: 90 }) })
  it('gives nobody more or less than learning afterwards', async () => {
    await fc.assert(fc.asyncProperty(
      fc.array(learned, { minLength: 1, maxLength: 10 }), fc.array(learned, { minLength: 1, maxLength: 8 }), fc.constantFrom('day' as const, 'month' as const, 'lifetime' as const, 'rate' as const),
      fc.constantFrom(...SCOPES), fc.nat(200), fc.option(fc.nat(200)), async (before, between, what, scope, amount, after) => {
        const ends: unknown[] = []
        for (const isAfter of [true, false]) {
          await atTheOffice(async (office) => {
            const { sql, places } = office
            const people = [office.mei, await makePerson(sql, places.willow), await makePerson(sql, places.willow)]
            await capOn(sql, what === 'rate' ? 'month' : what, amount, scope)
            for (const { who, day, minutes, ...at } of before) await award(sql, people[who]!.id, minutes, day, hosted(at, places))
            const id = await corrected(office, what === 'rate' ? {} : { kind: 'cap', given: { capPeriod: what, capAmount: after, ...SCOPED[scope] }, ...what === 'lifetime' && { from: null, until: null } })
            if (isAfter) await work(sql, id)
            for (const { who, day, minutes, ...at } of between) await award(sql, people[who]!.id, minutes, day, hosted(at, places))
            await work(sql, id)
            expect((await sums(sql, id)).outdated).toBe(0)
            ends.push(await Promise.all(people.map(async one => [await balance(sql, one.id), await sql`
              select outcome, reason, minutes, milli_credits from public.credit_postings posting where person_id = ${one.id} and kind = 'award'
                and not exists (select from public.credit_postings reversal where reversal.reverses = posting.id) order by id`])))
          })
        }
        expect(ends[1]).toEqual(ends[0])
      }), { numRuns: RUNS / 2, endOnFailure: true })
  }, 180_000)

  it('at the same moment as the job: both know whose turn it is, and neither waits in a circle', async () => {
    const own = await pristineDatabase('reratings_turns') as unknown as Connection
    const places = await makeNetwork(own)
    const [asker, second] = await Promise.all(['head', 'manager'].map(role => makeStaff(own, places.city, places.willow, role)))
    await begin(own)
    const people = await Promise.all(Array.from({ length: 60 }, () => makePerson(own, places.willow)))
    for (const person of people) await award(own, person.id, 10, '2026-03-05')
    const id = (await committedAs(asker!.account, sql => sql`select public.ask_rerating(${RULE}, 'rate', '2026-03-01', '2026-03-31', ${sql.json(RATE)}, '费率录错了') as id`, own))[0]!.id as number
    const finish = async () => { while ((await own`select private.work_on_rerating(${id}) as more`)[0]!.more); }
    await finish()
    await committedAs(second!.account, sql => sql`select public.confirm_rerating(${id})`, own)
    await Promise.all([finish(), ...people.toReversed().map(person => award(own, person.id, 10, '2026-03-06'))])
    expect(await sums(own, id)).toMatchObject({ posted: 60, outdated: 0 })
    for (const person of people) expect([await balance(own, person.id), await postings(own, person.id)]).toEqual([600, 4])
    expect(await own`select * from private.credit_faults()`).toEqual([])
  })
})

describe('two at once', () => {
  it('confirm one re-rating: the rule is corrected once, and two workers post everything once', async () => {
    const own = await pristineDatabase('reratings_two') as unknown as Connection
    const places = await makeNetwork(own)
    const [asker, ...heads] = await Promise.all(['head', 'manager', 'head'].map(role => makeStaff(own, places.city, places.willow, role)))
    await begin(own)
    const people = await Promise.all(Array.from({ length: 25 }, () => makePerson(own, places.willow)))
    for (const person of people) await award(own, person.id, 10, '2026-03-05')
    const id = (await committedAs(asker!.account, sql => sql`select public.ask_rerating(${RULE}, 'rate', '2026-03-01', '2026-03-31', ${sql.json(RATE)}, '费率录错了') as id`, own))[0]!.id as number
    const finish = async () => { while ((await own`select private.work_on_rerating(${id}) as more`)[0]!.more); }
    await finish()
    await Promise.all(heads.map(({ account }) => committedAs(account, sql => sql`select public.confirm_rerating(${id})`, own)))
    await Promise.all([finish(), finish()])
    expect(await own`select count(*)::integer from public.credit_rule_versions where rule_id = ${RULE}`).toEqual([{ count: 3 }])
    for (const person of people) expect([await balance(own, person.id), await postings(own, person.id)]).toEqual([300, 3])
    expect(await own`select * from private.credit_faults()`).toEqual([])
  })

  it('a posting that began before the confirmation is waited for, and makes it outdated', async () => {
    const own = await pristineDatabase('reratings_race') as unknown as Connection
    const places = await makeNetwork(own)
    const [asker, second] = await Promise.all(['head', 'manager'].map(role => makeStaff(own, places.city, places.willow, role)))
    await begin(own)
    const mei = await makePerson(own, places.willow)
    await award(own, mei.id, 10, '2026-03-05')
    const id = (await committedAs(asker!.account, sql => sql`select public.ask_rerating(${RULE}, 'rate', '2026-03-01', '2026-03-31', ${sql.json(RATE)}, '费率录错了') as id`, own))[0]!.id as number
    while ((await own`select private.work_on_rerating(${id}) as more`)[0]!.more);
    let confirmed!: Promise<unknown>
    await own.begin(async (posting) => {
      await award(posting, mei.id, 10, '2026-03-06')
      confirmed = committedAs(second!.account, sql => sql`select public.confirm_rerating(${id})`, own).catch(error => error as unknown)
      while ((await posting`select from pg_locks where relation = 'public.credit_rule_versions'::regclass and not granted`).length === 0);
    })
    expect(await confirmed).toMatchObject({ code: 'PT409', message: 'rerating_outdated' })
    expect(await balance(own, mei.id)).toBe(400)
  })
})

// ── the world in which the rule had been right from the start ───────────────────────────────────────────────────────

const DAYS = ['2026-02-27', '2026-03-01', '2026-03-02', '2026-03-31', '2026-04-01'] as const
const event = fc.record({ who: fc.nat(1), ...place, day: fc.constantFrom(...DAYS), minutes: fc.integer({ min: 0, max: 90 }), isReversed: fc.boolean(), used: fc.nat(60) })
const world = fc.record({
  events: fc.array(event, { minLength: 1, maxLength: 14 }),
  before: fc.constantFrom(5, 20, 40),
  after: fc.record({ milliCredits: fc.constantFrom(0, 10, 25, 1000), perMinutes: fc.constantFrom(1, 7, 45) }),
  cap: fc.option(fc.record({
    before: fc.integer({ min: 0, max: 150 }), after: fc.option(fc.integer({ min: 0, max: 150 })), scope: fc.constantFrom(...SCOPES), period: fc.constantFrom('day' as const, 'month' as const, 'term' as const),
  })),
  /** Another cap that nobody corrects, over whole months as what is corrected is. */
  beside: fc.option(fc.record({ amount: fc.integer({ min: 0, max: 150 }), scope: fc.constantFrom(...SCOPES) })),
})

it('balances after re-rating are those of a world with the right rule from the start, and no invariant breaks', async () => {
  await fc.assert(fc.asyncProperty(world, ({ events: happened, before, after, cap, beside }) => withRollback(async (sql, as) => {
    const places = await makeNetwork(sql)
    const [head, second] = [await makeStaff(sql, places.city, places.willow, 'head'), await makeStaff(sql, places.city, places.willow, 'manager')]
    const people = [await makePerson(sql, places.willow), await makePerson(sql, places.willow)]
    const happen = async () => {
      for (const { who, day, minutes, isReversed, used, ...at } of happened) {
        const posting = await award(sql, people[who]!.id, minutes, day, hosted(at, places))
        const [available] = await sql`select private.available_credits(${people[who]!.id}) * ${used} / 100 as amount`
        if (Number(available!.amount) > 0) await sql`select private.apply_credit(${`world:${++events}`}, ${people[who]!.id}, ${Number(available!.amount)})`
        if (isReversed) await sql`select private.reverse_credit(${posting}, 'record_corrected')`
      }
      return Promise.all(people.map(({ id }) => balance(sql, id)))
    }
    const used = () => Promise.all(people.map(async ({ id }) => Number((await sql`select coalesce(sum(-milli_credits), 0) as used from public.credit_postings where person_id = ${id} and kind = 'application'`)[0]!.used)))
    await sql`update public.credit_rule_versions set milli_credits = ${before}, per_minutes = 1, in_force = daterange(null, null) where rule_id = ${RULE}`
    // A term is longer than the days whose rate was wrong.
    const until = cap?.period === 'term' ? '2026-08-31' : '2026-03-31'
    if (cap) await capOn(sql, cap.period, cap.before, cap.scope)
    if (beside && !(cap?.period === 'month' && cap.scope === beside.scope)) await capOn(sql, 'month', beside.amount, beside.scope)

    let right: number[] = []
    const undone = new Error('undone')
    await sql.savepoint(async (inner) => {
      await inner`update public.credit_rule_versions set in_force = daterange(null, '2026-03-01') where rule_id = ${RULE}`
      await inner`insert into public.credit_rule_versions (rule_id, in_force, basis, milli_credits, per_minutes) values
        (${RULE}, daterange('2026-03-01', '2026-04-01'), 'minutes', ${after.milliCredits}, ${after.perMinutes}), (${RULE}, daterange('2026-04-01', null), 'minutes', ${before}, 1)`
      if (cap) {
        await inner`update public.credit_caps set in_force = daterange(null, '2026-03-01') where rule_id = ${RULE} and period = ${cap.period} and per_institution = ${cap.scope === 'institution'} and (category_id is null) = ${cap.scope !== 'category'}`
        await capOn(inner, cap.period, cap.before, cap.scope, `(${until},)`)
        if (cap.after !== null) await capOn(inner, cap.period, cap.after, cap.scope, `[2026-03-01,${until}]`)
      }
      const left = await happen()
      const spent = await used()
      right = left.map((one, index) => one + spent[index]!)
      throw undone
    }).catch((error) => { if (error !== undone) throw error })

    await happen()
    const rerate = async (asked: Asked) => {
      const id = await ask({ as }, head.account, asked)
      await work(sql, id)
      const foretold = await sums(sql, id)
      const start = await Promise.all(people.map(({ id: person }) => balance(sql, person)))
      await confirm({ as }, second.account, id)
      await work(sql, id)
      const end = await Promise.all(people.map(({ id: person }) => balance(sql, person)))
      expect(end[0]! + end[1]! - start[0]! - start[1]!).toBe(Number(foretold.gained) - Number(foretold.lost))
    }
    if (cap) await rerate({ kind: 'cap', until, given: { capPeriod: cap.period, capAmount: cap.after, ...SCOPED[cap.scope] } })
    await rerate({ given: { basis: 'minutes', ...after } })
    const now = await Promise.all(people.map(({ id }) => balance(sql, id)))
    const spent = await used()
    expect(now.map((one, index) => one + spent[index]!)).toEqual(right)
    expect(await sql`select * from private.credit_faults()`).toEqual([])
  })), { numRuns: RUNS, verbose: 1 })
}, 120_000)
