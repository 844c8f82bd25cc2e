import { PostPlaces } from '~~/shared/schemas/posts'

/**
 * Limits a post to named places below its unit; with none it reaches all of it again. 404 `post_unknown`, 403 `unit_not_yours` | `post_own`,
 * 409 `post_ended_already`, 422 `post_place_unknown` | `post_place_ambiguous` | `post_place_of_duty` | `post_places_many`.
 */
export default formHandler(async (event) => {
  const desk = await requireDesk(event, 'posts')
  const { post, places } = await readInput(event, PostPlaces)
  const { error } = await desk.database.rpc('limit_post', { post_id: post, places })
  if (error) throw databaseRefusal(error)
  return { post, places: places.length }
}, event => localPath(getHeader(event, 'referer')))
