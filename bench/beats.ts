import postgres from 'postgres'
import { Pool } from 'undici'
import { sessionCookieFor } from '../tests/fixtures/session.ts'
import type { Bench, Row } from './report.ts'

const LEARNERS = 16

interface Learner { accountId: string, watchId: string, cookie: string }

/** Beats through the API beside the same function called straight over a connection, as many learners at once in both. */
export async function measureBeats(bench: Bench): Promise<Row[]> {
  const straight = await drive('beats, function called straight', bench.seconds, await straightSenders(bench, await makeLearners(bench)))
  const through = await drive('beats, through the API', bench.seconds, await apiSenders(bench, await makeLearners(bench)))
  const share = through.perSecond / straight.perSecond
  return [straight, { ...through, ofLimit: { of: straight.name, share }, aim: '≥ 40 % of the straight rate', met: share >= 0.4, siteMegabytes: bench.siteMegabytes() }]
}

type Send = (seq: number) => Promise<void>

async function straightSenders({ databaseUrl }: Bench, learners: Learner[]): Promise<{ senders: Send[], end: () => Promise<void> }> {
  const connections = await Promise.all(learners.map(async ({ accountId }) => {
    const sql = postgres(databaseUrl, { max: 1, onnotice: () => undefined })
    await sql`select set_config('request.jwt.claims', ${JSON.stringify({ sub: accountId, role: 'authenticated' })}, false)`
    await sql`set role authenticated`
    return sql
  }))
  return {
    senders: learners.map(({ watchId }, index) => async (seq) => { await connections[index]!`select send_beats(${watchId}, ${connections[index]!.json(beats(seq))})` }),
    end: async () => { await Promise.all(connections.map(sql => sql.end())) },
  }
}

async function apiSenders({ url }: Bench, learners: Learner[]): Promise<{ senders: Send[], end: () => Promise<void> }> {
  const pool = new Pool(url, { connections: LEARNERS })
  const senders = learners.map(({ watchId, cookie }): Send => async (seq) => {
    const { statusCode, body } = await pool.request({
      path: `/api/watches/${watchId}/beats`, method: 'POST', headers: { cookie, 'content-type': 'application/json' }, body: JSON.stringify({ beats: beats(seq) }),
    })
    const text = await body.text()
    if (statusCode !== 200) throw new Error(`a beat was refused with ${statusCode}: ${text}`)
  })
  return { senders, end: () => pool.close() }
}

// Played a little, again and again at the start: the watch never completes, and each beat is judged like any other.
function beats(seq: number) {
  const from = (seq * 37) % 2000
  return [{ seq, ranges: [[from, from + 500]], rate: 1, positionMs: from + 500 }]
}

async function drive(name: string, seconds: number, { senders, end }: { senders: Send[], end: () => Promise<void> }): Promise<Row> {
  const times: number[] = []
  const run = async (send: Send, firstSeq: number, until: number, keep: boolean) => {
    let seq = firstSeq
    while (performance.now() < until) {
      const started = performance.now()
      await send(seq++)
      if (keep) times.push(performance.now() - started)
    }
    return seq
  }
  const warm = performance.now() + 2000
  const next = await Promise.all(senders.map(send => run(send, 1, warm, false)))
  const started = performance.now()
  await Promise.all(senders.map((send, index) => run(send, next[index]!, started + seconds * 1000, true)))
  const elapsed = (performance.now() - started) / 1000
  await end()
  times.sort((a, b) => a - b)
  const row: Row = { name, perSecond: times.length / elapsed, p50Ms: times[Math.floor(times.length * 0.5)]!, p99Ms: times[Math.floor(times.length * 0.99)]! }
  console.log(`  ${name}: ${Math.round(row.perSecond)}/s, p50 ${row.p50Ms.toFixed(1)} ms, p99 ${row.p99Ms.toFixed(1)} ms`)
  return row
}

/** New accounts for persons of the demo region, enrolled in one course, each with a live watch. */
async function makeLearners({ sql, sessionSecret }: Bench): Promise<Learner[]> {
  const [lesson] = await sql`
    select lesson.id, course.slug from lessons lesson join courses course on course.id = lesson.course_id
    where lesson.kind = 'video' and lesson.status = 'published' and course.status = 'published' order by lesson.id limit 1`
  const persons = await sql`
    select person.id from persons person
    where birth_year < 2000 and not exists (select from identity.accounts account where account.person_id = person.id)
    order by person.id limit ${LEARNERS}`
  return Promise.all(persons.map(async ({ id }) => {
    const [account] = await sql`
      insert into identity.accounts (email, username, person_id)
      values (${`bench-${id}@accounts.invalid`}, ${`bench.${id}`}, ${id}) returning id`
    const accountId = account!.id as string
    const watchId = await sql.begin(async (transaction) => {
      await transaction`select set_config('request.jwt.claims', ${JSON.stringify({ sub: accountId, role: 'authenticated' })}, true)`
      await transaction`set local role authenticated`
      await transaction`select enrol(${lesson!.slug})`
      const [row] = await transaction`select open_watch(${lesson!.id}, 'bench', 'web') as watch`
      return (row!.watch as { watchId: string }).watchId
    })
    return { accountId, watchId, cookie: await sessionCookieFor(sql, sessionSecret, accountId) }
  }))
}
