// Secrets of an embedded portal: drawn once, kept beside the data, readable by the owner only.
import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export interface Secrets {
  postgresPassword: string
  authenticatorPassword: string
  jwtSecret: string
  sessionSecret: string
}

export function loadSecrets(dataDir: string): Secrets {
  mkdirSync(dataDir, { recursive: true })
  const file = join(dataDir, 'secrets.json')
  if (!existsSync(file)) {
    const draw = () => randomBytes(32).toString('hex')
    const secrets: Secrets = { postgresPassword: draw(), authenticatorPassword: draw(), jwtSecret: draw(), sessionSecret: draw() }
    writeFileSync(file, JSON.stringify(secrets, null, 2), { mode: 0o600 })
  }
  return JSON.parse(readFileSync(file, 'utf8')) as Secrets
}
