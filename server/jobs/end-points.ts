/** Every hour: points whose last day is over end, and all where the region keeps none any more. */
export const endPoints = defineJob('end-points', { schedule: '5 * * * *' }, async () => {
  let ended = 0
  for (;;) {
    const [row] = await jobsSql()`select private.end_points() as ended`
    if (!row?.ended) return { ended }
    ended += row.ended as number
  }
})
