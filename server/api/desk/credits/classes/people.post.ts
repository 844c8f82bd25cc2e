import { ClassSearch } from '~~/shared/schemas/classes'

const FEW = 8

/** Who may be meant by a name, pinyin, initials, the end of a phone number or a card; and the names of those chosen already. A body, so that no address holds a number. */
export default defineEventHandler(async (event) => {
  const { find, people } = await readInput(event, ClassSearch)
  const desk = await requireDesk(event, 'people')
  const { phone, id } = contactOf(find)
  const [rows, chosen] = await Promise.all([
    find === '' ? [] : answerOf(desk.database.rpc('find_people', { query: find, in_unit_id: await regionOf(desk), phone_lookup: phone, id_lookup: id, page_size: FEW, skip: 0 })),
    peopleNamed(desk, people),
  ])
  return {
    total: rows[0]?.total ?? 0,
    found: rows.map(row => ({ id: row.person_id!, name: row.name!, birthYear: row.birth_year, home: row.home!, phone: row.phone })),
    chosen,
  }
})

async function regionOf(desk: Desk): Promise<number> {
  return (await requireUnit(desk, undefined, 'people')).trail[0]!.id
}
