import { PostGrant } from '~~/shared/schemas/posts'

/** Gives a post to a person. 403 `post_own`, 409 `post_duties_apart` | `post_held_already`, 422 per field. */
export default formHandler(async (event) => {
  const desk = await requireDesk(event, 'posts')
  const { person, unit, role, employment, from, to } = await readInput(event, PostGrant)
  const id = await answerOf(desk.database.rpc('grant_post', { person_id: person, unit_code: unit, role_id: role, employment: employment!, from_day: from, to_day: to! }))
  return { id: id as number, person }
}, (_event, { person }) => `/desk/posts/${person}`)
