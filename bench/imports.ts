import { randomUUID } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { sessionCookieFor } from '../tests/fixtures/session.ts'
import type { Bench, Row } from './report.ts'

const ROWS = Number(process.env.BENCH_IMPORT_ROWS ?? 100_000)
const LONGEST_SECONDS = 60
const MOST_MEGABYTES = 400
const LEAST_PER_SECOND = 20_000

interface Page {
  state: string
  isRunning: boolean
  counts: Record<string, number>
  mapping: { columns: Record<string, number> } | null
  result: { written: number, credited?: number } | null
}

/** A list of records from the upload to the facts, through the site; and the one statement that writes them, alone. */
export async function measureImports(bench: Bench): Promise<Row[]> {
  const through = await throughSite(bench)
  const alone = await inSql(bench)
  const results = { at: new Date().toISOString(), rows: ROWS, ...through, sqlRowsPerSecond: alone.perSecond, sqlSeconds: alone.seconds }
  writeFileSync(fileURLToPath(new URL('results/imports.json', import.meta.url)), `${JSON.stringify(results, null, 2)}\n`)
  const total = through.seconds
  return [
    { name: `${ROWS.toLocaleString('en')} records imported, upload to written (${total.toFixed(1)} s)`, perSecond: ROWS / total, p50Ms: 0, p99Ms: 0,
      aim: `≤ ${LONGEST_SECONDS} s, below ${MOST_MEGABYTES} MB`, met: total <= LONGEST_SECONDS && through.peakMegabytes < MOST_MEGABYTES, siteMegabytes: through.peakMegabytes },
    { name: `their credits posted afterwards, ${through.credited.toLocaleString('en')} that earned (${through.creditedSeconds.toFixed(1)} s)`, perSecond: ROWS / through.creditedSeconds, p50Ms: 0, p99Ms: 0 },
    { name: 'facts written by import, in SQL alone', perSecond: alone.perSecond, p50Ms: 0, p99Ms: 0, aim: `≥ ${LEAST_PER_SECOND.toLocaleString('en')}/s`, met: alone.perSecond >= LEAST_PER_SECOND },
  ]
}

async function throughSite({ url, sql, sessionSecret, siteMegabytes }: Bench) {
  const [account] = await sql`select id from identity.accounts where username = 'city'`
  const cookie = await sessionCookieFor(sql, sessionSecret, account!.id as string)
  const people = await sql`select min(person.name) as name, person.birth_year as birth, home.code as home from public.persons person join public.units home on home.id = person.residence_unit_id
    where home.closed_on is null and person.birth_year < 2020 group by person.name, person.birth_year, home.code having count(*) = 1`
  const lines = ['姓名,出生年份,居住地,日期,时间,学时,类别,培训名称']
  for (let at = 0; at < ROWS; at++) {
    const { name, birth, home } = people[at % people.length]!
    const turn = Math.floor(at / people.length)
    lines.push(`${name},${birth},${home},2025-${String(1 + turn % 12).padStart(2, '0')}-15,09:00-11:00,2,普法法治,第${turn + 1}次培训`)
  }
  let peakMegabytes = siteMegabytes()
  const idleMegabytes = peakMegabytes
  const watch = setInterval(() => { peakMegabytes = Math.max(peakMegabytes, siteMegabytes()) }, 100)
  const ask = async <T>(path: string, init: RequestInit = {}): Promise<T> => {
    const response = await fetch(url + path, { ...init, headers: { cookie, ...init.headers } })
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`)
    return await response.json() as T
  }
  const post = (path: string, body: object) => ask(path, { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } })
  const settled = async (id: number, { orCrediting = false } = {}): Promise<Page> => {
    for (;;) {
      const page = await ask<Page>(`/api/desk/imports/${id}`)
      if (!page.isRunning || (orCrediting && page.state === 'crediting')) return page
      await new Promise(resolve => setTimeout(resolve, 250))
    }
  }
  try {
    const began = performance.now()
    const since = () => Math.round(performance.now() - began) / 1000
    const form = new FormData()
    form.set('kind', 'participation')
    form.set('unit', 'QJ')
    form.set('file', new Blob([lines.join('\n')]), 'bench.csv')
    const { id } = await ask<{ id: number }>('/api/desk/imports', { method: 'POST', body: form })
    const { mapping } = await ask<Page>(`/api/desk/imports/${id}`)
    const uploadedSeconds = since()
    await post(`/api/desk/imports/${id}/columns`, Object.fromEntries(Object.entries(mapping!.columns).map(([field, column]) => [`column.${field}`, String(column)])))
    const checked = await settled(id)
    const checkedSeconds = since()
    if (checked.counts.good !== ROWS) throw new Error(`not all rows are good: ${JSON.stringify(checked.counts)}`)
    await post(`/api/desk/imports/${id}/application`, { rows: 'all' })
    const applied = await settled(id, { orCrediting: true })
    if (applied.result?.written !== ROWS) throw new Error(`not all rows were written: ${JSON.stringify(applied.result)}`)
    const seconds = since()
    const { result } = await settled(id)
    const creditedSeconds = Math.round((since() - seconds) * 1000) / 1000
    return { seconds, uploadedSeconds, checkedSeconds, creditedSeconds, credited: result?.credited ?? 0, idleMegabytes, peakMegabytes }
  }
  finally { clearInterval(watch) }
}

/** The rows stand staged and checked; what is timed is private.write_import_facts(), 5,000 lines a call as the job makes it. */
async function inSql({ sql }: Bench): Promise<{ seconds: number, perSecond: number }> {
  const [account] = await sql`select id from identity.accounts where username = 'city'`
  const [made] = await sql`insert into public.imports (kind, unit_id, state, file_name, file_sha256, file_bytes, format, folder, headings, heading_line, created_by)
    select 'participation', id, 'applying', 'bench', ${'d'.repeat(64)}, 1, 'csv', ${randomUUID()}, '{姓名}', 1, ${account!.id} from public.units where parent_id is null returning id`
  const id = made!.id as string
  await sql`insert into private.import_rows (import_id, line, person_id, started_at, ended_at, hours, category_id, kind, role, host_unit_id, state, key)
    select ${id}, line, person_id, at, at + interval '2 hours', 2, 'law', 'training', 'learner', unit.id, 'good', private.import_key(person_id, at, unit.id, 'law', 'training', 'learner', 'bench')
    from (select row_number() over () as line, person.id as person_id, timestamptz '2025-03-01 09:00+08' + turn * interval '1 day' as at
      from generate_series(0, ${Math.ceil(ROWS / 10_000) + 1}) turn, public.persons person limit ${ROWS}) drawn, public.units unit where unit.parent_id is null`
  await sql`analyze private.import_rows`
  const began = performance.now()
  await sql.begin(async (transaction) => {
    for (let from = 1; from <= ROWS; from += 5_000) await transaction`select private.write_import_facts(${id}, ${from}, ${from + 4_999})`
  })
  const seconds = (performance.now() - began) / 1000
  return { seconds: Math.round(seconds * 1000) / 1000, perSecond: Math.round(ROWS / seconds) }
}
