import type { PassbookLine, PassbookYear } from '~~/shared/types/credits'
import type { Supabase } from '../database'

/** What may give or take more than the balance moves by: the rest goes to what is owed, or becomes owed. */
const OWING = new Set<string>(['award', 'grant', 'reversal'])

/** A year of the asker's passbook by the days of posting: opening balance, every line with its reason, closing balance. */
export async function passbookYear(database: Supabase, year: number, lang: 'zh-CN' | 'en'): Promise<PassbookYear & { years: number[], balanceMilliCredits: number, honourTakenBack: string | null }> {
  const thisYear = chinaYear()
  const [from, to] = [`${year}-01-01T00:00:00+08:00`, `${year + 1}-01-01T00:00:00+08:00`]
  const [balance, first, before, lines, honour, grounds] = await Promise.all([
    answerOf(database.rpc('my_credit_balance')),
    answerOf(database.from('credit_postings').select('posted_at').order('seq').limit(1).maybeSingle()),
    answerOf(database.from('credit_postings').select('balance_after_milli_credits').lt('posted_at', from)
      .order('seq', { ascending: false }).limit(1).maybeSingle()),
    everyRow((start, end) => database.from('credit_postings')
      .select(`id, kind, rule_id, outcome, reason, ground, posted_at, milli_credits, balance_after_milli_credits, asked_minutes, minutes, milli_credits_per_minute,
        credit_rules(zh, en), participations(courses(slug, title), lessons(slug, title)), correction:credit_corrections!credit_corrections_posted_id_fkey(reason),
        applied:credit_applications!credit_applications_applied_id_fkey(credit_awards(zh, en)), returned:credit_applications!credit_applications_returned_id_fkey(decision),
        taken:credit_rerating_lines!credit_rerating_lines_reversal_id_fkey(credit_reratings(reason)),
        anew:credit_rerating_lines!credit_rerating_lines_posting_id_fkey(credit_reratings(reason))`)
      // Points have a page of their own.
      .is('ground->milliPoints', null).gte('posted_at', from).lt('posted_at', to).order('seq').range(start, end)),
    answerOf(database.from('honour_events').select('kind, honour_levels(zh, en)').order('id', { ascending: false }).limit(1).maybeSingle()),
    everyRow((start, end) => database.rpc('my_posting_grounds', { from_time: from, to_time: to }).range(start, end)),
  ])
  const groundOf = new Map(grounds.map(({ posting_id, ground }) => [posting_id, ground as unknown as PostingGround | null]))
  const wordOf = (name: { zh: string, en: string } | undefined) => lang === 'en' ? name?.en : name?.zh
  const opening = before?.balance_after_milli_credits ?? 0
  const firstYear = first ? chinaYear(new Date(first.posted_at)) : thisYear
  return {
    year,
    years: Array.from({ length: thisYear - firstYear + 1 }, (_, index) => thisYear - index),
    balanceMilliCredits: balance ?? 0,
    /** The level that was taken back last, until another is reached. */
    honourTakenBack: honour?.kind === 'taken_back' ? wordOf(honour.honour_levels)! : null,
    openingMilliCredits: opening,
    closingMilliCredits: lines.at(-1)?.balance_after_milli_credits ?? opening,
    lines: lines.map((line, index) => {
      const moved = line.balance_after_milli_credits - (lines[index - 1]?.balance_after_milli_credits ?? opening)
      return {
        id: line.id,
        postedAt: line.posted_at,
        kind: line.kind as PassbookLine['kind'],
        outcome: line.outcome as PassbookLine['outcome'],
        reason: line.reason ?? endOfHold(line.kind, groundOf.get(line.id)),
        decision: (line.ground as { reason?: string } | null)?.reason ?? one(line.correction)?.reason ?? one(line.taken)?.credit_reratings.reason
          ?? one(line.returned)?.decision ?? wordOf(one(line.applied)?.credit_awards) ?? null,
        recounted: one(line.anew)?.credit_reratings.reason ?? null,
        rule: (lang === 'en' ? line.credit_rules?.en : line.credit_rules?.zh) ?? null,
        course: line.participations?.courses ?? null,
        // A finished course is its own ground, not the lesson that finished it.
        lesson: line.rule_id === 'course_completed' ? null : line.participations?.lessons ?? null,
        ground: groundWords(groundOf.get(line.id), lang),
        askedMinutes: line.asked_minutes,
        minutes: line.minutes,
        milliCreditsPerMinute: line.milli_credits_per_minute,
        milliCredits: moved,
        owedMilliCredits: OWING.has(line.kind) ? moved - line.milli_credits : 0,
        balanceAfterMilliCredits: line.balance_after_milli_credits,
      }
    }),
  }
}

/** What belongs to a line once at most: PostgREST answers it bare, its types as a list. */
function one<T>(joined: T | T[] | null): T | undefined {
  return [joined ?? []].flat()[0] as T | undefined
}
