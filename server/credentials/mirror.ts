import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type postgres from 'postgres'
import type { Issuer } from './issue.ts'
import { didDocument, multikeyOf } from './keys.ts'

type Sql = postgres.Sql | postgres.TransactionSql

/** Every key that this server signed with, today's first. What a seal in the database names is none by that alone. */
export async function signingKeys(sql: Sql, { multikey }: Issuer): Promise<string[]> {
  const rows = await sql<{ multikey: string | null, hex: string | null }[]>`select * from private.signing_keys()`
  return [...new Set([multikey, ...rows.map(row => row.multikey ?? multikeyOf(Buffer.from(row.hex!, 'hex')))])]
}

/**
 * Writes what a verifier needs as files into a folder that any web server can serve as it is: the keys, the status lists and
 * the seals, under the paths that they have on the site. A file is replaced whole or not at all. Returns how many were written.
 */
export async function writeMirror(sql: Sql, folder: string, issuer: Issuer): Promise<number> {
  const kept = await readdir(join(folder, 'seals')).catch(() => [] as string[])
  const last = Math.max(0, ...kept.map(name => Number.parseInt(name)).filter(Number.isInteger))
  const files = await sql<{ path: string, body: unknown }[]>`select * from private.published_files(${last})`
  const seals = files.filter(({ path }) => path.startsWith('seals/')).toSorted((a, b) => Number.parseInt(a.path.slice(6)) - Number.parseInt(b.path.slice(6)))
  const all = [
    { path: '.well-known/did.json', body: didDocument(issuer.did, await signingKeys(sql, issuer)) },
    ...files,
    ...seals.slice(-1).map(({ body }) => ({ path: 'seals/latest.json', body })),
  ]
  let written = 0
  for (const { path, body } of all) if (await put(join(folder, path), JSON.stringify(body))) written++
  return written
}

async function put(file: string, text: string): Promise<boolean> {
  if (await readFile(file, 'utf8').catch(() => '') === text) return false
  await mkdir(dirname(file), { recursive: true })
  await writeFile(`${file}.new`, text)
  await rename(`${file}.new`, file)
  return true
}
