import { ApplicationFor } from '~~/shared/schemas/honours'

/** Applies a learner's credits to an award, for somebody without a phone. 404 `person_unknown` | `award_unknown`, 409 `credits_too_few` | `subject_too_few` | `award_elsewhere`. */
export default formHandler(async (event) => {
  const { award, person, unit } = await readInput(event, ApplicationFor)
  const { database } = await requireDesk(event, 'people')
  return { application: await answerOf(database.rpc('apply_award_for', { award_id: award, of_person_id: person })), unit }
}, (_event, { unit }) => `/desk/credits/awards?unit=${unit}`)
