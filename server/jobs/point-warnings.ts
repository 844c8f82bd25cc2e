/** By day, every hour: whoever has points that end within thirty days is told once for each last day. */
export const pointWarnings = defineJob('point-warnings', { schedule: '25 9-18 * * *' }, async (_payload, { signal }) => {
  const [row] = await jobsSql()`select private.warn_of_points() as warned`
  const counted = { warned: row?.warned as number, sent: 0, failed: 0 }
  while (!signal.aborted) {
    const { taken, sent, failed } = await sendPointWarnings()
    counted.sent += sent
    counted.failed += failed
    if (taken === 0 || failed > 0) break // a gateway that takes nothing is asked again in an hour
  }
  return counted
})
