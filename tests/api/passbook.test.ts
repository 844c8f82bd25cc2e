// The passbook of somebody whose credits were taken back after they were used: every line moves the balance by what it says.
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import type postgres from 'postgres'
import type { PassbookYear } from '~~/shared/types/credits'
import { ask, portalSql } from '../fixtures/portal.ts'
import { sessionCookieFor } from '../fixtures/session.ts'

let sql: postgres.Sql
beforeAll(() => { sql = portalSql() })
afterAll(() => sql.end())

it('what was used before it was taken back is owed, and paid by what comes next; opening + lines = closing', async () => {
  const [award] = await sql`
    select posting.id, posting.person_id, posting.milli_credits::integer as credits, account.id as account, private.available_credits(posting.person_id)::integer as available
    from credit_postings posting join identity.accounts account on account.person_id = posting.person_id and account.username is null
    where posting.kind = 'award' and posting.milli_credits > 0 and not exists (select from credit_postings other where other.person_id = posting.person_id and other.kind = 'reversal')
    order by posting.id desc limit 1`
  const cookie = await sessionCookieFor(sql, inject('sessionSecret'), award!.account as string)
  const book = async () => (await ask<PassbookYear>('/api/credits/passbook', { cookie })).body
  await sql`select private.apply_credit(${`test:used:${award!.id}`}, ${award!.person_id}, ${award!.available})`
  await sql`select private.reverse_credit(${award!.id}, 'corrected')`
  const owed = (await book()).lines.at(-1)!
  expect(owed).toMatchObject({ kind: 'reversal', milliCredits: 0, owedMilliCredits: award!.credits, balanceAfterMilliCredits: 0 })
  await sql`select private.grant_credit(${`test:paid:${award!.id}`}, ${award!.person_id}, 'staff_correction', ${award!.credits + 250}, 0, (select id from units where parent_id is null), '补记', '{}', now())`
  const { openingMilliCredits, closingMilliCredits, lines } = await book()
  expect(lines.at(-1)).toMatchObject({ kind: 'grant', milliCredits: 250, owedMilliCredits: -award!.credits, balanceAfterMilliCredits: 250 })
  expect(openingMilliCredits + lines.reduce((sum, { milliCredits }) => sum + milliCredits, 0)).toBe(closingMilliCredits)
  const csv = await (await fetch(`${inject('portalUrl')}/api/credits/passbook.csv`, { headers: { cookie } })).text()
  expect(csv).toContain('学分还了以前欠的')
})
