/** Every few minutes judges the learners whose postings went on since; whoever looks at their own page is judged there and then. */
export const honours = defineJob('honours', { schedule: '*/5 * * * *' }, async (_payload, { signal }) => {
  const sql = jobsSql()
  while (!signal.aborted) {
    const [row] = await sql`select private.judge_waiting_honours() as judged`
    if (row!.judged === 0) break
  }
  await sql`select private.renew_honour_board()`
})
