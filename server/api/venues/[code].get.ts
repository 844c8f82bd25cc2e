import { VenueCode } from '~~/shared/schemas/venues'
import type { VenueContent } from '~~/shared/types/venues'

/** A venue: where, when open, rooms and when they are taken in the next two weeks. 404 `venue_unknown`. */
export default defineEventHandler(async (event) => {
  const { code } = readParams(event, VenueCode)
  const venue = await answerOf(anonymousDatabase().rpc('venue_page', { venue_code: code })) as unknown as VenueContent | null
  if (!venue) throw refusal(404, 'venue_unknown')
  return { ...venue, today: chinaToday() }
})
