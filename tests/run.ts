// npm test: every check, in an order that keeps two cores busy, what took longest, and one closing line.
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ensureBuild } from '../stack/build.ts'
import { findChromium } from './chromium.ts'
import { prepared } from './prepared.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const bin = (name: string) => join(root, 'node_modules', name)
const results = { passed: 0, failed: 0, skipped: 0 }
const scratch = mkdtempSync(join(tmpdir(), 'linxue-test-'))

const files: { name: string, ms: number }[] = []

interface Report { numPassedTests: number, numFailedTests: number, numPendingTests: number, testResults: { name: string, startTime: number, endTime: number }[] }

try {
  process.env.CHROMIUM_PATH = findChromium()
  await check('prepare', bin('nuxt/bin/nuxt.mjs'), ['prepare'])
  // One lane for each core. The components' tests come after whatever reads or writes the files that Nuxt makes for them.
  await inLanes(2, [
    () => check('types', bin('vue-tsc/bin/vue-tsc.js'), ['-b', '--noEmit']),
    () => step('build', async () => { await ensureBuild(root) }),
    () => check('lint', bin('eslint/bin/eslint.js'), ['.']),
    () => check('unused code', bin('knip/bin/knip.js'), []),
  ])
  await inLanes(2, [
    () => step('data', async () => { await prepared('demo') }),
    () => vitest(['unit', 'nuxt']),
    // Each half on a cluster of its own.
    () => vitest(['database'], '1/2'),
    () => vitest(['database'], '2/2'),
    () => vitest(['api']),
    // What kills servers mostly waits for them to come back.
    () => vitest(['stack']),
  ])
  // A browser with its site fills two cores by itself.
  await vitest(['e2e'])
}
catch (error) {
  results.failed++
  console.error((error as Error).message)
}
rmSync(scratch, { recursive: true, force: true })
console.log(`\nThe slowest files:\n${files.sort((a, b) => b.ms - a.ms).slice(0, 10).map(({ name, ms }) => `  ${(ms / 1000).toFixed(1).padStart(6)} s  ${relative(root, name)}`).join('\n')}`)
console.log(`\n${results.passed} passed, ${results.failed} failed${results.skipped ? `, ${results.skipped} skipped` : ''}`)
process.exit(results.failed ? 1 : 0)

/** Does the work in its order, so many pieces at a time. */
async function inLanes(lanes: number, work: (() => Promise<void>)[]): Promise<void> {
  await Promise.all(Array.from({ length: lanes }, async () => {
    for (let next = work.shift(); next; next = work.shift()) await next()
  }))
}

/** Runs a tool that is one check as a whole. */
function check(name: string, script: string, args: string[]): Promise<void> {
  return step(name, async () => {
    const { code, output } = await run(script, args)
    if (code !== 0) throw new Error(output)
  })
}

async function step(name: string, work: () => Promise<void>): Promise<void> {
  const started = Date.now()
  try {
    await work()
    results.passed++
    console.log(`✓ ${name} (${seconds(started)})`)
  }
  catch (error) {
    results.failed++
    console.error(`✗ ${name} (${seconds(started)})\n${(error as Error).message}`)
  }
}

/** Runs projects, whole or the part `1/2` of their files. */
async function vitest(projects: string[], shard = '1/1'): Promise<void> {
  const started = Date.now()
  const name = [...projects, ...shard === '1/1' ? [] : [shard]].join(' ')
  const file = join(scratch, `${name.replace(/\W+/g, '-')}.json`)
  const { code, output } = await run(bin('vitest/vitest.mjs'), ['run', ...projects.flatMap(project => ['--project', project]), `--shard=${shard}`,
    '--reporter=default', '--reporter=json', `--outputFile.json=${file}`])
  const report = readReport(file)
  results.passed += report?.numPassedTests ?? 0
  results.failed += report?.numFailedTests ?? 0
  results.skipped += report?.numPendingTests ?? 0
  files.push(...report?.testResults.map(({ name, startTime, endTime }) => ({ name, ms: endTime - startTime })) ?? [])
  // A file that could not even be loaded, or a set-up that failed, has no failed test of its own.
  const broken = code !== 0 && !report?.numFailedTests
  if (broken) results.failed++
  if (code !== 0) console.error(output)
  console.log(`${code === 0 ? '✓' : '✗'} ${name}: ${report?.numPassedTests ?? 0} passed (${seconds(started)})`)
}

function readReport(file: string): Report | null {
  try { return JSON.parse(readFileSync(file, 'utf8')) as Report }
  catch { return null }
}

function run(script: string, args: string[]): Promise<{ code: number, output: string }> {
  return new Promise((resolve) => {
    const chunks: string[] = []
    const child = spawn(process.execPath, [script, ...args], { cwd: root, env: { ...process.env, NO_COLOR: '1', NUXT_TELEMETRY_DISABLED: '1' }, stdio: ['ignore', 'pipe', 'pipe'] })
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => chunks.push(chunk.toString()))
    child.on('error', error => resolve({ code: 1, output: error.message }))
    child.on('close', code => resolve({ code: code ?? 1, output: chunks.join('') }))
  })
}

function seconds(since: number): string {
  return `${((Date.now() - since) / 1000).toFixed(1)} s`
}
