import { RuleChange } from '~~/shared/schemas/desk-credits'

/** Puts a rate in force from a day on. 404 `rule_unknown`, 409 `version_follows`, 422 `from_day_past` | `rate_invalid`. */
export default formHandler(async (event) => {
  const change = await readInput(event, RuleChange)
  const { database } = await requireDesk(event, 'approval')
  await answerOf(database.rpc('change_credit_rule', {
    of_rule_id: change.rule, from_day: change.fromDay, basis: change.basis,
    // By the minute one credit is given for so many minutes; by the event so many credits.
    milli_credits: change.basis === 'minutes' ? 1000 : Math.round(change.credits * 1000),
    per_minutes: change.basis === 'minutes' ? change.perMinutes : null!,
  }))
  return { changed: true }
}, () => '/desk/credits')
