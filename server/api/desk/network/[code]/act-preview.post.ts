import { UnitParams } from '~~/shared/schemas/desk'
import { ActFields } from '~~/shared/schemas/desk-network'

/** What an act would do, or why it is refused, for a form that is too long for an address: a village with all its residents. */
export default defineEventHandler(async (event) => {
  const { code } = readParams(event, UnitParams)
  const desk = await requireDesk(event, 'network')
  await requireUnit(desk, code, 'network')
  return await previewAct(event, desk.database, code, await readInput(event, ActFields))
})
