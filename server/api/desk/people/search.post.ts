import { PeopleSearch } from '~~/shared/schemas/people'

/** Where a search leads. A whole phone or ID number becomes its hash here: no address, history or log holds the number. */
export default formHandler(async (event) => {
  const { unit, name } = await readInput(event, PeopleSearch)
  await requireDesk(event, 'names')
  const { phone, id } = contactOf(name)
  const query = new URLSearchParams({ ...(unit ? { unit } : {}), name: phone ? `phone:${phone}` : id ? `id:${id}` : name })
  return { next: `/desk/people?${query}` }
}, (_event, { next }) => next)
