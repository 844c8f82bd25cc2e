import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import postgres from 'postgres'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { startDatabase } from '../../stack/database.ts'
import { migrate } from '../../stack/migrate.ts'
import { Services } from '../../stack/processes.ts'
import { loadSecrets } from '../../stack/secrets.ts'
import { dataFolder } from '../fixtures/launcher.ts'

const folder = dataFolder()
const migrations = join(folder, 'migrations')
const services = new Services(join(folder, 'children.json'), () => {})
let sql: postgres.Sql
beforeAll(async () => {
  const { url } = await startDatabase(services, folder, loadSecrets(folder))
  sql = postgres(url, { max: 3, onnotice: () => undefined })
})
afterAll(async () => {
  await sql.end()
  await services.stop()
})
beforeEach(async () => {
  await sql`drop schema if exists supabase_migrations cascade`
  await sql`drop table if exists places, people`
  rmSync(migrations, { recursive: true, force: true })
  mkdirSync(migrations)
})
const write = (number: number, name: string, text: string) => writeFileSync(join(migrations, `2026010100000${number}_${name}.sql`), text)
const tables = async () => (await sql`select relname from pg_class where relname in ('places', 'people') order by 1`).map(({ relname }) => relname as string)

it('a migration that fails changes nothing and is named with its line', async () => {
  write(1, 'places', 'create table places (id int);')
  write(2, 'people', 'create table people (id int);\n\ninsert into people\n  values (\'one\');\n')
  await expect(migrate(sql, migrations)).rejects.toThrow(/迁移 20260101000002_people\.sql:4 没有成功[\s\S]*20260101000002_people\.sql:4 failed and changed nothing: invalid input syntax/)
  expect(await tables()).toEqual(['places'])
  write(2, 'people', 'create table people (id int);')
  expect(await migrate(sql, migrations)).toEqual(['20260101000002_people.sql'])
  expect(await migrate(sql, migrations)).toEqual([])
})

it('one that has landed and was edited since is refused', async () => {
  write(1, 'places', 'create table places (id int);')
  await migrate(sql, migrations)
  write(1, 'places', 'create table places (id bigint);')
  write(2, 'people', 'create table people (id int);')
  await expect(migrate(sql, migrations)).rejects.toThrow(/内容却变了[\s\S]*landed with another content/)
  expect(await tables()).toEqual(['places'])
})

it('one that another tool recorded counts as landed', async () => {
  write(1, 'places', 'create table places (id int);')
  await migrate(sql, migrations)
  await sql`update supabase_migrations.schema_migrations set statements = ${['create table places', '(id int)']}`
  expect(await migrate(sql, migrations)).toEqual([])
})

it('two starts at once apply each once', async () => {
  write(1, 'places', 'select pg_sleep(0.3); create table places (id int);')
  const applied = await Promise.all([migrate(sql, migrations), migrate(sql, migrations)])
  expect(applied.flat()).toEqual(['20260101000001_places.sql'])
})
