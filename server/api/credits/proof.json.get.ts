/**
 * All of one's account up to the latest seal, and the way from its last link to the seal's root: everything that somebody else needs to
 * recompute it without this site. 401 `sign_in_needed`, 404 `not_sealed_yet`.
 */
export default defineEventHandler(async (event) => {
  const { database } = await requireSession(event)
  const sealed = await sealedHead(database)
  if (!sealed) throw refusal(404, 'not_sealed_yet')
  const postings = await wholeChain(database)
  sendFile(event, 'credit-proof.json', 'application/json; charset=utf-8')
  return {
    how: [
      'each account by itself: one, or one of each record that was merged with yours',
      'link(n) = sha256( link(n-1) || sha256(request) || "outcome|minutes|milliCredits|balanceAfterMilliCredits|seq" ), the link before the first one being empty; where a posting was for a record that is somebody else\'s again, requestHash stands for sha256(request)',
      'leaf = sha256( 0x00 || link of the posting `seq` )',
      'go up by `path`: node = sha256( 0x01 || left || right ); the place says on which side each neighbour stands, a node without neighbour goes up as it is; the end is `seal.root`',
      'seal.statement = "linxue-credit-seal|" sealedAt "|" learners "|" root; seal.signature is Ed25519 over it by seal.publicKey, which /.well-known/did.json names',
    ],
    // The time as the statement has it: to the thousandth, in Z.
    accounts: sealed.accounts.map(one => ({ ...one, postings: postings.filter(({ account, seq }) => account === one.account && seq <= one.seq) })),
    seal: { ...sealed.seal, sealedAt: new Date(sealed.seal.sealedAt).toISOString() },
  }
})
