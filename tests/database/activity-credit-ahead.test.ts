// What an activity says it would earn is what confirming it posts. That caps and rules are the same in both is tested with private.credit_ahead.
import { expect, it } from 'vitest'
import { makePerson, withRollback } from '../fixtures/database.ts'
import { makeSchool, publish } from '../fixtures/activities.ts'

it.each([45, 90, 240])('a session of %d minutes says before what it brings', minutes => withRollback(async (sql, as) => {
  const school = await makeSchool(sql)
  const wang = await makePerson(sql, school.places.willow)
  const { code, sessions: [session] } = await publish(sql, as, school, { fields: { signUp: 'none' } })
  await sql`update public.activity_sessions set ends_at = starts_at + ${minutes}::integer * interval '1 minute' where id = ${session!}`
  const [said] = await as(wang.account, one => one`select public.activity_credit_ahead(${code}) as ahead`)
  expect(said!.ahead).toMatchObject({ minutes, rule: 'attendance' })
  await sql`update public.activity_sessions set starts_at = now() - interval '1 minute' - (ends_at - starts_at), ends_at = now() - interval '1 minute' where id = ${session!}`
  await as(school.manager.account, one => one`select * from public.mark_attendance(${session!}, ${one.json([{ clientId: crypto.randomUUID(), personId: wang.id, method: 'roster' }])})`)
  const [row] = await as(school.manager.account, one => one`select milli_credits from public.confirm_session(${session!})`)
  expect(said!.ahead.milliCredits).toBeGreaterThan(0)
  expect(Number(row!.milli_credits)).toBe(said!.ahead.milliCredits)
}))

it('without a history it is said to whoever has no person, too, and nothing of what is over or called off', () => withRollback(async (sql, as) => {
  const school = await makeSchool(sql)
  const wang = await makePerson(sql, school.places.willow)
  const { code, activityId } = await publish(sql, as, school, { fields: { signUp: 'none' } })
  const ahead = (who: string) => as(who, one => one`select public.activity_credit_ahead(${code}) as ahead`)
  const [account] = await sql`insert into identity.accounts (email, username) values ('nobody@accounts.invalid', 'nobody') returning id`
  expect((await ahead(account!.id as string))[0]!.ahead).toMatchObject({ isPersonal: false, wholeMilliCredits: 1200 })
  expect((await ahead(wang.account))[0]!.ahead).toMatchObject({ isPersonal: true })
  const [forAll] = await sql`select private.activity_ahead_for_all(${code}) as ahead`
  expect(forAll!.ahead).toMatchObject({ isPersonal: false, minutes: 60, milliCredits: 1200 })
  await expect(ahead('anon')).rejects.toThrow(/permission denied/)
  await as(school.manager.account, one => one`select public.cancel_activity(${activityId}, '停办')`)
  expect(await ahead(wang.account)).toEqual([{ ahead: null }])
  expect(await sql`select private.activity_ahead_for_all(${code}) as ahead`).toEqual([{ ahead: null }])
}))
