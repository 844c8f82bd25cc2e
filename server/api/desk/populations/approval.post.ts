import { PopulationDecision } from '~~/shared/schemas/populations'

/** Approves figures or returns them with a reason, all or none. 403 `population_own`, 409 `population_decided`. */
export default formHandler(async (event) => {
  const desk = await requireDesk(event, 'approval')
  const { ids, decision, reason } = await readInput(event, PopulationDecision)
  return { decided: await answerOf(desk.database.rpc('decide_populations', { version_ids: ids, approve: decision === 'approve', ...(decision === 'return' && { reason: reason ?? '' }) })), decision }
}, event => localPath(getHeader(event, 'referer')))
