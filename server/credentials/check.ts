import { z } from 'zod'
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

export type DocumentState = 'valid' | 'revoked' | 'altered' | 'unreadable' | 'unsupported' | 'other_issuer' | 'issuer_not_reachable' | 'status_list_unreadable'
export interface DocumentCheck { state: DocumentState, document: Signed | null, issuer: string | null, listed: DocumentCheck[] }

const Shown = z.looseObject({
  '@context': z.array(z.unknown()).min(1),
  'type': z.union([z.string(), z.array(z.string())]).transform(type => [type].flat()),
  'issuer': z.union([z.string(), z.looseObject({ id: z.string() })]),
  'proof': z.looseObject({ type: z.string(), cryptosuite: z.string().optional(), verificationMethod: z.string(), proofValue: z.string() }),
  'credentialStatus': z.looseObject({ type: z.string(), statusListCredential: z.string(), statusListIndex: z.string().regex(/^\d{1,9}$/) }).optional(),
  'credentialSubject': z.unknown(),
})
const Listing = z.looseObject({ verifiableCredential: z.array(z.unknown()) })
const List = z.looseObject({ credentialSubject: z.looseObject({ encodedList: z.unknown() }) })
const SUITES = ['eddsa-rdfc-2022', 'eddsa-jcs-2022']

/** Says in a word what a shown text is. Looks nothing up outside: the keys are this site's, or in the issuer's own name. */
export async function checkText(text: string, checker: Checker): Promise<DocumentCheck> {
  try { return await checkDocument(JSON.parse(text), checker) }
  catch { return { state: 'unreadable', document: null, issuer: null, listed: [] } }
}

async function checkDocument(value: unknown, checker: Checker): Promise<DocumentCheck> {
  const read = Shown.safeParse(value)
  if (!read.success) return { state: 'unreadable', document: null, issuer: null, listed: [] }
  const document = value as Signed
  const { proof } = read.data
  const issuer = typeof read.data.issuer === 'string' ? read.data.issuer : read.data.issuer.id
  const said = (state: DocumentState, listed: DocumentCheck[] = []) => ({ state, document, issuer, listed })
  if (proof.type !== 'DataIntegrityProof' || !SUITES.includes(proof.cryptosuite ?? '')) return said('unsupported')
  const key = keyOf(issuer, proof.verificationMethod, checker)
  if (key === 'not_reachable') return said('issuer_not_reachable')
  if (!key || !await isSigned(document, publicKeyOf(key)!)) return said('altered')
  const listing = Listing.safeParse(read.data.credentialSubject)
  const listed = listing.success ? await Promise.all(listing.data.verifiableCredential.map(one => checkDocument(one, checker))) : []
  if (!isOurs(issuer, key, checker)) return said('other_issuer', listed)
  return said(await stateOf(read.data.credentialStatus, checker), listed)
}

/** The key in a proof, where it belongs to who is said to have issued: in a `did:key` it is the name, for us it is a known one. */
function keyOf(issuer: string, method: string, { did, keys }: Checker): string | 'not_reachable' | null {
  const [name, key] = method.split('#') as [string, string | undefined]
  if (name !== issuer || !key || method !== methodOf(issuer, key)) return null
  if (issuer === did) return keys.includes(key) ? key : null
  if (!issuer.startsWith('did:key:')) return 'not_reachable'
  return issuer === `did:key:${key}` && publicKeyOf(key) ? key : null
}

// Before a site had its address it issued under its keys.
function isOurs(issuer: string, key: string, { did, keys }: Checker): boolean {
  return issuer === did || (issuer === `did:key:${key}` && keys.includes(key))
}

async function stateOf(status: z.infer<typeof Shown>['credentialStatus'], { statusList }: Checker): Promise<DocumentState> {
  if (!status) return 'valid'
  const list = List.safeParse(await statusList(status.statusListCredential))
  const bit = list.success ? statusAt(list.data.credentialSubject.encodedList, Number(status.statusListIndex)) : null
  return bit === null ? 'status_list_unreadable' : bit ? 'revoked' : 'valid'
}
