// Rows on their way into one table: gathered, then sent by COPY, which is the fastest way in and one statement for triggers.
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type postgres from 'postgres'

export type Value = string | number | boolean | null | undefined | readonly string[]

export class RowsFor<Column extends string> {
  private lines: string[] = []
  sent = 0

  readonly table: string
  private readonly columns: readonly Column[]

  constructor(table: string, columns: readonly Column[]) {
    this.table = table
    this.columns = columns
  }

  get waiting(): number { return this.lines.length }

  add(row: Partial<Record<NoInfer<Column>, Value>>): void {
    this.lines.push(`${this.columns.map(column => field(row[column])).join('\t')}\n`)
  }

  async send(sql: postgres.Sql | postgres.TransactionSql): Promise<void> {
    if (!this.lines.length) return
    const lines = this.lines
    this.lines = []
    const query = sql.unsafe(`copy ${this.table} (${this.columns.join(', ')}) from stdin`)
    const refused = refusalOf(query)
    await Promise.race([pipeline(Readable.from(chunks(lines)), await query.writable()), refused])
    this.sent += lines.length
  }
}

/**
 * Rejects when the query fails at any time. Once the last row is sent, postgres.js reports a failure (a trigger's, a full
 * disk's) to the query alone, which resolved when the copy began: the stream would wait without end.
 */
function refusalOf(query: object): Promise<never> {
  const settling = query as { reject: (error: Error) => void }
  const reject = settling.reject
  const refused = new Promise<never>((_, refuse) => {
    settling.reject = (error) => {
      reject(error)
      refuse(error)
    }
  })
  refused.catch(() => { /* told by the race, or nobody waits any more */ })
  return refused
}

function* chunks(lines: string[]): Generator<string> {
  for (let start = 0; start < lines.length; start += 500) yield lines.slice(start, start + 500).join('')
}

function field(value: Value): string {
  if (value === null || value === undefined) return '\\N'
  if (typeof value === 'string') return escaped(value)
  if (typeof value === 'boolean') return value ? 't' : 'f'
  // Lists hold plain words only (ids of groups), which need no quotes.
  return typeof value === 'number' ? String(value) : `{${value.join(',')}}`
}

const SPECIAL = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' } as const

function escaped(text: string): string {
  return text.replace(/[\\\t\n\r]/g, character => SPECIAL[character as keyof typeof SPECIAL])
}
