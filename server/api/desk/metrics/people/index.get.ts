import { FigurePeopleQuery } from '~~/shared/schemas/desk'

const PAGE = 50

/** The people behind one figure, 50 at a time; without name and birth year where the post grants none. */
export default defineEventHandler(async (event) => {
  const { unit: code, year = thisYear(), group: groupId, after } = readQuery(event, FigurePeopleQuery)
  const desk = await requireDesk(event, 'figures')
  const { unit, trail } = await requireUnit(desk, code, 'figures')
  const [rows, figures, { groups }] = await Promise.all([
    answerOf(desk.database.rpc('coverage_people', { in_unit_id: unit.id, counted_year: year, counted_group: groupId, page_size: PAGE + 1, after_person_id: after })),
    answerOf(desk.database.rpc('coverage_of_unit', { in_unit_id: unit.id, counted_year: year })),
    figureChoices(desk.database, unit.id),
  ])
  const people = rows.slice(0, PAGE).map(row => ({
    id: row.person_id!, name: row.name, sex: row.sex, birthYear: row.birth_year, birthDecade: row.birth_decade,
    home: row.home!, personTimes: row.person_times!, hours: row.hours!,
  }))
  return {
    unit, trail, year, group: chosenGroup(groups, groupId), people, total: figures.find(({ kind, code }) => kind === 'group' && code === groupId)?.persons ?? 0,
    after, next: rows.length > PAGE ? people.at(-1)!.id : null,
    seesNames: desk.me.posts.some(post => post.sights.includes('names')),
  }
})
