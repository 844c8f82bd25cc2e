/** Early each day: what was planned for it in the network, each act as whoever planned it. */
export const dueActs = defineJob('due-acts', { schedule: '5 0 * * *' }, async () => {
  const [row] = await jobsSql()`select private.apply_due_acts() as settled`
  return { settled: row?.settled as number }
})
