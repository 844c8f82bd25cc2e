import { VenueSearch } from '~~/shared/schemas/venues'
import type { VenueAccess, VenueKind } from '~~/shared/types/venues'

const PAGE = 24

/** Venues by place, kind and words. 404 `unit_unknown`. */
export default defineEventHandler(async (event) => {
  const { place, kind, words, page } = readQuery(event, VenueSearch)
  const database = anonymousDatabase()
  const near = place ? await answerOf(database.from('units').select('id, name').eq('code', place).maybeSingle()) : null
  if (place && !near) throw refusal(404, 'unit_unknown')
  const rows = await answerOf(database.rpc('find_venues', { near_unit_id: near?.id, of_kind: kind, query: words, page_size: PAGE, skip: (page - 1) * PAGE }))
  return {
    total: rows[0]?.total ?? 0, page, pages: Math.ceil((rows[0]?.total ?? 0) / PAGE), place: near?.name ?? null,
    venues: rows.map(row => ({
      code: row.code!, name: row.name!, kind: row.kind as VenueKind, address: row.address!, unit: row.unit!, photo: row.photo, access: row.access as VenueAccess[],
      rooms: row.rooms!, seats: row.seats!,
    })),
  }
})
