import { z } from 'zod'
import { listNumberOf } from './documents.ts'
import { methodOf, publicKeyOf } from './keys.ts'
import { isSigned, type Signed } from './proof.ts'
import { statusAt } from './status-list.ts'

/** What is needed to check a document, from wherever it is kept. */
export interface Checker {
  /** The name that this site issues under today, and every key that it ever signed with. */
  did: string
  keys: readonly string[]
  /** The published list of that address, as it is served; null where there is none. */
  statusList: (address: string) => Promise<unknown>
}

export type DocumentState = 'valid' | 'revoked' | 'altered' | 'unreadable' | 'unsupported' | 'other_issuer' | 'issuer_not_reachable' | 'status_list_unreadable' | 'status_list_altered'
export interface DocumentCheck { state: DocumentState, document: Signed | null, issuer: string | null, listed: DocumentCheck[] }

const Issued = z.looseObject({
  '@context': z.array(z.unknown()).min(1),
  'type': z.union([z.string(), z.array(z.string())]).transform(type => [type].flat()),
  'issuer': z.union([z.string(), z.looseObject({ id: z.string() }).transform(({ id }) => id)]),
  'proof': z.looseObject({ type: z.string(), cryptosuite: z.string().optional(), verificationMethod: z.string(), proofValue: z.string() }),
})
const Status = z.looseObject({ type: z.string(), statusPurpose: z.string(), statusListCredential: z.string(), statusListIndex: z.string().regex(/^\d{1,9}$/) })
const Shown = Issued.extend({ credentialStatus: Status.optional(), credentialSubject: z.unknown() })
const Listing = z.looseObject({ verifiableCredential: z.array(z.unknown()) })
const List = Issued.extend({ id: z.string(), credentialSubject: z.looseObject({ type: z.literal('BitstringStatusList'), statusPurpose: z.string(), encodedList: z.string() }) })
  .refine(({ type }) => type.includes('BitstringStatusListCredential'))
const SUITES = ['eddsa-rdfc-2022', 'eddsa-jcs-2022']
/** What is known of a document that is signed as it should be, while its list can't be relied on. */
export const LISTS_IN_DOUBT: DocumentState[] = ['status_list_unreadable', 'status_list_altered']

/** Says in a word what a shown text is. Looks nothing up outside: the keys are this site's, or in the issuer's own name. */
export async function checkText(text: string, checker: Checker): Promise<DocumentCheck> {
  try { return await checkDocument(JSON.parse(text), checker, listsOf(checker)) }
  catch { return { state: 'unreadable', document: null, issuer: null, listed: [] } }
}

async function checkDocument(value: unknown, checker: Checker, lists: Lists): Promise<DocumentCheck> {
  const read = Shown.safeParse(value)
  if (!read.success) return { state: 'unreadable', document: null, issuer: null, listed: [] }
  const document = value as Signed
  const { proof, issuer } = read.data
  const said = (state: DocumentState, listed: DocumentCheck[] = []) => ({ state, document, issuer, listed })
  if (proof.type !== 'DataIntegrityProof' || !SUITES.includes(proof.cryptosuite ?? '')) return said('unsupported')
  const key = keyOf(issuer, proof.verificationMethod, checker)
  if (key === 'not_reachable') return said('issuer_not_reachable')
  if (!key || !await isSigned(document, publicKeyOf(key)!)) return said('altered')
  const listing = Listing.safeParse(read.data.credentialSubject)
  const listed = listing.success ? await Promise.all(listing.data.verifiableCredential.map(one => checkDocument(one, checker, lists))) : []
  if (!checker.keys.includes(key)) return said('other_issuer', listed)
  const state = await stateOf(read.data.credentialStatus, lists)
  // A transcript is not known to be valid while that is not known of what it lists.
  return said(state === 'valid' ? listed.find(one => LISTS_IN_DOUBT.includes(one.state))?.state ?? state : state, listed)
}

/**
 * The key in a proof, where it belongs to who is said to have issued: a `did:key` is its name, and what a key of this site signed
 * is this site's, whatever address it had then.
 */
function keyOf(issuer: string, method: string, { did, keys }: Checker): string | 'not_reachable' | null {
  const [name, key] = method.split('#') as [string, string | undefined]
  if (name !== issuer || !key || method !== methodOf(issuer, key)) return null
  if (issuer.startsWith('did:key:')) return issuer === `did:key:${key}` && publicKeyOf(key) ? key : null
  if (keys.includes(key)) return key
  return issuer === did ? null : 'not_reachable'
}

/** What each place of a list is, by the address of the list. */
type Lists = (address: string) => Promise<z.infer<typeof List> | 'status_list_unreadable' | 'status_list_altered'>

/** Lists as their signatures say them, each read and checked once: a transcript names the same one for all that it lists. */
function listsOf(checker: Checker): Lists {
  const known = new Map<string, ReturnType<Lists>>()
  return (address) => {
    if (!known.has(address)) known.set(address, listAt(address, checker))
    return known.get(address)!
  }
}

async function listAt(address: string, checker: Checker): ReturnType<Lists> {
  const published = await checker.statusList(address)
  const list = List.safeParse(published)
  if (!list.success) return 'status_list_unreadable'
  const { id, issuer, proof } = list.data
  // The address of a site may have changed; a list keeps its number.
  if (listNumberOf(id) === null || listNumberOf(id) !== listNumberOf(address)) return 'status_list_altered'
  const key = keyOf(issuer, proof.verificationMethod, checker)
  const isOurs = key !== null && checker.keys.includes(key)
  return isOurs && await isSigned(published as Signed, publicKeyOf(key)!) ? list.data : 'status_list_altered'
}

async function stateOf(status: z.infer<typeof Status> | undefined, lists: Lists): Promise<DocumentState> {
  if (!status) return 'valid'
  const list = await lists(status.statusListCredential)
  if (typeof list === 'string') return list
  if (list.credentialSubject.statusPurpose !== status.statusPurpose) return 'status_list_altered'
  const bit = statusAt(list.credentialSubject.encodedList, Number(status.statusListIndex))
  return bit === null ? 'status_list_unreadable' : bit ? 'revoked' : 'valid'
}
