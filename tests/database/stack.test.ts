import { expect, it } from 'vitest'
import { makeNetwork, makePerson, pool, rest, withRollback } from '../fixtures/database.ts'

it('a test sees what it made and leaves nothing behind', async () => {
  let willow = 0
  await withRollback(async (sql, as) => {
    willow = (await makeNetwork(sql)).willow
    const mei = await makePerson(sql, willow)
    expect(await as(mei.account, sql => sql`select id from public.persons`)).toEqual([{ id: mei.id }])
    await expect(as('anon', sql => sql`select id from public.persons`)).rejects.toMatchObject({ code: '42501' })
    expect(await sql`select current_user::text as me`).toEqual([{ me: 'postgres' }])
  })
  expect(await pool`select from public.units where id = ${willow}`).toHaveLength(0)
})

it('PostgREST answers with the status and the code of a refusal', async () => {
  expect(await rest('anon', 'who_am_i', {})).toMatchObject({ status: 401 })
  expect(await rest('0190f0f0-0000-7000-8000-000000000000', 'enrol', { course_slug: 'nothing' }))
    .toMatchObject({ status: 403, body: { message: 'introduction_needed' } })
})
