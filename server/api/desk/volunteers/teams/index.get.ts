import { DeskUnitQuery } from '~~/shared/schemas/volunteers'

/** Teams of a unit and those below it, with members and hours. 403 `unit_not_yours`. */
export default defineEventHandler(async (event) => {
  const { unit: code } = readQuery(event, DeskUnitQuery)
  const desk = await requireDesk(event, 'people')
  const { unit, trail } = await requireUnit(desk, code, 'people')
  const [rows, leaders] = await Promise.all([answerOf(desk.database.rpc('teams_at_desk', { in_unit_id: unit.id })), answerOf(desk.database.rpc('team_leaders', { in_unit_id: unit.id }))])
  return {
    unit, trail, today: chinaToday(),
    teams: rows.map(row => ({
      id: row.id!, unit: row.unit_name!, isOwn: row.unit_id === unit.id, name: row.name!, about: row.about!, foundedOn: row.founded_on!, closedOn: row.closed_on,
      members: row.members!, hours: row.minutes! / 60, leader: leaders.find(one => one.team_id === row.id)?.name ?? null,
    })),
  }
})
