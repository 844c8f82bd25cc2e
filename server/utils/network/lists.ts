import type { z } from 'zod'
import type { UnitActsQuery, UnitListQuery } from '~~/shared/schemas/network-lists'
import type { UnitLevel } from '~~/shared/types/desk'
import type { Supabase } from '../database'

/** Units at and below one as of a day, chosen by what is recorded of them; how many there are in all stands on each. */
export async function networkUnits(database: Supabase, unitId: number, query: z.infer<typeof UnitListQuery>, size: number, skip: number) {
  const { on = chinaToday(), kind, level, standard, zone, computers, unknown, build, closed, sort } = query
  const rows = await answerOf(database.rpc('network_units', {
    in_unit_id: unitId, day: on, sort, page_size: size, skip, with_closed: closed === 'yes', computers_unknown: unknown === 'yes',
    ...(kind && { of_kind: kind }), ...(level && { of_level: level }), ...(standard && { standard }), ...(zone && { zone }),
    ...(computers && { computers_below: computers }), ...(build && { build }),
  }))
  return {
    total: rows[0]?.total ?? 0,
    units: rows.map(row => ({
      code: row.code!, name: row.name!, localName: row.local_name, kindZh: row.kind_zh!, kindEn: row.kind_en!, isTeaching: row.nature === 'teaching', level: row.level as UnitLevel,
      area: row.area as 'urban' | 'rural' | null, above: row.above_name, shouldBuild: row.should_build!, built: row.built, standardMet: row.standard_met,
      zone: row.zone_status as 'experimental' | 'demonstration' | null, zoneLevel: row.zone_level as 'national' | 'provincial' | 'city' | 'county' | null,
      rooms: row.rooms, computers: row.computers, openedOn: row.opened_on, closedOn: row.closed_on,
    })),
  }
}

/** What was done to the tree below a unit; of this year unless days are given. */
export async function networkActs(database: Supabase, unitId: number, query: z.infer<typeof UnitActsQuery>, size: number, skip: number) {
  const until = query.until ?? chinaToday()
  const from = query.from ?? `${until.slice(0, 4)}-01-01`
  const rows = await answerOf(database.rpc('network_acts', { in_unit_id: unitId, from_day: from, until_day: until, page_size: size, skip, ...(query.act && { of_act: query.act }) }))
  return {
    from, until, total: rows[0]?.total ?? 0,
    acts: rows.map(row => ({
      day: row.day!, act: row.act as 'moved', code: row.code!, name: row.name!, level: row.level as UnitLevel, kindZh: row.kind_zh!, kindEn: row.kind_en!,
      from: row.from_name, to: row.to_name, recordedAt: row.recorded_at!, recordedBy: row.recorded_by,
    })),
  }
}

/** Everything that a list tells in pages, for its file. */
export async function everyPage<T>(read: (size: number, skip: number) => Promise<{ rows: T[], total: number }>): Promise<T[]> {
  const SIZE = 1000
  const all: T[] = []
  for (;;) {
    const { rows, total } = await read(SIZE, all.length)
    all.push(...rows)
    if (rows.length === 0 || all.length >= total) return all
  }
}
