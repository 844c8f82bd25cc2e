import postgres from 'postgres'

let connections: postgres.Sql | undefined

/** Connections as the role that keeps accounts and sessions, and may do nothing else. */
export function identitySql(): postgres.Sql {
  return connections ??= postgres(portalSettings().databaseUrl, {
    max: 6,
    idle_timeout: 60,
    onnotice: () => undefined,
    connection: { role: 'identity_server', search_path: 'identity', application_name: 'linxue identity' },
  })
}
