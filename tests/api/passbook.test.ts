// The passbook of somebody whose credits were taken back after they were used: every line moves the balance by what it says.
import { createHash, generateKeyPairSync, sign, webcrypto } from 'node:crypto'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import type postgres from 'postgres'
import type { PassbookYear } from '~~/shared/types/credits'
import { type ChainedPosting, type Digest, firstBrokenLink, hexOf } from '../../shared/utils/credit-chain.ts'
import { checkSeals, type SealedAccounts } from '../../shared/utils/credit-seal.ts'
import { merkleLeaf, merkleTree, sealStatement } from '../../shared/utils/merkle.ts'
import { multikey } from '../../shared/utils/multikey.ts'
import { takeLearner } from '../fixtures/learners.ts'
import { ask, portalSql, signedIn } from '../fixtures/portal.ts'

let sql: postgres.Sql
beforeAll(() => { sql = portalSql() })
afterAll(() => sql.end())

it('what was used before it was taken back is owed, and paid by what comes next; opening + lines = closing', async () => {
  const { personId, phone } = await takeLearner(sql)
  const cookie = await signedIn(sql, { phone })
  const book = async () => (await ask<PassbookYear>('/api/credits/passbook', { cookie })).body
  const give = async (milliCredits: number) => (await sql`
    select (private.grant_credit(${`passbook:${personId}:${milliCredits}`}, ${personId}, 'staff_correction', ${milliCredits}, 0, (select id from units where parent_id is null), '补记', '{}', now())).id`)[0]!.id as string
  const given = await give(1000)
  await sql`select private.apply_credit(${`passbook:${personId}:used`}, ${personId}, 600)`
  await sql`select private.reverse_credit(${given}, 'decision_withdrawn')`
  expect((await book()).lines.at(-1)).toMatchObject({ kind: 'reversal', milliCredits: -400, owedMilliCredits: 600, balanceAfterMilliCredits: 0 })
  await give(850)
  const { openingMilliCredits, closingMilliCredits, lines } = await book()
  expect(lines.at(-1)).toMatchObject({ kind: 'grant', milliCredits: 250, owedMilliCredits: -600, balanceAfterMilliCredits: 250 })
  expect(openingMilliCredits + lines.reduce((sum, { milliCredits }) => sum + milliCredits, 0)).toBe(closingMilliCredits)
  const csv = await (await fetch(`${inject('portalUrl')}/api/credits/passbook.csv`, { headers: { cookie } })).text()
  expect(csv).toContain('学分还了以前欠的')
})

it('says for which activity and which reward a line is, on the page and in the file', async () => {
  const { personId, phone } = await takeLearner(sql)
  const cookie = await signedIn(sql, { phone })
  const [unit] = await sql`select id from units where parent_id is null`
  await sql`select private.grant_credit(${`passbook:reward:${personId}`}, ${personId}, 'staff_correction', 3000, 0, ${unit!.id}, '补记', '{}', now())`
  const [item] = await sql`insert into credit_items (unit_id, kind, zh, en, price_milli_credits) values (${unit!.id}, 'reading_pass', '河畔阅览证', 'Riverside reading pass', 1000) returning id`
  await sql`select private.move_stock(${item!.id}, 1, null)`
  const held = await ask<{ hold?: number }>('/api/credits/rewards/holds', { method: 'POST', cookie, body: { item: item!.id } })
  expect(held.status).toBe(200)
  const [hold] = await sql`select id from credit_holds where item_id = ${item!.id}`
  expect((await ask('/api/credits/rewards/returns', { method: 'POST', cookie, body: { hold: hold!.id } })).status).toBe(200)
  const { lines } = (await ask<PassbookYear>('/api/credits/passbook', { cookie })).body
  expect(lines.slice(-2)).toMatchObject([{ kind: 'hold', ground: { text: '河畔阅览证', link: '/credits/rewards' }, why: '先留着，领取前可以退回' }, { kind: 'release', why: '您退回了', ground: { text: '河畔阅览证' } }])
  const csv = await (await fetch(`${inject('portalUrl')}/api/credits/passbook.csv`, { headers: { cookie: `${cookie}; lang=en` } })).text()
  expect(csv).toContain('Riverside reading pass')
  await sql`update credit_items set offered = false where id = ${item!.id}`
})

it('the file for checking is enough to recompute the account up to the seal, without the site', async () => {
  const { personId, phone } = await takeLearner(sql)
  const cookie = await signedIn(sql, { phone })
  expect(await ask('/api/credits/proof.json', { cookie })).toMatchObject({ status: 404, body: { code: 'not_sealed_yet' } })
  for (const key of ['one', 'two']) await sql`select private.grant_credit(${`passbook:proof:${personId}:${key}`}, ${personId}, 'staff_correction', 500, 0, (select id from units where parent_id is null), '补记', '{}', now())`
  const digest: Digest = bytes => createHash('sha256').update(bytes).digest()
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  const bare = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32)
  const heads = await sql<{ person_id: string, seq: string, head: string }[]>`select * from private.credit_heads()`
  const { root, paths } = await merkleTree(await Promise.all(heads.map(({ head }) => merkleLeaf(Buffer.from(head, 'hex'), digest))), digest)
  const statement = sealStatement(new Date().toISOString(), heads.length, hexOf(root))
  await sql`select private.keep_credit_seal(now(), ${hexOf(root)}, ${statement}, ${sign(null, Buffer.from(statement), privateKey).toString('hex')},
    ${bare.toString('hex')}, ${heads.map(head => head.person_id)}::bigint[], ${heads.map(head => head.seq)}::bigint[], ${paths.map(path => path.map(hexOf).join(' '))}::text[])`
  try {
    await sql`select private.grant_credit(${`passbook:proof:${personId}:later`}, ${personId}, 'staff_correction', 500, 0, (select id from units where parent_id is null), '补记', '{}', now())`
    const { status, body } = await ask<Omit<SealedAccounts, 'accounts'> & { accounts: (SealedAccounts['accounts'][number] & { postings: ChainedPosting[] })[], how: string[] }>('/api/credits/proof.json', { cookie })
    expect(status).toBe(200)
    expect(body.accounts).toMatchObject([{ account: personId, seq: 2 }])
    expect(body.accounts[0]!.postings.length).toBe(2)
    expect(await firstBrokenLink(body.accounts[0]!.postings, digest)).toBeNull()
    expect(await checkSeals(body.accounts, body, [multikey(bare)], digest, async (key, signature, message) => webcrypto.subtle.verify('Ed25519',
      await webcrypto.subtle.importKey('raw', key as Uint8Array<ArrayBuffer>, 'Ed25519', false, ['verify']), signature as Uint8Array<ArrayBuffer>, message as Uint8Array<ArrayBuffer>))).toBe('fits')
  }
  finally { await sql`delete from credit_seal_paths` }
})
