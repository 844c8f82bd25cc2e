/** The sessions of the last two weeks that the asker, or a child in care, came to and can say something of. 401 `sign_in_needed`. */
export default defineEventHandler(async (event) => {
  setHeader(event, 'cache-control', 'private, no-store')
  const { database } = await requireSession(event)
  return { open: feedbackRows(await answerOf(database.rpc('my_feedback'))) }
})
