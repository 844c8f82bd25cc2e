import { CheckInWord } from '~~/shared/schemas/check-in'

/** The word that is said at a session instead of the code on its screen. 409 `check_in_word_wrong`, 422 `check_in_word_invalid`, 429 `too_many_tries`. */
export default formHandler(async (event) => {
  const { word } = await readInput(event, CheckInWord)
  const { database } = await requireSession(event)
  const [row] = await answerOf(database.rpc('check_in_pass_by_word', { word }))
  if (row!.seconds_to_wait) throw refusal(429, 'too_many_tries', { secondsLeft: row!.seconds_to_wait })
  if (!row!.pass) throw refusal(409, 'check_in_word_wrong', { field: 'word' })
  keepCheckInPass(event, row!.pass)
  return { found: true }
}, () => '/check-in')
