import { VersionWithdrawal } from '~~/shared/schemas/desk-credits'

/** Takes back a version that is not in force yet. 404 `version_unknown`, 409 `version_in_force`. */
export default formHandler(async (event) => {
  const { version } = await readInput(event, VersionWithdrawal)
  const { database } = await requireDesk(event, 'approval')
  await answerOf(database.rpc('withdraw_credit_rule', { version_id: version }))
  return { withdrawn: true }
}, () => '/desk/credits')
