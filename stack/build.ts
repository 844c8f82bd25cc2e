// One build per state of the sources: its folder is named by their hash, so a running portal, a newer start and the
// tests never write into each other's build.
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { SpawnOptions } from 'node:child_process'
import { Foreseen, lastWords } from './faults.ts'
import { isAlive, processStart } from './pids.ts'
import { runCommand } from './run.ts'

const SOURCES = ['app', 'app.vue', 'error.vue', 'assets', 'components', 'composables', 'content/help', 'content/holidays', 'content/news', 'content/policies',
  'content.config.ts', 'i18n', 'layouts', 'middleware', 'nuxt.config.ts', 'package-lock.json', 'pages', 'plugins', 'public', 'server',
  'shared', 'stores', 'utils']

class BuildFailed extends Foreseen {}

/** How a build's commands are run: alone, or as a task of the launcher that stops with it. */
type Run = (name: string, command: string, args: string[], options: SpawnOptions) => Promise<{ code: number | null, log: string[] }>

/** The id of the build that the present sources make. */
export const buildId = (root: string): string => sourceHash(root, SOURCES)

/** What tells one state of these files and folders from another. */
export function sourceHash(root: string, sources: string[]): string {
  const hash = createHash('sha256')
  const add = (path: string): void => {
    const full = join(root, path)
    if (!existsSync(full)) return
    if (statSync(full).isDirectory()) return readdirSync(full).sort().forEach(name => add(join(path, name)))
    hash.update(path).update('\0').update(readFileSync(full)).update('\0')
  }
  sources.forEach(add)
  return hash.digest('hex').slice(0, 16)
}

function buildFolder(root: string, id: string): string {
  return join(root, '.output', id)
}

export function isBuilt(root: string, id: string): boolean {
  return existsSync(join(buildFolder(root, id), 'complete'))
}

/** Builds the present sources unless that is done. Returns the folder of the build. @throws BuildFailed with the end of the log */
export async function ensureBuild(root: string, run: Run = (_, ...command) => runCommand(...command)): Promise<string> {
  const id = buildId(root)
  const folder = buildFolder(root, id)
  if (isBuilt(root, id)) return folder
  // Made beside its place and moved there when whole: one that is interrupted, or made twice at once, harms nobody.
  const draft = `${id}.${process.pid}`
  const nuxt = async (command: string, env: Record<string, string> = {}) => {
    const { code, log } = await run('Nuxt', process.execPath, [join(root, 'node_modules', 'nuxt', 'bin', 'nuxt.mjs'), command], {
      cwd: root, env: { ...process.env, ...env, NO_COLOR: '1', NUXT_TELEMETRY_DISABLED: '1' }, stdio: ['ignore', 'pipe', 'pipe'],
    })
    if (code !== 0) throw new BuildFailed(`网站构建没有成功，日志的最后几行：\nThe site could not be built; the end of the log:${lastWords(log, 30)}`)
  }
  try {
    // The project's tsconfig.json refers to generated files, which a fresh clone lacks.
    if (!existsSync(join(root, '.nuxt', 'tsconfig.app.json'))) await nuxt('prepare')
    await nuxt('build', { LINXUE_BUILD_ID: draft, NODE_ENV: 'production' })
    writeFileSync(join(buildFolder(root, draft), 'complete'), id)
    if (!isBuilt(root, id)) {
      rmSync(folder, { recursive: true, force: true })
      renameSync(buildFolder(root, draft), folder)
    }
  }
  finally {
    rmSync(buildFolder(root, draft), { recursive: true, force: true })
    rmSync(join(root, '.cache', `build-${draft}`), { recursive: true, force: true })
  }
  return folder
}

/** Marks a build as served by this process, and removes what nobody serves: builds of older sources, unfinished ones. */
export function keepOnly(root: string, build: string): void {
  const outputs = join(root, '.output')
  mkdirSync(join(build, 'served'), { recursive: true })
  writeFileSync(join(build, 'served', String(process.pid)), String(processStart(process.pid)))
  for (const name of readdirSync(outputs)) {
    const folder = join(outputs, name)
    if (folder !== build && !isServed(folder) && !isBeingMade(name)) rmSync(folder, { recursive: true, force: true })
  }
  const cache = join(root, '.cache')
  if (!existsSync(cache)) return
  for (const name of readdirSync(cache)) if (name.startsWith('build-') && !isBeingMade(name)) rmSync(join(cache, name), { recursive: true, force: true })
}

function isServed(folder: string): boolean {
  const served = join(folder, 'served')
  if (!existsSync(served)) return false
  return readdirSync(served).some(pid => isAlive(Number(pid), readFileSync(join(served, pid), 'utf8')))
}

function isBeingMade(name: string): boolean {
  const pid = /\.(\d+)$/.exec(name)?.[1]
  return pid !== undefined && isAlive(Number(pid))
}
