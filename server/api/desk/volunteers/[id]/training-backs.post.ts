import { TrainingBack, VolunteerId } from '~~/shared/schemas/volunteers'

/** Takes a training back that was noted by mistake. 404 `volunteer_unknown`. */
export default formHandler(async (event) => {
  const { id } = readParams(event, VolunteerId)
  const { training } = await readInput(event, TrainingBack)
  const { database } = await requireDesk(event, 'people')
  const { error } = await database.rpc('take_volunteer_training_back', { of_training_id: training })
  if (error) throw databaseRefusal(error)
  return { volunteer: id }
}, (_event, { volunteer }) => `/desk/volunteers/${volunteer}?done=trainingBack`)
