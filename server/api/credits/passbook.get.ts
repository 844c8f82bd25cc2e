import { PassbookQuery } from '~~/shared/schemas/credits'
import type { PassbookLine } from '~~/shared/types/credits'

/** A year of the asker's passbook: opening balance, every line with its reason, closing balance. 401 `sign_in_needed`. */
export default defineEventHandler(async (event) => {
  setHeader(event, 'cache-control', 'private, no-store')
  const { database } = await requireSession(event)
  const thisYear = chinaYear()
  const { year = thisYear } = readQuery(event, PassbookQuery)
  const [from, to] = [`${year}-01-01T00:00:00+08:00`, `${year + 1}-01-01T00:00:00+08:00`]
  const [balance, first, before, lines] = await Promise.all([
    database.rpc('my_credit_balance'),
    database.from('credit_postings').select('posted_at').order('seq').limit(1).maybeSingle(),
    database.from('credit_postings').select('balance_after_milli_credits').lt('posted_at', from)
      .order('seq', { ascending: false }).limit(1).maybeSingle(),
    database.from('credit_postings')
      .select(`id, kind, outcome, reason, posted_at, milli_credits, balance_after_milli_credits, asked_minutes, minutes, milli_credits_per_minute, credit_rules(zh, en),
        participations(courses(slug, title), lessons(slug, title))`)
      .gte('posted_at', from).lt('posted_at', to).order('seq'),
  ])
  for (const { error } of [balance, first, before, lines]) if (error) throw databaseRefusal(error)
  const { lang } = preferencesOf(event)
  const opening = before.data?.balance_after_milli_credits ?? 0
  const firstYear = first.data ? chinaYear(new Date(first.data.posted_at)) : thisYear
  return {
    year,
    years: Array.from({ length: thisYear - firstYear + 1 }, (_, index) => thisYear - index),
    balanceMilliCredits: balance.data ?? 0,
    openingMilliCredits: opening,
    closingMilliCredits: lines.data!.at(-1)?.balance_after_milli_credits ?? opening,
    lines: lines.data!.map(line => ({
      id: line.id,
      postedAt: line.posted_at,
      kind: line.kind as PassbookLine['kind'],
      outcome: line.outcome as PassbookLine['outcome'],
      reason: line.reason,
      rule: (lang === 'en' ? line.credit_rules?.en : line.credit_rules?.zh) ?? null,
      course: line.participations?.courses ?? null,
      lesson: line.participations?.lessons ?? null,
      askedMinutes: line.asked_minutes,
      minutes: line.minutes,
      milliCreditsPerMinute: line.milli_credits_per_minute,
      milliCredits: line.milli_credits,
      balanceAfterMilliCredits: line.balance_after_milli_credits,
    })),
  }
})
