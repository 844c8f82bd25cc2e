// PostgREST gives a thousand rows at once: what is longer comes whole all the same, as a page and as a file.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type postgres from 'postgres'
import { ask, portalSql, signedIn } from '../fixtures/portal.ts'

const MANY = 1_205
let sql: postgres.Sql
let city: string
let people: string[]

beforeAll(async () => {
  sql = portalSql()
  city = await signedIn(sql, { username: 'city' })
  const [home] = await sql`select residence_unit_id as id from public.persons where residence_unit_id is not null order by id limit 1`
  people = (await sql`insert into public.persons (name, sex, birth_year, residence_unit_id)
    select '长名单' || n, 'female', 1955, ${home!.id} from generate_series(1, ${MANY}) as n returning id`).map(row => row.id as string)
})
afterAll(() => sql.end())

const linesOf = (file: string) => file.trimEnd().split('\r\n')
const numbersOf = (file: string) => new Set(linesOf(file).slice(1).map(line => line.split(',')[0]))

describe('a list of more than a thousand', () => {
  it('of whom a re-rating concerns is a file with everybody in it once', async () => {
    const [account] = await sql`select id, person_id from identity.accounts where username = 'city'`
    const [rerating] = await sql`insert into public.credit_reratings (rule_id, kind, period, basis, milli_credits, per_minutes, reason, state, learners, asked_by, asked_person_id, ended_at)
      values ('attendance', 'rate', daterange('2026-03-01', '2026-04-01'), 'minutes', 1000, 30, '名单很长的一次', 'withdrawn', ${MANY}, ${account!.id}, ${account!.person_id}, now()) returning id`
    await sql`insert into public.credit_rerating_learners (rerating_id, person_id, state, after_milli_credits)
      select ${rerating!.id}, id, 'counted', id::bigint % 7 from unnest(${people}::bigint[]) as id`
    const { status, body, headers } = await ask<string>(`/api/desk/credits/reratings/${rerating!.id}/list.csv`, { cookie: city })
    expect([status, headers.get('content-type'), linesOf(body).length, numbersOf(body)]).toEqual([200, 'text/csv; charset=utf-8', MANY + 1, new Set(people)])
  })

  it('of whom holds a level is a file with everybody in it once', async () => {
    const [scheme] = await sql`select id from public.honour_schemes order by id desc limit 1`
    await sql`insert into public.honours (person_id, scheme_id, rank, milli_credits, seq, judged_by, reached_at)
      select id, ${scheme!.id}, 1, 1000, 0, ${scheme!.id}, now() from unnest(${people}::bigint[]) as id`
    try {
      const { body } = await ask<string>(`/api/desk/credits/honours/list.csv?name=${encodeURIComponent('长名单')}`, { cookie: city })
      expect([linesOf(body).length, numbersOf(body)]).toEqual([MANY + 1, new Set(people)])
    }
    finally { await sql`delete from public.honours where person_id in ${sql(people)}` }
  })

  it('of the audit log is a file, from the newest to the last', async () => {
    const [unit] = await sql`select id from public.units where parent_id is null`
    await sql`insert into public.audit_events (action, subject_kind, subject_id, unit_id) select 'class_recorded', 'class_register', 'long-' || n, ${unit!.id} from generate_series(1, ${MANY}) as n`
    const { body } = await ask<string>('/api/desk/audit/audit.csv?action=class_recorded', { cookie: await signedIn(sql, { username: 'audit' }) })
    expect(new Set(body.match(/long-\d+/g)).size).toBe(MANY)
  })
})

describe('a year of more than a thousand lines', () => {
  it('is whole in the passbook and its file', async () => {
    const reader = await signedIn(sql, { username: 'qingxi' })
    const [account] = await sql`select person_id from identity.accounts where username = 'qingxi'`
    await sql`with fact as (
        insert into public.participations (key, person_id, kind, organised, role, residence_unit_id, groups, started_at, ended_at, hours, status, channel, entry_source)
        select 'long:' || n, person.id, 'training', true, 'learner', person.residence_unit_id, '{resident}', at, at + interval '1 minute', 0.1, 'attended', 'onsite', 'scan'
        from public.persons person cross join generate_series(1, ${MANY}) as n cross join lateral (select now() - n * interval '5 minutes' as at) moment
        where person.id = ${account!.person_id} returning id, key)
      select id, key from fact`
    await sql`select private.award_credit(fact.key, fact.id, 'attendance', 1) from public.participations fact where fact.key like 'long:%' order by fact.id`
    const [{ year } = { year: 0 }] = await sql<{ year: number }[]>`select extract(year from now() at time zone 'Asia/Shanghai')::integer as year`
    const { body } = await ask<{ lines: { balanceAfterMilliCredits: number }[], closingMilliCredits: number }>(`/api/credits/passbook?year=${year}`, { cookie: reader })
    expect(body.lines.length).toBeGreaterThanOrEqual(MANY)
    expect(body.lines.at(-1)!.balanceAfterMilliCredits).toBe(body.closingMilliCredits)
    expect(Number((await sql`select private.available_credits(${account!.person_id}) as balance`)[0]!.balance)).toBe(body.closingMilliCredits)
    const file = await ask<string>(`/api/credits/passbook.csv?year=${year}`, { cookie: reader })
    expect(linesOf(file.body)).toHaveLength(body.lines.length + 3)
  })

  it('is shown at the desk a hundred at a time, to the last', async () => {
    const [account] = await sql`select person_id from identity.accounts where username = 'qingxi'`
    const pageOf = async (page: number) => (await ask<{ pages: number, total: number, counting: number, records: { id: number }[] }>(`/api/desk/metrics/people/${account!.person_id}?page=${page}`, { cookie: city })).body
    const first = await pageOf(1)
    expect([first.total, first.counting, first.records.length]).toEqual([expect.toSatisfy(total => total >= MANY), expect.toSatisfy(counting => counting >= MANY), 100])
    const all = (await Promise.all(Array.from({ length: first.pages }, (_, page) => pageOf(page + 1)))).flatMap(page => page.records.map(record => record.id))
    expect(new Set(all).size).toBe(first.total)
    expect(all).toHaveLength(first.total)
  })
})
