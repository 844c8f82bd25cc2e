import { ServiceCheck } from '~~/shared/schemas/volunteers'

/** Checks the asker in or out with the code of the moment. 409 `service_code_wrong` | `service_code_tries` | `check_too_early` | `check_too_late` | `check_in_first`. */
export default formHandler(async (event) => {
  const { place, what, code } = await readInput(event, ServiceCheck)
  const { database } = await requireSession(event)
  const answer = await answerOf(database.rpc('check_service', { of_place_id: place, what, code })) as string
  // An answer and no refusal of the database, which remembers it.
  if (answer === 'wrong_code') throw refusal(409, 'service_code_wrong', { field: 'code' })
  if (answer === 'too_many_tries') throw refusal(409, 'service_code_tries', { field: 'code' })
  return { what: answer as 'in' | 'out' }
}, (event, { what }) => backToService(event, what))
