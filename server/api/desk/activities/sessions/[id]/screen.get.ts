import { SessionId } from '~~/shared/schemas/desk-activities'
import type { CheckInScreen } from '~~/shared/types/desk-activities'

/** What the screen at a session shows now: the code, the word, for how long, and how many came. 404 `session_unknown`. */
export default defineEventHandler(async (event) => {
  const { id } = readParams(event, SessionId)
  const { database } = await requireDesk(event, 'people')
  const { code, ...screen } = await answerOf(database.rpc('check_in_screen', { of_session_id: id })) as unknown as CheckInScreen & { code: string }
  return { ...screen, ...checkInCode(event, code) }
})
