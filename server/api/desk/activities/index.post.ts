import { ActivityPlan } from '~~/shared/schemas/desk-activities'

/**
 * Saves a plan, new or changed. 409 `activity_changed` with what is stored otherwise by now in `details.changes`, 409 `capacity_below_taken`,
 * `session_started` …, 422 by field; of sessions `details.place` names the row, from one on.
 */
export default formHandler(async (event) => {
  const plan = await readInput(event, ActivityPlan)
  const desk = await requireDesk(event, 'activities')
  const { unit } = await requireUnit(desk, plan.unit, 'activities')
  const forUnit = plan.forUnit ? await answerOf(desk.database.from('units').select('id').eq('code', plan.forUnit).maybeSingle()) : null
  if (plan.forUnit && !forUnit) throw refusal(422, 'unit_unknown', { field: 'forUnit' })
  const before = plan.activity === undefined ? null : await activityAtDesk(desk.database, plan.activity)
  if (before && before.version !== plan.version) throw refusal(409, 'activity_changed', { version: before.version, changes: changesOf(before, plan) })
  const id = await answerOf(desk.database.rpc('save_activity', {
    of_unit_id: unit.id, of_activity_id: plan.activity ?? null!, was_version: plan.version ?? null!, seats: plan.seats,
    fields: {
      title: plan.title, kind: plan.kind, form: plan.form, category: plan.category, summary: plan.summary, department: plan.department, lecturer: plan.lecturer,
      venue: plan.venue, room: plan.room, phone: plan.phone, feeFen: Math.round((plan.fee ?? 0) * 100), feeFor: plan.feeFor, minors: plan.minors, minorsStaff: plan.minorsStaff,
      youngest: plan.youngest, oldest: plan.oldest, forUnit: forUnit?.id,
      forGroups: plan.forGroups, signUp: plan.signUp, admission: plan.admission, forLevel: plan.forLevel, cameLeast: plan.cameLeast, cameOf: plan.cameOf,
      cameActivity: plan.cameActivity, cameCategory: plan.cameCategory, cameSince: plan.cameSince, newcomers: plan.newcomers, copiedFrom: plan.copiedFrom,
      opensAt: plan.opensAt && atChina(plan.opensAt), closesAt: plan.closesAt && atChina(plan.closesAt),
    },
    sessions: sessionLines(plan),
  }))
  return { id }
}, (_event, { id }) => `/desk/activities/${id}?done=saved`)
