import { VolunteerEnding } from '~~/shared/schemas/volunteers'

/** Ends the asker's own registration; what was served stays. 404 `volunteer_unknown`. */
export default formHandler(async (event) => {
  const { volunteer } = await readInput(event, VolunteerEnding)
  const { database } = await requireSession(event)
  const { error } = await database.rpc('end_volunteer', { of_volunteer_id: volunteer })
  if (error) throw databaseRefusal(error)
  return { volunteer }
}, event => backToService(event, 'ended'))
