import type { H3Event } from 'h3'
import type { PassbookLine } from '~~/shared/types/credits'
import { type PostingGround, lineWords } from './line-words'

/** What my_passbook() and my_statement_lines() have in common. */
export interface AccountRow {
  kind: string | null
  outcome: string | null
  reason: string | null
  decision: string | null
  recounted: string | null
  rule_zh: string | null
  rule_en: string | null
  course_slug: string | null
  course: string | null
  lesson: string | null
  ground: unknown
  asked_minutes: number | null
  minutes: number | null
  milli_credits_per_minute: number | null
  is_others: boolean | null
}

/** Puts lines of an account into the reader's words: what each is for, where that can be read, and why it is as much as it is. */
export function linesSaid(event: H3Event) {
  const { lang } = preferencesOf(event)
  const line = lineTranslator(event)
  const words = lineWords(line, lang)

  return (row: AccountRow, milliCredits: number, owedMilliCredits: number): Pick<PassbookLine, 'what' | 'why' | 'course' | 'lesson' | 'ground'> => {
    const ground = row.ground as PostingGround | null
    const facts = {
      kind: row.kind!, outcome: row.outcome!, reason: row.reason, decision: row.decision, recounted: row.recounted, rule: lang === 'en' ? row.rule_en : row.rule_zh, ground,
      isOthers: row.is_others!, askedMinutes: row.asked_minutes, minutes: row.minutes!, milliCreditsPerMinute: row.milli_credits_per_minute!, milliCredits, owedMilliCredits,
    }
    return {
      what: words.what(facts), why: words.why(facts),
      course: row.course === null ? null : { slug: row.course_slug, title: row.course }, lesson: row.lesson === row.course ? null : row.lesson,
      ground: groundWords(ground),
    }
  }

  function groundWords(ground: PostingGround | null): PassbookLine['ground'] {
    const title = ground && ((lang === 'en' ? ground.en : null) ?? ground.zh)
    if (!title) return null
    const what = ground.day ? `${title} · ${formatDate(ground.day, lang)}` : title
    const { host } = ground
    return { text: host ? line(ground.listed ? 'listed' : 'heldBy', { what, host }) : what, link: linkOf(ground) }
  }
}

function linkOf({ kind, code, case: ofCase }: PostingGround): string | null {
  switch (kind) {
    case 'session': return `/activities/${code}`
    case 'service': return '/my/service'
    case 'recognition': return `/credits/recognition#case-${ofCase}`
    case 'award': return '/credits/awards'
    case 'reward': return '/credits/rewards'
    default: return null
  }
}
