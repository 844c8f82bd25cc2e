import { RosterSearch, SessionId } from '~~/shared/schemas/desk-activities'

/** Who may be meant by what is typed at a session. A body, so that no address holds a number. 404 `session_unknown`. */
export default defineEventHandler(async (event) => {
  const { id: session } = readParams(event, SessionId)
  const { find } = await readInput(event, RosterSearch)
  const desk = await requireDesk(event, 'people')
  return find === '' ? { total: 0, found: [] } : peopleAtDoor(desk, session, find)
})
