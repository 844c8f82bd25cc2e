import { Registration } from '~~/shared/schemas/people'

/**
 * Registers a person. Who may be here already is shown first: 409 `probable_duplicates` with `candidates` and `warnings` until
 * `confirmed`; 409 `id_number_taken` always. 422 by field: `residence_closed`, `birth_in_future`, `id_number_check` …
 */
export default formHandler(async (event) => {
  const given = await readInput(event, Registration)
  const { database } = await requireDesk(event, 'people')
  const sound = soundFor(given.name, given.pinyin)
  if (given.guardianId && !given.relation) throw refusal(422, 'relation_missing', { field: 'relation' })
  if (given.group && !given.source) throw refusal(422, 'source_missing', { field: 'source' })
  if (!given.confirmed) {
    const candidates = await probableDuplicates(database, { ...given, pinyin: sound.pinyin, idNumber: given.idNumber?.number })
    // What the ID number says against what was typed: nobody is refused for it, but it is worth a look.
    const warnings = given.idNumber
      ? [...(given.idNumber.sex === given.sex ? [] : ['id_number_other_sex' as const]), ...(given.idNumber.birthYear === given.birthYear ? [] : ['id_number_other_year' as const])]
      : []
    if (candidates.length + warnings.length) throw refusal(409, 'probable_duplicates', { candidates: candidates.slice(0, 5), warnings })
  }
  const id = await answerOf(database.rpc('register_person', {
    name: given.name, sex: given.sex, birth_year: given.birthYear, residence_unit_id: given.residenceUnitId, ...sound,
    groups: given.group ? [{ group: given.group, source: given.source, proofSeen: given.proofSeen, from: given.from }] : [],
    contacts: [...(given.phone ? [contactArgument('phone', given.phone)] : []), ...(given.idNumber ? [contactArgument('id_number', given.idNumber.number)] : [])],
    guardian_id: given.guardianId, guardian_relation: given.relation, guardian_consent: given.consent,
  }))
  setResponseStatus(event, 201)
  return { id }
}, (_event, { id }) => `/desk/people/${id}?saved=registered`)
