import { FigureRecordsFileQuery } from '~~/shared/schemas/desk'

const STEP = 199
const MOST = 20_000

/**
 * The records behind one figure as a file, CSV or for Excel, with what the page shows of each; that it was taken is an event
 * of the audit log. 403 `names_hidden`, 422 `figure_records_too_many` for more than 20,000.
 */
export default defineEventHandler(async (event) => {
  const query = readQuery(event, FigureRecordsFileQuery)
  const desk = await requireDesk(event, 'names')
  const figure = await figureOfPeople(desk, query)
  const { unit, year, group, category } = figure
  if (!await answerOf(desk.database.rpc('sees_people_at', { in_unit_id: unit.id, of_group: group.id, axis_name: query.axis }))) throw refusal(403, 'names_hidden')
  const records = []
  for (let after: string | undefined = '0.0'; after !== undefined;) {
    const page: Awaited<ReturnType<typeof recordsBehind>> = await recordsBehind(desk.database, figure, query, after, STEP)
    records.push(...page)
    if (records.length > MOST) throw refusal(422, 'figure_records_too_many', { most: MOST })
    const last = page.at(-1)
    after = page.length === STEP && last ? `${last.person}.${last.id}` : undefined
  }
  // What was refused was not taken, and nothing is taken that is not written down.
  await answerOf(desk.database.rpc('note_figure_file', {
    in_unit_id: unit.id,
    figure: { year, group: group.id, axis: query.axis, records: records.length, ...(category && { category: category.id }), ...(query.slice && { slice: query.slice }) },
  }))
  const t = deskTranslator(event)
  const { lang } = preferencesOf(event)
  return sendTable(event, query.format, `records-${unit.code}-${year}-${group.id}`, t('figureRecords.table'), [
    [t('figureRecords.number'), t('figureRecords.day'), t('figure.number'), t('figure.name'), t('figure.home'), t('person.what'), t('metrics.category'), t('figureRecords.title'), t('person.host'), t('metrics.columns.hours')],
    ...records.map(record => [
      record.id, new Date(record.startedAt).toLocaleDateString('sv-SE', { timeZone: 'Asia/Shanghai' }), record.person, record.name ?? t('figure.hidden'), record.home, t(`kind.${record.kind as 'training'}`),
      lang === 'en' ? record.categoryEn : record.categoryZh, record.title, record.host, record.hours,
    ]),
  ])
})
