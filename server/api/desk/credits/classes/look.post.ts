import { ClassEntry } from '~~/shared/schemas/classes'

/** What entering a class would do, person by person; nothing is kept. Refused as the entry itself would be. */
export default defineEventHandler(async (event) => {
  const entry = await readInput(event, ClassEntry)
  const desk = await requireDesk(event, 'people')
  const rows = await answerOf(desk.database.rpc('look_at_class', await classArguments(desk, entry)))
  return { outcomes: rows.map(classOutcome) }
})
