import { queryCollection } from '@nuxt/content/server'
import type { H3Event } from 'h3'
import type { Holiday } from '~~/server/activities/repeat'

/** The holidays that came with the portal in content/holidays. */
export async function filedHolidays(event: H3Event): Promise<Holiday[]> {
  return (await queryCollection(event, 'holidays').all()).flatMap(({ days, provisional }) => days.map(day => ({ ...day, isProvisional: provisional === true })))
}

/** Days off and working weekends that an administrator entered, by year. */
export async function enteredDaysOff(database: Supabase) {
  const rows = await answerOf(database.from('days_off').select('year, days, zh, en, is_off').order('days').limit(2000))
  return rows.map((row) => {
    const [from, beyond] = /^\[([\d-]+),([\d-]+)\)$/.exec(String(row.days))!.slice(1) as [string, string]
    return { year: row.year, from, to: new Date(Date.parse(beyond) - 86_400_000).toISOString().slice(0, 10), zh: row.zh, en: row.en, isOff: row.is_off }
  })
}

/** The holidays of the years that anybody entered: as announced where an administrator did so, else those of the files. */
export async function publicHolidays(event: H3Event, database: Supabase): Promise<{ holidays: Holiday[], working: string[] }> {
  const [filed, entered] = await Promise.all([filedHolidays(event), enteredDaysOff(database)])
  const years = new Set(entered.map(({ year }) => String(year)))
  return {
    holidays: [
      ...filed.filter(({ from }) => !years.has(from.slice(0, 4))),
      ...entered.filter(({ isOff }) => isOff).map(({ from, to, zh, en }) => ({ from, to, zh: zh!, en: en!, isProvisional: false })),
    ].sort((a, b) => a.from.localeCompare(b.from)),
    working: entered.filter(({ isOff }) => !isOff).map(({ from }) => from),
  }
}
