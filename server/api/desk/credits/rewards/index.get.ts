import { RewardsQuery } from '~~/shared/schemas/rewards'

/** The rewards that are collected at a unit, with their stock. 403 `unit_not_yours`. */
export default defineEventHandler(async (event) => {
  const { unit: code } = readQuery(event, RewardsQuery)
  const desk = await requireDesk(event, 'desk')
  const { unit, trail } = await requireUnit(desk, code, 'desk')
  const items = await answerOf(desk.database.from('credit_items')
    .select('id, kind, zh, en, price_milli_credits, hold_days, in_stock, offered, about').eq('unit_id', unit.id).order('id'))
  return {
    unit, trail,
    mayChange: desk.me.posts.some(post => post.sights.includes('approval')),
    items: items.map(item => ({
      id: item.id, kind: item.kind as 'honour', zh: item.zh, en: item.en, priceMilliCredits: item.price_milli_credits, holdDays: item.hold_days, inStock: item.in_stock, offered: item.offered, about: item.about,
    })),
  }
})
