import { publishStatusLists, signWaiting } from '../credentials/issue'
import { writeMirror } from '../credentials/mirror'

/** A run takes a few seconds at most; what is left has its turn with the next one. */
const AT_ONCE = 500

/** Every night: certificates of courses that were finished before there were any. */
export const wantCertificates = defineJob('want-certificates', { schedule: '10 3 * * *' }, async (_none, { signal }) => {
  for (let wanted = AT_ONCE; wanted === AT_ONCE && !signal.aborted;) wanted = (await jobsSql()`select private.want_course_credentials(${AT_ONCE}) as wanted`)[0]!.wanted as number
})

/**
 * Every minute, and when somebody waits for one (`first`, its id): wants anew what a correction gave other grounds, publishes status
 * lists, signs what waits, and copies what is public to the mirror folder where one is set.
 */
export const signCredentials = defineJob<{ first?: number }>(SIGN_JOB, { schedule: '* * * * *' }, async ({ first }, { signal }) => {
  const sql = jobsSql()
  const issuer = portalIssuer()
  if (!first) await sql`select private.want_marked_credentials(${AT_ONCE})`
  // Before any signature names a list, it is there to be read.
  await publishStatusLists(sql, issuer)
  let signed = 0
  for (let round = 0; round < AT_ONCE / 50 && !signal.aborted; round++) {
    const batch = await signWaiting(sql, issuer, 50, first ? String(first) : null)
    signed += batch
    if (batch < 50) break
  }
  const { mirrorFolder } = portalSettings()
  if (mirrorFolder) await writeMirror(sql, mirrorFolder, issuer)
  return { signed }
})
