import { LecturerEntry } from '~~/shared/schemas/lecturers'

/** Enters somebody in a team, or changes what is said. 403 `unit_not_yours`, 404 `lecturer_unknown`, 409 `lecturer_changed`, 422 by field. */
export default formHandler(async (event) => {
  const { unit: code, lecturer, version, ...fields } = await readInput(event, LecturerEntry)
  const desk = await requireDesk(event, 'activities')
  const { unit } = await requireUnit(desk, code, 'activities')
  return { lecturer: await answerOf(desk.database.rpc('save_lecturer', { of_unit_id: unit.id, of_lecturer_id: lecturer ?? null!, was_version: version ?? null!, fields })) }
}, () => '/desk/lecturers?done=saved')
