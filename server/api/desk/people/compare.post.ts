import { CompareChoice } from '~~/shared/schemas/people'

/** Where two are compared: an address with their numbers alone. By what the other was found, a phone or ID number, stays out of it. */
export default formHandler(async (event) => {
  const { one, other } = await readInput(event, CompareChoice)
  await requireDesk(event, 'people')
  return { next: `/desk/people/compare?one=${one}&other=${other}` }
}, (_event, { next }) => next)
