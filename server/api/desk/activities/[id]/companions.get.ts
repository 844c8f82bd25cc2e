import { ActivityId, CompanionsQuery } from '~~/shared/schemas/desk-activities'

/** Whom somebody looks after and may be signed up along with them: children in care and those helped. 404 `activity_unknown` | `person_unknown`. */
export default defineEventHandler(async (event) => {
  const { id } = readParams(event, ActivityId)
  const { person } = readQuery(event, CompanionsQuery)
  const { database } = await requireDesk(event, 'people')
  const rows = await answerOf(database.rpc('companions_of', { of_activity_id: id, of_person_id: person }))
  return { companions: rows.map(row => ({ id: row.person_id!, name: row.name!, birthYear: row.birth_year, kind: row.kind as 'child' | 'helped' })) }
})
