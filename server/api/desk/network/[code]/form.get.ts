import { UnitParams } from '~~/shared/schemas/desk'

/** What the forms of a unit need: the unit as it is, what it may be, and the next free code below it. 403 `unit_not_yours`. */
export default defineEventHandler(async (event) => {
  const { code } = readParams(event, UnitParams)
  const desk = await requireDesk(event, 'network')
  const { unit, trail } = await requireUnit(desk, code, 'network')
  const [about, below] = await Promise.all([
    answerOf(desk.database.from('units').select('*, kind:unit_kinds(nature)').eq('id', unit.id).single()),
    answerOf(desk.database.from('units').select('code').eq('parent_id', unit.id)),
  ])
  const taken = new Set(below.map(one => one.code))
  const free = Array.from({ length: 999 }, (_, index) => `${code}-${String(index + 1).padStart(2, '0')}`).find(one => !taken.has(one)) ?? ''
  const school = [`${code}-S`, ...Array.from({ length: 99 }, (_, index) => `${code}-S${index + 2}`)].find(one => !taken.has(one)) ?? ''
  return {
    trail, today: chinaToday(), nextCode: free.slice(0, 40), nextSchoolCode: school.slice(0, 40),
    levels: LEVELS_BELOW[about.level] ?? [], nature: about.kind.nature,
    ...await unitChoices(desk.database),
    unit: {
      code: about.code, name: about.name, level: about.level, localName: about.local_name, kind: about.kind_id,
      furtherKinds: about.further_kinds, area: about.area, shouldBuild: about.should_build,
      hostBody: about.host_body, address: about.address, phone: about.contact_phone, summary: about.summary, rooms: about.rooms, computers: about.computers,
      standardMet: about.standard_met, zoneStatus: about.zone_status, zoneLevel: about.zone_level, contactRole: about.contact_role_id,
      openedOn: about.opened_on, closedOn: about.closed_on, photo: about.plaque_photo,
    },
  }
})
