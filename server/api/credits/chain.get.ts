import { ChainQuery } from '~~/shared/schemas/credits'

/** The asker's postings with their links, a thousand at a time from the first on, for the learner's own check. 401 `sign_in_needed`. */
export default defineEventHandler(async (event) => {
  setHeader(event, 'cache-control', 'private, no-store')
  const { database } = await requireSession(event)
  const { after } = readQuery(event, ChainQuery)
  const rows = await answerOf(database.rpc('my_credit_chain', { after_seq: after }))
  return rows.map(row => ({
    seq: row.seq!, request: row.request!, outcome: row.outcome!, minutes: row.minutes!, milliCredits: row.milli_credits!,
    balanceAfterMilliCredits: row.balance_after_milli_credits!, link: row.link!,
  }))
})
