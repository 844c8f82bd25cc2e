// A cap that is set while its rule changes what it counts in: the unit is that of the rule as it is when the cap comes into force.
import { beforeAll, beforeEach, expect, it } from 'vitest'
import type postgres from 'postgres'
import { makeNetwork, makeStaff, type Person, type Sql } from '../fixtures/database.ts'
import { askedBy, meeting } from '../fixtures/meeting.ts'
import { pristineDatabase } from '../fixtures/pristine.ts'

let sql: postgres.Sql
let head: Person
beforeAll(async () => {
  sql = await pristineDatabase('cap_races')
  const places = await makeNetwork(sql as unknown as Sql)
  head = await makeStaff(sql as unknown as Sql, places.city, places.willow, 'head')
})
beforeEach(async () => {
  await sql`delete from public.credit_caps`
  await sql`delete from public.credit_rule_versions where rule_id = 'lesson_completed'`
  await sql`insert into public.credit_rule_versions (rule_id, in_force, basis, milli_credits, per_minutes) values ('lesson_completed', daterange(null, null), 'minutes', 1000, 45)`
})

const change = () => askedBy(head.account, connection => connection`select public.change_credit_rule('lesson_completed', private.china_date(now()), 'event', 1000, null) as id`)
const setCap = (amount: number) => askedBy(head.account, connection => connection`select public.set_credit_cap('lesson_completed', 'day', ${amount}, private.china_date(now()))`)
const caps = async () => (await sql`select amount::integer as amount, basis from public.credit_caps`).map(one => ({ ...one }))

it('waits for the change, and sixty credits are not sixty thousandths', async () => {
  const met = await meeting(sql, change(), setCap(60))
  expect(met).toMatchObject({ waited: true, second: { status: 'fulfilled' } })
  expect(await caps()).toEqual([{ amount: 60_000, basis: 'event' }])
})

it('first lets the change wait, which then finds a cap of the old unit', async () => {
  const met = await meeting(sql, setCap(60), change())
  expect(met).toMatchObject({ waited: true, second: { status: 'rejected', reason: { code: 'PT409', message: 'caps_of_other_unit' } } })
  expect(await caps()).toEqual([{ amount: 60, basis: 'minutes' }])
})

it('half a minute is refused, half a credit is not', async () => {
  await expect(sql.begin(setCap(0.5) as (one: postgres.TransactionSql) => Promise<unknown>)).rejects.toMatchObject({ code: 'PT422', message: 'cap_not_whole' })
  const met = await meeting(sql, change(), setCap(0.5))
  expect(met.second).toMatchObject({ status: 'fulfilled' })
  expect(await caps()).toEqual([{ amount: 500, basis: 'event' }])
})
