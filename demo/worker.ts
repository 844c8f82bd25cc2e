// Seeds as the launcher's thread: says how far it is, and ends with its memory.
import { parentPort, workerData } from 'node:worker_threads'
import postgres from 'postgres'
import { seed, type SeedOptions } from './seed.ts'

const { databaseUrl, options } = workerData as { databaseUrl: string, options: SeedOptions }
const sql = postgres(databaseUrl, { max: 1, onnotice: () => undefined })
try { await seed(sql, { ...options, report: progress => parentPort!.postMessage(progress) }) }
finally { await sql.end() }
