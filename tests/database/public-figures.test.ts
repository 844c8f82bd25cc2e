// What everybody may read: tens, for a week.
import { beforeAll, expect, it } from 'vitest'
import type postgres from 'postgres'
import { drain, makeNetwork, makePerson, type Sql } from '../fixtures/database.ts'
import { pristineDatabase } from '../fixtures/pristine.ts'

const MONDAY = '2026-05-11'
let region: postgres.Sql
beforeAll(async () => { region = await pristineDatabase('public_figures') })

/** In a region of its own: the figures of the whole are looked at. */
async function withRollback(test: (sql: postgres.TransactionSql) => Promise<unknown>): Promise<void> {
  const done = new Error('rolled back as planned')
  await region.begin(async (sql) => {
    await test(sql)
    throw done
  }).catch((error) => { if (error !== done) throw error })
}

async function attended(sql: Sql, personIds: number[]): Promise<void> {
  await sql`
    insert into public.participations (key, person_id, kind, organised, role, residence_unit_id, groups, started_at, ended_at, hours, status, channel, entry_source)
    select 'public:' || id, id, 'training', true, 'learner', residence_unit_id, '{resident}', '2026-05-02T09:00:00+08:00', '2026-05-02T10:00:00+08:00', 1, 'attended', 'onsite', 'scan'
    from public.persons where id = any (${personIds})`
  await drain(sql)
}
const publish = async (sql: Sql, day: string) => (await sql`select private.publish_figures(${day}) as published`)[0]!.published
const regionShown = async (sql: Sql) => (await sql`
  select people from public.public_figures where group_id = 'resident' and year = 2026 and unit_id = (select id from public.units where parent_id is null)`)[0]?.people

it.each([[4, 0], [5, 10], [14, 10], [15, 20]])('%s people are published as %s', (count, shown) => withRollback(async (sql) => {
  const { willow } = await makeNetwork(sql as unknown as Sql)
  const ids = []
  for (let index = 0; index < count; index++) ids.push((await makePerson(sql as unknown as Sql, willow)).id)
  await attended(sql as unknown as Sql, ids)
  expect(await publish(sql as unknown as Sql, MONDAY)).toBe(true)
  expect(await regionShown(sql as unknown as Sql)).toBe(shown)
}))

it('what is published stays for its week, whatever happens, and changes in the next', () => withRollback(async (sql) => {
  const { willow } = await makeNetwork(sql as unknown as Sql)
  await publish(sql as unknown as Sql, '2026-05-13')
  const ids = []
  for (let index = 0; index < 12; index++) ids.push((await makePerson(sql as unknown as Sql, willow)).id)
  await attended(sql as unknown as Sql, ids)
  expect(await publish(sql as unknown as Sql, '2026-05-17')).toBe(false)
  expect(await regionShown(sql as unknown as Sql)).toBe(0)
  expect(await publish(sql as unknown as Sql, '2026-05-18')).toBe(true)
  expect(await regionShown(sql as unknown as Sql)).toBe(10)
}))

it('no village is published, and a visitor neither writes nor publishes', () => withRollback(async (sql) => {
  await makeNetwork(sql as unknown as Sql)
  await publish(sql as unknown as Sql, MONDAY)
  expect(await sql`select from public.public_figures figure join public.units unit on unit.id = figure.unit_id where unit.level = 'village'`).toEqual([])
  await sql`set local role anon`
  expect((await sql`select count(*)::integer as count from public.public_figures`)[0]!.count).toBeGreaterThan(0)
  for (const attempt of [
    (inner: Sql) => inner`update public.public_figures set people = 0`,
    (inner: Sql) => inner`delete from public.public_figures`,
    (inner: Sql) => inner`select private.publish_figures()`,
  ]) await expect(sql.savepoint(inner => attempt(inner as unknown as Sql))).rejects.toMatchObject({ code: '42501' })
}))

it('of ten that publish at once one does', async () => {
  const sql = region
  await makeNetwork(sql as unknown as Sql)
  const answers = await Promise.all(Array.from({ length: 10 }, () => publish(sql as unknown as Sql, MONDAY)))
  expect(answers.filter(Boolean)).toHaveLength(1)
})
