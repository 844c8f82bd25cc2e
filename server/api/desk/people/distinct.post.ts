import { CompareQuery } from '~~/shared/schemas/people'

/** The two are not one person: the work list asks no more. */
export default formHandler(async (event) => {
  const { one, other } = await readInput(event, CompareQuery)
  const { database } = await requireDesk(event, 'people')
  await database.rpc('mark_distinct', { one_id: one, other_id: other }).then(({ error }) => { if (error) throw databaseRefusal(error) })
  return { one, other }
}, () => '/desk/people/duplicates?saved=distinct')
