/** Every minute: offers of seats whose time is over go on to the next in line. */
export const lapseOffers = defineJob('lapse-offers', { schedule: '* * * * *' }, async () => {
  const [row] = await jobsSql()`select private.lapse_offers() as lapsed`
  return { lapsed: row?.lapsed as number }
})

/** Every ten minutes: seats that nobody drew in time are drawn. */
export const drawSeats = defineJob('draw-seats', { schedule: '*/10 * * * *' }, async () => {
  const [row] = await jobsSql()`select private.draw_due_pools() as drawn`
  return { drawn: row?.drawn as number }
})

/** In the afternoon: whoever has a seat for tomorrow is reminded, once. */
export const remindOfSessions = defineJob('remind-of-sessions', { schedule: '*/20 15-20 * * *' }, async () => {
  const [row] = await jobsSql()`select private.remind_of_sessions() as reminded`
  return { reminded: row?.reminded as number }
})

/** Every minute: what people were told about their seats goes out by text message, too. */
export const textNotices = defineJob('text-notices', { schedule: '* * * * *' }, async (_payload, { signal }) => {
  const counted = { sent: 0, failed: 0 }
  while (!signal.aborted) {
    const { sent, failed } = await sendNotices()
    counted.sent += sent
    counted.failed += failed
    // A gateway that takes nothing is asked again in a minute.
    if (sent === 0) return counted
  }
})

/** Every night: no seat was given twice, and nobody waits beside a free one. */
export const checkSeats = defineJob('check-seats', { schedule: '20 3 * * *' }, async () => {
  const faults = await jobsSql()`select invariant, subject from private.seat_faults()`
  for (const { invariant, subject } of faults) console.error(JSON.stringify({ level: 'error', at: new Date().toISOString(), job: 'check-seats', error: `${invariant}: ${subject}` }))
  return { faults: faults.length }
})
