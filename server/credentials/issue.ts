import type { KeyObject } from 'node:crypto'
import type postgres from 'postgres'
import type { CredentialKind, CredentialSnapshot } from '../../shared/types/credentials.ts'
import { documentOf, statusListDocument } from './documents.ts'
import { issuerOf, methodOf, multikeyOf, signingKeyOf } from './keys.ts'
import { type Document, type Signed, signDocument } from './proof.ts'

/** Who signs, under which name, and the address that credentials name. */
export interface Issuer { did: string, site: string, key: KeyObject, multikey: string }
type Sql = postgres.Sql | postgres.TransactionSql

export function issuerWith(settings: { signingKey: string, didWeb?: string, publicUrl?: string, siteUrl: string }): Issuer {
  const key = signingKeyOf(settings.signingKey)
  const multikey = multikeyOf(key)
  return { did: issuerOf(settings, multikey), site: settings.siteUrl, key, multikey }
}

interface Row {
  id: string
  kind: CredentialKind
  code: string
  snapshot: CredentialSnapshot
  issued_at: Date
  list_id: number
  list_index: number
  includes: Signed[] | null
}

/**
 * Signs what waits, up to a number; a second run at the same time signs nothing twice. `first` goes before all others.
 * Returns how many were signed: fewer than asked for means that none is left.
 */
export async function signWaiting(sql: Sql, issuer: Issuer, atMost: number, first: string | null = null): Promise<number> {
  const rows = await sql<Row[]>`select * from private.credentials_to_sign(${atMost}, ${first})`
  for (const row of rows) {
    const document = await sign(documentOf({ ...row, issuedAt: row.issued_at, listId: row.list_id, listIndex: row.list_index }, issuer), issuer)
    await sql`select private.keep_signed_credential(${row.id}, ${sql.json(document as never)}, ${issuer.multikey})`
  }
  return rows.length
}

/** Publishes every status list that lacks a bit. Returns how many. */
export async function publishStatusLists(sql: Sql, issuer: Issuer): Promise<number> {
  const lists = await sql<{ id: number, revoked: number[] }[]>`select * from private.status_lists_to_publish()`
  for (const { id, revoked } of lists) {
    const document = await sign(statusListDocument(id, revoked, new Date(), issuer), issuer)
    await sql`select private.keep_status_list(${id}, ${sql.json(document as never)}, ${revoked.length}, ${issuer.multikey})`
  }
  return lists.length
}

function sign(document: Document, { did, key, multikey }: Issuer): Promise<Signed> {
  return signDocument(document, key, { method: methodOf(did, multikey), created: new Date() })
}
