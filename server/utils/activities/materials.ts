import { randomUUID } from 'node:crypto'
import type { H3Event } from 'h3'
import type { MATERIAL_TEXTS } from '~~/shared/schemas/materials'
import type { SessionFile } from '~~/shared/types/materials'
import type { Supabase } from '../database'

/** A session with its six materials. 404 `session_unknown`. */
export async function sessionFile(database: Supabase, id: number): Promise<SessionFile> {
  return await answerOf(database.rpc('session_file', { of_session_id: id })) as unknown as SessionFile
}

/** A file of a material as the database keeps it: sealed, and of a photo the picture alone. */
export function sealMaterial(file: Uint8Array) {
  const { kind, content } = fileContent(file, 'material')
  const id = randomUUID()
  const { cipher, keyId } = sealFile(id, content)
  return { id, kind, bytes: content.length, cipher: cipher.toString('base64'), keyId }
}

/** What a material begins with: what the portal knows of the session, and headings for the rest. It names nobody. */
export function materialDraft(event: H3Event, kind: typeof MATERIAL_TEXTS[number], file: SessionFile): string {
  const t = deskTranslator(event)
  const { lang } = preferencesOf(event)
  const word = ({ zh, en }: { zh: string, en: string }) => lang === 'en' ? en : zh
  const { activity, facts } = file
  const values = {
    title: activity.title, unit: activity.unit.name, form: word(activity.form), category: word(activity.category), summary: activity.summary, phone: activity.phone ?? '',
    place: [file.venue, file.room].filter(Boolean).join(' '), time: formatSession(file.startsAt, file.endsAt, lang), number: String(file.place), sessions: String(file.sessions),
    seats: file.seats === null ? t('materials.drafts.open') : String(file.seats), people: facts.people === null ? t('few.fewerHere') : String(facts.people),
  }
  if (kind !== 'press_note') return t(`materials.drafts.${kind}`, values)
  const groups = facts.groups.map(group => t('materials.drafts.group', { group: word(group), people: String(group.people) })).join(t('listSeparator'))
  return [
    t('materials.drafts.lead', values) + (activity.department ? t('materials.drafts.department', { department: activity.department }) : ''),
    activity.summary,
    facts.people !== 0 ? t('materials.drafts.came', values) + (groups ? t('materials.drafts.groups', { groups }) : '') : t('materials.drafts.uncounted'),
    t('materials.drafts.end', values),
  ].filter(Boolean).join('\n\n')
}
