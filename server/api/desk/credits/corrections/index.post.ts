import { CreditCorrection } from '~~/shared/schemas/corrections'

/**
 * Asks for credits for a learner, or for a posting to be taken back; another person decides.
 * 404 `person_unknown` | `posting_unknown`, 409 `correction_open` | `reversed_already` | `reversal_of_reversal` | `own_account`, 422 with the field.
 */
export default formHandler(async (event) => {
  const asked = await readInput(event, CreditCorrection)
  const { database } = await requireDesk(event, 'people')
  const id = await answerOf(asked.kind === 'grant'
    ? database.rpc('ask_credit_grant', { of_person_id: asked.person, milli_credits: asked.credits === null ? null! : Math.round(asked.credits * 1000), happened_on: asked.day, ground: asked.ground, reason: asked.reason, of_rule_id: asked.rule })
    : database.rpc('ask_credit_reversal', { posting_id: asked.posting, ground: asked.ground, reason: asked.reason }))
  return { id, person: asked.person }
}, (_event, { person }) => `/desk/credits/corrections/${person}?asked=1`)
