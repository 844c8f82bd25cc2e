// Applies supabase/migrations in order and records them where Supabase's own tools look, so that `supabase db push`
// and this runner agree on what has landed.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type postgres from 'postgres'
import { Foreseen } from './faults.ts'

const FILE = /^(\d{14})_([a-z0-9_]+)\.sql$/

export class MigrationFailed extends Foreseen {
  constructor(file: string, zh: string, en = zh) {
    super(`数据库迁移 ${file} 没有成功，什么都没有改变：${zh}\nMigration ${file} failed and changed nothing: ${en}`)
  }
}

/** Applies what is missing, each file in its own transaction. Returns the names of the files applied. */
export async function migrate(sql: postgres.Sql, folder: string): Promise<string[]> {
  const files = readdirSync(folder).filter(name => FILE.test(name)).sort()
  const applied: string[] = []
  const connection = await sql.reserve()
  try {
    await connection`select pg_advisory_lock(hashtext('linxue migrations'))`
    await connection.unsafe(`
      create schema if not exists supabase_migrations;
      create table if not exists supabase_migrations.schema_migrations (version text primary key, statements text[], name text);
    `)
    const rows = await connection`select version, statements from supabase_migrations.schema_migrations`
    const landed = new Map(rows.map(row => [row.version as string, row.statements as string[] | null]))
    for (const file of files) {
      const [, version, name] = FILE.exec(file)!
      const text = readFileSync(join(folder, file), 'utf8')
      if (landed.has(version!)) {
        // Supabase's tool splits the file into statements; only a whole file of ours can be compared.
        const [statement, ...more] = landed.get(version!) ?? []
        if (statement !== undefined && more.length === 0 && statement !== text)
          throw new MigrationFailed(file, '它已经执行过，内容却变了；请另写一个迁移', 'it has landed with another content; write a new migration instead')
        continue
      }
      try {
        await connection.unsafe(`begin; ${text}\n; reset all;`).simple()
        await connection`insert into supabase_migrations.schema_migrations (version, name, statements) values (${version!}, ${name!}, ${[text]})`
        await connection`commit`
      }
      catch (error) {
        await connection`rollback`
        const { message, position } = error as { message: string, position?: string }
        const line = position ? text.slice(0, Math.max(0, Number(position) - 'begin; '.length)).split('\n').length : null
        throw new MigrationFailed(line ? `${file}:${line}` : file, message)
      }
      applied.push(file)
    }
    if (applied.length) await connection`notify pgrst, 'reload schema'`
  }
  finally {
    await connection`select pg_advisory_unlock(hashtext('linxue migrations'))`.catch(() => undefined)
    connection.release()
  }
  return applied
}
