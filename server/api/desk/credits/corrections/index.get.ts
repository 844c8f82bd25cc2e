import { CreditCorrectionsQuery } from '~~/shared/schemas/corrections'

const PAGE = 30

/** Corrections of people at a unit and below, those that wait first in line of asking. 403 `unit_not_yours`. */
export default defineEventHandler(async (event) => {
  const { unit: code, state, page } = readQuery(event, CreditCorrectionsQuery)
  const desk = await requireDesk(event, 'people')
  const { unit, trail } = await requireUnit(desk, code, 'people')
  const { data, count, error } = await desk.database.rpc('credit_corrections_below', { in_unit_id: unit.id, in_state: state }, { count: 'exact' })
    .select(CORRECTION_COLUMNS).order('id', { ascending: state === 'open' }).range((page - 1) * PAGE, page * PAGE - 1)
  if (error && error.code !== 'PGRST103') throw databaseRefusal(error)
  return {
    unit, trail, state, page, pages: Math.ceil((count ?? 0) / PAGE), total: count ?? 0,
    mayDecide: desk.me.posts.some(({ sights }) => sights.includes('approval')),
    corrections: (data ?? []).map(row => correctionOf(row, desk.me.person?.id)),
  }
})
