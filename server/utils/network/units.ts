import type { H3Event } from 'h3'
import { UnitAct, type UnitDetails } from '~~/shared/schemas/desk-network'
import type { UnitLevel } from '~~/shared/types/desk'
import type { Supabase } from '../database'

/** Details of a unit as the database's columns. */
export function unitColumns(details: UnitDetails) {
  return {
    name: details.name, local_name: details.localName, kind_id: details.kind, further_kinds: details.furtherKinds.filter(kind => kind !== details.kind), area: details.area,
    should_build: details.shouldBuild, host_body: details.hostBody, address: details.address, contact_phone: details.phone, summary: details.summary,
    rooms: details.rooms, computers: details.computers, standard_met: details.standardMet && details.standardMet === 'yes',
    zone_status: details.zoneStatus, zone_level: details.zoneLevel, contact_role_id: details.contactRole,
  }
}

/** Whether the asking account edits the network at a unit, or at the one above it. */
export async function networkSight(database: Supabase, code: string): Promise<{ edits: boolean, editsAbove: boolean }> {
  const steps = await answerOf(database.rpc('unit_trail', { unit_code: code, sight: 'network' }))
  return { edits: steps.at(-1)?.in_sight ?? false, editsAbove: steps.at(-2)?.in_sight ?? false }
}

export interface ActEffect {
  from?: string
  to?: string | null
  day: string
  year: number
  planned: boolean
  units?: ({ name: string, code: string, populations: number[] } & UnitContents)[]
  children?: number
}
export interface UnitContents { counties: number, townships: number, villages: number, schools: number, bodies: number, residents: number, posts: number }

/** Does an act on the tree, or only says what it would do. */
export async function performAct(database: Supabase, code: string, act: UnitAct, isPreview: boolean): Promise<ActEffect & Partial<UnitContents>> {
  const shared = { from_day: act.day, dry_run: isPreview }
  const call = {
    move: () => database.rpc('move_unit', { unit_code: code, parent_code: act.to ?? '', ...shared }),
    close: () => database.rpc('close_unit', { unit_code: code, ...(act.to !== null && { move_to_code: act.to }), ...shared }),
    merge: () => database.rpc('merge_units', { from_codes: act.from, into_code: code, ...shared }),
    split: () => database.rpc('split_unit', { unit_code: code, new_code: act.newCode ?? '', new_name: act.newName ?? '', child_codes: act.children, person_ids: act.residents.map(Number), ...shared }),
  }[act.act]
  return await answerOf(call()) as unknown as ActEffect & Partial<UnitContents>
}

/**
 * What an act would do as it is asked for, or why it is refused. Once a day is given everything is; whatever is missing then is
 * said beside its field.
 */
export async function previewAct(event: H3Event, database: Supabase, code: string, fields: Record<string, unknown>) {
  const asked = UnitAct.safeParse(fields)
  let effect = null
  let refused = null
  if (typeof fields.day === 'string') {
    try { effect = await performAct(database, code, checkFields(fields, UnitAct), true) }
    catch (error) {
      const { data, statusCode } = error as { data?: { code: string, details: Record<string, unknown> }, statusCode: number }
      if (!data || statusCode >= 500) throw error
      refused = { code: data.code, field: String(data.details.field ?? ''), message: refusalText(event, data.code, data.details) }
    }
  }
  return { asked: asked.success ? asked.data : null, effect, refused }
}

/** What a unit may be, for its form. */
export async function unitChoices(database: Supabase, nature?: string) {
  const [kinds, roles] = await Promise.all([
    answerOf(database.from('unit_kinds').select('id, zh, en, nature').order('nature').order('id')),
    answerOf(database.from('post_roles').select('id, zh, en').order('id')),
  ])
  return { kinds: nature ? kinds.filter(kind => kind.nature === nature) : kinds, roles }
}

export const LEVELS_BELOW: Record<string, UnitLevel[]> = { city: ['county', 'township', 'village'], county: ['township', 'village'], township: ['village'], village: [] }
