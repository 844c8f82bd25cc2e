import { type ContactKind, openVault, type SealedContact, type SealedFile, type Vault } from '../privacy/vault'

let vault: Vault | undefined

function ownVault(): Vault {
  return vault ??= openVault(portalSettings().dataKey)
}

/** Seals a phone or ID number (already checked and without blanks) for the database. */
export function sealContact(kind: ContactKind, value: string): SealedContact {
  return ownVault().seal(kind, value)
}

/** The number itself, for whoever gave a reason (POST /api/desk/people/:id/reveal). */
export function openContact(kind: ContactKind, sealed: Pick<SealedContact, 'cipher' | 'keyId'>): string {
  return ownVault().open(kind, sealed)
}

/** Seals a file for the database, under an id of its own; `openFile` wants the same id. */
export function sealFile(id: string, content: Uint8Array): SealedFile {
  return ownVault().sealFile(id, content)
}

/** The file itself, for whoever gave a reason (POST /api/desk/credits/recognition/:id/file). */
export function openFile(id: string, sealed: Pick<SealedFile, 'cipher' | 'keyId'>): Buffer {
  return ownVault().openFile(id, sealed)
}

/** By what equal numbers find each other. */
export function contactLookup(kind: ContactKind, value: string): Buffer {
  return ownVault().lookup(kind, value)
}

/** A sealed number as the database's functions take it. */
export function contactArgument(kind: ContactKind, value: string) {
  const { cipher, keyId, lookup, masked, tail } = sealContact(kind, value)
  return { kind, cipher: cipher.toString('base64'), keyId, lookup: lookup.toString('hex'), masked, tail }
}
