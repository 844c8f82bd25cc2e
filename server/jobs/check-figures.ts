/** At night a thirtieth of the people is counted again, the sums at the region are compared, and one county is recounted cell by cell. What differs is kept, audited and logged. */
export const checkFigures = defineJob('check-figures', { schedule: '40 3 * * *' }, async () => {
  const [row] = await jobsSql()`select private.check_figures() as differing`
  if (row!.differing === 0) return
  console.error(JSON.stringify({ level: 'error', at: new Date().toISOString(), job: 'check-figures', error: `${row!.differing} figures differ from the facts; npm run metrics:verify shows them, npm run metrics:rebuild counts them anew` }))
})
