import type { CredentialCheck, CredentialKind, CredentialSnapshot, PublicCredential } from '~~/shared/types/credentials'
import { checkText, type Checker, type DocumentCheck, LISTS_IN_DOUBT } from '../../credentials/check'
import { fitsRow, listNumberOf } from '../../credentials/documents'
import { type Issuer, issuerWith } from '../../credentials/issue'
import { signingKeys } from '../../credentials/mirror'
import type { Signed } from '../../credentials/proof'

export const SIGN_JOB = 'sign-credentials'

let issuer: Issuer | undefined

/** Who signs credentials here, under which name. */
export function portalIssuer(): Issuer {
  return issuer ??= issuerWith(portalSettings())
}

interface Row {
  code: string
  kind: CredentialKind
  snapshot: CredentialSnapshot
  issued_at: Date
  list_id: number
  list_index: number
  document: Signed | null
  revoked_at: Date | null
  revoked_reason: string | null
  revoked_words: string | null
}

/** What anybody may know of a certificate by its code; null where there is none. */
export async function publicCredential(code: string): Promise<PublicCredential | null> {
  const row = await credentialByCode(code)
  return row && said(row, await stateOf(row), false)
}

/** What a shown document is. It says the name itself, so the name is told where the document is as it was signed. */
export async function checkShown(text: string): Promise<CredentialCheck> {
  const check = await checkText(text, await portalChecker())
  const row = isTrue(check) ? await credentialByCode(codeOf(check)) : null
  const fits = row !== null && isOf(check.document!, row)
  const outcome = outcomeOf(check, row, fits)
  const listed = check.listed.length
  return {
    outcome, listed,
    issuer: check.issuer && check.state !== 'altered' ? issuerNameOf(check.document!) : null,
    credential: fits && (outcome === 'valid' || outcome === 'revoked') ? said(row, outcome, true) : null,
    listedRevoked: check.listed.filter(({ state }) => state === 'revoked').length,
  }
}

// The database knows of a revocation before the published list does.
function outcomeOf({ state }: DocumentCheck, row: Row | null, fits: boolean): CredentialCheck['outcome'] {
  if (state !== 'valid') return state
  if (!row) return 'unknown'
  return row.revoked_at ? 'revoked' : fits ? 'valid' : 'record_differs'
}

function isTrue({ state }: DocumentCheck): boolean {
  return state === 'valid' || state === 'revoked'
}

function codeOf({ document }: DocumentCheck): string {
  return String(document?.id ?? '').split('/').at(-1)!
}

function issuerNameOf({ issuer }: Signed): string {
  return typeof issuer === 'string' ? issuer : String((issuer as { name?: unknown, id: string }).name ?? (issuer as { id: string }).id)
}

// What is shown stands in the row: it has to be what was signed. Whether it is revoked the row knows itself, and before the list.
async function stateOf(row: Row): Promise<PublicCredential['state']> {
  if (!row.document) return row.revoked_at ? 'revoked' : 'unsigned'
  const { state } = await checkText(JSON.stringify(row.document), await portalChecker())
  const isSigned = state === 'valid' || state === 'revoked' || LISTS_IN_DOUBT.includes(state)
  if (!isSigned || !isOf(row.document, row) || (state === 'revoked' && !row.revoked_at)) return 'altered'
  return row.revoked_at ? 'revoked' : 'valid'
}

function isOf(document: Signed, { issued_at: issuedAt, list_id: listId, list_index: listIndex, ...row }: Row): boolean {
  return fitsRow(document, { ...row, issuedAt, listId, listIndex })
}

function said(row: Row, state: PublicCredential['state'], shown: boolean): PublicCredential {
  const { name, title, unit } = row.snapshot
  return {
    code: row.code, state, kind: row.kind, title, name: shown ? name : maskedName(name), unit, issuedAt: row.issued_at.toISOString(),
    revocation: row.revoked_at && { at: row.revoked_at.toISOString(), reason: row.revoked_reason!, words: row.revoked_words },
  }
}

async function credentialByCode(code: string): Promise<Row | null> {
  const [row] = await jobsSql()<Row[]>`select * from private.credential_by_code(${code})`
  return row ?? null
}

async function portalChecker(): Promise<Checker> {
  return {
    did: portalIssuer().did,
    keys: await signingKeys(jobsSql(), portalIssuer()),
    statusList: async (address) => {
      const list = listNumberOf(address)
      return list && publishedList(list)
    },
  }
}

async function publishedList(list: number): Promise<unknown> {
  const row = await answerOf(anonymousDatabase().from('credential_status_lists').select('document').eq('id', list).maybeSingle())
  return row?.document ?? null
}
