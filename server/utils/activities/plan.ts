import type { ActivityPlan } from '~~/shared/schemas/desk-activities'
import type { ActivityAtDesk } from '~~/shared/types/desk-activities'

/** What an activity is as the fields of its form; its moments are those of a form already. */
export function planFields(activity: ActivityAtDesk): Record<string, string> {
  return {
    unit: activity.unit.code, title: activity.title, kind: activity.kind, form: activity.form.id, category: activity.category.id, summary: activity.summary, department: activity.department ?? '',
    lecturer: activity.lecturer ?? '', venue: activity.venue, room: activity.room ?? '', phone: activity.phone ?? '', fee: activity.feeFen ? String(activity.feeFen / 100) : '', feeFor: activity.feeFor ?? '',
    minors: activity.minors, minorsStaff: activity.minorsStaff.join('、'), youngest: activity.youngest > 0 ? String(activity.youngest) : '', oldest: activity.oldest < 120 ? String(activity.oldest) : '', forUnit: activity.forUnit?.code ?? '',
    ...Object.fromEntries(activity.forGroups.map(({ id }) => [`group.${id}`, 'yes'])),
    forLevel: activity.forLevel?.id ?? '', cameLeast: activity.cameLeast ? String(activity.cameLeast) : '', cameOf: activity.cameOf ?? 'host', cameActivity: activity.cameActivity?.code ?? '', cameCategory: activity.cameCategory?.id ?? '',
    cameSince: activity.cameSince ?? '', newcomers: activity.newcomers,
    signUp: activity.signUp, admission: activity.admission, opensAt: activity.opensAt ?? '', closesAt: activity.closesAt ?? '', seats: usualSeats(activity),
  }
}

/** How many seats a session, or the term, has unless a row says otherwise. */
export function usualSeats(activity: ActivityAtDesk): string {
  const capacity = (activity.seats ?? activity.sessions.find(session => session.seats)?.seats)?.capacity
  return capacity === undefined ? '' : String(capacity)
}

interface PlanChange { field: string, stored: string }

/** Where what is stored by now differs from what somebody typed on an older version. */
export function changesOf(stored: ActivityAtDesk, typed: ActivityPlan): PlanChange[] {
  const at = (moment: string | null) => moment === null ? '' : inChina(moment)
  const fields = planFields({ ...stored, opensAt: at(stored.opensAt), closesAt: at(stored.closesAt) })
  const text = (value: unknown) => value === undefined || value === null ? '' : String(value)
  const single = (['title', 'kind', 'form', 'category', 'summary', 'department', 'lecturer', 'venue', 'room', 'phone', 'fee', 'feeFor', 'minors', 'youngest', 'oldest', 'forUnit', 'signUp', 'admission', 'opensAt', 'closesAt', 'seats',
    'forLevel', 'cameLeast', 'cameOf', 'cameActivity', 'cameCategory', 'cameSince', 'newcomers'] as const)
    .filter(field => fields[field] !== text(typed[field])).map(field => ({ field, stored: fields[field]! }))
  const groups = stored.forGroups.map(({ id }) => id)
  const rows = sessionRows(stored).map(({ id: _id, seats: _seats, ...row }) => row)
  const rowsTyped = typed.sessions.map(({ date, start, end, venue, room }) => ({ date, start, end, venue, room }))
  return [
    ...single,
    ...stored.minorsStaff.join() === typed.minorsStaff.join() ? [] : [{ field: 'minorsStaff', stored: stored.minorsStaff.join('、') }],
    ...[...groups].sort().join() === [...typed.forGroups].sort().join() ? [] : [{ field: 'forGroups', stored: groups.join(' ') }],
    ...JSON.stringify(rows) === JSON.stringify(rowsTyped) ? [] : [{ field: 'sessions', stored: rows.map(({ date, start, end }) => `${date} ${start}–${end}`).join('\n') }],
  ]
}
