import { PairEnd } from '~~/shared/schemas/recognition'

/** Ends a pair from a day on. 403 `unit_not_yours`, 404 `pair_unknown`, 422 `pair_end_invalid`. */
export default formHandler(async (event) => {
  const { pair, fromDay } = await readInput(event, PairEnd)
  const { database } = await requireDesk(event, 'approval')
  const { error } = await database.rpc('end_recognition_pair', { pair_id: pair, from_day: fromDay })
  if (error) throw databaseRefusal(error)
  return { ended: true }
}, () => '/desk/credits/recognition/pairs?done=ended')
