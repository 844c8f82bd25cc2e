import { UnitParams } from '~~/shared/schemas/desk'
import { UnitForm } from '~~/shared/schemas/desk-network'

/** Changes a unit from a day on, or corrects what was recorded wrongly. 422 per field. */
export default formHandler(async (event) => {
  const { code } = readParams(event, UnitParams)
  const desk = await requireDesk(event, 'network')
  const { mode, day, openedOn, ...details } = await readInput(event, UnitForm)
  const answer = await answerOf(desk.database.rpc('change_unit', { unit_code: code, mode, from_day: day, details: { ...unitColumns(details), opened_on: openedOn } }))
  return { code, ...(answer as { changed: boolean, planned?: boolean }) }
}, (_event, { code }) => `/desk/network/${code}`)
