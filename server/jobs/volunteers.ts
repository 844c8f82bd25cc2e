/** Every minute: whose hours a class or a merge changed is counted anew. */
export const recountService = defineJob('recount-service', { schedule: '* * * * *' }, async (_payload, { signal }) => {
  let people = 0
  while (!signal.aborted) {
    const [row] = await jobsSql()`select private.recount_service(200) as people`
    people += row!.people as number
    if (row!.people === 0) break
  }
  return { people }
})

/** Every night: hours are what the rule says, and no place was given twice. */
export const checkService = defineJob('check-service', { schedule: '35 3 * * *' }, async () => {
  const faults = await jobsSql()`select invariant, subject from private.service_faults()`
  for (const { invariant, subject } of faults) console.error(JSON.stringify({ level: 'error', at: new Date().toISOString(), job: 'check-service', error: `${invariant}: ${subject}` }))
  return { faults: faults.length }
})

/** In the afternoon: whoever has a place in a shift of tomorrow is reminded, once. */
export const remindOfShifts = defineJob('remind-of-shifts', { schedule: '5-59/20 15-20 * * *' }, async () => {
  const [row] = await jobsSql()`select private.remind_of_shifts() as reminded`
  return { reminded: row?.reminded as number }
})

/** In the morning: whoever was promised an answer to a dispute by yesterday, and has none, is told so. */
export const lateDisputes = defineJob('late-disputes', { schedule: '0 9 * * *' }, async () => {
  const [row] = await jobsSql()`select private.tell_late_disputes() as late`
  return { late: row?.late as number }
})
