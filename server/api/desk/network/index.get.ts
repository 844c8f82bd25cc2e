import { AsOfQuery } from '~~/shared/schemas/desk-network'
import type { NetworkUnit, School, UnitLevel } from '~~/shared/types/desk'

/**
 * The network below a unit: counts by level, and the units of the next two levels, today or as of a day (`on`).
 * 404 `unit_unknown`, 403 `unit_not_yours`.
 */
export default defineEventHandler(async (event) => {
  const { unit: code, on } = readQuery(event, AsOfQuery)
  const desk = await requireDesk(event)
  const { unit, trail } = await requireUnit(desk, code, 'desk')
  const today = chinaToday()
  const [levels, units, sight] = await Promise.all([
    answerOf(desk.database.rpc('network_summary', { in_unit_id: unit.id, day: on ?? today })),
    answerOf(on && on !== today ? desk.database.rpc('network_as_of', { in_unit_id: unit.id, day: on }) : desk.database.rpc('network_tree', { in_unit_id: unit.id })),
    networkSight(desk.database, unit.code),
  ])
  return {
    unit, trail, today, on: on ?? today, edits: sight.edits,
    levels: levels.map(row => ({
      level: row.level as UnitLevel,
      administrations: row.administrations!,
      shouldBuild: row.should_build!,
      built: row.built!,
      teachingUnits: row.teaching_units!,
    })),
    units: units.map((row): NetworkUnit => ({
      id: row.unit_id!, code: row.code!, parentId: row.parent_id, depth: row.depth!, level: row.level as UnitLevel,
      name: row.name!, localName: row.local_name, area: row.area as NetworkUnit['area'],
      shouldBuild: row.should_build!, openedOn: row.opened_on, closedOn: row.closed_on,
      hasChildren: row.has_children!, teaching: row.teaching as unknown as School[],
    })),
  }
})
