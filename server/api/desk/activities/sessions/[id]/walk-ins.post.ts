import { SessionId, WalkIn } from '~~/shared/schemas/desk-activities'

/**
 * Registers somebody who came and is not known, and marks the presence, both or neither. 409 `probable_duplicates` with `candidates` until `confirmed`,
 * `session_full_at_door` without a reason (`extra`) why a seat is added.
 */
export default formHandler(async (event) => {
  const { id } = readParams(event, SessionId)
  const given = await readInput(event, WalkIn)
  const { database } = await requireDesk(event, 'people')
  const sound = soundFor(given.name, undefined)
  if (!given.confirmed) {
    const candidates = await probableDuplicates(database, { ...given, pinyin: sound.pinyin })
    if (candidates.length) throw refusal(409, 'probable_duplicates', { candidates: candidates.slice(0, 5), warnings: [] })
  }
  const person = await answerOf(database.rpc('register_walk_in', {
    of_session_id: id, name: given.name, sex: given.sex, birth_year: given.birthYear, residence_unit_id: given.residenceUnitId, ...sound,
    contacts: given.phone ? [contactArgument('phone', given.phone)] : [], client_id: given.mark ?? crypto.randomUUID(), extra: given.extra,
  }))
  return { session: id, person, name: given.name }
}, (_event, { session, person }) => `/desk/activities/sessions/${session}?done=registered&person=${person}`)
