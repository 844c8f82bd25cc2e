import { ActivityLook } from '~~/shared/schemas/desk-activities'

/** What else lies at the same time in the same room, or with the same lecturer; shown, not forbidden. */
export default defineEventHandler(async (event) => {
  const looked = await readInput(event, ActivityLook)
  const desk = await requireDesk(event, 'activities')
  return { clashes: await sessionClashes(desk, looked) }
})
