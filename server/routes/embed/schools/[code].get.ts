import { UnitCode } from '~~/shared/schemas/network'
import { EmbedQuery } from '~~/shared/schemas/draws'

/**
 * What a school or place holds next, for the page of another website: a page without scripts and cookies that anybody may put in a frame.
 * 404 where there is no such unit.
 */
export default defineEventHandler(async (event) => {
  const { code } = readParams(event, UnitCode)
  const { few, lang } = readQuery(event, EmbedQuery)
  const unit = await answerOf(anonymousDatabase().from('units').select('id, code, name').eq('code', code).maybeSingle()) as { id: number, code: string, name: string } | null
  if (!unit) throw refusal(404, 'unit_unknown')
  const found = await answerOf(anonymousDatabase().rpc('find_activities', { near_unit_id: unit.id, page_size: few }))
  setHeaders(event, {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': `default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors *`,
  })
  return embeddedList(unit, found, lang)
})
