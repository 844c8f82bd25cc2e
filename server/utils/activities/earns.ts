import type { H3Event } from 'h3'
import type { CreditBundle } from '~~/shared/types/credits'
import type { Session } from '../identity/session'

type Ahead = CreditBundle & { isPersonal: boolean }

// As long as what courses would bring is remembered.
const FRESH_SECONDS = 5

/** What coming to the next session would earn, in words: the asker with what they have already, everybody else with the caps. Null where nothing is to come. */
export async function activityEarns(event: H3Event, session: Session | null, code: string): Promise<string | null> {
  const ahead = session && !session.passwordChange
    ? await answerOf(session.database.rpc('activity_credit_ahead', { activity_code: code })) as unknown as Ahead | null
    : await aheadForAll(code)
  if (!ahead) return null
  const [t, bank] = [activityTold(event), bankTranslator(event)]
  if (!ahead.wholeMilliCredits) return t('told.earnsNone')
  const credits = bank(ahead.pointsPerCredit ? 'ahead.withPoints' : 'ahead.credits', {
    credits: formatCredits(ahead.wholeMilliCredits), points: formatCredits(ahead.wholeMilliCredits * (ahead.pointsPerCredit ?? 0)),
  })
  if (ahead.isPersonal) return ahead.milliCredits < ahead.wholeMilliCredits ? t('told.earnsNow', { credits, now: formatCredits(ahead.milliCredits) }) : t('told.earns', { credits })
  const caps = aheadCaps(bank, preferencesOf(event).lang, [ahead])
  return caps ? t('told.earnsCapped', { credits, caps }) : t('told.earns', { credits })
}

const aheadForAll = remembering(FRESH_SECONDS, async (code: string) => (await jobsSql()<{ ahead: Ahead | null }[]>`select private.activity_ahead_for_all(${code}) as ahead`)[0]!.ahead)
