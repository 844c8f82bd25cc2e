import { Merge } from '~~/shared/schemas/people'

/** Two rows are one person. 409 `already_merged` | `merge_gives_posts`, 422 `merge_with_itself` | `merge_reason_missing`. */
export default formHandler(async (event) => {
  const { keptId, mergedId: given, pair, reason } = await readInput(event, Merge)
  const mergedId = pair?.split(',').map(Number).find(id => id !== keptId) ?? given
  const { database } = await requireDesk(event, 'people')
  const id = await answerOf(database.rpc('merge_persons', { kept_id: keptId, merged_id: mergedId, reason }))
  return { id, keptId }
}, (_event, { keptId }) => `/desk/people/${keptId}?saved=merged`)
