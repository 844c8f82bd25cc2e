import { MergeId } from '~~/shared/schemas/people'

/** Takes a merge back. 404 `merge_unknown`, 409 `merge_undone`. */
export default formHandler(async (event) => {
  const { id } = readParams(event, MergeId)
  const { database } = await requireDesk(event, 'people')
  const { error } = await database.rpc('undo_merge', { merge_id: id })
  if (error) throw databaseRefusal(error)
  return { id }
}, event => withSaved(localPath(getHeader(event, 'referer')), 'undone'))

function withSaved(path: string, saved: string): string {
  return `${path.split('?')[0]}?saved=${saved}`
}
