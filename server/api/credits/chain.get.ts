import { ChainQuery } from '~~/shared/schemas/credits'

/** The asker's postings with their links, a thousand at a time from the first on, for the learner's own check. 401 `sign_in_needed`. */
export default defineEventHandler(async (event) => {
  setHeader(event, 'cache-control', 'private, no-store')
  const { database } = await requireSession(event)
  const { account, after } = readQuery(event, ChainQuery)
  return chainPage(database, { account, seq: after })
})
