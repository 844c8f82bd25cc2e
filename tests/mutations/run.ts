// npm run mutations: every fault of ledger.ts, in a database of its own that is gone afterwards; each must turn a test red.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { LEDGER_MUTATIONS } from './ledger.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const wanted = process.argv.slice(2)
let unnoticed = 0
for (const { name, tests = ['ledger', 'points'] } of LEDGER_MUTATIONS.filter(one => wanted.length === 0 || wanted.includes(one.name))) {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['node_modules/vitest/vitest.mjs', 'run', '--project', 'database', '--bail', '1', ...tests.map(file => `tests/database/${file}`)],
    { cwd: root, env: { ...process.env, LINXUE_MUTATION: name, NO_COLOR: '1' }, encoding: 'utf8' })
  const red = /FAIL {2}.*?> (.+)/.exec(stdout + stderr)?.[1]
  // A run that ends without a failed test has not noticed the fault, or could not begin.
  if (status === 0 || !red) unnoticed++
  console.log(status === 0 ? `✗ not noticed: ${name}` : red ? `✓ ${name}\n    ${red}` : `✗ could not run: ${name}\n${(stdout + stderr).slice(-1500)}`)
}
console.log(`\n${wanted.length || LEDGER_MUTATIONS.length} mutations, ${unnoticed} not noticed`)
process.exit(unnoticed ? 1 : 0)
