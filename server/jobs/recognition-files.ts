const A_RUN = 500

/** Every night: questions left open for sixty days end their case, and sealed certificates of cases that ended long enough ago are deleted; the cases stay. */
export const recognitionFiles = defineJob('recognition-files', { schedule: '10 3 * * *' }, async (_payload, { signal }) => {
  const [unanswered] = await jobsSql()`select private.close_unanswered_recognition() as closed`
  let deleted = 0
  for (let last = A_RUN; last === A_RUN && !signal.aborted;) {
    const [row] = await jobsSql()`select private.forget_recognition_files(${portalSettings().recognitionKeepDays}) as deleted`
    last = row!.deleted as number
    deleted += last
  }
  return { closed: unanswered!.closed as number, deleted }
})
