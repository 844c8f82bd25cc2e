import { VolunteerId } from '~~/shared/schemas/volunteers'
import type { VolunteerAtDesk } from '~~/shared/types/volunteers'

/** One volunteer: registration, trainings, where it served. 404 `volunteer_unknown`. */
export default defineEventHandler(async (event) => {
  const { id } = readParams(event, VolunteerId)
  const { database } = await requireDesk(event, 'people')
  return await answerOf(database.rpc('volunteer_at_desk', { of_volunteer_id: id })) as unknown as VolunteerAtDesk
})
