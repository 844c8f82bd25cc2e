import { PointTermsChange } from '~~/shared/schemas/desk-credits'

/** Turns points on, changes their terms or turns them off, from a day on. 409 `terms_follow`, 422 `from_tomorrow` | `points_invalid` | `months_invalid`. */
export default formHandler(async (event) => {
  const { fromDay, points, months } = await readInput(event, PointTermsChange)
  const { database } = await requireDesk(event, 'approval')
  await answerOf(database.rpc('set_point_terms', { from_day: fromDay, points_per_credit: points!, months: months! }))
  return { set: true }
}, () => '/desk/credits#points')
