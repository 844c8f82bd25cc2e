/** The public figures of a place of the network and of those below it; null where no such place has any. Kept for a minute: they change once a week. */
export const publicFigures = remembering(60, async (place: string | undefined, year: number) => {
  const rows = await answerOf(anonymousDatabase().rpc('public_figures_around', { of_year: year, unit_code: place }))
  const here = rows.filter(row => row.is_here)
  if (here.length === 0 && place !== undefined) return null
  if (here.length === 0) return { name: null, code: null, above: null, year, years: [], week: null, groups: [], below: [] }
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
