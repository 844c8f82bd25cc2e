import { PassbookQuery } from '~~/shared/schemas/credits'

/** A year of the asker's passbook: opening balance, every line with its reason, closing balance. 401 `sign_in_needed`. */
export default defineEventHandler(async (event) => {
  setHeader(event, 'cache-control', 'private, no-store')
  const { database } = await requireSession(event)
  const { year = chinaYear() } = readQuery(event, PassbookQuery)
  return passbookYear(event, database, year)
})
