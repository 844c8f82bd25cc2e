/** The levels in force, and where the asker stands; `mine` is null for visitors and for accounts without a person. */
export default defineEventHandler(async (event) => {
  setHeader(event, 'cache-control', 'private, no-store')
  const session = await currentSession(event)
  const { lang } = preferencesOf(event)
  const [levels, mine] = await Promise.all([honourLevels(session?.database ?? anonymousDatabase(), lang), session ? session.database.rpc('my_honours') : null])
  if (mine?.error && mine.error.message !== 'person_needed') throw databaseRefusal(mine.error)
  return { levels, mine: mine?.data ? standingOf(mine.data, lang) : null }
})
