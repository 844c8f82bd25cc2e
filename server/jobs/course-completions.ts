/** Every few minutes: whoever had finished all that is left of a course when a lesson of it went gets what the course earns. */
export const courseCompletions = defineJob('course-completions', { schedule: '*/10 * * * *' }, async (_payload, { signal }) => {
  let settled = 0
  for (let step = 1; step > 0 && !signal.aborted; settled += step) {
    const [row] = await jobsSql()`select private.settle_courses(500) as settled`
    step = row!.settled as number
  }
  return { settled }
})
