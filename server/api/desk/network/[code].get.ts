import { UnitParams } from '~~/shared/schemas/desk'
import type { UnitLevel } from '~~/shared/types/desk'

/** One unit: what it is, the schools and offices right below it, and who holds a post there. */
export default defineEventHandler(async (event) => {
  const { code } = readParams(event, UnitParams)
  const desk = await requireDesk(event)
  const { unit, trail } = await requireUnit(desk, code, 'desk')
  const [about, below, posts] = await Promise.all([
    answerOf(desk.database.from('units')
      .select('code, name, local_name, level, area, should_build, opened_on, closed_on, host_body, address, contact_phone, summary, kind:unit_kinds(zh, en, nature)')
      .eq('id', unit.id).single()),
    answerOf(desk.database.from('units').select('code, name, local_name, opened_on, closed_on, kind:unit_kinds(zh, en, nature)')
      .eq('parent_id', unit.id).order('closed_on', { nullsFirst: true }).order('path')),
    answerOf(desk.database.rpc('posts_at', { of_unit_id: unit.id })),
  ])
  return {
    trail,
    unit: {
      code: about.code, name: about.name, localName: about.local_name, level: about.level as UnitLevel, area: about.area, shouldBuild: about.should_build,
      openedOn: about.opened_on, closedOn: about.closed_on, hostBody: about.host_body, address: about.address, phone: about.contact_phone,
      summary: about.summary, kind: about.kind,
    },
    below: below.map(one => ({ code: one.code, name: one.name, localName: one.local_name, openedOn: one.opened_on, closedOn: one.closed_on, kind: one.kind })),
    posts: posts.map(post => ({
      id: post.post_id!, unit: post.unit_name!, roleZh: post.role_zh!, roleEn: post.role_en!, employment: post.employment as 'full_time' | 'part_time' | null,
      from: post.valid_from!, to: post.valid_to, name: post.name,
    })),
  }
})
