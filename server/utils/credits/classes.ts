import type { ClassEntry } from '~~/shared/schemas/classes'
import type { ClassOutcome, ClassPerson } from '~~/shared/types/classes'
import type { Desk } from '../desk'

/** A class as the functions of the database take it. */
export async function classArguments(desk: Desk, { unit: code, title, category, date, start, minutes, venue, another, people }: ClassEntry) {
  const { unit } = await requireUnit(desk, code, 'people')
  return {
    of_unit_id: unit.id, title, of_category_id: category, started_at: `${date}T${start}:00+08:00`, minutes, venue, is_another: another, person_ids: people,
  }
}

interface OutcomeRow {
  person_id: number | null
  name: string | null
  birth_year: number | null
  home: string | null
  is_guest: boolean | null
  outcome: string | null
  reason: string | null
  is_new: boolean | null
  counted_minutes: number | null
  milli_credits: number | null
}

export function classOutcome(row: OutcomeRow): ClassOutcome {
  return {
    personId: row.person_id!, name: row.name, birthYear: row.birth_year, home: row.home, isGuest: row.is_guest ?? false, outcome: row.outcome as ClassOutcome['outcome'],
    reason: row.reason as ClassOutcome['reason'], isNew: row.is_new!, minutes: row.counted_minutes!, milliCredits: row.milli_credits!,
  }
}

/** People of the asker's units by their numbers, in that order; whoever was merged is the person that stands. */
export async function peopleNamed(desk: Desk, ids: readonly number[]): Promise<ClassPerson[]> {
  if (!ids.length) return []
  const rows = await answerOf(desk.database.rpc('people_named', { person_ids: [...ids] }))
  return rows.map(row => ({ id: row.person_id!, name: row.name!, birthYear: row.birth_year, home: row.home!, phone: row.phone }))
}
