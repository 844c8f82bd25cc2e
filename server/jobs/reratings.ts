/** Counts or posts one re-rating, step by step; cut off, it goes on where the last step ended. */
export const reratingJob = defineJob<{ id: number }>(RERATING_JOB, {}, async ({ id }, { signal }) => {
  let goesOn = true
  while (goesOn && !signal.aborted) {
    const [row] = await jobsSql()`select private.work_on_rerating(${id}) as more`
    goesOn = row!.more as boolean
  }
})

/** Puts re-ratings back in line whose job got lost, after a crash for one. */
export const reratingsResume = defineJob('reratings-resume', { schedule: '*/5 * * * *' }, async () => {
  const rows = await jobsSql()`select private.reratings_running() as id`
  for (const { id } of rows) await startJob(RERATING_JOB, { id: Number(id) }, String(id))
})
