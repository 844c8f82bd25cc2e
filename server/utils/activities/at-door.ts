import type { Desk } from '../desk'

const FEW = 8
const CARD_LENGTH = 10

/**
 * Who of the register may be meant by what is typed at a session: a name, pinyin, initials, the end of a phone number or a card; somebody from elsewhere by a
 * whole phone or card number alone, which is on record.
 */
export async function peopleAtDoor(desk: Desk, session: number, find: string) {
  const { phone, id } = contactOf(find)
  const region = (await requireUnit(desk, undefined, 'people')).trail[0]!
  const rows = await answerOf(desk.database.rpc('find_people', { query: find, in_unit_id: region.id, phone_lookup: phone, id_lookup: id, page_size: FEW, skip: 0 }))
  const guests = rows.length || (!phone && find.length < CARD_LENGTH) ? [] : await guestsOf(desk.database, session, find, phone)
  return {
    total: rows[0]?.total ?? guests.length,
    found: [...rows.map(row => ({ id: row.person_id!, name: row.name!, birthYear: row.birth_year, home: row.home!, phone: row.phone, isByCard: row.matched === 'card' })), ...guests],
  }
}

async function guestsOf(database: Supabase, session: number, find: string, phone: string | undefined) {
  const known = await answerOf(database.from('activity_sessions').select('activity_id').eq('id', session).maybeSingle())
  if (!known) throw refusal(404, 'session_unknown')
  const guests = await answerOf(database.rpc('find_guest', { of_activity_id: known.activity_id, ...(phone ? { phone_lookup: phone } : { card: find }) }))
  return guests.map(guest => ({ id: guest.person_id!, name: guest.name!, birthYear: null, home: guest.home!, phone: null, isByCard: !phone }))
}
