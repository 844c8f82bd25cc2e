import { Beats, WatchId } from '~~/shared/schemas/watching'

/** Takes beats of a live watch. 404 `watch_unknown`, 409 `watch_superseded` | `watch_ended` | `watch_expired`, 422 `beats_invalid`. */
export default defineEventHandler(async (event) => {
  const { id } = readParams(event, WatchId)
  const session = await requireSession(event)
  return withCourseEarned(event, await sendBeats(session, id, await readInput(event, Beats)))
})
