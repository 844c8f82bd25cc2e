import { StatementQuery } from '~~/shared/schemas/statements'

/** The asker's statement of a closed learning year, with what came later for it. 401 `sign_in_needed`, 404 `year_unknown`. */
export default defineEventHandler(async (event) => {
  setHeader(event, 'cache-control', 'private, no-store')
  const { database } = await requireSession(event)
  const { from } = readQuery(event, StatementQuery)
  return statementOfYear(event, database, from)
})
