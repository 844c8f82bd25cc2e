/** Somebody who can be chosen for a register; the phone is masked. */
export interface ClassPerson { id: number, name: string, birthYear: number | null, home: string, phone: string | null }

/** What becomes, or would become, of one person of a list. */
export interface ClassOutcome {
  personId: number
  /** Null where the asker may not know them. */
  name: string | null
  birthYear: number | null
  home: string | null
  /** Lives outside the place where the class was held. */
  isGuest: boolean
  outcome: 'posted' | 'clipped' | 'refused'
  reason: 'person_unknown' | 'named_twice' | 'other_class_then' | 'no_rule_in_force' | `cap_${'day' | 'week' | 'month' | 'term' | 'year' | 'lifetime' | 'category' | 'institution'}` | null
  /** False where an earlier press did it. */
  isNew: boolean
  minutes: number
  milliCredits: number
}
