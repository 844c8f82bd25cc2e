import { PersonFormQuery } from '~~/shared/schemas/people'

/** What the form of a person offers: places step by step, and groups that a registry keeps. */
export default defineEventHandler(async (event) => {
  const { unit: code, county, township } = readQuery(event, PersonFormQuery)
  const desk = await requireDesk(event, 'people')
  const { unit, trail } = await requireUnit(desk, code, 'people')
  const [groups, villages] = await Promise.all([
    answerOf(desk.database.from('population_groups').select('id, zh, en, ages').neq('id', 'resident').order('position')),
    villagesBelow(desk, unit.id),
  ])
  return { unit, trail, county, township, groups: groups.filter(({ ages }) => ages === null).map(({ id, zh, en }) => ({ id, zh, en })), villages }
})
