// npm run bench [-- name…]: measures each hot path beside the limit it cannot beat, in one run, on a portal of its own.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir, totalmem } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import postgres from 'postgres'
import { buildId, ensureBuild } from '../stack/build.ts'
import { freePort } from '../stack/ports.ts'
import { prepareData, startSite } from '../stack/portal.ts'
import { Services } from '../stack/processes.ts'
import { measureBeats } from './beats.ts'
import { measureImports } from './imports.ts'
import { measurePages } from './pages.ts'
import { markdownTable, type Bench, type Row } from './report.ts'

const GROUPS = { pages: measurePages, beats: measureBeats, imports: measureImports }

const root = fileURLToPath(new URL('..', import.meta.url))
const { values: { residents, seconds }, positionals } = parseArgs({ options: { residents: { type: 'string', default: '20000' }, seconds: { type: 'string', default: '8' } }, allowPositionals: true })

const dataDir = mkdtempSync(join(tmpdir(), 'linxue-bench-'))
const services = new Services(join(dataDir, 'children.json'), (reason) => { throw new Error(reason) })
const environment = { port: await freePort(), host: '127.0.0.1', dataDir, hosted: null, demoResidents: Number(residents) }
try {
  const [build, connection] = await Promise.all([ensureBuild(root), prepareData(services, environment, zh => console.log(`· ${zh}`))])
  await startSite(services, environment, build, connection)
  const sql = postgres(connection.DATABASE_URL, { max: 4, onnotice: () => undefined })
  const bench: Bench = {
    url: `http://127.0.0.1:${environment.port}`, sql, databaseUrl: connection.DATABASE_URL, sessionSecret: connection.LINXUE_SESSION_SECRET,
    seconds: Number(seconds), siteMegabytes: () => megabytesOf(join(dataDir, 'children.json'), 'Linxue'),
  }
  const chosen = Object.entries(GROUPS).filter(([name]) => positionals.length === 0 || positionals.includes(name))
  const rows: Row[] = []
  for (const [, measure] of chosen) rows.push(...await measure(bench))
  await sql.end()
  const report = {
    at: new Date().toISOString(), build: buildId(root), node: process.version,
    machine: { cpu: cpus()[0]!.model, cores: cpus().length, memoryGb: Math.round(totalmem() / 2 ** 30), note: 'load generator, site, PostgREST and PostgreSQL share the cores' },
    data: { residents: Number(residents) }, rows,
  }
  if (positionals.length === 0) writeFileSync(join(root, 'bench', 'results', 'foundation.json'), `${JSON.stringify(report, null, 2)}\n`)
  if (positionals.length === 0) intoReadme(report)
  console.log(`\n${markdownTable(rows)}`)
}
finally {
  await services.stop()
  rmSync(dataDir, { recursive: true, force: true })
}

/** Puts the figures of a whole run where the README shows them. */
function intoReadme({ at, machine, node, data, rows }: {
  at: string
  machine: { cpu: string, cores: number, memoryGb: number }
  node: string
  data: { residents: number }
  rows: Row[]
}): void {
  const file = join(root, 'README.md')
  const told = `\`npm run bench\`, ${at.slice(0, 10)}: ${machine.cores} cores (${machine.cpu}), ${machine.memoryGb} GB, Node ${node.slice(1)}, a demo region of ${data.residents.toLocaleString('en')} residents. `
    + 'Load generator, site, PostgREST and PostgreSQL share the cores.'
  writeFileSync(file, readFileSync(file, 'utf8').replace(/<!-- bench -->[\s\S]*<!-- \/bench -->/, `<!-- bench -->\n${told}\n\n${markdownTable(rows)}\n<!-- /bench -->`))
}

function megabytesOf(childrenFile: string, name: string): number {
  const children = JSON.parse(readFileSync(childrenFile, 'utf8')) as { name: string, pid: number }[]
  const { pid } = children.find(child => child.name === name)!
  const [, kilobytes] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))!
  return Math.round(Number(kilobytes) / 1024)
}
