/** Has the whole ledger recomputed now; the page shows how far it is and what it finds. 403 `unit_not_yours`. */
export default formHandler(async (event) => {
  const { database } = await requireDesk(event, 'approval')
  await answerOf(database.rpc('request_credit_check'))
  await startJob('credit-check', {}, 'all')
  return { started: true }
}, () => '/desk/credits/reconciliation?begins=1')
