import { CapChange } from '~~/shared/schemas/desk-credits'

/** Sets or lifts the most that a rule gives in a period. 404 `rule_unknown`, 409 `cap_follows`, 422 `from_day_past` | `cap_invalid`. */
export default formHandler(async (event) => {
  const { rule, fromDay, period, amount } = await readInput(event, CapChange)
  const { database } = await requireDesk(event, 'approval')
  const rates = await answerOf(database.rpc('credit_rates'))
  const byEvent = rates.find(({ rule_id }) => rule_id === rule)?.basis === 'event'
  await answerOf(database.rpc('set_credit_cap', {
    of_rule_id: rule, of_period: period, from_day: fromDay, amount: amount === null ? null! : Math.round(byEvent ? amount * 1000 : amount),
  }))
  return { set: true }
}, () => '/desk/credits')
