import { CalendarMonth } from '~~/shared/schemas/activities'

/** What the asker and those looked after have in a month, day by day. 401 `sign_in_needed`. */
export default defineEventHandler(event => myCalendar(event, readQuery(event, CalendarMonth).month))
