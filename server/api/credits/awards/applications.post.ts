import { AwardApplication } from '~~/shared/schemas/honours'

/** Applies one's credits to an award; again it is the same application. 404 `award_unknown`, 409 `credits_too_few` | `subject_too_few` | `award_elsewhere`. */
export default formHandler(async (event) => {
  const { database } = await requireSession(event)
  const { award } = await readInput(event, AwardApplication)
  return { application: await answerOf(database.rpc('apply_for_award', { award_id: award })) }
}, () => '/credits/awards')
