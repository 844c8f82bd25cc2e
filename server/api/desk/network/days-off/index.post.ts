import { DaysOffEntry } from '~~/shared/schemas/days-off'

/** Enters the days off and working weekends of a year, the whole of it. 403 `unit_not_yours`, 409 `days_off_changed`, 422 by field. */
export default formHandler(async (event) => {
  const { year, version, notice, days, working } = await readInput(event, DaysOffEntry)
  const { database } = await requireDesk(event, 'network')
  // The usual names are known in English.
  const known = new Map((await filedHolidays(event)).map(({ zh, en }) => [zh, en]))
  await answerOf(database.rpc('save_days_off', {
    of_year: year, was_version: version ?? null!, notice, working, days: days.map(({ from, until, zh, en }) => ({ from, until, zh, en: en ?? known.get(zh) ?? zh })),
  }))
  return { year }
}, (_event, { year }) => `/desk/network/days-off?year=${year}&done=saved`)
