import type { MyNoShows } from '~~/shared/types/activities'

/** The rule on missed seats, and how the asker and the children in care stand. 401 `sign_in_needed`. */
export default defineEventHandler(async (event) => {
  setHeader(event, 'cache-control', 'private, no-store')
  const { database } = await requireSession(event)
  return await answerOf(database.rpc('my_no_shows')) as unknown as MyNoShows
})
