import { PostEnd } from '~~/shared/schemas/posts'

/** Ends a post with a last day. 409 `post_last_security_admin` | `post_ended_already`. */
export default formHandler(async (event) => {
  const desk = await requireDesk(event, 'posts')
  const { post, lastDay } = await readInput(event, PostEnd)
  const { error } = await desk.database.rpc('end_post', { post_id: post, last_day: lastDay })
  if (error) throw databaseRefusal(error)
  return { ended: true }
}, event => localPath(getHeader(event, 'referer')))
