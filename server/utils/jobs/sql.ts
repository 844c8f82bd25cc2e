import postgres from 'postgres'

let connections: postgres.Sql | undefined

/** Connections as the role of the server's own jobs: imports, folding of figures, nightly checks. */
export function jobsSql(): postgres.Sql {
  return connections ??= postgres(portalSettings().databaseUrl, {
    max: 4,
    idle_timeout: 60,
    onnotice: () => undefined,
    connection: { role: 'job_server', application_name: 'linxue jobs' },
  })
}
