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
}

/** The rows as the README shows them. */
export function markdownTable(rows: Row[]): string {
  const cells = rows.map(row => [
    row.name, row.perSecond ? row.perSecond < 10 ? row.perSecond.toFixed(2) : Math.round(row.perSecond).toLocaleString('en') : '', row.p50Ms ? millis(row.p50Ms) : '', row.p99Ms ? millis(row.p99Ms) : '',
    row.ofLimit ? besideOf(row.ofLimit) : '', row.aim ? `${row.aim} ${row.met ? '✓' : '✗'}` : '', row.siteMegabytes ? `${row.siteMegabytes}` : '',
  ])
  return [['path', 'a second', 'p50 ms', 'p99 ms', 'beside', 'aim', 'site MB'], ['---', '---:', '---:', '---:', '---', '---', '---:'], ...cells]
    .map(row => `| ${row.join(' | ')} |`).join('\n')
}

function besideOf({ of, share }: { of: string, share: number }): string {
  return share > 10 ? `${Math.round(share).toLocaleString('en')} × ${of}` : `${Math.round(share * 100)} % of ${of}`
}

function millis(ms: number): string {
  return ms < 1 ? ms.toFixed(2) : ms < 1000 ? ms.toFixed(1) : Math.round(ms).toLocaleString('en')
}
