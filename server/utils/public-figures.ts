/**
 * The public figures of a place of the network and of those below it; a place without any (a village, a year before it stood)
 * has its name and no groups, and null is no such place. Kept for a minute: they change once a week.
 */
export const publicFigures = remembering(60, async (place: string | undefined, year: number) => {
  const rows = await answerOf(anonymousDatabase().rpc('public_figures_around', { of_year: year, unit_code: place }))
  const here = rows.filter(row => row.is_here)
  if (here.length === 0) return placeWithoutFigures(place, year)
  const [first] = here
  return {
    name: first!.name, code: first!.code, above: first!.parent_code, year, years: first!.years!, week: first!.week,
    // A group that nobody counted and that nobody of came says nothing.
    groups: here.filter(row => row.people || row.population)
      .map(row => ({ id: row.group_id!, zh: row.group_zh!, en: row.group_en!, people: row.people!, population: row.population })),
    below: rows.filter(row => !row.is_here && row.group_id === 'resident')
      .map(row => ({ code: row.code!, name: row.name!, people: row.people!, population: row.population })),
  }
})

async function placeWithoutFigures(place: string | undefined, year: number) {
  const empty = { name: null, code: null, above: null, year, years: [], week: null, groups: [], below: [] }
  if (place === undefined) return empty
  const database = anonymousDatabase()
  const { data: unit, error } = await database.from('units').select('id, code, name, parent:parent_id (code)').eq('code', place).eq('kind_id', 'administration').maybeSingle()
  if (error) throw databaseRefusal(error)
  if (!unit) return null
  const years = await answerOf(database.from('public_figures').select('year').eq('unit_id', unit.id).eq('group_id', 'resident').order('year', { ascending: false }))
  const above = unit.parent as unknown as { code: string } | null
  return { ...empty, name: unit.name, code: unit.code, above: above?.code ?? null, years: years.map(row => row.year) }
}
