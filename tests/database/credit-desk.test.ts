// Rules, caps and checks of the ledger as the region's office keeps them.
import { describe, expect, it } from 'vitest'
import en from '../../i18n/desk/en.ts'
import zh from '../../i18n/desk/zh-CN.ts'
import refusedEn from '../../i18n/errors/en.ts'
import refusedZh from '../../i18n/errors/zh-CN.ts'
import { checkCredits } from '../../server/utils/credits/check.ts'
import { CREDIT_INVARIANTS } from '../../shared/utils/credit-invariants.ts'
import { type As, makeNetwork, makePerson, makeStaff, type Network, type Transaction, withRollback } from '../fixtures/database.ts'

interface Office { sql: Transaction, as: As, office: string, places: Network }

const atTheOffice = (test: (office: Office) => Promise<unknown>) => withRollback(async (sql, as) => {
  const places = await makeNetwork(sql)
  const head = await makeStaff(sql, places.city, places.willow, 'head')
  await test({ sql, as, office: head.account, places })
})

const change = ({ as }: Office, who: string, from: string, minutes: number | null = 30, milli = 1000, basis = 'minutes') =>
  as(who, sql => sql`select public.change_credit_rule('lesson_completed', (private.china_date(now()) + ${from}::integer)::date, ${basis}, ${milli}, ${minutes})`)
const versions = ({ sql }: Office) => sql`
  select milli_credits, per_minutes, lower(in_force) - private.china_date(now()) as from_now, upper(in_force) - private.china_date(now()) as until
  from public.credit_rule_versions where rule_id = 'lesson_completed' order by in_force`
const cap = ({ as }: Office, who: string, amount: number | null, from = '0', period = 'day') =>
  as(who, sql => sql`select public.set_credit_cap('lesson_completed', ${period}, ${amount}, (private.china_date(now()) + ${from}::integer)::date)`)

describe('a rule of the region', () => {
  it.each(['head', 'manager'])('is not changed by the %s of a county below', role => atTheOffice(async (office) => {
    const below = await makeStaff(office.sql, office.places.county, office.places.willow, role)
    await expect(change(office, below.account, '1')).rejects.toMatchObject({ code: 'PT403', message: 'unit_not_yours' })
    await expect(cap(office, below.account, 40)).rejects.toMatchObject({ code: 'PT403' })
    await expect(office.as(below.account, sql => sql`select public.request_credit_check()`)).rejects.toMatchObject({ code: 'PT403' })
  }))

  it('is not changed by a visitor or an inspector', () => atTheOffice(async (office) => {
    const inspector = await makeStaff(office.sql, office.places.city, office.places.willow, 'inspector')
    await expect(change(office, inspector.account, '1')).rejects.toMatchObject({ code: 'PT403' })
    await expect(change(office, 'anon', '1')).rejects.toMatchObject({ code: '42501' })
  }))

  it.each([
    { from: '-1', code: 'from_day_past' }, { from: '1', milli: -1, code: 'rate_invalid' }, { from: '1', minutes: 0, code: 'rate_invalid' },
    { from: '1', minutes: null, code: 'rate_invalid' }, { from: '1', basis: 'event', code: 'rate_invalid' }, { from: '1', basis: 'mood', code: 'basis_missing' },
  ])('is not changed to nonsense: $code', ({ from, minutes, milli, basis, code }) => atTheOffice(async (office) => {
    await expect(change(office, office.office, from, minutes, milli, basis)).rejects.toMatchObject({ code: 'PT422', message: code })
  }))

  it('changes from a day on, and the version of before ends there', () => atTheOffice(async (office) => {
    await change(office, office.office, '5')
    expect(await versions(office)).toEqual([
      { milli_credits: 20, per_minutes: 1, from_now: null, until: 5 }, { milli_credits: 1000, per_minutes: 30, from_now: 5, until: null },
    ])
  }))

  it('is not changed before a change that is to come; taken back, the version of before goes on', () => atTheOffice(async (office) => {
    await change(office, office.office, '5')
    await expect(change(office, office.office, '2')).rejects.toMatchObject({ code: 'PT409', message: 'version_follows' })
    const [coming] = await office.sql`select id from public.credit_rule_versions where lower(in_force) > private.china_date(now())`
    await office.as(office.office, sql => sql`select public.withdraw_credit_rule(${coming!.id})`)
    expect(await versions(office)).toEqual([{ milli_credits: 20, per_minutes: 1, from_now: null, until: null }])
  }))

  it('does not change from minutes to events while caps in minutes go on; once they are lifted from that day, it does', () => atTheOffice(async (office) => {
    await cap(office, office.office, 60)
    const byEvent = () => change(office, office.office, '5', null, 1000, 'event')
    await expect(byEvent()).rejects.toMatchObject({ code: 'PT409', message: 'caps_of_other_unit' })
    await change(office, office.office, '3')
    await expect(byEvent()).rejects.toMatchObject({ code: 'PT409', message: 'caps_of_other_unit' })
    await cap(office, office.office, null, '5')
    await byEvent()
    expect((await versions(office)).at(-1)).toMatchObject({ milli_credits: 1000, per_minutes: null, from_now: 5, until: null })
  }))

  it('that is taken back with a change of unit takes the caps of that unit along', () => atTheOffice(async (office) => {
    await change(office, office.office, '5', null, 1000, 'event')
    await cap(office, office.office, 3000, '5')
    await cap(office, office.office, 8000, '7', 'month')
    expect(await office.sql`select basis from public.credit_caps`).toEqual([{ basis: 'event' }, { basis: 'event' }])
    const [coming] = await office.sql`select id from public.credit_rule_versions where rule_id = 'lesson_completed' and lower(in_force) > private.china_date(now())`
    await office.as(office.office, sql => sql`select public.withdraw_credit_rule(${coming!.id})`)
    expect(await versions(office)).toEqual([{ milli_credits: 20, per_minutes: 1, from_now: null, until: null }])
    expect(await office.sql`select from public.credit_caps`).toHaveLength(0)
  }))

  it('that is in force cannot be taken back', () => atTheOffice(async (office) => {
    const [inForce] = await office.sql`select id from public.credit_rule_versions where rule_id = 'lesson_completed'`
    await expect(office.as(office.office, sql => sql`select public.withdraw_credit_rule(${inForce!.id})`)).rejects.toMatchObject({ message: 'version_in_force' })
  }))
})

describe('a cap', () => {
  it('holds from a day on, is changed by another, and lifted by none', () => atTheOffice(async (office) => {
    const limits = () => office.sql`select amount from public.credit_caps where in_force @> private.china_date(now())`
    await cap(office, office.office, 40)
    expect(await limits()).toEqual([{ amount: 40 }])
    await expect(cap(office, office.office, 50)).rejects.toMatchObject({ code: 'PT409', message: 'cap_follows' })
    await cap(office, office.office, 50, '1')
    await expect(cap(office, office.office, -1, '9')).rejects.toMatchObject({ message: 'cap_invalid' })
    await cap(office, office.office, null, '3')
    expect(await office.sql`select amount, upper(in_force) - lower(in_force) as days from public.credit_caps order by id`)
      .toEqual([{ amount: 40, days: 1 }, { amount: 50, days: 2 }])
  }))
})

describe('a cap on a part of what a rule gives', () => {
  const narrow = (office: Office, who: string, scope: { category?: string, each?: boolean, month?: number }, { period = 'term', amount = 60 as number | null, from = '0', rule = 'lesson_completed' } = {}) => office.as(who, sql => sql`
    select public.set_credit_cap(${rule}, ${period}, ${amount}, (private.china_date(now()) + ${from}::integer)::date, ${scope.category ?? null}, ${scope.each ?? false}, ${scope.month ?? null})`)

  it('stands beside that of all, keeps the month it begins in, and is changed by itself', () => atTheOffice(async (office) => {
    await cap(office, office.office, 40, '0', 'year')
    await narrow(office, office.office, { each: true, month: 9 })
    await narrow(office, office.office, { category: 'health' }, { period: 'year' })
    await narrow(office, office.office, { each: true }, { amount: 90, from: '7' })
    await narrow(office, office.office, { category: 'health' }, { period: 'year', amount: null, from: '3' })
    expect(await office.sql`select scope, period, amount, first_month as month, upper(in_force) - lower(in_force) as days from public.credit_caps where in_force && daterange(private.china_date(now()), null) order by id`).toEqual([
      { scope: 'all', period: 'year', amount: 40, month: 1, days: null }, { scope: 'institution', period: 'term', amount: 60, month: 9, days: 7 },
      { scope: 'category health', period: 'year', amount: 60, month: 1, days: 3 }, { scope: 'institution', period: 'term', amount: 90, month: 9, days: null }])
  }))

  it('is refused by whoever has no say, of no category, of two kinds at once, and of what people decide', () => atTheOffice(async (office) => {
    const teacher = await makeStaff(office.sql, office.places.city, office.places.willow, 'teacher')
    await expect(narrow(office, teacher.account, { each: true })).rejects.toMatchObject({ code: 'PT403' })
    await expect(narrow(office, office.office, { category: 'no_such' })).rejects.toMatchObject({ message: 'category_unknown' })
    await expect(narrow(office, office.office, { category: 'health', each: true })).rejects.toMatchObject({ message: 'category_unknown' })
    await expect(narrow(office, office.office, { month: 13 })).rejects.toMatchObject({ message: 'first_month_invalid' })
    await expect(narrow(office, office.office, { each: true }, { rule: 'staff_correction' })).rejects.toMatchObject({ message: 'scope_not_for_decisions' })
    expect(await office.sql`select from public.credit_caps where scope <> 'all' and rule_id = 'lesson_completed'`).toEqual([])
  }))
})

it('a cap of half a minute is none, whoever asks the database for it', () => atTheOffice(async ({ sql, as, office }) => {
  const set = (amount: string) => as(office, inner => inner.unsafe(`select public.set_credit_cap('lesson_completed', 'day', ${amount}, private.china_date(now()))`))
  for (const half of ['40.5', `'40.5'`]) await expect(set(half)).rejects.toMatchObject({ code: 'PT422', message: 'cap_not_whole' })
  const types = await sql`select distinct atttypid::regtype::text as type from pg_attribute where attname = 'amount' and attrelid = 'public.credit_caps'::regclass
    union select distinct atttypid::regtype::text from pg_attribute where attname = 'cap_amount' and attrelid = 'public.credit_reratings'::regclass`
  expect(types).toEqual([{ type: 'bigint' }])
}))

describe('a check of the ledger', () => {
  const run = async (sql: Transaction) => {
    await sql`set local role job_server`
    const faults = await checkCredits(sql, async () => [])
    await sql`reset role`
    return faults
  }

  it('is asked for by the office, written down with its end, and tells what does not fit', () => atTheOffice(async ({ sql, as, office, places }) => {
    await as(office, one => one`select public.request_credit_check()`)
    const before = await run(sql)
    await sql`insert into public.credit_learners (person_id, seq, head) values (${(await makePerson(sql, places.willow)).id}, 1, '\\x00')`
    expect(await run(sql)).toBe(before + 1)
    const [last] = await as(office, one => one`select faults, ended_at, found, parts, done from public.credit_checks order by id desc limit 1`)
    expect(last).toMatchObject({ faults: before + 1, found: expect.arrayContaining([expect.objectContaining({ invariant: 'head_is_last' })]) })
    expect(last!.done.map((one: { part: string }) => one.part)).toEqual(last!.parts)
    expect(last!.done.find((one: { part: string }) => one.part === 'ledger').counts.head_is_last).toBeGreaterThan(0)
    const teacher = await makeStaff(sql, places.city, places.willow, 'teacher')
    expect(await as(teacher.account, one => one`select * from public.credit_checks`)).toEqual([])
  }))

  it('is not ended while a part is left, so that nothing is sealed on it, and knows no other parts', () => atTheOffice(async ({ sql }) => {
    const [check] = await sql`select private.begin_credit_check() as id`
    await sql`select private.run_credit_check_part(${check!.id}, 'ledger')`
    const refused = (call: () => Promise<unknown>, message: string) => expect(sql.savepoint(() => call())).rejects.toMatchObject({ message })
    await refused(() => sql`select private.end_credit_check(${check!.id})`, 'check_not_through')
    await refused(() => sql`select private.run_credit_check_part(${check!.id}, 'ledger() union select 1, 2 --')`, 'check_part_unknown')
  }))

  it('counts every breach and keeps the first twenty of an invariant', () => atTheOffice(async ({ sql, places }) => {
    for (let person = 0; person < 25; person++)
      await sql`insert into public.credit_learners (person_id, seq, head) values (${(await makePerson(sql, places.willow)).id}, 1, '\\x00')`
    await run(sql)
    const [last] = await sql`select found, done from public.credit_checks order by id desc limit 1`
    expect(last!.found.filter((one: { invariant: string }) => one.invariant === 'head_is_last')).toHaveLength(20)
    expect(last!.done.find((one: { part: string }) => one.part === 'ledger').counts.head_is_last).toBeGreaterThanOrEqual(25)
  }))

  it('has words in both languages for whatever it may find, and a place on the page', () => withRollback(async (sql) => {
    const parts = await sql`select substring(proname from 'credit_faults_of_(.*)') as part, pg_get_functiondef(oid) as text from pg_proc where pronamespace = 'private'::regnamespace and proname like 'credit\\_faults\\_of\\_%'`
    const found = parts.flatMap(({ text }) => [...(text as string).matchAll(/select\s+'([a-z]+(?:_[a-z]+)+)'/gi)].map(([, name]) => name!))
    expect(found.length).toBeGreaterThan(20)
    // What the page of the desk lists, each with the part that looks for it.
    const listed = new Map(CREDIT_INVARIANTS.flatMap(({ codes }) => Object.entries(codes)))
    expect(parts.flatMap(({ part, text }) => [...(text as string).matchAll(/select\s+'([a-z]+(?:_[a-z]+)+)'/gi)].filter(([, name]) => listed.get(name!) !== part).map(([, name]) => `${part}: ${name}`))).toEqual([])
    for (const texts of [zh, en]) expect([...new Set([...found, ...listed.keys()])].filter(name => !(name in texts.credits.invariants))).toEqual([])
  }))

  it('tells whose and what each breach is to whoever may read names there, and only where it is to all others', () => atTheOffice(async ({ sql, as, office, places }) => {
    const mei = await makePerson(sql, places.willow)
    const auditor = await makeStaff(sql, places.city, places.willow, 'auditor')
    const below = await makeStaff(sql, places.county, places.willow, 'manager')
    const [fact] = await sql`
      insert into public.participations (key, person_id, kind, programme, organised, role, residence_unit_id, groups, started_at, ended_at, hours, status, channel, entry_source)
      values ('offender', ${mei.id}, 'training', '八段锦', true, 'learner', ${places.willow}, '{resident}', '2026-05-12T09:00:00+08:00', '2026-05-12T10:00:00+08:00', 1, 'attended', 'onsite', 'scan') returning id`
    const [posting] = await sql`select * from private.award_credit('offender', ${fact!.id}, 'attendance', 60)`
    // Behind the triggers' back: the balance, an amount, and what the record is of.
    await sql`set local session_replication_role = replica`
    await sql`update public.credit_account_states set balance = balance + 1 where account_id = (select id from public.credit_accounts where person_id = ${mei.id} and role = 'available')`
    await sql`update public.credit_postings set milli_credits = milli_credits + 5 where id = ${posting!.id}`
    await sql`update public.participations set status = 'corrected', key = 'another' where id = ${fact!.id}`
    await sql`set local session_replication_role = origin`
    await run(sql)
    const [check] = await sql`select id, found from public.credit_checks order by id desc limit 1`
    const seen = (who: string) => as(who, one => one`select * from public.credit_offenders(${check!.id})`)
    const told = await seen(office)
    expect(told).toHaveLength(check!.found.length)
    const of = (invariant: string) => told.find(row => row.invariant === invariant)
    expect(of('state_is_sum')).toMatchObject({ kind: 'account', person_id: mei.id, person_name: '王秀英', home: '柳溪村', may_correct: true, may_see_records: true })
    expect(of('posting_is_legs')).toMatchObject({ kind: 'posting', person_id: mei.id, posting_id: posting!.id, seq: 1, rule_zh: '参加现场学习', title: '八段锦' })
    expect(of('request_is_content')).toMatchObject({ kind: 'posting', seq: 1 })
    expect(of('chain_is_whole')).toMatchObject({ kind: 'posting', person_id: mei.id, posting_id: posting!.id })
    // Whoever audits sees no names: number and village are there.
    for (const row of await seen(auditor.account)) expect([row.person_name, row.may_correct, row.may_see_records]).toEqual([null, false, false])
    expect((await seen(auditor.account)).find(row => row.invariant === 'state_is_sum')).toMatchObject({ person_id: mei.id, home: '柳溪村' })
    await expect(seen(below.account)).rejects.toMatchObject({ code: 'PT403', message: 'post_lacks_sight' })
    await expect(seen(mei.account)).rejects.toMatchObject({ code: 'PT403' })
    await expect(as(office, one => one`select * from public.credit_offenders(0)`)).rejects.toMatchObject({ code: 'PT404', message: 'check_unknown' })
    expect(await sql`select subject_id from public.audit_events where action = 'credit_offenders_seen'`).toEqual([{ subject_id: String(check!.id) }])
  }))

  it('and of each kind that it knows finds the row behind the number', () => withRollback(async (sql) => {
    for (const code of CREDIT_INVARIANTS.flatMap(({ codes }) => Object.keys(codes))) {
      const [about] = await sql`select * from private.offender_of(${code}, '1:2')`
      expect([code, about!.kind]).not.toEqual([code, 'other'])
    }
  }))

  it('and every function of the database for whatever it refuses', () => withRollback(async (sql) => {
    const functions = await sql`select proname as name, pg_get_functiondef(oid) as text from pg_proc where pronamespace in ('private'::regnamespace, 'public'::regnamespace, 'identity'::regnamespace)
      and prokind = 'f' and prosrc || coalesce(pg_get_function_sqlbody(oid), '') like '%refuse(%'`
    // A code as it stands, or those that a case may come to.
    const codes = new Map(functions.flatMap(({ name, text }) => [...(text as string).matchAll(/private\.refuse\(\s*\d+\s*,\s*('\w+'|case\b[\s\S]*?\bend\b)/g)]
      .flatMap(([, said]) => said!.startsWith('case') ? [...said!.matchAll(/(?:then|else)\s+'(\w+)'/g)].map(([, code]) => code!) : [said!.slice(1, -1)])
      .filter(code => !code.endsWith('_')).map(code => [code, name as string] as const)))
    expect(codes.size).toBeGreaterThan(400)
    for (const words of [{ ...zh.errors, ...refusedZh }, { ...en.errors, ...refusedEn }]) expect([...codes].filter(([code]) => !(code in words))).toEqual([])
  }))

  it('sees credits that are not minutes times the rate', () => atTheOffice(async ({ sql, places }) => {
    const person = await makePerson(sql, places.willow)
    const before = await sql`select * from private.credit_faults_of_rates()`
    await sql`insert into public.credit_rule_totals (person_id, rule_version_id, minutes, milli_credits)
      select ${person.id}, id, per_minutes * 10, milli_credits * 10 - 1 from public.credit_rule_versions where basis = 'minutes' limit 1`
    expect(await sql`select * from private.credit_faults_of_rates()`).toHaveLength(before.length + 1)
  }))
})
