/** Asks for a transcript of all that one holds today; the same again is the same one. 403 `person_needed`, 409 `no_certificates_yet`. */
export default formHandler(async (event) => {
  const { database } = await requireSession(event)
  const id = await answerOf(database.rpc('request_transcript'))
  await startJob(SIGN_JOB, { first: id }, `first ${id}`)
  return { asked: true }
}, () => '/credits/transcript#mine')
