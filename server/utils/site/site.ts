import type { Site } from '~~/shared/types/site'

/** Whose portal this is. */
export const readSite = remembering(60, async (): Promise<Site> => {
  const database = anonymousDatabase()
  const { data: root, error } = await database.from('units').select('id, name, contact_phone').is('parent_id', null).maybeSingle()
  if (error) throw databaseRefusal(error)
  if (!root) return { region: null, host: null, phone: null }
  const { data: host, error: failed } = await database.from('units')
    .select('name, contact_phone, unit_kinds!inner(nature)').eq('parent_id', root.id).eq('unit_kinds.nature', 'teaching').order('id').limit(1).maybeSingle()
  if (failed) throw databaseRefusal(failed)
  return { region: root.name, host: host?.name ?? null, phone: root.contact_phone ?? host?.contact_phone ?? null }
})
