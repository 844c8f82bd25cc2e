import { FigurePeopleQuery } from '~~/shared/schemas/desk'

const PAGE = 50

/**
 * The people behind one figure, 50 at a time: of a group, a category, a slice such as `area:urban`. Only for posts that see
 * names at the unit; others are told how many there are, if that is not hidden.
 */
export default defineEventHandler(async (event) => {
  const { unit: code, year = thisYear(), group: groupId, category: categoryId, slice, after } = readQuery(event, FigurePeopleQuery)
  const desk = await requireDesk(event, 'figures')
  const { unit, trail } = await requireUnit(desk, code, 'figures')
  const { groups, categories } = await figureChoices(desk.database, unit.id)
  const [group, category] = [chosenGroup(groups, groupId), chosenCategory(categories, categoryId)]
  const view = category ? `category:${category.id}` : 'all'
  const [rows, cells, seesNames] = await Promise.all([
    answerOf(desk.database.rpc('coverage_people', {
      in_unit_id: unit.id, counted_year: year, counted_group: group.id, page_size: PAGE + 1, after_person_id: after, view_code: view, slice_code: slice,
    })),
    cellsOf(desk.database, unit.id, year, view),
    seesNamesAt(desk.database, unit.id),
  ])
  const people = rows.slice(0, PAGE).map(row => ({
    id: row.person_id!, name: row.name, sex: row.sex, birthYear: row.birth_year, birthDecade: row.birth_decade,
    home: row.home!, personTimes: row.person_times!, hours: row.hours!,
  }))
  // How many a group and a slice have in common is counted nowhere; a slice alone, or a group alone, is.
  const cell = slice === undefined || group.id === 'resident' ? cells.find(one => `${one.kind}:${one.code}` === (slice ?? `group:${group.id}`)) : undefined
  return {
    unit, trail, year, group, category, slice: slice ?? null, people,
    total: cell ? cell.persons : null, isHidden: cell?.persons === null,
    after, next: rows.length > PAGE ? people.at(-1)!.id : null, seesNames,
  }
})
