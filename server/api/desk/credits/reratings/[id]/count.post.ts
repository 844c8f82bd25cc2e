import { ReratingId } from '~~/shared/schemas/reratings'

/** Counts anew from the facts as they are now. 404 `rerating_unknown`, 409 `rerating_decided`. */
export default formHandler(async (event) => {
  const { id } = readParams(event, ReratingId)
  const { database } = await requireDesk(event, 'approval')
  const { error } = await database.rpc('recount_rerating', { rerating_id: id })
  if (error) throw databaseRefusal(error)
  await startJob(RERATING_JOB, { id }, String(id))
  return { id }
}, (_event, { id }) => `/desk/credits/reratings/${id}`)
