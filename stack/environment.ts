// What the operator may set, checked before anything starts. .env.example names every variable.
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { openVault } from '../server/privacy/vault.ts'
import { Foreseen } from './faults.ts'

export interface Hosted {
  supabaseUrl: string
  jwtSecret: string
  databaseUrl: string
  sessionSecret: string
  dataKey: string
  signingKey: string
  anonKey?: string
  postgrestUrl?: string
}

export interface Environment {
  port: number
  host: string
  dataDir: string
  /** Set when the database is Supabase's or somebody else's: then nothing embedded starts. */
  hosted: Hosted | null
  /** Residents of the demo region to seed into an empty database; 0 for none. */
  demoResidents: number
}

export class WrongVariable extends Foreseen {
  constructor(name: string, zh: string, en: string) {
    super(`环境变量 ${name}：${zh}\nEnvironment variable ${name}: ${en}`)
  }
}

const HOSTED = ['SUPABASE_URL', 'SUPABASE_JWT_SECRET', 'DATABASE_URL'] as const

/** The fewest people a demo region can be made of. */
const FEWEST_DEMO_RESIDENTS = 200

/** Reads `.env` and the environment. @throws WrongVariable that names the first wrong or missing variable */
export function readEnvironment(root: string, env: NodeJS.ProcessEnv = process.env): Environment {
  if (env === process.env && existsSync(join(root, '.env'))) process.loadEnvFile(join(root, '.env'))
  const hosted = HOSTED.some(name => env[name])
  const demoResidents = wholeNumber(env, 'LINXUE_DEMO_RESIDENTS', hosted ? 0 : 20_000, 0, 10_000_000)
  if (demoResidents > 0 && demoResidents < FEWEST_DEMO_RESIDENTS)
    throw new WrongVariable('LINXUE_DEMO_RESIDENTS', `0 或不小于 ${FEWEST_DEMO_RESIDENTS}`, `0, or ${FEWEST_DEMO_RESIDENTS} and more`)
  for (const name of ['LINXUE_PUBLIC_URL', 'SMS_URL']) if (env[name]) requireUrl(env, name, ['http:', 'https:'])
  if (env.LINXUE_TRUST_PROXY && !/^(true|false|1|0|yes|no|on|off)$/i.test(env.LINXUE_TRUST_PROXY))
    throw new WrongVariable('LINXUE_TRUST_PROXY', '应为 true 或 false', 'must be true or false')
  return {
    port: wholeNumber(env, 'PORT', 3000, 1, 65_535),
    host: env.HOST || '0.0.0.0',
    dataDir: resolve(root, env.LINXUE_DATA_DIR || '.data'),
    hosted: hosted ? readHosted(env) : null,
    demoResidents,
  }
}

function readHosted(env: NodeJS.ProcessEnv): Hosted {
  for (const name of [...HOSTED, 'LINXUE_SESSION_SECRET', 'LINXUE_DATA_KEY', 'LINXUE_SIGNING_KEY'])
    if (!env[name]) throw new WrongVariable(name, '使用外部数据库时必须设置', 'must be set when the database is not the embedded one')
  requireUrl(env, 'SUPABASE_URL', ['http:', 'https:'])
  requireUrl(env, 'DATABASE_URL', ['postgres:', 'postgresql:'])
  for (const name of ['SUPABASE_JWT_SECRET', 'LINXUE_SESSION_SECRET'])
    if (env[name]!.length < 32) throw new WrongVariable(name, '至少 32 个字符', 'needs at least 32 characters')
  try { openVault(env.LINXUE_DATA_KEY!) }
  catch { throw new WrongVariable('LINXUE_DATA_KEY', '应为“编号:32 字节的 base64”，多个用逗号隔开', 'must be <id>:<base64 of 32 bytes>, several by commas') }
  if (!/^[\w+/]{43}=$/.test(env.LINXUE_SIGNING_KEY!))
    throw new WrongVariable('LINXUE_SIGNING_KEY', '应为 32 字节的 base64', 'must be 32 bytes as base64')
  if (env.POSTGREST_URL) requireUrl(env, 'POSTGREST_URL', ['http:', 'https:'])
  return {
    supabaseUrl: env.SUPABASE_URL!, jwtSecret: env.SUPABASE_JWT_SECRET!, databaseUrl: env.DATABASE_URL!, sessionSecret: env.LINXUE_SESSION_SECRET!,
    dataKey: env.LINXUE_DATA_KEY!, signingKey: env.LINXUE_SIGNING_KEY!,
    anonKey: env.SUPABASE_ANON_KEY || undefined, postgrestUrl: env.POSTGREST_URL || undefined,
  }
}

function wholeNumber(env: NodeJS.ProcessEnv, name: string, otherwise: number, smallest: number, largest: number): number {
  const text = env[name]
  if (text === undefined || text === '') return otherwise
  const number = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN
  if (number >= smallest && number <= largest) return number
  throw new WrongVariable(name, `应为 ${smallest} 到 ${largest} 的整数，现在是“${text}”`, `must be a whole number from ${smallest} to ${largest}, not "${text}"`)
}

function requireUrl(env: NodeJS.ProcessEnv, name: string, protocols: string[]): void {
  const url = URL.parse(env[name]!)
  if (!url || !protocols.includes(url.protocol)) throw new WrongVariable(name, `应为 ${protocols.join(' 或 ')} 开头的地址`, `must be an address that starts with ${protocols.join(' or ')}`)
}
