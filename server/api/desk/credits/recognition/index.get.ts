import { CasesQuery } from '~~/shared/schemas/recognition'

const PAGE = 50

/** Cases of a unit and those below it: those to work on, the longest waiting first, or those that ended. 403 `unit_not_yours`. */
export default defineEventHandler(async (event) => {
  const { unit: code, ended, page } = readQuery(event, CasesQuery)
  const desk = await requireDesk(event, 'approval')
  const { unit, trail } = await requireUnit(desk, code, 'approval')
  const rows = await answerOf(desk.database.rpc('recognition_worklist', { in_unit_id: unit.id, ended, page_size: PAGE, skip: (page - 1) * PAGE }))
  return {
    unit, trail, ended, page, pages: Math.ceil((rows[0]?.total ?? 0) / PAGE),
    cases: rows.map(row => ({
      id: row.case_id!, name: row.name!, home: row.home!, body: row.body!, title: row.title!, state: row.state as 'open', submittedAt: row.submitted_at!, endedAt: row.ended_at,
      proposals: row.proposals!, isMine: row.mine!, isOwn: row.own!, isDouble: row.double!,
    })),
  }
})
