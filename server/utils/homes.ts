import type { Desk } from './desk'

/** More than anyone looks through in one list: of more, the township is chosen first. */
export const HOMES_IN_A_LIST = 500

export interface Township { id: number, code: string, name: string, above: string | null, villages: number }
export interface Village { id: number, name: string, township: string }
/** Homes to choose from: all of them; or the townships, and those of the one that was chosen. */
export interface Homes { townships: Township[] | null, township: string | null, villages: Village[] }
export interface HomesSource { townships: (unitId: number) => Promise<Township[]>, villages: (unitId: number) => Promise<Village[]> }

export async function chooseHomes(source: HomesSource, unitId: number, township: string | undefined, most = HOMES_IN_A_LIST): Promise<Homes> {
  const townships = await source.townships(unitId)
  const isFew = townships.reduce((sum, { villages }) => sum + villages, 0) <= most
  if (isFew || townships.length < 2) return { townships: null, township: null, villages: await source.villages(unitId) }
  const chosen = townships.find(({ code }) => code === township)
  return { townships, township: chosen?.code ?? null, villages: chosen ? await source.villages(chosen.id) : [] }
}

/** Open villages of a unit to choose a home from, `township` the code of the one that was chosen. */
export async function homesBelow({ database }: Desk, unitId: number, township: string | undefined): Promise<Homes> {
  return chooseHomes({
    townships: async id => (await everyRow((from, to) => database.rpc('townships_below', { in_unit_id: id }).range(from, to)))
      .map(row => ({ id: row.unit_id!, code: row.code!, name: row.name!, above: row.above, villages: row.villages! })),
    villages: async id => (await everyRow((from, to) => database.rpc('villages_below', { in_unit_id: id }).range(from, to)))
      .map(row => ({ id: row.unit_id!, name: row.name!, township: row.township! })),
  }, unitId, township)
}

/** The homes of a unit, or around a school: those of the administration that it belongs to. */
export async function homesAround(desk: Desk, trail: readonly { id: number }[], township: string | undefined): Promise<Homes> {
  const own = await homesBelow(desk, trail.at(-1)!.id, township)
  return own.townships || own.villages.length || trail.length < 2 ? own : homesBelow(desk, trail.at(-2)!.id, township)
}
