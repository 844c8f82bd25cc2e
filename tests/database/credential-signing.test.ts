// What the job does with what waits: signed, published, mirrored; and all of it checked as a stranger would.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { checkText, type Checker } from '../../server/credentials/check.ts'
import { type Issuer, issuerWith, publishStatusLists, signWaiting } from '../../server/credentials/issue.ts'
import { signingKeys, writeMirror } from '../../server/credentials/mirror.ts'
import { sealCredits } from '../../server/utils/credits/seal.ts'
import { type As, makeNetwork, makePerson, type Network, type Person, type Transaction, withRollback } from '../fixtures/database.ts'

const SECRET = Buffer.alloc(32, 3).toString('base64')
const SITE = 'https://learn.example.cn'
const issuer = issuerWith({ signingKey: SECRET, publicUrl: SITE, siteUrl: SITE })
const EVERYTHING = 1_000_000

interface Bank { sql: Transaction, as: As, mei: Person, places: Network, posting: string, id: string }
const asJob = async <T>(sql: Transaction, work: () => Promise<T>): Promise<T> => {
  await sql`set local role job_server`
  const done = await work()
  await sql`reset role`
  return done
}
const documentOf = async (sql: Transaction, id: string) => (await sql`select document from public.credentials where id = ${id}`)[0]!.document as { id: string, issuer: { id: string } } | null
const checkerOf = async (sql: Transaction, by: Issuer = issuer): Promise<Checker> => ({
  did: by.did,
  keys: await signingKeys(sql, by),
  statusList: async address => (await sql`select document from public.credential_status_lists where document ->> 'id' = ${address}`)[0]?.document,
})
const check = async (sql: Transaction, id: string, by = issuer) => checkText(JSON.stringify(await documentOf(sql, id)), await checkerOf(sql, by))

const inBank = (test: (bank: Bank) => Promise<unknown>) => withRollback(async (sql, as) => {
  const places = await makeNetwork(sql)
  const mei = await makePerson(sql, places.willow)
  const [{ posting }] = await sql<[{ posting: string }]>`select (private.grant_credit(${`sign|${mei.id}`}, ${mei.id}, 'staff_correction', 1000, 0, ${places.city}, 'test', '{}', now())).id as posting`
  const [{ id }] = await sql<[{ id: string }]>`select private.want_credential('honour', ${mei.id}, 'star', ${places.township}, '{"title": "学习之星", "criteria": "全年学习 60 小时。"}', ${[posting]}) as id`
  await test({ sql, as, mei, places, posting, id })
})

describe('the job', () => {
  it('publishes lists and signs what waits, once; a stranger finds it valid, and revoked after the reversal', () => inBank(async ({ sql, posting, id }) => {
    expect(await documentOf(sql, id)).toBeNull()
    await asJob(sql, () => publishStatusLists(sql, issuer))
    await asJob(sql, () => signWaiting(sql, issuer, EVERYTHING))
    expect(await asJob(sql, () => signWaiting(sql, issuer, EVERYTHING))).toBe(0)
    expect(await documentOf(sql, id)).toMatchObject({ issuer: { id: 'did:web:learn.example.cn', name: '柳溪镇' }, name: '学习之星' })
    expect((await check(sql, id)).state).toBe('valid')
    await sql`select private.reverse_credit(${posting}, 'decision_withdrawn')`
    expect((await check(sql, id)).state).toBe('valid') // the list that strangers read is published by the job
    expect(await asJob(sql, () => publishStatusLists(sql, issuer))).toBeGreaterThan(0)
    expect((await check(sql, id)).state).toBe('revoked')
    expect(await asJob(sql, () => publishStatusLists(sql, issuer))).toBe(0)
  }))

  it('signs first what somebody waits for', () => inBank(async ({ sql, mei, places, id }) => {
    const [{ later }] = await sql<[{ later: string }]>`select private.want_credential('honour', ${mei.id}, 'later', ${places.township}, '{"title": "后来的"}') as later`
    await asJob(sql, () => signWaiting(sql, issuer, 1, later))
    expect([await documentOf(sql, id), await documentOf(sql, later)]).toEqual([null, expect.anything()])
  }))

  it('signs a transcript with what it lists; it holds while all of that does', () => inBank(async ({ sql, as, mei, id }) => {
    const [{ transcript }] = await as(mei.account, one => one<[{ transcript: string }]>`select public.request_transcript() as transcript`)
    await asJob(sql, () => publishStatusLists(sql, issuer))
    // What it lists goes before it, and it before all others.
    await asJob(sql, () => signWaiting(sql, issuer, 1, transcript))
    await asJob(sql, () => signWaiting(sql, issuer, 1, transcript))
    expect(await check(sql, transcript)).toMatchObject({ state: 'valid', listed: [{ state: 'valid' }] })
    await sql`select private.revoke_credential(${id}, 'desk_decision')`
    await asJob(sql, () => publishStatusLists(sql, issuer))
    expect(await check(sql, transcript)).toMatchObject({ state: 'revoked', listed: [{ state: 'revoked' }] })
  }))

  it('with a new key leaves what the earlier one signed valid', () => inBank(async ({ sql, id }) => {
    await asJob(sql, () => publishStatusLists(sql, issuer))
    await asJob(sql, () => signWaiting(sql, issuer, EVERYTHING))
    const next = issuerWith({ signingKey: Buffer.alloc(32, 4).toString('base64'), publicUrl: SITE, siteUrl: SITE })
    expect((await check(sql, id, next)).state).toBe('valid')
    expect(await signingKeys(sql, next)).toEqual(expect.arrayContaining([next.multikey, issuer.multikey]))
  }))
})

it('a changed row no longer fits its signature', () => inBank(async ({ sql, id }) => {
  await asJob(sql, () => publishStatusLists(sql, issuer))
  await asJob(sql, () => signWaiting(sql, issuer, EVERYTHING))
  await sql`alter table public.credentials disable trigger credentials_stay`
  await sql`update public.credentials set document = jsonb_set(document, '{credentialSubject,achievement,name}', '"学习标兵"') where id = ${id}`
  expect((await check(sql, id)).state).toBe('altered')
}))

it('the mirror folder holds keys, lists and seals under the paths of the site, and only what changed is written again', () => inBank(async ({ sql }) => {
  const folder = mkdtempSync(join(tmpdir(), 'mirror-'))
  const read = (path: string) => JSON.parse(readFileSync(join(folder, path), 'utf8')) as Record<string, unknown>
  try {
    await asJob(sql, () => publishStatusLists(sql, issuer))
    await sealCredits(sql, SECRET)
    await asJob(sql, () => writeMirror(sql, folder, issuer))
    const [list] = await sql`select id, document from public.credential_status_lists order by id desc limit 1`
    const [seal] = await sql`select id, root, public_key from public.credit_seals order by id desc limit 1`
    expect(read(`credentials/status/${list!.id}.json`)).toEqual(list!.document)
    expect(read('seals/latest.json')).toMatchObject({ root: seal!.root })
    expect(read(`seals/${seal!.id}.json`)).toEqual(read('seals/latest.json'))
    expect(read('.well-known/did.json')).toMatchObject({ id: issuer.did, verificationMethod: [{ publicKeyMultibase: issuer.multikey }] })
    expect(await asJob(sql, () => writeMirror(sql, folder, issuer))).toBe(0)
  }
  finally { rmSync(folder, { recursive: true }) }
}))

it('nobody but the job signs, publishes or reads by code', () => inBank(async ({ sql, as, mei }) => {
  for (const who of ['anon', mei.account]) {
    for (const call of ['private.credentials_to_sign(1)', `private.keep_signed_credential(1, '{}', 'x')`, 'private.status_lists_to_publish()', `private.keep_status_list(1, '{}', 0, 'x')`,
      `private.credential_by_code('x')`, 'private.signing_keys()', 'private.published_files(0)', 'private.want_course_credentials(1)']) {
      await expect(as(who, one => one.unsafe(`select * from ${call}`)), call).rejects.toMatchObject({ code: '42501' })
    }
  }
  await expect(sql.savepoint(async (one) => {
    await one`set local role job_server`
    await one`select * from public.credentials`
  })).rejects.toMatchObject({ code: '42501' })
}))
