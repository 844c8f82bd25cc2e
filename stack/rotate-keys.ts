// npm run keys:rotate: a new key seals every phone and ID number anew and makes the hashes by which they are found. Run again
// after a kill, it goes on. The portal must not run.
import { fileURLToPath } from 'node:url'
import postgres from 'postgres'
import { drawDataKey, keyIdsOf } from '../server/privacy/vault.ts'
import { readEnvironment } from './environment.ts'
import { explain, Foreseen } from './faults.ts'
import { takeDatabase } from './find-database.ts'
import { holdKeys } from './keys-lock.ts'
import { beginRotation, finishRotation, keyState } from './keys.ts'
import { DataFolderHeld } from './lock.ts'
import { keepDataKey, loadSecrets } from './secrets.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const say = (zh: string, en: string) => console.log(`· ${zh}  ${en}`)

try { await run() }
catch (error) {
  console.error(`✗ ${explain(error)}`)
  process.exitCode = 1
}

async function run(): Promise<void> {
  const dataDir = ownDataFolder()
  // Two walls: the folder's lock keeps a portal of this folder away, a lock in the database every site there is.
  const database = await takeDatabase(root, say).catch((error) => {
    throw error instanceof DataFolderHeld ? new Foreseen(`门户正在运行，请先停下再换密钥\nThe portal is running; stop it before the key is changed\n${error.message}`) : error
  })
  const sql = postgres(database.url, { max: 2, onnotice: () => undefined })
  let giveBackKeys = async () => {}
  try {
    giveBackKeys = await holdKeys(database.url, 'rotation', (reason) => {
      console.error(`✗ ${reason}`)
      void database.close().finally(() => process.exit(1))
    })
    await refuseWhileServing(sql)
    const given = dataDir ? loadSecrets(dataDir).dataKey : process.env.LINXUE_DATA_KEY ?? ''
    const { rotatingTo, lookupKeyId } = await keyState(sql)
    const [newest] = keyIdsOf(given)
    // What an earlier run left is brought to its end; only then is a new key a new wish.
    const isLeft = rotatingTo !== null || (lookupKeyId === newest && keyIdsOf(given).length > 1)
    const keyList = isLeft ? given : dataDir ? withNewKey(given) : checked(given, lookupKeyId)
    if (!isLeft) {
      // Kept before anything is sealed with it.
      if (dataDir) keepDataKey(dataDir, keyList)
      await beginRotation(sql, keyList)
    }
    await finishRotation(sql, keyList, (done, total) => say(`已重新加密 ${done} / ${total}`, `${done} of ${total} sealed anew`))
    const inForce = (await keyState(sql)).lookupKeyId!
    if (dataDir) keepDataKey(dataDir, keyList.split(',').find(one => one.trim().startsWith(`${inForce}:`))!)
    console.log(dataDir
      ? `✓ 密钥 ${inForce} 已接替，旧密钥不再使用。请备份 secrets.json  Key ${inForce} has taken over and the old one is retired. Back up secrets.json`
      : `✓ 密钥 ${inForce} 已接替。请把 LINXUE_DATA_KEY 里其他密钥删掉  Key ${inForce} has taken over. Remove the others from LINXUE_DATA_KEY`)
  }
  finally {
    await sql.end()
    await giveBackKeys()
    await database.close()
  }
}

/** The embedded portal's folder; null where a database is named. */
function ownDataFolder(): string | null {
  try { process.loadEnvFile(`${root}/.env`) }
  catch (error) { if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error }
  const { DATABASE_URL, ...others } = process.env
  return DATABASE_URL ? null : readEnvironment(root, others).dataDir
}

function withNewKey(keyList: string): string {
  const id = Math.max(...keyIdsOf(keyList)) + 1
  return `${drawDataKey(id)},${keyList}`
}

/** Where the operator keeps the keys: a new one has to be in front already. */
function checked(keyList: string, lookupKeyId: number | null): string {
  const ids = keyList ? keyIdsOf(keyList) : []
  if (ids.length > 1 && ids[0] !== lookupKeyId) return keyList
  throw new Foreseen(`请先在 LINXUE_DATA_KEY 最前面加一把新密钥，存好，再运行一次：\nPut a new key in front of LINXUE_DATA_KEY, keep it safe, and run this again:\n\n  LINXUE_DATA_KEY=${drawDataKey(ids.length ? Math.max(...ids) + 1 : 1)},<…>\n`)
}

// Half of the hashes would be the new key's: whoever signs in meanwhile would not be found. A site of an earlier version holds no lock.
async function refuseWhileServing(sql: postgres.Sql): Promise<void> {
  const [serving] = await sql`select from pg_stat_activity where datname = current_database() and application_name in ('linxue identity', 'linxue jobs') limit 1`
  if (serving) throw new Foreseen('有网站正连着这个数据库，请先停下\nA site is connected to this database; stop it first')
}
