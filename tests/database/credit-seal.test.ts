// The nightly seal: what it covers, and what no longer fits it.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { generateKeyPairSync, sign as signBytes, webcrypto } from 'node:crypto'
import { sha256 } from '@noble/hashes/sha2.js'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { issuerWith } from '../../server/credentials/issue.ts'
import { multikeyOf } from '../../server/credentials/keys.ts'
import { signingKeys, writeMirror } from '../../server/credentials/mirror.ts'
import { sealCredits } from '../../server/utils/credits/seal.ts'
import { sealBreaches } from '../../server/utils/credits/seal-check.ts'
import { checkSeal, type SealedHead, type Verify } from '../../shared/utils/credit-seal.ts'
import { makeNetwork, makePerson, type Transaction, withRollback } from '../fixtures/database.ts'

const KEY = Buffer.alloc(32, 7).toString('base64')
const issuerBy = (signingKey: string) => issuerWith({ signingKey, publicUrl: 'https://learn.example.cn', siteUrl: 'https://learn.example.cn' })
const issuer = issuerBy(KEY)
const verify: Verify = async (publicKey, signature, message) => webcrypto.subtle.verify('Ed25519',
  await webcrypto.subtle.importKey('raw', publicKey as Uint8Array<ArrayBuffer>, 'Ed25519', false, ['verify']), signature as Uint8Array<ArrayBuffer>, message as Uint8Array<ArrayBuffer>)
const grant = (sql: Transaction, person: number | string, unit: number | string, key: string) => sql`
  select private.grant_credit(${key}, ${person}, 'staff_correction', 500, 0, ${unit}, 'seal_test', '{}', now())`
const mine = (sql: Transaction) => sql<[SealedHead & { links: string[] }]>`
  select path.seq::integer, path.place, path.path, jsonb_build_object('learners', seal.learners, 'root', seal.root, 'statement', seal.statement,
    'signature', seal.signature, 'publicKey', seal.public_key) as seal, (select array_agg(chain.link order by chain.seq) from public.my_credit_chain() chain) as links
  from public.credit_seal_paths path join public.credit_seals seal on seal.id = path.seal_id`

it('covers every chain, stays true when more is posted, and no longer fits what is altered', () => withRollback(async (sql, as) => {
  const { city, willow } = await makeNetwork(sql)
  const people = [await makePerson(sql, willow), await makePerson(sql, willow), await makePerson(sql, willow)]
  for (const person of people) await grant(sql, person.id, city, `grant|seal|${person.id}`)
  await sql`set local role job_server`
  await sealCredits(sql, KEY)
  const published = await signingKeys(sql, issuer)
  await sql`reset role`
  await grant(sql, people[0]!.id, city, 'grant|seal|later')
  for (const person of people) {
    const own = await as(person.account, one => mine(one))
    expect(own).toHaveLength(1)
    const [{ links, ...sealed }] = own
    expect(await checkSeal(links, sealed, published, sha256, verify)).toBe('fits')
    expect(await checkSeal(links, sealed, published, sha256, async () => null)).toBe('unsigned_here')
    expect(await checkSeal(links, sealed, null, sha256, verify)).toBe('key_unknown')
    expect(await checkSeal(links.map(link => link.replace(/^./, digit => digit === '0' ? '1' : '0')), sealed, published, sha256, verify)).toBe('broken')
    expect(await checkSeal([], sealed, published, sha256, verify)).toBe('broken')
    const { signature } = sealed.seal
    expect(await checkSeal(links, { ...sealed, seal: { ...sealed.seal, signature: (signature[0] === '0' ? '1' : '0') + signature.slice(1) } }, published, sha256, verify)).toBe('broken')
  }
}))

it('is never changed', () => withRollback(async (sql) => {
  const { city, willow } = await makeNetwork(sql)
  await grant(sql, (await makePerson(sql, willow)).id, city, 'grant|seal|fixed')
  await sealCredits(sql, KEY)
  await expect(sql`update public.credit_seals set root = repeat('0', 64)`).rejects.toThrow()
}))

it('by another key than the site publishes is told, whoever slipped it in; one by a key of before holds', () => withRollback(async (sql, as) => {
  const { city, willow } = await makeNetwork(sql)
  const mei = await makePerson(sql, willow)
  await grant(sql, mei.id, city, 'grant|seal|keys')
  await sealCredits(sql, KEY)
  const later = issuerBy(Buffer.alloc(32, 8).toString('base64'))
  const [{ links, ...sealed }] = await as(mei.account, one => mine(one))
  expect(await checkSeal(links, sealed, await signingKeys(sql, later), sha256, verify)).toBe('fits')

  // Somebody with the database but without the key: a chain made anew, sealed and signed as it should be, by a key of their own.
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  const theirs = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32).toString('hex')
  await sql`insert into public.credit_seals (learners, root, statement, signature, public_key) values (${sealed.seal.learners}, ${sealed.seal.root}, ${sealed.seal.statement},
    ${signBytes(null, Buffer.from(sealed.seal.statement), privateKey).toString('hex')}, ${theirs})`
  await sql`update public.credit_seal_paths set seal_id = (select max(id) from public.credit_seals)`
  const [{ links: same, ...forged }] = await as(mei.account, one => mine(one))
  expect(forged.seal.publicKey).toBe(theirs)
  expect(await checkSeal(same, forged, [multikeyOf(publicKey)], sha256, verify)).toBe('fits')
  expect(await checkSeal(same, forged, await signingKeys(sql, later), sha256, verify)).toBe('other_key')
  expect(await checkSeal(same, forged, await signingKeys(sql, later), sha256, async () => null)).toBe('other_key')
}))

describe('every night the seals are checked before the next is made', () => {
  const OWNER = 'set local session_replication_role = replica'
  const sealed = (test: (one: { sql: Transaction, breaches: (night?: number) => Promise<unknown[]>, person: number, city: number }) => Promise<unknown>) => withRollback(async (sql) => {
    // Whatever other tests sealed in this database is not this test's.
    await sql.unsafe(OWNER)
    await sql`delete from private.credit_seal_heads`
    await sql`delete from public.credit_seal_paths`
    await sql`delete from public.credit_seals`
    await sql`set local session_replication_role = default`
    const { city, willow } = await makeNetwork(sql)
    const person = (await makePerson(sql, willow)).id
    for (const turn of [1, 2]) await grant(sql, person, city, `grant|seal|night|${turn}`)
    await sealCredits(sql, KEY)
    const breaches = async (night?: number) => {
      await sql`set local role job_server`
      const found = await sealBreaches(sql, await signingKeys(sql, issuer), undefined, night)
      await sql`reset role`
      return found
    }
    expect(await breaches()).toEqual([])
    await test({ sql, breaches, person, city })
  })

  it('one holds when more is posted and another is made', () => sealed(async ({ sql, breaches, person, city }) => {
    await grant(sql, person, city, 'grant|seal|night|3')
    expect(await breaches()).toEqual([])
    await sealCredits(sql, KEY)
    expect(await breaches()).toEqual([])
  }))

  it('a chain that was made anew, links and all, does not fit it', () => sealed(async ({ sql, breaches, person }) => {
    await sql.unsafe(OWNER)
    await sql`update public.credit_postings set chain = sha256('made anew'), request_hash = sha256('another') where person_id = ${person} and seq = 2`
    expect(await breaches()).toEqual([{ invariant: 'seal_root_fits_chain', subject: expect.any(String) }])
    await sql`delete from public.credit_postings where person_id = ${person} and seq = 2`
    expect(await breaches()).toEqual([{ invariant: 'seal_root_fits_chain', subject: expect.stringContaining(`:${person}`) }])
  }))

  it('a chain that was made anew and sealed again with the site’s own key fits the last, not those of before', () => sealed(async ({ sql, breaches, person, city }) => {
    const ids = async () => (await sql`select id from public.credit_seals order by id`).map(({ id }) => String(id))
    await grant(sql, person, city, 'grant|seal|night|3')
    await sealCredits(sql, KEY)
    await sealCredits(sql, KEY) // nothing was posted since: the same link, and no row for it
    const [first, second, third] = await ids()
    expect(await sql`select seal_id::text as seal, seq::integer as seq from private.credit_seal_heads where person_id = ${person} order by seq`).toEqual([{ seal: first, seq: 2 }, { seal: second, seq: 3 }])
    expect(await breaches()).toEqual([])
    await sql.unsafe(OWNER)
    await sql`update public.credit_postings set chain = sha256('made anew') where person_id = ${person} and seq = 3`
    await sql`update public.credit_learners set head = sha256('made anew') where person_id = ${person}`
    await sql`delete from public.credit_seal_paths`
    await sql`delete from public.credit_seals where id = ${third!}`
    await sql`set local session_replication_role = default`
    await sealCredits(sql, KEY)
    expect(await breaches()).toEqual([{ invariant: 'seal_root_fits_chain', subject: second }])
    await sql.unsafe(OWNER)
    await sql`delete from public.credit_postings where person_id = ${person} and seq = 2`
    expect(await breaches()).toEqual([{ invariant: 'seal_root_fits_chain', subject: `${first}:${person}` }, { invariant: 'seal_root_fits_chain', subject: second }])
  }))

  it('each of before comes in its turn, a few a night', () => sealed(async ({ sql, breaches, person, city }) => {
    for (let night = 0; night < 18; night++) {
      await grant(sql, person, city, `grant|seal|turn|${night}`)
      await sealCredits(sql, KEY)
    }
    await sql.unsafe(OWNER)
    await sql`update public.credit_postings set chain = sha256(chain) where person_id = ${person} and seq < 20`
    const found = [await breaches(0), await breaches(1), await breaches(2)] as { subject: string }[][]
    for (const one of found) expect(one.length).toBeLessThanOrEqual(8)
    expect(new Set(found.flat().map(({ subject }) => subject)).size).toBe(18)
  }))

  it('all hold whoever learned on which days', () => fc.assert(fc.asyncProperty(fc.array(fc.option(fc.nat(3)), { minLength: 1, maxLength: 14 }), days => sealed(async ({ sql, breaches, person, city }) => {
    const { willow } = await makeNetwork(sql)
    const people = [person, ...await Promise.all([1, 2, 3].map(async () => (await makePerson(sql, willow)).id))]
    for (const [index, who] of days.entries()) await (who === null ? sealCredits(sql, KEY) : grant(sql, people[who]!, city, `grant|seal|some|${index}`))
    for (const night of [0, 1]) expect(await breaches(night)).toEqual([])
  })), { numRuns: 12 }))

  it.each(['root', 'statement', 'signature', 'public_key', 'learners'])('one whose %s was altered is named', column => sealed(async ({ sql, breaches }) => {
    await sql.unsafe(OWNER)
    await sql.unsafe(`update public.credit_seals set ${column} = ${column === 'learners' ? 'learners + 1' : `translate(${column}, '0123456789', '1234567890')`}`)
    expect(await breaches()).toEqual(expect.arrayContaining([{ invariant: 'seal_is_signed', subject: expect.any(String) }]))
  }))

  it('a published copy that differs from its row, or has none, is named', () => sealed(async ({ sql }) => {
    const folder = mkdtempSync(join(tmpdir(), 'linxue-mirror-'))
    try {
      const keys = await signingKeys(sql, issuer)
      await writeMirror(sql, folder, issuer)
      expect(await sealBreaches(sql, keys, folder)).toEqual([])
      const [seal] = await sql`select id, root from public.credit_seals`
      const file = join(folder, 'seals', `${seal!.id}.json`)
      writeFileSync(join(folder, 'seals', '999999999.json'), readFileSync(file))
      writeFileSync(file, readFileSync(file, 'utf8').replace(seal!.root, '0'.repeat(64)))
      expect(await sealBreaches(sql, keys, folder)).toEqual(expect.arrayContaining(
        [`${seal!.id}.json`, '999999999.json'].map(subject => ({ invariant: 'seal_mirror_is_row', subject }))))
    }
    finally { rmSync(folder, { recursive: true }) }
  }))
})
