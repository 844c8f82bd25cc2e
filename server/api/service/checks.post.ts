import { ServiceCheck } from '~~/shared/schemas/volunteers'

/**
 * Checks the asker in or out with the code of the moment, or by the screen that this browser scanned.
 * @throws 409 `service_scan_over` | `service_code_wrong` | `service_code_tries` | `check_too_early` | `check_too_late` | `check_in_first`
 */
export default formHandler(async (event) => {
  const { place, what, code } = await readInput(event, ServiceCheck)
  const { database } = await requireSession(event)
  if (code === undefined) {
    const pass = servicePass(event)
    if (!pass) throw refusal(409, 'service_scan_over')
    return { what: await answerOf(database.rpc('check_service_scanned', { of_place_id: place, what, pass })) as 'in' | 'out' }
  }
  const answer = await answerOf(database.rpc('check_service', { of_place_id: place, what, code })) as string
  // An answer and no refusal of the database, which remembers it.
  if (answer === 'wrong_code') throw refusal(409, 'service_code_wrong', { field: 'code' })
  if (answer === 'too_many_tries') throw refusal(409, 'service_code_tries', { field: 'code' })
  return { what: answer as 'in' | 'out' }
}, (event, { what }) => backToService(event, what))
