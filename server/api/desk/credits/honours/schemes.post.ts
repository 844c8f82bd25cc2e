import { HonourScheme } from '~~/shared/schemas/honours'

/** Puts levels in force from a day on. 409 `scheme_follows`, 422 with the field. */
export default formHandler(async (event) => {
  const { fromDay, levels } = await readInput(event, HonourScheme)
  const { database } = await requireDesk(event, 'approval')
  return { id: await answerOf(database.rpc('save_honour_scheme', { from_day: fromDay, levels })) }
}, () => '/desk/credits/honours#schemes')
