import { CheckIn } from '~~/shared/schemas/check-in'

/**
 * Marks the asker, or somebody in their care, as present by the pass of this browser: `in`, or `again` with the time of the first. 401
 * `sign_in_needed`, 403 `introduction_needed` | `person_not_yours`, 409 by what stands in the way, each with what to do.
 */
export default formHandler(async (event) => {
  const { person } = await readInput(event, CheckIn)
  const { database } = await requireSession(event)
  const pass = checkInPass(event)
  if (!pass) throw refusal(409, 'check_in_pass_over')
  const [row] = await answerOf(database.rpc('check_in', { pass, of_person_id: person }))
  return { person: row!.person_id!, name: row!.name!, outcome: row!.outcome as 'in' | 'again', seenAt: row!.seen_at! }
}, (_event, { outcome, person }) => `/check-in?done=${outcome}&person=${person}`)
