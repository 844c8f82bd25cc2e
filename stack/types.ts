// Writes shared/types/database.ts from the live schema, in the shape that supabase-js reads. Residents and staff write
// only through functions, so tables have no Insert or Update shape.
import type postgres from 'postgres'

const SCALARS: Record<string, string> = {
  int2: 'number', int4: 'number', int8: 'number', float8: 'number', numeric: 'number', bool: 'boolean',
  json: 'Json', jsonb: 'Json', void: 'undefined',
}

/** The text of the types file for schema `public`. */
export async function databaseTypes(sql: postgres.Sql): Promise<string> {
  const columns = await sql`
    select c.relname as "table", a.attname as name, format_type(t.oid, null) as format, t.typname as type, e.typname as element, not a.attnotnull as nullable
    from pg_class c
    join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    join pg_type t on t.oid = a.atttypid
    left join pg_type e on e.oid = t.typelem and t.typcategory = 'A'
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v')
    order by c.relname, a.attname`
  const relations = await sql`
    select f.conname as name, c.relname as "table", r.relname as target,
      (select array_agg(a.attname order by k.n) from unnest(f.conkey) with ordinality k (num, n) join pg_attribute a on a.attrelid = f.conrelid and a.attnum = k.num) as columns,
      (select array_agg(a.attname order by k.n) from unnest(f.confkey) with ordinality k (num, n) join pg_attribute a on a.attrelid = f.confrelid and a.attnum = k.num) as targets,
      exists (select from pg_index i where i.indrelid = f.conrelid and i.indisunique and i.indkey::int2[] = f.conkey) as one_to_one
    from pg_constraint f join pg_class c on c.oid = f.conrelid join pg_class r on r.oid = f.confrelid
    where f.contype = 'f' and c.relnamespace = 'public'::regnamespace and r.relnamespace = 'public'::regnamespace
    order by c.relname, f.conname`
  const functions = await sql`
    select p.proname as name, p.proretset as is_set, t.typname as returns, e.typname as element, p.pronargdefaults as defaults, p.pronargs as inputs,
      coalesce(p.proargnames, '{}') as names,
      coalesce(p.proargmodes::text[], '{}') as modes,
      (select array_agg(a.typname order by n) from unnest(coalesce(p.proallargtypes, p.proargtypes::oid[])) with ordinality x (oid, n) join pg_type a on a.oid = x.oid) as types
    from pg_proc p join pg_type t on t.oid = p.prorettype
    left join pg_type e on e.oid = t.typelem and t.typcategory = 'A'
    where p.pronamespace = 'public'::regnamespace and p.prokind = 'f' and t.typname <> 'trigger'
      and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e')
    order by p.proname`

  const tables = [...Map.groupBy(columns, column => column.table as string)].map(([table, own]) => `      ${table}: {
        Row: {
${own.map(column => `          ${column.name}: ${typeOf(column.type, column.element)}${column.nullable ? ' | null' : ''}`).join('\n')}
        }
        Insert: never
        Update: never
        Relationships: [
${relations.filter(relation => relation.table === table).map(relation => `          { foreignKeyName: '${relation.name}', columns: [${quoted(relation.columns)}], isOneToOne: ${relation.one_to_one}, referencedRelation: '${relation.target}', referencedColumns: [${quoted(relation.targets)}] },`).join('\n')}
        ]
      }`)
  return `// Generated from the schema by \`npm run types\`; the tests refuse a file that is out of date.
export type Json = string | number | boolean | null | { [key: string]: Json | undefined } | Json[]

export interface Database {
  public: {
    Tables: {
${tables.join('\n')}
    }
    Views: Record<never, never>
    Functions: {
${functions.map(functionType).join('\n')}
    }
    Enums: Record<never, never>
    CompositeTypes: Record<never, never>
  }
}
`
}

function functionType(row: postgres.Row): string {
  const args = (row.types as string[] | null ?? []).map((type, index) => ({
    name: row.names[index] as string, type: type.startsWith('_') ? `${typeOf(type.slice(1))}[]` : typeOf(type), mode: (row.modes[index] ?? 'i') as string,
  }))
  const inputs = args.filter(({ mode }) => mode === 'i')
  const columns = args.filter(({ mode }) => mode === 't')
  const required = inputs.length - (row.defaults as number)
  const given = inputs.map(({ name, type }, index) => `${name}${index < required ? '' : '?'}: ${type}`).join(', ')
  const returned = columns.length
    ? `{ ${columns.map(({ name, type }) => `${name}: ${type} | null`).join(', ')} }[]`
    : `${typeOf(row.returns, row.element)}${row.is_set ? '[]' : ''}`
  return `      ${row.name}: { Args: ${given ? `{ ${given} }` : 'Record<PropertyKey, never>'}, Returns: ${returned} }`
}

function typeOf(type: string, element?: string | null): string {
  if (element) return `${typeOf(element)}[]`
  return SCALARS[type] ?? 'string'
}

function quoted(names: string[]): string {
  return names.map(name => `'${name}'`).join(', ')
}
