// Signatures against the vectors that W3C and 1EdTech publish, and against every way of altering our own.
import { createHash, createPrivateKey, generateKeyPairSync, sign } from 'node:crypto'
import { base58 } from '@scure/base'
import canonicalize from 'canonicalize'
import { describe, expect, it } from 'vitest'
import { bundledLoader } from '../../../server/credentials/contexts.ts'
import { multikeyOf, publicKeyOf } from '../../../server/credentials/keys.ts'
import { type Document, hashOf, isSigned, type Proof, type Signed, signDocument } from '../../../server/credentials/proof.ts'
import { vectors } from '../../fixtures/vectors.ts'

const PUBLIC = 'z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2'
const PRIVATE = base58.decode('z3u2en7t5LR2WtQH5PfFqMqwVHBeXouLzo6haApm8XHqvjxq'.slice(1)).subarray(2)
const key = createPrivateKey({ key: Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), PRIVATE]), format: 'der', type: 'pkcs8' })
const EXAMPLES = 'https://www.w3.org/ns/credentials/examples/v2'
const loader = bundledLoader(new Map([[EXAMPLES, { '@context': { '@vocab': 'https://www.w3.org/ns/credentials/examples#' } }]]))
const UNSIGNED: Document = {
  '@context': ['https://www.w3.org/ns/credentials/v2', EXAMPLES],
  'id': 'urn:uuid:58172aac-d8ba-11ed-83dd-0b3aef56cc33',
  'type': ['VerifiableCredential', 'AlumniCredential'],
  'name': 'Alumni Credential',
  'description': 'A minimum viable example of an Alumni Credential.',
  'issuer': 'https://vc.example/issuers/5678',
  'validFrom': '2023-01-01T00:00:00Z',
  'credentialSubject': { id: 'did:example:abcdefgh', alumniOf: 'The School of Examples' },
}
const sha = (text: string) => createHash('sha256').update(text).digest('hex')

describe('eddsa-rdfc-2022', () => {
  it('gives W3C’s hashes and signature', async () => {
    const signed = await signDocument(UNSIGNED, key, { method: `did:key:${PUBLIC}#${PUBLIC}`, created: new Date('2023-02-24T23:36:38Z') }, loader)
    const { proofValue, ...proof } = signed.proof
    const { documentText, proofText } = await hashOf(UNSIGNED, proof, loader)
    expect(sha(documentText)).toBe('517744132ae165a5349155bef0bb0cf2258fff99dfe1dbd914b938d775a36017')
    expect(sha(proofText)).toMatch(/^bea7b7[0-9a-f]+c6b0$/)
    expect(proofValue).toMatch(/^z2YwC8z3ap7yx1nZYCg4L3j3ApHsF8kgPdSb5xoS1VR7vPG3F561B52hYnQF9iseabecm3ijx4K1FBTQsCZahKZme$/)
    expect(multikeyOf(key)).toBe(PUBLIC)
    expect(await isSigned(signed, publicKeyOf(PUBLIC)!, loader)).toBe(true)
  })
})

describe.each([['eddsa-rdfc-2022', 'DataInt'], ['eddsa-jcs-2022', 'JCS']])('%s is W3C’s byte for byte', (suite, end) => {
  const vector = (name: string) => vectors!.file(`${suite}/${name}${end}.txt`).trim()

  it.skipIf(!vectors)('in each step: canonical texts, hashes, and what is signed (needs the folder shared/vectors)', async () => {
    const { documentText, proofText, hash } = await hashOf(vectors!.json<Document>('unsigned.json'), vectors!.json<Proof>(`${suite}/proofConfig${end}.json`), loader)
    expect(documentText).toBe(vectors!.file(`${suite}/canonDoc${end}.txt`))
    expect(proofText).toBe(vectors!.file(`${suite}/proofCanon${end}.txt`))
    expect([sha(documentText), sha(proofText), hash.toString('hex')]).toEqual([vector('docHash'), vector('proofHash'), vector('combinedHash')])
  })

  it.skipIf(!vectors)('signed anew with the published key: signature, its writing, and the whole document', async () => {
    expect(vectors!.json('keyPair.json')).toEqual({ publicKeyMultibase: PUBLIC, privateKeyMultibase: expect.stringMatching(/^z3u2en7t5LR2WtQH5PfFqMqwVHBeXouLzo6haApm8XHqvjxq$/) })
    const unsigned = vectors!.json<Document>('unsigned.json')
    const config = vectors!.json<Proof>(`${suite}/proofConfig${end}.json`)
    const { hash } = await hashOf(unsigned, config, loader)
    const signature = sign(null, hash, key)
    expect(signature.toString('hex')).toBe(vector('sigHex'))
    expect(`z${base58.encode(signature)}`).toBe(vector('sigBTC58'))
    const published = vectors!.json<Signed>(`${suite}/signed${end}.json`)
    // As far as the proof says of which words it is made: by JCS its context is one of them.
    const { '@context': words, ...proof } = config
    const signed = { ...unsigned, proof: { ...proof, ...'@context' in published.proof && { '@context': words }, proofValue: `z${base58.encode(signature)}` } }
    expect(canonicalize(signed)).toBe(canonicalize(published))
    expect(await isSigned(signed as Signed, publicKeyOf(PUBLIC)!, loader)).toBe(true)
    expect(await isSigned({ ...published, name: 'Alumni credential' }, publicKeyOf(PUBLIC)!, loader)).toBe(false)
  })
})

it.skipIf(!vectors)('the function that signs our own gives W3C’s signed document (needs the folder shared/vectors)', async () => {
  const published = vectors!.json<Signed>('eddsa-rdfc-2022/signedDataInt.json')
  const own = await signDocument(vectors!.json<Document>('unsigned.json'), key, { method: published.proof.verificationMethod, created: new Date(published.proof.created!) }, loader)
  expect(canonicalize(own)).toBe(canonicalize(published))
})

it('a key that is none of Ed25519 names nothing', () => {
  for (const wrong of ['', 'z', 'z6Mk', PUBLIC.slice(1), `u${PUBLIC.slice(1)}`, PUBLIC.replace('Q2', 'l0'), 'zDnaerDaTF5BXEavCrfRZEk316dpbLsfPDZ3WJ5hRTPFU2169']) expect(publicKeyOf(wrong), wrong).toBeNull()
})

it('another’s key, another suite and a context that is not bundled are no signature', async () => {
  const signed = await signDocument(UNSIGNED, key, { method: `did:key:${PUBLIC}#${PUBLIC}`, created: new Date() }, loader)
  expect(await isSigned(signed, generateKeyPairSync('ed25519').publicKey, loader)).toBe(false)
  expect(await isSigned(signed, publicKeyOf(PUBLIC)!)).toBe(false)
  for (const change of [{ cryptosuite: 'bbs-2023' }, { type: 'Ed25519Signature2020' }, { proofPurpose: 'authentication' }, { proofValue: '' }]) {
    expect(await isSigned({ ...signed, proof: { ...signed.proof, ...change } }, publicKeyOf(PUBLIC)!, loader), JSON.stringify(change)).toBe(false)
  }
})
