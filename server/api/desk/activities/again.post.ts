import { TermAgain } from '~~/shared/schemas/desk-activities'

/** Makes drafts of the chosen activities of a term, on the dates that were shown: all or none, and none twice. 404 `activity_unknown`, 422 by field. */
export default formHandler(async (event) => {
  const { unit: code, activities, ...days } = await readInput(event, TermAgain)
  const desk = await requireDesk(event, 'activities')
  const { unit } = await requireUnit(desk, code, 'activities')
  const plans = (await termAgain(event, desk, unit.id, days)).filter(({ id, sessions }) => activities.includes(id) && sessions.length)
  if (plans.length < new Set(activities).size) throw refusal(404, 'activity_unknown')
  const rows = await answerOf(desk.database.rpc('copy_term', {
    in_unit_id: unit.id, plans: plans.map(({ id, opensAt, closesAt, sessions }) => ({ id, opensAt, closesAt, sessions: sessions.map(session => ({ ...session })) })),
  }))
  return { unit: unit.code, made: rows.filter(row => row.is_new).length }
}, (_event, { unit, made }) => `/desk/activities?unit=${unit}&state=draft&again=${made}`)
