import { UnitQuery } from '~~/shared/schemas/desk'
import type { NetworkUnit, School, UnitLevel } from '~~/shared/types/desk'

/** The network below a unit: counts by level, and the units of the next two levels. 404 `unit_unknown`, 403 `unit_not_yours`. */
export default defineEventHandler(async (event) => {
  const { unit: code } = readQuery(event, UnitQuery)
  const desk = await requireDesk(event)
  const { unit, trail } = await requireUnit(desk, code, 'desk')
  const [levels, units] = await Promise.all([
    answerOf(desk.database.rpc('network_summary', { in_unit_id: unit.id })),
    answerOf(desk.database.rpc('network_tree', { in_unit_id: unit.id })),
  ])
  return {
    unit, trail,
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
