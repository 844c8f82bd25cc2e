// A whole portal for the API and browser tests: its own data folder, its own port, a small demo region.
import { mkdirSync, mkdtempSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { TestProject } from 'vitest/node'
import { ensureBuild } from '../stack/build.ts'
import { lockDataFolder } from '../stack/lock.ts'
import { freePort } from '../stack/ports.ts'
import { prepareData, startSite } from '../stack/portal.ts'
import { Services } from '../stack/processes.ts'
import { layOut, removeData, RESIDENTS, WITHOUT_CRASHES } from './prepared.ts'

const root = fileURLToPath(new URL('..', import.meta.url))

declare module 'vitest' {
  export interface ProvidedContext { portalUrl: string, portalDatabaseUrl: string, portalRestUrl: string, sessionSecret: string, portalJwtSecret: string, portalDataDir: string, portalDataKey: string }
}

export default async function startTestPortal(project: TestProject): Promise<() => Promise<void>> {
  mkdirSync(join(root, '.data-test'), { recursive: true })
  const dataDir = mkdtempSync(join(root, '.data-test', 'run-'))
  const port = await freePort()
  const giveBackLock = lockDataFolder(dataDir, port)
  const services = new Services(join(dataDir, 'services.json'), (reason) => { throw new Error(reason) })
  const stop = async () => {
    await services.stop()
    giveBackLock()
    removeData(dataDir)
  }
  try {
    const environment = { port, host: '127.0.0.1', dataDir, hosted: null, demoResidents: RESIDENTS }
    const [build] = await Promise.all([ensureBuild(root), layOut('demo', dataDir)])
    const connection = await prepareData(services, environment, () => undefined, WITHOUT_CRASHES)
    await startSite(services, environment, build, connection)
    project.provide('portalUrl', `http://127.0.0.1:${port}`)
    project.provide('portalDatabaseUrl', connection.DATABASE_URL)
    project.provide('portalRestUrl', connection.POSTGREST_URL!)
    project.provide('sessionSecret', connection.LINXUE_SESSION_SECRET)
    project.provide('portalJwtSecret', connection.SUPABASE_JWT_SECRET)
    project.provide('portalDataDir', dataDir)
    project.provide('portalDataKey', connection.LINXUE_DATA_KEY)
    return stop
  }
  catch (error) {
    await stop()
    throw error
  }
}
