import type postgres from 'postgres'

/** What a measurement is given: a running portal and its database. */
export interface Bench {
  url: string
  sql: postgres.Sql
  databaseUrl: string
  sessionSecret: string
  seconds: number
  /** Resident memory of the site's process now, in MB. */
  siteMegabytes: () => number
}

export interface Row {
  name: string
  perSecond: number
  p50Ms: number
  p99Ms: number
  /** What it is measured against, as a share of that row's rate; above 10 it is so many times as fast. */
  ofLimit?: { of: string, share: number }
  aim?: string
  met?: boolean
  siteMegabytes?: number
  /** What the server burned and wrote to its log for one of them. */
  cpuMs?: number
  walBytes?: number
}

/** What is told of a row, and in which columns; those that no row has are left out. */
const COLUMNS: { title: string, of: (row: Row) => string | undefined, isAlways?: boolean }[] = [
  { title: 'path', of: row => row.name, isAlways: true },
  { title: 'a second', of: ({ perSecond }) => perSecond ? perSecond < 10 ? perSecond.toFixed(2) : Math.round(perSecond).toLocaleString('en') : '', isAlways: true },
  { title: 'p50 ms', of: ({ p50Ms }) => p50Ms ? millis(p50Ms) : '', isAlways: true },
  { title: 'p99 ms', of: ({ p99Ms }) => p99Ms ? millis(p99Ms) : '', isAlways: true },
  { title: 'CPU ms', of: ({ cpuMs }) => cpuMs === undefined ? undefined : cpuMs < 0.01 ? cpuMs.toFixed(4) : cpuMs.toFixed(2) },
  { title: 'WAL bytes', of: ({ walBytes }) => walBytes === undefined ? undefined : Math.round(walBytes).toLocaleString('en') },
  { title: 'beside', of: ({ ofLimit }) => ofLimit ? besideOf(ofLimit) : '', isAlways: true },
  { title: 'aim', of: ({ aim, met }) => aim ? `${aim} ${met ? '✓' : '✗'}` : '', isAlways: true },
  { title: 'site MB', of: ({ siteMegabytes }) => siteMegabytes ? `${siteMegabytes}` : undefined },
]

/** The rows as the README shows them. */
export function markdownTable(rows: Row[]): string {
  const columns = COLUMNS.filter(({ of, isAlways }) => isAlways || rows.some(row => of(row) !== undefined))
  return [columns.map(({ title }) => title), columns.map(({ title }) => title === 'path' || title === 'beside' || title === 'aim' ? '---' : '---:'), ...rows.map(row => columns.map(({ of }) => of(row) ?? ''))]
    .map(row => `| ${row.join(' | ')} |`).join('\n')
}

function besideOf({ of, share }: { of: string, share: number }): string {
  return share > 10 ? `${Math.round(share).toLocaleString('en')} × ${of}` : `${Math.round(share * 100)} % of ${of}`
}

function millis(ms: number): string {
  return ms < 1 ? ms.toFixed(2) : ms < 1000 ? ms.toFixed(1) : Math.round(ms).toLocaleString('en')
}
