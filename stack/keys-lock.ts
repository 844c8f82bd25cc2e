// A site says in the database that it uses the data keys, and a change of keys that nobody may: whichever comes second is refused,
// whether they share a data folder or only the database. Whoever dies lets go with the connection.
import postgres from 'postgres'
import { Foreseen } from './faults.ts'

const NAME = 'linxue: data keys'
/** As long as the connection of somebody who was just killed may live on. */
const WAIT = '5s'
const RETAKE_MS = 1_000

const REFUSALS = {
  site: '正在换密钥，请等那个命令结束再启动\nA data key is being changed; start the site when that command has ended',
  rotation: '有网站正连着这个数据库，或者已经有人在换密钥，请先停下\nA site is connected to this database, or a key is being changed already; stop it first',
}

/**
 * Takes the keys for a site (any number at once) or for a rotation (alone). Returns the function that gives them back; a site whose
 * connection breaks takes them again, and is told by `lost` when a rotation came between.
 */
export async function holdKeys(databaseUrl: string, who: keyof typeof REFUSALS, lost: (reason: string) => void): Promise<() => Promise<void>> {
  let [isOver, timer] = [false, undefined as NodeJS.Timeout | undefined]
  const retakeSoon = () => {
    clearTimeout(timer)
    if (!isOver) timer = setTimeout(() => void retake(), RETAKE_MS).unref()
  }
  const sql = postgres(databaseUrl, {
    max: 1, max_lifetime: null, connect_timeout: 10, onnotice: () => undefined, connection: { application_name: 'linxue keys' },
    onclose: retakeSoon,
  })
  const take = async () => {
    await sql`select set_config('lock_timeout', ${WAIT}, false)`
    if (who === 'site') await sql`select pg_advisory_lock_shared(hashtextextended(${NAME}, 0))`
    else await sql`select pg_advisory_lock(hashtextextended(${NAME}, 0))`
  }
  async function retake(): Promise<void> {
    if (who === 'rotation') return lost('和数据库的连接断了，请再运行一次\nThe connection to the database broke; run it once more')
    await take().catch((error: unknown) => isTaken(error) ? lost(REFUSALS.site) : retakeSoon())
  }
  const giveBack = async () => {
    isOver = true
    clearTimeout(timer)
    await sql.end({ timeout: 1 })
  }
  try { await take() }
  catch (error) {
    await giveBack()
    throw isTaken(error) ? new Foreseen(REFUSALS[who]) : error
  }
  return giveBack
}

const isTaken = (error: unknown) => (error as { code?: string }).code === '55P03'
