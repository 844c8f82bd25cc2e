import { ReratingId, ReratingQuery } from '~~/shared/schemas/reratings'

/** Whom a re-rating concerns, as a file, as they are searched for on the page. 404 `rerating_unknown`. */
export default defineEventHandler(async (event) => {
  const { id } = readParams(event, ReratingId)
  const query = readQuery(event, ReratingQuery)
  const { database } = await requireDesk(event, 'approval')
  const row = await answerOf(database.from('credit_reratings').select('id').eq('id', id).maybeSingle())
  if (!row) throw refusal(404, 'rerating_unknown')
  const t = deskTranslator(event)
  async function* lines() {
    for await (const learner of rowsInPages((from, to) => reratingLearners(database, id, query).range(from, to))) {
      const one = reratedLearner(learner)
      yield [one.personId, one.name, one.home, one.beforeMilliCredits / 1000, one.afterMilliCredits / 1000, one.gainedMilliCredits / 1000, t(`reratings.learnerStates.${one.state}`)]
    }
  }
  sendFile(event, `rerating-${id}.csv`, 'text/csv; charset=utf-8')
  return streamCsv((['number', 'name', 'home', 'before', 'after', 'gained', 'state'] as const).map(column => t(`reratings.columns.${column}`)), lines())
})
