// Recounting the figures of a running portal: nobody waits for longer than the last marks take to be folded in.
import type postgres from 'postgres'

export interface Difference {
  year: number
  what: 'cell' | 'person'
  axis: number | null
  view: string | null
  slice: string | null
  unitId: number | null
  personId: number | null
  /** persons/person-times/seconds, or the ids of facts. */
  stored: string
  counted: string
}

const NETWORK = `'public.units'::regclass::oid::integer, 0`

const BATCH = 20_000

/** Folds in whatever waits, but for the few that come in meanwhile. */
export async function drain(sql: postgres.Sql): Promise<void> {
  while ((await sql`select private.drain_marks(${BATCH}) as counted`)[0]!.counted > BATCH / 20);
}

/** Builds the figures of every year anew, a year at a time. Reading and recording go on. */
export async function rebuild(sql: postgres.Sql, report: (year: number, cells: number) => void = () => undefined): Promise<void> {
  for (const year of await yearsOf(sql)) {
    const [row] = await sql`select private.rebuild_year(${year}::smallint) as cells`
    report(year, Number(row!.cells))
  }
  await drain(sql)
  await sql.unsafe('analyze public.coverage_cells, private.person_years')
}

/** Counts every year anew, beside the portal, and says where the stored figures differ. */
export async function differences(sql: postgres.Sql, report: (year: number, found: number) => void = () => undefined): Promise<Difference[]> {
  await drain(sql)
  const years = await yearsOf(sql)
  const [holder, reader] = [await sql.reserve(), await sql.reserve()]
  try {
    // While the tree is held nobody records: the last marks are folded in and a moment is kept in which nothing waits.
    await holder.unsafe(`select pg_advisory_lock(${NETWORK})`)
    try {
      while ((await holder`select private.drain_marks(${BATCH}) as counted`)[0]!.counted > 0);
      await reader`begin isolation level repeatable read`
      await reader`select from public.coverage_cells limit 1`
    }
    finally { await holder.unsafe(`select pg_advisory_unlock(${NETWORK})`) }
    const found: Difference[] = []
    for (const year of years) {
      const rows = await reader`select what, axis, view, slice, unit_id as "unitId", person_id as "personId", stored, counted from private.differing_figures(${year}::smallint)`
      found.push(...rows.map(row => ({ ...row, year, personId: row.personId === null ? null : Number(row.personId) }) as Difference))
      report(year, rows.length)
    }
    return found
  }
  finally {
    await reader`rollback`
    holder.release()
    reader.release()
  }
}

async function yearsOf(sql: postgres.Sql): Promise<number[]> {
  const rows = await sql`select year from private.counted_years() as year union select distinct year from public.participations order by year`
  return rows.map(({ year }) => year as number)
}
