import { RosterSearch, SessionId } from '~~/shared/schemas/desk-activities'

const FEW = 8

/** Who of the register may be meant by a name, pinyin, initials, the end of a phone number or a card. A body, so that no address holds a number. */
export default defineEventHandler(async (event) => {
  readParams(event, SessionId)
  const { find } = await readInput(event, RosterSearch)
  const desk = await requireDesk(event, 'people')
  if (find === '') return { total: 0, found: [] }
  const { phone, id } = contactOf(find)
  const region = (await requireUnit(desk, undefined, 'people')).trail[0]!
  const rows = await answerOf(desk.database.rpc('find_people', { query: find, in_unit_id: region.id, phone_lookup: phone, id_lookup: id, page_size: FEW, skip: 0 }))
  return {
    total: rows[0]?.total ?? 0,
    found: rows.map(row => ({ id: row.person_id!, name: row.name!, birthYear: row.birth_year, home: row.home!, phone: row.phone, isByCard: row.matched === 'card' })),
  }
})
