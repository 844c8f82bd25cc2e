import type { ApplicationState } from '~~/shared/types/credits'

/** Awards that the asker can apply credits to, what each needs, and how their applications stand. 401 `sign_in_needed`, 403 `person_needed`. */
export default defineEventHandler(async (event) => {
  setHeader(event, 'cache-control', 'private, no-store')
  const { database } = await requireSession(event)
  const { lang } = preferencesOf(event)
  const [rows, balance] = await Promise.all([answerOf(database.rpc('my_awards')), answerOf(database.rpc('my_credit_balance'))])
  const named = ({ zh, en }: { zh: string | null, en: string | null }) => (lang === 'en' ? en : zh)!
  return {
    balanceMilliCredits: balance,
    awards: rows.map(row => ({
      id: row.award_id!, name: named(row), unit: row.unit!, milliCredits: row.milli_credits!, isOffered: row.is_open!,
      subjects: (row.minima as { zh: string, en: string, milliCredits: number, unused: number }[])
        .map(one => ({ name: named(one), milliCredits: one.milliCredits, missing: Math.max(0, one.milliCredits - one.unused) })),
      application: row.application_id ? { id: row.application_id, state: row.state as ApplicationState, askedAt: row.asked_at!, decision: row.decision } : null,
    })),
  }
})
