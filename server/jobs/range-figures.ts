import { countRange } from '~~/metrics/range'

/** Counts one range of days; cut off, it begins again, for it counts as of one moment. */
export const rangeFigureJob = defineJob<{ id: number }>(RANGE_JOB, {}, async ({ id }, { signal, isLastTry }) => {
  try { return await countRange(jobsSql(), id, () => !signal.aborted) }
  catch (error) {
    if (isLastTry) await jobsSql()`select private.fail_range_figure(${id})`
    throw error
  }
})

/** Puts ranges back in line whose job got lost, after a crash for one. */
export const rangeFiguresResume = defineJob('range-figures-resume', { schedule: '*/5 * * * *' }, async () => {
  const rows = await jobsSql()`select private.range_figures_open() as id`
  for (const { id } of rows) await startJob(RANGE_JOB, { id: Number(id) }, String(id))
})

/** Results go after a year. */
export const rangeFiguresTidy = defineJob('range-figures-tidy', { schedule: '50 3 * * *' }, async () => {
  const [row] = await jobsSql()`select private.forget_range_figures() as gone`
  return { gone: row!.gone as number }
})
