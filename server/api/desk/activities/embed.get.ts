import { EmbedQuery, NoShowsQuery } from '~~/shared/schemas/draws'

/** What another website pastes to show what a unit holds. 403 `unit_not_yours`. */
export default defineEventHandler(async (event) => {
  const { unit: code } = readQuery(event, NoShowsQuery.pick({ unit: true }))
  const { few } = readQuery(event, EmbedQuery)
  const desk = await requireDesk(event, 'activities')
  const { unit, trail } = await requireUnit(desk, code, 'activities')
  const path = `/embed/schools/${unit.code}?few=${few}`
  const title = unit.name.replaceAll('"', '&quot;')
  return { unit, trail, few, path, snippet: `<iframe src="${siteOf(event)}${path}" title="${title}" loading="lazy" style="width:100%;height:480px;border:0"></iframe>` }
})
