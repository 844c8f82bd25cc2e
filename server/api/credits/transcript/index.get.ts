/** The asking person's transcripts, and how far the latest is: it is signed after all that it lists. 401 `sign_in_needed`. */
export default defineEventHandler(async (event) => {
  setHeader(event, 'cache-control', 'private, no-store')
  const { database } = await requireSession(event)
  const [certificates, sealed] = await Promise.all([myCertificates(database), sealedHead(database)])
  const listed = certificates.filter(({ kind, revocation }) => kind !== 'transcript' && !revocation)
  const transcripts = certificates.filter(({ kind }) => kind === 'transcript')
  const waiting = transcripts.find(({ isSigned, revocation }) => !isSigned && !revocation)
  // A job that was lost, with its server for one, is put in line again by whoever looks.
  if (waiting) await startJob(SIGN_JOB, { first: waiting.id }, `first ${waiting.id}`)
  return {
    certificates: listed.length,
    progress: waiting ? { done: listed.filter(({ isSigned }) => isSigned).length, of: listed.length + 1 } : null,
    /** Up to which line of the account the latest seal goes. */
    sealed: sealed && { seq: sealed.accounts.reduce((sum, { seq }) => sum + seq, 0), sealedAt: sealed.seal.sealedAt },
    transcripts: transcripts.map(({ code, issuedAt, isSigned, revocation, snapshot }) => ({ code, issuedAt, isSigned, revocation, lists: snapshot.includes?.length ?? 0 })),
  }
})
