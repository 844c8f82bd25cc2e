import { HonouredQuery } from '~~/shared/schemas/honours'

const AT_ONCE = 1000

/** Who holds which level, as a file for a ceremony, as searched for on the page. 403 `unit_not_yours`. */
export default defineEventHandler(async (event) => {
  const query = readQuery(event, HonouredQuery)
  const desk = await requireDesk(event, 'names')
  const { unit } = await requireUnit(desk, query.unit, 'names')
  const t = deskTranslator(event)
  const { lang } = preferencesOf(event)
  async function* lines() {
    for (let skip = 0, total = 1; skip < total; skip += AT_ONCE) {
      const page = await honouredPeople(desk.database, unit.id, query, AT_ONCE, skip)
      total = page.total
      for (const one of page.rows) {
        yield [one.personId, one.name, one.home, lang === 'en' ? one.en : one.zh, formatDate(one.reachedAt, lang), one.milliCredits / 1000, t(one.isNamed ? 'honours.yes' : 'honours.no')]
      }
    }
  }
  sendFile(event, `honours-${unit.code}.csv`, 'text/csv; charset=utf-8')
  return streamCsv((['number', 'name', 'home', 'level', 'reached', 'credits', 'named'] as const).map(column => t(`honours.columns.${column}`)), lines())
})
