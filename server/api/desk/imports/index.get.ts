import { ImportsQuery } from '~~/shared/schemas/imports'

const PAGE = 20

/** The imports that the asking account made or may make, the newest first. */
export default defineEventHandler(async (event) => {
  const { page } = readQuery(event, ImportsQuery)
  const { database, kinds } = await requireImporter(event)
  const { data, error, count } = await database.from('imports')
    .select('id, kind, state, file_name, counts, result, problem, created_at, applied_at, taken_back_at, unit:units (name)', { count: 'exact' })
    .order('id', { ascending: false }).range((page - 1) * PAGE, page * PAGE - 1)
  if (error) throw databaseRefusal(error)
  return {
    kinds, page, pages: Math.ceil((count ?? 0) / PAGE), total: count ?? 0,
    imports: (data as unknown as (ImportRow & { unit: { name: string } })[]).map(one => ({
      id: one.id, kind: one.kind, state: one.state, fileName: one.file_name, unit: one.unit.name, counts: one.counts, written: one.result?.written ?? null,
      hasProblem: one.problem !== null, at: one.taken_back_at ?? one.applied_at ?? one.created_at,
    })),
  }
})
