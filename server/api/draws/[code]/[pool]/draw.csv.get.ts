import { DrawFile } from '~~/shared/schemas/draws'

/** A draw as a table, number by number. 404 `activity_unknown`. */
export default defineEventHandler(async (event) => {
  const { code, pool } = readParams(event, DrawFile)
  const { entrants } = await publishedDraw(code, pool)
  return sendTable(event, 'csv', `draw-${code}-${pool}`, 'draw', [
    ['number', 'size', 'rank', 'place', 'outcome'],
    ...entrants.map(({ number, size, rank, place, outcome }) => [number, size, rank, place, outcome]),
  ])
})
