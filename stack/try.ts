import postgres from 'postgres'
import { Services } from './processes.ts'
import { startDatabase } from './database.ts'
import { startPostgrest } from './postgrest.ts'
import { loadSecrets } from './secrets.ts'
import { migrate } from './migrate.ts'
import { mkdirSync } from 'node:fs'
const dir = process.argv[2]!
mkdirSync(dir, {recursive: true})
const s = new Services(dir + '/children.json', r => { console.error('FATAL', r); process.exit(1) })
await s.clearLeftovers()
const secrets = loadSecrets(dir)
console.time('db'); const db = await startDatabase(s, dir, secrets); console.timeEnd('db')
const sql = postgres(db.url, { onnotice: () => {} })
console.time('mig'); console.log(await migrate(sql, new URL('../supabase/migrations', import.meta.url).pathname)); console.timeEnd('mig')
console.time('rest'); console.log(await startPostgrest(s, db, secrets)); console.timeEnd('rest')
console.log(db.url)
process.on('SIGINT', async () => { await sql.end(); await s.stop(); process.exit() })
if (!process.argv[3]) { await sql.end(); await s.stop() }
