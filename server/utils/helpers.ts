import type { DeskHelp, HelpConsent } from '~~/shared/types/family'
import type { Supabase } from './database'

/** Who helps a person with activities, who asked to, and who did. */
export async function helpersOf(database: Supabase, personId: number): Promise<DeskHelp[]> {
  const rows = await answerOf(database.rpc('helpers_of', { of_person_id: personId }))
  return rows.map(row => ({
    id: row.id!, helperId: row.helper_id!, name: row.name!, relation: row.relation as HelpRelation, consent: row.consent as HelpConsent | null,
    askedAt: row.asked_at!, consentAt: row.consent_at, endedAt: row.ended_at,
  }))
}

/** What the person reads who is asked: whose wish it is, what it is about, and that the code is for this alone. */
export function helpCodeText(helper: string, code: string): string {
  return `【邻学】${helper}想帮您报名社区活动、看您的活动通知。您同意，就把验证码 ${code} 告诉他；不同意，不用理会。15 分钟内有效。`
}
