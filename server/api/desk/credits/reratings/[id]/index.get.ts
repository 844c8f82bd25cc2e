import { ReratingId, ReratingQuery } from '~~/shared/schemas/reratings'

const PAGE = 50

/** A re-rating: how far it is, what it comes to, and a page of whom it concerns, most credits first. 404 `rerating_unknown`. */
export default defineEventHandler(async (event) => {
  const { id } = readParams(event, ReratingId)
  const query = readQuery(event, ReratingQuery)
  const { database, me } = await requireDesk(event, 'approval')
  const [row, [sums], list] = await Promise.all([
    answerOf(database.from('credit_reratings').select(RERATING_COLUMNS).eq('id', id).maybeSingle()),
    answerOf(database.rpc('rerating_sums', { rerating_id: id })),
    reratingLearners(database, id, query).range((query.page - 1) * PAGE, query.page * PAGE - 1),
  ])
  if (!row) throw refusal(404, 'rerating_unknown')
  if (list.error && list.error.code !== 'PGRST103') throw databaseRefusal(list.error)
  return {
    ...reratingOf(row),
    isRunning: row.state === 'counting' || row.state === 'posting',
    isMine: row.asked_person_id === me.person?.id,
    sums: {
      learners: sums!.learners!, done: sums!.done!, gaining: sums!.gaining!, losing: sums!.losing!, gained: sums!.gained!, lost: sums!.lost!,
      rebooked: sums!.rebooked!, unchanged: sums!.unchanged!, posted: sums!.posted!, outdated: sums!.outdated!,
    },
    name: query.name, only: query.only ?? '', page: query.page, total: list.count ?? 0, pages: Math.ceil((list.count ?? 0) / PAGE),
    learners: (list.data ?? []).map(reratedLearner),
  }
})
