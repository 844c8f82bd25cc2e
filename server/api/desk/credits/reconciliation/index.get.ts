/** The checks of the ledger: one that is running and how far it is, the last one that ended with what it found of each invariant, and those before. 403 `post_lacks_sight`. */
export default defineEventHandler(async (event) => {
  const desk = await requireDesk(event, 'approval')
  const [checks, { trail }] = await Promise.all([creditChecks(desk.database), requireUnit(desk, undefined, 'approval')])
  const { latest } = checks
  return {
    ...checks,
    /** Of the last check that ended: whose and what it found. One that is running is asked every second, and tells numbers alone. */
    offenders: latest?.faults ? await creditOffenders(event, desk.database, latest.id) : [],
    /** Has the whole region in sight, and so may have it checked. */
    mayCheck: trail[0]!.inSight,
  }
})
