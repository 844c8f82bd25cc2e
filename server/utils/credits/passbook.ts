import type { H3Event } from 'h3'
import type { PassbookLine, PassbookYear } from '~~/shared/types/credits'
import type { Supabase } from '../database'

interface Passbook extends PassbookYear {
  years: number[]
  balanceMilliCredits: number
  /** The level that was taken back last, until another is reached. */
  honourTakenBack: string | null
}

/** A year of the asker's passbook by the days of posting: opening balance, every line with its reason, closing balance. */
export async function passbookYear(event: H3Event, database: Supabase, year: number): Promise<Passbook> {
  const thisYear = chinaYear()
  const { lang } = preferencesOf(event)
  const say = linesSaid(event)
  const [from, to] = [`${year}-01-01T00:00:00+08:00`, `${year + 1}-01-01T00:00:00+08:00`]
  const [balance, [account], rows, honour] = await Promise.all([
    answerOf(database.rpc('my_credit_balance')),
    answerOf(database.rpc('my_account_before', { moment: from })),
    everyRow((start, end) => database.rpc('my_passbook', { from_time: from, to_time: to, skipped: start, most: end - start + 1 })),
    answerOf(database.from('honour_events').select('kind, honour_levels(zh, en)').order('id', { ascending: false }).limit(1).maybeSingle()),
  ])
  const opening = account?.milli_credits ?? 0
  const firstYear = account?.began_at ? chinaYear(new Date(account.began_at)) : thisYear
  return {
    year,
    years: Array.from({ length: thisYear - firstYear + 1 }, (_, index) => thisYear - index),
    balanceMilliCredits: balance ?? 0,
    honourTakenBack: honour?.kind === 'taken_back' ? lang === 'en' ? honour.honour_levels.en : honour.honour_levels.zh : null,
    openingMilliCredits: opening,
    closingMilliCredits: rows.at(-1)?.after ?? opening,
    lines: rows.map((row): PassbookLine => ({
      id: row.posting_id!, postedAt: row.posted_at!, kind: row.kind as PassbookLine['kind'], outcome: row.outcome as PassbookLine['outcome'],
      ...say(row, row.moved!, row.owed!),
      milliCredits: row.moved!, owedMilliCredits: row.owed!, balanceAfterMilliCredits: row.after!,
    })),
  }
}
