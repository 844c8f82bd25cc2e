// Secrets of an embedded portal: drawn once, kept beside the data, readable by the owner only.
import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { drawDataKey } from '../server/privacy/vault.ts'
import { Foreseen } from './faults.ts'
import { writeWhole } from './files.ts'

const NAMES = ['postgresPassword', 'authenticatorPassword', 'jwtSecret', 'sessionSecret'] as const
/** `dataKey` seals phone and ID numbers (server/privacy/vault.ts): without it they are lost. `signingKey` signs the nightly seals. */
export type Secrets = Record<typeof NAMES[number] | 'dataKey' | 'signingKey', string>

export function loadSecrets(dataDir: string): Secrets {
  mkdirSync(dataDir, { recursive: true })
  const file = join(dataDir, 'secrets.json')
  if (!existsSync(file)) writeWhole(file, JSON.stringify(Object.fromEntries(NAMES.map(name => [name, randomBytes(32).toString('hex')])), null, 2), 0o600)
  try {
    const secrets = JSON.parse(readFileSync(file, 'utf8')) as Secrets
    if (NAMES.every(name => typeof secrets[name] === 'string')) return withKeys(file, secrets)
  }
  catch (error) { if (!(error instanceof SyntaxError)) throw error }
  throw new Foreseen(`密钥文件已损坏，请从备份恢复：${file}\nThe file of secrets is damaged; restore it from a backup: ${file}`)
}

// A data folder of an earlier version lacks some.
function withKeys(file: string, secrets: Secrets): Secrets {
  if (secrets.dataKey && secrets.signingKey) return secrets
  const complete = { ...secrets, dataKey: secrets.dataKey ?? drawDataKey(), signingKey: secrets.signingKey ?? randomBytes(32).toString('base64') }
  writeWhole(file, JSON.stringify(complete, null, 2), 0o600)
  return complete
}

/** Puts another list of data keys in the place of the present one, whole or not at all. */
export function keepDataKey(dataDir: string, dataKey: string): void {
  writeWhole(join(dataDir, 'secrets.json'), JSON.stringify({ ...loadSecrets(dataDir), dataKey }, null, 2), 0o600)
}
