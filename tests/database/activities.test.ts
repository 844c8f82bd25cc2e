// Planning: from a draft to what residents find, who may take which step, and what a change does to whoever signed up.
import { describe, expect, it } from 'vitest'
import { makeSchool, type Plan, planOf, publish, type School } from '../fixtures/activities.ts'
import { type As, makePerson, makeStaff, type Network, type Person, type Sql, type Transaction, withRollback } from '../fixtures/database.ts'

interface Region { sql: Transaction, as: As, school: School, places: Network, mei: Person, publisher: Person }
const inRegion = (test: (region: Region) => Promise<unknown>) => withRollback(async (sql, as) => {
  const school = await makeSchool(sql)
  const { places } = school
  await test({ sql, as, school, places, mei: await makePerson(sql, places.willow), publisher: await makeStaff(sql, places.school, places.willow, 'publisher') })
  expect(await sql`select * from private.seat_faults()`).toEqual([])
})
const refused = (code: string, field?: string) => expect.objectContaining({ message: code, ...(field && { detail: expect.stringContaining(`"field": "${field}"`) }) })
const save = ({ as, places }: Region, who: Person, plan: Plan = {}, known: { id: number, version: number } | null = null) => {
  const { fields, sessions, seats } = planOf(plan)
  return as(who.account, async one => (await one`select public.save_activity(${places.school}, ${known?.id ?? null}, ${known?.version ?? null},
    ${one.json(fields as never)}, ${one.json(sessions as never)}, ${seats}) as id`)[0]!.id as number)
}
const act = ({ as }: Region, who: Person, name: string, id: number, reason?: string) =>
  as(who.account, one => reason === undefined ? one`select ${one(`public.${name}`)}(${id})` : one`select ${one(`public.${name}`)}(${id}, ${reason})`)
const call = ({ as }: Region, who: Person, call: (one: Sql) => Promise<unknown>) => as(who.account, call)
const statusOf = async (sql: Sql, id: number) => (await sql`select status from public.activities where id = ${id}`)[0]!.status
const found = async ({ as }: Region, filter: Record<string, unknown> = {}) => (await as('anon', one => one`select * from public.find_activities(near_unit_id => ${filter.near as number ?? null},
  from_day => ${filter.from as string ?? null}, until_day => ${filter.until as string ?? null}, of_category_id => ${filter.category as string ?? null}, for_audience => ${filter.audience as string ?? null}, only_free => ${filter.free as boolean ?? false}, query => ${filter.query as string ?? ''})`))

it('with free seats is what one can sign up for now, or come to without', () => inRegion(async (region) => {
  const { sql, as, school, mei } = region
  const hours = (count: number) => new Date(Date.now() + count * 3_600_000)
  const plan = (title: string, fields: Record<string, unknown> = {}, more: Plan = {}) => publish(sql, as, school, { fields: { title, ...fields }, ...more })
  await plan('可以报名')
  await plan('还没开始报名', { opensAt: hours(24) })
  const closed = await plan('报名截止了', { closesAt: hours(2) })
  await sql`update public.activities set closes_at = now() - interval '1 minute' where id = ${closed.activityId}`
  const begun = await plan('已经开始')
  await sql`update public.activity_sessions set starts_at = now() - interval '15 minutes', ends_at = now() + interval '45 minutes' where id = ${begun.sessions[0]!}`
  await plan('不用报名', { signUp: 'none' })
  await plan('抽签报名中', { admission: 'draw', closesAt: hours(24) })
  const full = await plan('满了', {}, { seats: 1 })
  await as(mei.account, one => one`select public.sign_up(${full.pools[0]!}, null)`)
  const titles = async (filter = {}) => (await found(region, filter)).map(row => row.title as string).sort()
  expect(await titles({ free: true })).toEqual(['不用报名', '可以报名', '抽签报名中'].sort())
  expect(await titles()).toHaveLength(7)
}))

describe('a plan', () => {
  it('goes from its author to whoever approves, and back with a reason, before residents find it', () => inRegion(async (region) => {
    const { sql, as, school, publisher } = region
    const id = await save(region, publisher)
    await expect(act(region, publisher, 'publish_activity', id)).rejects.toEqual(refused('unit_not_yours'))
    await act(region, publisher, 'submit_activity', id)
    await act(region, publisher, 'submit_activity', id)
    await expect(act(region, school.manager, 'return_activity', id, ' ')).rejects.toEqual(refused('reason_missing', 'reason'))
    await act(region, school.manager, 'return_activity', id, '请写清楚带什么')
    expect(await sql`select status, returned_reason from public.activities where id = ${id}`).toEqual([{ status: 'draft', returned_reason: '请写清楚带什么' }])
    await act(region, publisher, 'submit_activity', id)
    expect(await as('anon', one => one`select id from public.activities where id = ${id}`)).toEqual([])
    await act(region, school.manager, 'publish_activity', id)
    expect(await found(region)).toMatchObject([{ title: '智能手机入门', free: 2, sessions: 1 }])
    expect((await sql`select action from public.audit_events where subject_kind = 'activity' and subject_id = ${String(id)} order by id`).map(row => row.action))
      .toEqual(['activity_planned', 'activity_submitted', 'activity_returned', 'activity_submitted', 'activity_published'])
  }))

  it('is read by the planners of its unit and of those above, and written by nobody else', () => inRegion(async (region) => {
    const { sql, as, places, publisher, school, mei } = region
    const id = await save(region, publisher)
    const others = { county: await makeStaff(sql, places.county, places.willow, 'head'), elsewhere: await makeStaff(sql, places.otherTownship, places.harbour, 'manager'), inspector: await makeStaff(sql, places.city, places.willow, 'inspector') }
    const reads = async (who: Person) => (await as(who.account, one => one`select id from public.activities where id = ${id}`)).length
    expect(await Promise.all([school.manager, others.county].map(reads))).toEqual([1, 1])
    for (const who of [others.elsewhere, others.inspector, mei]) {
      expect(await reads(who)).toBe(0)
      await expect(save(region, who)).rejects.toEqual(refused('unit_not_yours'))
      await expect(save(region, who, {}, { id, version: 1 })).rejects.toEqual(refused('activity_unknown'))
      for (const step of ['submit_activity', 'publish_activity', 'delete_activity']) await expect(act(region, who, step, id)).rejects.toEqual(refused('activity_unknown'))
    }
  }))

  it('is not overwritten by whoever opened it before', () => inRegion(async (region) => {
    const id = await save(region, region.publisher)
    await save(region, region.school.tutor, { fields: { title: '智能手机进阶' } }, { id, version: 1 })
    await expect(save(region, region.publisher, {}, { id, version: 1 })).rejects.toEqual(refused('activity_changed'))
    await save(region, region.publisher, {}, { id, version: 2 })
  }))

  it('that was handed in and is changed is a draft again; one that nobody saw is deleted', () => inRegion(async (region) => {
    const { sql, publisher } = region
    const id = await save(region, publisher)
    await act(region, publisher, 'submit_activity', id)
    await save(region, publisher, {}, { id, version: 1 })
    expect(await statusOf(sql, id)).toBe('draft')
    await act(region, publisher, 'delete_activity', id)
    expect(await sql`select id from public.activities where id = ${id}`).toEqual([])
  }))

  it.each([
    ['activity_title_missing', 'title', { fields: { title: ' ' } }],
    ['activity_form_missing', 'form', { fields: { form: 'party' } }],
    ['category_unknown', 'category', { fields: { category: 'magic' } }],
    ['ages_invalid', 'oldest', { fields: { youngest: 60, oldest: 50 } }],
    ['fee_reason_missing', 'feeFor', { fields: { feeFen: 500 } }],
    ['window_invalid', 'closesAt', { fields: { opensAt: '2027-01-02T00:00:00Z', closesAt: '2027-01-01T00:00:00Z' } }],
    ['unit_unknown', 'forUnit', { fields: { forUnit: 999_999 } }],
    ['group_unknown', 'forGroups', { fields: { forGroups: ['wizards'] } }],
    ['capacity_invalid', 'sessions', { seats: 0 }],
    ['capacity_invalid', 'seats', { seats: 6000, fields: { signUp: 'term' } }],
    ['session_twice', 'sessions', { startsIn: [72, 72] }],
    ['sessions_missing', 'sessions', { startsIn: [] }],
  ])('is refused at its place: %s', (code, field, plan) => inRegion(async (region) => {
    await expect(save(region, region.publisher, plan as Plan)).rejects.toEqual(refused(code, field))
  }))

  it.each([
    ['venue_missing', 'venue', { fields: { venue: '' } }],
    ['phone_missing', 'phone', { fields: { phone: '' } }],
    ['sessions_over', 'sessions', { startsIn: [-72] }],
  ])('is not published without what residents need: %s', (code, field, plan) => inRegion(async (region) => {
    const id = await save(region, region.publisher, plan as Plan)
    await expect(act(region, region.publisher, 'submit_activity', id)).rejects.toEqual(refused(code, field))
    await expect(act(region, region.school.manager, 'publish_activity', id)).rejects.toEqual(refused(code, field))
  }))

  it('shows what else lies in that room, or with that lecturer, at that time', () => inRegion(async (region) => {
    const { as, places, school, publisher } = region
    await publish(region.sql, as, school, { fields: { room: '201', lecturer: '张老师' } })
    const { sessions } = planOf({ startsIn: [10, 72.5] })
    const conflicts = (room: string, lecturer: string) => as(publisher.account, one => one`select place, what, title from public.session_conflicts(${places.school}, null, '柳溪社区学校', ${room}, ${lecturer}, ${one.json(sessions as never)})`)
    expect(await conflicts('２０１', '李老师')).toEqual([{ place: 2, what: 'room', title: '智能手机入门' }])
    expect(await conflicts('202', '张老师')).toEqual([{ place: 2, what: 'lecturer', title: '智能手机入门' }])
    expect(await conflicts('202', '')).toEqual([])
  }))

  it('shows a talk that the lecturer agreed to, what its class is in already, what is for the same groups, and that it lies over itself', () => inRegion(async (region) => {
    const { as, places, school, publisher, mei, sql } = region
    const tai = await publish(sql, as, school, { startsIn: [72], fields: { title: '太极拳', forGroups: ['elderly'] } })
    await as(mei.account, own => own`select public.sign_up(${tai.pools[0]!}, ${[mei.id]}::bigint[])`)
    const one = await publish(sql, as, school, { startsIn: [200] })
    await as(mei.account, own => own`select public.sign_up(${one.pools[0]!}, ${[mei.id]}::bigint[])`)
    const [{ lecturer }] = await sql`insert into public.lecturers (unit_id, name, title, topics, categories) values (${places.school}, '周建国', '退休教师', '家风', '{law}') returning id as lecturer` as unknown as [{ lecturer: number }]
    const { sessions } = planOf({ startsIn: [72.5, 73] })
    const book = (status: string) => sql`insert into public.lecturer_bookings (lecturer_id, for_unit_id, during, topic, place, status) values (${lecturer}, ${places.school}, tstzrange(${sessions[0]!.startsAt}, ${sessions[0]!.endsAt}), '家风家教', '村礼堂', ${status}) returning id`
    await book('asked')
    const look = ({ activity = null as number | null, copied = null as number | null, by = '', groups = [] as string[], id = undefined as number | undefined, lines = sessions.slice(0, 1) } = {}) => as(publisher.account, async own =>
      (await own`select place, what, title, people, with_place from public.session_conflicts(${places.school}, ${activity}, '柳溪社区学校', '', ${by}, ${own.json(lines.map(line => ({ ...line, id })) as never)}, ${copied}, ${groups}::text[])`).map(row => ({ ...row })))
    expect(await look({ by: '周建国' })).toEqual([])
    await book('agreed')
    expect(await look({ by: ' 周建国' })).toEqual([{ place: 1, what: 'talk', title: '家风家教', people: null, with_place: null }])
    expect(await look({ activity: one.activityId, id: one.sessions[0]! })).toEqual([{ place: 1, what: 'class', title: '太极拳', people: 1, with_place: null }])
    // Who is in one of its sessions only is in no other.
    expect(await look({ activity: one.activityId, id: one.sessions[0]! + 1000 })).toEqual([])
    expect(await look({ copied: one.activityId })).toEqual([{ place: 1, what: 'class', title: '太极拳', people: 1, with_place: null }])
    expect(await look({ groups: ['elderly', 'youth'] })).toEqual([{ place: 1, what: 'audience', title: '太极拳', people: null, with_place: null }])
    expect(await look({ lines: sessions })).toEqual([{ place: 1, what: 'plan', title: '', people: null, with_place: 2 }, { place: 2, what: 'plan', title: '', people: null, with_place: 1 }])
    await as(mei.account, async own => own`select public.cancel_signup(id) from public.signups where pool_id = ${tai.pools[0]!}`)
    expect(await look({ activity: one.activityId, id: one.sessions[0]! })).toEqual([])
  }))

  it('and whoever books a lecturer sees the sessions that name them', () => inRegion(async (region) => {
    const { as, places, school, publisher, mei, sql } = region
    await sql`insert into public.lecturers (unit_id, name, title, topics, categories) values (${places.school}, '张老师', '退休教师', '家风', '{law}')`
    await publish(sql, as, school, { startsIn: [10, 24 * 200], fields: { lecturer: ' 张老师' } })
    expect(await as(publisher.account, own => own`select what, title from public.lecturers_due()`)).toEqual([{ what: 'session', title: '智能手机入门' }])
    await expect(as(mei.account, own => own`select * from public.lecturers_due()`)).rejects.toEqual(expect.objectContaining({ message: 'post_lacks_sight' }))
  }))
})

describe('a session that is made up for', () => {
  const at = (hours: number) => new Date(Math.ceil(Date.now() / 3_600_000 + hours) * 3_600_000)
  const makeUp = ({ as, school }: Region, session: number, hours = 200, who = school.manager) => as(who.account, async one => Number((await one`select public.make_up_session(${session}, ${at(hours)}, ${at(hours + 1)}) as id`)[0]!.id))
  const standing = async ({ sql }: Region, pool: number) => (await sql`select person_id::integer as person, status, place from public.signups one cross join lateral (select private.waiting_place(one) as place) line where pool_id = ${pool} order by id`).map(row => [row.person, row.status])

  it('keeps everybody at the place they had, in their order, and tells them', () => inRegion(async (region) => {
    const { sql, as, mei, places, school } = region
    const [lin, hua, gone] = [await makePerson(sql, places.willow), await makePerson(sql, places.willow), await makePerson(sql, places.willow)]
    const one = await publish(sql, as, school, { seats: 1 })
    for (const who of [mei, gone, lin, hua]) await as(who.account, own => own`select public.sign_up(${one.pools[0]!}, ${[who.id]}::bigint[])`)
    await as(gone.account, own => own`select public.cancel_signup(id) from public.signups where person_id = ${gone.id}`)
    const before = await standing(region, one.pools[0]!)
    await expect(makeUp(region, one.sessions[0]!)).rejects.toEqual(refused('session_not_cancelled'))
    await act(region, school.manager, 'cancel_session', one.sessions[0]!, '停电')
    expect((await standing(region, one.pools[0]!)).every(([, status]) => status === 'cancelled')).toBe(true)
    await expect(makeUp(region, one.sessions[0]!, -5)).rejects.toEqual(refused('session_in_past', 'date'))
    await expect(makeUp(region, one.sessions[0]!, 200, region.publisher)).rejects.toEqual(refused('unit_not_yours'))
    await sql`delete from public.notices`
    const id = await makeUp(region, one.sessions[0]!)
    expect(await makeUp(region, one.sessions[0]!)).toBe(id)
    await expect(makeUp(region, one.sessions[0]!, 300)).rejects.toEqual(refused('session_made_up_before'))
    expect(await standing(region, one.pools[0]!)).toEqual(before)
    expect((await sql`select person_id::integer as id, kind from public.notices order by person_id`).map(row => [row.id, row.kind])).toEqual([mei, lin, hua].map(({ id }) => id).sort((one, other) => one - other).map(id => [id, 'session_made_up']))
    // The line goes on where it was.
    await as(mei.account, own => own`select public.cancel_signup(id) from public.signups where person_id = ${mei.id}`)
    expect(Object.fromEntries(await standing(region, one.pools[0]!))).toMatchObject({ [lin.id]: 'offered', [hua.id]: 'waiting' })
    const [{ sessions }] = await sql`select json_agg(json_build_object('id', session.id, 'startsAt', session.starts_at, 'endsAt', session.ends_at, 'capacity', 1)) as sessions from public.activity_sessions session where activity_id = ${one.activityId}` as unknown as [{ sessions: object[] }]
    const [{ version }] = await sql`select version from public.activities where id = ${one.activityId}` as unknown as [{ version: number }]
    await as(school.manager.account, own => own`select public.save_activity(${places.school}, ${one.activityId}, ${version}, ${own.json({ ...planOf({}).fields, summary: '带笔' } as never)}, ${own.json(sessions as never)})`)
    // Called off as well, it is made up for in turn.
    await act(region, school.manager, 'cancel_session', id, '下雨')
    await makeUp(region, id, 400)
    expect(Object.fromEntries(await standing(region, one.pools[0]!))).toMatchObject({ [lin.id]: 'offered', [hua.id]: 'waiting', [mei.id]: 'cancelled' })
  }))

  it('of a term is one more session of all who are in', () => inRegion(async (region) => {
    const { sql, as, mei, school } = region
    const one = await publish(sql, as, school, { startsIn: [72, 96], fields: { signUp: 'term' } })
    await as(mei.account, own => own`select public.sign_up(${one.pools[0]!}, ${[mei.id]}::bigint[])`)
    await act(region, school.manager, 'cancel_session', one.sessions[0]!, '停电')
    await makeUp(region, one.sessions[0]!)
    expect((await as(mei.account, own => own`select kind, details from public.my_notices()`)).map(row => row.kind)).toEqual(['session_made_up', 'session_cancelled'])
    expect(await sql`select taken from public.seat_pools where id = ${one.pools[0]!}`).toEqual([{ taken: 1 }])
  }))
})

describe('a term held again', () => {
  it('becomes drafts with everything but people, all or none, and pressed twice none twice', () => inRegion(async (region) => {
    const { sql, as, places, school, publisher } = region
    const first = await publish(sql, as, school, { startsIn: [72, 96], seats: 7, fields: { signUp: 'term', lecturer: '张老师', feeFen: 500, feeFor: '纸笔', minors: 'welcome', minorsStaff: ['何敏', '吴刚'], youngest: 6, cameLeast: 1, cameOf: 'host', forGroups: ['elderly'], forUnit: places.willow } })
    const second = await publish(sql, as, school, { startsIn: [73], seats: 3, fields: { title: '太极拳', room: '201' } })
    await save(region, publisher)
    const days = [new Date(), new Date(Date.now() + 10 * 86_400_000)].map(moment => moment.toISOString().slice(0, 10))
    const term = () => as(publisher.account, async one => (await one`select public.term_to_copy(${places.township}, ${days[0]!}, ${days[1]!}) as term`)[0]!.term as { id: number, title: string, seats: number | null, sessions: Record<string, string | number>[], again: string[] }[])
    const held = await term()
    expect(held.map(({ title, seats, sessions, again }) => [title, seats, sessions.length, sessions[0]!.capacity, again])).toEqual([['智能手机入门', 7, 2, null, []], ['太极拳', null, 1, 3, []]])
    const later = (at: unknown) => new Date(Date.parse(at as string) + 28 * 86_400_000).toISOString()
    const plans = held.map(({ id, sessions }) => ({ id, opensAt: null, closesAt: later(new Date().toISOString()), sessions: sessions.map(session => ({ ...session, startsAt: later(session.startsAt), endsAt: later(session.endsAt) })) }))
    const copy = (list: object[], who = publisher) => as(who.account, one => one`select of_id, is_new from public.copy_term(${places.school}, ${one.json(list as never)})`)
    await expect(copy([...plans, { ...plans[0], id: 999_999_999 }])).rejects.toEqual(refused('activity_unknown'))
    expect(await copy(plans)).toEqual([{ of_id: first.activityId, is_new: true }, { of_id: second.activityId, is_new: true }])
    expect((await copy(plans)).map(row => row.is_new)).toEqual([false, false])
    const whole = (id: number, at: 'id' | 'copied_from') => sql`select title, kind, form_id, category_id, lecturer, venue, room, contact_phone, fee_fen, fee_for, minors, minors_staff, ages, for_unit_id, for_groups, sign_up, admission, came_least, came_of, newcomers,
      (select count(*)::integer from public.activity_sessions session where session.activity_id = one.id) as sessions, (select sum(pool.capacity)::integer from public.seat_pools pool where pool.activity_id = one.id) as seats
      from public.activities one where ${sql(at)} = ${id}`
    for (const { activityId } of [first, second]) expect(await whole(activityId, 'copied_from')).toEqual(await whole(activityId, 'id'))
    expect(await sql`select distinct status, published_at from public.activities where copied_from is not null`).toEqual([{ status: 'draft', published_at: null }])
    expect((await term())[0]!.again).toHaveLength(1)
    const elsewhere = await makeStaff(sql, places.otherTownship, places.harbour, 'manager')
    await expect(copy(plans, elsewhere)).rejects.toEqual(refused('unit_not_yours'))
  }))
})

describe('a plan that is reviewed above', () => {
  const set = ({ as }: Region, who: Person, unit: number, way: string | null) => as(who.account, one => one`select public.set_activity_review(${unit}, ${way})`)
  const publishes = async ({ as }: Region, who: Person, id: number) => (await as(who.account, one => one`select public.publish_activity(${id}) as status`))[0]!.status
  const waits = ({ as, places }: Region, who: Person, unit = places.township) => as(who.account, async one => (await one`select what, activity_id from public.activities_waiting(${unit})`).map(row => [row.what, Number(row.activity_id)]))

  it('is agreed to level by level, and the last who agrees publishes it', () => inRegion(async (region) => {
    const { sql, places, school, publisher } = region
    const county = await makeStaff(sql, places.county, places.willow, 'head')
    const city = await makeStaff(sql, places.city, places.willow, 'head')
    await expect(set(region, school.manager, places.township, 'by_itself')).rejects.toEqual(refused('unit_not_yours'))
    await expect(set(region, county, places.county, 'by_above')).rejects.toEqual(refused('unit_not_yours'))
    await set(region, county, places.township, 'by_above')
    await set(region, city, places.county, 'by_above')
    const id = await save(region, publisher)
    await expect(publishes(region, school.manager, id)).rejects.toEqual(refused('review_needed'))
    await act(region, school.manager, 'submit_activity', id)
    expect([await waits(region, school.manager), await waits(region, county)]).toEqual([[], [['review', id]]])
    expect(await publishes(region, county, id)).toBe('submitted')
    expect(await waits(region, county)).toEqual([])
    await expect(publishes(region, county, id)).rejects.toEqual(refused('review_needed'))
    expect(await waits(region, city, places.county)).toEqual([['review', id]])
    // What is changed meanwhile is to be seen anew, by everybody.
    await save(region, publisher, { fields: { title: '手机提高' } }, { id, version: 1 })
    await act(region, publisher, 'submit_activity', id)
    expect(await waits(region, county)).toEqual([['review', id]])
    expect(await publishes(region, county, id)).toBe('submitted')
    expect(await publishes(region, city, id)).toBe('published')
    expect(await statusOf(sql, id)).toBe('published')
  }))

  it('needs nobody where the place is trusted again, and whoever is above all levels agrees to all at once', () => inRegion(async (region) => {
    const { sql, places, school } = region
    const city = await makeStaff(sql, places.city, places.willow, 'head')
    for (const unit of [places.township, places.county]) await set(region, city, unit, 'by_above')
    const one = await save(region, school.manager)
    expect(await publishes(region, city, one)).toBe('published')
    await set(region, city, places.township, 'by_itself')
    expect(await publishes(region, school.manager, await save(region, school.manager, { startsIn: [200] }))).toBe('published')
    await set(region, city, places.township, null)
    await expect(publishes(region, school.manager, await save(region, school.manager, { startsIn: [300] }))).rejects.toEqual(refused('review_needed'))
    expect(await region.as(school.manager.account, own => own`select way, said_by, reviewed, may_set from public.activity_reviews_at(${places.township}) where unit_id = ${places.township}`)).toEqual([{ way: null, said_by: expect.any(String), reviewed: true, may_set: false }])
  }))
})

describe('what is changed after somebody above agreed', () => {
  interface Open { id: number, what: string, waitsFor: string[], isMine: boolean, was: object, became: object }
  const open = async ({ as }: Region, who: Person, id: number) => (await as(who.account, one => one`select public.review_of_activity(${id}) -> 'changes' as changes`))[0]!.changes as Open[]
  const sees = async ({ as }: Region, who: Person, id: number, last: number) => (await as(who.account, one => one`select public.see_activity_changes(${id}, ${last}) as seen`))[0]!.seen as number
  const waits = ({ as, places }: Region, who: Person) => as(who.account, async one => (await one`select what, people from public.activities_waiting(${places.township})`).map(row => [row.what, row.people]))
  const agreed = async (region: Region) => {
    const county = await makeStaff(region.sql, region.places.county, region.places.willow, 'head')
    await region.as(county.account, one => one`select public.set_activity_review(${region.places.township}, 'by_above')`)
    const id = await save(region, region.publisher, { seats: 5 })
    await region.as(county.account, one => one`select public.publish_activity(${id})`)
    return { county, id }
  }
  const change = (region: Region, who: Person, id: number, fields: Record<string, unknown>, { hours = 0, seats = 5, adds = false } = {}) => region.as(who.account, async (one) => {
    const [known] = await one`select activity.version, session.id, session.starts_at, session.ends_at from public.activities activity join public.activity_sessions session on session.activity_id = activity.id where activity.id = ${id} order by session.starts_at limit 1`
    const at = (moment: Date, more: number) => new Date(moment.getTime() + more * 3_600_000)
    const sessions = [{ id: known!.id, startsAt: at(known!.starts_at as Date, hours), endsAt: at(known!.ends_at as Date, hours), capacity: seats }, ...adds ? [{ startsAt: at(known!.starts_at as Date, 200), endsAt: at(known!.ends_at as Date, 200), capacity: seats }] : []]
    await one`select public.save_activity(${region.places.school}, ${id}, ${known!.version}, ${one.json({ ...planOf({}).fields, ...fields } as never)}, ${one.json(sessions as never)})`
  })

  it('waits for them by what it is, until they saw it', () => inRegion(async (region) => {
    const { county, id } = await agreed(region)
    await change(region, region.school.manager, id, { summary: '带上充电线。' })
    expect(await open(region, county, id)).toEqual([])
    await change(region, region.school.manager, id, { summary: '带上充电线。', venue: '柳溪文化站', feeFen: 500, feeFor: '讲义', youngest: 18, lecturer: '罗老师' }, { hours: 1, seats: 9, adds: true })
    const changes = await open(region, county, id)
    expect(changes.map(({ what }) => what).sort()).toEqual(['added', 'ages', 'capacity', 'fee', 'lecturer', 'place', 'time'])
    expect(changes.find(({ what }) => what === 'fee')).toMatchObject({ isMine: true, was: { feeFen: 0 }, became: { feeFen: 500, feeFor: '讲义' } })
    expect((await open(region, region.school.manager, id)).every(({ isMine }) => !isMine)).toBe(true)
    expect([await waits(region, county), await waits(region, region.school.manager)]).toEqual([[['changed', 7]], []])
    // Whoever changes it is not who sees it; and what came after the page was shown stays open.
    await expect(sees(region, region.school.manager, id, changes.at(-1)!.id)).rejects.toEqual(refused('changes_not_yours'))
    expect(await sees(region, county, id, changes[2]!.id)).toBe(3)
    expect(await sees(region, county, id, changes[2]!.id)).toBe(0)
    expect(await waits(region, county)).toEqual([['changed', 4]])
    expect(await sees(region, county, id, changes.at(-1)!.id)).toBe(4)
    expect([await waits(region, county), await open(region, county, id)]).toEqual([[], []])
  }))

  it('waits at every level that agreed, and for nobody where whoever changes it stands above all', () => inRegion(async (region) => {
    const { county, id } = await agreed(region)
    const city = await makeStaff(region.sql, region.places.city, region.places.willow, 'head')
    await region.as(city.account, one => one`select public.set_activity_review(${region.places.county}, 'by_above')`)
    await change(region, county, id, { feeFen: 500, feeFor: '讲义' })
    expect(await open(region, county, id)).toMatchObject([{ what: 'fee', isMine: false, waitsFor: [expect.any(String)] }])
    expect(await open(region, city, id)).toMatchObject([{ what: 'fee', isMine: true }])
    expect(await sees(region, city, id, 2 ** 40)).toBe(1)
    await change(region, city, id, {})
    expect(await open(region, city, id)).toEqual([])
  }))

  it('is shown the oldest first, a hundred at a time, and only what was shown was seen', () => inRegion(async (region) => {
    const { county, id } = await agreed(region)
    for (let fee = 1; fee <= 102; fee++) await region.sql`with noted as (insert into public.activity_changes (activity_id, what, was, became) values (${id}, 'fee', '{}', ${region.sql.json({ feeFen: fee })}) returning id)
      insert into public.activity_change_reviews (change_id, unit_id) select id, ${region.places.township} from noted`
    const shown = await open(region, county, id)
    expect([shown.length, shown[0]!.became, shown.at(-1)!.became]).toEqual([100, { feeFen: 1 }, { feeFen: 100 }])
    expect(await sees(region, county, id, shown.at(-1)!.id)).toBe(100)
    expect((await open(region, county, id)).map(({ became }) => became)).toEqual([{ feeFen: 101 }, { feeFen: 102 }])
  }))

  it('is put right, not changed, once it is over', () => inRegion(async (region) => {
    const { county, id } = await agreed(region)
    const move = (venue: string) => region.sql`with acts as materialized (select set_config('request.jwt.claims', ${JSON.stringify({ sub: region.school.manager.account, role: 'authenticated' })}, true))
      update public.activities set venue = ${venue} from acts where id = ${id}`
    await move('柳溪文化站')
    expect(await open(region, county, id)).toMatchObject([{ what: 'place' }])
    await region.sql`update public.activity_sessions set starts_at = now() - interval '3 hours', ends_at = now() - interval '1 hour' where activity_id = ${id}`
    await move('柳溪小学')
    expect(await open(region, county, id)).toHaveLength(1)
  }))

  it('is nobody\'s to see where plans need no agreement', () => inRegion(async (region) => {
    const id = await save(region, region.school.manager, { seats: 5 })
    await act(region, region.school.manager, 'publish_activity', id)
    await change(region, region.school.manager, id, { feeFen: 500, feeFor: '讲义' })
    expect(await open(region, region.school.manager, id)).toEqual([])
    expect(await region.sql`select from public.activity_changes where activity_id = ${id}`).toHaveLength(0)
  }))
})

describe('what is published', () => {
  const changed = (region: Region, known: { id: number, sessions: { id: number, startsAt: Date, endsAt: Date, capacity: number }[] }, fields = {}) => region.as(region.school.manager.account, async (one) => {
    const [{ version }] = await one`select version from public.activities where id = ${known.id}` as unknown as [{ version: number }]
    await one`select public.save_activity(${region.places.school}, ${known.id}, ${version}, ${one.json({ ...planOf({}).fields, ...fields } as never)}, ${one.json(known.sessions as never)})`
  })
  const published = async (region: Region, plan: Plan = {}) => {
    const { activityId, pools } = await publish(region.sql, region.as, region.school, plan)
    const rows = await region.sql`select id, starts_at, ends_at from public.activity_sessions where activity_id = ${activityId} order by starts_at`
    return { id: activityId, pools, sessions: rows.map(row => ({ id: row.id as number, startsAt: row.starts_at as Date, endsAt: row.ends_at as Date, capacity: plan.seats ?? 2 })) }
  }
  const later = (session: { startsAt: Date, endsAt: Date }, hours: number) => ({ startsAt: new Date(session.startsAt.getTime() + hours * 3_600_000), endsAt: new Date(session.endsAt.getTime() + hours * 3_600_000) })

  it('tells everybody signed up of another time or place, and nobody of a comma', () => inRegion(async (region) => {
    const { as, mei, sql } = region
    const one = await published(region)
    await as(mei.account, own => own`select public.sign_up(${one.pools[0]!}, ${[mei.id]}::bigint[])`)
    await changed(region, one, { summary: '请带手机。' })
    expect(await sql`select count(*)::integer as notices from public.notices`).toEqual([{ notices: 0 }])
    await changed(region, { ...one, sessions: [{ ...one.sessions[0]!, ...later(one.sessions[0]!, 2) }] })
    await changed(region, { ...one, sessions: [{ ...one.sessions[0]!, ...later(one.sessions[0]!, 2) }] }, { venue: '柳溪村文化礼堂' })
    expect(await as(mei.account, own => own`select kind, venue from public.my_notices()`)).toMatchObject([{ kind: 'session_changed', venue: '柳溪村文化礼堂' }, { kind: 'session_changed' }])
  }))

  it('tells in plain facts of a session that is added, of another lecturer, fee and audience, once each', () => inRegion(async (region) => {
    const { as, mei, places, sql } = region
    const one = await published(region, { startsIn: [72, 96] })
    const lin = await makePerson(sql, places.willow)
    await as(mei.account, own => own`select public.sign_up(${one.pools[0]!}, ${[mei.id]}::bigint[])`)
    await as(lin.account, own => own`select public.sign_up(${one.pools[1]!}, ${[lin.id]}::bigint[])`)
    const told = async () => (await sql`select person_id, kind, details from public.notices order by id`).map(({ person_id: id, kind, details }) => [Number(id) === mei.id ? 'mei' : 'lin', kind, details])
    const added = { id: undefined as never, ...later(one.sessions[0]!, 48), capacity: 5 }
    await changed(region, { ...one, sessions: [...one.sessions, added] })
    const more = ['session_added', { term: false }]
    expect((await told()).sort()).toEqual([['lin', ...more], ['mei', ...more]])
    expect(await as(mei.account, own => own`select starts_at from public.my_notices()`)).toEqual([{ starts_at: added.startsAt }])
    const [{ sessions }] = await sql`select json_agg(json_build_object('id', session.id, 'startsAt', session.starts_at, 'endsAt', session.ends_at, 'capacity', pool.capacity)) as sessions
      from public.activity_sessions session join public.seat_pools pool on pool.session_id = session.id where session.activity_id = ${one.id}` as unknown as [{ sessions: typeof one.sessions }]
    const fields = { lecturer: '张老师', feeFen: 2000, feeFor: '纸笔', youngest: 50, oldest: 90, newcomers: 'first' }
    await changed(region, { ...one, sessions }, fields)
    await changed(region, { ...one, sessions }, { ...fields, lecturer: ' 张老师', summary: '带笔' })
    expect((await told()).slice(2)).toEqual(expect.arrayContaining([['mei', 'activity_changed', { lecturer: '张老师', feeFen: 2000, feeFor: '纸笔', youngest: 50, oldest: 90, who: true }]]))
    expect(await told()).toHaveLength(4)
    await changed(region, { ...one, sessions }, { ...fields, lecturer: '', title: '手机提高' })
    expect((await told()).slice(4)[0]).toEqual(['mei', 'activity_changed', { was: '智能手机入门', lecturer: '' }])
  }))

  it('for children that come by themselves names two of the staff, and takes no money of them', () => inRegion(async (region) => {
    const { school, sql, as } = region
    const publishes = async (fields: Record<string, unknown>) => {
      const id = await save(region, school.manager, { fields })
      return act(region, school.manager, 'publish_activity', id)
    }
    for (const fields of [{ minors: 'welcome' }, { minors: 'with_guardian', oldest: 12 }, { minors: 'welcome', minorsStaff: ['何敏'] }, { minors: 'welcome', minorsStaff: ['何敏', ' 何敏'] }]) {
      await expect(publishes(fields)).rejects.toEqual(refused('minors_staff_missing', 'minorsStaff'))
    }
    await publishes({ minors: 'welcome', minorsStaff: ['何敏', '吴刚'] })
    for (const fields of [{ minors: 'with_guardian' }, { minors: 'not' }, { minors: 'welcome', youngest: 18 }]) await publishes(fields)
    await expect(save(region, school.manager, { fields: { minors: 'welcome', minorsStaff: ['敏', '吴刚'] } })).rejects.toEqual(refused('minors_staff_invalid', 'minorsStaff'))
    await expect(save(region, school.manager, { fields: { oldest: 17, feeFen: 500, feeFor: '颜料' } })).rejects.toEqual(refused('fee_of_minors', 'fee'))
    // What was published before anybody had to be named is changed otherwise as before, and not opened to more children.
    const old = await published(region)
    await sql`update public.activities set minors = 'welcome' where id = ${old.id}`
    await changed(region, old, { minors: 'welcome', summary: '带笔' })
    await expect(changed(region, old, { minors: 'welcome', youngest: 6 })).rejects.toEqual(refused('minors_staff_missing', 'minorsStaff'))
    expect(await as('anon', one => one`select minors_staff from public.activities where minors_staff is not null`)).toEqual([{ minors_staff: ['何敏', '吴刚'] }])
  }))

  it('is not moved into the past, loses no session silently and goes below nobody who is in', () => inRegion(async (region) => {
    const { as, mei, places, sql } = region
    const one = await published(region, { startsIn: [72, 96] })
    const second = await makePerson(sql, places.willow)
    for (const who of [mei, second]) await as(who.account, own => own`select public.sign_up(${one.pools[0]!}, ${[who.id]}::bigint[])`)
    await expect(changed(region, { ...one, sessions: [{ ...one.sessions[0]!, ...later(one.sessions[0]!, -200) }, one.sessions[1]!] })).rejects.toEqual(refused('session_in_past', 'sessions'))
    await expect(changed(region, { ...one, sessions: [one.sessions[0]!] })).rejects.toEqual(refused('session_to_cancel', 'sessions'))
    await expect(changed(region, { ...one, sessions: [{ ...one.sessions[0]!, capacity: 1 }, one.sessions[1]!] })).rejects.toEqual(refused('capacity_below_taken', 'sessions'))
    await expect(changed(region, one, { signUp: 'term' })).rejects.toEqual(refused('way_of_sign_up_stays', 'signUp'))
    await expect(act(region, region.school.manager, 'delete_activity', one.id)).rejects.toEqual(refused('activity_published'))
  }))

  it('offers new seats to whoever waits', () => inRegion(async (region) => {
    const { as, mei, places, sql } = region
    const one = await published(region, { seats: 1 })
    const second = await makePerson(sql, places.willow)
    for (const who of [mei, second]) await as(who.account, own => own`select public.sign_up(${one.pools[0]!}, ${[who.id]}::bigint[])`)
    await changed(region, { ...one, sessions: [{ ...one.sessions[0]!, capacity: 3 }] })
    expect(await sql`select status from public.signups where person_id = ${second.id}`).toEqual([{ status: 'offered' }])
  }))

  it('is called off with a reason by whoever approves, and only while something is to come', () => inRegion(async (region) => {
    const { sql, publisher, school } = region
    const one = await published(region)
    await expect(act(region, publisher, 'cancel_activity', one.id, '停电')).rejects.toEqual(refused('unit_not_yours'))
    await expect(act(region, school.manager, 'cancel_activity', one.id, '')).rejects.toEqual(refused('reason_missing', 'reason'))
    await act(region, school.manager, 'cancel_activity', one.id, '停电')
    await expect(act(region, school.manager, 'cancel_activity', one.id, '停电')).rejects.toEqual(refused('activity_cancelled'))
    expect(await found(region)).toEqual([])
    const over = await publish(sql, region.as, school, { startsIn: [-20] })
    await expect(act(region, school.manager, 'cancel_activity', over.activityId, '停电')).rejects.toEqual(refused('activity_over'))
    await expect(call(region, school.manager, own => own`select public.cancel_session(${over.sessions[0]!}, '停电')`)).rejects.toEqual(refused('session_over'))
  }))

  it('is found by day, place, subject, words and free seats', () => inRegion(async (region) => {
    const { sql, as, places, school, mei } = region
    const full = await published(region, { seats: 1 })
    await as(mei.account, own => own`select public.sign_up(${full.pools[0]!}, ${[mei.id]}::bigint[])`)
    await publish(sql, as, school, { startsIn: [240], fields: { title: '亲子阅读', category: 'parenting', signUp: 'none' } })
    const titles = async (filter: Record<string, unknown>) => (await found(region, filter)).map(row => row.title)
    expect(await titles({})).toEqual(['智能手机入门', '亲子阅读'])
    expect(await titles({ free: true })).toEqual(['亲子阅读'])
    expect(await titles({ near: places.willow })).toEqual([])
    expect(await titles({ near: places.school })).toEqual(['智能手机入门', '亲子阅读'])
    expect(await titles({ near: places.otherTownship })).toEqual([])
    expect(await titles({ category: 'parenting' })).toEqual(['亲子阅读'])
    expect(await titles({ query: '　阅 读' })).toEqual(['亲子阅读'])
    const inAWeek = (await sql`select (private.china_date(now()) + 7)::text as day`)[0]!.day as string
    expect(await titles({ from: inAWeek })).toEqual(['亲子阅读'])
    expect(await titles({ until: inAWeek })).toEqual(['智能手机入门'])
  }))

  it.each([
    ['everybody', {}, ['resident']],
    ['a group by registry', { forGroups: ['laid_off_registered'] }, ['laid_off_registered']],
    ['those from fifty on, who are older people mostly', { youngest: 50 }, ['elderly']],
    ['grown-ups, who are not', { youngest: 18 }, ['resident']],
    ['children of seven to twelve', { youngest: 7, oldest: 12, minorsStaff: ['何敏', '吴刚'] }, ['youth', 'minors']],
    ['older people with a disability', { youngest: 60, forGroups: ['special_groups'] }, ['elderly', 'special_groups']],
  ])('for %s is found by whom it is for, and counted there', (_, fields, audience) => inRegion(async (region) => {
    const { activityId } = await publish(region.sql, region.as, region.school, { fields })
    expect((await region.sql`select audience from public.activities where id = ${activityId}`)[0]!.audience).toEqual(audience)
    for (const group of ['resident', 'elderly', 'youth', 'minors', 'laid_off_registered', 'special_groups']) {
      expect((await found(region, { audience: group })).length, group).toBe(audience.includes(group) ? 1 : 0)
    }
    expect((await region.as('anon', one => one`select id, activities from public.activity_filters() where filter = 'audience'`)))
      .toEqual(audience.map(id => ({ id, activities: 1 })))
  }))

  it('is for others once its ages change', () => inRegion(async (region) => {
    await changed(region, await published(region), { youngest: 65 })
    expect(await found(region, { audience: 'elderly' })).toHaveLength(1)
    expect(await found(region, { audience: 'resident' })).toEqual([])
  }))
})
