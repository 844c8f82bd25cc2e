// Helping somebody with activities through the API: asked by name and number, agreed by a code that signs nobody in, ended by either.
import type postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Learner, takeLearner } from '../fixtures/learners.ts'
import { planActivity } from '../fixtures/planned-activities.ts'
import { ask, codeSentTo, portalSql, signedIn } from '../fixtures/portal.ts'

interface Help { id: number, name: string, helps: boolean, agreed: string | null, code: string | null }
let sql: postgres.Sql
let manager: string
beforeAll(async () => {
  sql = portalSql()
  await sql`delete from identity.limits`
  manager = await signedIn(sql, { username: 'qingxi' })
})
afterAll(async () => {
  await sql`delete from identity.limits`
  await sql.end()
})

const two = async () => {
  const [child, elder] = [await takeLearner(sql), await takeLearner(sql)]
  return { child, elder, asChild: await signedIn(sql, child), asElder: await signedIn(sql, elder) }
}
const post = (path: string, cookie: string, body: object) => ask(`/api/${path}`, { method: 'POST', cookie, body })
const request = (cookie: string, { name, phone }: Learner, more: object = {}) => post('family/requests', cookie, { name, phone, relation: 'child', ...more })
const list = async (cookie: string) => (await ask<Help[]>('/api/family', { cookie })).body
const signUp = async (cookie: string, person: number) => {
  const one = await planActivity(sql, { seats: 2 })
  return post(`activities/${one.code}/signups`, cookie, { pool: one.pools[0], choose: 'yes', [`person-${person}`]: 'yes' })
}

describe('helping somebody', () => {
  it('takes the code that went to their phone, and no other', async () => {
    const { child, elder, asChild, asElder } = await two()
    expect(await signUp(asChild, elder.personId)).toMatchObject({ status: 403, body: { code: 'person_not_yours' } })
    expect(await request(asChild, elder)).toMatchObject({ status: 200, body: { done: 'sent' } })
    expect(await signUp(asChild, elder.personId)).toMatchObject({ status: 403, body: { code: 'consent_missing' } })
    const code = codeSentTo(elder.phone)
    // What the helper hears over the phone opens no account.
    expect((await post('identity/phone-session', '', { phone: elder.phone, code })).body).toMatchObject({ code: 'code_expired' })
    const [{ id, code: sent }] = await list(asChild) as [Help]
    expect(sent).toBe('sent')
    expect(await post('family/consents', asChild, { help: id, code: code === '000000' ? '111111' : '000000' })).toMatchObject({ status: 422, body: { code: 'code_wrong' } })
    expect(await post('family/consents', asElder, { help: id, code })).toMatchObject({ status: 410, body: { code: 'code_expired' } })
    expect(await post('family/consents', asChild, { help: id, code })).toMatchObject({ status: 200 })
    expect(await list(asElder)).toMatchObject([{ id, name: child.name, helps: false, agreed: 'code' }])
    expect(await signUp(asChild, elder.personId)).toMatchObject({ status: 200, body: { people: [{ name: elder.name, status: 'confirmed' }] } })
    expect((await ask<{ notices: { text: string }[] }>('/api/signups', { cookie: asElder })).body.notices[0]!.text).toMatch(`${child.name}帮您报了`)
    expect(await post('family/endings', asElder, { help: id })).toMatchObject({ status: 200 })
    expect(await signUp(asChild, elder.personId)).toMatchObject({ status: 403, body: { code: 'person_not_yours' } })
  })

  it('sends three messages a day to one phone, whoever asks', async () => {
    const { elder, asChild } = await two()
    for (let time = 0; time < 3; time++) expect((await request(asChild, elder)).status).toBe(200)
    expect(await request(await signedIn(sql, await takeLearner(sql)), elder)).toMatchObject({ status: 429, body: { code: 'too_many_tries' } })
  })

  it('finds nobody by a name or a number alone', async () => {
    const { child, elder, asChild } = await two()
    expect(await request(asChild, elder, { name: `${elder.name}甲` })).toMatchObject({ status: 404, body: { code: 'help_person_unknown' } })
    expect(await request(asChild, elder, { phone: '13000000000' })).toMatchObject({ status: 404, body: { code: 'help_person_unknown' } })
    expect(await request(asChild, elder, { phone: '' })).toMatchObject({ status: 422, body: { code: 'help_way_missing', messages: { phone: expect.stringContaining('手机号或学习卡号') } } })
    expect(await request(asChild, elder, { phone: '', card: '00000-00001' })).toMatchObject({ status: 422 })
    expect(await request(asChild, child)).toMatchObject({ status: 422, body: { code: 'help_for_oneself' } })
  })

  it('is recorded by staff with the way of consent, on the person’s page and in the audit log', async () => {
    const { child, elder, asChild } = await two()
    const path = `desk/people/${elder.personId}/helpers`
    expect(await post(path, manager, { helperId: child.personId, relation: 'neighbour' })).toMatchObject({ status: 422, body: { messages: { consent: expect.any(String) } } })
    expect(await post(path, asChild, { helperId: child.personId, relation: 'neighbour', consent: 'present' })).toMatchObject({ status: 403 })
    expect(await post(path, manager, { helperId: child.personId, relation: 'neighbour', consent: 'present' })).toMatchObject({ status: 200 })
    const { body } = await ask<{ helpers: { id: number, name: string, consent: string }[] }>(`/api/desk/people/${elder.personId}`, { cookie: manager })
    expect(body.helpers).toMatchObject([{ name: child.name, consent: 'present' }])
    expect(await signUp(asChild, elder.personId)).toMatchObject({ status: 200 })
    expect(await post(`${path}-end`, manager, { help: body.helpers[0]!.id })).toMatchObject({ status: 200 })
    expect(await list(asChild)).toEqual([])
    expect((await sql`select action from public.audit_events where subject_kind = 'person' and subject_id = ${String(elder.personId)} order by id`).map(({ action }) => action)).toEqual(expect.arrayContaining(['helper_recorded', 'helper_ended']))
  })
})
