import { CapChange } from '~~/shared/schemas/desk-credits'

/**
 * Sets or lifts the most that a rule gives in a period, of all, of a category or at each institution.
 * 404 `rule_unknown`, 409 `cap_follows`, 422 `from_day_past` | `cap_invalid` | `cap_not_whole` | `category_unknown` | `first_month_invalid` | `scope_not_for_decisions`.
 */
export default formHandler(async (event) => {
  const { rule, fromDay, period, amount, scope, firstMonth } = await readInput(event, CapChange)
  const { database } = await requireDesk(event, 'approval')
  // The unit is that of the rule on the first day of the cap.
  const version = await answerOf(database.from('credit_rule_versions').select('basis').eq('rule_id', rule).contains('in_force', `[${fromDay},${fromDay}]`).maybeSingle())
  const byEvent = version?.basis === 'event'
  if (!byEvent && amount !== null && !Number.isInteger(amount)) throw refusal(422, 'cap_not_whole', { field: 'amount' })
  await answerOf(database.rpc('set_credit_cap', {
    of_rule_id: rule, of_period: period, from_day: fromDay, amount: amount === null ? null! : Math.round(byEvent ? amount * 1000 : amount),
    of_category_id: scope.startsWith('category:') ? scope.slice('category:'.length) : undefined, each_institution: scope === 'institution', first_month: firstMonth ?? undefined,
  }))
  return { set: true }
}, () => '/desk/credits')
