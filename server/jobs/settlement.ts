/** Writes the statements of a learning year, some thousands at a time, each batch for good: cut off, it goes on where it was. */
export const settlement = defineJob<{ id: number }>(SETTLEMENT_JOB, {}, async ({ id }, { signal }) => {
  for (let more = true; more && !signal.aborted;) {
    const [row] = await jobsSql()`select private.settle_credit_year(${id}) as more`
    more = row!.more as boolean
  }
})

/** Puts a settlement back in line whose job got lost, after a crash for one. */
export const settlementResume = defineJob('settlement-resume', { schedule: '*/5 * * * *' }, async () => {
  const rows = await jobsSql()`select private.credit_years_running() as id`
  for (const { id } of rows) await startJob(SETTLEMENT_JOB, { id: Number(id) }, String(id))
})
