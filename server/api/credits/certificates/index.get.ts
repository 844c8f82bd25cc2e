/** The asking person's certificates, with how many courses are under way; transcripts are on a page of their own. 401 `sign_in_needed`. */
export default defineEventHandler(async (event) => {
  setHeader(event, 'cache-control', 'private, no-store')
  const { database } = await requireSession(event)
  const certificates = await myCertificates(database)
  return certificates.filter(({ kind }) => kind !== 'transcript').map(({ kind, code, snapshot, issuedAt, isSigned, revocation }) => ({
    kind, code, title: snapshot.title, unit: snapshot.unit, issuedAt, isSigned, revocation,
  }))
})
