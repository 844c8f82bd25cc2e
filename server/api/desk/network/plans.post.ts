import { PlanForm } from '~~/shared/schemas/desk-network'

/** Takes back an act that is planned for a day to come. 409 `unit_plan_settled`. */
export default formHandler(async (event) => {
  const desk = await requireDesk(event, 'network')
  const { plan } = await readInput(event, PlanForm)
  const { error } = await desk.database.rpc('cancel_unit_plan', { plan_id: plan })
  if (error) throw databaseRefusal(error)
  return { cancelled: true }
}, event => localPath(getHeader(event, 'referer')))
