import postgres from 'postgres'

let connections: postgres.Sql | undefined

/** Connections as the role in which PostgREST would answer an account. */
function accountSql(): postgres.Sql {
  return connections ??= postgres(portalSettings().databaseUrl, {
    max: 8,
    idle_timeout: 60,
    onnotice: () => undefined,
    connection: { role: 'authenticated', statement_timeout: 15_000, application_name: 'linxue accounts' },
  })
}

/**
 * Asks as an account in one message instead of PostgREST's four (docs/decisions/0009): for what everybody calls in the same
 * minute. The statement must read `claims` from `set_config('request.jwt.claims', ${claims}, true)`; they last as long as it. What is asked
 * must need them (a value beside them, or `lateral`): the database decides what it reads first.
 * @throws what the database refused, as a refusal
 */
export async function askAs<Row extends object>(accountId: string, statement: (sql: postgres.Sql, claims: string) => postgres.PendingQuery<postgres.Row[]>): Promise<Row[]> {
  try {
    return await statement(accountSql(), JSON.stringify({ sub: accountId, role: 'authenticated' })) as unknown as Row[]
  }
  catch (error) {
    if (error instanceof postgres.PostgresError) throw databaseRefusal({ code: error.code, message: error.message, details: error.detail ?? null })
    throw error
  }
}
