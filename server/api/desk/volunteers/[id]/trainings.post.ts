import { VolunteerId, VolunteerTraining } from '~~/shared/schemas/volunteers'

/** Notes a training that a volunteer attended; the same again is the same. 422 by field. */
export default formHandler(async (event) => {
  const { id } = readParams(event, VolunteerId)
  const { title, heldOn, hours } = await readInput(event, VolunteerTraining)
  const { database } = await requireDesk(event, 'people')
  return { volunteer: id, training: await answerOf(database.rpc('add_volunteer_training', { of_volunteer_id: id, title, held_on: heldOn, hours })) as number }
}, (_event, { volunteer }) => `/desk/volunteers/${volunteer}?done=trained`)
