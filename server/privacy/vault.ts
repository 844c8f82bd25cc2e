// Phone and ID numbers and certificates at rest: sealed with AES-256-GCM, found again by a keyed hash, numbers shown by a mask.
// Pure, so that the launcher and the demo seal with the same code as the site.
import { createCipheriv, createDecipheriv, createHash, createHmac, hkdfSync, randomBytes } from 'node:crypto'

export type ContactKind = 'phone' | 'id_number'

/** What is stored of one number. Only `masked` and `tail` may be shown. */
export interface SealedContact {
  cipher: Buffer
  keyId: number
  /** Equal for equal numbers, and worth nothing without the key. */
  lookup: Buffer
  masked: string
  tail: string
}

/** What is stored of a file; it opens for the id that it was sealed for and no other. */
export interface SealedFile extends SealedDigest { cipher: Buffer }

/** What stays of a file that was deleted: by it an equal one is found, under a later key as well. */
export interface SealedDigest {
  keyId: number
  /** Equal for equal files. */
  lookup: Buffer
  /** The file's SHA-256, from which another key makes another lookup. */
  digest: Buffer
}

export interface Vault {
  seal: (kind: ContactKind, value: string) => SealedContact
  open: (kind: ContactKind, sealed: Pick<SealedContact, 'cipher' | 'keyId'>) => string
  lookup: (kind: ContactKind, value: string) => Buffer
  sealFile: (id: string, content: Uint8Array) => SealedFile
  openFile: (id: string, sealed: Pick<SealedFile, 'cipher' | 'keyId'>) => Buffer
  sealDigest: (id: string, digest: Uint8Array) => SealedDigest
  openDigest: (id: string, sealed: Pick<SealedDigest, 'digest' | 'keyId'>) => Buffer
}

const NONCE_BYTES = 12
const TAG_BYTES = 16

export class WrongDataKey extends Error {}

/**
 * Opens the vault with a list of keys, `<id>:<base64 of 32 bytes>` by commas. The first one seals, every one opens. The
 * last one makes the lookups, which must stay comparable: a new key goes to the front, and the last one goes only when every
 * number has been sealed and hashed anew (stack/keys.ts).
 * @throws WrongDataKey that says what is wrong, without the key
 */
export function openVault(keyList: string): Vault {
  const keys = keyList.split(',').map(readKey)
  if (new Set(keys.map(({ id }) => id)).size < keys.length) throw new WrongDataKey('the same key id twice')
  const sealing = new Map(keys.map(({ id, key }) => [id, derive(key, 'linxue contacts: seal')]))
  const sealingFiles = new Map(keys.map(({ id, key }) => [id, derive(key, 'linxue files: seal')]))
  const lookupKey = derive(keys.at(-1)!.key, 'linxue contacts: lookup')
  const fileLookupKey = derive(keys.at(-1)!.key, 'linxue files: lookup')
  const keyId = keys[0]!.id
  const lookup = (kind: ContactKind, value: string) => createHmac('sha256', lookupKey).update(`${kind}:${value}`).digest()
  const sealDigest = (id: string, digest: Uint8Array) => ({
    keyId, lookup: createHmac('sha256', fileLookupKey).update(digest).digest(), digest: close(sealingFiles.get(keyId)!, contextOf(`digest:${id}`, keyId), digest),
  })

  return {
    lookup,
    seal(kind, value) {
      return { cipher: close(sealing.get(keyId)!, contextOf(kind, keyId), Buffer.from(value, 'utf8')), keyId, lookup: lookup(kind, value), masked: maskContact(kind, value), tail: value.slice(-4) }
    },
    open(kind, { cipher, keyId }) {
      return open(keyOf(sealing, keyId), contextOf(kind, keyId), cipher).toString('utf8')
    },
    sealFile(id, content) {
      return { cipher: close(sealingFiles.get(keyId)!, contextOf(`file:${id}`, keyId), content), ...sealDigest(id, createHash('sha256').update(content).digest()) }
    },
    openFile(id, { cipher, keyId }) {
      return open(keyOf(sealingFiles, keyId), contextOf(`file:${id}`, keyId), cipher)
    },
    sealDigest,
    openDigest(id, { digest, keyId }) {
      return open(keyOf(sealingFiles, keyId), contextOf(`digest:${id}`, keyId), digest)
    },
  }
}

function close(key: Buffer, context: Buffer, content: Uint8Array): Buffer {
  const nonce = randomBytes(NONCE_BYTES)
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(context)
  return Buffer.concat([nonce, cipher.update(content), cipher.final(), cipher.getAuthTag()])
}

function open(key: Buffer, context: Buffer, sealed: Buffer): Buffer {
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, NONCE_BYTES)).setAAD(context).setAuthTag(sealed.subarray(-TAG_BYTES))
  return Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()])
}

function keyOf(keys: Map<number, Buffer>, keyId: number): Buffer {
  const key = keys.get(keyId)
  if (!key) throw new WrongDataKey(`no key ${keyId}`)
  return key
}

/** A new key as an entry of a list; the whole list of a portal that has none. */
export function drawDataKey(id = 1): string {
  return `${id}:${randomBytes(32).toString('base64')}`
}

/** The ids of a list, in its order. @throws WrongDataKey */
export function keyIdsOf(keyList: string): number[] {
  return keyList.split(',').map(readKey).map(({ id }) => id)
}

/** What a screen shows: 138****5678, 110105********002X. */
export function maskContact(kind: ContactKind, value: string): string {
  return kind === 'phone' ? `${value.slice(0, 3)}****${value.slice(-4)}` : `${value.slice(0, 6)}********${value.slice(-4)}`
}

function readKey(text: string): { id: number, key: Buffer } {
  const [, id, encoded] = /^\s*(\d{1,4}):([A-Za-z0-9+/]{43}=)\s*$/.exec(text) ?? []
  if (!id || !encoded) throw new WrongDataKey('expected <id>:<base64 of 32 bytes>')
  return { id: Number(id), key: Buffer.from(encoded, 'base64') }
}

function derive(key: Buffer, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', key, '', purpose, 32))
}

/** A sealed phone cannot be passed off as an ID number, one file not as another, and nothing as sealed by another key. */
function contextOf(kind: string, keyId: number): Buffer {
  return Buffer.from(`${kind}:${keyId}`)
}
