import type { DEPARTURES } from '~~/shared/schemas/people'
import type { Database } from '~~/shared/types/database'
import type { Candidate, DeskPerson, DuplicateReason, RecordEvidence } from '~~/shared/types/people'
import { readIdNumber } from '~~/shared/utils/id-number'
import type { Supabase } from './database'

/** What a search may be besides a name: a whole phone or ID number, as the hash by which equal ones find each other. */
export function contactOf(text: string): { phone?: string, id?: string } {
  const [, kind, hash] = /^(phone|id):([0-9a-f]{64})$/.exec(text) ?? []
  if (kind) return { [kind]: hash }
  const digits = text.replace(/[\s-]/g, '').replace(/^\+?86(?=1\d{10}$)/, '')
  if (/^1[3-9]\d{9}$/.test(digits)) return { phone: contactLookup('phone', digits).toString('hex') }
  const read = readIdNumber(text)
  return typeof read === 'string' ? {} : { id: contactLookup('id_number', read.number).toString('hex') }
}

type RecordRow = Database['public']['Functions']['person_participations']['Returns'][number]

/** A record of participation as the desk shows it. */
export function recordAtDesk(row: RecordRow) {
  return {
    id: row.participation_id!, startedAt: row.started_at!, endedAt: row.ended_at!, hours: row.hours!, kind: row.kind!,
    categoryId: row.category_id, categoryZh: row.category_zh, categoryEn: row.category_en,
    course: row.course, lesson: row.lesson, title: row.title, host: row.host, home: row.home!, venue: row.venue, status: row.status!, role: row.role!, channel: row.channel!,
    entrySource: row.entry_source!, enteredAt: row.entered_at!, feeFen: row.fee_fen!, forProfit: row.for_profit!, evidence: row.evidence as unknown as RecordEvidence | null,
    corrects: row.corrects, correctedBy: row.corrected_by, counts: row.counts!, what: row.what, reason: row.reason,
  }
}

/** A person for the desk, or the refusal of the database. */
export async function personAtDesk(database: Supabase, id: number): Promise<DeskPerson> {
  return await answerOf(database.rpc('person_at_desk', { of_person_id: id })) as unknown as DeskPerson
}

/** Who may be the one described already. */
export async function probableDuplicates(database: Supabase, given: {
  name: string
  pinyin: string
  birthYear: number
  residenceUnitId: number
  phone?: string
  idNumber?: string
}): Promise<Candidate[]> {
  const rows = await answerOf(database.rpc('probable_duplicates', {
    name: given.name, pinyin: given.pinyin, birth_year: given.birthYear, residence_unit_id: given.residenceUnitId,
    phone_lookup: given.phone && contactLookup('phone', given.phone).toString('hex'),
    id_lookup: given.idNumber && contactLookup('id_number', given.idNumber).toString('hex'),
  }))
  return rows.map(row => ({
    id: row.person_id, name: row.person_name, sex: row.person_sex, birthYear: row.born, home: row.home!, phone: row.phone, reason: row.reason as DuplicateReason,
  }))
}

/** That somebody died or moved away, or that this was taken back. */
export function departureOf(row: Database['public']['Functions']['departures_at_desk']['Returns'][number]) {
  return {
    reason: row.reason as typeof DEPARTURES[number], leftOn: row.left_on!, note: row.note, enteredAt: row.entered_at!, undoneAt: row.undone_at, undoneReason: row.undone_reason,
  }
}

/** The pinyin that staff typed, else what the name sounds like. */
export function soundFor(name: string, typed: string | undefined): { pinyin: string, initials: string } {
  return typed ? tidySound(typed) : soundOf(name)
}
