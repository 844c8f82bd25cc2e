import { DaysOffQuery } from '~~/shared/schemas/days-off'

/** The days off of a year as they stand, and whether the asker may enter them. */
export default defineEventHandler(async (event) => {
  const { year = thisYear() } = readQuery(event, DaysOffQuery)
  const { database, mayEnter } = await deskOfDaysOff(event)
  const [filed, entered, years] = await Promise.all([
    filedHolidays(event), enteredDaysOff(database), answerOf(database.from('days_off_years').select('year, notice, version, entered_at').order('year')),
  ])
  const stored = years.find(one => one.year === year)
  const ofFile = filed.filter(({ from }) => from.startsWith(String(year)))
  const days = stored ? entered.filter(one => one.year === year && one.isOff).map(({ from, to, zh, en }) => ({ from, to, zh: zh!, en: en! })) : ofFile
  return {
    year, thisYear: thisYear(), mayEnter,
    state: stored ? 'announced' as const : days.length === 0 ? 'unknown' as const : ofFile.some(one => one.isProvisional) ? 'provisional' as const : 'filed' as const,
    notice: stored?.notice ?? '', version: stored?.version ?? null, enteredAt: stored?.entered_at ?? null,
    days: days.map(({ from, to, zh, en }) => ({ from, to, zh, en })),
    working: entered.filter(one => one.year === year && !one.isOff).map(({ from }) => from),
  }
})

async function deskOfDaysOff(event: Parameters<typeof requireDesk>[0]) {
  const { database } = await requireDesk(event, 'desk')
  const root = await answerOf(database.from('units').select('code').is('parent_id', null).limit(1).single())
  const trail = await answerOf(database.rpc('unit_trail', { unit_code: root.code, sight: 'network' }))
  return { database, mayEnter: trail.at(-1)?.in_sight === true }
}
