import { FiguresQuery } from '~~/shared/schemas/figures'

/** What everybody may read: people reached by group, in tens, of a place and those right below it. 404 `unit_unknown`. */
export default defineEventHandler(async (event) => {
  const { place, year = chinaYear() } = readQuery(event, FiguresQuery)
  const figures = await publicFigures(place, year)
  if (!figures) throw refusal(404, 'unit_unknown')
  const { lang } = preferencesOf(event)
  return {
    ...figures,
    groups: figures.groups.map(({ id, zh, en, people, population }) => ({ id, name: lang === 'en' ? en : zh, people, population })),
  }
})
