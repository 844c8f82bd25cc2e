import { CandidatesQuery } from '~~/shared/schemas/posts'

/** People to whom a post may be given, by name. */
export default defineEventHandler(async (event) => {
  const { unit: code, name } = readQuery(event, CandidatesQuery)
  const desk = await requireDesk(event, 'posts')
  const { unit, trail } = await requireUnit(desk, code, 'posts')
  const rows = await answerOf(desk.database.rpc('post_candidates', { in_unit_id: unit.id, name_part: name }))
  return {
    unit, trail, name,
    people: rows.map(row => ({ id: row.person_id!, name: row.name!, birthYear: row.birth_year, home: row.home!, username: row.username, posts: row.posts! })),
  }
})
