import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto'
import { multikey, publicBytes } from '../../shared/utils/multikey.ts'

// What stands before the 32 bytes of an Ed25519 key in DER.
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex')
const SPKI = Buffer.from('302a300506032b6570032100', 'hex')

/** The key that the portal signs with, from LINXUE_SIGNING_KEY: 32 bytes as base64. */
export function signingKeyOf(secret: string): KeyObject {
  return createPrivateKey({ key: Buffer.concat([PKCS8, Buffer.from(secret, 'base64')]), format: 'der', type: 'pkcs8' })
}

/** A public key as W3C documents write it: `z6Mk…`. Takes the private key, the public one, or its 32 bytes. */
export function multikeyOf(key: KeyObject | Uint8Array): string {
  const bytes = key instanceof Uint8Array ? key : (key.type === 'private' ? createPublicKey(key) : key).export({ format: 'der', type: 'spki' }).subarray(-32)
  return multikey(bytes)
}

/** The public key that a Multikey names; null for anything that is none of Ed25519. */
export function publicKeyOf(written: string): KeyObject | null {
  const bytes = publicBytes(written)
  try { return bytes && createPublicKey({ key: Buffer.concat([SPKI, bytes]), format: 'der', type: 'spki' }) }
  catch { return null }
}

/**
 * Under which name the portal signs: `did:web` as configured or from a public https address, so that the key may change
 * with the name staying; else `did:key`, the name being the key.
 */
export function issuerOf(settings: { didWeb?: string, publicUrl?: string }, multikey: string): string {
  if (settings.didWeb) return settings.didWeb
  if (settings.publicUrl?.startsWith('https:')) return `did:web:${encodeURIComponent(new URL(settings.publicUrl).host)}`
  return `did:key:${multikey}`
}

/** The method in a proof: the issuer and which of its keys. */
export function methodOf(issuer: string, multikey: string): string {
  return `${issuer}#${multikey}`
}

/** What `/.well-known/did.json` says: every key that signed for the issuer, the one of today first. */
export function didDocument(issuer: string, multikeys: string[]) {
  const methods = multikeys.map(key => methodOf(issuer, key))
  return {
    '@context': ['https://www.w3.org/ns/did/v1', 'https://w3id.org/security/multikey/v1'],
    'id': issuer,
    'verificationMethod': multikeys.map(key => ({ id: methodOf(issuer, key), type: 'Multikey', controller: issuer, publicKeyMultibase: key })),
    'assertionMethod': methods,
  }
}
