import type { CredentialKind, CredentialSnapshot } from '../../shared/types/credentials.ts'
import { BADGE_CONTEXT, RECORD_CONTEXT, W3C_CONTEXT } from './contexts.ts'
import type { Document, Signed } from './proof.ts'
import { encodeStatusList } from './status-list.ts'

/** A credential as the database has it when it waits for its signature. */
export interface Unsigned {
  kind: CredentialKind
  code: string
  snapshot: CredentialSnapshot
  issuedAt: Date
  listId: number
  listIndex: number
  /** Of a transcript: what it lists, signed. */
  includes?: Signed[] | null
}

interface Issuer { did: string, site: string }

const ACHIEVEMENT_TYPES = { course: 'Course', honour: 'Award', award: 'Certificate', transcript: 'Certificate', service: 'CommunityService' }

/** Where a credential is checked; it is also its name. `site` is an address without a slash at its end. */
export const verifyAddress = (site: string, code: string) => `${site}/verify/${code}`
export const statusListAddress = (site: string, list: number) => `${site}/credentials/status/${list}.json`
/** Which list an address names, on whatever site; null where it names none. */
export function listNumberOf(address: string): number | null {
  const number = /\/credentials\/status\/([1-9]\d{0,5})\.json$/.exec(address)?.[1]
  return number ? Number(number) : null
}

/** An Open Badges 3.0 AchievementCredential, or a CLR 2.0 ClrCredential for a transcript; not yet signed. */
export function documentOf(credential: Unsigned, { did, site }: Issuer): Document {
  const { snapshot, kind, code } = credential
  const id = verifyAddress(site, code)
  const issuer = { id: did, type: ['Profile'], name: snapshot.unit }
  const holder = [{ type: 'IdentityObject', hashed: false, identityHash: snapshot.name, identityType: 'name' }]
  const common = {
    id, issuer, validFrom: secondsOf(credential.issuedAt), name: snapshot.title,
    credentialStatus: statusOf(credential, site),
  }
  if (kind === 'transcript') {
    return {
      '@context': [W3C_CONTEXT, RECORD_CONTEXT, BADGE_CONTEXT],
      'type': ['VerifiableCredential', 'ClrCredential'],
      ...common,
      'description': (snapshot.years ?? []).map(({ year, minutes, milliCredits }) => `${year} 年：学习 ${minutes} 分钟，${milliCredits / 1000} 学分`).join('；') || snapshot.title,
      'credentialSubject': { type: ['ClrSubject'], identifier: holder, verifiableCredential: credential.includes ?? [] },
    }
  }
  return {
    '@context': [W3C_CONTEXT, BADGE_CONTEXT],
    'type': ['VerifiableCredential', 'AchievementCredential'],
    ...common,
    'credentialSubject': {
      type: ['AchievementSubject'],
      identifier: holder,
      ...snapshot.milliCredits ? { creditsEarned: snapshot.milliCredits / 1000 } : {},
      ...snapshot.finishedOn ? { activityEndDate: `${snapshot.finishedOn}T00:00:00+08:00` } : {},
      achievement: {
        id: `${id}#achievement`,
        type: ['Achievement'],
        achievementType: ACHIEVEMENT_TYPES[kind],
        creator: issuer,
        name: snapshot.title,
        description: snapshot.summary || snapshot.title,
        criteria: { narrative: snapshot.criteria || criteriaOf(snapshot) },
      },
    },
  }
}

/**
 * Whether a signed document says what the row beside it says: number, kind, title, name, issuer, day, credits, and the place of its
 * status. The address of the site and the wording of how it was earned may have changed since.
 */
export function fitsRow(document: Document, row: Unsigned): boolean {
  return JSON.stringify(factsOf(document)) === JSON.stringify(factsOf(documentOf(row, { did: '', site: '' })))
}

interface Facts {
  id: string
  type: string[]
  name: string
  validFrom: string
  issuer: { name: string }
  credentialStatus: { statusPurpose: string, statusListIndex: string, statusListCredential: string }
  credentialSubject: { identifier: { identityHash: string }[], creditsEarned?: number, activityEndDate?: string, achievement?: { achievementType: string, description: string } }
}

function factsOf(document: Document) {
  const { id, type, name, validFrom, issuer, credentialStatus: status, credentialSubject: subject } = document as unknown as Facts
  return [
    id.split('/').at(-1), type, name, validFrom, issuer.name, status.statusPurpose, status.statusListIndex, listNumberOf(status.statusListCredential),
    subject.identifier[0]?.identityHash, subject.creditsEarned, subject.activityEndDate, subject.achievement?.achievementType, subject.achievement?.description,
  ]
}

/** A BitstringStatusListCredential; not yet signed. `revoked` are the places of all that are revoked. */
export function statusListDocument(list: number, revoked: number[], at: Date, { did, site }: Issuer): Document {
  const id = statusListAddress(site, list)
  return {
    '@context': [W3C_CONTEXT],
    id,
    'type': ['VerifiableCredential', 'BitstringStatusListCredential'],
    'issuer': did,
    'validFrom': secondsOf(at),
    'credentialSubject': { id: `${id}#list`, type: 'BitstringStatusList', statusPurpose: 'revocation', encodedList: encodeStatusList(revoked) },
  }
}

function statusOf({ listId, listIndex }: Unsigned, site: string) {
  const list = statusListAddress(site, listId)
  return { id: `${list}#${listIndex}`, type: 'BitstringStatusListEntry', statusPurpose: 'revocation', statusListIndex: String(listIndex), statusListCredential: list }
}

/** How a course was passed, from what the snapshot counts. */
export function criteriaOf({ lessons, minutes, title, times, number, fromDay, untilDay }: CredentialSnapshot): string {
  if (times) return `${fromDay} 至 ${untilDay} 参加志愿服务 ${times} 次，计 ${(minutes ?? 0) / 60} 小时，第 ${number} 号。`
  return lessons ? `学完《${title}》全部 ${lessons} 节课${minutes ? `，共 ${minutes} 分钟` : ''}。` : title
}

function secondsOf(at: Date): string {
  return `${at.toISOString().slice(0, 19)}Z`
}
