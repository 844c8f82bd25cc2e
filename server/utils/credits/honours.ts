import type { HonourLevel, HonourStanding } from '~~/shared/types/credits'
import type { Json } from '~~/shared/types/database'
import type { Supabase } from '../database'

interface Named { zh: string, en: string }
interface Mine {
  rank: number | null
  reachedAt: string | null
  milliCredits: number
  held: Named | null
  earned: Record<string, number>
  levels: (Named & { rank: number, milliCredits: number, minima: (Named & { category: string, milliCredits: number })[] })[]
  events: (Named & { kind: 'reached' | 'taken_back', rank: number, at: string })[]
  mayBeNamed: boolean
  isNamed: boolean
  milliCreditsOfLesson: number | null
}

/** The levels in force, for whoever asks, in the reader's language. */
export async function honourLevels(database: Supabase, lang: 'zh-CN' | 'en'): Promise<HonourLevel[]> {
  const rows = await answerOf(database.from('honour_levels')
    .select('rank, zh, en, milli_credits, honour_schemes!inner(in_force), honour_minima(milli_credits, categories(id, zh, en))')
    .filter('honour_schemes.in_force', 'cs', `[${chinaToday()},${chinaToday()}]`).order('rank'))
  return rows.map(row => ({
    rank: row.rank, name: named(row, lang), milliCredits: row.milli_credits,
    minima: row.honour_minima.map(({ milli_credits: milliCredits, categories }) => ({ category: categories.id, name: named(categories, lang), milliCredits })),
  }))
}

/** Where the asker stands, and what the next level still needs. */
export function standingOf(answer: Json, lang: 'zh-CN' | 'en'): HonourStanding {
  const mine = answer as unknown as Mine
  const next = mine.levels.find(level => level.rank > (mine.rank ?? 0))
  return {
    name: mine.held && named(mine.held, lang), rank: mine.rank, reachedAt: mine.reachedAt, milliCredits: mine.milliCredits,
    next: next
      ? {
          name: named(next, lang), milliCredits: next.milliCredits, missing: Math.max(0, next.milliCredits - mine.milliCredits),
          subjects: next.minima.map(one => ({ name: named(one, lang), milliCredits: one.milliCredits, missing: Math.max(0, one.milliCredits - (mine.earned[one.category] ?? 0)) })),
        }
      : null,
    milliCreditsOfLesson: mine.milliCreditsOfLesson || null,
    events: mine.events.map(event => ({ kind: event.kind, name: named(event, lang), at: event.at })),
    mayBeNamed: mine.mayBeNamed, isNamed: mine.isNamed,
  }
}

function named({ zh, en }: Named, lang: 'zh-CN' | 'en'): string {
  return lang === 'en' ? en : zh
}

/** Who holds a level from a rank up at a unit and below, reached in some days, by part of a name. */
export async function honouredPeople(database: Supabase, unitId: number, wanted: { rank: number, from?: string, until?: string, name: string }, pageSize: number, skip: number) {
  const { rank, from, until, name } = wanted
  const rows = await answerOf(database.rpc('honoured_people', {
    in_unit_id: unitId, from_rank: rank, from_day: from ?? null!, until_day: until ?? null!, query: name, page_size: pageSize, skip,
  }))
  return {
    total: rows[0]?.total ?? 0,
    rows: rows.map(row => ({
      personId: row.person_id!, name: row.name!, home: row.home!, rank: row.rank!, zh: row.zh!, en: row.en!,
      reachedAt: row.reached_at!, milliCredits: row.milli_credits!, isNamed: row.is_named!,
    })),
  }
}

/** Schemes with their levels, the newest first. */
export async function honourSchemes(database: Supabase) {
  const today = chinaToday()
  const rows = await answerOf(database.from('honour_schemes')
    .select('id, in_force, honour_levels(rank, zh, en, milli_credits, honour_minima(category_id, milli_credits))').order('id', { ascending: false }))
  return rows.map(scheme => ({
    id: scheme.id, ...standing(scheme.in_force as string, today),
    levels: scheme.honour_levels.toSorted((one, other) => one.rank - other.rank).map(level => ({
      rank: level.rank, zh: level.zh, en: level.en, milliCredits: level.milli_credits,
      minima: level.honour_minima.map(one => ({ category: one.category_id, milliCredits: one.milli_credits })),
    })),
  }))
}
