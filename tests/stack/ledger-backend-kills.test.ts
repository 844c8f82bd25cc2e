// One backend of PostgreSQL is killed (-9) again and again under load. The postmaster then ends every other one and recovers from its
// log; whoever had no answer asks again with the same key. What was acknowledged is there, once.
import { join } from 'node:path'
import postgres from 'postgres'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { freePort } from '../../stack/ports.ts'
import { prepareData } from '../../stack/portal.ts'
import { Services } from '../../stack/processes.ts'
import { preparedFolder, until } from '../fixtures/launcher.ts'

const [LEARNERS, EVENTS, WRITERS, KILLS] = [8, 40, 12, 5]
const dataDir = await preparedFolder('library')
const gaveUp: string[] = []
const services = new Services(join(dataDir, 'children.json'), (reason) => { gaveUp.push(reason) })
let url = ''
beforeAll(async () => {
  const connection = await prepareData(services, { port: await freePort(), host: '127.0.0.1', dataDir, hosted: null, demoResidents: 0 }, () => undefined)
  url = connection.DATABASE_URL
}, 300_000)
afterAll(() => services.stop())

/** Asks on a connection of its own until there is an answer; a database that recovers refuses for a while. */
async function stubborn<T>(ask: (sql: postgres.Sql) => Promise<T>, failed: (error: unknown) => void = () => undefined): Promise<T> {
  for (let patience = 600; ; patience--) {
    const sql = postgres(url, { max: 1, fetch_types: false, connect_timeout: 5, onnotice: () => undefined })
    try { return await ask(sql) }
    catch (error) {
      // The ledger's own refusals are answers.
      if (patience === 0 || String((error as { code?: string }).code).startsWith('PT')) throw error
      failed(error)
      await new Promise(resolve => setTimeout(resolve, 50))
    }
    finally { await sql.end({ timeout: 1 }).catch(() => undefined) }
  }
}

it('kill −9 of a backend under load loses nothing that was acknowledged and posts nothing twice; I1–I12 return nothing', async () => {
  const started = await stubborn(async (sql) => {
    await sql.unsafe(`
      insert into public.units (parent_id, path, code, name, kind_id, level) values (null, '0', 'K', '清江市', 'administration', 'county');
      insert into public.persons (id, name, residence_unit_id, birth_year) select n, '学员' || n, (select id from public.units where code = 'K'), 1960 from generate_series(1, ${LEARNERS}) n;
      insert into public.participations (key, person_id, kind, organised, role, residence_unit_id, groups, started_at, ended_at, hours, status, channel, entry_source)
        select 'kill:' || person.id || ':' || n, person.id, 'training', true, 'learner', person.residence_unit_id, '{resident}',
          timestamptz '2026-03-01 09:00+08' + n * interval '1 day', timestamptz '2026-03-01 10:00+08' + n * interval '1 day', 1, 'attended', 'onsite', 'scan'
        from public.persons person, generate_series(1, ${EVENTS}) n;
      insert into public.credit_caps (rule_id, period, amount) values ('lesson_completed', 'year', 600);`)
    return (await sql`select pg_postmaster_start_time()::text as at`)[0]!.at as string
  })
  const facts = await stubborn(async sql => [...await sql<{ id: string, key: string, person_id: string }[]>`select id, key, person_id from public.participations order by md5(key)`])

  // Every event three times over, a use of credits after every tenth, by twelve writers.
  const acknowledged = new Map<string, string>()
  let failures = 0
  let isOver = false
  const tell = async (key: string, ask: (sql: postgres.Sql) => Promise<readonly postgres.Row[]>) => {
    const id = (await stubborn(ask, () => { failures++ }))[0]!.id as string
    const before = acknowledged.get(key)
    if (before !== undefined) expect(id).toBe(before)
    acknowledged.set(key, id)
  }
  const sends = [0, 1, 2].flatMap(turn => facts.map((fact, index) => ({ fact, index, order: (index * 7919 + turn * 104729) % (facts.length * 3) }))).toSorted((a, b) => a.order - b.order)
  const work = Promise.all(Array.from({ length: WRITERS }, async (_, writer) => {
    for (let at = writer; at < sends.length; at += WRITERS) {
      const { fact, index } = sends[at]!
      await tell(fact.key, sql => sql`select (private.award_credit(${fact.key}, ${fact.id}, 'lesson_completed', ${10 + index % 30})).id`)
      if (index % 10 === 0) await tell(`use:${fact.key}`, sql => sql`select (private.apply_credit(${`use:${fact.key}`}, ${fact.person_id}, 5)).id`)
    }
  })).finally(() => { isOver = true })

  let kills = 0
  while (kills < KILLS && !isOver) {
    const victim = await stubborn(async sql => (await sql`select pid from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid() and query ~ 'award_credit|apply_credit' order by random() limit 1`)[0]?.pid as number | undefined)
    if (!victim) continue
    try { process.kill(victim, 'SIGKILL') }
    catch { continue } // it had ended by itself
    kills++
    const known = acknowledged.size
    await until(() => isOver || acknowledged.size > known, 60_000)
  }
  await work

  expect([kills, gaveUp]).toEqual([KILLS, []])
  expect(failures).toBeGreaterThan(0) // the kills were felt
  await stubborn(async (sql) => {
    // The postmaster itself lived through them all.
    expect((await sql`select pg_postmaster_start_time()::text as at`)[0]!.at).toBe(started)
    const rows = await sql<{ id: string, key: string }[]>`select id, key from public.credit_postings`
    const uses = facts.filter((_, index) => index % 10 === 0).length
    expect([rows.length, acknowledged.size]).toEqual([facts.length + uses, facts.length + uses])
    expect(new Map(rows.map(({ id, key }) => [key, id]))).toEqual(acknowledged)
    expect(await sql`select * from private.credit_faults()`).toEqual([])
    const [capped] = await sql`select max(used)::integer as used from public.credit_cap_uses`
    expect(capped!.used).toBe(600)
  })
}, 300_000)
