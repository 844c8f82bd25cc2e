// Digital Bazaar's libraries, which most verifiers are built on, beside ours: each takes what the other signed, and neither what was
// altered. Nothing is fetched. Both make the canonical text with jsonld; that it is the standard's, W3C's vectors show in proof.test.ts.
import { Buffer } from 'node:buffer'
// @ts-expect-error It brings no types.
import { DataIntegrityProof } from '@digitalbazaar/data-integrity'
// @ts-expect-error It brings no types.
import * as Ed25519Multikey from '@digitalbazaar/ed25519-multikey'
// @ts-expect-error It brings no types.
import { cryptosuite } from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite'
// @ts-expect-error It brings no types.
import * as vc from '@digitalbazaar/vc'
// @ts-expect-error It brings no types.
import { checkStatus } from '@digitalbazaar/vc-bitstring-status-list'
import { base58 } from '@scure/base'
import fc from 'fast-check'
// @ts-expect-error It brings no types.
import jsigs from 'jsonld-signatures'
import { describe, expect, it } from 'vitest'
import { checkText, type Checker } from '../../../server/credentials/check.ts'
import { bundledLoader } from '../../../server/credentials/contexts.ts'
import { documentOf, statusListAddress, statusListDocument, type Unsigned } from '../../../server/credentials/documents.ts'
import { didDocument, methodOf, multikeyOf, publicKeyOf, signingKeyOf } from '../../../server/credentials/keys.ts'
import { type Document, isSigned, type Signed, signDocument } from '../../../server/credentials/proof.ts'
import { vectors } from '../../fixtures/vectors.ts'

interface Verdict { verified: boolean, statusResult?: { results: { status: boolean }[] } }
interface Loaded { documentUrl: string, document: unknown }

const SITE = 'https://learn.example.cn'
const DID = 'did:web:learn.example.cn'
const at = new Date('2026-05-12T01:02:03Z')
const seed = Buffer.alloc(32, 9)
const key = signingKeyOf(seed.toString('base64'))
const multikey = multikeyOf(key)
const sign = (document: Document) => signDocument(document, key, { method: methodOf(DID, multikey), created: at })
const COURSE: Unsigned = {
  kind: 'course', code: '7K3MQ9TDXW2F', issuedAt: at, listId: 1, listIndex: 4711,
  snapshot: { name: '王㙓𬭚', title: '智能手机入门', summary: '会打电话、会看视频。', unit: '柳溪社区学校', region: '清江市', lessons: 8, minutes: 200, milliCredits: 4444, finishedOn: '2026-05-12' },
}
const badge = await sign(documentOf(COURSE, { did: DID, site: SITE }))
const transcript = await sign(documentOf({
  kind: 'transcript', code: '0K3MQ9TDXW20', issuedAt: at, listId: 1, listIndex: 5, includes: [badge],
  snapshot: { name: '王㙓𬭚', title: '学习成绩单', unit: '清江市', region: '清江市', includes: [1], years: [{ year: 2026, minutes: 200, milliCredits: 4444 }] },
}, { did: DID, site: SITE }))
const listOf = (revoked: number[]) => sign(statusListDocument(1, revoked, at, { did: DID, site: SITE }))

const EXAMPLES = 'https://www.w3.org/ns/credentials/examples/v2'
const contexts = bundledLoader(new Map([[EXAMPLES, { '@context': { '@vocab': 'https://www.w3.org/ns/credentials/examples#' } }]]))
/** What their verifier asks for by address, all of it from here: contexts, our did.json and its keys, our list, a `did:key`. */
const loaderWith = (list?: Signed) => async (url: string): Promise<Loaded> => {
  const documentOfKeys = didDocument(DID, [multikey])
  if (url === DID) return { documentUrl: url, document: documentOfKeys }
  const method = documentOfKeys.verificationMethod.find(({ id }) => id === url)
  if (method) return { documentUrl: url, document: { '@context': 'https://w3id.org/security/multikey/v1', ...method } }
  if (list && url === statusListAddress(SITE, 1)) return { documentUrl: url, document: list }
  const [name, fragment] = url.split('#') as [string, string | undefined]
  if (name.startsWith('did:key:')) {
    const own = didDocument(name, [name.slice(8)])
    return { documentUrl: url, document: fragment ? { '@context': 'https://w3id.org/security/multikey/v1', ...own.verificationMethod[0]! } : own }
  }
  return contexts(url)
}
const suite = () => new DataIntegrityProof({ cryptosuite })
const theirs = async (credential: unknown, list: Signed) => await vc.verifyCredential({
  credential, suite: suite(), documentLoader: loaderWith(list), now: new Date('2026-06-01T00:00:00Z'), checkStatus,
}) as Verdict
/** Tells of each of some altered copies whether it is still held for true. */
const altered = (document: Signed, isTrue: (text: string) => Promise<boolean>, runs: number) => {
  const bytes = Buffer.from(JSON.stringify(document))
  return fc.assert(fc.asyncProperty(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), async (place, change) => {
    const copy = Buffer.from(bytes)
    copy[place]! ^= change
    expect(await isTrue(copy.toString('utf8'))).toBe(false)
  }), { numRuns: runs })
}

describe('what we signed', () => {
  it.each<[string, Signed]>([['a badge', badge], ['a transcript', transcript]])('they verify: %s, with our did.json and our list', async (_what, document) => {
    for (const [revoked, status] of [[[], false], [[4711, 5], true]] as const)
      expect(await theirs(document, await listOf([...revoked]))).toMatchObject({ verified: true, statusResult: { results: [{ status }] } })
  })

  it('they refuse with any byte altered, and with a list that is altered', async () => {
    const list = await listOf([])
    const areTrue = async (credential: string, status: string) => {
      try { return (await theirs(JSON.parse(credential), JSON.parse(status) as Signed)).verified }
      catch { return false }
    }
    expect(await areTrue(JSON.stringify(badge), JSON.stringify(list))).toBe(true)
    await altered(badge, async text => areTrue(text, JSON.stringify(list)), 40)
    await altered(list, async text => areTrue(JSON.stringify(badge), text), 40)
  })
})

describe('what they signed', async () => {
  const method = methodOf(DID, multikey)
  const pair = await Ed25519Multikey.from({
    type: 'Multikey', id: method, controller: DID, publicKeyMultibase: multikey,
    secretKeyMultibase: `z${base58.encode(Buffer.concat([Uint8Array.of(0x80, 0x26), seed, Buffer.from(publicKeyOf(multikey)!.export({ format: 'der', type: 'spki' })).subarray(-32)]))}`,
  }) as { signer: () => unknown }
  const signedByThem = async (credential: Document) => await vc.issue({
    credential: structuredClone(credential), suite: new DataIntegrityProof({ signer: pair.signer(), date: at.toISOString(), cryptosuite }), documentLoader: loaderWith(), now: at,
  }) as Signed
  const list = await signedByThem(statusListDocument(1, [4711], at, { did: DID, site: SITE }))
  const checker: Checker = { did: DID, keys: [multikey], statusList: async () => list }
  const state = async (text: string) => (await checkText(text, checker)).state

  it('has the very signature that we make', async () => {
    expect((await signedByThem(documentOf(COURSE, { did: DID, site: SITE }))).proof.proofValue).toBe(badge.proof.proofValue)
  })

  it('we verify, list and all; with any byte altered we do not', async () => {
    const other = await signedByThem(documentOf({ ...COURSE, listIndex: 12 }, { did: DID, site: SITE }))
    expect([await state(JSON.stringify(other)), await state(JSON.stringify(await signedByThem(documentOf(COURSE, { did: DID, site: SITE }))))]).toEqual(['valid', 'revoked'])
    await altered(other, async text => /^(?:valid|revoked)$/.test(await state(text)), 60)
  })
})

it.skipIf(!vectors)('W3C’s signed document is true for both, and altered for neither (needs the folder shared/vectors)', async () => {
  const published = vectors!.json<Signed>('eddsa-rdfc-2022/signedDataInt.json')
  const { publicKeyMultibase } = vectors!.json<{ publicKeyMultibase: string }>('keyPair.json')
  // Its issuer is not who its key belongs to, so their check of whole credentials is not for it.
  const verdicts = async (document: Signed) => [
    (await jsigs.verify(document, { suite: suite(), purpose: new jsigs.purposes.AssertionProofPurpose(), documentLoader: loaderWith() }) as Verdict).verified,
    await isSigned(document, publicKeyOf(publicKeyMultibase)!, contexts),
  ]
  expect(await verdicts(published)).toEqual([true, true])
  expect(await verdicts({ ...published, name: 'Alumni credential' })).toEqual([false, false])
})
