import { FigurePeopleFileQuery } from '~~/shared/schemas/desk'

const STEP = 200
const MOST = 10_000

/**
 * The people behind one figure as a file, CSV or for Excel, with what the page shows of each; that it was taken is an event
 * of the audit log. 403 `names_hidden`, 422 `figure_file_too_large` for more than 10,000 people.
 */
export default defineEventHandler(async (event) => {
  const query = readQuery(event, FigurePeopleFileQuery)
  const desk = await requireDesk(event, 'names')
  const figure = await figureOfPeople(desk, query)
  const { unit, year, group, category } = figure
  if (!await answerOf(desk.database.rpc('sees_people_at', { in_unit_id: unit.id, of_group: group.id, axis_name: query.axis }))) throw refusal(403, 'names_hidden')
  const people = []
  for (let after: number | null = 0; after !== null;) {
    const page: Awaited<ReturnType<typeof peopleBehind>> = await peopleBehind(desk.database, figure, query, after, STEP)
    people.push(...page)
    if (people.length > MOST) throw refusal(422, 'figure_file_too_large', { most: MOST })
    after = page.length === STEP ? page.at(-1)!.id : null
  }
  // What was refused was not taken, and nothing is taken that is not written down.
  await answerOf(desk.database.rpc('note_figure_file', {
    in_unit_id: unit.id, figure: { year, group: group.id, axis: query.axis, ...(category && { category: category.id }), ...(query.slice && { slice: query.slice }) },
  }))
  const t = deskTranslator(event)
  return sendTable(event, query.format, `people-${unit.code}-${year}-${group.id}`, t('figure.table'), [
    [t('figure.number'), t('figure.name'), t('figure.sex'), t('figure.birth'), t('figure.home'), t('metrics.columns.personTimes'), t('metrics.columns.hours')],
    ...people.map(person => [
      person.id, person.name ?? t('figure.hidden'), person.sex === 'female' || person.sex === 'male' ? t(`sex.${person.sex}`) : null,
      person.birthYear ?? (person.birthDecade === null ? null : t('figure.birthDecade', { decade: String(person.birthDecade) })), person.home, person.personTimes, person.hours,
    ]),
  ])
})
