import { SessionId } from '~~/shared/schemas/desk-activities'
import { MATERIAL_BYTES, MATERIAL_TEXTS } from '~~/shared/schemas/materials'

/** A session with its six materials: what is there, what is missing, and what those that are written begin with. 404 `session_unknown`. */
export default defineEventHandler(async (event) => {
  const { id } = readParams(event, SessionId)
  const { database } = await requireDesk(event, 'activities')
  const session = await sessionFile(database, id)
  return {
    session, today: chinaToday(), megabytes: MATERIAL_BYTES / 1024 / 1024,
    drafts: Object.fromEntries(MATERIAL_TEXTS.map(kind => [kind, materialDraft(event, kind, session)])) as Record<typeof MATERIAL_TEXTS[number], string>,
  }
})
