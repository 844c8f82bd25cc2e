import { MaterialId } from '~~/shared/schemas/materials'

/** The text of a material as a file for a word processor. 404 `material_unknown`. */
export default defineEventHandler(async (event) => {
  const { id } = readParams(event, MaterialId)
  const { database } = await requireDesk(event, 'activities')
  const material = await answerOf(database.from('session_materials').select('kind, body, event_on').eq('id', id).maybeSingle())
  if (!material?.body) throw refusal(404, 'material_unknown')
  setHeaders(event, { 'content-type': 'text/plain; charset=utf-8', 'content-disposition': `attachment; filename="${material.kind}-${material.event_on}.txt"` })
  // The mark in front tells Windows which encoding it is.
  return `\uFEFF${material.body.replaceAll(/\r?\n/g, '\r\n')}\r\n`
})
