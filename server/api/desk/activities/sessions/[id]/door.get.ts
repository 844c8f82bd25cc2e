import { SessionId } from '~~/shared/schemas/desk-activities'
import type { DoorList } from '~~/shared/types/desk-activities'

/** The list of a session for a device that may lose the network, and our clock. 404 `session_unknown`. */
export default defineEventHandler(async (event) => {
  const { id } = readParams(event, SessionId)
  const { database } = await requireDesk(event, 'people')
  return { list: await answerOf(database.rpc('door_list', { of_session_id: id })) as unknown as DoorList, now: Date.now() }
})
