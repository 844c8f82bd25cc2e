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
    ['children of seven to twelve', { youngest: 7, oldest: 12 }, ['youth', 'minors']],
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
