import { z } from 'zod'

const Settings = z.object({
  SUPABASE_URL: z.url(),
  SUPABASE_JWT_SECRET: z.string().min(32),
  SUPABASE_ANON_KEY: z.string().optional(),
  POSTGREST_URL: z.url().optional(),
  DATABASE_URL: z.url(),
  LINXUE_SESSION_SECRET: z.string().min(32),
  LINXUE_DATA_KEY: z.string().min(46),
  LINXUE_SIGNING_KEY: z.base64().length(44),
  LINXUE_RECOGNITION_KEEP_DAYS: z.coerce.number().int().min(30).max(3650).default(180),
  LINXUE_DATA_DIR: z.string().min(1),
  LINXUE_PUBLIC_URL: z.url().optional(),
  LINXUE_DID_WEB: z.string().regex(/^did:web:[\w.%:-]+$/).optional(),
  LINXUE_MIRROR_FOLDER: z.string().min(1).optional(),
  PORT: z.coerce.number().default(3000),
  LINXUE_TRUST_PROXY: z.stringbool().default(false),
  SMS_URL: z.url().optional(),
  SMS_TOKEN: z.string().optional(),
}).transform(env => ({
  supabaseUrl: env.SUPABASE_URL.replace(/\/$/, ''),
  jwtSecret: env.SUPABASE_JWT_SECRET,
  anonKey: env.SUPABASE_ANON_KEY,
  postgrestUrl: env.POSTGREST_URL,
  databaseUrl: env.DATABASE_URL,
  sessionSecret: env.LINXUE_SESSION_SECRET,
  dataKey: env.LINXUE_DATA_KEY,
  signingKey: env.LINXUE_SIGNING_KEY,
  recognitionKeepDays: env.LINXUE_RECOGNITION_KEEP_DAYS,
  dataDir: env.LINXUE_DATA_DIR,
  publicUrl: env.LINXUE_PUBLIC_URL,
  /** Without a slash at its end; this machine where no public address is set. */
  siteUrl: (env.LINXUE_PUBLIC_URL ?? `http://localhost:${env.PORT}`).replace(/\/$/, ''),
  didWeb: env.LINXUE_DID_WEB,
  mirrorFolder: env.LINXUE_MIRROR_FOLDER,
  isSecure: env.LINXUE_PUBLIC_URL?.startsWith('https:') ?? false,
  trustProxy: env.LINXUE_TRUST_PROXY,
  sms: env.SMS_URL ? { url: env.SMS_URL, token: env.SMS_TOKEN } : undefined,
}))

export type PortalSettings = z.infer<typeof Settings>

let settings: PortalSettings | undefined

/** The environment of the server process, checked once. .env.example names every variable. */
export function portalSettings(): PortalSettings {
  return settings ??= Settings.parse(process.env)
}
