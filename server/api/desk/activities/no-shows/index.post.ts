import { NoShowAnswer } from '~~/shared/schemas/draws'

/** Excuses a missed seat, or not, with words to the person. 403 `own_no_show`, 404 `no_show_unknown`, 409 `no_show_not_asked`. */
export default formHandler(async (event) => {
  const { session, person, choice, reason, answer } = await readInput(event, NoShowAnswer)
  const { database } = await requireDesk(event, 'people')
  await answerOf(database.rpc('answer_no_show', { of_session_id: session, of_person_id: person, excuses: choice === 'excuse', reason: reason ?? null!, answer }))
  return { done: 'answered' }
}, async event => backToNoShows(event, 'answered'))
