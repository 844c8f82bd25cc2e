import type { H3Event } from 'h3'

/** An administration of the network with what lies one step below and the schools on the way. Null: the region. */
export async function browseNetwork(event: H3Event, code: string | null) {
  const { data: rows, error } = await anonymousDatabase().rpc('schools_below', code === null ? {} : { unit_code: code })
  if (error) throw databaseRefusal(error)
  const { lang } = preferencesOf(event)
  const schoolsOf = (parentCode: string | null) => rows.filter(row => row.teaching && row.parent_code === parentCode)
    .map(row => ({ code: row.code!, name: row.name!, localName: row.local_name, kind: (lang === 'en' ? row.kind_en : row.kind_zh)! }))
  const places = rows.filter(row => !row.teaching)
  const here = places[0]?.parent_code ?? rows[0]?.parent_code ?? code
  return {
    schools: schoolsOf(here),
    places: places.map(row => ({
      code: row.code!, name: row.name!, level: row.level as Level, schoolCount: row.schools!, schools: schoolsOf(row.code),
    })),
  }
}

export type Level = 'city' | 'county' | 'township' | 'village'

/** The administrations from the region down to a unit, itself left out. */
export async function unitsAbove(path: string) {
  const ids = path.split('.').slice(0, -1).map(Number)
  if (ids.length === 0) return []
  const { data, error } = await anonymousDatabase().from('units').select('id, code, name').in('id', ids)
  if (error) throw databaseRefusal(error)
  return ids.flatMap(id => data.filter(unit => unit.id === id).map(({ code, name }) => ({ code, name })))
}
