import { PairQuery } from '~~/shared/schemas/people'

const PAGE = 50

/** Minors of a unit whose guardian died and who have no other. */
export default defineEventHandler(async (event) => {
  const { unit: code, page } = readQuery(event, PairQuery)
  const desk = await requireDesk(event, 'names')
  const { unit, trail } = await requireUnit(desk, code, 'names')
  const rows = await answerOf(desk.database.rpc('wards_without_guardian', { in_unit_id: unit.id, page_size: PAGE, skip: (page - 1) * PAGE }))
  return {
    unit, trail, page, total: rows[0]?.total ?? 0, pages: Math.ceil((rows[0]?.total ?? 0) / PAGE),
    wards: rows.map(row => ({
      id: row.child_id!, name: row.name!, birthYear: row.birth_year!, home: row.home!,
      guardian: { id: row.guardian_id!, name: row.guardian! }, diedOn: row.died_on!,
    })),
  }
})
