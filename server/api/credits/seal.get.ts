/**
 * The latest seal, with the name of its key in /.well-known/did.json, and the asker's way up to it; 204 before the first one that
 * includes them. 401 `sign_in_needed`.
 */
export default defineEventHandler(async (event) => {
  setHeader(event, 'cache-control', 'private, no-store')
  const { database } = await requireSession(event)
  return sealedHead(database)
})
