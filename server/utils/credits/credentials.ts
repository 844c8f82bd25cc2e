import type { CredentialCheck, CredentialKind, CredentialSnapshot, PublicCredential } from '~~/shared/types/credentials'
import { checkText, type Checker, type DocumentCheck } from '../../credentials/check'
import { statusListAddress } from '../../credentials/documents'
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
  const outcome = outcomeOf(check, row)
  const listed = check.listed.length
  return {
    outcome, listed,
    issuer: check.issuer && check.state !== 'altered' ? issuerNameOf(check.document!) : null,
    credential: row && (outcome === 'valid' || outcome === 'revoked') ? said(row, outcome, true) : null,
    listedRevoked: check.listed.filter(({ state }) => state === 'revoked').length,
  }
}

// The database knows of a revocation before the published list does.
function outcomeOf({ state }: DocumentCheck, row: Row | null): CredentialCheck['outcome'] {
  if (state === 'valid' && !row) return 'unknown'
  return state === 'valid' && row?.revoked_at ? 'revoked' : state
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

async function stateOf({ document, revoked_at: revokedAt }: Row): Promise<PublicCredential['state']> {
  if (revokedAt) return 'revoked'
  if (!document) return 'unsigned'
  const { state } = await checkText(JSON.stringify(document), await portalChecker())
  return state === 'altered' || state === 'unreadable' ? 'altered' : 'valid'
}

function said(row: Row, state: PublicCredential['state'], shown: boolean): PublicCredential {
  const { name, title, titleEn, unit } = row.snapshot
  return {
    code: row.code, state, kind: row.kind, title, titleEn: titleEn ?? null, name: shown ? name : maskedName(name), unit, issuedAt: row.issued_at.toISOString(),
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
      const list = Number(address.split('/').at(-1)?.replace('.json', ''))
      // The address of a site may have changed; a list keeps its number.
      return Number.isInteger(list) && list > 0 && list < 1_000_000 && address.endsWith(statusListAddress('', list)) ? publishedList(list) : null
    },
  }
}

async function publishedList(list: number): Promise<unknown> {
  const row = await answerOf(anonymousDatabase().from('credential_status_lists').select('document').eq('id', list).maybeSingle())
  return row?.document ?? null
}
