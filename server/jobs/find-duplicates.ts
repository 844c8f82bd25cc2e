/** Every minute: looks for doubles of whoever was registered or changed, so that the list of probable duplicates is ready when it is opened. */
export const findDuplicates = defineJob('find-duplicates', { schedule: '* * * * *' }, async (_payload, { signal }) => {
  let drained = 0
  for (let step = 1; step > 0 && !signal.aborted; drained += step) {
    const [row] = await jobsSql()`select private.drain_duplicate_marks(2000) as drained`
    step = row!.drained as number
  }
  return { drained }
})
