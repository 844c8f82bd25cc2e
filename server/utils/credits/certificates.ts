import { PassThrough } from 'node:stream'
import type { H3Event } from 'h3'
import type { CredentialKind, CredentialSnapshot } from '~~/shared/types/credentials'
import { verifyAddress } from '../../credentials/documents'
import type { Certificate } from '../../credentials/print/certificate'
import type { Drawing } from '../../credentials/print/drawing'

interface Row {
  id: number
  kind: string
  code: string
  snapshot: unknown
  issued_at: string
  signed_at: string | null
  revoked_at: string | null
  revoked_reason: string | null
  revoked_words: string | null
}

const COLUMNS = 'id, kind, code, snapshot, issued_at, signed_at, revoked_at, revoked_reason, revoked_words'

/** The asking person's certificates, the newest first. */
export async function myCertificates(database: Supabase) {
  const rows = await answerOf(database.from('credentials').select(COLUMNS).in('person_id', await myPersonIds(database)).order('issued_at', { ascending: false }).order('id', { ascending: false }))
  return rows.map(certificateOf)
}

/**
 * One that the asking account may see: its own, or of the desk's people.
 * @throws 404 `certificate_unknown`
 */
export async function seenCertificate(database: Supabase, code: string) {
  const row = await answerOf(database.from('credentials').select(`${COLUMNS}, document, person_id`).eq('code', code).maybeSingle())
  if (!row) throw refusal(404, 'certificate_unknown')
  return { ...certificateOf(row), document: row.document, isMine: (await myPersonIds(database)).includes(row.person_id) }
}

function certificateOf(row: Row) {
  return {
    id: row.id, kind: row.kind as CredentialKind, code: row.code, snapshot: row.snapshot as CredentialSnapshot, issuedAt: row.issued_at, isSigned: row.signed_at !== null,
    revocation: row.revoked_at === null ? null : { at: row.revoked_at, reason: row.revoked_reason!, words: row.revoked_words },
  }
}

// Staff see others' credentials too; what is asked for here are their own.
async function myPersonIds(database: Supabase): Promise<number[]> {
  return await answerOf(database.rpc('my_rows'))
}

/** What is drawn on paper, with the address of its check as a phone reaches it. */
export function toDraw(event: H3Event, { kind, code, snapshot, issuedAt }: Pick<ReturnType<typeof certificateOf>, 'kind' | 'code' | 'snapshot' | 'issuedAt'>): Certificate {
  const site = (portalSettings().publicUrl ?? getRequestURL(event).origin).replace(/\/$/, '')
  return { kind, code, snapshot, issuedAt: new Date(issuedAt), address: verifyAddress(site, code) }
}

/** Answers with sheets as one PDF; whoever goes away ends the work. */
export async function sendSheets(event: H3Event, sheets: Iterable<Drawing> | AsyncIterable<Drawing>, title: string, fileName: string) {
  const { pdfOf } = await import('../../credentials/print/paint')
  setHeaders(event, { 'content-type': 'application/pdf', 'content-disposition': `inline; filename*=UTF-8''${encodeURIComponent(fileName)}`, 'cache-control': 'private, no-store' })
  return sendStream(event, pdfOf(sheets, title).pipe(new PassThrough()))
}

/** What a transcript lists, the earliest first. */
export async function listedIn(database: Supabase, { includes = [] }: CredentialSnapshot) {
  const rows = await answerOf(database.from('credentials').select(COLUMNS).in('id', includes).order('issued_at').order('id'))
  return rows.map(certificateOf).map(({ kind, code, snapshot, issuedAt }) => ({ kind, code, snapshot, issuedAt: new Date(issuedAt) }))
}
