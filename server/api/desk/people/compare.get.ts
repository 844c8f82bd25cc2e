import { CompareQuery } from '~~/shared/schemas/people'

/** Two persons side by side, before they are merged. 404 `person_unknown`. */
export default defineEventHandler(async (event) => {
  const { one, other } = readQuery(event, CompareQuery)
  const { database } = await requireDesk(event, 'people')
  const [first, second] = await Promise.all([personAtDesk(database, one), personAtDesk(database, other)])
  return { one: first, other: second }
})
