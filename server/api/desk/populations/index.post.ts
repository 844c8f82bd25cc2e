import { PopulationGrid } from '~~/shared/schemas/populations'

/** Hands in a grid of figures, all or none. 422 with the code of each wrong cell in `details.fields`. */
export default defineEventHandler(async (event) => {
  const desk = await requireDesk(event, 'populations')
  const { year, source, asOf, cells } = await readInput(event, PopulationGrid)
  return await answerOf(desk.database.rpc('enter_populations', { counted_year: year, source, as_of: asOf, cells })) as { entered: number }
})
