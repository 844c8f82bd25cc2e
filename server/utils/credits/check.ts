import type postgres from 'postgres'
import type { Breach } from './seal-check.ts'

const FIRST = 20

/**
 * Has every part of the ledger recomputed, each in a transaction of its own, and the seals checked by `sealBreaches`, which reads
 * what the database can't: signatures and files. Returns how many breaches there are.
 */
export async function checkCredits(sql: postgres.Sql | postgres.TransactionSql, sealBreaches: () => Promise<Breach[]>): Promise<number> {
  const [check] = await sql`select private.begin_credit_check() as id`
  const id = check!.id as string
  for (const { part } of await sql<{ part: string }[]>`select part from private.credit_check_parts() part`)
    await sql`select private.run_credit_check_part(${id}, ${part})`
  const found = await sealBreaches()
  const counts = Object.fromEntries(Object.entries(Object.groupBy(found, ({ invariant }) => invariant)).map(([invariant, own]) => [invariant, own.length]))
  await sql`select private.note_credit_check(${id}, 'seals', ${JSON.stringify(counts)}::text::jsonb, ${JSON.stringify(found.slice(0, FIRST))}::text::jsonb)`
  const [ended] = await sql`select private.end_credit_check(${id}) as faults`
  return ended!.faults as number
}
