import { PersonId, PersonChange } from '~~/shared/schemas/people'

/** Changes name, sex, birth year and pinyin. 422 by field. */
export default formHandler(async (event) => {
  const { id } = readParams(event, PersonId)
  const { name, sex, birthYear, pinyin } = await readInput(event, PersonChange)
  const { database } = await requireDesk(event, 'people')
  await answerOf(database.rpc('update_person', { of_person_id: id, name, sex, birth_year: birthYear, ...soundFor(name, pinyin) }))
  return { id }
}, (_event, { id }) => `/desk/people/${id}?saved=changed`)
