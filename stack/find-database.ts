// The database a tool works on: the one DATABASE_URL names, the running portal's, or the embedded one started for the while.
import { join } from 'node:path'
import { readAddress } from './address.ts'
import { startDatabase } from './database.ts'
import { readEnvironment } from './environment.ts'
import { Foreseen } from './faults.ts'
import { holderOf, lockDataFolder } from './lock.ts'
import { fillDatabase, type Say } from './portal.ts'
import { Services } from './processes.ts'
import { loadSecrets } from './secrets.ts'

export interface FoundDatabase {
  url: string
  /** Seals numbers there; empty where a database is named and its key is not. */
  dataKey: string
  /** Of the portal here; none where a database is named. */
  dataDir?: string
  close: () => Promise<void>
}

export async function findDatabase(root: string, say: Say): Promise<FoundDatabase> {
  // A tool beside a database elsewhere needs its address alone, not what the site needs.
  const { DATABASE_URL: named, ...others } = loadedEnvironment(root)
  if (named) return { url: named, dataKey: others.LINXUE_DATA_KEY ?? '', close: async () => {} }
  const { dataDir } = readEnvironment(root, others)
  const holder = holderOf(dataDir)
  if (!holder) return startForNow(dataDir, say)
  const url = readAddress(dataDir)
  if (url) return { url, dataKey: others.LINXUE_DATA_KEY || loadSecrets(dataDir).dataKey, dataDir, close: async () => {} }
  throw new Foreseen(`门户（进程 ${holder.pid}）还在启动，请等它就绪后再试\nThe portal (process ${holder.pid}) is still starting; try again once it is ready`)
}

/**
 * The database for a tool that nothing else may stand beside: the embedded one with its folder locked, so that no portal starts
 * meanwhile, or the one DATABASE_URL names. @throws DataFolderHeld
 */
export async function takeDatabase(root: string, say: Say): Promise<FoundDatabase> {
  const { DATABASE_URL: named, ...others } = loadedEnvironment(root)
  return named ? findDatabase(root, say) : startForNow(readEnvironment(root, others).dataDir, say)
}

async function startForNow(dataDir: string, say: Say): Promise<FoundDatabase> {
  const giveBackLock = lockDataFolder(dataDir, 0)
  let close = async (): Promise<void> => giveBackLock()
  try {
    const services = new Services(join(dataDir, 'children.json'), (reason) => {
      console.error(`✗ ${reason}`)
      void close().finally(() => process.exit(1))
    })
    close = async () => {
      await services.stop()
      giveBackLock()
    }
    for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(name, () => void close().finally(() => process.exit(1)))
    await services.clearLeftovers()
    say('门户没有运行，暂时启动内嵌数据库', 'The portal is not running; starting its database for now …')
    const secrets = loadSecrets(dataDir)
    const { url } = await startDatabase(services, dataDir, secrets)
    const dataKey = await fillDatabase(url, { dataDir, demoResidents: 0 }, secrets.dataKey, say)
    return { url, dataKey, dataDir, close }
  }
  catch (error) {
    await close()
    throw error
  }
}

function loadedEnvironment(root: string): NodeJS.ProcessEnv {
  try { process.loadEnvFile(join(root, '.env')) }
  catch (error) { if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error }
  return process.env
}
