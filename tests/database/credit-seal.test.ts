// The nightly seal: what it covers, and what no longer fits it.
import { webcrypto } from 'node:crypto'
import { sha256 } from '@noble/hashes/sha2.js'
import { expect, it } from 'vitest'
import { sealCredits } from '../../server/utils/credits/seal.ts'
import { checkSeal, type SealedHead, type Verify } from '../../shared/utils/credit-seal.ts'
import { makeNetwork, makePerson, type Transaction, withRollback } from '../fixtures/database.ts'

const KEY = Buffer.alloc(32, 7).toString('base64')
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
  await sql`reset role`
  await grant(sql, people[0]!.id, city, 'grant|seal|later')
  for (const person of people) {
    const own = await as(person.account, one => mine(one))
    expect(own).toHaveLength(1)
    const [{ links, ...sealed }] = own
    expect(await checkSeal(links, sealed, sha256, verify)).toBe('fits')
    expect(await checkSeal(links, sealed, sha256, async () => null)).toBe('unsigned_here')
    expect(await checkSeal(links.map(link => link.replace(/^./, digit => digit === '0' ? '1' : '0')), sealed, sha256, verify)).toBe('broken')
    expect(await checkSeal([], sealed, sha256, verify)).toBe('broken')
    const { signature } = sealed.seal
    expect(await checkSeal(links, { ...sealed, seal: { ...sealed.seal, signature: (signature[0] === '0' ? '1' : '0') + signature.slice(1) } }, sha256, verify)).toBe('broken')
  }
}))

it('is never changed', () => withRollback(async (sql) => {
  const { city, willow } = await makeNetwork(sql)
  await grant(sql, (await makePerson(sql, willow)).id, city, 'grant|seal|fixed')
  await sealCredits(sql, KEY)
  await expect(sql`update public.credit_seals set root = repeat('0', 64)`).rejects.toThrow()
}))
