import { ReratingId } from '~~/shared/schemas/reratings'

/** Drops a re-rating that was not confirmed. 404 `rerating_unknown`, 409 `rerating_decided`. */
export default formHandler(async (event) => {
  const { id } = readParams(event, ReratingId)
  const { database } = await requireDesk(event, 'approval')
  const { error } = await database.rpc('withdraw_rerating', { rerating_id: id })
  if (error) throw databaseRefusal(error)
  return { id }
}, () => '/desk/credits/reratings')
