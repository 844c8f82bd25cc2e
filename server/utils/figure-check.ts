import type { FigureCheck } from '~~/shared/types/desk'
import type { Supabase } from './database'

/** What the last nightly check of the figures said. */
export async function figureCheckStanding(database: Supabase): Promise<FigureCheck> {
  const row = (await answerOf(database.rpc('figure_check_standing')))[0]!
  return {
    last: row.day === null
      ? null
      : { day: row.day!, persons: row.persons_checked!, county: row.county, cells: row.cells_checked!,
          differences: { persons: row.differing_persons!, sums: row.differing_sums!, cells: row.differing_cells!, units: row.units! } },
    isOverdue: row.is_overdue!, isMine: row.is_mine!,
  }
}
