import { PassbookQuery } from '~~/shared/schemas/credits'

/** A year of the asker's passbook: opening balance, every line with its reason, closing balance. 401 `sign_in_needed`. */
export default defineEventHandler(async (event) => {
  setHeader(event, 'cache-control', 'private, no-store')
  const { database } = await requireSession(event)
  const thisYear = chinaYear()
  const { year = thisYear } = readQuery(event, PassbookQuery)
  const [from, to] = [`${year}-01-01T00:00:00+08:00`, `${year + 1}-01-01T00:00:00+08:00`]
  const [account, first, before, lines] = await Promise.all([
    database.from('credit_accounts').select('balance_milli_credits').maybeSingle(),
    database.from('credit_postings').select('posted_at').order('posted_at').order('id').limit(1).maybeSingle(),
    database.from('credit_postings').select('balance_after_milli_credits').lt('posted_at', from)
      .order('posted_at', { ascending: false }).order('id', { ascending: false }).limit(1).maybeSingle(),
    database.from('credit_postings')
      .select(`id, posted_at, milli_credits, balance_after_milli_credits, minutes, milli_credits_per_minute, credit_rules(zh, en),
        participations(courses(slug, title), lessons(slug, title))`)
      .gte('posted_at', from).lt('posted_at', to).order('posted_at').order('id'),
  ])
  for (const { error } of [account, first, before, lines]) if (error) throw databaseRefusal(error)
  const { lang } = preferencesOf(event)
  const opening = before.data?.balance_after_milli_credits ?? 0
  const firstYear = first.data ? chinaYear(new Date(first.data.posted_at)) : thisYear
  return {
    year,
    years: Array.from({ length: thisYear - firstYear + 1 }, (_, index) => thisYear - index),
    balanceMilliCredits: account.data?.balance_milli_credits ?? 0,
    openingMilliCredits: opening,
    closingMilliCredits: lines.data!.at(-1)?.balance_after_milli_credits ?? opening,
    lines: lines.data!.map(line => ({
      id: line.id,
      postedAt: line.posted_at,
      rule: lang === 'en' ? line.credit_rules.en : line.credit_rules.zh,
      course: line.participations.courses,
      lesson: line.participations.lessons,
      minutes: line.minutes,
      milliCreditsPerMinute: line.milli_credits_per_minute,
      milliCredits: line.milli_credits,
      balanceAfterMilliCredits: line.balance_after_milli_credits,
    })),
  }
})
