import type { Holiday } from './repeat.ts'

const DAY = 86_400_000

interface Held {
  id: number
  opensAt: string | null
  closesAt: string | null
  again: string[]
  sessions: { startsAt: string, endsAt: string, venue: string | null, room: string | null, capacity: number | null }[]
}
type Moved<One extends Held> = One & { skipped: { day: string, holiday: Holiday }[], isKnown: boolean }

/**
 * The activities of a term, moved by whole weeks so that the first session of all lies on or after `start`, each on its day of the week and at its
 * hour. What would fall on a holiday is left out and named; an activity of which nothing is left has no sessions.
 */
export function movedTerm<One extends Held>(held: readonly One[], start: string, holidays: readonly Holiday[]): Moved<One>[] {
  const first = held.flatMap(({ sessions }) => sessions.map(({ startsAt }) => chinaDay(startsAt))).sort()[0]
  if (!first) return []
  const weeks = Math.ceil((Date.parse(start) - Date.parse(first)) / DAY / 7)
  const moved = <At extends string | null>(at: At) => (at === null ? null : new Date(Date.parse(at) + weeks * 7 * DAY).toISOString()) as At
  return held.map((one) => {
    const dated = one.sessions.map(session => ({ ...session, startsAt: moved(session.startsAt), endsAt: moved(session.endsAt) }))
      .map(session => ({ session, holiday: holidays.find(({ from, to }) => chinaDay(session.startsAt) >= from && chinaDay(session.startsAt) <= to) }))
    const sessions = dated.filter(({ holiday }) => !holiday).map(({ session }) => session)
    return {
      ...one, opensAt: moved(one.opensAt), closesAt: moved(one.closesAt), sessions,
      skipped: dated.flatMap(({ session, holiday }) => holiday ? [{ day: chinaDay(session.startsAt), holiday }] : []),
      isKnown: sessions.length > 0 && one.again.some(at => Date.parse(at) === Date.parse(sessions[0]!.startsAt)),
    }
  })
}

/** China keeps one offset all the year, so whole days move no hour. */
function chinaDay(at: string): string {
  return new Date(Date.parse(at) + 8 * 3_600_000).toISOString().slice(0, 10)
}
