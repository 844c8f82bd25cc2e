/**
 * What must always hold of the credit bank, as its design numbers it (I1–I12) and what joined since. Each has the codes under which
 * the check names its breaches, and the part of the check that looks for them (private.credit_faults_of_<part>).
 */
export const CREDIT_INVARIANTS = [
  { id: 'balances', number: 'I1', codes: { state_is_sum: 'ledger' } },
  { id: 'numbers', number: 'I2', codes: { state_is_sum: 'ledger' } },
  { id: 'running', number: 'I3', codes: { running_balance: 'ledger' } },
  { id: 'measures', number: 'I4', codes: { one_measure: 'ledger', posting_is_legs: 'ledger' } },
  {
    id: 'events', number: 'I5', codes: {
      event_has_answer: 'ledger', class_entry_is_record: 'classes', class_award_once: 'classes', session_record_is_record: 'sessions', session_award_once: 'sessions',
      service_is_fed: 'service', service_award_once: 'service', recognised_is_posted: 'recognition', grant_has_case: 'recognition',
      correction_is_posted: 'corrections', import_has_answer: 'records', correction_has_answer: 'records', application_is_posted: 'awards', course_award_once: 'courses',
    },
  },
  { id: 'reversals', number: 'I6', codes: { reversal_mirrors: 'ledger', correction_reversed: 'ledger', service_taken_back: 'service', rerating_replaces: 'reratings' } },
  { id: 'caps', number: 'I7', codes: { cap_is_live_awards: 'ledger' } },
  { id: 'lots', number: 'I8', codes: { lot_is_uses: 'points', points_are_lots: 'points', points_are_legs: 'points', credits_have_points: 'points' } },
  {
    id: 'chain', number: 'I9', codes: {
      chain_is_whole: 'ledger', head_is_last: 'ledger', request_is_content: 'contents', time_follows_chain: 'contents', statement_head_on_chain: 'statements',
      seal_is_signed: 'seals', seal_root_fits_chain: 'seals', seal_mirror_is_row: 'seals',
    },
  },
  { id: 'rates', number: 'I10', codes: { totals_are_live_awards: 'ledger', credits_are_rate: 'rates' } },
  { id: 'honours', number: 'I11', codes: { honour_is_earned: 'honours', honour_has_history: 'honours', board_names_consenting_adults: 'honours' } },
  {
    id: 'credentials', number: 'I12', codes: {
      credential_ground_stands: 'credentials', credential_revoked_by_ground: 'credentials', credential_bit_is_revocation: 'credentials', credential_is_earners: 'credentials',
      desk_revocation_stays: 'credentials',
    },
  },
  { id: 'rewards', number: null, codes: { held_is_open_holds: 'rewards', stock_is_moves: 'rewards', hold_ends_once: 'rewards' } },
  { id: 'applications', number: null, codes: { applied_is_standing: 'awards' } },
  { id: 'recognition', number: null, codes: { recognition_decided_by_two: 'recognition', reviewer_is_not_applicant: 'recognition', annulled_by_two: 'recognition' } },
  { id: 'reratings', number: null, codes: { rerating_is_as_listed: 'reratings', rerating_ends: 'reratings' } },
  { id: 'statements', number: null, codes: { statement_adds_up: 'statements', statement_follows: 'statements', statement_missing: 'statements' } },
] as const satisfies readonly { id: string, number: string | null, codes: Record<string, string> }[]

/** A part of a check that is through: when, and how many breaches it found of which invariant. */
export interface CheckedPart { part: string, at: string, counts: Record<string, number> }

export interface InvariantState {
  id: (typeof CREDIT_INVARIANTS)[number]['id']
  number: string | null
  /** Breaches, all codes together; null while a part that looks for them is not through. */
  rows: number | null
  checkedAt: string | null
  codes: { code: string, rows: number | null }[]
}

/** How each invariant stands in a check, as far as it is. */
export function invariantStates(done: readonly CheckedPart[]): InvariantState[] {
  const parts = new Map(done.map(one => [one.part, one]))
  return CREDIT_INVARIANTS.map(({ id, number, codes }) => {
    const own = Object.entries(codes).map(([code, part]) => ({ code, rows: parts.has(part) ? parts.get(part)!.counts[code] ?? 0 : null, at: parts.get(part)?.at ?? null }))
    const isThrough = own.every(({ rows }) => rows !== null)
    return {
      id, number, codes: own.map(({ code, rows }) => ({ code, rows })),
      rows: isThrough ? own.reduce((sum, { rows }) => sum + rows!, 0) : null,
      checkedAt: isThrough ? own.map(({ at }) => at!).toSorted().at(-1)! : null,
    }
  })
}

/** Codes of breaches that no invariant above names: of a part that joined since. */
export function unnamedBreaches(done: readonly CheckedPart[]): { code: string, rows: number }[] {
  const named = new Set<string>(CREDIT_INVARIANTS.flatMap(({ codes }) => Object.keys(codes)))
  return done.flatMap(({ counts }) => Object.entries(counts)).filter(([code]) => !named.has(code)).map(([code, rows]) => ({ code, rows }))
}
