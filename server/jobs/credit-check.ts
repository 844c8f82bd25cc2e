/** Every night, and when asked: recomputes the whole ledger and keeps what was found; a ledger without fault is sealed. */
export const creditCheck = defineJob('credit-check', { schedule: '40 2 * * *' }, async () => {
  const sql = jobsSql()
  const [check] = await sql`select private.begin_credit_check() as id`
  const [result] = await sql`select private.run_credit_check(${check!.id as string}) as faults`
  if (result!.faults === 0) await sealCredits(sql, portalSettings().signingKey)
})
