import { PeopleQuery } from '~~/shared/schemas/desk'

const PAGE = 20

/** People of one's units by name, pinyin, initials, phone or card; without a text, nobody. 422 `name_too_long`. */
export default defineEventHandler(async (event) => {
  const { unit: code, name, page } = readQuery(event, PeopleQuery)
  const desk = await requireDesk(event, 'names')
  const { unit, trail } = await requireUnit(desk, code, 'names')
  const { phone, id } = contactOf(name)
  const [rows, groups] = name === ''
    ? [[], []]
    : await Promise.all([
        answerOf(desk.database.rpc('find_people', { query: name, in_unit_id: unit.id, phone_lookup: phone, id_lookup: id, page_size: PAGE, skip: (page - 1) * PAGE })),
        answerOf(desk.database.from('population_groups').select('id, zh, en').order('position')),
      ])
  return {
    unit, trail, page, total: rows[0]?.total ?? 0, pages: Math.ceil((rows[0]?.total ?? 0) / PAGE),
    name, isNumber: Boolean(phone ?? id), mayRegister: desk.me.posts.some(({ sights }) => sights.includes('people')),
    people: rows.map(row => ({
      id: row.person_id!, name: row.name!, sex: row.sex, birthYear: row.birth_year, home: { name: row.home!, code: row.home_code! }, phone: row.phone,
      // Everybody is a resident; what says something is the rest.
      groups: groups.filter(({ id }) => id !== 'resident' && row.groups?.includes(id)), hasAccount: row.has_account!,
    })),
  }
})
