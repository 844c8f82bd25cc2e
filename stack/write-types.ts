// npm run types: migrates an empty database and writes shared/types/database.ts from it.
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import postgres from 'postgres'
import { startDatabase } from './database.ts'
import { migrate } from './migrate.ts'
import { Services } from './processes.ts'
import { loadSecrets } from './secrets.ts'
import { databaseTypes } from './types.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const dataDir = mkdtempSync(join(tmpdir(), 'linxue-types-'))
chmodSync(dataDir, 0o755) // so that the database user can reach its files in here
const services = new Services(join(dataDir, 'children.json'), (reason) => { throw new Error(reason) })
try {
  const { url } = await startDatabase(services, dataDir, loadSecrets(dataDir))
  const sql = postgres(url, { max: 1, onnotice: () => undefined })
  await migrate(sql, join(root, 'supabase', 'migrations'))
  writeFileSync(join(root, 'shared', 'types', 'database.ts'), await databaseTypes(sql))
  await sql.end()
}
finally {
  await services.stop()
  rmSync(dataDir, { recursive: true, force: true })
}
