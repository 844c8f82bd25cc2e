import { ActivityId } from '~~/shared/schemas/desk-activities'

/** Who signed up for an activity: seated, offered, waiting in turn, asked, and those who left. 403 without the sight of people, 404 `activity_unknown`. */
export default defineEventHandler(async (event) => {
  const { id } = readParams(event, ActivityId)
  const desk = await requireDesk(event, 'people')
  const activity = await activityAtDesk(desk.database, id)
  return { ...activity, signups: await signupsOf(desk.database, id), draws: activity.admission === 'draw' ? (await drawsOf(desk.database, activity.code))?.draws.map(({ entrants: _entrants, ...draw }) => draw) ?? [] : [] }
})
