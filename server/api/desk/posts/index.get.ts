import { PostsQuery } from '~~/shared/schemas/posts'

const PAGE = 50

/** Who holds what at a unit and below. */
export default defineEventHandler(async (event) => {
  const { unit: code, name, role, past, page } = readQuery(event, PostsQuery)
  const desk = await requireDesk(event, 'posts')
  const { unit, trail } = await requireUnit(desk, code, 'posts')
  const [rows, roles] = await Promise.all([
    answerOf(desk.database.rpc('posts_below', { in_unit_id: unit.id, name_part: name, ...(role && { of_role: role }), with_past: past, page_size: PAGE, skip: (page - 1) * PAGE })),
    answerOf(desk.database.from('post_roles').select('id, zh, en').order('id')),
  ])
  const total = rows[0]?.total ?? 0
  return {
    unit, trail, name, role: role ?? '', past, page, pages: Math.ceil(total / PAGE), total, roles,
    posts: rows.map(row => ({
      id: row.post_id!, person: { id: row.person_id!, name: row.name! }, unit: { code: row.unit_code!, name: row.unit_name!, closedOn: row.unit_closed_on }, role: row.role_id!,
      employment: row.employment as 'full_time' | 'part_time' | null, from: row.valid_from!, to: row.valid_to, username: row.username, isDisabled: row.disabled!, isOwn: row.is_own!,
    })),
  }
})
