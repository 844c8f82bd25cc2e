import { NoticesRead } from '~~/shared/schemas/activities'

/** Marks what the asker and the children in care were told as read, up to one. 401 `sign_in_needed`. */
export default formHandler(async (event) => {
  const { database } = await requireSession(event)
  const { until } = await readInput(event, NoticesRead)
  const { error } = await database.rpc('read_notices', { until_id: until })
  if (error) throw databaseRefusal(error)
  return { read: true }
}, () => '/my/activities#notices')
