import { CreditCorrectionId } from '~~/shared/schemas/corrections'

/** Takes back what one asked for, before it is decided. 403 `not_yours`, 404 `correction_unknown`, 409 `correction_decided`. */
export default formHandler(async (event) => {
  const { correction } = await readInput(event, CreditCorrectionId)
  const { database } = await requireDesk(event, 'people')
  const { error } = await database.rpc('withdraw_credit_correction', { correction_id: correction })
  if (error) throw databaseRefusal(error)
  return { withdrawn: true }
}, () => '/desk/credits/corrections')
