// One build per state of the sources: its folder is named by their hash, so a running portal, a newer start and the
// tests never write into each other's build.
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { spawn } from 'node:child_process'

const SOURCES = ['app', 'app.vue', 'error.vue', 'assets', 'components', 'composables', 'content/help', 'content/news', 'content/policies',
  'content.config.ts', 'i18n', 'layouts', 'middleware', 'nuxt.config.ts', 'package-lock.json', 'pages', 'plugins', 'public', 'server',
  'shared', 'stores', 'utils']

export class BuildFailed extends Error {}

/** The id of the build that the present sources make. */
export function buildId(root: string): string {
  const hash = createHash('sha256')
  const add = (path: string): void => {
    const full = join(root, path)
    if (!existsSync(full)) return
    if (statSync(full).isDirectory()) return readdirSync(full).sort().forEach(name => add(join(path, name)))
    hash.update(path).update('\0').update(readFileSync(full)).update('\0')
  }
  SOURCES.forEach(add)
  return hash.digest('hex').slice(0, 16)
}

function buildFolder(root: string, id: string): string {
  return join(root, '.output', id)
}

export function isBuilt(root: string, id: string): boolean {
  return existsSync(join(buildFolder(root, id), 'complete'))
}

/** Builds the present sources unless that is done. Returns the folder of the build. @throws BuildFailed with the end of the log */
export async function ensureBuild(root: string): Promise<string> {
  const id = buildId(root)
  const folder = buildFolder(root, id)
  if (isBuilt(root, id)) return folder
  const log: string[] = []
  const nuxt = join(root, 'node_modules', 'nuxt', 'bin', 'nuxt.mjs')
  const child = spawn(process.execPath, [nuxt, 'build'], {
    cwd: root, env: { ...process.env, LINXUE_BUILD_ID: id, NODE_ENV: 'production', NUXT_TELEMETRY_DISABLED: '1' }, stdio: ['ignore', 'pipe', 'pipe'],
  })
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => log.push(chunk.toString()))
  const stop = () => child.kill()
  process.once('exit', stop)
  const code = await new Promise<number | null>(resolve => child.once('exit', resolve))
  process.off('exit', stop)
  if (code !== 0) throw new BuildFailed(`构建没有成功  The build failed:\n${log.join('').split('\n').slice(-30).join('\n')}`)
  rmSync(join(root, '.cache', `build-${id}`), { recursive: true, force: true })
  writeFileSync(join(folder, 'complete'), id)
  return folder
}

/** Removes builds of older sources. */
export function dropOldBuilds(root: string, keep: string): void {
  const outputs = join(root, '.output')
  for (const name of readdirSync(outputs)) if (join(outputs, name) !== keep) rmSync(join(outputs, name), { recursive: true, force: true })
}
