import { VenueId } from '~~/shared/schemas/venues'

const LARGEST = 5 * 1024 * 1024

/** The photo of a venue, without the place and time that it was taken at. 404 `venue_unknown`, 413 `photo_too_large`, 422 `photo_invalid`. */
export default formHandler(async (event) => {
  const { id } = readParams(event, VenueId)
  const { database } = await requireDesk(event, 'activities')
  const { file } = await readFormFile(event, 'photo', LARGEST, 'photo_too_large')
  // Whose venue it is is asked before anything is kept.
  const venue = await venueAtDesk(database, id)
  if (!venue.keeps) throw refusal(403, 'unit_not_yours')
  const photo = await keepPhoto(file)
  await answerOf(database.rpc('set_venue_photo', { of_venue_id: id, photo }))
  return { id, photo }
}, (_event, { id }) => `/desk/venues/${id}?done=saved`)
