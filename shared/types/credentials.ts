export type CredentialKind = 'course' | 'honour' | 'award' | 'transcript' | 'service'

/** What a certificate says, fixed when it was issued (public.credentials.snapshot). */
export interface CredentialSnapshot {
  name: string
  title: string
  titleEn?: string
  unit: string
  region: string
  summary?: string
  /** How it was earned, where the title does not say it. */
  criteria?: string
  lessons?: number
  minutes?: number
  milliCredits?: number
  /** YYYY-MM-DD. */
  finishedOn?: string
  /** Of volunteer service: its running number, how often, and between which days (YYYY-MM-DD). */
  number?: string
  times?: number
  fromDay?: string
  untilDay?: string
  /** Of a transcript: the ids of what it lists, and what was earned by year. */
  includes?: number[]
  years?: { year: number, minutes: number, milliCredits: number }[]
}

/** Why a credential no longer counts: a code, and words where a person decided it. */
export interface Revocation { at: string, reason: string, words: string | null }

export type CredentialState = 'valid' | 'unsigned' | 'revoked' | 'altered'

/** What anybody may know of a certificate by its code. */
export interface PublicCredential {
  code: string
  state: CredentialState
  kind: CredentialKind
  title: string
  /** Masked, unless the document itself was shown. */
  name: string
  unit: string
  issuedAt: string
  revocation: Revocation | null
}

/** What a shown document is. `credential` is told where it is one of this site. */
export interface CredentialCheck {
  outcome: CredentialState | 'unknown' | 'unreadable' | 'unsupported' | 'other_issuer' | 'issuer_not_reachable' | 'status_list_unreadable' | 'status_list_altered' | 'record_differs'
  /** By what the document itself says, where it is as it was signed. */
  issuer: string | null
  credential: PublicCredential | null
  /** Certificates inside a transcript, and how many of them no longer count. */
  listed: number
  listedRevoked: number
}
