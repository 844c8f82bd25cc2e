import { CardsIssue } from '~~/shared/schemas/people'

/** Draws cards for people of a unit who have none, two thousand at one go; says how many are left. */
export default formHandler(async (event) => {
  const { unit: code } = await readInput(event, CardsIssue)
  const desk = await requireDesk(event, 'people')
  const { unit } = await requireUnit(desk, code, 'people')
  const { issued, missing } = await answerOf(desk.database.rpc('issue_cards', { in_unit_id: unit.id })) as unknown as { issued: number, missing: number }
  return { unit: unit.code, issued, missing }
}, (_event, { unit }) => `/desk/people/cards?unit=${unit}`)
