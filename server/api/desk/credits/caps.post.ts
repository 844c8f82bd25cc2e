import { CapChange } from '~~/shared/schemas/desk-credits'

/**
 * Sets or lifts the most that a rule gives in a period, of all, of a category or at each institution.
 * 404 `rule_unknown`, 409 `cap_follows`, 422 `from_day_past` | `cap_invalid` | `cap_not_whole` | `category_unknown` | `first_month_invalid` | `scope_not_for_decisions`.
 */
export default formHandler(async (event) => {
  const { rule, fromDay, period, amount, scope, firstMonth } = await readInput(event, CapChange)
  const { database } = await requireDesk(event, 'approval')
  await answerOf(database.rpc('set_credit_cap', {
    of_rule_id: rule, of_period: period, from_day: fromDay, amount: amount!,
    of_category_id: scope.category, each_institution: scope.eachInstitution, first_month: firstMonth ?? undefined,
  }))
  return { set: true }
}, () => '/desk/credits')
