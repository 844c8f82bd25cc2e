// npm run bench [-- name…]: measures each hot path beside the limit it cannot beat, in one run, on portals of its own.
// npm run bench -- credits: the ledger, and again with five million legs before it, for which its gates are meant (about a quarter of an hour).
// npm run bench -- credits --quick: the same small, in a minute or two: it says that the scripts run, not that the gates are met.
// A gate that was not met ends it with code 1, where the size is the one that it is meant for.
// npm run bench -- metrics --city: the figures of a whole city of seven million (about half an hour and 30 GB of disk).
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
import { measureCredits } from './credits.ts'
import { measureImports } from './imports.ts'
import { CITY, measureMetrics, type MetricsReport } from './metrics.ts'
import { measurePages } from './pages.ts'
import { markdownTable, type Bench, type Row } from './report.ts'
import { measureRush } from './rush.ts'

const OF_THE_DEMO = { pages: measurePages, beats: measureBeats, imports: measureImports, rush: measureRush }

const root = fileURLToPath(new URL('..', import.meta.url))
const { values, positionals } = parseArgs({
  options: {
    'residents': { type: 'string', default: '20000' }, 'seconds': { type: 'string', default: '8' },
    'city': { type: 'boolean', default: false }, 'metrics-residents': { type: 'string' }, 'metrics-units': { type: 'string' }, 'metrics-facts': { type: 'string' }, 'edits': { type: 'string' },
    'quick': { type: 'boolean', default: false }, 'learners': { type: 'string' }, 'legs': { type: 'string' },
  },
  allowPositionals: true,
})
const isAsked = (name: string) => positionals.length === 0 || positionals.includes(name)
const build = await ensureBuild(root)
const rows: Row[] = []
/** Of these the gates are meant. */
const gated: Row[] = []
if (Object.keys(OF_THE_DEMO).some(isAsked)) rows.push(...await measureDemo())
if (!values.quick) gated.push(...rows)
const demo = report({ residents: Number(values.residents) }, rows)
if (positionals.length === 0) {
  write('foundation', demo)
  intoReadme('', demo, `a demo region of ${Number(values.residents).toLocaleString('en')} residents. Load generator, site, PostgREST and PostgreSQL share the cores`)
}
if (isAsked('metrics')) {
  const { rows: ofMetrics, data } = await measureFigures()
  // Small runs say that it works; the figures that count are those of a city.
  if (values.city) {
    const city = report(data, ofMetrics)
    write('metrics', city)
    gated.push(...ofMetrics)
    intoReadme(' metrics', city, `a generated city: ${data.residents.toLocaleString('en')} residents, ${data.units.toLocaleString('en')} units, ${data.facts.toLocaleString('en')} facts of one year`)
  }
  rows.push(...ofMetrics)
}
if (isAsked('credits')) {
  // Asked for by its name it is measured as its gates mean it; as one of all, small.
  const isSmall = values.quick || positionals.length === 0
  const { rows: ofLedger, data } = await measureCredits({
    learners: Number(values.learners ?? (values.quick ? 2_000 : 10_000)), legs: Number(values.legs ?? (isSmall ? 200_000 : 5_000_000)), clients: 8,
    seconds: values.quick ? 2 : Number(values.seconds), rounds: values.quick ? 1 : 3,
  })
  const ledger = report(data, ofLedger)
  // Small runs say that it works.
  if (data.legs >= 1_000_000 && !values.quick) {
    write('credits', ledger)
    gated.push(...ofLedger)
    intoReadme(' credits', ledger, `${data.learners.toLocaleString('en')} learners, ${data.clients} connections, ${data.legs.toLocaleString('en')} legs laid down before the last two rows`)
  }
  rows.push(...ofLedger)
}
console.log(`\n${markdownTable(rows)}`)
const missed = gated.filter(({ met }) => met === false)
for (const { name, aim } of missed) console.error(`✗ not met: ${name} (${aim})`)
if (missed.length) process.exitCode = 1

async function measureDemo(): Promise<Row[]> {
  const dataDir = mkdtempSync(join(tmpdir(), 'linxue-bench-'))
  const services = new Services(join(dataDir, 'children.json'), (reason) => { throw new Error(reason) })
  const environment = { port: await freePort(), host: '127.0.0.1', dataDir, hosted: null, demoResidents: Number(values.residents) }
  try {
    const connection = await prepareData(services, environment, zh => console.log(`· ${zh}`))
    await startSite(services, environment, build, connection)
    const sql = postgres(connection.DATABASE_URL, { max: 4, onnotice: () => undefined })
    const bench: Bench = {
      url: `http://127.0.0.1:${environment.port}`, sql, databaseUrl: connection.DATABASE_URL, sessionSecret: connection.LINXUE_SESSION_SECRET,
      seconds: Number(values.seconds), siteMegabytes: () => megabytesOf(join(dataDir, 'children.json'), 'Linxue'),
    }
    const measured: Row[] = []
    for (const [name, measure] of Object.entries(OF_THE_DEMO)) if (isAsked(name)) measured.push(...await measure(bench))
    await sql.end()
    return measured
  }
  finally {
    await services.stop()
    rmSync(dataDir, { recursive: true, force: true })
  }
}

function measureFigures(): Promise<MetricsReport> {
  const size = values.city ? CITY : { residents: 70_000, units: 100, facts: 200_000 }
  return measureMetrics({
    residents: Number(values['metrics-residents'] ?? size.residents), units: Number(values['metrics-units'] ?? size.units), facts: Number(values['metrics-facts'] ?? size.facts),
    edits: Number(values.edits ?? (values.city ? 100_000 : 1000)), isCity: values.city, build,
  })
}

function report<Data>(data: Data, measured: Row[]) {
  return {
    at: new Date().toISOString(), build: buildId(root), node: process.version,
    machine: { cpu: cpus()[0]!.model, cores: cpus().length, memoryGb: Math.round(totalmem() / 2 ** 30), note: 'load generator, site, PostgREST and PostgreSQL share the cores' },
    data, rows: measured,
  }
}

function write(name: string, content: object): void {
  writeFileSync(join(root, 'bench', 'results', `${name}.json`), `${JSON.stringify(content, null, 2)}\n`)
}

/** Puts the figures of a whole run where the README shows them: between the marks of its name. */
function intoReadme(mark: '' | ' metrics' | ' credits', { at, machine, node, rows }: { at: string, machine: { cpu: string, cores: number, memoryGb: number }, node: string, rows: Row[] }, of: string): void {
  const file = join(root, 'README.md')
  const [begin, end] = [`<!-- bench${mark} -->`, `<!-- /bench${mark} -->`]
  const asked = process.argv.length > 2 ? ` -- ${process.argv.slice(2).join(' ')}` : ''
  const told = `\`npm run bench${asked}\`, ${at.slice(0, 10)}: ${machine.cores} cores (${machine.cpu}), ${machine.memoryGb} GB, Node ${node.slice(1)}, ${of}.`
  const text = readFileSync(file, 'utf8')
  writeFileSync(file, `${text.slice(0, text.indexOf(begin))}${begin}\n${told}\n\n${markdownTable(rows)}\n${text.slice(text.indexOf(end))}`)
}

function megabytesOf(childrenFile: string, name: string): number {
  const children = JSON.parse(readFileSync(childrenFile, 'utf8')) as { name: string, pid: number }[]
  const { pid } = children.find(child => child.name === name)!
  const [, kilobytes] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))!
  return Math.round(Number(kilobytes) / 1024)
}
