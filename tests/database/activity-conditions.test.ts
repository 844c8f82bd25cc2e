// Who may come by what was earned and attended before, and newcomers first: each refusal says what is missing.
import { describe, expect, it } from 'vitest'
import { makeSchool, publish, type School, type Seats } from '../fixtures/activities.ts'
import { type As, makePerson, type Person, type Transaction, withRollback } from '../fixtures/database.ts'

interface Region { sql: Transaction, as: As, school: School, mei: Person, hua: Person }
const inRegion = (test: (region: Region) => Promise<unknown>) => withRollback(async (sql, as) => {
  const school = await makeSchool(sql)
  await test({ sql, as, school, mei: await makePerson(sql, school.places.willow), hua: await makePerson(sql, school.places.willow, { name: '李桂花' }) })
  expect(await sql`select * from private.seat_faults()`).toEqual([])
})
const refused = (code: string, detail?: RegExp) => expect.objectContaining({ message: code, ...(detail && { detail: expect.stringMatching(detail) }) })
const opened = ({ sql, as, school }: Region, fields: object, seats = 2) => publish(sql, as, school, { seats, fields: { ...fields } })
const sign = ({ as }: Region, who: Person, { pools }: Seats) => as(who.account, one => one`select status, place from public.sign_up(${pools[0]!}, ${[who.id]}::bigint[])`)
async function came(region: Region, who: Person, hoursAgo = 3, fields: object = {}): Promise<Seats> {
  const { sql, as, school } = region
  const held = await publish(sql, as, school, { startsIn: [-hoursAgo], fields: { ...fields } })
  await as(school.tutor.account, one => one`select * from public.mark_attendance(${held.sessions[0]!}, ${one.json([{ clientId: crypto.randomUUID(), personId: who.id, method: 'roster' }])})`)
  await as(school.tutor.account, one => one`select * from public.confirm_session(${held.sessions[0]!})`)
  return held
}

describe('earlier attendance', () => {
  it('is asked of the host, since a day, and the refusal says how much is there', () => inRegion(async (region) => {
    const { mei, hua } = region
    await came(region, mei)
    await came(region, mei, 30)
    const twice = await opened(region, { cameLeast: 2, cameOf: 'host' })
    expect(await sign(region, mei, twice)).toMatchObject([{ status: 'confirmed' }])
    await expect(sign(region, hua, twice)).rejects.toEqual(refused('came_too_little', /"came": ?0.*|"least": ?2/))
    const today = await opened(region, { cameLeast: 2, cameOf: 'host', cameSince: new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 10) })
    await expect(sign(region, mei, today)).rejects.toEqual(refused('came_too_little_since'))
  }))

  it('is asked of one activity or of a category, and what was corrected is not there', () => inRegion(async (region) => {
    const { sql, mei, hua } = region
    const held = await came(region, mei)
    await came(region, hua, 6, { category: 'culture_leisure' })
    const after = await opened(region, { cameLeast: 1, cameOf: 'activity', cameActivity: held.code })
    expect(await sign(region, mei, after)).toMatchObject([{ status: 'confirmed' }])
    await expect(sign(region, hua, after)).rejects.toEqual(refused('came_too_little', /智能手机入门/))
    const digital = await opened(region, { cameLeast: 1, cameOf: 'category' })
    expect(await sign(region, mei, digital)).toMatchObject([{ status: 'confirmed' }])
    await expect(sign(region, hua, digital)).rejects.toEqual(refused('came_too_little'))
    expect(await sql`select private.times_came(${hua.id}, 'category', null, null, 'culture_leisure', null) as times`).toEqual([{ times: 1 }])
  }))

  it.each([
    [{ cameLeast: 0 }, 'came_least_invalid'], [{ cameLeast: 1, cameOf: 'activity', cameActivity: 'zzzzzzzz' }, 'came_activity_unknown'],
    [{ cameLeast: 1, cameOf: 'category', cameCategory: 'nothing' }, 'category_unknown'], [{ cameLeast: 1, cameSince: '2999-01-01' }, 'came_since_invalid'],
    [{ cameLeast: 1, newcomers: 'only' }, 'newcomers_came_before'], [{ forLevel: 9 }, 'level_unknown'],
  ])('cannot be asked as %o', (fields, code) => inRegion(async region => expect(opened(region, fields)).rejects.toEqual(refused(code))))
})

describe('a level', () => {
  it('is asked of the learner as it stands now, by name', () => inRegion(async (region) => {
    const { sql, mei, hua } = region
    const [scheme] = await sql`select private.honour_scheme() as id`
    expect(scheme!.id).not.toBeNull()
    await sql`update public.honour_levels set milli_credits = 1 where scheme_id = ${scheme!.id} and rank = 1`
    await sql`delete from public.honour_minima where scheme_id = ${scheme!.id}`
    await came(region, mei)
    const activity = await opened(region, { forLevel: 1 })
    expect(await sign(region, mei, activity)).toMatchObject([{ status: 'confirmed' }])
    const [level] = await sql`select zh from public.honour_levels where scheme_id = ${scheme!.id} and rank = 1`
    await expect(sign(region, hua, activity)).rejects.toEqual(refused('level_too_low', new RegExp(level!.zh as string)))
    const [told] = await region.as('anon', one => one`select public.conditions_of_activity(${activity.code}) as told`)
    expect(told!.told).toMatchObject({ level: { zh: level!.zh }, newcomers: 'as_all' })
  }))
})

describe('newcomers', () => {
  it('go before others in the line, and where it is theirs alone others are told so', () => inRegion(async (region) => {
    const { sql, school, mei, hua } = region
    await came(region, mei)
    const first = await opened(region, { newcomers: 'first' }, 1)
    await sign(region, await makePerson(sql, school.places.willow), first)
    expect(await sign(region, mei, first)).toMatchObject([{ status: 'waiting', place: 1 }])
    expect(await sign(region, hua, first)).toMatchObject([{ status: 'waiting', place: 1 }])
    expect(await sql`select priority, priority_reason from public.signups where pool_id = ${first.pools[0]!} and person_id = ${hua.id}`).toEqual([{ priority: 1, priority_reason: 'newcomer' }])
    const only = await opened(region, { newcomers: 'only' })
    expect(await sign(region, hua, only)).toMatchObject([{ status: 'confirmed' }])
    await expect(sign(region, mei, only)).rejects.toEqual(refused('newcomers_only'))
  }))
})
