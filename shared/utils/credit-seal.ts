import { bytesOf, type Digest, hexOf } from './credit-chain.ts'
import { merkleLeaf, merkleRoot } from './merkle.ts'
import { multikey } from './multikey.ts'

/** The way of an account up to a published seal, as the learner's own check reads it; hashes are hexadecimal. */
export interface SealedHead {
  seq: number
  place: number
  path: string[]
  seal: { learners: number, root: string, statement: string, signature: string, publicKey: string }
}

/** Whether an Ed25519 signature is a key's; null where that can't be told. */
export type Verify = (publicKey: Uint8Array, signature: Uint8Array, message: Uint8Array) => Promise<boolean | null>

/** A seal as its published file has it: /seals/<number>.json. */
export interface PublishedSeal { learners: number, root: string, statement: string, signature: string, public_key: string }

export type SealFinding = 'fits' | 'unsigned_here' | 'key_unknown' | 'other_key' | 'broken'

/**
 * What a learner's links say of the seal. `published` are the keys that the site names as its own, today's and those of before; null
 * where they can't be fetched. `other_key` was sealed by somebody else; `unsigned_here` fits, on a device that can't check the
 * signature; `key_unknown` fits, by a key of which it is not known whose it is.
 */
export async function checkSeal(
  links: readonly string[], sealed: SealedHead, published: readonly string[] | null, digest: Digest, verify: Verify,
): Promise<SealFinding> {
  const { seal, seq, place, path } = sealed
  const head = links[seq - 1]
  if (!head) return 'broken'
  const root = await merkleRoot(await merkleLeaf(bytesOf(head), digest), place, seal.learners, path.map(bytesOf), digest)
  if (!root || hexOf(root) !== seal.root || !seal.statement.endsWith(`|${seal.learners}|${seal.root}`)) return 'broken'
  if (published && !published.includes(multikey(bytesOf(seal.publicKey)))) return 'other_key'
  const signed = await verify(bytesOf(seal.publicKey), bytesOf(seal.signature), new TextEncoder().encode(seal.statement))
  if (signed === null) return 'unsigned_here'
  return !signed ? 'broken' : published ? 'fits' : 'key_unknown'
}

/** Whether the published file says the same as the seal that an account is told. */
export function isPublished({ learners, root, statement, signature, publicKey }: SealedHead['seal'], file: PublishedSeal): boolean {
  return file.learners === learners && file.root === root && file.statement === statement && file.signature === signature && file.public_key === publicKey
}

/** A learner's accounts in a seal: one, or one of each row where rows were merged. */
export interface SealedAccounts { accounts: (Omit<SealedHead, 'seal'> & { account: number })[], seal: SealedHead['seal'] }

/** The worst that {@link checkSeal} says of any account; `none` where no account is in the seal. */
export async function checkSeals(
  chains: readonly { account: number, postings: readonly { link: string }[] }[], { accounts, seal }: SealedAccounts, published: readonly string[] | null,
  digest: Digest, verify: Verify,
) {
  const said = await Promise.all(accounts.map(({ account, ...way }) =>
    checkSeal(chains.find(chain => chain.account === account)?.postings.map(({ link }) => link) ?? [], { ...way, seal }, published, digest, verify)))
  return (['broken', 'other_key', 'key_unknown', 'unsigned_here', 'fits'] as const).find(word => said.includes(word)) ?? 'none'
}
