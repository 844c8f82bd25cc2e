import { spawn } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { processStart } from '../../stack/pids.ts'
import { Services, waitFor, type ServiceOptions } from '../../stack/processes.ts'
import { childrenOf, dataFolder, isRunning, until } from '../fixtures/launcher.ts'

let folder = ''
let services: Services
let ended: string[] = []
beforeEach(() => {
  folder = dataFolder()
  ended = []
  services = new Services(join(folder, 'children.json'), reason => ended.push(reason))
  vi.spyOn(console, 'error').mockImplementation(() => {})
})
afterEach(() => services.stop())

const starts = (name: string) => existsSync(join(folder, name)) ? readFileSync(join(folder, name), 'utf8').length : 0
/** A child that counts its starts in a file, notes when it is told to stop, and otherwise does as it is told. */
const child = (name: string, does = 'setInterval(() => {}, 1000)', more: Partial<ServiceOptions> = {}): ServiceOptions => ({
  name, command: process.execPath,
  args: ['-e', `const fs = require('fs'); process.on('SIGTERM', () => { fs.appendFileSync('stopped', '${name} '); process.exit() }); fs.appendFileSync('${name}', '.'); ${does}`],
  options: { cwd: folder },
  ready: () => waitFor(async () => starts(name) > 0, name, 5000),
  ...more,
})

it('a child that is killed comes back, and is noted under its new pid', async () => {
  await services.start(child('site'))
  const [before] = childrenOf(folder)
  process.kill(before!, 'SIGKILL')
  await until(() => starts('site') === 2)
  await until(() => childrenOf(folder)[0] !== before)
  expect(ended).toEqual([])
})

it('the pause grows, and after five restarts the portal ends with what the child said last', async () => {
  const service = child('brittle', `if (fs.statSync('brittle').size > 1) { console.error('no memory left'); process.exit(3) } setInterval(() => {}, 1000)`)
  await services.start(service)
  const began = Date.now()
  process.kill(childrenOf(folder)[0]!, 'SIGKILL')
  await until(() => ended.length > 0, 20_000)
  expect(Date.now() - began).toBeGreaterThan(200 + 400 + 800 + 1600 + 3200)
  expect(starts('brittle')).toBe(6)
  expect(ended).toEqual([expect.stringMatching(/brittle 一再停止[\s\S]*brittle kept ending \(6 times, last: code 3\)[\s\S]*no memory left/)])
})

it('one that ends at start ends the start, with what it said', async () => {
  const service = child('broken', `console.error('port taken'); process.exit(1)`, { ready: () => waitFor(async () => false, 'broken', 5000) })
  await expect(services.start(service)).rejects.toThrow(/broken ended at start \(code 1\)\n {2}port taken/)
  await expect(services.start({ ...service, command: '/nonexistent' })).rejects.toThrow(/cannot be started.*ENOENT/)
  expect(ended).toEqual([])
})

it('one that is up but never answers again is not waited for without end', async () => {
  let hasBeenUp = false
  await services.start(child('deaf', undefined, { ready: async () => {
    if (hasBeenUp) throw new Error('no answer')
    hasBeenUp = true
  } }))
  await until(() => childrenOf(folder).length === 1 && starts('deaf') === 1)
  process.kill(childrenOf(folder)[0]!, 'SIGKILL')
  await until(() => ended.length > 0, 20_000)
})

it('the last started stops first, and nothing is left', async () => {
  for (const name of ['database', 'api', 'site']) await services.start(child(name))
  const pids = childrenOf(folder)
  await services.stop()
  expect(readFileSync(join(folder, 'stopped'), 'utf8')).toBe('site api database ')
  expect(pids.map(isRunning)).toEqual([false, false, false])
  expect(existsSync(join(folder, 'children.json'))).toBe(false)
  await expect(services.start(child('late'))).rejects.toThrow('Stopping')
})

it('what an earlier portal left is ended; a stranger who has its pid by now is not', async () => {
  const orphan = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'])
  const stranger = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'])
  await until(() => processStart(orphan.pid!) !== null && processStart(stranger.pid!) !== null)
  writeFileSync(join(folder, 'children.json'), JSON.stringify([
    { name: 'site', pid: orphan.pid, startedAt: processStart(orphan.pid!) }, { name: 'api', pid: stranger.pid, startedAt: '1' },
    { name: 'gone', pid: 4_190_000, startedAt: '1' }, { name: 'unknown', pid: stranger.pid, startedAt: null }]))
  await services.clearLeftovers()
  expect([orphan.pid!, stranger.pid!].map(isRunning)).toEqual([false, true])
  stranger.kill('SIGKILL')
})

it('a note that is half written holds nobody up', async () => {
  writeFileSync(join(folder, 'children.json'), '[{"name": "si')
  await services.clearLeftovers()
  expect(existsSync(join(folder, 'children.json'))).toBe(false)
})

it('a command that runs to its end is stopped with everything else', async () => {
  const running = services.run('build', process.execPath, ['-e', 'setInterval(() => {}, 1000)'])
  const [pid] = childrenOf(folder)
  expect(isRunning(pid!)).toBe(true)
  await services.stop()
  expect((await running).code).not.toBe(0)
  expect(isRunning(pid!)).toBe(false)
})
