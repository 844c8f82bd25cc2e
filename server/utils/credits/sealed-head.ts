import type { ChainedPosting } from '~~/shared/utils/credit-chain'
import { methodOf, multikeyOf } from '../../credentials/keys'
import type { Supabase } from '../database'

/**
 * The latest seal, with the name of its key in /.well-known/did.json, and the asker's ways up to it: one, or one of each row where rows
 * were merged. Null before the first seal that includes any.
 */
export async function sealedHead(database: Supabase) {
  const mine = await answerOf(database.from('credit_seal_paths')
    .select('person_id, seq, place, path, credit_seals(id, sealed_at, learners, root, statement, signature, public_key)').order('person_id'))
  if (!mine[0]) return null
  const { id, sealed_at: sealedAt, public_key: publicKey, ...seal } = mine[0].credit_seals
  return {
    accounts: mine.map(({ person_id: account, seq, place, path }) => ({ account, seq, place, path })),
    seal: { ...seal, id, publicKey, sealedAt, verificationMethod: methodOf(portalIssuer().did, multikeyOf(Buffer.from(publicKey, 'hex'))) },
  }
}

/** A page of the asker's postings with their links, for whoever recomputes them: row after row, from one on. */
export async function chainPage(database: Supabase, after: { account?: number, seq: number }): Promise<ChainedPosting[]> {
  const rows = await answerOf(database.rpc('my_credit_chain', { after_account: after.account, after_seq: after.seq }))
  return rows.map(row => ({
    account: row.account!, seq: row.seq!, request: row.request, ...row.request === null ? { requestHash: row.request_hash! } : {}, outcome: row.outcome!, minutes: row.minutes!,
    milliCredits: row.milli_credits!, balanceAfterMilliCredits: row.balance_after_milli_credits!, link: row.link!,
  }))
}

/** All of the asker's postings. */
export async function wholeChain(database: Supabase): Promise<ChainedPosting[]> {
  const postings: ChainedPosting[] = []
  for (let page = await chainPage(database, { seq: 0 }); page.length; page = await chainPage(database, postings.at(-1)!)) postings.push(...page)
  return postings
}
