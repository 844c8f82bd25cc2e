import { createHash, createPublicKey, sign } from 'node:crypto'
import type postgres from 'postgres'
import { type Digest, hexOf } from '../../../shared/utils/credit-chain.ts'
import { merkleLeaf, merkleTree, sealStatement } from '../../../shared/utils/merkle.ts'
import { multikeyOf, signingKeyOf } from '../../credentials/keys.ts'

/** Signs one root over the heads of all chains and keeps it with every learner's way up to it; nothing where nobody has a posting. */
export async function sealCredits(sql: postgres.Sql | postgres.TransactionSql, signingKey: string): Promise<void> {
  const heads = await sql<{ person_id: string, seq: string, head: string }[]>`select * from private.credit_heads()`
  if (!heads.length) return
  const digest: Digest = bytes => createHash('sha256').update(bytes).digest()
  const leaves = await Promise.all(heads.map(({ head }) => merkleLeaf(Buffer.from(head, 'hex'), digest)))
  const { root, paths } = await merkleTree(leaves, digest)
  const sealedAt = new Date()
  const statement = sealStatement(sealedAt.toISOString(), heads.length, hexOf(root))
  const key = signingKeyOf(signingKey)
  const publicKey = createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(-32)
  await sql`select private.keep_signing_key(${multikeyOf(key)})`
  await sql`select private.keep_credit_seal(${sealedAt}, ${hexOf(root)}, ${statement}, ${sign(null, Buffer.from(statement), key).toString('hex')},
    ${publicKey.toString('hex')}, ${heads.map(head => head.person_id)}::bigint[], ${heads.map(head => head.seq)}::bigint[],
    ${paths.map(path => path.map(hexOf).join(' '))}::text[])`
}
