/** Every night, and when asked: recomputes the whole ledger and keeps what was found. */
export const creditCheck = defineJob('credit-check', { schedule: '40 2 * * *' }, async () => {
  const sql = jobsSql()
  const [check] = await sql`select private.begin_credit_check() as id`
  await sql`select private.run_credit_check(${check!.id as string})`
})
