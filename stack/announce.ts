// What the operator reads once the portal answers.
import { join } from 'node:path'
import postgres from 'postgres'
import { DEMO_ACCOUNTS } from '../demo/accounts.ts'
import { openVault } from '../server/privacy/vault.ts'
import type { Environment } from './environment.ts'
import { followOutbox } from './outbox.ts'
import { addressOf, type Connection } from './portal.ts'

/** Says where the portal is, who can sign in where it holds the demo region, and from then on every text message of an embedded portal. */
export async function announce({ port, host, dataDir, hosted }: Environment, connection: Connection): Promise<void> {
  const isDemo = await holdsDemo(connection)
  const seconds = Math.round(performance.now() / 1000)
  console.log(`\n  邻学 Linxue  →  ${addressOf(host, port)}   （${seconds} 秒就绪  ready in ${seconds} s）\n`)
  if (isDemo) {
    console.log('  演示账号  Demo accounts')
    for (const { phone, zh, en } of DEMO_ACCOUNTS.residents) console.log(`    ${phone.padEnd(24)} ${zh}  ${en}`)
    for (const { username, password, zh, en } of DEMO_ACCOUNTS.staff) console.log(`    ${`${username} / ${password}`.padEnd(24)} ${zh}  ${en}`)
  }
  if (!hosted && !process.env.SMS_URL) {
    console.log('  短信验证码会显示在这里  One-time codes appear here\n')
    followOutbox(join(dataDir, 'outbox', 'sms.jsonl'))
  }
}

async function holdsDemo({ DATABASE_URL, LINXUE_DATA_KEY }: Connection): Promise<boolean> {
  const vault = openVault(LINXUE_DATA_KEY)
  const sql = postgres(DATABASE_URL, { max: 1, onnotice: () => undefined })
  try {
    const lookups = DEMO_ACCOUNTS.residents.map(({ phone }) => vault.lookup('phone', phone).toString('hex'))
    const known = await sql`select from identity.accounts where phone_lookup = any (${lookups})`
    return known.length === lookups.length
  }
  finally { await sql.end() }
}
