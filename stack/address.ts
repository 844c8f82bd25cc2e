// Where the running portal's database is, for the tools beside it.
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { writeWhole } from './files.ts'

const fileIn = (dataDir: string) => join(dataDir, 'database.url')

export function publishAddress(dataDir: string, url: string): void {
  writeWhole(fileIn(dataDir), `${url}\n`, 0o600)
}

export function withdrawAddress(dataDir: string): void {
  rmSync(fileIn(dataDir), { force: true })
}

export function readAddress(dataDir: string): string | null {
  try { return readFileSync(fileIn(dataDir), 'utf8').trim() }
  catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}
