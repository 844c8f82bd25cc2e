import type { H3Event } from 'h3'
import type { CreditBundle } from '~~/shared/types/credits'
import type { Session } from '../identity/session'

/** What coming to the next session would earn the asker, in words; null for visitors, newcomers and where nothing is to come. */
export async function activityEarns(event: H3Event, session: Session | null, code: string): Promise<string | null> {
  if (!session || session.passwordChange) return null
  const ahead = await answerOf(session.database.rpc('activity_credit_ahead', { activity_code: code })) as unknown as CreditBundle | null
  if (!ahead) return null
  const t = activityTold(event)
  const [credits, now] = [formatCredits(ahead.wholeMilliCredits), formatCredits(ahead.milliCredits)]
  if (!ahead.wholeMilliCredits) return t('told.earnsNone')
  return ahead.milliCredits < ahead.wholeMilliCredits ? t('told.earnsNow', { credits, now }) : t('told.earns', { credits })
}
