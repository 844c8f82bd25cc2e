import { ActivityId, SignupsFileQuery } from '~~/shared/schemas/desk-activities'

/** Those who signed up as a file, CSV or for Excel; that it was taken is an event of the audit log. */
export default defineEventHandler(async (event) => {
  const { id } = readParams(event, ActivityId)
  const { format } = readQuery(event, SignupsFileQuery)
  const desk = await requireDesk(event, 'people')
  const activity = await activityAtDesk(desk.database, id)
  const signups = await signupsOf(desk.database, id)
  await answerOf(desk.database.rpc('note_signups_file', { of_activity_id: id }))
  const t = deskTranslator(event)
  const at = (moment: string | null) => moment && inChina(moment).replace('T', ' ')
  return sendTable(event, format, `signups-${activity.code}`, t('activities.signups.title'), [
    (['session', 'name', 'birthYear', 'home', 'phone', 'status', 'place', 'priority', 'why', 'by', 'consent', 'askedAt', 'endedAt', 'endReason'] as const).map(column => t(`activities.signups.columns.${column}`)),
    ...signups.map(one => [
      at(one.startsAt), one.name, one.birthYear, one.home, one.phone, t(`activities.signups.status.${one.status}`), one.place, one.priority, one.priorityReason,
      one.byName, one.consent && t(`activities.consent.${one.consent}`), at(one.askedAt), at(one.endedAt), one.endReason && signupEndReason(event, one.endReason),
    ]),
  ])
})
