import { ActivityCode } from '~~/shared/schemas/activities'
import type { Entrant } from '../../../utils/activities/draws'

/** The draws of an activity with their seeds and results, and the numbers of whoever asks. 404 `activity_unknown`. */
export default defineEventHandler(async (event) => {
  const { code } = readParams(event, ActivityCode)
  const session = await currentSession(event)
  if (session) setHeader(event, 'cache-control', 'private, no-store')
  const [page, mine] = await Promise.all([drawsOf(anonymousDatabase(), code), session && !session.passwordChange ? numbersOf(session.database, code) : []])
  if (!page) throw refusal(404, 'activity_unknown')
  const drawn = (entrants: Entrant[], outcome: Entrant['outcome']) => entrants.filter(one => one.outcome === outcome).sort((a, b) => (a.place ?? a.number) - (b.place ?? b.number)).map(({ number, size }) => ({ number, size }))
  return {
    ...page, mine,
    draws: page.draws.map(({ entrants, ...draw }) => ({ ...draw, result: entrants && { seat: drawn(entrants, 'seat'), line: drawn(entrants, 'line'), withdrawn: drawn(entrants, 'withdrawn') } })),
  }
})

async function numbersOf(database: Parameters<typeof drawsOf>[0], code: string) {
  const [signups, numbers] = await Promise.all([answerOf(database.rpc('my_signups')), answerOf(database.rpc('my_draw_entries'))])
  return numbers.flatMap(({ signup_id: id, pool_id: pool, number, place, outcome }) => {
    const signup = signups.find(one => one.signup_id === id && one.activity_code === code)
    return signup ? [{ name: signup.name!, isMe: signup.is_me!, pool: pool!, number: number!, place, outcome: outcome as Entrant['outcome'] | null }] : []
  })
}
