// What the operator may set, checked before anything starts. .env.example names every variable.
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'

export interface Environment {
  port: number
  host: string
  dataDir: string
  /** Set when the database is Supabase's or somebody else's: then nothing embedded starts. */
  hosted: { supabaseUrl: string, jwtSecret: string, databaseUrl: string, sessionSecret: string } | null
  /** Residents of the demo region to seed into an empty database; 0 for none. */
  demoResidents: number
}

export class WrongVariable extends Error {
  constructor(name: string, zh: string, en: string) {
    super(`环境变量 ${name}：${zh}\nEnvironment variable ${name}: ${en}`)
  }
}

const HOSTED = ['SUPABASE_URL', 'SUPABASE_JWT_SECRET', 'DATABASE_URL'] as const

/** Reads `.env` and the environment. @throws WrongVariable that names the first wrong or missing variable */
export function readEnvironment(root: string, env: NodeJS.ProcessEnv = process.env): Environment {
  if (env === process.env && existsSync(join(root, '.env'))) process.loadEnvFile(join(root, '.env'))
  const hosted = HOSTED.some(name => env[name])
  return {
    port: wholeNumber(env, 'PORT', 3000, 65_535),
    host: env.HOST || '0.0.0.0',
    dataDir: resolve(root, env.LINXUE_DATA_DIR || '.data'),
    hosted: hosted ? readHosted(env) : null,
    demoResidents: wholeNumber(env, 'LINXUE_DEMO_RESIDENTS', hosted ? 0 : 20_000, 10_000_000),
  }
}

function readHosted(env: NodeJS.ProcessEnv): Environment['hosted'] {
  for (const name of [...HOSTED, 'LINXUE_SESSION_SECRET'])
    if (!env[name]) throw new WrongVariable(name, '使用外部数据库时必须设置', 'must be set when the database is not the embedded one')
  requireUrl(env, 'SUPABASE_URL', ['http:', 'https:'])
  requireUrl(env, 'DATABASE_URL', ['postgres:', 'postgresql:'])
  for (const name of ['SUPABASE_JWT_SECRET', 'LINXUE_SESSION_SECRET'])
    if (env[name]!.length < 32) throw new WrongVariable(name, '至少 32 个字符', 'needs at least 32 characters')
  return { supabaseUrl: env.SUPABASE_URL!, jwtSecret: env.SUPABASE_JWT_SECRET!, databaseUrl: env.DATABASE_URL!, sessionSecret: env.LINXUE_SESSION_SECRET! }
}

function wholeNumber(env: NodeJS.ProcessEnv, name: string, otherwise: number, largest: number): number {
  const text = env[name]
  if (text === undefined || text === '') return otherwise
  if (!/^\d+$/.test(text) || Number(text) > largest) throw new WrongVariable(name, `应为 0 到 ${largest} 的整数，现在是“${text}”`, `must be a whole number from 0 to ${largest}, not "${text}"`)
  return Number(text)
}

function requireUrl(env: NodeJS.ProcessEnv, name: string, protocols: string[]): void {
  const url = URL.parse(env[name]!)
  if (!url || !protocols.includes(url.protocol)) throw new WrongVariable(name, `应为 ${protocols.join(' 或 ')} 开头的地址`, `must be an address that starts with ${protocols.join(' or ')}`)
}
