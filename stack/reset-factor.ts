// npm run factor:reset -- <user name>: takes the second factor off one account, for a region whose only security administrator lost
// phone and backup codes. Whoever can run this has the database anyway; the audit log tells it all the same. The portal may run.
import { fileURLToPath } from 'node:url'
import postgres from 'postgres'
import { explain, Foreseen } from './faults.ts'
import { findDatabase } from './find-database.ts'

const root = fileURLToPath(new URL('..', import.meta.url))

try { await run(process.argv[2]?.trim().toLowerCase()) }
catch (error) {
  console.error(`✗ ${explain(error)}`)
  process.exitCode = 1
}

async function run(username: string | undefined): Promise<void> {
  if (!username) throw new Foreseen('请写明用户名：npm run factor:reset -- <用户名>\nSay whose: npm run factor:reset -- <user name>')
  const database = await findDatabase(root, (zh, en) => console.log(`· ${zh}  ${en}`))
  const sql = postgres(database.url, { max: 1, onnotice: () => undefined })
  try {
    await sql.begin(transaction => takeOff(transaction, username))
    console.log(`✓ ${username} 的动态口令已取消，各处已退出登录。请本人用密码登录，马上重新设置  The second factor of ${username} is off and every session ended. Let them sign in with the password and set it up anew at once`)
  }
  finally {
    await sql.end()
    await database.close()
  }
}

async function takeOff(sql: postgres.TransactionSql, username: string): Promise<void> {
  const [account] = await sql`select id, second_factor from identity.accounts where username = ${username} for no key update`
  if (!account) throw new Foreseen(`没有这个用户名：${username}\nNobody has this user name: ${username}`)
  if (!account.second_factor) throw new Foreseen(`${username} 没有开通动态口令\n${username} has no second factor`)
  // Secret, backup codes and sessions go along, and the audit log gets its line, by the triggers of the account.
  await sql`update identity.accounts set second_factor = false, updated_at = now() where id = ${account.id as string}`
}
