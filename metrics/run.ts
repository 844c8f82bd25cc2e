// npm run metrics:verify | metrics:rebuild: recounts the figures of the portal's database, running or not.
import { fileURLToPath } from 'node:url'
import postgres from 'postgres'
import { explain } from '../stack/faults.ts'
import { findDatabase } from '../stack/find-database.ts'
import { differences, rebuild } from './recount.ts'

const SHOWN = 50

try { await run(process.argv[2] ?? 'verify') }
catch (error) {
  console.error(`✗ ${explain(error)}`)
  process.exitCode = 2
}

async function run(act: string): Promise<void> {
  const database = await findDatabase(fileURLToPath(new URL('..', import.meta.url)), (zh, en) => console.log(`· ${zh}  ${en}`))
  const sql = postgres(database.url, { max: 4, onnotice: () => undefined })
  const started = performance.now()
  const took = () => `${((performance.now() - started) / 1000).toFixed(1)} s`
  try {
    if (act === 'rebuild') {
      await rebuild(sql, (year, cells) => console.log(`· ${year}: ${cells} 个指标  figures`))
      console.log(`✓ 指标已重新统计  The figures are counted anew (${took()})`)
      return
    }
    const found = await differences(sql, (year, count) => console.log(`· ${year}: ${count} 处不符  differ`))
    for (const one of found.slice(0, SHOWN)) {
      console.log(one.what === 'cell'
        ? `  ${one.year} ${one.axis === 0 ? 'residence' : 'organiser'} unit ${one.unitId} ${one.view} ${one.slice}: ${one.stored || 'none'}, counted ${one.counted || 'none'}`
        : `  ${one.year} person ${one.personId}: ${one.stored || 'none'}, counted ${one.counted || 'none'}`)
    }
    if (found.length > SHOWN) console.log(`  … ${found.length - SHOWN}`)
    console.log(found.length ? `✗ ${found.length} 处不符  ${found.length} differ (${took()})` : `✓ 指标与记录一致  Every figure is what the facts say (${took()})`)
    if (found.length) process.exitCode = 1
  }
  finally {
    await sql.end()
    await database.close()
  }
}
