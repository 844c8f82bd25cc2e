// The site and single backends of PostgreSQL are killed while an import is checked, written, credited and taken back. At every
// moment all of its rows are there or none, none is there twice, and its page comes back and ends.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import postgres from 'postgres'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { ensureBuild } from '../../stack/build.ts'
import { freePort } from '../../stack/ports.ts'
import { preparedFolder, root, startLauncher, until, type Run } from '../fixtures/launcher.ts'
import { sessionCookieFor } from '../fixtures/session.ts'

const ROWS = 4_000
const dataDir = await preparedFolder('demo')
let port = 0
let portal: Run
let sql: postgres.Sql
let cookie = ''
beforeAll(async () => {
  await ensureBuild(root)
  port = await freePort()
  portal = startLauncher(dataDir, { PORT: String(port) })
  await portal.says('One-time codes', 300_000)
  sql = postgres(readFileSync(join(dataDir, 'database.url'), 'utf8').trim(), { max: 2, onnotice: () => undefined })
  const { sessionSecret } = JSON.parse(readFileSync(join(dataDir, 'secrets.json'), 'utf8')) as { sessionSecret: string }
  const [account] = await sql`select id from identity.accounts where username = 'city'`
  cookie = await sessionCookieFor(sql, sessionSecret, account!.id as string)
}, 900_000)
afterAll(async () => {
  await sql?.end()
  portal?.child.kill('SIGTERM')
  await portal?.code
})

interface Page { state: string, isRunning: boolean, counts: Record<string, number>, mapping: { columns: Record<string, number> } | null, result: { written: number, credited?: number, back?: { cancelled: number } } | null }

/** Asks until there is an answer: whoever looks at a page of a site that is coming back loads it again. */
async function ask<T>(path: string, init: RequestInit = {}): Promise<T> {
  for (let patience = 400; ; patience--) {
    const response = await fetch(`http://127.0.0.1:${port}/api/desk/imports${path}`, { ...init, headers: { cookie, ...init.headers }, signal: AbortSignal.timeout(30_000) }).catch(() => null)
    if (response?.ok) return await response.json() as T
    if (patience === 0 || (response && response.status < 500)) throw new Error(`${path}: ${response?.status} ${await response?.text()}`)
    await new Promise(resolve => setTimeout(resolve, 150))
  }
}
const post = (path: string, body: object) => ask(path, { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } })
/** A question to a database that may be coming back. */
async function row<T extends postgres.Row>(question: () => PromiseLike<readonly postgres.Row[]>): Promise<T> {
  for (;;) {
    try { return (await question())[0] as T }
    catch { await new Promise(resolve => setTimeout(resolve, 100)) }
  }
}

const pidOf = (name: string) => (JSON.parse(readFileSync(join(dataDir, 'children.json'), 'utf8')) as { name: string, pid: number }[]).find(note => note.name === name)!.pid
async function killSite(): Promise<void> {
  const pid = pidOf('Linxue')
  process.kill(pid, 'SIGKILL')
  await until(() => pidOf('Linxue') !== pid)
}
/** The backend that works on the import, or any of the jobs': PostgreSQL restarts all of them after such a death. */
async function killBackend(): Promise<void> {
  const { pid } = await row<{ pid: number | null }>(() => sql`select pid from pg_stat_activity where application_name = 'linxue jobs'
    order by state = 'active' desc, query ~ 'import' desc limit 1`) ?? { pid: null }
  if (pid !== null) process.kill(pid, 'SIGKILL')
}

it('kills at any moment leave all of an import or nothing, each row once, and an end to its page', async () => {
  const people = await sql`select min(person.name) as name, person.birth_year as birth, home.code as home from public.persons person join public.units home on home.id = person.residence_unit_id
    where home.closed_on is null and person.birth_year < 2010 group by person.name, person.birth_year, home.code having count(*) = 1 order by 1, 2, 3`
  const lines = Array.from({ length: ROWS }, (_, at) => {
    const { name, birth, home } = people[at % people.length]!
    const day = new Date(Date.UTC(2025, 0, 6 + 7 * Math.floor(at / people.length))).toISOString().slice(0, 10)
    return `${name},${birth},${home},${day},09:00-11:00,2,普法法治,断电测试`
  })
  const form = new FormData()
  form.set('kind', 'participation')
  form.set('unit', 'QJ')
  form.set('file', new Blob([['姓名,出生年份,居住地,日期,时间,学时,类别,培训名称', ...lines].join('\n')]), '断电.csv')
  const { id } = await ask<{ id: number }>('', { method: 'POST', body: form })

  // Somebody watches from outside the whole time: never a part of the rows, never a part of them taken back.
  const seen = { written: new Set<number>(), cancelled: new Set<number>() }
  let isOver = false
  const watch = (async () => {
    // Once more after the end, too: it may have come between two looks.
    for (let isLast = false; !isLast;) {
      isLast = isOver
      const now = await row<{ written: number, cancelled: number }>(() => sql`select count(*)::integer as written,
        count(*) filter (where exists (select from public.participations later where later.corrects = fact.id))::integer as cancelled from public.participations fact where fact.import_id = ${id}`)
      seen.written.add(now.written)
      seen.cancelled.add(now.cancelled)
      await new Promise(resolve => setTimeout(resolve, 40))
    }
  })()
  const kills: string[] = []
  const phase = () => row<{ phase: string, done: number }>(() => sql`select phase, done from private.import_progress where import_id = ${id}`)
  const state = async () => (await row<{ state: string }>(() => sql`select state from public.imports where id = ${id}`)).state
  /** Waits until the import is in one of these phases, a little longer, and kills. */
  const killIn = async (phases: string[], kill: () => Promise<void>, within: number) => {
    await until(async () => phases.includes((await phase()).phase), 120_000, () => `never in ${phases.join()}`)
    await new Promise(resolve => setTimeout(resolve, Math.random() * within))
    const [at, where] = [await phase(), await state()]
    await kill()
    kills.push(`${kill.name} in ${where}: ${at.phase} ${at.done}`)
  }
  const ended = async () => {
    let page = await ask<Page>(`/${id}`)
    await until(async () => !(page = await ask<Page>(`/${id}`)).isRunning, 180_000, () => `still ${page.state} after ${kills.join('; ')}`)
    return page
  }

  const { mapping } = await ask<Page>(`/${id}`)
  await post(`/${id}/columns`, Object.fromEntries(Object.entries(mapping!.columns).map(([field, column]) => [`column.${field}`, String(column)])))
  await killIn(['reading', 'checking'], killSite, 300)
  await killIn(['reading', 'checking'], killBackend, 300)
  expect(await ended()).toMatchObject({ state: 'checked', counts: { total: ROWS, good: ROWS } })

  await post(`/${id}/application`, { rows: 'all' })
  await killIn(['writing'], killSite, 400)
  await killIn(['writing', 'crediting'], killBackend, 800)
  await killIn(['crediting'], killSite, 1500)
  await killIn(['crediting'], killBackend, 1500)
  const written = await ended()
  expect(written, kills.join('; ')).toMatchObject({ state: 'applied', result: { written: ROWS } })
  expect(await sql`select count(*)::integer as rows, count(distinct (person_id, started_at))::integer as events, bool_and(status = 'attended') as attended
    from public.participations where import_id = ${id}`).toEqual([{ rows: ROWS, events: ROWS, attended: true }])
  const [credits] = await sql`select count(*)::integer as postings, count(distinct participation_id)::integer as facts from public.credit_postings
    where participation_id in (select id from public.participations where import_id = ${id})`
  expect(credits!.facts).toBe(credits!.postings)
  expect(credits!.postings).toBe(written.result!.credited)
  expect(credits!.postings).toBeGreaterThan(0)
  expect(await sql`select * from private.credit_faults()`).toEqual([])

  await post(`/${id}/reversal`, {})
  await killIn(['taking_back'], killBackend, 600)
  await killIn(['taking_back'], killSite, 1500)
  const back = await ended()
  isOver = true
  await watch
  expect(back, kills.join('; ')).toMatchObject({ state: 'taken_back', result: { back: { cancelled: ROWS } } })
  const [left] = await sql`select count(*) filter (where fact.import_id = ${id})::integer as rows, count(later.id)::integer as cancellations, bool_and(later.status = 'cancelled') as gone
    from public.participations fact left join public.participations later on later.corrects = fact.id where fact.import_id = ${id}`
  expect(left).toEqual({ rows: ROWS, cancellations: ROWS, gone: true })
  const [balance] = await sql`select sum(milli_credits)::integer as credits from public.credit_postings posting
    join public.participations fact on fact.id = posting.participation_id where fact.import_id = ${id} or fact.corrects in (select id from public.participations where import_id = ${id})`
  expect(balance!.credits).toBe(0)
  expect(await sql`select * from private.credit_faults()`).toEqual([])

  expect([...seen.written].sort((a, b) => a - b), kills.join('; ')).toEqual([0, ROWS])
  expect([...seen.cancelled].sort((a, b) => a - b), kills.join('; ')).toEqual([0, ROWS])
  // Most of them met it at work: had it always been through already, this would have shown nothing.
  expect(kills.filter(kill => /in (checking|applying|crediting|taking_back)/.test(kill)).length, kills.join('; ')).toBeGreaterThanOrEqual(6)
}, 1_200_000)
