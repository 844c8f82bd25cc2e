/** What credits can be set aside for, where it is collected and how many are left; to a person also what can be used and what waits for them. */
export default defineEventHandler(async (event) => {
  setHeader(event, 'cache-control', 'private, no-store')
  const session = await currentSession(event)
  const database = session?.database ?? anonymousDatabase()
  const { lang } = preferencesOf(event)
  const [{ now: terms }, items, balance, points, holds] = await Promise.all([
    pointTerms(database),
    answerOf(database.from('credit_items').select('id, kind, zh, en, price_milli_credits, hold_days, in_stock, about, units(code, name)').eq('offered', true).order('price_milli_credits').order('id')),
    session ? answerOf(session.database.rpc('my_credit_balance')) : null,
    session ? answerOf(session.database.rpc('my_points')) : null,
    session ? answerOf(session.database.from('credit_holds').select('id, item_id, code, status, held_at, until, ended_at, credit_items(zh, en, about, units(name))').order('id', { ascending: false }).limit(20)) : [],
  ])
  const named = ({ zh, en }: { zh: string, en: string }) => lang === 'en' ? en : zh
  return {
    balanceMilliCredits: balance,
    /** Where the region keeps points, these are the price; amounts in thousandths. */
    pointsPerCredit: terms?.pointsPerCredit ?? null,
    balanceMilliPoints: points && points.reduce((sum, lot) => sum + lot.milli_points!, 0),
    items: items.map(item => ({
      id: item.id, kind: item.kind, name: named(item), priceMilliCredits: item.price_milli_credits, holdDays: item.hold_days, inStock: item.in_stock,
      about: item.about, unit: item.units,
    })),
    holds: holds.map(hold => ({
      id: hold.id, itemId: hold.item_id, name: named(hold.credit_items), about: hold.credit_items.about, unit: hold.credit_items.units.name, status: hold.status as 'held' | 'collected' | 'returned' | 'timed_out',
      /** Only while it can still be used. */
      code: hold.status === 'held' ? hold.code : null,
      until: hold.until, endedAt: hold.ended_at,
    })),
  }
})
