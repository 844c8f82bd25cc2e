import { TermQuery } from '~~/shared/schemas/desk-activities'

const DAY = 86_400_000
const TERM_DAYS = 140
const MOST_DAYS = 365

/** What is published of a unit and those below in the days of a term, for its poster: at most a year. 403 `unit_not_yours`. */
export default defineEventHandler(async (event) => {
  const { unit: code, from = chinaToday(), to } = readQuery(event, TermQuery)
  const desk = await requireDesk(event, 'activities')
  const { unit, trail } = await requireUnit(desk, code, 'activities')
  const after = (days: number) => new Date(Date.parse(from) + days * DAY).toISOString().slice(0, 10)
  const until = [to ?? after(TERM_DAYS), after(MOST_DAYS)].sort()[0]!
  const sessions = (await sessionsOfDays(desk.database, unit.id, from, until)).filter(one => one.status === 'published' && !one.isCancelled)
  const ids = [...new Set(sessions.map(one => one.activityId))]
  return {
    unit, trail, from, to: until, page: activityCode(event, `?place=${unit.code}`),
    activities: ids.map((id) => {
      const dates = sessions.filter(one => one.activityId === id)
      const { title, host, formZh, formEn, lecturer, phone, signUp, venue, room } = dates[0]!
      return { id, title, host, formZh, formEn, lecturer, phone, signUp, venue, room, dates: dates.map(({ startsAt, endsAt }) => ({ startsAt, endsAt })) }
    }),
  }
})
