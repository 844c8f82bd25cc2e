import { OfferAnswer } from '~~/shared/schemas/activities'

/** Takes a seat that was offered, or lets it go to the next, for everybody who signed up together. 404 `signup_unknown`, 409 `no_offer` | `offer_lapsed`. */
export default formHandler(async (event) => {
  const { database } = await requireSession(event)
  const { signup, choice } = await readInput(event, OfferAnswer)
  const { error } = await database.rpc('answer_offer', { of_signup_id: signup, takes: choice === 'take' })
  if (error) throw databaseRefusal(error)
  return { choice }
}, (event, { choice }) => backTo(event, choice === 'take' ? 'taken' : 'declined'))
