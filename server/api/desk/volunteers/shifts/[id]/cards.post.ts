import { ShiftCard, ShiftId } from '~~/shared/schemas/volunteers'

/**
 * A card that was scanned at a shift: whoever is not in comes in, whoever is goes.
 * @throws 404 `service_card_unknown`, 409 `service_card_revoked` | `volunteer_needed` | `shift_full` | `check_too_early` | …
 */
export default formHandler(async (event) => {
  const { id } = readParams(event, ShiftId)
  const { card } = await readInput(event, ShiftCard)
  const { database } = await requireDesk(event, 'people')
  const [row] = await answerOf(database.rpc('scan_service_card', { of_shift_id: id, card }))
  return { shift: id, place: row!.place_id!, name: row!.name!, outcome: row!.outcome as 'in' | 'out' | 'again' | 'gone', at: row!.at! }
}, (_event, { shift, place, outcome }) => `/desk/volunteers/shifts/${shift}?card=${outcome}&place=${place}`)
