import { ActivityId } from '~~/shared/schemas/desk-activities'

/** An activity with its sessions, seats, what clashes, and the address of its page for residents. 404 `activity_unknown`. */
export default defineEventHandler(async (event) => {
  const { id } = readParams(event, ActivityId)
  const desk = await requireDesk(event, 'activities')
  const activity = await activityAtDesk(desk.database, id)
  const { review, changes } = await reviewOf(desk.database, activity)
  const madeUp = await answerOf(desk.database.from('activity_sessions').select('id, makes_up_for').eq('activity_id', activity.id).not('makes_up_for', 'is', null))
  const places = activity.sessions.flatMap((session, place) => session.isOver || session.cancelReason ? [] : [place])
  const clashes = await sessionClashes(desk, {
    unit: activity.unit.code, activity: activity.id, venue: activity.venue, room: activity.room ?? '', lecturer: activity.lecturer ?? '', forUnit: activity.forUnit?.code, forGroups: activity.forGroups.map(({ id }) => id),
    sessions: sessionRows({ ...activity, sessions: places.map(place => activity.sessions[place]!) }),
  })
  return {
    ...activity, review, changes,
    clashes: clashes.map(clash => ({ ...clash, place: places[clash.place]!, withPlace: clash.withPlace === null ? null : places[clash.withPlace]! })),
    /** Sessions that make up for one that was called off, by its number. */
    makeUps: madeUp.map(one => ({ session: one.id, of: one.makes_up_for! })),
    page: activityCode(event, `/${activity.code}`),
  }
})
