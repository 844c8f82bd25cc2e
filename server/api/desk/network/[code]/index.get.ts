import { UnitParams } from '~~/shared/schemas/desk'
import type { UnitLevel } from '~~/shared/types/desk'

/** One unit: what it is, the schools and offices right below it, who holds a post there, and what is planned. */
export default defineEventHandler(async (event) => {
  const { code } = readParams(event, UnitParams)
  const desk = await requireDesk(event)
  const { unit, trail } = await requireUnit(desk, code, 'desk')
  const [about, below, posts, kinds, plans, sight] = await Promise.all([
    answerOf(desk.database.from('units')
      .select(`code, name, local_name, level, area, should_build, opened_on, closed_on, host_body, address, contact_phone, summary, kind_id, further_kinds, rooms, computers,
        standard_met, zone_status, zone_level, plaque_photo, contact_role_id, kind:unit_kinds(zh, en, nature), contact:post_roles(zh, en), merged_into:merged_into_id(name, code)`)
      .eq('id', unit.id).single()),
    answerOf(desk.database.from('units').select('code, name, local_name, opened_on, closed_on, kind:unit_kinds(zh, en, nature)')
      .eq('parent_id', unit.id).order('closed_on', { nullsFirst: true }).order('path')),
    answerOf(desk.database.rpc('posts_at', { of_unit_id: unit.id })),
    answerOf(desk.database.from('unit_kinds').select('id, zh, en')),
    answerOf(desk.database.from('unit_plans').select('id, act, due_on, status, refusal').eq('unit_id', unit.id).in('status', ['planned', 'refused']).order('due_on')),
    networkSight(desk.database, code),
  ])
  return {
    trail, sight,
    unit: {
      code: about.code, name: about.name, localName: about.local_name, level: about.level as UnitLevel, area: about.area, shouldBuild: about.should_build,
      openedOn: about.opened_on, closedOn: about.closed_on, hostBody: about.host_body, address: about.address, phone: about.contact_phone,
      summary: about.summary, kindId: about.kind_id, kind: about.kind, furtherKinds: kinds.filter(({ id }) => about.further_kinds.includes(id)),
      rooms: about.rooms, computers: about.computers, standardMet: about.standard_met, zoneStatus: about.zone_status, zoneLevel: about.zone_level,
      photo: about.plaque_photo, contact: about.contact, contactRole: about.contact_role_id, mergedInto: about.merged_into as { name: string, code: string } | null,
    },
    below: below.map(one => ({ code: one.code, name: one.name, localName: one.local_name, openedOn: one.opened_on, closedOn: one.closed_on, kind: one.kind })),
    plans: plans.map(plan => ({ id: plan.id, act: plan.act, day: plan.due_on, status: plan.status, refusal: plan.refusal && refusalText(event, plan.refusal, {}) })),
    posts: posts.map(post => ({
      id: post.post_id!, unit: post.unit_name!, roleZh: post.role_zh!, roleEn: post.role_en!, employment: post.employment as 'full_time' | 'part_time' | null,
      from: post.valid_from!, to: post.valid_to, name: post.name,
    })),
  }
})
