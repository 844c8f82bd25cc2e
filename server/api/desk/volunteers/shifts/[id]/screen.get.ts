import { ShiftId } from '~~/shared/schemas/volunteers'
import type { ServiceScreen } from '~~/shared/types/volunteers'

/** What the screen of a shift shows now: the code, the six digits, for how long, and how many came. 404 `shift_unknown`. */
export default defineEventHandler(async (event) => {
  const { id } = readParams(event, ShiftId)
  const { database } = await requireDesk(event, 'people')
  const { code, ...screen } = await answerOf(database.rpc('service_screen', { of_shift_id: id })) as unknown as ServiceScreen & { code: string }
  return { ...screen, ...checkInCode(event, `service/${code}`) }
})
