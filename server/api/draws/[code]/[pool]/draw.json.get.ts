import { DrawFile } from '~~/shared/schemas/draws'

/** A draw as a file that draw-check.mjs draws again from; without a name in it. 404 `activity_unknown`. */
export default defineEventHandler(async (event) => {
  const { code, pool } = readParams(event, DrawFile)
  const draw = await publishedDraw(code, pool)
  setHeaders(event, { 'content-type': 'application/json; charset=utf-8', 'content-disposition': `attachment; filename="draw-${code}-${pool}.json"` })
  return draw
})
