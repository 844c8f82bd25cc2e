import { CaseAnswer } from '~~/shared/schemas/recognition'

/** Adds what was asked for: a file, a word, or both. 404 `case_unknown`, 409 `nothing_asked` | `files_too_many`, 413 `certificate_too_large`, 422 by field. */
export default formHandler(async (event) => {
  const { database } = await requireSession(event)
  const { fields, file } = await readCertificate(event)
  const { case: id, note } = checkFields(fields, CaseAnswer)
  const { error } = await database.rpc('answer_recognition', { case_id: id, note, ...(file && { file }) })
  if (error) throw databaseRefusal(error)
  return { answered: true }
}, () => '/credits/recognition?done=answered#cases')
