import { SessionId } from '~~/shared/schemas/desk-activities'

/** The photos of a session's signed sheets that are kept; what is in them is shown by its own route. */
export default defineEventHandler(async (event) => {
  const { id } = readParams(event, SessionId)
  const { database } = await requireDesk(event, 'people')
  const rows = await answerOf(database.rpc('sheets_of_session', { of_session_id: id }))
  return { sheets: rows.map(row => ({ id: row.id!, bytes: row.bytes!, uploadedAt: row.uploaded_at! })) }
})
