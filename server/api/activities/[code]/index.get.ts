import { ActivityCode } from '~~/shared/schemas/activities'

/** A published activity with its sessions, seats, and what the asker and the children in care have of it. 404 `activity_unknown`. */
export default defineEventHandler(async (event) => {
  setHeader(event, 'cache-control', 'private, no-store')
  const { code } = readParams(event, ActivityCode)
  const activity = await readActivity(event, code)
  if (!activity) throw refusal(404, 'activity_unknown')
  return activity
})
