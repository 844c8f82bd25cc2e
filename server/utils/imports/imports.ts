import type { H3Event } from 'h3'
import { ImportFault } from '../../imports/fault'
import { type ImportKind, KINDS, SIGHT_OF } from '../../imports/fields'

export interface ImportRow {
  id: number
  kind: ImportKind
  unit_id: number
  state: 'mapping' | 'checking' | 'checked' | 'applying' | 'crediting' | 'applied' | 'taking_back' | 'taken_back' | 'failed'
  file_name: string
  file_bytes: number
  format: string
  encoding: string | null
  sheet: string | null
  folder: string
  headings: string[]
  heading_line: number
  columns: Record<string, number>
  fixed: Record<string, string>
  register_persons: boolean
  good_only: boolean | null
  counts: Partial<Record<'total' | 'good' | 'known' | 'repeated' | 'refused' | 'newcomers' | 'persons' | 'warned', number>>
  result: { written?: number, persons?: number, guardians?: number, back?: { cancelled: number, removed: number, kept: number, keptIds: number[] } } | null
  problem: { code: string, details: Record<string, unknown> } | null
  created_at: string
  checked_at: string | null
  applied_at: string | null
  taken_back_at: string | null
}

/** The kinds that the asking account may import anywhere. */
export function importKinds({ me }: Desk): ImportKind[] {
  return KINDS.filter(kind => me.posts.some(({ sights }) => sights.includes(SIGHT_OF[kind])))
}

/** @throws 403 for whoever may import nothing at all */
export async function requireImporter(event: H3Event): Promise<Desk & { kinds: ImportKind[] }> {
  const desk = await requireDesk(event)
  const kinds = importKinds(desk)
  if (!kinds.length) throw refusal(403, 'post_lacks_sight', { sight: 'people' })
  return { ...desk, kinds }
}

/** One import as the asking account may see it. @throws 404 `import_unknown` */
export async function requireImport({ database }: Desk, id: number): Promise<ImportRow> {
  const rows = await answerOf(database.from('imports').select('*').eq('id', id))
  if (!rows[0]) throw refusal(404, 'import_unknown')
  return rows[0] as unknown as ImportRow
}

/** Says a file's fault as the refusal of the field. */
export function fileRefusal(error: unknown, field = 'file'): unknown {
  return error instanceof ImportFault ? refusal(422, error.code, { ...error.details, field }) : error
}

/** Puts the import's job in line; one that is there already is enough. */
export async function goOnWithImport(id: number): Promise<void> {
  await startJob(IMPORT_JOB, { id }, String(id))
}
