import { Introduction } from '~~/shared/schemas/identity'

/** The first visit of an account: name, sex, birth year and home village. 409 `already_introduced`, 422 per field. */
export default formHandler(async (event) => {
  const session = await requireSession(event)
  const { name, sex, birthYear, residenceUnitId, next } = await readInput(event, Introduction)
  const { data: personId, error } = await session.database.rpc('introduce_myself',
    { name, sex, birth_year: birthYear, residence_unit_id: residenceUnitId, ...soundOf(name) })
  if (error) throw databaseRefusal(error)
  return { personId, next: localPath(next ?? '/my') }
}, (_event, { next }) => next)
