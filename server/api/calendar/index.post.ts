import { CalendarAct } from '~~/shared/schemas/activities'

/** Makes a secret address for the asker's calendar, said this once, and ends the one before; or only ends it. 403 `introduction_needed`. */
export default formHandler(async (event) => {
  setHeader(event, 'cache-control', 'private, no-store')
  const { database } = await requireSession(event)
  const { act } = await readInput(event, CalendarAct)
  if (act === 'end') {
    const { error } = await database.rpc('end_calendar_key')
    if (error) throw databaseRefusal(error)
    return { address: null }
  }
  const key = await answerOf(database.rpc('renew_calendar_key'))
  return { address: `${siteOf(event)}/calendar.ics?key=${key}` }
}, (event, { address }) => {
  // Kept for the next page alone, in a cookie that scripts cannot read.
  if (address) leaveFlash(event, { code: 'calendar_made', details: { address }, typed: { form: 'calendar made' } })
  return '/my/activities#calendar'
})
