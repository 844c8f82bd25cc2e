import { RuleAddition } from '~~/shared/schemas/desk-credits'

/** Adds a rule of the region's own, with its first version and a cap. 403 `unit_not_yours`, 409 `rule_named_already`, 422 with the field. */
export default formHandler(async (event) => {
  const rule = await readInput(event, RuleAddition)
  const { database } = await requireDesk(event, 'approval')
  const id = await answerOf(database.rpc('add_credit_rule', {
    zh: rule.zh, en: rule.en, ground: rule.ground, from_day: rule.fromDay, milli_credits: Math.round(rule.credits * 1000),
    cap_period: rule.capPeriod ?? undefined, cap_amount: rule.capCredits === null ? undefined : Math.round(rule.capCredits * 1000), first_month: rule.firstMonth ?? undefined,
  }))
  return { id }
}, () => '/desk/credits')
