import { ShiftId } from '~~/shared/schemas/volunteers'

/** A shift for whoever runs it: its people, who came and went, what is confirmed, and the code of the moment while it is open. 404 `shift_unknown`. */
export default defineEventHandler(async (event) => {
  const { id } = readParams(event, ShiftId)
  return shiftAtDesk(await requireDesk(event, 'people'), id)
})
