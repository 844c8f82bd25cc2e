import { Beats, WatchId } from '~~/shared/schemas/watching'
import type { WatchProgress } from '~~/shared/types/watching'

/** Takes beats of a live watch. 404 `watch_unknown`, 409 `watch_superseded` | `watch_ended` | `watch_expired`, 422 `beats_invalid`. */
export default defineEventHandler(async (event) => {
  const { id } = readParams(event, WatchId)
  const { database } = await requireSession(event)
  const { beats } = await readInput(event, Beats)
  const { data, error } = await database.rpc('send_beats', { watch_id: id, beats })
  if (error) throw databaseRefusal(error)
  return data as unknown as WatchProgress
})
