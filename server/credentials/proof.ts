import { createHash, type KeyObject, sign, verify } from 'node:crypto'
import { base58 } from '@scure/base'
import canonicalize from 'canonicalize'
import jsonld from 'jsonld'
import { bundledLoader } from './contexts.ts'

export interface Proof {
  '@context'?: unknown
  'type': string
  'cryptosuite': string
  'created'?: string
  'verificationMethod': string
  'proofPurpose': string
  'proofValue'?: string
}
export type Document = Record<string, unknown> & { '@context': unknown }
export type Signed = Document & { proof: Proof & { proofValue: string } }
type Loader = ReturnType<typeof bundledLoader>

const SUITES = ['eddsa-rdfc-2022', 'eddsa-jcs-2022']

/** Signs a document by `eddsa-rdfc-2022` of W3C Data Integrity. */
export async function signDocument(document: Document, key: KeyObject, { method, created }: { method: string, created: Date }, loader = bundledLoader()): Promise<Signed> {
  const proof: Proof = {
    type: 'DataIntegrityProof', cryptosuite: 'eddsa-rdfc-2022', created: `${created.toISOString().slice(0, 19)}Z`, verificationMethod: method, proofPurpose: 'assertionMethod',
  }
  const { hash } = await hashOf(document, proof, loader)
  return { ...document, proof: { ...proof, proofValue: `z${base58.encode(sign(null, hash, key))}` } }
}

/** Whether the document is as it was signed with that key; whatever can't be read as signed is not. */
export async function isSigned(document: Signed, key: KeyObject, loader = bundledLoader()): Promise<boolean> {
  const { proof, ...unsigned } = document
  const { proofValue, ...config } = proof
  if (proof.type !== 'DataIntegrityProof' || !SUITES.includes(proof.cryptosuite) || proof.proofPurpose !== 'assertionMethod' || proofValue?.[0] !== 'z') return false
  try {
    const { hash } = await hashOf(unsigned as Document, config, loader)
    return verify(null, hash, key, base58.decode(proofValue.slice(1)))
  }
  catch { return false }
}

/** What is signed: the hash of the proof's own words, then that of the document, each over its canonical text. */
export async function hashOf(document: Document, proof: Proof, loader: Loader) {
  const config = { ...proof, '@context': proof['@context'] ?? document['@context'] }
  const canonical = proof.cryptosuite === 'eddsa-jcs-2022' ? async (one: object) => canonicalize(one)! : (one: object) => rdfText(one, loader)
  const [proofText, documentText] = [await canonical(config), await canonical(document)]
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return { proofText, documentText, hash: Buffer.concat([digest(proofText), digest(documentText)]) }
}

// Safe: a word that no context explains would be left out of what is signed, so it is an error.
function rdfText(document: object, documentLoader: Loader): Promise<string> {
  return jsonld.canonize(document as never, { algorithm: 'RDFC-1.0', format: 'application/n-quads', documentLoader, safe: true } as never) as unknown as Promise<string>
}
