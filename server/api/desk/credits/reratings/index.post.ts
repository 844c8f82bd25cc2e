import { Rerating } from '~~/shared/schemas/reratings'

/**
 * Has counted who would gain or lose by a corrected rule, or by counting one learner anew; nothing is posted.
 * 404 `rule_unknown` | `person_unknown`, 409 `rerating_open` | `caps_of_other_unit`,
 * 422 with the field.
 */
export default formHandler(async (event) => {
  const asked = await readInput(event, Rerating)
  const { database } = await requireDesk(event, 'approval')
  const id = await answerOf(database.rpc('ask_rerating', {
    of_rule_id: asked.rule, kind: asked.kind, from_day: asked.fromDay!, until_day: asked.untilDay!, given: givenOf(asked), reason: asked.reason,
  }))
  await startJob(RERATING_JOB, { id }, String(id))
  return { id }
}, (_event, { id }) => `/desk/credits/reratings/${id}`)
