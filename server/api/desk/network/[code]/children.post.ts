import { UnitParams } from '~~/shared/schemas/desk'
import { NewUnitForm } from '~~/shared/schemas/desk-network'

/** A new unit below this one. 409 `unit_code_taken`, 422 per field. */
export default formHandler(async (event) => {
  const { code: parent } = readParams(event, UnitParams)
  const desk = await requireDesk(event, 'network')
  const { code, level, day, kind, ...details } = await readInput(event, NewUnitForm)
  const made = await answerOf(desk.database.rpc('create_unit', { parent_code: parent, unit_code: code, kind_id: kind, level: level!, from_day: day, details: unitColumns({ kind, ...details }) }))
  return { code: made as string }
}, (_event, { code }) => `/desk/network/${code}`)
