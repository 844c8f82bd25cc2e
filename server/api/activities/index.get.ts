import { ActivityQuery } from '~~/shared/schemas/activities'

/** Activities to come by day, place, category, form, audience and words, twelve a page, and what they can be narrowed by. 404 `unit_unknown`. */
export default defineEventHandler(event => listActivities(event, readQuery(event, ActivityQuery)))
