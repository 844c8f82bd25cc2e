// The register of a class: who is recorded and credited, once, and who may enter it.
import { beforeAll, expect, it } from 'vitest'
import type postgres from 'postgres'
import { makeNetwork, makePerson, makeStaff, type Network, type Person, type Sql, type Transaction, type As, withRollback } from '../fixtures/database.ts'
import { pristineDatabase } from '../fixtures/pristine.ts'

let own: postgres.Sql
beforeAll(async () => { own = await pristineDatabase('class_register') })

const START = '2026-05-12T09:00:00+08:00'
interface Desk { sql: Transaction, as: As, places: Network, clerk: Person }
const atTheDesk = (test: (desk: Desk) => Promise<unknown>) => withRollback(async (sql, as) => {
  const places = await makeNetwork(sql)
  await test({ sql, as, places, clerk: await makeStaff(sql, places.city, places.willow, 'manager') })
  expect(await sql`select * from private.credit_faults()`).toEqual([])
})
const register = ({ as, places }: Desk, account: string, people: number[], minutes = 60, start = START) => as(account, sql => sql`
  select person_id::integer, outcome, reason, counted_minutes::integer as minutes, milli_credits::integer as credits
  from public.record_class(${places.willow}, null, ${start}, ${minutes}, ${people}) order by person_id`)

it('credits everybody once, however often it is sent, and names who is not known', () => atTheDesk(async (desk) => {
  const people: Person[] = []
  for (let count = 0; count < 5; count++) people.push(await makePerson(desk.sql, desk.places.willow))
  const ids = people.map(({ id }) => Number(id))
  const first = await register(desk, desk.clerk.account, [...ids, ids[0]!, 999_999_999])
  expect(first).toHaveLength(6)
  expect(first.slice(0, 5).every(({ outcome, minutes, credits }) => outcome === 'posted' && minutes === 60 && Number(credits) > 0)).toBe(true)
  expect(first[5]).toMatchObject({ person_id: 999_999_999, outcome: 'refused', reason: 'person_unknown' })
  expect(await register(desk, desk.clerk.account, ids)).toEqual(first.slice(0, 5))
  expect(await desk.sql`select count(*)::integer as count from public.credit_postings where person_id = any (${ids})`).toEqual([{ count: 5 }])
  await expect(register(desk, desk.clerk.account, ids, 90)).rejects.toMatchObject({ code: 'PT409', message: 'key_reused' })
}))

it.each([
  { minutes: 0, start: START, code: 'minutes_invalid' }, { minutes: 721, start: START, code: 'minutes_invalid' },
  { minutes: 60, start: '2099-01-01T09:00:00+08:00', code: 'start_invalid' },
])('of nonsense is refused: $code', ({ minutes, start, code }) => atTheDesk(async (desk) => {
  const one = await makePerson(desk.sql, desk.places.willow)
  await expect(register(desk, desk.clerk.account, [Number(one.id)], minutes, start)).rejects.toMatchObject({ code: 'PT422', message: code })
}))

it('of nobody, or of more than 200, is refused', () => atTheDesk(async (desk) => {
  await expect(register(desk, desk.clerk.account, [])).rejects.toMatchObject({ message: 'people_invalid' })
  await expect(register(desk, desk.clerk.account, Array.from({ length: 201 }, (_, index) => index + 1))).rejects.toMatchObject({ message: 'people_invalid' })
}))

it('is not entered by a resident, an inspector or a visitor', () => atTheDesk(async (desk) => {
  const one = await makePerson(desk.sql, desk.places.willow)
  const inspector = await makeStaff(desk.sql, desk.places.city, desk.places.willow, 'inspector')
  for (const account of [one.account, inspector.account])
    await expect(register(desk, account, [Number(one.id)])).rejects.toMatchObject({ code: 'PT403', message: 'unit_not_yours' })
  await expect(register(desk, 'anon', [Number(one.id)])).rejects.toMatchObject({ code: '42501' })
}))

it('in opposite orders on two connections, with single postings among them, waits and never in a circle', async () => {
  const db = own as unknown as Sql
  const places = await makeNetwork(db)
  const clerk = await makeStaff(db, places.city, places.willow, 'manager')
  const ids: number[] = []
  for (let count = 0; count < 20; count++) ids.push(Number((await makePerson(db, places.willow)).id))
  const enter = (minute: number, people: number[]) => own.begin(async (one) => {
    await one`select set_config('request.jwt.claims', ${JSON.stringify({ sub: clerk.account, role: 'authenticated' })}, true)`
    await one`select public.record_class(${places.willow}, null, ${START}::timestamptz + ${minute}::integer * interval '1 minute', 10, ${people})`
  })
  const work: Promise<unknown>[] = []
  for (let round = 0; round < 10; round++)
    work.push(enter(2 * round, ids), enter(2 * round + 1, ids.toReversed()), enter(2 * round, ids.toReversed()), enter(100 + round, [ids[round]!]))
  await Promise.all(work)
  expect(await own`select * from private.credit_faults()`).toEqual([])
  expect(await own`select count(*)::integer as count from public.credit_postings`).toEqual([{ count: 20 * 20 + 10 }])
})
