import { createReadStream, createWriteStream } from 'node:fs'
import { access, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { finished } from 'node:stream/promises'
import { openTable } from '../../imports/table'

export interface LineRefused {
  line: number
  field: string | null
  code: string
  details: Record<string, unknown>
  /** The row goes its way; this is what it says otherwise than is recorded. */
  isWarning?: true
}

/** A refused value as the file of refusals and the page show it. */
export interface Refused extends LineRefused { heading: string, value: string }

/** Where the file of an import and what is written beside it lie: for the server's user alone. */
export function importFile(folder: string, name: 'source' | 'refused.jsonl'): string {
  return join(importFolder(folder), name)
}

export function importFolder(folder: string): string {
  return join(portalSettings().dataDir, 'imports', folder)
}

export async function removeImportFiles(folder: string): Promise<void> {
  await rm(importFolder(folder), { recursive: true, force: true })
}

const LONGEST_SHOWN = 200

/** Reads the file once more and writes down what stands in each refused cell: the database never sees it. */
export async function writeRefused(
  { folder, sheet, columns, fixed }: { folder: string, sheet: string | null, columns: Record<string, number>, fixed: Record<string, string> }, refusals: readonly LineRefused[],
): Promise<void> {
  const out = createWriteStream(importFile(folder, 'refused.jsonl'), { mode: 0o600 })
  const byLine = new Map<number, LineRefused[]>()
  for (const refusal of refusals) byLine.set(refusal.line, [...byLine.get(refusal.line) ?? [], refusal])
  if (byLine.size) {
    const table = await openTable(importFile(folder, 'source'), sheet)
    let left = byLine.size
    for await (const batch of table.rows()) {
      for (const { line, cells } of batch) {
        const refused = byLine.get(line)
        if (!refused) continue
        left--
        for (const refusal of refused) {
          const column = refusal.field === null ? undefined : columns[refusal.field]
          const own = column === undefined ? '' : (cells[column] ?? '').trim()
          const value = own || (refusal.field === null ? '' : fixed[refusal.field] ?? '')
          if (!out.write(`${JSON.stringify({ ...refusal, value: value.slice(0, LONGEST_SHOWN) })}\n`)) await new Promise<void>(resolve => out.once('drain', () => resolve()))
        }
      }
      if (left === 0) break
    }
  }
  out.end()
  await finished(out)
}

/** What was refused, in the order of the file. */
export async function* readRefused(folder: string, headings: readonly string[], columns: Record<string, number>): AsyncGenerator<Refused> {
  const lines = createInterface({ input: createReadStream(importFile(folder, 'refused.jsonl')), crlfDelay: Infinity })
  for await (const text of lines) {
    const refused = JSON.parse(text) as Omit<Refused, 'heading'>
    const column = refused.field === null ? undefined : columns[refused.field]
    yield { ...refused, heading: column === undefined ? '' : headings[column] ?? '' }
  }
}

export async function hasRefusedFile(folder: string): Promise<boolean> {
  return access(importFile(folder, 'refused.jsonl')).then(() => true, () => false)
}
