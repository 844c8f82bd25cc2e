// The passbook of somebody whose credits were taken back after they were used: every line moves the balance by what it says.
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import type postgres from 'postgres'
import type { PassbookYear } from '~~/shared/types/credits'
import { takeLearner } from '../fixtures/learners.ts'
import { ask, portalSql, signedIn } from '../fixtures/portal.ts'

let sql: postgres.Sql
beforeAll(() => { sql = portalSql() })
afterAll(() => sql.end())

it('what was used before it was taken back is owed, and paid by what comes next; opening + lines = closing', async () => {
  const { personId, phone } = await takeLearner(sql)
  const cookie = await signedIn(sql, { phone })
  const book = async () => (await ask<PassbookYear>('/api/credits/passbook', { cookie })).body
  const give = async (milliCredits: number) => (await sql`
    select (private.grant_credit(${`passbook:${personId}:${milliCredits}`}, ${personId}, 'staff_correction', ${milliCredits}, 0, (select id from units where parent_id is null), '补记', '{}', now())).id`)[0]!.id as string
  const given = await give(1000)
  await sql`select private.apply_credit(${`passbook:${personId}:used`}, ${personId}, 600)`
  await sql`select private.reverse_credit(${given}, 'decision_withdrawn')`
  expect((await book()).lines.at(-1)).toMatchObject({ kind: 'reversal', milliCredits: -400, owedMilliCredits: 600, balanceAfterMilliCredits: 0 })
  await give(850)
  const { openingMilliCredits, closingMilliCredits, lines } = await book()
  expect(lines.at(-1)).toMatchObject({ kind: 'grant', milliCredits: 250, owedMilliCredits: -600, balanceAfterMilliCredits: 250 })
  expect(openingMilliCredits + lines.reduce((sum, { milliCredits }) => sum + milliCredits, 0)).toBe(closingMilliCredits)
  const csv = await (await fetch(`${inject('portalUrl')}/api/credits/passbook.csv`, { headers: { cookie } })).text()
  expect(csv).toContain('学分还了以前欠的')
})
