import { ReratingId } from '~~/shared/schemas/reratings'

/**
 * Confirms what was counted: from now on it is posted. Pressed again it changes nothing.
 * 404 `rerating_unknown`, 409 `second_person_needed` | `own_account` | `rerating_outdated` | `rerating_not_counted` | `ledger_busy`.
 */
export default formHandler(async (event) => {
  const { id } = readParams(event, ReratingId)
  const { database } = await requireDesk(event, 'approval')
  const { error } = await database.rpc('confirm_rerating', { rerating_id: id })
  if (error) throw databaseRefusal(error)
  await startJob(RERATING_JOB, { id }, String(id))
  return { id }
}, (_event, { id }) => `/desk/credits/reratings/${id}`)
