import { CreditAward } from '~~/shared/schemas/honours'

/** Adds an award that credits are applied to. 403 `unit_not_yours`, 422 with the field. */
export default formHandler(async (event) => {
  const { unit: code, zh, en, milliCredits, fromDay, minima } = await readInput(event, CreditAward)
  const desk = await requireDesk(event, 'approval')
  const { unit } = await requireUnit(desk, code, 'approval')
  const id = await answerOf(desk.database.rpc('add_credit_award', { of_unit_id: unit.id, zh, en, milli_credits: milliCredits, from_day: fromDay, minima }))
  return { id, unit: unit.code }
}, (_event, { unit }) => `/desk/credits/awards?unit=${unit}`)
