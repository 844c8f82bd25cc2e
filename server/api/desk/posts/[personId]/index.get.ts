import { PersonParams } from '~~/shared/schemas/desk'

interface HeldPost { id: number, unitCode: string, unitName: string, role: string, employment: 'full_time' | 'part_time' | null, from: string, to: string | null, mine: boolean, places: { code: string, name: string }[] }

/** One person's posts and account, and where a post may be given. 404 `person_unknown`. */
export default defineEventHandler(async (event) => {
  const { personId } = readParams(event, PersonParams)
  const desk = await requireDesk(event, 'posts')
  const { unit } = await requireUnit(desk, undefined, 'posts')
  const { path } = await answerOf(desk.database.from('units').select('path').eq('id', unit.id).single())
  const places = () => desk.database.from('units').select('code, name, parent:parent_id(name)').is('closed_on', null).filter('path', 'cd', path).order('path')
  const [[member], roles, units] = await Promise.all([
    answerOf(desk.database.rpc('staff_member', { of_person_id: personId })),
    answerOf(desk.database.from('post_roles').select('id, zh, en').order('id')),
    // Of a whole city or county the villages would be thousands; who works in them is given a post at their township.
    everyRow((from, to) => (unit.level === 'township' || unit.level === 'village' ? places() : places().neq('level', 'village')).range(from, to)),
  ])
  if (!member) throw refusal(404, 'person_unknown')
  return {
    today: chinaToday(), roles,
    units: units.map(one => ({ code: one.code, name: one.name, above: (one.parent as { name: string } | null)?.name ?? null })),
    person: { id: member.person_id!, name: member.name!, home: member.home! },
    account: member.username === null
      ? null
      : { username: member.username, isDisabled: member.disabled!, mustChange: member.must_change!, hasFactor: member.second_factor!, mustSetFactor: member.must_set_factor!,
          sessions: member.sessions!,
          lastSeen: member.last_seen },
    isMyself: !member.may_care,
    posts: member.posts as unknown as HeldPost[],
  }
})
