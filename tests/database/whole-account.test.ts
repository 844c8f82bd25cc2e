// Whoever was registered twice has one account: passbook, statement, check and seal show both histories while the rows are one, and each its own
// once they are parted.
import { createHash, createPublicKey } from 'node:crypto'
import { expect, it } from 'vitest'
import { type ChainedPosting, chainsOf, type Digest, firstBrokenLink } from '../../shared/utils/credit-chain.ts'
import { checkSeals } from '../../shared/utils/credit-seal.ts'
import { multikey } from '../../shared/utils/multikey.ts'
import { signingKeyOf } from '../../server/credentials/keys.ts'
import { sealCredits } from '../../server/utils/credits/seal.ts'
import { type As, makeNetwork, makePerson, makeStaff, type Person, type Transaction, withRollback } from '../fixtures/database.ts'

const KEY = Buffer.alloc(32, 7).toString('base64')
const PUBLIC_KEY = createPublicKey(signingKeyOf(KEY)).export({ format: 'der', type: 'spki' }).subarray(-32)
const digest: Digest = bytes => createHash('sha256').update(bytes).digest()

async function give(sql: Transaction, who: Person, what: string, milliCredits: number) {
  const [posting] = await sql`select (private.grant_credit(${`whole:${who.id}:${what}`}, ${who.id}, 'staff_correction', ${milliCredits}, 0, (select id from public.units where parent_id is null), ${what}, '{}', '2026-05-12T12:00:00+08:00')).id`
  return posting!.id as number
}

async function study(sql: Transaction, who: Person, minutes: number) {
  const [fact] = await sql`
    insert into public.participations (key, person_id, kind, programme, organised, role, residence_unit_id, groups, started_at, ended_at, hours, status, channel, entry_source)
    select ${`whole:${who.id}:${minutes}`}, id, 'training', '八段锦', true, 'learner', residence_unit_id, '{resident}', '2026-05-13T09:00:00+08:00', '2026-05-13T10:00:00+08:00', 1, 'attended', 'onsite', 'scan'
    from public.persons where id = ${who.id} returning id, key`
  await sql`select private.award_credit(${fact!.key}, ${fact!.id}, 'attendance', ${minutes})`
}

async function book(as: As, who: Person) {
  const lines = await as(who.account, one => one`select kind, reason, moved, owed, after, is_others, decision, ground from public.my_passbook('-infinity', 'infinity')`)
  const [{ balance }] = await as(who.account, one => one`select public.my_credit_balance() as balance`) as unknown as [{ balance: number }]
  // Opening + lines = closing, at every line, and the closing is what can be used.
  expect(lines.map(({ after }) => after)).toEqual(lines.map((_, index) => lines.slice(0, index + 1).reduce((sum, { moved }) => sum + Number(moved), 0)))
  expect(lines.at(-1)?.after ?? 0).toBe(balance)
  return lines
}
const chain = (as: As, who: Person) => as(who.account, one => one<ChainedPosting[]>`
  select account, seq, request, request_hash as "requestHash", outcome, minutes, milli_credits as "milliCredits", balance_after_milli_credits as "balanceAfterMilliCredits", link from public.my_credit_chain()`)

/** What the learner's own page does: recomputes each account, and its way up to the seal. */
async function check(as: As, who: Person) {
  const chains = chainsOf(await chain(as, who))
  for (const { postings } of chains) expect(await firstBrokenLink(postings, digest)).toBeNull()
  const ways = await as(who.account, one => one`select path.person_id as account, path.seq, path.place, path.path, seal.learners, seal.root, seal.statement, seal.signature, seal.public_key as "publicKey"
    from public.credit_seal_paths path join public.credit_seals seal on seal.id = path.seal_id order by path.person_id`)
  const [{ learners, root, statement, signature, publicKey: key }] = ways as unknown as [{ learners: number, root: string, statement: string, signature: string, publicKey: string }]
  const accounts = ways.map(({ account, seq, place, path }) => ({ account, seq, place, path })) as never
  return { accounts: chains.map(({ account, postings }) => [account, postings.length]), seal: await checkSeals(chains, { accounts, seal: { learners, root, statement, signature, publicKey: key } }, [multikey(PUBLIC_KEY)], digest, () => Promise.resolve(true)) }
}

it('shows both histories while two rows are one, and each its own after they are parted', () => withRollback(async (sql, as) => {
  const places = await makeNetwork(sql)
  const clerk = await makeStaff(sql, places.township, places.willow, 'manager')
  const [kept, double] = [await makePerson(sql, places.willow), await makePerson(sql, places.willow)]
  const seal = () => sealCredits(sql, KEY)
  await give(sql, kept, '甲的更正', 1000)
  const wrong = await give(sql, double, '乙的更正', 700)
  await study(sql, double, 50)
  expect((await book(as, kept)).map(({ moved }) => moved)).toEqual([1000])
  expect((await book(as, double)).map(({ moved }) => moved)).toEqual([700, 1000])

  await as(clerk.account, one => one`select public.merge_persons(${kept.id}, ${double.id}, '同一人')`)
  await study(sql, kept, 30)
  const together = await give(sql, double, '合在一起时给乙', 300)
  // Both of the accounts sign in to one person.
  for (const who of [kept, double]) {
    const lines = await book(as, who)
    expect(lines).toMatchObject([
      { kind: 'grant', moved: 1000, decision: '甲的更正' }, { kind: 'grant', moved: 700, decision: '乙的更正' }, { kind: 'award', moved: 1000, ground: { zh: '八段锦' } },
      { kind: 'merge', reason: 'persons_merged', moved: 0 }, { kind: 'award', moved: 600 }, { kind: 'grant', moved: 300, decision: '合在一起时给乙' },
    ])
    expect(lines.some(({ is_others: isOthers }) => isOthers)).toBe(false)
  }
  await seal()
  expect(await check(as, kept)).toEqual({ accounts: [[kept.id, 4], [double.id, 2]], seal: 'fits' })
  // The second wall: tables tell what the functions tell.
  expect((await as(kept.account, one => one`select id from public.credit_postings`)).length).toBe(6)
  expect((await as(kept.account, one => one`select distinct person_id from public.credit_accounts`)).length).toBe(2)
  const [honours] = await as(kept.account, one => one`select public.my_honours() as held`)
  expect((honours!.held as { milliCredits: number }).milliCredits).toBe(3600)

  const [last] = await sql`select id from public.person_merges where merged_id = ${double.id}`
  await as(clerk.account, one => one`select public.undo_merge(${last!.id})`)
  expect(await book(as, kept)).toMatchObject([
    { moved: 1000, decision: '甲的更正' }, { kind: 'merge', moved: 1700 }, { moved: 600, ground: { zh: '八段锦' } },
    // What lies here for the other says neither for what it was nor why.
    { kind: 'grant', moved: 300, is_others: true, decision: null, ground: null }, { kind: 'merge', reason: 'merge_undone', moved: -2000 },
  ])
  expect(await book(as, double)).toMatchObject([{ moved: 700, decision: '乙的更正' }, { moved: 1000 }, { kind: 'merge', reason: 'persons_merged', moved: -1700 }, { kind: 'merge', reason: 'merge_undone', moved: 2000 }])
  await seal()
  expect(await check(as, kept)).toEqual({ accounts: [[kept.id, 5]], seal: 'fits' })
  expect(await check(as, double)).toEqual({ accounts: [[double.id, 2]], seal: 'fits' })
  const told = await chain(as, kept)
  expect(told[3]).toMatchObject({ request: null })
  expect(JSON.stringify([told, await as(kept.account, one => one`select * from public.my_passbook('-infinity', 'infinity')`), await as(kept.account, one => one`select ground from public.credit_postings`)])).not.toContain('合在一起时给乙')
  expect((await as(kept.account, one => one`select id from public.credit_postings where id = any (${[wrong, together]})`))).toEqual([])
  // One who tampers with what is told as a hash is found out as well.
  expect(await firstBrokenLink(told.map((posting, index) => index === 3 ? { ...posting, requestHash: '00'.repeat(32) } : posting), digest)).toBe(4)
  expect(await sql`select * from private.credit_faults()`).toEqual([])
}))

it('of a debt that one row brings says what of the other pays it', () => withRollback(async (sql, as) => {
  const places = await makeNetwork(sql)
  const [kept, double] = [await makePerson(sql, places.willow), await makePerson(sql, places.willow)]
  const given = await give(sql, kept, '先给', 500)
  await sql`select private.apply_credit('whole:used', ${kept.id}, 400)`
  await sql`select private.reverse_credit(${given}, 'posted_wrongly')`
  await give(sql, double, '乙的', 1000)
  await sql`update public.persons set merged_into = ${kept.id}, counts_as = ${kept.id} where id = ${double.id}`
  expect((await book(as, kept)).at(-1)).toMatchObject({ kind: 'merge', moved: -400, owed: -400, after: 600 })
  expect(await sql`select * from private.credit_faults()`).toEqual([])
}))
