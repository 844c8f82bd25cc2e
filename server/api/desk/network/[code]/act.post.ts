import { UnitParams } from '~~/shared/schemas/desk'
import { UnitAct } from '~~/shared/schemas/desk-network'

/** Moves, closes, merges or splits a unit, or plans it for a day to come. 409 `unit_cycle` | `unit_not_empty` | …, 422 per field. */
export default formHandler(async (event) => {
  const { code } = readParams(event, UnitParams)
  const desk = await requireDesk(event, 'network')
  const act = await readInput(event, UnitAct)
  return { code, effect: await performAct(desk.database, code, act, false) }
}, (_event, { code }) => `/desk/network/${code}`)
