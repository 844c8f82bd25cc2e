import { createHmac, randomBytes } from 'node:crypto'
import postgres from 'postgres'
import { Pool } from 'undici'
import { sessionCookieFor } from '../tests/fixtures/session.ts'
import type { Bench, Row } from './report.ts'

const PEOPLE = 20_000
const SESSIONS = 20
const SEATS = 25
const CONNECTIONS = 200
/** As many connections as the site keeps for it. */
const STRAIGHT = 8

interface Somebody { accountId: string, cookie: string }
interface Term { code: string, pools: number[] }

/** Twenty thousand people press for the 500 seats of twenty sessions: through the site, and the function called straight. */
export async function measureRush(bench: Bench): Promise<Row[]> {
  const people = await makePeople(bench)
  const straight = await rushStraight(bench, people.slice(0, PEOPLE / 4), await publishTerm(bench, '抢位试验一'))
  const { row: through, others } = await rushThroughTheSite(bench, people, await publishTerm(bench, '抢位试验二'))
  return [
    straight,
    { ...through, ofLimit: { of: straight.name, share: through.perSecond / straight.perSecond }, aim: '≥ 800 a second, p99 ≤ 1 s, 0 oversold', met: through.perSecond >= 800 && through.p99Ms <= 1000, siteMegabytes: bench.siteMegabytes() },
    ...others.map(row => ({ ...row, aim: 'p95 < 300 ms', met: row.p95Ms < 300 })),
  ]
}

async function rushStraight({ databaseUrl, sql }: Bench, people: Somebody[], term: Term): Promise<Row> {
  const times: number[] = []
  let next = 0
  const began = performance.now()
  await Promise.all(Array.from({ length: STRAIGHT }, async () => {
    const own = postgres(databaseUrl, { max: 1, onnotice: () => undefined, connection: { role: 'authenticated' } })
    for (let at = next++; at < people.length; at = next++) {
      const started = performance.now()
      await own`select status from set_config('request.jwt.claims', ${JSON.stringify({ sub: people[at]!.accountId, role: 'authenticated' })}, true) as claims, lateral public.sign_up(case when claims is not null then ${term.pools[at % SESSIONS]!}::bigint end)`
      times.push(performance.now() - started)
    }
    await own.end()
  }))
  const row = rowOf(`sign-ups, function called straight, ${people.length.toLocaleString('en')} people`, times, (performance.now() - began) / 1000)
  await verify(sql, term, people.length)
  return row
}

async function rushThroughTheSite({ url, sql, sessionSecret }: Bench, people: Somebody[], term: Term): Promise<{ row: Row, others: Others[] }> {
  const pool = new Pool(url, { connections: CONNECTIONS })
  const times: number[] = []
  const [staff] = await sql`select id from identity.accounts where username = 'city'`
  const ofStaff = await sessionCookieFor(sql, sessionSecret, staff!.id as string)
  const ofResident = people.at(-1)!.cookie
  const watched = [
    watchOthers(url, 'visitors', ['/', '/courses', '/activities', '/schools'].map(path => ({ path }))),
    watchOthers(url, 'somebody signed in and the desk', [
      ...['/my', '/my/activities', `/activities/${term.code}`].map(path => ({ path, cookie: ofResident })), { path: '/desk/activities', cookie: ofStaff },
    ]),
  ]
  let next = 0
  const began = performance.now()
  await Promise.all(Array.from({ length: CONNECTIONS }, async () => {
    for (let at = next++; at < people.length; at = next++) {
      const started = performance.now()
      const { statusCode, body } = await pool.request({
        path: `/api/activities/${term.code}/signups`, method: 'POST', headers: { 'cookie': people[at]!.cookie, 'content-type': 'application/json' }, body: JSON.stringify({ pool: term.pools[at % SESSIONS], people: [] }),
      })
      const text = await body.text()
      if (statusCode !== 200) throw new Error(`a sign-up was refused with ${statusCode}: ${text}`)
      times.push(performance.now() - started)
    }
  }))
  const seconds = (performance.now() - began) / 1000
  await pool.close()
  await verify(sql, term, people.length)
  return { row: rowOf(`sign-ups through the site, ${people.length.toLocaleString('en')} people, ${CONNECTIONS} connections`, times, seconds), others: await Promise.all(watched.map(one => one.end())) }
}

type Others = Row & { p95Ms: number }

/** Somebody else reads other pages meanwhile, ten a second at most. */
function watchOthers(url: string, who: string, pages: { path: string, cookie?: string }[]) {
  const pool = new Pool(url, { connections: 2 })
  const times: number[] = []
  let isOver = false
  const reading = (async () => {
    for (let n = 0; !isOver; n++) {
      const started = performance.now()
      const { path, cookie } = pages[n % pages.length]!
      const { statusCode, body } = await pool.request({ path, method: 'GET', headers: cookie ? { cookie } : {} })
      await body.text()
      if (statusCode !== 200) throw new Error(`${path} answered ${statusCode} during the rush`)
      times.push(performance.now() - started)
      await new Promise(resolve => setTimeout(resolve, 100))
    }
  })()
  return {
    async end(): Promise<Others> {
      isOver = true
      await reading
      await pool.close()
      const row = rowOf('other pages meanwhile', times, times.reduce((sum, one) => sum + one, 0) / 1000)
      const p95Ms = times[Math.floor(times.length * 0.95)]!
      return { ...row, name: `other pages meanwhile, ${who} (p95 ${Math.round(p95Ms)} ms)`, p95Ms }
    },
  }
}

/** Exact, in order, and nobody waits beside a free seat. */
async function verify(sql: postgres.Sql, { pools }: Term, people: number): Promise<void> {
  const [counted] = await sql`select count(*)::integer as people, count(*) filter (where status = 'confirmed')::integer as seated, count(distinct person_id)::integer as persons
    from public.signups where pool_id = any (${pools})`
  const inOrder = await sql`select pool_id from public.signups where pool_id = any (${pools}) group by pool_id
    having max(id) filter (where status = 'confirmed') > min(id) filter (where status = 'waiting')`
  const faults = await sql`select * from private.seat_faults()`
  if (counted!.people !== people || counted!.persons !== people || counted!.seated !== SESSIONS * SEATS || inOrder.length || faults.length) {
    throw new Error(`the rush went wrong: ${JSON.stringify({ ...counted, outOfOrder: inOrder.length, faults })}`)
  }
}

/** A published term of sessions to sign up for one by one, in two months. */
async function publishTerm({ sql }: Bench, title: string): Promise<Term> {
  const [school] = await sql`select unit.id, account.id as account from public.posts post join public.units unit on unit.id = post.unit_id join identity.accounts account on account.person_id = post.person_id
    where post.role_id = 'manager' and unit.kind_id = 'community_school' order by post.id limit 1`
  const day = (n: number, hour: number) => new Date(Date.UTC(new Date().getUTCFullYear(), new Date().getUTCMonth() + 2, 1 + n, hour))
  const fields = { title, kind: 'activity', form: 'theme_event', category: 'digital', venue: '社区学校', phone: '0572 123456', minors: 'welcome', minorsStaff: ['何敏', '吴刚'], signUp: 'session' }
  const sessions = Array.from({ length: SESSIONS }, (_, n) => ({ startsAt: day(n, 1), endsAt: day(n, 3), capacity: SEATS }))
  const id = await sql.begin(async (transaction) => {
    await transaction`select set_config('request.jwt.claims', ${JSON.stringify({ sub: school!.account, role: 'authenticated' })}, true)`
    await transaction`set local role authenticated`
    const [saved] = await transaction`select public.save_activity(${school!.id}, null, null, ${transaction.json(fields)}, ${transaction.json(sessions as never)}) as id`
    await transaction`select public.publish_activity(${saved!.id})`
    return saved!.id as string
  })
  const [{ code }] = await sql`select code from public.activities where id = ${id}` as unknown as [{ code: string }]
  const pools = await sql`select pool.id from public.seat_pools pool join public.activity_sessions session on session.id = pool.session_id where pool.activity_id = ${id} order by session.starts_at`
  return { code, pools: pools.map(row => Number(row.id)) }
}

/** People of their own with accounts and sessions: the demo's are too few. */
async function makePeople({ sql, sessionSecret }: Bench): Promise<Somebody[]> {
  const rows = await sql`
    with home as (select id from public.units where level = 'village' and kind_id = 'administration' order by id limit 1), made as (
      insert into public.persons (name, sex, birth_year, residence_unit_id) select '抢位居民' || n, 'female', 1960, home.id from home cross join generate_series(1, ${PEOPLE}) n returning id
    )
    insert into identity.accounts (email, username, person_id) select 'rush-' || id || '@accounts.invalid', 'rush.' || id, id from made returning id`
  const people = rows.map(({ id }) => ({ accountId: id as string, token: randomBytes(24).toString('base64url') }))
  await sql`insert into identity.sessions (account_id, token, expires_at)
    select one.account_id::uuid, one.token, now() + interval '1 day' from unnest(${people.map(one => one.accountId)}::text[], ${people.map(one => one.token)}::text[]) as one (account_id, token)`
  await sql`analyze public.persons, identity.accounts, identity.sessions`
  return people.map(({ accountId, token }) => ({
    accountId, cookie: `linxue.session_token=${encodeURIComponent(`${token}.${createHmac('sha256', sessionSecret).update(token).digest('base64')}`)}`,
  }))
}

function rowOf(name: string, times: number[], seconds: number): Row {
  times.sort((a, b) => a - b)
  const row = { name, perSecond: times.length / seconds, p50Ms: times[Math.floor(times.length * 0.5)]!, p99Ms: times[Math.floor(times.length * 0.99)]! }
  console.log(`  ${name}: ${Math.round(row.perSecond)}/s, p50 ${row.p50Ms.toFixed(1)} ms, p99 ${row.p99Ms.toFixed(1)} ms`)
  return row
}
