// The site and the database are killed while residents set rewards aside and give them back: what was acknowledged is there, once.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import postgres from 'postgres'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { ensureBuild } from '../../stack/build.ts'
import { freePort } from '../../stack/ports.ts'
import { preparedFolder, root, startLauncher, until, type Run } from '../fixtures/launcher.ts'
import { sessionCookieFor } from '../fixtures/session.ts'

const dataDir = await preparedFolder('demo')
let port = 0
let portal: Run
let sql: postgres.Sql
beforeAll(async () => {
  await ensureBuild(root)
  port = await freePort()
  portal = startLauncher(dataDir, { PORT: String(port) })
  await portal.says('One-time codes')
  sql = connect()
}, 600_000)
afterAll(async () => {
  await sql?.end()
  portal?.child.kill('SIGTERM')
  await portal?.code
})

const connect = () => postgres(readFileSync(join(dataDir, 'database.url'), 'utf8').trim(), { max: 2, onnotice: () => undefined })
const pidOf = (name: string) => (JSON.parse(readFileSync(join(dataDir, 'children.json'), 'utf8')) as { name: string, pid: number }[]).find(note => note.name === name)?.pid

/** One resident who holds and gives back, asks again after whatever went wrong, and keeps what was acknowledged. */
class Resident {
  readonly held = new Set<number>()
  readonly returned = new Set<number>()
  errors = 0

  constructor(private readonly cookie: string, private readonly item: number) {}

  async act(isOver: () => boolean): Promise<void> {
    while (!isOver()) {
      const hold = (await this.post('holds', { item: this.item }))?.hold
      if (hold === undefined) continue
      this.held.add(hold)
      while (!isOver() && !this.returned.has(hold)) if (await this.post('returns', { hold })) this.returned.add(hold)
    }
  }

  private async post(path: string, body: object): Promise<{ hold?: number } | null> {
    try {
      const response = await fetch(`http://127.0.0.1:${port}/api/credits/rewards/${path}`, {
        method: 'POST', headers: { 'cookie': this.cookie, 'content-type': 'application/json' }, body: JSON.stringify(body), signal: AbortSignal.timeout(5000),
      })
      if (response.ok) return await response.json() as { hold?: number }
      // Anything but a server that is gone or coming back would be a fault of the request itself.
      if (response.status < 500) throw new Error(`${path}: ${response.status} ${await response.text()}`)
    }
    catch (error) {
      if ((error as Error).message.startsWith(path)) throw error
    }
    this.errors++
    await new Promise(resolve => setTimeout(resolve, 50))
    return null
  }
}

it('kills of the site and of PostgreSQL under load lose nothing that was acknowledged and post nothing twice', async () => {
  const { sessionSecret } = JSON.parse(readFileSync(join(dataDir, 'secrets.json'), 'utf8')) as { sessionSecret: string }
  const accounts = await sql`
    select account.id, account.person_id from identity.accounts account where account.person_id is not null and account.username is null order by account.id limit 6`
  const [item] = await sql`insert into public.credit_items (unit_id, kind, zh, en, price_milli_credits) select id, 'honour', '荣誉', 'Honour', 1000 from public.units where parent_id is null returning id`
  await sql`select private.move_stock(${item!.id}, 100, null)`
  const residents = await Promise.all(accounts.map(async ({ id, person_id: person }) => {
    await sql`select private.grant_credit(${`kills|${person}`}, ${person}, 'staff_correction', 5000, 0, 1, 'load', '{}', now())`
    return new Resident(await sessionCookieFor(sql, sessionSecret, id), item!.id)
  }))
  let isOver = false
  const work = Promise.all(residents.map(one => one.act(() => isOver)))
  const acknowledged = () => residents.reduce((sum, { held, returned }) => sum + held.size + returned.size, 0)
  const moreThan = (count: number) => until(() => acknowledged() > count)

  await moreThan(100)
  for (const name of ['Linxue', 'PostgreSQL', 'PostgREST', 'Linxue']) {
    const before = pidOf(name)!
    process.kill(before, 'SIGKILL')
    await until(() => pidOf(name) !== undefined && pidOf(name) !== before)
    await moreThan(acknowledged() + 60)
  }
  isOver = true
  await work
  await sql.end()
  sql = connect()

  const rows = await sql`select id, status from public.credit_holds`
  const status = new Map(rows.map(row => [Number(row.id), row.status as string]))
  for (const { held, returned } of residents) {
    for (const id of held) expect(status.get(id)).toBeDefined()
    for (const id of returned) expect(status.get(id)).toBe('returned')
  }
  expect(residents.reduce((sum, { errors }) => sum + errors, 0)).toBeGreaterThan(0) // the kills were felt
  expect(await sql`select * from private.credit_faults()`).toEqual([])
}, 240_000)
