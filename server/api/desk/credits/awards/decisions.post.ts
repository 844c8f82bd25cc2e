import { ApplicationDecision } from '~~/shared/schemas/honours'

/**
 * Approves an application, refuses it or takes an approved one back; the credits come back in both cases.
 * 404 `application_unknown`, 409 `application_decided` | `second_person_needed` | `own_account`, 422 `refusal_reason_missing`.
 */
export default formHandler(async (event) => {
  const { application, decision, reason } = await readInput(event, ApplicationDecision)
  const { database } = await requireDesk(event, 'approval')
  const { error } = await database.rpc('decide_application', { application_id: application, decision, reason })
  if (error) throw databaseRefusal(error)
  return { decision }
}, () => '/desk/credits/awards')
