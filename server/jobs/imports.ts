/** Reads, checks, writes or takes back one import (server/utils/imports/work.ts). */
export const importJob = defineJob<{ id: number }>(IMPORT_JOB, {}, ({ id }, run) => workOnImport(id, run))

/** Puts imports back in line whose job got lost between two steps, after a crash for one. */
export const importsResume = defineJob('imports-resume', { schedule: '*/5 * * * *' }, async () => {
  const rows = await jobsSql()`select private.imports_running() as id`
  for (const { id } of rows) await startJob(IMPORT_JOB, { id: Number(id) }, String(id))
})

/** Removes files with people's data that nobody needs any more. */
export const importsTidy = defineJob('imports-tidy', { schedule: '40 3 * * *' }, async () => {
  const rows = await jobsSql()`select private.tidy_imports() as folder`
  for (const { folder } of rows) await removeImportFiles(folder as string)
})
