import { HeadCount } from '~~/shared/schemas/head-counts'

/** Records a head count or corrects one. 403 `head_count_of_others`, 409 `head_count_twice` | `head_count_corrected_before`, 422 per field. */
export default formHandler(async (event) => {
  const desk = await requireDesk(event, 'trainings')
  const { unit: code, kind, category, title, date, start, end, persons, note, corrects, department } = await readInput(event, HeadCount)
  const { unit } = await requireUnit(desk, code, 'trainings')
  const id = await answerOf(desk.database.rpc('record_head_count', {
    host_unit_id: unit.id, kind, category_id: category, title, started_at: `${date}T${start}:00+08:00`, ended_at: `${date}T${end}:00+08:00`, persons, note, corrects, department,
  }))
  return { id, unit: unit.code, year: Number(date.slice(0, 4)) }
}, (_event, { unit, year }) => `/desk/head-counts?unit=${unit}&year=${year}`)
