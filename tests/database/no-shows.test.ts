// Seats left empty without leave: what counts, what follows by the region's rule, how it is excused and how it falls away.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { makeSchool, publish, type School, type Seats } from '../fixtures/activities.ts'
import { type As, makePerson, makeStaff, type Person, type Transaction, withRollback } from '../fixtures/database.ts'

interface Region { sql: Transaction, as: As, school: School, mei: Person, hua: Person }
const inRegion = (test: (region: Region) => Promise<unknown>) => withRollback(async (sql, as) => {
  const school = await makeSchool(sql)
  await sql`insert into public.no_show_rules (from_day, most, window_days, effect, effect_days) values (private.china_date(now()) - 300, 2, 90, 'pause', 30)`
  await test({ sql, as, school, mei: await makePerson(sql, school.places.willow), hua: await makePerson(sql, school.places.willow, { name: '李桂花' }) })
  expect(await sql`select * from private.seat_faults()`).toEqual([])
})
const refused = (code: string) => expect.objectContaining({ message: code })
const sign = ({ as }: Region, who: Person, poolId: number) => as(who.account, one => one`select * from public.sign_up(${poolId}, ${[who.id]}::bigint[])`)
const state = async ({ sql }: Region, who: Person) => (await sql`select counted, effect from private.no_show_state(${who.id})`)[0]

/** A session that both signed up for, and hua alone came to; so many days ago. */
async function missed(region: Region, daysAgo = 3, came: 'hua' | 'both' = 'hua'): Promise<Seats> {
  const { sql, as, school, mei, hua } = region
  const activity = await publish(sql, as, school, { seats: 5 })
  await sign(region, hua, activity.pools[0]!)
  if ((await state(region, mei))!.effect === null) await sign(region, mei, activity.pools[0]!)
  await sql`alter table public.signup_events disable trigger signup_events_append_only`
  await sql`update public.signup_events set at = now() - interval '200 days' where signup_id in (select id from public.signups where pool_id = ${activity.pools[0]!})`
  await sql`alter table public.signup_events enable trigger signup_events_append_only`
  await sql`update public.activity_sessions set starts_at = now() - ${daysAgo}::numeric * interval '1 day', ends_at = now() - ${daysAgo}::numeric * interval '1 day' + interval '1 hour' where id = ${activity.sessions[0]!}`
  const people = came === 'both' ? [hua, mei] : [hua]
  if (daysAgo > 50) {
    await sql`update public.activity_sessions set confirmed_at = ends_at + interval '1 hour' where id = ${activity.sessions[0]!}`
    return activity
  }
  await as(school.tutor.account, one => one`select * from public.mark_attendance(${activity.sessions[0]!}, ${one.json(people.map(({ id }) => ({ clientId: crypto.randomUUID(), personId: id, method: 'roster' })))})`)
  return activity
}
const confirm = ({ as, school }: Region, { sessions }: Seats) => as(school.tutor.account, one => one`select * from public.confirm_session(${sessions[0]!})`)

describe('an empty seat', () => {
  it('counts once its session is confirmed, for whoever had a seat, no leave and no attendance', () => inRegion(async (region) => {
    const activity = await missed(region)
    expect(await state(region, region.mei)).toEqual({ counted: 0, effect: null })
    await confirm(region, activity)
    expect(await state(region, region.mei)).toEqual({ counted: 1, effect: null })
    expect(await state(region, region.hua)).toEqual({ counted: 0, effect: null })
  }))

  it('is none once the presence is entered later, and none for who waited, cancelled in time or was on leave', () => inRegion(async (region) => {
    const { sql, as, school, mei } = region
    const activity = await missed(region)
    await confirm(region, activity)
    await as(school.tutor.account, one => one`select * from public.mark_attendance(${activity.sessions[0]!}, ${one.json([{ clientId: crypto.randomUUID(), personId: mei.id, method: 'paper' }])})`)
    expect(await state(region, mei)).toEqual({ counted: 0, effect: null })
    await as(school.tutor.account, one => one`select public.unmark_attendance(${activity.sessions[0]!}, ${mei.id})`)
    expect(await state(region, mei)).toEqual({ counted: 1, effect: null })
    const [seat] = await sql`select id from public.signups where person_id = ${mei.id}`
    await sql`insert into public.session_leaves (signup_id, session_id) values (${seat!.id}, ${activity.sessions[0]!})`
    expect(await state(region, mei)).toEqual({ counted: 0, effect: null })
    await sql`delete from public.session_leaves`
    await sql`update public.signups set status = 'cancelled', ended_at = now() - interval '4 days' where id = ${seat!.id}`
    expect(await state(region, mei)).toEqual({ counted: 0, effect: null })
    // Left a term afterwards: what was missed stays missed.
    await sql`update public.signups set ended_at = now() where id = ${seat!.id}`
    expect(await state(region, mei)).toEqual({ counted: 1, effect: null })
    await sql`update public.signups set status = 'confirmed', ended_at = null where id = ${seat!.id}`
  }))

  it('is told to the person once, and to nobody where nothing follows from it', () => inRegion(async (region) => {
    const { sql, mei, hua } = region
    const confirmed = async (activity: Seats) => {
      await confirm(region, activity)
      await sql`set constraints all immediate`
      await sql`set constraints all deferred`
    }
    const activity = await missed(region)
    await confirmed(activity)
    await sql`update public.activity_sessions set confirmed_at = null where id = ${activity.sessions[0]!}`
    await confirmed(activity)
    expect(await sql`select person_id, session_id from public.notices where kind = 'seat_empty'`).toEqual([{ person_id: mei.id, session_id: activity.sessions[0]! }])
    await sql`update public.no_show_rules set effect = 'none'`
    await confirmed(await missed(region))
    expect(await sql`select person_id from public.notices where kind = 'seat_empty' and person_id in (${mei.id}, ${hua.id})`).toHaveLength(1)
  }))

  it('counts of no session before there was a rule', () => inRegion(async (region) => {
    await region.sql`update public.no_show_rules set from_day = private.china_date(now())`
    await confirm(region, await missed(region))
    expect(await state(region, region.mei)).toEqual({ counted: 0, effect: null })
  }))

  it('falls away with time, and the pause ends by itself', () => inRegion(async (region) => {
    const { sql, mei } = region
    for (const days of [95, 60]) await missed(region, days)
    expect(await state(region, mei)).toEqual({ counted: 1, effect: null })
    await confirm(region, await missed(region, 1))
    expect(await state(region, mei)).toEqual({ counted: 2, effect: 'pause' })
    await sql`update public.activity_sessions set confirmed_at = now() - interval '31 days' where confirmed_at > now() - interval '31 days'`
    expect(await state(region, mei)).toEqual({ counted: 2, effect: null })
  }))
})

describe('what follows', () => {
  it('is a pause told with its end, and no effect on seats that one has; nobody signs the person up past it', () => inRegion(async (region) => {
    const { sql, as, school, mei } = region
    const kept = await publish(sql, as, school)
    await sign(region, mei, kept.pools[0]!)
    for (const days of [5, 3]) await confirm(region, await missed(region, days))
    const { pools: [poolId] } = await publish(sql, as, school)
    await expect(sign(region, mei, poolId!)).rejects.toMatchObject({ message: 'no_show_pause', detail: expect.stringMatching(/"count": ?2/) })
    await expect(as(school.manager.account, one => one`select * from public.sign_up(${poolId!}, ${[mei.id]}::bigint[], 'phone')`)).rejects.toEqual(refused('no_show_pause'))
    expect(await sql`select status from public.signups where pool_id = ${kept.pools[0]!}`).toEqual([{ status: 'confirmed' }])
  }))

  it('is a place behind others where the rule says so', () => inRegion(async (region) => {
    const { sql, as, school, mei, hua } = region
    for (const days of [5, 3]) await confirm(region, await missed(region, days))
    await sql`update public.no_show_rules set effect = 'later'`
    const { pools: [poolId], activityId } = await publish(sql, as, school, { seats: 1 })
    await sign(region, await makePerson(sql, school.places.willow), poolId!)
    expect(await sign(region, mei, poolId!)).toMatchObject([{ status: 'waiting', place: 1 }])
    expect(await sign(region, hua, poolId!)).toMatchObject([{ status: 'waiting', place: 1 }])
    expect(await as(mei.account, one => one`select place from public.my_signups(${activityId})`)).toEqual([{ place: 2 }])
  }))

  it('is the rule in force by day, set by who approves for the region alone', () => inRegion(async ({ as, sql, school }) => {
    const set = (who: Person, days = 0, most = 3) => as(who.account, one => one`select public.set_no_show_rule(private.china_date(now()) + ${days}::integer, ${most}, 90, 'later', 30)`)
    await expect(set(school.manager)).rejects.toMatchObject({ code: 'PT403' })
    const [root] = await sql`select private.region_id() as id`
    const city = await makeStaff(sql, root!.id as number, school.places.willow, 'manager')
    await expect(set(city, -1)).rejects.toEqual(refused('day_invalid'))
    await expect(set(city, 0, 0)).rejects.toEqual(refused('no_show_most_invalid'))
    await set(city, 7)
    await set(city)
    await set(city, 0, 4)
    expect(await sql`select most, effect from private.no_show_rule()`).toEqual([{ most: 4, effect: 'later' }])
    expect(await sql`select count(*)::integer as entries from public.audit_events where action = 'no_show_rule_set'`).toEqual([{ entries: 3 }])
  }))
})

describe('an excuse', () => {
  const explain = ({ as }: Region, who: Person, { sessions }: Seats, of = who, reason = 'illness') => as(who.account, one => one`select public.explain_no_show(${sessions[0]!}, ${of.id}, ${reason}, '发烧')`)
  const answer = ({ as }: Region, who: Person, { sessions }: Seats, of: Person, excuses: boolean, reason: string | null = null, words = '已电话核实') =>
    as(who.account, one => one`select public.answer_no_show(${sessions[0]!}, ${of.id}, ${excuses}, ${reason}, ${words})`)

  it('is asked for by the person, seen and answered by the host, and is on record', () => inRegion(async (region) => {
    const { sql, as, school, mei, hua } = region
    const activity = await missed(region)
    await expect(explain(region, mei, activity)).rejects.toEqual(refused('no_show_unknown'))
    await confirm(region, activity)
    await expect(explain(region, hua, activity, mei)).rejects.toEqual(refused('no_show_unknown'))
    await expect(explain(region, mei, activity, mei, 'lazy')).rejects.toEqual(refused('no_show_reason_missing'))
    await explain(region, mei, activity)
    const at = (who: Person) => as(who.account, one => one`select name, state, reason, note, counted from public.no_shows_at_desk(${school.places.school})`)
    expect(await at(school.tutor)).toEqual([{ name: '王秀英', state: 'asked', reason: 'illness', note: '发烧', counted: 1 }])
    await expect(at(mei)).rejects.toMatchObject({ code: 'PT403' })
    const stranger = await makeStaff(sql, school.places.willow, school.places.willow, 'tutor')
    const [other] = await sql`select id from public.units where id <> ${school.places.school} and path operator(extensions.@>) (select path from public.units where id = ${school.places.school}) is false and parent_id is not null limit 1`
    if (other) {
      await sql`update public.posts set unit_id = ${other.id} where person_id = ${stranger.id}`
      await expect(answer(region, stranger, activity, mei, true)).rejects.toEqual(refused('no_show_unknown'))
    }
    await expect(answer(region, school.tutor, activity, mei, true, null, '')).rejects.toEqual(refused('reason_missing'))
    await answer(region, school.tutor, activity, mei, true)
    expect(await state(region, mei)).toEqual({ counted: 0, effect: null })
    await expect(explain(region, mei, activity)).rejects.toEqual(refused('no_show_answered'))
    expect(await sql`select action, subject_kind from public.audit_events where action like 'no_show_%'`).toEqual([{ action: 'no_show_excused', subject_kind: 'person' }])
    const [page] = await as(mei.account, one => one`select public.my_no_shows() as page`)
    expect(page!.page).toMatchObject({ rule: { most: 2 }, people: [{ isMe: true, counted: 0, effect: null, seats: [{ state: 'excused', answer: '已电话核实', counts: false }] }] })
  }))

  it('is given by staff without being asked, never to oneself; a no needs a question and may become a yes', () => inRegion(async (region) => {
    const { sql, as, school, mei } = region
    const activity = await missed(region)
    await confirm(region, activity)
    await expect(answer(region, school.tutor, activity, mei, false)).rejects.toEqual(refused('no_show_not_asked'))
    await expect(answer(region, school.tutor, activity, mei, true)).rejects.toEqual(refused('no_show_reason_missing'))
    await explain(region, mei, activity)
    await answer(region, school.tutor, activity, mei, false)
    expect(await state(region, mei)).toEqual({ counted: 1, effect: null })
    await answer(region, school.tutor, activity, mei, true)
    expect(await state(region, mei)).toEqual({ counted: 0, effect: null })
    const own = await publish(sql, as, school)
    await as(school.tutor.account, one => one`select * from public.sign_up(${own.pools[0]!}, ${[school.tutor.id]}::bigint[])`)
    await sql`update public.activity_sessions set starts_at = clock_timestamp(), ends_at = clock_timestamp() + interval '1 minute', confirmed_at = clock_timestamp() where id = ${own.sessions[0]!}`
    await expect(answer(region, school.tutor, own, school.tutor, true, 'illness')).rejects.toEqual(refused('own_no_show'))
  }))
})

it('never counts more than was missed, and an excuse or a leave never makes it more', () => fc.assert(
  fc.asyncProperty(fc.array(fc.constantFrom('missed', 'came', 'excused', 'leave'), { minLength: 1, maxLength: 4 }), steps => inRegion(async (region) => {
    const { sql, as, school, mei } = region
    await sql`update public.no_show_rules set most = 20`
    for (const [at, step] of steps.entries()) {
      const activity = await missed(region, 2 + at, step === 'came' ? 'both' : 'hua')
      if (step === 'leave') await sql`insert into public.session_leaves (signup_id, session_id) select id, ${activity.sessions[0]!} from public.signups where person_id = ${mei.id} and pool_id = ${activity.pools[0]!}`
      await confirm(region, activity)
      if (step === 'excused') await as(school.tutor.account, one => one`select public.answer_no_show(${activity.sessions[0]!}, ${mei.id}, true, 'weather', '大雪封路')`)
      expect(await state(region, mei)).toEqual({ counted: steps.slice(0, at + 1).filter(one => one === 'missed').length, effect: null })
    }
  })), { numRuns: 10 }), 60_000)
