import { signingKeys } from '../credentials/mirror'

/** Every night, and when asked: recomputes the whole ledger part by part and keeps what was found; a ledger without fault is sealed. */
export const creditCheck = defineJob('credit-check', { schedule: '40 2 * * *' }, async () => {
  const sql = jobsSql()
  const { signingKey, mirrorFolder } = portalSettings()
  const breaches = await checkCredits(sql, async () => sealBreaches(sql, await signingKeys(sql, portalIssuer()), mirrorFolder))
  if (breaches === 0) await sealCredits(sql, signingKey)
})
