import { PlaceQuery } from '~~/shared/schemas/network'

/** What can be chosen on the way down to one's village, given what has been chosen so far. */
export default defineEventHandler(async (event) => {
  const { county, township } = readQuery(event, PlaceQuery)
  const root = await placesBelow(null)
  const region = root[0]
  if (!region) return { counties: [], townships: [], villages: [] }
  // A region may be a city, a county or a single town: the steps above its own level fall away.
  const counties = region.level === 'city' ? await placesBelow(region.id) : []
  const countyId = region.level === 'county' ? region.id : counties.find(({ id }) => id === county)?.id
  const townships = countyId === undefined ? [] : await placesBelow(countyId)
  const townshipId = region.level === 'township' ? region.id : townships.find(({ id }) => id === township)?.id
  const villages = townshipId === undefined ? [] : await placesBelow(townshipId)
  return { counties, townships, villages }
})

async function placesBelow(parentId: number | null) {
  const query = anonymousDatabase().from('units').select('id, name, level').eq('kind_id', 'administration').is('closed_on', null).order('id')
  const { data, error } = await (parentId === null ? query.is('parent_id', null) : query.eq('parent_id', parentId))
  if (error) throw databaseRefusal(error)
  return data
}
