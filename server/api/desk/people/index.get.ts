import type { z } from 'zod'
import { PeopleQuery } from '~~/shared/schemas/desk'
import type { Desk } from '../../../utils/desk'

const PAGE = 20
const LISTED = 50

/**
 * People of one's units by name, pinyin, initials, phone or card; without a text, the residents of the unit, of a group or without a
 * card, a phone, a guardian. 403 `post_lacks_sight` for a group that the post does not see, 422 `name_too_long`.
 */
export default defineEventHandler(async (event) => {
  const query = readQuery(event, PeopleQuery)
  const { name, page } = query
  const desk = await requireDesk(event, 'names')
  const { unit, trail } = await requireUnit(desk, query.below ?? query.unit, 'names')
  const { phone, id } = contactOf(name)
  const [rows, groups, list] = await Promise.all(name === ''
    ? [[], [], listOf(desk, unit.id, query)]
    : [
        answerOf(desk.database.rpc('find_people', { query: name, in_unit_id: unit.id, phone_lookup: phone, id_lookup: id, page_size: PAGE, skip: (page - 1) * PAGE })),
        answerOf(desk.database.from('population_groups').select('id, zh, en').order('position')),
        null,
      ])
  const departed = rows.length ? await answerOf(desk.database.rpc('departed_among', { person_ids: rows.map(row => row.person_id!) })) : []
  return {
    unit, trail, page, total: rows[0]?.total ?? 0, pages: Math.ceil((rows[0]?.total ?? 0) / PAGE),
    name, isNumber: Boolean(phone ?? id), mayRegister: desk.me.posts.some(({ sights }) => sights.includes('people')),
    people: rows.map(row => ({
      id: row.person_id!, name: row.name!, sex: row.sex, birthYear: row.birth_year, home: { name: row.home!, code: row.home_code! }, phone: row.phone,
      // Everybody is a resident; what says something is the rest.
      groups: groups.filter(({ id }) => id !== 'resident' && row.groups?.includes(id)), hasAccount: row.has_account!, hasLeft: departed.includes(row.person_id!),
    })),
    list,
  }
})

/** A page of the residents; `total` is null where there are more than a file takes. */
async function listOf({ database }: Desk, unitId: number, query: z.output<typeof PeopleQuery>) {
  const { group, lacks, after } = query
  const [found, total, choices] = await Promise.all([
    residentsOf(database, unitId, query, after, LISTED + 1),
    answerOf(database.rpc('count_residents', { in_unit_id: unitId, of_group: group, lacks })),
    residentChoices(database, unitId),
  ])
  const people = found.slice(0, LISTED)
  return {
    ...choices, group: group ?? null, lacks: lacks ?? null, people, total: total > RESIDENTS_IN_FILE ? null : total,
    after: after ?? null, next: found.length > LISTED ? people.at(-1)!.id : null,
  }
}
