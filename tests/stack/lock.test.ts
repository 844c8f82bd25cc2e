import { spawn } from 'node:child_process'
import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { DataFolderHeld, holderOf, lockDataFolder } from '../../stack/lock.ts'
import { processStart } from '../../stack/pids.ts'
import { dataFolder, root, run } from '../fixtures/launcher.ts'

let folder = ''
let giveBack: () => void = () => {}
beforeEach(() => { folder = dataFolder() })
afterEach(() => giveBack())
const lockFile = () => join(folder, 'portal.lock')
const writeLock = (holder: object | string) => writeFileSync(lockFile(), typeof holder === 'string' ? holder : JSON.stringify(holder))

it('a folder that is held says by whom and on which port', () => {
  writeLock({ pid: process.ppid, startedAt: processStart(process.ppid), port: 3123 })
  expect(() => lockDataFolder(folder, 1)).toThrow(DataFolderHeld)
  expect(() => lockDataFolder(folder, 1)).toThrow(new RegExp(`process ${process.ppid}, serving on port 3123`))
  expect(readdirSync(folder)).toEqual(['portal.lock'])
})

it.each([
  ['its holder is gone', { pid: 4_190_000, startedAt: '1', port: 3000 }],
  ['another process has its holder’s pid by now', { pid: process.pid, startedAt: '1', port: 3000 }],
  ['it is half written', '{"pid": 12'], ['it is empty', ''], ['it names nobody', '{"pid": 0}'],
])('a lock counts for nothing when %s', (_, holder) => {
  writeLock(holder)
  expect(holderOf(folder)).toBeNull()
  giveBack = lockDataFolder(folder, 3000)
  expect(holderOf(folder)).toMatchObject({ pid: process.pid, port: 3000 })
  giveBack()
  expect(readdirSync(folder)).toEqual([])
})

it('only the holder gives it back', () => {
  giveBack = lockDataFolder(folder, 3000)
  writeLock({ pid: process.ppid, startedAt: processStart(process.ppid), port: 3123 })
  giveBack()
  expect(existsSync(lockFile())).toBe(true)
})

it('a start that was killed while it cleared a stale lock keeps nobody out', () => {
  for (const name of ['portal.lock', 'portal.lock.claim']) writeFileSync(join(folder, name), JSON.stringify({ pid: 4_190_000, startedAt: '1', port: 3000 }))
  giveBack = lockDataFolder(folder, 3000)
  expect(readdirSync(folder)).toEqual(['portal.lock'])
})

it('of several that find a stale lock at once, one takes the folder', async () => {
  writeLock({ pid: 4_190_000, startedAt: '1', port: 3000 })
  const script = `import { lockDataFolder } from ${JSON.stringify(join(root, 'stack/lock.ts'))}
    while (Date.now() < Number(process.argv[1])) { /* all at the same moment */ }
    try { lockDataFolder(${JSON.stringify(folder)}, 1); console.log('mine'); setTimeout(() => {}, 1500) } catch { console.log('held') }`
  const at = String(Date.now() + 1500)
  const said = await Promise.all(Array.from({ length: 6 }, () => new Promise<string>((resolve) => {
    const child = spawn(process.execPath, ['--input-type=module', '-e', script, at], { stdio: ['ignore', 'pipe', 'ignore'] })
    child.stdout.once('data', (chunk: Buffer) => resolve(chunk.toString().trim()))
  })))
  expect(said.filter(word => word === 'mine')).toHaveLength(1)
})

it('an unwritable place is said in plain words', async () => {
  writeFileSync(join(folder, 'file'), '')
  const { code, output } = run('stack/start.ts', [], { LINXUE_DATA_DIR: join(folder, 'file', 'data') })
  expect(await code).toBe(1)
  expect(output()).toMatch(/^✗ 不是文件夹.*\nNot a folder.*\n$/)
})
