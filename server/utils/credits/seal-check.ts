import { createHash, verify } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type postgres from 'postgres'
import { type Digest, hexOf } from '../../../shared/utils/credit-chain.ts'
import { merkleLeaf, merkleTree, sealStatement } from '../../../shared/utils/merkle.ts'
import { multikeyOf, publicKeyOf } from '../../credentials/keys.ts'

interface Seal { id: number, sealed_at: string, learners: number, root: string, statement: string, signature: string, public_key: string }
export interface Breach { invariant: 'seal_is_signed' | 'seal_root_fits_chain' | 'seal_mirror_is_row', subject: string }

/** How many seals before the last are made anew in a night; they come in turn, so that a night costs the same after years. */
const EARLIER_A_NIGHT = 8

/** What a copy must have in common with its row. */
const COPIED = ['root', 'statement', 'signature', 'public_key'] as const
const digest: Digest = bytes => createHash('sha256').update(bytes).digest()

/**
 * What no longer fits of the published seals. Each says what was signed, by a key that the site names as its own (`published`); the
 * last one's root is that of the chains as they are, and so are those of the earlier ones whose turn it is; and the copy in the mirror
 * folder says the same as the row.
 */
export async function sealBreaches(
  sql: postgres.Sql | postgres.TransactionSql, published: readonly string[], mirrorFolder?: string, night = Math.floor(Date.now() / 86_400_000),
): Promise<Breach[]> {
  const rows = await sql<{ body: Seal }[]>`select body from private.published_files(0) where path like 'seals/%'`
  const seals = rows.map(({ body }) => body).toSorted((a, b) => a.id - b.id)
  return [
    ...seals.filter(seal => !isSigned(seal, published)).map(({ id }) => ({ invariant: 'seal_is_signed' as const, subject: String(id) })),
    ...await lastBreaches(sql, seals.at(-1)),
    ...await earlierBreaches(sql, seals, night),
    ...mirrorFolder ? await mirrorBreaches(mirrorFolder, seals) : [],
  ]
}

function isSigned(seal: Seal, published: readonly string[]): boolean {
  const name = multikeyOf(Buffer.from(seal.public_key, 'hex'))
  const key = publicKeyOf(name)
  return seal.statement === sealStatement(new Date(seal.sealed_at).toISOString(), seal.learners, seal.root)
    && key !== null && published.includes(name)
    && verify(null, Buffer.from(seal.statement), key, Buffer.from(seal.signature, 'hex'))
}

interface Link { person_id: string, link: string | null }

async function lastBreaches(sql: postgres.Sql | postgres.TransactionSql, seal: Seal | undefined): Promise<Breach[]> {
  return seal ? rootBreaches(seal, await sql<Link[]>`select * from private.sealed_links()`) : []
}

async function earlierBreaches(sql: postgres.Sql | postgres.TransactionSql, seals: readonly Seal[], night: number): Promise<Breach[]> {
  const earlier = await sql<{ id: string }[]>`select id from private.earlier_seals() id`
  const turns = Math.ceil(earlier.length / EARLIER_A_NIGHT)
  const breaches: Breach[] = []
  for (const { id } of earlier.filter((_, index) => index % turns === night % turns)) {
    const seal = seals.find(one => String(one.id) === String(id))
    if (seal) breaches.push(...await rootBreaches(seal, await sql<Link[]>`select * from private.links_of_seal(${id})`))
  }
  return breaches
}

async function rootBreaches(seal: Seal, links: readonly Link[]): Promise<Breach[]> {
  const gone = links.filter(({ link }) => link === null)
  if (gone.length) return gone.map(({ person_id: person }) => ({ invariant: 'seal_root_fits_chain', subject: `${seal.id}:${person}` }))
  const leaves = await Promise.all(links.map(({ link }) => merkleLeaf(Buffer.from(link!, 'hex'), digest)))
  return links.length === seal.learners && hexOf((await merkleTree(leaves, digest)).root) === seal.root ? [] : [{ invariant: 'seal_root_fits_chain', subject: String(seal.id) }]
}

/** A copy that differs from its row, or of which there is no row. One that is not there yet, or was put elsewhere, is no breach. */
async function mirrorBreaches(folder: string, seals: readonly Seal[]): Promise<Breach[]> {
  const names = (await readdir(join(folder, 'seals')).catch(() => [] as string[])).filter(name => /^\d+\.json$/.test(name))
  const rows = new Map(seals.map(seal => [`${seal.id}.json`, seal]))
  const differing = await Promise.all(names.map(async (name) => {
    const row = rows.get(name)
    const copy = sealIn(await readFile(join(folder, 'seals', name), 'utf8').catch(() => ''))
    return row && copy && COPIED.every(field => copy[field] === row[field]) ? [] : [{ invariant: 'seal_mirror_is_row' as const, subject: name }]
  }))
  return differing.flat()
}

function sealIn(text: string): Partial<Seal> | null {
  try { return JSON.parse(text) as Partial<Seal> | null }
  catch { return null }
}
