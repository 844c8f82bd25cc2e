// Certificates through the portal: its owner's, the desk's, and what a stranger may know.
import type postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import type { CredentialCheck, PublicCredential } from '../../shared/types/credentials.ts'
import { takeLearner } from '../fixtures/learners.ts'
import { ask, portalSql, signedIn } from '../fixtures/portal.ts'

let sql: postgres.Sql
let owner: string
let other: string
let desk: string
let name: string
let code: string
let id: number
const TOWN = 'QJ-YX-01'

const want = async (personId: number, subject: string, title = '学习之星') => {
  const [row] = await sql`select private.want_credential('honour', ${personId}, ${subject}, (select id from public.units where code = ${TOWN}), ${sql.json({ title })}) as id`
  return Number(row!.id)
}
const codeOf = async (credential: number) => (await sql`select code from public.credentials where id = ${credential}`)[0]!.code as string
/** Waits until the job has signed it. */
async function isSigned(credential: number): Promise<void> {
  const giveUpAt = Date.now() + 30_000
  while (!(await sql`select from public.credentials where id = ${credential} and document is not null`).length) {
    if (Date.now() > giveUpAt) throw new Error('The certificate was not signed within thirty seconds')
    await new Promise(resolve => setTimeout(resolve, 100))
  }
}
const raw = (path: string, cookie = '') => fetch(inject('portalUrl') + path, { headers: { cookie }, redirect: 'manual' })
const verify = (credential: string) => ask<CredentialCheck>('/api/verify', { method: 'POST', body: { credential } })
const verified = async (asked = code) => ask<PublicCredential>(`/api/verify/${asked}`)

let personId: number
beforeAll(async () => {
  sql = portalSql()
  const learner = await takeLearner(sql)
  name = learner.name
  personId = learner.personId
  owner = await signedIn(sql, learner)
  other = await signedIn(sql, await takeLearner(sql))
  desk = await signedIn(sql, { username: 'qingxi' })
  id = await want(learner.personId, `api-${process.pid}`)
  code = await codeOf(id)
  // Who looks at one that waits has it signed now.
  expect((await ask(`/api/credits/certificates/${code}`, { cookie: owner })).status).toBe(200)
  await isSigned(id)
})
afterAll(() => sql.end())

describe('a certificate', () => {
  it('is its owner’s, as picture, as PDF and as a signed document; to others there is none', async () => {
    const files = [['picture.png', 'image/png'], ['certificate.pdf', 'application/pdf'], ['credential.json', 'application/vc']] as const
    for (const [file, type] of files) {
      const answer = await raw(`/api/credits/certificates/${code}/${file}`, owner)
      expect([file, answer.status, answer.headers.get('content-type'), answer.headers.get('cache-control')]).toEqual([file, 200, type, 'private, no-store'])
      expect((await raw(`/api/credits/certificates/${code}/${file}`, other)).status, file).toBe(404)
      expect((await raw(`/api/credits/certificates/${code}/${file}`)).status, file).toBe(401)
    }
    expect((await raw(`/api/credits/certificates/${code}/credential.json`, desk)).status, 'the signed document is for its owner').toBe(404)
    expect((await ask<{ code: string }[]>('/api/credits/certificates', { cookie: owner })).body.map(one => one.code)).toEqual([code])
    expect((await ask<unknown[]>('/api/credits/certificates', { cookie: other })).body).toEqual([])
  })

  it('is checked by anybody by its code, however typed; the name is masked', async () => {
    const typed = `${code.slice(0, 4)}-${code.slice(4, 8)}-${code.slice(8)}`.toLowerCase()
    const { status, body } = await verified(typed)
    expect([status, body]).toEqual([200, expect.objectContaining({ code, state: 'valid', title: '学习之星', kind: 'honour', revocation: null })])
    expect(body.name).not.toBe(name)
    expect(body.name[0]).toBe(name[0])
    expect(JSON.stringify(body)).not.toContain(name)
    expect(await verified('000000000000')).toMatchObject({ status: 404, body: { code: 'certificate_unknown' } })
    expect((await verified('not-a-code')).status).toBe(404)
  })
})

describe('a shown document', () => {
  const document = async () => (await raw(`/api/credits/certificates/${code}/credential.json`, owner)).text()

  it('is valid as it was downloaded, with the whole name that it says itself', async () => {
    expect((await verify(await document())).body).toMatchObject({ outcome: 'valid', credential: { code, name } })
  })

  it('altered by one sign, cut off, of another kind: each is said', async () => {
    const text = await document()
    expect((await verify(text.replace('学习之星', '学习之光'))).body).toMatchObject({ outcome: 'altered', credential: null, issuer: null })
    expect((await verify(text.slice(0, -5))).body).toMatchObject({ outcome: 'unreadable' })
    expect((await verify(JSON.stringify({ ...JSON.parse(text) as object, proof: { type: 'JwtProof2020', verificationMethod: 'x', proofValue: 'y' } }))).body).toMatchObject({ outcome: 'unsupported' })
    expect(await verify(' ')).toMatchObject({ status: 422, body: { code: 'credential_missing' } })
    expect(await verify('x'.repeat(600_000))).toMatchObject({ status: 413, body: { code: 'body_too_large' } })
  })

  it('may be sent as a file by a plain form, whose answer is on the page after it', async () => {
    const form = new FormData()
    form.set('file', new Blob([await document()], { type: 'application/json' }), 'certificate.json')
    form.set('credential', '')
    const sent = await fetch(`${inject('portalUrl')}/api/verify`, { method: 'POST', body: form, redirect: 'manual', headers: { accept: 'text/html', referer: `${inject('portalUrl')}/verify` } })
    expect([sent.status, sent.headers.get('location')]).toEqual([303, '/verify#result'])
    const page = await raw('/verify', sent.headers.getSetCookie().map(cookie => cookie.split(';')[0]).join('; '))
    expect(await page.text()).toContain('这份数字证书是真的')
  })
})

it('keys and status lists are public, and a list can’t be asked for that is not there', async () => {
  const { body: did } = await ask<{ id: string, assertionMethod: string[] }>('/.well-known/did.json')
  const { body: document } = await ask<{ proof: { verificationMethod: string }, credentialStatus: { statusListCredential: string } }>(`/api/credits/certificates/${code}/credential.json`, { cookie: owner })
  expect(did.assertionMethod).toContain(document.proof.verificationMethod)
  const list = await ask<{ type: string[] }>(new URL(document.credentialStatus.statusListCredential).pathname)
  expect(list).toMatchObject({ status: 200, body: { type: ['VerifiableCredential', 'BitstringStatusListCredential'] } })
  for (const path of ['/credentials/status/9999.json', '/credentials/status/x.json', '/credentials/status/0.json']) expect((await ask(path)).status, path).toBe(404)
})

it('a transcript is asked for once, is signed after what it lists, and can be downloaded and checked', async () => {
  expect(await ask('/api/credits/transcript', { method: 'POST', body: {}, cookie: other })).toMatchObject({ status: 409, body: { code: 'no_certificates_yet' } })
  for (let time = 0; time < 2; time++) expect((await ask('/api/credits/transcript', { method: 'POST', body: {}, cookie: owner })).status).toBe(200)
  interface Transcripts { progress: object | null, transcripts: { code: string, isSigned: boolean }[] }
  const mine = async () => (await ask<Transcripts>('/api/credits/transcript', { cookie: owner })).body
  await expect.poll(async () => (await mine()).transcripts[0]?.isSigned, { timeout: 30_000 }).toBe(true)
  const { transcripts, progress } = await mine()
  expect([transcripts.length, progress]).toEqual([1, null])
  const document = await (await raw(`/api/credits/certificates/${transcripts[0]!.code}/credential.json`, owner)).text()
  expect((await verify(document)).body).toMatchObject({ outcome: 'valid', listed: 1, listedRevoked: 0 })
  const pdf = await raw(`/api/credits/certificates/${transcripts[0]!.code}/certificate.pdf`, owner)
  expect(Buffer.from(await pdf.arrayBuffer()).subarray(0, 5).toString()).toBe('%PDF-')
})

describe('the desk', () => {
  interface List { total: number, titles: { title: string }[], certificates: { id: number, code: string, name: string, mayRevoke: boolean, unprintable: string[], revocation: object | null }[] }
  const list = async (query: string, cookie = desk) => ask<List>(`/api/desk/credits/certificates?unit=${TOWN}&${query}`, { cookie })

  it('finds by name, code, title and day, and says whose name can’t be printed', async () => {
    const found = async (query: string) => (await list(query)).body.certificates.map(one => one.code)
    for (const query of [`asked=${encodeURIComponent(name)}`, `asked=${code}`, `asked=${code.slice(0, 4)}-${code.slice(4, 8)}-${code.slice(8)}`, `kind=honour&title=${encodeURIComponent('学习之星')}`])
      expect(await found(query), query).toContain(code)
    for (const query of ['asked=nobody', 'kind=award', 'to=2000-01-01', `title=${encodeURIComponent('别的')}`]) expect(await found(query), query).not.toContain(code)
    expect((await list('')).body.titles.map(({ title }) => title)).toContain('学习之星')
    await sql`update public.persons set name = '王𪛖' where id = ${personId}`
    await want(personId, `rare-${process.pid}`)
    await sql`update public.persons set name = ${name} where id = ${personId}`
    expect((await list(`asked=${encodeURIComponent('王𪛖')}`)).body.certificates[0]).toMatchObject({ unprintable: ['𪛖'] })
  })

  it('prints a whole pile as one PDF, in pieces, and nothing where nothing is found', async () => {
    const people = await sql`select person.id from public.persons person join public.units home on home.id = person.residence_unit_id and home.code like ${`${TOWN}-%`} where person.counts_as is null order by person.id limit 220`
    for (const person of people) await want(Number(person.id), `hall-${process.pid}`, `颁奖典礼 ${process.pid}`)
    const answer = await raw(`/api/desk/credits/certificates/print.pdf?unit=${TOWN}&title=${encodeURIComponent(`颁奖典礼 ${process.pid}`)}`, desk)
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/pdf'])
    const pdf = Buffer.from(await answer.arrayBuffer()).toString('latin1')
    expect(pdf.match(/\/Type \/Page\b(?!s)/g)).toHaveLength(people.length)
    expect(people.length).toBe(220)
    expect(await ask(`/api/desk/credits/certificates/print.pdf?unit=${TOWN}&title=nothing`, { cookie: desk })).toMatchObject({ status: 404, body: { code: 'none_to_print' } })
  })

  it('revokes with a reason, once; whoever checks it then reads why', async () => {
    const revoke = (reason: string, cookie = desk) => ask(`/api/desk/credits/certificates/${id}/revocation`, { method: 'POST', body: { reason }, cookie })
    const document = await (await raw(`/api/credits/certificates/${code}/credential.json`, owner)).text()
    expect(await revoke('短')).toMatchObject({ status: 422, body: { code: 'revocation_reason_missing', details: { field: 'reason' } } })
    expect((await revoke('姓名登记错误', await signedIn(sql, { username: 'teacher' }))).status).toBe(403)
    expect((await revoke('姓名登记错误')).status).toBe(200)
    expect(await revoke('姓名登记错误')).toMatchObject({ status: 409, body: { code: 'credential_revoked' } })
    expect((await verified()).body).toMatchObject({ state: 'revoked', revocation: { reason: 'desk_decision', words: '姓名登记错误' } })
    expect((await verify(document)).body).toMatchObject({ outcome: 'revoked', credential: { revocation: { words: '姓名登记错误' } } })
    // The list that strangers read follows.
    const { credentialStatus } = JSON.parse(document) as { credentialStatus: { statusListCredential: string } }
    const before = (await sql`select count(*)::integer as bits from public.credential_status_bits where list_id = 1`)[0]!.bits as number
    await expect.poll(async () => (await sql`select published_bits from public.credential_status_lists where id = 1`)[0]!.published_bits as number, { timeout: 30_000 }).toBeGreaterThanOrEqual(before)
    expect((await ask(new URL(credentialStatus.statusListCredential).pathname)).status).toBe(200)
  })

  it('lifts its revocation with a reason, once: the old number stays revoked', async () => {
    const lift = (reason: string, cookie = desk) => ask<{ anew: number | null }>(`/api/desk/credits/certificates/${id}/lifting`, { method: 'POST', body: { reason }, cookie })
    expect(await lift('短')).toMatchObject({ status: 422, body: { code: 'lifting_reason_missing', details: { field: 'reason' } } })
    expect((await lift('查过了，没有错', await signedIn(sql, { username: 'teacher' }))).status).toBe(403)
    expect((await lift('查过了，没有错')).status).toBe(200)
    expect(await lift('查过了，没有错')).toMatchObject({ status: 409, body: { code: 'revocation_lifted' } })
    expect((await verified()).body).toMatchObject({ state: 'revoked' })
    expect((await list(`asked=${code}`)).body.certificates[0]).toMatchObject({ liftedAt: expect.any(String) })
  })
})

it('a certificate that was altered in the database says so, in its document or only in what is shown of it', async () => {
  const alter = async (id: number, what: postgres.PendingQuery<postgres.Row[]>) => {
    await sql`alter table public.credentials disable trigger credentials_stay`
    await sql`update public.credentials set ${what} where id = ${id}`
    await sql`alter table public.credentials enable trigger credentials_stay`
  }
  const altered = await want(personId, `altered-${process.pid}`)
  await ask(`/api/credits/certificates/${await codeOf(altered)}`, { cookie: owner })
  await isSigned(altered)
  const document = await (await raw(`/api/credits/certificates/${await codeOf(altered)}/credential.json`, owner)).text()
  await alter(altered, sql`snapshot = snapshot || '{"name": "李四"}'`)
  expect((await verified(await codeOf(altered))).body).toMatchObject({ state: 'altered' })
  expect((await verify(document)).body).toMatchObject({ outcome: 'record_differs', credential: null })
  await alter(altered, sql`snapshot = snapshot || ${sql.json({ name })}`)
  expect((await verified(await codeOf(altered))).body).toMatchObject({ state: 'valid' })
  await alter(altered, sql`document = jsonb_set(document, '{name}', '"别的"')`)
  expect((await verified(await codeOf(altered))).body).toMatchObject({ state: 'altered' })
})

it('a status list that was altered in the database is not relied on', async () => {
  const [list] = await sql`select document from public.credential_status_lists where id = 1`
  const document = await (await raw(`/api/credits/certificates/${code}/credential.json`, owner)).text()
  try {
    await sql`update public.credential_status_lists set document = jsonb_set(document, '{validFrom}', '"2020-01-01T00:00:00Z"') where id = 1`
    expect((await verify(document)).body).toMatchObject({ outcome: 'status_list_altered' })
  }
  finally { await sql`update public.credential_status_lists set document = ${sql.json(list!.document)} where id = 1` }
})
