import { DaysQuery } from '~~/shared/schemas/desk-activities'

const DAY = 86_400_000

/** All sessions of a unit and those below in the week of a day, Monday first. 403 `unit_not_yours`. */
export default defineEventHandler(async (event) => {
  const { unit: code, day = chinaToday() } = readQuery(event, DaysQuery)
  const desk = await requireDesk(event, 'activities')
  const { unit, trail } = await requireUnit(desk, code, 'activities')
  const monday = Date.parse(day) - (new Date(day).getUTCDay() + 6) % 7 * DAY
  const dates = Array.from({ length: 7 }, (_, index) => new Date(monday + index * DAY).toISOString().slice(0, 10))
  return {
    unit, trail, dates, today: chinaToday(), before: new Date(monday - 7 * DAY).toISOString().slice(0, 10), after: new Date(monday + 7 * DAY).toISOString().slice(0, 10),
    sessions: await sessionsOfDays(desk.database, unit.id, dates[0]!, dates[6]!),
  }
})
