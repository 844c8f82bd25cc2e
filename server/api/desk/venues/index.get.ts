import { VenuesQuery } from '~~/shared/schemas/venues'
import type { VenueKind } from '~~/shared/types/venues'

/** The venues of a unit and those below it, how they were used in a year, and those of others to book. 403 `unit_not_yours`. */
export default defineEventHandler(async (event) => {
  const { unit: code, year = thisYear() } = readQuery(event, VenuesQuery)
  const desk = await requireDesk(event, 'activities')
  const { unit, trail } = await requireUnit(desk, code, 'activities')
  const [rows, others] = await Promise.all([
    answerOf(desk.database.rpc('venues_of_unit', { in_unit_id: unit.id, of_year: year })),
    answerOf(desk.database.from('venues').select('id, name, units!inner(name)').is('closed_on', null).order('name').limit(500)),
  ])
  const own = new Set(rows.map(row => row.id))
  return {
    unit, trail, year, thisYear: thisYear(),
    venues: rows.map(row => ({
      id: row.id!, code: row.code!, name: row.name!, kind: row.kind as VenueKind, unit: row.unit!, rooms: row.rooms!, seats: row.seats!, asked: row.asked!,
      use: { openMinutes: row.open_minutes, bookings: row.bookings!, bookedMinutes: row.booked_minutes!, visits: row.visits!, countedDays: row.counted_days! },
    })),
    others: others.filter(({ id }) => !own.has(id)).map(({ id, name, units }) => ({ id, name, unit: units.name })),
  }
})
