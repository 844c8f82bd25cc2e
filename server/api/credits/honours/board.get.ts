import { BoardQuery } from '~~/shared/schemas/honours'

const PAGE = 50

/** Who agreed to be named with a level, at a place and below; never kept, for a consent that is withdrawn ends at once. 404 `unit_unknown`. */
export default defineEventHandler(async (event) => {
  setHeader(event, 'cache-control', 'no-store')
  const { unit: code, page } = readQuery(event, BoardQuery)
  const { lang } = preferencesOf(event)
  const database = anonymousDatabase()
  const [rows, unit, towns] = await Promise.all([
    answerOf(database.rpc('honours_of_place', { unit_code: code ?? null!, page_size: PAGE, skip: (page - 1) * PAGE })),
    answerOf(code ? database.from('units').select('code, name').eq('code', code).maybeSingle() : database.from('units').select('code, name').is('parent_id', null).single()),
    answerOf(database.from('units').select('code, name').eq('kind_id', 'administration').in('level', ['county', 'township']).is('closed_on', null).order('code')),
  ])
  if (!unit) throw refusal(404, 'unit_unknown')
  return {
    unit, towns, page, pages: Math.ceil((rows[0]?.total ?? 0) / PAGE), total: rows[0]?.total ?? 0,
    people: rows.map(row => ({ name: row.name!, home: row.home!, level: (lang === 'en' ? row.en : row.zh)!, rank: row.rank!, reachedOn: row.reached_on! })),
  }
})
