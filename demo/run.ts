// npm run seed -- --residents 20000 [--seed 7]: fills the database at DATABASE_URL with a demo region.
import { parseArgs } from 'node:util'
import postgres from 'postgres'
import { DEMO_ACCOUNTS } from './accounts.ts'
import { FEWEST_RESIDENTS, seed } from './seed.ts'

const USAGE = `npm run seed -- [--residents 20000] [--seed 7] [--today 2026-11-24]
  DATABASE_URL  要写入的数据库  the database to write to`

const options = readOptions()
if (typeof options === 'string') {
  console.error(`✗ ${options}\n${USAGE}`)
  process.exitCode = 2
}
else {
  const sql = postgres(options.databaseUrl, { max: 1, onnotice: () => undefined })
  try {
    const started = performance.now()
    const result = await seed(sql, { ...options, report: progress => console.log(`· ${progress}`) })
    if (result.skipped) console.log('· 数据库里已有地区，什么都没有改变  The database has a region already; nothing was changed')
    else {
      for (const [table, rows] of Object.entries(result.rows)) console.log(`  ${table.padEnd(28)}${rows}`)
      console.log(`✓ 演示地区已就绪  The demo region is ready (${((performance.now() - started) / 1000).toFixed(1)} s)`)
      for (const { phone, zh, en } of DEMO_ACCOUNTS.residents) console.log(`  ${phone}  ${zh}  ${en}`)
      for (const { username, password, zh, en } of DEMO_ACCOUNTS.staff) console.log(`  ${username} / ${password}  ${zh}  ${en}`)
    }
  }
  catch (error) {
    console.error(`✗ 演示地区没有建成，什么都没有改变  The demo region was not made; nothing was changed\n${error instanceof Error ? error.message : String(error)}`)
    process.exitCode = 1
  }
  finally { await sql.end() }
}

function readOptions() {
  try {
    const { values } = parseArgs({ options: { residents: { type: 'string', default: '20000' }, seed: { type: 'string', default: '7' }, today: { type: 'string' } } })
    const databaseUrl = process.env.DATABASE_URL
    if (!databaseUrl) return '没有设置 DATABASE_URL  DATABASE_URL is not set'
    const residents = Number(values.residents)
    if (!Number.isInteger(residents) || residents < FEWEST_RESIDENTS) return `--residents 要不小于 ${FEWEST_RESIDENTS} 的整数  --residents wants a whole number from ${FEWEST_RESIDENTS} up: ${values.residents}`
    const seedNumber = Number(values.seed)
    if (!Number.isSafeInteger(seedNumber)) return `--seed 要整数  --seed wants a whole number: ${values.seed}`
    const today = values.today ?? new Date().toLocaleDateString('sv-SE', { timeZone: 'Asia/Shanghai' })
    return { databaseUrl, residents, seed: seedNumber, today }
  }
  catch (error) { return (error as Error).message }
}
