/** The sign-ups of the asker and of those looked after that cannot be given back without the children beside them. 401 `sign_in_needed`. */
export default defineEventHandler(async (event) => {
  setHeader(event, 'cache-control', 'private, no-store')
  const { database } = await requireSession(event)
  const signups = await answerOf(database.rpc('my_signups_with_children'))
  return signups.map(one => ({ id: one.signup_id!, name: one.name!, isMe: one.is_me!, title: one.title!, code: one.code!, startsAt: one.starts_at!, children: one.children! }))
})
