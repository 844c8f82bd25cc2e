import type { Help, HelpConsent } from '~~/shared/types/family'

/** Whom the asker helps with activities, and who helps the asker; those too who only asked. 401 `sign_in_needed`. */
export default defineEventHandler(async (event) => {
  setHeader(event, 'cache-control', 'private, no-store')
  const { database } = await requireSession(event)
  const rows = await answerOf(database.rpc('my_help'))
  return rows.map((row): Help => ({
    id: row.id!, name: row.name!, relation: row.relation as HelpRelation, helps: row.helps!, agreed: row.consent as HelpConsent | null, since: row.since!, code: row.code as 'sent' | 'expired' | null,
  }))
})
