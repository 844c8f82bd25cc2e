/** The recent sessions of the asker and of those they look after, how they stand, and what was asked and answered. 401 `sign_in_needed`. */
export default defineEventHandler(async (event) => {
  setHeader(event, 'cache-control', 'private, no-store')
  const { database } = await requireSession(event)
  const rows = await answerOf(database.rpc('my_recent_sessions'))
  return rows.map(row => ({
    session: row.session_id!, title: row.title!, host: row.host!, startsAt: row.starts_at!, endsAt: row.ends_at!, person: row.person_id!, name: row.name!, isMe: row.is_me!,
    standing: row.standing as 'counted' | 'marked' | 'none',
    request: row.request_id === null
      ? null
      : {
          kind: row.kind as RecordKind, words: row.words!, dueOn: row.due_on!, outcome: row.outcome as 'changed' | 'kept' | null, answer: row.answer,
        },
  }))
})
