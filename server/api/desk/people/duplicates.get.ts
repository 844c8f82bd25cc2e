import { PairQuery } from '~~/shared/schemas/people'
import type { DuplicateReason } from '~~/shared/types/people'

const PAGE = 20

/** Pairs of a unit that may be one person, the surest first. */
export default defineEventHandler(async (event) => {
  const { unit: code, page } = readQuery(event, PairQuery)
  const desk = await requireDesk(event, 'people')
  const { unit, trail } = await requireUnit(desk, code, 'people')
  const pairs = await answerOf(desk.database.rpc('duplicate_pairs', { in_unit_id: unit.id, page_size: PAGE, skip: (page - 1) * PAGE }))
  const ids = [...new Set(pairs.flatMap(pair => [pair.one_id!, pair.other_id!]))]
  const persons = ids.length ? await answerOf(desk.database.from('persons').select('id, name, sex, birth_year, units(name)').in('id', ids)) : []
  const byId = new Map(persons.map(({ id, name, sex, birth_year, units }) => [id, { id, name, sex, birthYear: birth_year, home: units.name }]))
  return {
    unit, trail, page, total: pairs[0]?.total ?? 0, pages: Math.ceil((pairs[0]?.total ?? 0) / PAGE),
    pairs: pairs.flatMap((pair) => {
      const [one, other] = [byId.get(pair.one_id!), byId.get(pair.other_id!)]
      return one && other ? [{ one, other, reason: pair.reason as DuplicateReason }] : []
    }),
  }
})
