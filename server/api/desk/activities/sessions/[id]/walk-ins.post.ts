import { SessionId, WalkIn } from '~~/shared/schemas/desk-activities'
import type { Desk } from '../../../../../utils/desk'

/**
 * Registers somebody who came and is not known, and marks the presence, both or neither. 409 `probable_duplicates` with `candidates` until `confirmed`,
 * `session_full_at_door` without a reason (`extra`) why a seat is added. 422 `home_elsewhere_unknown` | `home_elsewhere_ambiguous` for a village that is
 * typed (`elsewhere`) because it is none of those around;
 * `guardian_unclear` where what is typed of a child's guardian does not say one person.
 */
export default formHandler(async (event) => {
  const { id } = readParams(event, SessionId)
  const given = await readInput(event, WalkIn)
  const desk = await requireDesk(event, 'people')
  const { database } = desk
  const home = given.residenceUnitId ?? await homeCalled(database, given.elsewhere!)
  const sound = soundFor(given.name, undefined)
  if (!given.confirmed) {
    const candidates = await probableDuplicates(database, { ...given, residenceUnitId: home, pinyin: sound.pinyin })
    if (candidates.length) throw refusal(409, 'probable_duplicates', { candidates: candidates.slice(0, 5), warnings: [] })
  }
  const guardian = given.guardian ? await guardianCalled(desk, id, given.guardian) : undefined
  const person = await answerOf(database.rpc('register_walk_in', {
    of_session_id: id, name: given.name, sex: given.sex, birth_year: given.birthYear, residence_unit_id: home, ...sound,
    contacts: given.phone ? [contactArgument('phone', given.phone)] : [], client_id: given.mark ?? crypto.randomUUID(), extra: given.extra,
    ...(guardian !== undefined && { guardian_id: guardian, guardian_relation: given.relation, guardian_consent: given.consent }),
  }))
  return { session: id, person, name: given.name }
}, (_event, { session, person }) => `/desk/activities/sessions/${session}?done=registered&person=${person}`)

async function guardianCalled(desk: Desk, session: number, called: string): Promise<number> {
  const { total, found } = await peopleAtDoor(desk, session, called)
  if (total !== 1) throw refusal(422, 'guardian_unclear', { field: 'guardian', count: total })
  return found[0]!.id
}

async function homeCalled(database: Supabase, called: string): Promise<number> {
  const [home, ...others] = await answerOf(database.rpc('villages_called', { called }))
  if (!home) throw refusal(422, 'home_elsewhere_unknown', { field: 'elsewhere' })
  if (others.length) throw refusal(422, 'home_elsewhere_ambiguous', { field: 'elsewhere', places: [home, ...others].map(one => `${one.township}${one.name}`).join('、') })
  return home.unit_id!
}
