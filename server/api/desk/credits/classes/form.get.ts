import { ClassFormQuery } from '~~/shared/schemas/classes'

/** What a new register may be: who may have held the class, categories, the last classes of the place; and one of these to be taken over. 404 `class_unknown`. */
export default defineEventHandler(async (event) => {
  const { unit: code, like } = readQuery(event, ClassFormQuery)
  const desk = await requireDesk(event, 'people')
  const earlier = like === undefined ? null : await registerOf(desk, like)
  const { unit, trail } = await requireUnit(desk, code ?? earlier?.units.code, 'people')
  const [hosts, categories, last] = await Promise.all([
    answerOf(desk.database.rpc('head_count_hosts', { in_unit_id: unit.id })),
    answerOf(desk.database.from('categories').select('id, zh, en').order('position')),
    answerOf(desk.database.rpc('list_classes', { in_unit_id: unit.id, page_size: 12, skip: 0 })),
  ])
  return {
    unit, trail, categories, today: chinaToday(),
    hosts: hosts.map(host => ({ code: host.code!, name: host.name! })),
    last: last.map(row => ({ id: row.register_id!, title: row.title!, unit: row.host!, startedAt: row.started_at!, people: row.people! })),
    earlier: earlier && {
      id: earlier.id, unit: earlier.units.code, title: earlier.title, category: earlier.category_id, startedAt: earlier.started_at, minutes: earlier.minutes, venue: earlier.venue ?? '',
      people: await peopleNamed(desk, await cameTo(desk, earlier.id)),
    },
  }
})

async function registerOf({ database }: Desk, id: number) {
  const register = await answerOf(database.from('class_registers').select('id, title, category_id, started_at, minutes, venue, units(code)').eq('id', id).maybeSingle())
  if (!register) throw refusal(404, 'class_unknown')
  return register
}

async function cameTo({ database }: Desk, id: number): Promise<number[]> {
  const rows = await everyRow((from, to) => database.rpc('class_people', { of_register_id: id }).range(from, to))
  return rows.flatMap(row => row.attended && row.person_id ? [row.person_id] : [])
}
