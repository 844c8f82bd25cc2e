import type { PointLine } from '~~/shared/types/credits'

/** The region's terms of points; to a person also what can be used until which day, and every movement. */
export default defineEventHandler(async (event) => {
  setHeader(event, 'cache-control', 'private, no-store')
  const session = await currentSession(event)
  const { lang } = preferencesOf(event)
  const terms = await pointTerms(session?.database ?? anonymousDatabase())
  if (!session) return { terms, mine: null }
  const [lots, lines] = await Promise.all([answerOf(session.database.rpc('my_points')), answerOf(session.database.rpc('my_point_lines'))])
  return {
    terms,
    mine: {
      milliPoints: lots.reduce((sum, lot) => sum + lot.milli_points!, 0),
      lots: lots.map(lot => ({ lastDay: lot.last_day, milliPoints: lot.milli_points! })),
      lines: lines.map((line): PointLine => ({
        id: line.id!, kind: line.kind as PointLine['kind'], postedAt: line.posted_at!, milliPoints: line.milli_points!, lastDay: line.last_day,
        name: lang === 'en' ? line.en : line.zh,
      })),
    },
  }
})
