import { ResidentsFileQuery } from '~~/shared/schemas/desk'

const STEP = 200

/**
 * The list of residents as a file, CSV or for Excel, with what the page shows of each; that it was taken, and of how many, is an
 * event of the audit log. 403 `post_lacks_sight`, 422 `residents_file_too_large` for more than 10,000.
 */
export default defineEventHandler(async (event) => {
  const query = readQuery(event, ResidentsFileQuery)
  const { database, ...desk } = await requireDesk(event, 'names')
  const { unit } = await requireUnit({ database, ...desk }, query.below ?? query.unit, 'names')
  const { group, lacks } = query
  const total = await answerOf(database.rpc('count_residents', { in_unit_id: unit.id, of_group: group, lacks }))
  if (total > RESIDENTS_IN_FILE) throw refusal(422, 'residents_file_too_large', { most: RESIDENTS_IN_FILE })
  const people = []
  for (let after: number | undefined, isOver = false; !isOver;) {
    const page: Awaited<ReturnType<typeof residentsOf>> = await residentsOf(database, unit.id, query, after, STEP)
    people.push(...page)
    after = page.at(-1)?.id
    isOver = page.length < STEP
  }
  const { error } = await database.rpc('note_residents_file', { in_unit_id: unit.id, asked: { group: group ?? null, lacks: lacks ?? null }, people: people.length })
  if (error) throw databaseRefusal(error)
  const t = deskTranslator(event)
  const isEnglish = preferencesOf(event).lang === 'en'
  const yes = (is: boolean) => t(is ? 'residents.yes' : 'residents.no')
  return sendTable(event, query.format, `residents-${unit.code}`, t('residents.table'), [
    [t('figure.number'), t('people.colName'), t('people.sex'), t('people.birth'), t('residents.township'), t('people.home'), t('people.phone'), t('people.groups'), t('people.account'), t('residents.card')],
    ...people.map(person => [
      person.id, person.name, person.sex === 'female' || person.sex === 'male' ? t(`sex.${person.sex}`) : null, person.birthYear, person.township, person.home.name, person.phone,
      person.groups.map(({ zh, en }) => isEnglish ? en : zh).join(t('listSeparator')), yes(person.hasAccount), yes(person.hasCard),
    ]),
  ])
})
