import { describe, expect, it } from 'vitest'
import { type As, type Network, type Person, type Transaction, committedAs, makeNetwork, makePerson, makeStaff, pool, withRollback } from '../fixtures/database.ts'

interface Scene { sql: Transaction, as: As, net: Network, security: Person, town: Person, resident: Person, codes: Record<number, string> }

const scene = (test: (scene: Scene) => Promise<unknown>) => withRollback(async (sql, as) => {
  const net = await makeNetwork(sql)
  const codes = Object.fromEntries((await sql`select id, code from public.units`).map(({ id, code }) => [id, code as string]))
  await test({ sql, as, net, codes, security: await makeStaff(sql, net.county, net.willow, 'security_admin'), town: await makeStaff(sql, net.school, net.willow, 'manager'),
    resident: await makePerson(sql, net.willow) })
})
const refused = (call: Promise<unknown>, status: number, code: string) => expect(call).rejects.toMatchObject({ code: `PT${status}`, message: code })
const TODAY = new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 10)
const grant = (as: As, who: Person, person: number, unit: string, role: string, from = TODAY, to: string | null = null) =>
  as(who.account, async sql => (await sql`select public.grant_post(${person}, ${unit}, ${role}, null, ${from}, ${to}) as id`)[0]!.id as number)
const end = (as: As, who: Person, post: number, day = TODAY) => as(who.account, sql => sql`select public.end_post(${post}, ${day})`)

/** Which post opens what: a right that is added anywhere is seen here. */
const RIGHTS: Record<string, string> = {
  auditor: 'audit desk', department_staff: 'desk figures trainings', head: 'activities approval desk figures groups names network people populations trainings', inspector: 'desk figures',
  leading_group_office: 'desk figures', lecturer: '', manager: 'activities approval desk figures groups names network people populations trainings', publisher: 'activities desk',
  security_admin: 'desk posts', surveyor: 'desk figures', system_admin: 'desk network', teacher: 'activities desk figures', tutor: 'activities desk figures names people trainings',
}

describe('a post', () => {
  it('opens what its role says, as the table of rights is written', async () => {
    const roles = await pool`select id, array_to_string(array(select unnest(sights) as sight order by sight), ' ') as sights from public.post_roles order by id`
    expect(Object.fromEntries(roles.map(({ id, sights }) => [id as string, sights as string]))).toEqual(RIGHTS)
  })

  it.each(['leading_group_office', 'surveyor'])('%s sees figures of its subtree, and no name, report to decide or network to edit', role => scene(async ({ sql, as, net, resident, codes }) => {
    const who = await makeStaff(sql, net.township, net.willow, role)
    const sees = (sight: string) => as(who.account, async inner => (await inner`select id from public.units where id in (select private.my_units(${sight})) order by id`).map(({ id }) => id as number))
    expect(await sees('figures')).toEqual([net.township, net.willow, net.orchard, net.school].sort((a, b) => a - b))
    for (const sight of ['names', 'groups', 'people', 'trainings', 'activities', 'network', 'populations', 'approval', 'posts', 'audit']) expect(await sees(sight)).toEqual([])
    expect(await as(who.account, inner => inner`select id from public.persons where id = ${resident.id}`)).toEqual([])
    await refused(as(who.account, inner => inner`select public.enter_populations(2025, '统计局', '2025-06-30', ${inner.json([{ unit: codes[net.willow], group: 'resident', count: 5 }] as never)})`), 403, 'unit_not_yours')
    await refused(as(who.account, inner => inner`select public.close_unit(${codes[net.willow]!}, ${TODAY})`), 403, 'unit_not_yours')
  }))
})

describe('granting', () => {
  it('is for whoever has the sight there, and never to oneself', () => scene(async ({ as, net, codes, security, town, resident }) => {
    await expect(as('anon', sql => sql`select public.grant_post(1, 'x', 'head', null, ${TODAY}, null)`)).rejects.toMatchObject({ code: '42501' })
    await refused(grant(as, town, resident.id, codes[net.township]!, 'tutor'), 403, 'unit_not_yours')
    await refused(grant(as, security, resident.id, codes[net.city]!, 'tutor'), 403, 'unit_not_yours')
    await refused(grant(as, security, security.id, codes[net.township]!, 'manager'), 403, 'post_own')
    await refused(grant(as, security, 999_999_999, codes[net.township]!, 'manager'), 404, 'person_unknown')
    await refused(grant(as, security, resident.id, 'NOWHERE', 'manager'), 404, 'unit_unknown')
    await refused(grant(as, security, resident.id, codes[net.township]!, 'king'), 422, 'post_role_unknown')
    await refused(grant(as, security, resident.id, codes[net.township]!, 'tutor', TODAY, '2020-01-01'), 422, 'post_ends_before_start')
  }))

  it('opens the desk at once and is written down', () => scene(async ({ sql, as, net, codes, security, resident }) => {
    const sees = () => as(resident.account, async sql => (await sql`select cardinality(private.my_unit_paths('names')) as count`)[0]!.count as number)
    expect(await sees()).toBe(0)
    const post = await grant(as, security, resident.id, codes[net.township]!, 'tutor')
    expect(await sees()).toBe(1)
    await refused(grant(as, security, resident.id, codes[net.township]!, 'tutor'), 409, 'post_held_already')
    await sql`update public.posts set valid_from = valid_from - 10 where id = ${post}`
    await end(as, security, post, new Date(Date.now() - 16 * 3_600_000).toISOString().slice(0, 10))
    expect(await sees()).toBe(0)
    expect((await sql`select action from public.audit_events where account_id = ${security.account} order by id`).map(({ action }) => action as string)).toEqual(['post_granted', 'post_ended'])
  }))

  it('of two of the three administrators\' posts to one person is refused while they overlap', () => scene(async ({ as, net, codes, security, resident }) => {
    await grant(as, security, resident.id, codes[net.township]!, 'auditor', '2026-01-01', '2026-01-31')
    await refused(grant(as, security, resident.id, codes[net.county]!, 'system_admin', '2026-01-31'), 409, 'post_duties_apart')
    await grant(as, security, resident.id, codes[net.county]!, 'system_admin', '2026-02-01')
    await grant(as, security, resident.id, codes[net.township]!, 'system_admin', '2026-02-01')
    await refused(grant(as, security, resident.id, codes[net.township]!, 'security_admin', TODAY), 409, 'post_duties_apart')
  }))

  it('holds for the rows of a merged person together', () => scene(async ({ sql, as, net, codes, security, resident }) => {
    const double = await makePerson(sql, net.willow)
    await grant(as, security, double.id, codes[net.township]!, 'auditor')
    await sql`update public.persons set merged_into = ${resident.id}, counts_as = ${resident.id} where id = ${double.id}`
    await refused(grant(as, security, resident.id, codes[net.township]!, 'system_admin'), 409, 'post_duties_apart')
  }))

  it('at the same moment gives one of the two', async () => {
    const net = await makeNetwork(pool)
    const [one, other] = [await makeStaff(pool, net.county, net.willow, 'security_admin'), await makeStaff(pool, net.county, net.willow, 'security_admin')]
    const person = await makePerson(pool, net.willow)
    const [{ code }] = await pool`select code from public.units where id = ${net.township}` as unknown as [{ code: string }]
    const results = await Promise.allSettled([[one, 'auditor'], [other, 'system_admin']].map(([who, role]) =>
      committedAs((who as Person).account, sql => sql`select public.grant_post(${person.id}, ${code}, ${role as string}, null, ${TODAY}, null)`)))
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    // And where the function is not asked, the table itself refuses.
    await expect(pool`insert into public.posts (person_id, unit_id, role_id) values (${person.id}, ${net.township}, 'security_admin')`).rejects.toMatchObject({ constraint_name: 'posts_duties_apart' })
  })
})

it('the region keeps a security administrator, whoever ends posts or closes accounts at once', async () => {
  const net = await makeNetwork(pool)
  await pool`update public.posts set valid_to = private.china_date(now()) - 1 where role_id = 'security_admin' and valid_to is null`
  const [one, other] = [await makeStaff(pool, net.city, net.willow, 'security_admin'), await makeStaff(pool, net.city, net.willow, 'security_admin')]
  const posts = await pool`select id, person_id from public.posts where person_id in (${one.id}, ${other.id}) order by person_id`
  const results = await Promise.allSettled([
    committedAs(one.account, sql => sql`select public.disable_account(${other.id}, true)`),
    committedAs(other.account, sql => sql`select public.end_post(${posts[0]!.id}, ${TODAY})`)])
  expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  const left = await pool`select person_id from public.posts post join identity.accounts account using (person_id)
    where role_id = 'security_admin' and unit_id = ${net.city} and account.disabled_at is null and coalesce(valid_to > private.china_date(now()), true)`
  expect(left).toHaveLength(1)
  await pool`update public.posts set valid_to = private.china_date(now()) - 1 where role_id = 'security_admin' and unit_id = ${net.city} and valid_from < private.china_date(now())`
})

describe('accounts of staff', () => {
  const create = (as: As, who: Person, person: number, username: string) => as(who.account, sql => sql`select public.create_staff_account(${person}, ${username}, 'hash')`)

  it('are looked after by whoever grants posts wherever the person works, not by themselves nor from below', () => scene(async ({ sql, as, net, security, town, resident }) => {
    const above = await makeStaff(sql, net.city, net.willow, 'head')
    await refused(as(town.account, sql => sql`select public.end_sessions(${resident.id})`), 403, 'account_not_yours')
    await refused(as(security.account, sql => sql`select public.reset_staff_password(${above.id}, 'hash')`), 403, 'account_not_yours')
    await refused(as(security.account, sql => sql`select public.disable_account(${security.id}, true)`), 403, 'account_own')
    await as(security.account, sql => sql`select public.disable_account(${town.id}, true)`)
    expect(await as(town.account, async sql => (await sql`select public.who_am_i() as me`)[0]!.me)).toBeNull()
  }))

  it('begin with a password that opens nothing but its own change', () => scene(async ({ sql, as, net, codes, security }) => {
    const [row] = await sql`insert into public.persons (name, sex, birth_year, residence_unit_id) values ('李新', 'male', 1990, ${net.willow}) returning id`
    const person = row!.id as number
    await refused(create(as, security, person, 'li.xin'), 422, 'account_without_post')
    await grant(as, security, person, codes[net.township]!, 'manager')
    await refused(create(as, security, person, 'L'), 422, 'username_invalid')
    await create(as, security, person, 'li.xin')
    await refused(create(as, security, person, 'li.xin2'), 409, 'account_exists')
    const [account] = await sql`select id from identity.accounts where username = 'li.xin'`
    const desks = () => as(account!.id as string, async sql => (await sql`select cardinality(private.my_unit_paths('desk')) as count`)[0]!.count as number)
    expect(await desks()).toBe(0)
    await as(account!.id as string, sql => sql`select public.replace_my_password('new hash', 'x')`)
    expect(await desks()).toBe(1)
    await as(security.account, sql => sql`select public.reset_staff_password(${person}, 'third hash')`)
    expect(await desks()).toBe(0)
    expect((await sql`select action from public.audit_events where subject_kind = 'person' and subject_id = ${String(person)} order by id`).map(({ action }) => action as string))
      .toEqual(['account_created', 'password_changed', 'password_reset'])
  }))
})

it('the audit log is read by auditors of the subtree alone, and a copy of it is an event', () => scene(async ({ sql, as, net, codes, security, resident }) => {
  const auditor = await makeStaff(sql, net.county, net.willow, 'auditor')
  await grant(as, security, resident.id, codes[net.township]!, 'tutor')
  const read = (who: Person, unit: number) => as(who.account, sql => sql`select action, role_en, unit_code from public.audit_log(${unit})`)
  expect(await read(auditor, net.county)).toMatchObject([{ action: 'post_granted', role_en: 'Security administrator', unit_code: codes[net.township] }])
  expect(await read(security, net.county)).toEqual([])
  expect(await read(auditor, net.city)).toEqual([])
  await refused(as(security.account, sql => sql`select public.note_audit_export(${net.county}, '{}', 1)`), 403, 'unit_not_yours')
  await as(auditor.account, sql => sql`select public.note_audit_export(${net.county}, '{}', 1)`)
  expect((await read(auditor, net.county))[0]).toMatchObject({ action: 'audit_exported' })
}))

describe('a post that is limited to villages', () => {
  const limit = (as: As, who: Person, post: number, places: string[]) => as(who.account, sql => sql`select public.limit_post(${post}, ${places})`)

  it('reads and writes only there, and in all of its unit again when the limit is lifted', () => scene(async ({ sql, as, net, security, resident, codes }) => {
    const elsewhere = await makePerson(sql, net.orchard)
    const tutor = await makePerson(sql, net.harbour)
    const post = await grant(as, security, tutor.id, codes[net.school]!, 'tutor')
    await limit(as, security, post, [codes[net.willow]!])
    const sees = (sight: string) => as(tutor.account, async inner => (await inner`select id from public.units where id in (select private.my_units(${sight})) order by id`).map(({ id }) => id as number))
    expect(await sees('people')).toEqual([net.willow])
    expect(await sees('approval')).toEqual([])
    const visible = () => as(tutor.account, async inner => (await inner`select id from public.persons where id in (${resident.id}, ${elsewhere.id})`).map(({ id }) => id as number))
    expect(await visible()).toEqual([resident.id])
    const rename = (who: Person) => as(tutor.account, inner => inner`select public.update_person(${who.id}, '新名', 'female', 1960, null, null)`)
    await rename(resident)
    await refused(rename(elsewhere), 404, 'person_unknown')
    await refused(as(tutor.account, inner => inner`select * from public.residents_of(${net.township})`), 403, 'unit_not_yours')
    expect(await as(tutor.account, inner => inner`select persons from public.coverage_by_group(${net.township}, 2026)`)).toEqual([])
    expect(await as(tutor.account, async inner => (await inner`select code, in_sight from public.unit_trail(null, 'names')`).at(-1))).toEqual({ code: codes[net.willow], in_sight: true })
    expect((await as(tutor.account, inner => inner`select public.who_am_i() as me`))[0]!.me.posts).toMatchObject([{ places: [{ code: codes[net.willow], name: '柳溪村' }] }])
    await limit(as, security, post, ['柳溪村', '果园村'])
    expect((await visible()).sort((a, b) => a - b)).toEqual([resident.id, elsewhere.id].sort((a, b) => a - b))
    // A village that leaves the township is not followed; the rest stays.
    await sql`update public.units set parent_id = ${net.otherTownship}, placed_on = ${TODAY} where id = ${net.orchard}`
    expect(await sees('people')).toEqual([net.willow])
    await limit(as, security, post, [])
    expect(await sees('people')).toEqual([net.township, net.willow, net.school].sort((a, b) => a - b))
    expect(await sql`select details ->> 'places' as places from public.audit_events where action = 'post_limited' order by id`).toEqual([
      { places: `["${codes[net.willow]}"]` }, { places: `["${codes[net.willow]}", "${codes[net.orchard]}"]` }, { places: '[]' }])
  }))

  it('is limited by who looks after posts there, to places below it that are known by that name', () => scene(async ({ sql, as, net, security, town, codes }) => {
    const tutor = await makePerson(sql, net.harbour)
    const post = await grant(as, security, tutor.id, codes[net.school]!, 'tutor')
    for (const place of ['港口村', '没有这个村', codes[net.township]!]) await refused(limit(as, security, post, [place]), 422, 'post_place_unknown')
    await refused(limit(as, town, post, ['柳溪村']), 403, 'unit_not_yours')
    await refused(limit(as, security, 999_999, ['柳溪村']), 404, 'post_unknown')
    const [own] = await sql`select id from public.posts where person_id = ${security.id}`
    await refused(limit(as, security, own!.id as number, ['柳溪镇']), 403, 'post_own')
    expect(await as(tutor.account, inner => inner`select unit_id from public.post_places`)).toEqual([])
  }))
})
