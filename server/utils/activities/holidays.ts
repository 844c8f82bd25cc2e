import { queryCollection } from '@nuxt/content/server'
import type { H3Event } from 'h3'
import type { Holiday } from '~~/server/activities/repeat'

/** The holidays that editors keep in content/holidays, and the years that they know. */
export async function publicHolidays(event: H3Event): Promise<Holiday[]> {
  return (await queryCollection(event, 'holidays').all()).flatMap(({ days, provisional }) => days.map(day => ({ ...day, isProvisional: provisional === true })))
}
