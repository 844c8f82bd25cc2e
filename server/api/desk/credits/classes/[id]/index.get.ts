import { ClassId } from '~~/shared/schemas/classes'
import type { ClassOutcome } from '~~/shared/types/classes'

/** A register with who came, what each was credited, and who was taken back by whom and why. 404 `class_unknown`. */
export default defineEventHandler(async (event) => {
  const { id } = readParams(event, ClassId)
  const desk = await requireDesk(event, 'names')
  const [register, rows] = await Promise.all([
    answerOf(desk.database.from('class_registers').select('id, title, started_at, minutes, venue, entered_at, units(code, name), categories(zh, en)').eq('id', id).maybeSingle()),
    everyRow((from, to) => desk.database.rpc('class_people', { of_register_id: id }).range(from, to)),
  ])
  if (!register) throw refusal(404, 'class_unknown')
  return {
    id: register.id, title: register.title, startedAt: register.started_at, minutes: register.minutes, venue: register.venue, enteredAt: register.entered_at,
    unit: register.units, category: register.categories,
    mayCorrect: desk.me.posts.some(post => post.sights.includes('people')),
    entries: rows.map(row => ({
      /** The record that stands: what a correction corrects. */
      record: row.standing_id!, personId: row.person_id, name: row.name, birthYear: row.birth_year, home: row.home!, isGuest: row.is_guest!, attended: row.attended!,
      outcome: row.outcome as ClassOutcome['outcome'] | null, reason: row.reason as ClassOutcome['reason'], minutes: row.counted_minutes!, milliCredits: row.milli_credits!,
      correctedAt: row.corrected_at, correctedBy: row.corrected_by, correction: row.correction,
    })),
  }
})
