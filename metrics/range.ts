// Counting a range of days, part by part, all as of one moment.
import { randomUUID } from 'node:crypto'
import type postgres from 'postgres'

/** Homes in one part: small enough that the page's bar moves. */
const PART = 10

/**
 * Counts a range from the beginning and keeps what it comes to. All parts are read in one transaction that sees one moment, or somebody whose first record
 * changes meanwhile would count twice or nowhere; it writes nothing, so what each part came to is kept at once, and the page sees it.
 */
export async function countRange(sql: postgres.Sql, id: number, isWanted: () => boolean = () => true, size = PART): Promise<'counted' | 'dropped'> {
  const run = randomUUID()
  const [begun] = await sql`select private.begin_range_figure(${id}, ${run}) as is_begun`
  if (!begun!.is_begun) return 'dropped'
  const countedAt = await sql.begin('isolation level repeatable read read only', async (moment) => {
    const [seen] = await moment`select private.homes_of_range(${id}) as homes, clock_timestamp() as at`
    const homes = seen!.homes as number[]
    for (let done = 0; done < homes.length;) {
      if (!isWanted()) return null
      const part = homes.slice(done, done + size)
      const [counted] = await moment`select private.count_range_part(${id}, ${part})::text as cells`
      done += part.length
      const [kept] = await sql`select private.keep_range_part(${id}, ${run}, ${counted!.cells as string}::text::jsonb, ${done}, ${homes.length}) as is_kept`
      if (!kept!.is_kept) return null
    }
    return seen!.at as Date
  })
  if (!countedAt) return 'dropped'
  await sql`select private.end_range_figure(${id}, ${run}, ${countedAt})`
  return 'counted'
}
