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
  /** What it is measured against, as a share of that row's rate. */
  ofLimit?: { of: string, share: number }
  aim?: string
  met?: boolean
  siteMegabytes?: number
}

/** The rows as the README shows them. */
export function markdownTable(rows: Row[]): string {
  const cells = rows.map(row => [
    row.name, Math.round(row.perSecond).toLocaleString('en'), row.p50Ms.toFixed(1), row.p99Ms.toFixed(1),
    row.ofLimit ? `${Math.round(row.ofLimit.share * 100)} % of ${row.ofLimit.of}` : '', row.aim ? `${row.aim} ${row.met ? '✓' : '✗'}` : '', row.siteMegabytes ? `${row.siteMegabytes}` : '',
  ])
  return [['path', 'a second', 'p50 ms', 'p99 ms', 'beside', 'aim', 'site MB'], ['---', '---:', '---:', '---:', '---', '---', '---:'], ...cells]
    .map(row => `| ${row.join(' | ')} |`).join('\n')
}
