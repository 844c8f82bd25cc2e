/** Every hour: what was set aside and not collected in time goes back on the shelf, and the credits to whoever held it. */
export const rewardHolds = defineJob('reward-holds', { schedule: '15 * * * *' }, async () => {
  const [row] = await jobsSql()`select private.time_out_holds() as ended`
  return { ended: row?.ended as number }
})
