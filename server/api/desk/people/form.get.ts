import { PersonFormQuery } from '~~/shared/schemas/people'

/** What the form of a person offers: places step by step, and groups that a registry keeps. */
export default defineEventHandler(async (event) => {
  const { unit: code, township } = readQuery(event, PersonFormQuery)
  const desk = await requireDesk(event, 'people')
  const { unit, trail } = await requireUnit(desk, code, 'people')
  const [groups, homes] = await Promise.all([
    answerOf(desk.database.from('population_groups').select('id, zh, en, ages').neq('id', 'resident').order('position')),
    homesBelow(desk, unit.id, township),
  ])
  return { unit, trail, groups: groups.filter(({ ages }) => ages === null).map(({ id, zh, en }) => ({ id, zh, en })), homes }
})
