import { UnitParams } from '~~/shared/schemas/desk'
import { ActName } from '~~/shared/schemas/desk-network'

/**
 * What an act on a unit needs: whom it may be put below or merged with, what is below it, and — once everything is chosen —
 * what it would do, or why it is refused.
 */
export default defineEventHandler(async (event) => {
  const { code } = readParams(event, UnitParams)
  const desk = await requireDesk(event, 'network')
  const { unit, trail } = await requireUnit(desk, code, 'network')
  const query = getQuery(event)
  const act = ActName.catch('move').parse(query.act)
  const about = await answerOf(desk.database.from('units').select('id, code, name, level, kind:unit_kinds(nature)').eq('id', unit.id).single())
  const isSplit = act === 'split'
  const [choices, children, residents] = await Promise.all([
    isSplit ? [] : everyRow((from, to) => desk.database.rpc('network_choices', { of_unit_id: unit.id, purpose: { move: 'parent', close: 'receiver', merge: 'peer' }[act] }).range(from, to)),
    answerOf(desk.database.from('units').select('code, name').eq('parent_id', unit.id).is('closed_on', null).order('path')),
    isSplit ? everyRow((from, to) => desk.database.from('persons').select('id, name, birth_year').eq('residence_unit_id', unit.id).is('merged_into', null).order('name').order('id').range(from, to)) : [],
  ])
  return {
    trail, unit: { code: about.code, name: about.name, level: about.level, nature: about.kind.nature }, act, today: chinaToday(),
    choices: choices.map(choice => ({ code: choice.code!, name: choice.name!, above: choice.above_name })),
    children, residents: residents.map(person => ({ id: person.id, name: person.name, birthYear: person.birth_year })),
    ...await previewAct(event, desk.database, code, { ...query, act }),
  }
})
