// Faults put into the ledger on purpose, each of which a test of the database must notice (design of the credit bank, 7.5).
import type postgres from 'postgres'

export interface Mutation {
  name: string
  /** Functions of schema private whose text is changed, and how. */
  functions?: Record<string, [find: string | RegExp, replace: string]>
  /** What is done besides. */
  statements?: string[]
}

export const LEDGER_MUTATIONS: Mutation[] = [
  { name: 'nobody waits for the learner’s row', functions: { hold_credit_chain: [/ for update/g, ''] } },
  {
    name: 'the key is looked up before the lock, and no index backs it',
    functions: {
      award_credit: [
        /(learner := private\.hold_credit_chain\(fact\.learner_id\);)(\s+select \* into posting from public\.credit_postings earlier where earlier\.key = award_credit\.key;\s+if found then[\s\S]*?return posting;\s+end if;)/,
        '$2 $1',
      ],
    },
    statements: ['alter table public.credit_postings drop constraint credit_postings_key_key'],
  },
  { name: 'caps and rules go by the day of posting', functions: { award_credit: ['private.china_date(one.started_at) as day', 'private.china_date(clock_timestamp()) as day'] } },
  { name: 'days are those of London', functions: { china_date: [/Asia\/Shanghai/g, 'UTC'] } },
  {
    name: 'a refusal is not kept',
    functions: { award_credit: ['posting.id := nextval(', 'if posting.outcome = \'refused\' then return posting; end if;\n  posting.id := nextval('] },
  },
  {
    name: 'a posting is reversed twice',
    functions: { reverse_credit: [/where earlier\.reverses = target\.id/, 'where false'] },
    statements: [
      'alter table public.credit_postings drop constraint credit_postings_reverses_key',
      'alter table public.credit_postings drop constraint credit_postings_key_key',
    ],
  },
  { name: 'the key is made up anew each time', functions: { post_credit: ['private.award_credit(key,', 'private.award_credit(gen_random_uuid()::text,'] } },
  { name: 'a cap forgets what was used', functions: { count_credit: ['set used = taken.used + excluded.used', 'set used = excluded.used'] } },
  { name: 'a reversal keeps the cap used', functions: { reverse_credit: ['set used = counter.used - use.used', 'set used = counter.used'] } },
  { name: 'a shortfall is never repaid', functions: { award_credit: ['repaid := least(account.owed, posting.milli_credits)', 'repaid := 0'] } },
  { name: 'the chain leaves the balance out', functions: { chain_link: [/ balance,/, ' 0,'] } },
  { name: 'minutes are rounded one by one', functions: { award_credit: ['(version.live_minutes + counted)', '(0 + counted)'] } },
  { name: 'points are spent in no order of days', functions: { use_points: ['order by one.last_day nulls last, one.id', 'order by one.id'] } },
  { name: 'points that ended unused are taken back once more', functions: { take_points: ['ended.kind = \'expiry\'', 'ended.kind = \'\''] } },
  { name: 'points given back make a new day for themselves', functions: { use_lot: ['set remaining = one.remaining - amount', 'set remaining = one.remaining - amount, last_day = null'] } },
]

/** Puts one fault into a migrated database. @throws where the text it changes is no longer there. */
export async function mutate(sql: postgres.Sql, name: string): Promise<void> {
  const mutation = LEDGER_MUTATIONS.find(one => one.name === name)
  if (!mutation) throw new Error(`There is no mutation '${name}'`)
  for (const [fn, [find, replace]] of Object.entries(mutation.functions ?? {})) {
    const [row] = await sql`select pg_get_functiondef(oid) as text from pg_proc where proname = ${fn} and pronamespace = 'private'::regnamespace`
    const changed = (row!.text as string).replace(find, replace)
    if (changed === row!.text) throw new Error(`'${name}' finds nothing to change in private.${fn}`)
    await sql.unsafe(changed)
  }
  for (const statement of mutation.statements ?? []) await sql.unsafe(statement)
}
