/** What earns what today, and the caps on it: the versions in force, in the reader's words. */
export default defineEventHandler(async (event) => {
  const database = anonymousDatabase()
  const [rates, limits] = await Promise.all([answerOf(database.rpc('credit_rates')), answerOf(database.rpc('credit_limits'))])
  const { lang } = preferencesOf(event)
  return rates.map(rate => ({
    id: rate.rule_id!,
    name: (lang === 'en' ? rate.en : rate.zh)!,
    basis: rate.basis as 'minutes' | 'event',
    milliCredits: rate.milli_credits!,
    perMinutes: rate.per_minutes,
    caps: limits.filter(limit => limit.rule_id === rate.rule_id)
      .map(limit => ({ period: limit.period as 'day' | 'week' | 'month' | 'year' | 'lifetime', amount: limit.amount! })),
  }))
})
