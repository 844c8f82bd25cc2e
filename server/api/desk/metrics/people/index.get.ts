import { FigurePeopleQuery } from '~~/shared/schemas/desk'

const PAGE = 50

/**
 * The people behind one figure, 50 at a time: of a group, a category, a slice such as `area:urban`, or taught by the unit
 * (`axis=organiser`). Only for posts that see names at the unit; others are told how many there are, if that is not hidden.
 */
export default defineEventHandler(async (event) => {
  const query = readQuery(event, FigurePeopleQuery)
  const { axis, slice, after } = query
  const desk = await requireDesk(event, 'figures')
  const { view, ...figure } = await figureOfPeople(desk, query)
  const { unit, year, group } = figure
  const [found, cells, seesNames] = await Promise.all([
    peopleBehind(desk.database, { ...figure, view }, query, after, PAGE + 1),
    cellsOf(desk.database, unit.id, year, view, axis),
    answerOf(desk.database.rpc('sees_people_at', { in_unit_id: unit.id, of_group: group.id, axis_name: axis })),
  ])
  const people = found.slice(0, PAGE)
  const cell = cellOfPart(cells, group.id, slice)
  return {
    ...figure, axis, slice: slice ?? null, people,
    total: cell ? cell.persons : null, isHidden: cell?.persons === null,
    after, next: found.length > PAGE ? people.at(-1)!.id : null, seesNames,
  }
})
