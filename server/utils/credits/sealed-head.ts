import type { ChainedPosting } from '~~/shared/utils/credit-chain'
import { methodOf, multikeyOf } from '../../credentials/keys'
import type { Supabase } from '../database'

/** The latest seal, with the name of its key in /.well-known/did.json, and the asker's way up to it; null before the first one that includes them. */
export async function sealedHead(database: Supabase) {
  const mine = await answerOf(database.from('credit_seal_paths')
    .select('seq, place, path, credit_seals(id, sealed_at, learners, root, statement, signature, public_key)').maybeSingle())
  if (!mine) return null
  const { id, sealed_at: sealedAt, public_key: publicKey, ...seal } = mine.credit_seals
  return { seq: mine.seq, place: mine.place, path: mine.path, seal: { ...seal, id, publicKey, sealedAt, verificationMethod: methodOf(portalIssuer().did, multikeyOf(Buffer.from(publicKey, 'hex'))) } }
}

/** A page of the asker's postings with their links, for whoever recomputes them. */
export async function chainPage(database: Supabase, after: number): Promise<ChainedPosting[]> {
  const rows = await answerOf(database.rpc('my_credit_chain', { after_seq: after }))
  return rows.map(row => ({
    seq: row.seq!, request: row.request!, outcome: row.outcome!, minutes: row.minutes!, milliCredits: row.milli_credits!,
    balanceAfterMilliCredits: row.balance_after_milli_credits!, link: row.link!,
  }))
}

/** All postings from the first to one. */
export async function chainOf(database: Supabase, until: number): Promise<ChainedPosting[]> {
  const postings: ChainedPosting[] = []
  while (postings.length < until) {
    const page = await chainPage(database, postings.length)
    if (!page.length) break
    postings.push(...page)
  }
  return postings.slice(0, until)
}
