import { PointTermsWithdrawal } from '~~/shared/schemas/desk-credits'

/** Takes back terms, or an end of them, that is still to come. 404 `terms_unknown`, 409 `terms_in_force`. */
export default formHandler(async (event) => {
  const { terms } = await readInput(event, PointTermsWithdrawal)
  const { database } = await requireDesk(event, 'approval')
  await answerOf(database.rpc('withdraw_point_terms', { terms_id: terms }))
  return { withdrawn: true }
}, () => '/desk/credits#points')
