import { globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import zh from '../../i18n/desk/zh-CN/audit.json' with { type: 'json' }

const migrations = globSync('*.sql', { cwd: fileURLToPath(new URL('../../supabase/migrations', import.meta.url)) })
  .map(file => readFileSync(new URL(`../../supabase/migrations/${file}`, import.meta.url), 'utf8')).join('\n')

it('every act that is written down has words', () => {
  const acts = [...migrations.matchAll(/private\.audit\((?:case when [^']*then |)'([a-z_]+)'(?: else '([a-z_]+)')?/g)].flatMap(([, one, other]) => [one!, ...other ? [other] : []])
  expect(acts.length).toBeGreaterThan(20)
  expect([...new Set(acts)].filter(act => !(act in zh.audit.actions))).toEqual([])
})
