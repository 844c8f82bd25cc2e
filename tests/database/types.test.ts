import { readFileSync } from 'node:fs'
import { expect, inject, it } from 'vitest'
import postgres from 'postgres'
import { databaseTypes } from '../../stack/types.ts'

it('the checked-in types are those of the live schema (npm run types writes them)', async () => {
  const sql = postgres(inject('databaseUrl'), { max: 1 })
  const live = await databaseTypes(sql)
  await sql.end()
  expect(readFileSync(new URL('../../shared/types/database.ts', import.meta.url), 'utf8')).toBe(live)
})
