// npm run seed -- --residents 20000 [--seed 7]: fills the portal's database, running or not, with a demo region.
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import postgres from 'postgres'
import { explain, Foreseen } from '../stack/faults.ts'
import { findDatabase } from '../stack/find-database.ts'
import { DEMO_ACCOUNTS } from './accounts.ts'
import { FEWEST_RESIDENTS, seed, type SeedOptions } from './seed.ts'

const USAGE = `npm run seed -- [--residents 20000] [--seed 7] [--today 2026-11-24]
  DATABASE_URL  要写入的数据库，不设时用本机的门户  the database to write to, else the portal's here`

const options = readOptions()
if (typeof options === 'string') {
  console.error(`✗ ${options}\n${USAGE}`)
  process.exitCode = 2
}
else {
  try { await run(options) }
  catch (error) {
    console.error(`✗ 演示地区没有建成，什么都没有改变  The demo region was not made; nothing was changed\n${explain(error)}`)
    process.exitCode = 1
  }
}

async function run(options: Omit<SeedOptions, 'dataKey'>): Promise<void> {
  const database = await findDatabase(fileURLToPath(new URL('..', import.meta.url)), (zh, en) => console.log(`· ${zh}  ${en}`))
  const sql = postgres(database.url, { max: 1, onnotice: () => undefined })
  try {
    const started = performance.now()
    if (!database.dataKey) throw new Foreseen('请设置 LINXUE_DATA_KEY，演示地区的手机号要用它加密\nSet LINXUE_DATA_KEY: it seals the demo region\'s phone numbers')
    const result = await seed(sql, { ...options, dataKey: database.dataKey, dataDir: database.dataDir, report: progress => console.log(`· ${progress}`) })
    if (result.skipped) throw new Foreseen('数据库里已有地区；演示地区只建在空的数据库里\nThe database has a region already; a demo region is made in an empty one only')
    for (const [table, rows] of Object.entries(result.rows)) console.log(`  ${table.padEnd(28)}${rows}`)
    console.log(`✓ 演示地区已就绪  The demo region is ready (${((performance.now() - started) / 1000).toFixed(1)} s)`)
    for (const { phone, zh, en } of DEMO_ACCOUNTS.residents) console.log(`  ${phone}  ${zh}  ${en}`)
    for (const { username, password, zh, en } of DEMO_ACCOUNTS.staff) console.log(`  ${username} / ${password}  ${zh}  ${en}`)
  }
  finally {
    await sql.end()
    await database.close()
  }
}

function readOptions(): Omit<SeedOptions, 'dataKey'> | string {
  try {
    const { values } = parseArgs({ options: { residents: { type: 'string', default: '20000' }, seed: { type: 'string', default: '7' }, today: { type: 'string' } } })
    const residents = Number(values.residents)
    if (!Number.isInteger(residents) || residents < FEWEST_RESIDENTS) return `--residents 要不小于 ${FEWEST_RESIDENTS} 的整数  --residents wants a whole number from ${FEWEST_RESIDENTS} up: ${values.residents}`
    const seedNumber = Number(values.seed)
    if (!Number.isSafeInteger(seedNumber)) return `--seed 要整数  --seed wants a whole number: ${values.seed}`
    const today = values.today ?? new Date().toLocaleDateString('sv-SE', { timeZone: 'Asia/Shanghai' })
    return { residents, seed: seedNumber, today }
  }
  catch (error) { return (error as Error).message }
}
