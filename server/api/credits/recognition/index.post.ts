import { Certificate } from '~~/shared/schemas/recognition'

/**
 * Hands a certificate in: a form with a photo or PDF of 5 MB at most, told by its content and sealed before it is kept. 401
 * `sign_in_needed`, 409 `certificate_entered` | `cases_too_many`, 413 `certificate_too_large`, 422 by field.
 */
export default formHandler(async (event) => {
  const { database } = await requireSession(event)
  const { fields, file } = await readCertificate(event)
  const { body, title, number, level, issuedOn, hours } = checkFields(fields, Certificate)
  if (!file) throw refusal(422, 'certificate_missing', { field: 'file' })
  const id = await answerOf(database.rpc('apply_recognition', { body, title, number, level, issued_on: issuedOn, hours: hours ?? null!, file }))
  return { case: id }
}, () => '/credits/recognition?done=sent#cases')
