// The launcher from outside, on the build that all tests share: what an operator and a crash do to it.
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { beforeAll, expect, it } from 'vitest'
import { ensureBuild } from '../../stack/build.ts'
import { freePort } from '../../stack/ports.ts'
import { childrenOf, dataFolder, isRunning, kill, root, run, startLauncher, until, type Run } from '../fixtures/launcher.ts'

const dataDir = dataFolder()
let port = 0
let portal: Run
beforeAll(async () => {
  await ensureBuild(root)
  port = await freePort()
  portal = start()
  await portal.says('One-time codes')
}, 600_000)

const start = () => startLauncher(dataDir, { PORT: String(port) })
const answers = async (path = '/api/health') => {
  try { return (await fetch(`http://127.0.0.1:${port}${path}`)).ok }
  catch { return false }
}
const notes = () => JSON.parse(readFileSync(join(dataDir, 'children.json'), 'utf8')) as { name: string, pid: number }[]

it('a first start tells in few lines how far it is, in both languages', async () => {
  expect(await answers('/courses')).toBe(true)
  const lines = portal.output().trim().split('\n').filter(Boolean)
  expect(lines.length).toBeLessThan(12)
  expect(portal.output()).toMatch(/数据库已更新.*Database brought up to date[\s\S]*课程包.*Library packs[\s\S]*秒就绪/)
})

it('a second start on the same data says who holds it, and harms nobody', async () => {
  const second = startLauncher(dataDir, { PORT: String(await freePort()) })
  expect(await second.code).toBe(1)
  expect(second.output()).toContain(`in use by process ${portal.child.pid}, serving on port ${port}`)
  expect(await answers()).toBe(true)
})

it.each(['PostgreSQL', 'PostgREST', 'Linxue'])('%s is killed: it comes back and the site answers again', async (name) => {
  const before = notes().find(note => note.name === name)!.pid
  process.kill(before, 'SIGKILL')
  await until(() => notes().find(note => note.name === name)?.pid !== before)
  await until(() => answers())
  expect(await answers('/courses')).toBe(true)
  expect(portal.output()).toMatch(new RegExp(`! ${name} 意外停止（SIGKILL）.*restarting in 200 ms`))
})

it('the seed tool fills the running portal once, and refuses a second time', async () => {
  expect(statSync(join(dataDir, 'database.url')).mode & 0o777).toBe(0o600)
  const seed = () => run('demo/run.ts', ['--residents', '200'], { LINXUE_DATA_DIR: dataDir })
  const first = seed()
  expect(await first.code).toBe(0)
  const second = seed()
  expect(await second.code).toBe(1)
  expect(second.output()).toMatch(/已有地区.*\n.*has a region already/)
})

it('the launcher is killed: what it left is cleared at the next start, and the data are there', async () => {
  const left = childrenOf(dataDir)
  portal.child.kill('SIGKILL')
  await portal.gone
  expect(left.map(isRunning)).toEqual([true, true, true])
  portal = start()
  await portal.says('One-time codes')
  expect(left.map(isRunning)).toEqual([false, false, false])
  expect(portal.output()).toContain('Demo accounts')
})

it('killed launcher and postmaster, half-written files, a pid that is somebody else’s: still no hand is needed', async () => {
  const left = notes()
  portal.child.kill('SIGKILL')
  await portal.gone
  for (const { pid } of left) kill(pid)
  writeFileSync(join(dataDir, 'children.json'), '[{"na')
  writeFileSync(join(dataDir, 'portal.lock'), '')
  const location = join(dataDir, 'postgres', 'location.txt')
  const cluster = join(existsSync(location) ? readFileSync(location, 'utf8').trim() : join(dataDir, 'postgres'), 'cluster')
  const pidFile = join(cluster, 'postmaster.pid')
  writeFileSync(pidFile, readFileSync(pidFile, 'utf8').replace(/^\d+/, String(process.pid)))
  portal = start()
  await portal.says('One-time codes')
  expect(await answers('/courses')).toBe(true)
})

it.each(['SIGTERM', 'SIGINT'] as const)('%s, even twice, stops every child in order and leaves nothing', async (signal) => {
  const pids = childrenOf(dataDir)
  expect(pids).toHaveLength(3)
  portal.child.kill(signal)
  portal.child.kill(signal)
  expect(await portal.code).toBe(0)
  expect(pids.map(isRunning)).toEqual([false, false, false])
  for (const name of ['children.json', 'portal.lock', 'database.url']) expect(existsSync(join(dataDir, name))).toBe(false)
  expect(portal.output()).not.toMatch(/意外停止|✗/)
  if (signal === 'SIGTERM') {
    portal = start()
    await portal.says('One-time codes')
  }
})

it('a busy port ends the start, and nothing is left running', async () => {
  const other = createServer().listen(port, '127.0.0.1')
  const refused = start()
  expect(await refused.code).toBe(1)
  expect(refused.output()).toBe(`✗ 端口 ${port} 已被占用，请用 PORT=… 换一个\nPort ${port} is in use; choose another with PORT=…\n`)
  expect(childrenOf(dataDir)).toEqual([])
  other.close()
})

it('secrets that belong to another database are named, not waited for', async () => {
  rmSync(join(dataDir, 'secrets.json'))
  const refused = start()
  expect(await refused.code).toBe(1)
  expect(refused.output()).toContain('secrets.json does not belong to this database')
})

it('a database elsewhere that does not answer is named before anything starts', async () => {
  const elsewhere = dataFolder()
  const refused = startLauncher(elsewhere, { PORT: String(await freePort()), SUPABASE_URL: 'http://127.0.0.1:9', SUPABASE_JWT_SECRET: 'x'.repeat(32),
    DATABASE_URL: 'postgres://postgres:x@127.0.0.1:9/postgres', LINXUE_SESSION_SECRET: 'y'.repeat(32), LINXUE_SIGNING_KEY: Buffer.alloc(32).toString('base64'), LINXUE_DATA_KEY: `1:${Buffer.alloc(32).toString('base64')}` })
  expect(await refused.code).toBe(1)
  expect(refused.output()).toMatch(/Environment variable DATABASE_URL: cannot connect/)
  expect(existsSync(join(elsewhere, 'postgres'))).toBe(false)
})
