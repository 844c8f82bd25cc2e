// Asking for a correction of what is on record of a session: who may, until when, answered once with a reason, and done with the answer.
import { describe, expect, it } from 'vitest'
import { makeSchool, type Plan, publish, type School } from '../fixtures/activities.ts'
import { type As, makePerson, makeStaff, type Person, type Transaction, withRollback } from '../fixtures/database.ts'

interface Evening { sql: Transaction, as: As, school: School, session: number, mei: Person, hua: Person }
/** A session that is over, for which 王秀英 had a seat; confirmed with 李桂花, who came. */
const afterwards = (test: (evening: Evening) => Promise<unknown>, { confirms = true, plan = {} as Plan } = {}) => withRollback(async (sql, as) => {
  const school = await makeSchool(sql)
  const [mei, hua] = [await makePerson(sql, school.places.willow), await makePerson(sql, school.places.willow, { name: '李桂花' })]
  const { sessions: [session], pools: [pool] } = await publish(sql, as, school, plan)
  for (const who of [mei, hua]) await as(who.account, one => one`select public.sign_up(${pool!}, ${[who.id]}::bigint[])`)
  await sql`update public.activity_sessions set starts_at = now() - interval '3 hours', ends_at = now() - interval '2 hours' where id = ${session!}`
  await as(school.manager.account, one => one`select * from public.mark_attendance(${session!}, ${one.json([{ clientId: crypto.randomUUID(), personId: hua.id, method: 'paper' }])})`)
  if (confirms) await as(school.manager.account, one => one`select * from public.confirm_session(${session!})`)
  await test({ sql, as, school, session: session!, mei, hua })
  expect(await sql`select * from private.seat_faults()`).toEqual([])
  expect(await sql`select * from private.credit_faults_of_sessions()`).toEqual([])
})
const request = async ({ as, session }: Evening, who: Person, kind = 'was_there', words = '我坐在第二排', of = who.id) =>
  (await as(who.account, one => one`select public.request_record(${session}, ${of}, ${kind}, ${words}) as id`))[0]!.id as number
const answer = ({ as }: Evening, who: Person, id: number, accepts: boolean | null = true, words: string | null = '和老师核对过了') =>
  as(who.account, one => one`select public.answer_record_request(${id}, ${accepts}, ${words}) as outcome`)
const standing = async ({ sql, session }: Evening, who: Person) => (await sql`select private.standing_at_session(${session}, ${who.id}) as one`)[0]!.one as string
const credits = async ({ sql }: Evening, who: Person) => Number((await sql`select coalesce(sum(milli_credits), 0) as sum from public.credit_postings where person_id = ${who.id}`)[0]!.sum)
const refused = (code: string) => expect.objectContaining({ message: code })

describe('a request', () => {
  it('is of one’s own, after the session, within sixty days, with words, and one at a time', () => afterwards(async (evening) => {
    const { sql, session, mei, hua, school } = evening
    await expect(request(evening, hua, 'was_there', '我坐在第二排', mei.id)).rejects.toEqual(refused('person_not_yours'))
    await expect(request(evening, mei, 'other')).rejects.toEqual(refused('record_kind_missing'))
    await expect(request(evening, mei, 'was_there', ' 来 ')).rejects.toEqual(refused('record_words_missing'))
    await expect(request(evening, hua)).rejects.toEqual(refused('record_counted'))
    await expect(request(evening, mei, 'was_not_there')).rejects.toEqual(refused('record_not_there'))
    const move = (hours: number) => sql`update public.activity_sessions set starts_at = starts_at + ${hours}::integer * interval '1 hour', ends_at = ends_at + ${hours}::integer * interval '1 hour' where id = ${session}`
    await move(3)
    await expect(request(evening, mei)).rejects.toEqual(refused('session_not_over'))
    await move(-3 - 24 * 61)
    await sql`update public.activity_sessions set confirmed_at = now() - interval '61 days' where id = ${session}`
    await expect(request(evening, mei)).rejects.toEqual(refused('record_too_late'))
    await sql`update public.activity_sessions set confirmed_at = now() - interval '59 days' where id = ${session}`
    const id = await request(evening, mei)
    expect(await request(evening, mei, 'was_there', '再说一遍')).toBe(id)
    expect((await sql`select due_on - private.china_date(now()) as days from public.record_requests where id = ${id}`)[0]!.days).toBe(15)
    expect(await evening.as(hua.account, one => one`select id from public.record_requests`)).toEqual([])
    expect(await evening.as(school.tutor.account, one => one`select id from public.record_requests`)).toEqual([{ id }])
    await move(24 * 61)
    await expect(evening.as(mei.account, one => one`update public.record_requests set outcome = 'changed'`)).rejects.toMatchObject({ code: '42501' })
  }))

  it('is answered by staff of the host, once, with a reason, and never by whoever asked', () => afterwards(async (evening) => {
    const { sql, school, mei, hua } = evening
    const id = await request(evening, mei)
    const elsewhere = await makeStaff(sql, school.places.otherTownship, school.places.harbour, 'manager')
    for (const who of [mei, hua, elsewhere]) await expect(answer(evening, who, id)).rejects.toEqual(refused('record_request_unknown'))
    await expect(answer(evening, school.tutor, id, true, ' ')).rejects.toEqual(refused('reason_missing'))
    await expect(answer(evening, school.tutor, id, null)).rejects.toEqual(refused('choice_missing'))
    await sql`insert into public.posts (person_id, unit_id, role_id, valid_from) values (${mei.id}, ${school.places.school}, 'tutor', private.china_date(now()) - 9)`
    await expect(answer(evening, mei, id)).rejects.toEqual(refused('own_signup'))
    await answer(evening, school.tutor, id, false, '签到册上没有您的名字')
    await expect(answer(evening, school.tutor, id)).rejects.toEqual(refused('record_request_answered'))
    expect(await standing(evening, mei)).toBe('none')
    expect(await evening.as(mei.account, one => one`select kind, details from public.my_notices()`)).toMatchObject([{ kind: 'record_answered', details: { outcome: 'kept', reason: '签到册上没有您的名字' } }])
    expect(await sql`select count(*)::integer as acts from public.audit_events where action = 'record_request_answered'`).toEqual([{ acts: 1 }])
  }))
})

describe('a yes', () => {
  it('to who was there marks and counts them, with their credits, once', () => afterwards(async (evening) => {
    const { sql, session, school, mei, hua } = evening
    const before = await credits(evening, hua)
    await answer(evening, school.tutor, await request(evening, mei))
    expect(await standing(evening, mei)).toBe('counted')
    expect(await credits(evening, mei)).toBe(before)
    expect(await sql`select count(*)::integer as records from public.session_records where session_id = ${session}`).toEqual([{ records: 2 }])
    expect((await evening.as(mei.account, one => one`select standing, outcome from public.my_recent_sessions()`)).map(row => ({ ...row }))).toEqual([{ standing: 'counted', outcome: 'changed' }])
    // Counted by now: there is nothing left to ask.
    await expect(request(evening, mei)).rejects.toEqual(refused('record_counted'))
  }))

  it('before the session is confirmed marks them, and confirming counts them', () => afterwards(async (evening) => {
    const { as, session, school, mei } = evening
    await answer(evening, school.tutor, await request(evening, mei))
    expect(await standing(evening, mei)).toBe('marked')
    await as(school.manager.account, one => one`select * from public.confirm_session(${session})`)
    expect(await standing(evening, mei)).toBe('counted')
  }, { confirms: false }))

  it('two months later, and to somebody from elsewhere without a seat, counts them as well', () => afterwards(async (evening) => {
    const { sql, as, session, school, mei } = evening
    const guest = await makePerson(sql, school.places.harbour)
    const ids = [await request(evening, mei), await request(evening, guest)]
    await sql`update public.activity_sessions set starts_at = starts_at - interval '65 days', ends_at = ends_at - interval '65 days' where id = ${session}`
    await as(school.manager.account, one => one`select * from public.confirm_session(${session})`)
    for (const id of ids) await answer(evening, school.tutor, id)
    for (const who of [mei, guest]) expect(await standing(evening, who)).toBe('counted')
    expect(await credits(evening, guest)).toBe(await credits(evening, mei))
  }, { confirms: false }))

  it('to who was taken off by mistake lets the record stand again; what was put under another’s name is theirs', () => afterwards(async (evening) => {
    const { sql, as, school, session, mei, hua } = evening
    const before = await credits(evening, hua)
    await answer(evening, school.tutor, await request(evening, hua, 'was_not_there', '我那天没有来'))
    expect([await standing(evening, hua), await credits(evening, hua)]).toEqual(['none', 0])
    await answer(evening, school.tutor, await request(evening, hua))
    expect([await standing(evening, hua), await credits(evening, hua)]).toEqual(['counted', before])
    const [fact] = await sql`select fact_id from private.on_record_at(${session})`
    await as(school.tutor.account, one => one`select public.correct_participation(${fact!.fact_id}, 'wrong_person', ${one.json({ personId: mei.id })}, '点错了人')`)
    expect([await standing(evening, mei), await standing(evening, hua)]).toEqual(['counted', 'none'])
    await expect(request(evening, mei)).rejects.toEqual(refused('record_counted'))
    await expect(answer(evening, school.tutor, await request(evening, hua))).rejects.toEqual(refused('record_moved'))
    // Confirmed again, nobody is on record twice.
    await as(school.manager.account, one => one`select * from public.mark_attendance(${session}, ${one.json([{ clientId: crypto.randomUUID(), personId: mei.id, method: 'paper' }])})`)
    await as(school.manager.account, one => one`select * from public.confirm_session(${session})`)
    expect([await credits(evening, mei), await credits(evening, hua)]).toEqual([before, 0])
    expect(await sql`select count(*)::integer as records from public.session_records where session_id = ${session}`).toEqual([{ records: 1 }])
  }))

  it('of a guest from elsewhere is put right by the host, and by nobody else there', () => afterwards(async (evening) => {
    const { sql, as, school, session } = evening
    const guest = await makePerson(sql, school.places.harbour)
    await answer(evening, school.tutor, await request(evening, guest))
    await as(school.manager.account, one => one`select * from public.confirm_session(${session})`)
    expect(await standing(evening, guest)).toBe('counted')
    const before = await credits(evening, guest)
    await answer(evening, school.tutor, await request(evening, guest, 'was_not_there', '我没有去'))
    expect([await standing(evening, guest), await credits(evening, guest)]).toEqual(['none', 0])
    // And it stands again, by a correction of the correction.
    await answer(evening, school.tutor, await request(evening, guest))
    expect([await standing(evening, guest), await credits(evening, guest)]).toEqual(['counted', before])
    const [fact] = await sql`select fact_id from private.on_record_at(${session}) where person_id = ${guest.id}`
    const correct = (who: Person) => as(who.account, one => one`select public.correct_participation(${fact!.fact_id as number}, 'wrong_hours', ${one.json({ hours: 0.5 })}, '提前走了')`)
    const list = () => as(school.tutor.account, one => one`select person_id, participation_id, status from public.guest_records(${session})`)
    expect(await list()).toEqual([{ person_id: guest.id, participation_id: fact!.fact_id, status: 'attended' }])
    const neighbour = await makeStaff(sql, school.places.orchard, school.places.orchard, 'manager')
    await expect(correct(neighbour)).rejects.toEqual(refused('participation_unknown'))
    await correct(school.tutor)
    // What the person did elsewhere is none of the host's.
    const [own] = await sql`insert into public.participations (key, person_id, kind, category_id, programme, organised, role, residence_unit_id, area, host_unit_id, groups, birth_year, sex, started_at, ended_at, in_vacation, hours, status, sign_in_method, channel, entry_source)
      select 'elsewhere', person_id, kind, category_id, programme, organised, role, residence_unit_id, area, ${school.places.otherTownship}, groups, birth_year, sex, started_at - interval '9 days', ended_at - interval '9 days', in_vacation, hours, 'attended', sign_in_method, channel, entry_source
      from public.participations where id = ${fact!.fact_id as number} returning id`
    fact!.fact_id = own!.id
    await expect(correct(school.tutor)).rejects.toEqual(refused('participation_unknown'))
  }))

  it('to who was at another session at that time is refused, and nothing is changed', () => afterwards(async (evening) => {
    const { sql, as, school, session, mei } = evening
    const other = await publish(sql, as, school, { startsIn: [-3], fields: { title: '书法', signUp: 'none' } })
    await sql`update public.activity_sessions set starts_at = (select starts_at from public.activity_sessions where id = ${session}), ends_at = (select ends_at from public.activity_sessions where id = ${session}) where id = ${other.sessions[0]!}`
    await as(school.manager.account, one => one`select * from public.mark_attendance(${other.sessions[0]!}, ${one.json([{ clientId: crypto.randomUUID(), personId: mei.id, method: 'paper' }])})`)
    await as(school.manager.account, one => one`select * from public.confirm_session(${other.sessions[0]!})`)
    const id = await request(evening, mei)
    await expect(answer(evening, school.tutor, id)).rejects.toEqual(refused('record_at_another'))
    expect(await standing(evening, mei)).toBe('none')
    await answer(evening, school.tutor, id, false, '那时您在书法课')
  }))

  it('to who was not there corrects the record and takes the credits back', () => afterwards(async (evening) => {
    const { sql, school, hua } = evening
    expect(await credits(evening, hua)).toBeGreaterThan(0)
    await answer(evening, school.tutor, await request(evening, hua, 'was_not_there', '那天我在医院，没有来'))
    expect(await standing(evening, hua)).toBe('none')
    expect(await credits(evening, hua)).toBe(0)
    expect(await sql`select status from public.participations where person_id = ${hua.id} order by id desc limit 1`).toEqual([{ status: 'corrected' }])
  }))

  it('to who was not there, before confirming, takes the mark back', () => afterwards(async (evening) => {
    const { school, hua } = evening
    await answer(evening, school.tutor, await request(evening, hua, 'was_not_there', '那天我在医院，没有来'))
    expect(await standing(evening, hua)).toBe('none')
  }, { confirms: false }))
})

it('the desk sees what waits with its day, the page the sessions that can be asked about', () => afterwards(async (evening) => {
  const { as, school, session, mei, hua } = evening
  await request(evening, hua, 'wrong_name', '我叫李桂华，不是桂花')
  expect(await as(school.tutor.account, one => one`select name, kind, standing, days_left, is_own from public.record_requests_at_desk(${school.places.township})`))
    .toEqual([{ name: '李桂花', kind: 'wrong_name', standing: 'counted', days_left: 15, is_own: false }])
  expect((await as(school.tutor.account, one => one`select waiting from public.record_requests_due(${school.places.township})`))[0]!.waiting).toBe(1)
  await expect(as(mei.account, one => one`select * from public.record_requests_at_desk(${school.places.township})`)).rejects.toThrow()
  expect(await as(mei.account, one => one`select session_id, name, standing, request_id from public.my_recent_sessions()`)).toEqual([{ session_id: session, name: '王秀英', standing: 'none', request_id: null }])
}))
