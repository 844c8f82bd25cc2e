import { HonouredQuery } from '~~/shared/schemas/honours'

/** Who holds which level, as a file for a ceremony: up to 5,000, as searched for on the page. 403 `unit_not_yours`. */
export default defineEventHandler(async (event) => {
  const query = readQuery(event, HonouredQuery)
  const desk = await requireDesk(event, 'names')
  const { unit } = await requireUnit(desk, query.unit, 'names')
  const { rows } = await honouredPeople(desk.database, unit.id, query, 5000, 0)
  const t = deskTranslator(event)
  const { lang } = preferencesOf(event)
  sendFile(event, `honours-${unit.code}.csv`, 'text/csv; charset=utf-8')
  return toCsv([
    (['number', 'name', 'home', 'level', 'reached', 'credits', 'named'] as const).map(column => t(`honours.columns.${column}`)),
    ...rows.map(one => [one.personId, one.name, one.home, lang === 'en' ? one.en : one.zh, formatDate(one.reachedAt, lang), one.milliCredits / 1000, t(one.isNamed ? 'honours.yes' : 'honours.no')]),
  ])
})
