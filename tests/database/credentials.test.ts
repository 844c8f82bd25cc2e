// Credentials: wanted once, fixed as issued, revoked with their ground, checkable by whoever holds them.
import { describe, expect, it } from 'vitest'
import { addTextLesson, type As, committedAs, enrol, makeCourse, makeNetwork, makePerson, makeStaff, type Network, type Person, pool, type Sql, type Transaction, withRollback } from '../fixtures/database.ts'

interface Class { sql: Transaction, as: As, mei: Person, places: Network, courseId: number, lessons: number[] }
interface Credential { id: number, key: string, kind: string, code: string, snapshot: Record<string, unknown>, list_id: number, list_index: number, revoked_at: Date | null, revoked_reason: string | null }

let subjects = 0
const want = (sql: Sql, personId: number, unit: number, { kind = 'honour', subject = `event-${process.pid}-${++subjects}`, grounds = [] as number[] } = {}) =>
  sql<{ id: number }[]>`select private.want_credential(${kind}, ${personId}, ${subject}, ${unit}, '{"title": "学习之星"}', ${grounds}) as id`.then(([row]) => row!.id)
const grant = (sql: Sql, personId: number, unit: number) =>
  sql<{ id: number }[]>`select (private.grant_credit(${`credential-test|${process.pid}|${++subjects}`}, ${personId}, 'staff_correction', 1000, 0, ${unit}, 'test', '{}', now())).id`.then(([row]) => row!.id)
const reverse = (sql: Sql, posting: number) => sql`select private.reverse_credit(${posting}, 'decision_withdrawn')`
const finish = (sql: Sql, personId: number, lesson: number) => sql`
  select private.complete_lesson(${personId}, ${lesson}, '{}', now() - interval '20 minutes', now() - interval '10 minutes', 600000, 600000, 'web')`
const held = (sql: Sql, personId: number) => sql<Credential[]>`select * from public.credentials where person_id = ${personId} order by id`
/** What the end of a transaction does. */
const settle = async (sql: Sql) => {
  await sql`set constraints all immediate`
  await sql`set constraints all deferred`
}
const bits = (sql: Sql, { list_id, list_index }: Credential) => sql`select from public.credential_status_bits where list_id = ${list_id} and list_index = ${list_index}`.then(rows => rows.length)

const inClass = (test: (one: Class) => Promise<unknown>) => withRollback(async (sql, as) => {
  const places = await makeNetwork(sql)
  const mei = await makePerson(sql, places.willow)
  const { courseId } = await makeCourse(sql)
  const lessons = [await addTextLesson(sql, courseId, { minutes: 20 }), await addTextLesson(sql, courseId, { minutes: 25, position: 2 })]
  await enrol(sql, mei, courseId)
  await test({ sql, as, mei, places, courseId, lessons })
  expect(await sql`select * from private.credit_faults()`).toEqual([])
})

describe('the certificate of a course', () => {
  it('is wanted with the last lesson, in its transaction, and says what it says for ever', () => inClass(async ({ sql, mei, courseId, lessons, places }) => {
    await finish(sql, mei.id, lessons[0]!)
    await settle(sql)
    expect(await held(sql, mei.id)).toEqual([])
    await finish(sql, mei.id, lessons[1]!)
    await settle(sql)
    const [certificate, ...more] = await held(sql, mei.id)
    expect(more).toEqual([])
    expect(certificate).toMatchObject({ kind: 'course', revoked_at: null, snapshot: { name: '王秀英', title: '手机使用入门', lessons: 2, minutes: 45, region: expect.any(String) } })
    expect(certificate!.code).toMatch(/^[0-9A-HJKMNP-TV-Z]{12}$/)
    await sql`update public.courses set title = '改过的名字' where id = ${courseId}`
    await sql`update public.persons set name = '别人', residence_unit_id = ${places.orchard} where id = ${mei.id}`
    expect((await held(sql, mei.id))[0]!.snapshot).toMatchObject({ name: '王秀英', title: '手机使用入门' })
  }))

  it('is not given for a micro-lecture, nor while a lesson’s record does not count', () => inClass(async ({ sql, mei, lessons }) => {
    const short = await makeCourse(sql, 'micro_lecture')
    const lesson = await addTextLesson(sql, short.courseId)
    await enrol(sql, mei, short.courseId)
    await finish(sql, mei.id, lesson)
    await finish(sql, mei.id, lessons[0]!)
    await settle(sql)
    expect(await held(sql, mei.id)).toEqual([])
  }))

  it('is revoked with the award behind it, in the same transaction, and comes back on a new award only', () => inClass(async ({ sql, as, mei, lessons, places }) => {
    for (const lesson of lessons) await finish(sql, mei.id, lesson)
    await settle(sql)
    const tutor = (await makeStaff(sql, places.township, places.willow, 'manager')).account
    const [fact] = await sql`select id from public.participations where person_id = ${mei.id} and lesson_id = ${lessons[0]!}`
    await as(tutor, one => one`select public.correct_participation(${fact!.id}, 'not_attended', '{}', '登记错了，不是本人')`)
    const [first] = await held(sql, mei.id)
    expect(first).toMatchObject({ revoked_reason: 'ground_reversed', revoked_at: expect.any(Date) })
    expect(await bits(sql, first!)).toBe(1)
    await sql`select private.want_course_credentials(100000)`
    expect(await held(sql, mei.id)).toHaveLength(1)
  }))

  it('of a corrected record that still counts is issued anew by the job, once', () => inClass(async ({ sql, mei, lessons }) => {
    for (const lesson of lessons) await finish(sql, mei.id, lesson)
    await settle(sql)
    await sql`insert into public.participations (key, person_id, kind, course_id, lesson_id, organised, role, residence_unit_id, groups, started_at, ended_at, hours, status, channel, entry_source, corrects)
      select key || '#2', person_id, kind, course_id, lesson_id, organised, role, residence_unit_id, groups, started_at, ended_at, 0.1, 'attended', channel, entry_source, id
      from public.participations where person_id = ${mei.id} and lesson_id = ${lessons[0]!}`
    for (let time = 0; time < 2; time++) {
      await sql`set local role job_server`
      expect((await sql`select private.want_marked_credentials(100000) as seen`)[0]!.seen).toBe(time === 0 ? 1 : 0)
      await sql`select private.want_course_credentials(100000)`
      await sql`reset role`
    }
    const [first, second, ...more] = await held(sql, mei.id)
    expect(more).toEqual([])
    expect([first!.revoked_reason, second!.revoked_at]).toEqual(['ground_reversed', null])
    expect(second!.key).toBe(first!.key.replace('#1', '#2'))
    expect(second!.code).not.toBe(first!.code)
  }))
})

it('courses finished before there were certificates get theirs at night, each once, of the day they were finished', () => inClass(async ({ sql, mei, lessons }) => {
  await sql`alter table public.enrolments disable trigger enrolments_want_credential`
  for (const lesson of lessons) await finish(sql, mei.id, lesson)
  await settle(sql)
  expect(await held(sql, mei.id)).toEqual([])
  const wants = async () => (await sql`select private.want_course_credentials(100000) as wanted`)[0]!.wanted as number
  expect([await wants() > 0, await wants()]).toEqual([true, 0])
  const [certificate, ...more] = await sql`select credential.issued_at = fact.ended_at as on_the_day from public.credentials credential
    join public.participations fact on fact.person_id = credential.person_id and fact.lesson_id = ${lessons[1]!} where credential.person_id = ${mei.id}`
  expect([certificate!.on_the_day, more]).toEqual([true, []])
}))

describe('wanting', () => {
  it('the same again answers the same credential; other words change nothing', () => inClass(async ({ sql, mei, places }) => {
    const first = await want(sql, mei.id, places.city, { subject: 'honour-7' })
    const [again] = await sql`select private.want_credential('honour', ${mei.id}, 'honour-7', ${places.city}, '{"title": "别的"}') as id`
    expect(again!.id).toBe(first)
    expect((await held(sql, mei.id))[0]!.snapshot).toMatchObject({ title: '学习之星' })
  }))

  it('is refused without a title, of nobody, and on a ground that is reversed already', () => inClass(async ({ sql, mei, places }) => {
    const refused = (call: (one: Transaction) => Promise<unknown>, code: string) => expect(sql.savepoint(call)).rejects.toMatchObject({ message: code })
    await refused(async one => one`select private.want_credential('honour', ${mei.id}, 'x', ${places.city}, '{"title": " "}')`, 'title_missing')
    await refused(one => want(one, 987654321, places.city), 'person_unknown')
    const posting = await grant(sql, mei.id, places.city)
    await reverse(sql, posting)
    await refused(one => want(one, mei.id, places.city, { grounds: [posting] }), 'ground_reversed')
  }))

  it('is open to nobody but the functions of the acts', () => inClass(async ({ sql, mei, places }) => {
    for (const role of ['anon', 'authenticated', 'service_role', 'job_server']) {
      await expect(sql.savepoint(async (one) => {
        await one.unsafe(`set local role ${role}`)
        await want(one, mei.id, places.city)
      }), role).rejects.toMatchObject({ code: '42501' })
    }
  }))

  it('for a row that was merged is for the person that counts, who has it once', () => inClass(async ({ sql, mei, places }) => {
    const first = await want(sql, mei.id, places.city, { subject: 'honour-9' })
    const kept = await makePerson(sql, places.willow)
    await sql`update public.persons set merged_into = ${kept.id}, counts_as = ${kept.id} where id = ${mei.id}`
    expect(await want(sql, kept.id, places.city, { subject: 'honour-9' })).toBe(first)
    expect(await want(sql, mei.id, places.city, { subject: 'honour-10' })).not.toBe(first)
    expect(await held(sql, kept.id)).toHaveLength(1)
  }))

  it('by many connections at once gives each person one, and no place of a list twice', async () => {
    const { city, willow } = await makeNetwork(pool)
    const people = [await makePerson(pool, willow), await makePerson(pool, willow), await makePerson(pool, willow)]
    const wants = people.flatMap(person => Array.from({ length: 8 }, () => want(pool, person.id, city, { subject: `race-${process.pid}` })))
    const ids = await Promise.all(wants)
    expect(new Set(ids).size).toBe(people.length)
    for (const person of people) expect(await held(pool, person.id)).toHaveLength(1)
    await Promise.all(ids.slice(0, 8).map(id => pool`select private.revoke_credential(${id}, 'test_over')`))
    expect(await pool`select * from private.credit_faults_of_credentials()`).toEqual([])
  })

  it('draws another place where one is taken', () => inClass(async ({ sql, mei, places }) => {
    const first = (await held(sql, mei.id).then(async () => { await want(sql, mei.id, places.city); return held(sql, mei.id) }))[0]!
    await expect(sql.savepoint(one => one`insert into public.credentials (key, kind, person_id, subject_id, unit_id, home_unit_id, code, snapshot, list_id, list_index)
      values ('k|k', 'honour', ${mei.id}, 'k', ${places.city}, ${places.willow}, '000000000000', '{}', ${first.list_id}, ${first.list_index})`)).rejects.toMatchObject({ code: '23505' })
  }))
})

describe('what is issued', () => {
  it('is changed and deleted by nobody, and signed and revoked once', () => inClass(async ({ sql, mei, places }) => {
    const id = await want(sql, mei.id, places.city)
    const change = (statement: string) => expect(sql.savepoint(one => one.unsafe(statement)), statement).rejects.toMatchObject({ message: 'append_only' })
    await change(`update public.credentials set snapshot = '{"title": "x"}' where id = ${id}`)
    await change(`delete from public.credentials where id = ${id}`)
    await change(`truncate public.credentials cascade`)
    await sql`select private.keep_signed_credential(${id}, '{"signed": 1}', ${`z6Mk${'a'.repeat(44)}`})`
    await sql`select private.keep_signed_credential(${id}, '{"signed": 2}', ${`z6Mk${'a'.repeat(44)}`})`
    expect((await sql`select document from public.credentials where id = ${id}`)[0]!.document).toEqual({ signed: 1 })
    await change(`update public.credentials set document = '{"signed": 2}' where id = ${id}`)
    await sql`select private.revoke_credential(${id}, 'desk_decision', '发错了')`
    await sql`select private.revoke_credential(${id}, 'another_reason')`
    expect((await held(sql, mei.id))[0]).toMatchObject({ revoked_reason: 'desk_decision' })
    await change(`update public.credentials set revoked_at = null, revoked_reason = null where id = ${id}`)
    await change(`delete from public.credential_status_bits`)
  }))

  it('is read by its owner and by staff who see names there; by nobody else, and by visitors never', () => inClass(async ({ sql, as, mei, places }) => {
    await want(sql, mei.id, places.city)
    const other = await makePerson(sql, places.willow)
    const near = (await makeStaff(sql, places.township, places.willow, 'tutor')).account
    const teacher = (await makeStaff(sql, places.township, places.willow, 'teacher')).account
    const far = (await makeStaff(sql, places.otherTownship, places.willow, 'head')).account
    const seen = (who: string) => as(who, one => one`select id from public.credentials where person_id = ${mei.id}`.then(rows => rows.length))
    expect([await seen(mei.account), await seen(near), await seen(other.account), await seen(teacher), await seen(far)]).toEqual([1, 1, 0, 0, 0])
    for (const table of ['credentials', 'credential_grounds', 'credential_status_bits']) {
      await expect(as('anon', one => one.unsafe(`select from public.${table}`))).rejects.toMatchObject({ code: '42501' })
    }
    await expect(as(mei.account, one => one`update public.credentials set revoked_at = null`)).rejects.toMatchObject({ code: '42501' })
    await expect(as(mei.account, one => one`select * from private.credential_by_code('000000000000')`)).rejects.toMatchObject({ code: '42501' })
  }))
})

describe('revoking at the desk', () => {
  const revoke = (as: As, who: string, id: number, words = '姓名登记错误') => as(who, one => one`select public.revoke_credential(${id}, ${words})`)

  it('is for who approves where it was issued, with a reason, once, and is audited', () => inClass(async ({ sql, as, mei, places }) => {
    const id = await want(sql, mei.id, places.township)
    const head = (await makeStaff(sql, places.township, places.willow, 'head')).account
    const tutor = (await makeStaff(sql, places.township, places.willow, 'tutor')).account
    const far = (await makeStaff(sql, places.otherTownship, places.willow, 'head')).account
    await expect(revoke(as, mei.account, id)).rejects.toMatchObject({ message: 'credential_unknown' })
    await expect(revoke(as, far, id)).rejects.toMatchObject({ message: 'credential_unknown' })
    await expect(revoke(as, tutor, id)).rejects.toMatchObject({ code: 'PT403', message: 'unit_not_yours' })
    await expect(revoke(as, head, id, ' x ')).rejects.toMatchObject({ code: 'PT422', message: 'revocation_reason_missing' })
    await revoke(as, head, id)
    await expect(revoke(as, head, id)).rejects.toMatchObject({ code: 'PT409', message: 'credential_revoked' })
    expect((await held(sql, mei.id))[0]).toMatchObject({ revoked_reason: 'desk_decision', revoked_words: '姓名登记错误', revoked_by: head })
    expect(await sql`select action from public.audit_events where subject_kind = 'credential' and subject_id = ${String(id)}`).toEqual([{ action: 'credential_revoked' }])
  }))

  it('holds: the same grounds do not bring it back', () => inClass(async ({ sql, as, mei, places }) => {
    const grounds = [await grant(sql, mei.id, places.city)]
    const id = await want(sql, mei.id, places.township, { subject: 'once', grounds })
    await revoke(as, (await makeStaff(sql, places.township, places.willow, 'head')).account, id)
    expect(await want(sql, mei.id, places.township, { subject: 'once', grounds })).toBe(id)
  }))
})

describe('a revocation of the desk', () => {
  interface Case { sql: Transaction, as: As, mei: Person, places: Network, courseId: number, lessons: number[], head: Person, id: number }
  const inCase = (test: (one: Case) => Promise<unknown>) => inClass(async (one) => {
    for (const lesson of one.lessons) await finish(one.sql, one.mei.id, lesson)
    await settle(one.sql)
    const head = await makeStaff(one.sql, one.places.city, one.places.willow, 'head')
    const { id } = (await held(one.sql, one.mei.id))[0]!
    await one.as(head.account, sql => sql`select public.revoke_credential(${id}, '姓名登记错误')`)
    await test({ ...one, head, id })
  })
  const lift = ({ as }: Case, who: Person, id: number, words = '查过了，没有错') => as(who.account, sql => sql<{ anew: number | null }[]>`select public.lift_revocation(${id}, ${words}) as anew`.then(([row]) => row!.anew))
  /** The record of the first lesson corrected, so that another award takes the place of the first. */
  const correct = ({ sql, mei, lessons }: Case) => sql`insert into public.participations (key, person_id, kind, course_id, lesson_id, organised, role, residence_unit_id, groups, started_at, ended_at, hours, status, channel, entry_source, corrects)
    select key || '#2', person_id, kind, course_id, lesson_id, organised, role, residence_unit_id, groups, started_at, ended_at, 0.1, 'attended', channel, entry_source, id
    from public.participations where person_id = ${mei.id} and lesson_id = ${lessons[0]!}`
  const jobs = async ({ sql }: Case) => {
    await sql`insert into private.credential_marks (person_id, course_id) select person_id, subject_id::bigint from public.credentials where kind = 'course' on conflict do nothing`
    await sql`select private.want_marked_credentials(100000)`
    return (await sql`select private.want_course_credentials(100000) as wanted`)[0]!.wanted as number
  }

  it('stays after a correction, and the night’s job does not turn in a circle over it', () => inCase(async (one) => {
    await correct(one)
    expect(await jobs(one)).toBe(0)
    expect(await held(one.sql, one.mei.id)).toMatchObject([{ id: one.id, revoked_reason: 'desk_decision' }])
  }))

  it('stays when the row is merged with another, and when both are parted', () => inCase(async (one) => {
    const kept = await makePerson(one.sql, one.places.willow)
    await one.sql`update public.persons set merged_into = ${kept.id}, counts_as = ${kept.id} where id = ${one.mei.id}`
    await jobs(one)
    await one.sql`update public.persons set merged_into = null, counts_as = null where id = ${one.mei.id}`
    await settle(one.sql)
    await jobs(one)
    expect([...await held(one.sql, one.mei.id), ...await held(one.sql, kept.id)]).toHaveLength(1)
  }))

  it('is lifted by who approves there, with a reason, once: a new certificate takes the place of the revoked one', () => inCase(async (one) => {
    const { sql, as, mei, places, head, id } = one
    const tutor = await makeStaff(sql, places.township, places.willow, 'tutor')
    await expect(lift(one, mei, id)).rejects.toMatchObject({ message: 'credential_unknown' })
    await expect(lift(one, tutor, id)).rejects.toMatchObject({ message: 'unit_not_yours' })
    await expect(lift(one, head, id, ' x ')).rejects.toMatchObject({ code: 'PT422', message: 'lifting_reason_missing' })
    const anew = await lift(one, head, id)
    await expect(lift(one, head, id)).rejects.toMatchObject({ code: 'PT409', message: 'revocation_lifted' })
    const [first, second] = await held(sql, mei.id)
    expect([first!.revoked_reason, second!.id, second!.revoked_at]).toEqual(['desk_decision', anew, null])
    expect(second!.code).not.toBe(first!.code)
    await expect(lift(one, head, anew!)).rejects.toMatchObject({ code: 'PT409', message: 'not_revoked_by_desk' })
    await expect(sql.savepoint(inner => inner`update public.credentials set lifted_words = '别的' where id = ${id}`)).rejects.toMatchObject({ message: 'append_only' })
    expect(await sql`select details from public.audit_events where action = 'credential_revocation_lifted' and subject_id = ${String(id)}`).toEqual([{ details: { kind: 'course', anew } }])
    await as(head.account, inner => inner`select public.revoke_credential(${anew!}, '还是错了')`)
    expect(await want(sql, mei.id, places.city, { kind: 'course', subject: String(one.courseId) })).toBe(anew)
  }))

  it('lifted after a correction gives one on the new award, and none where the record fell', () => inCase(async (one) => {
    await correct(one)
    await lift(one, one.head, one.id)
    const [, second] = await held(one.sql, one.mei.id)
    expect(second).toMatchObject({ revoked_at: null })
    await one.as(one.head.account, sql => sql`select public.revoke_credential(${second!.id}, '又错了一次')`)
    await one.sql`select private.reverse_credit(posting_id, 'posted_wrongly') from public.credential_grounds where credential_id = ${second!.id}`
    expect(await lift(one, one.head, second!.id)).toBeNull()
    expect(await held(one.sql, one.mei.id)).toHaveLength(2)
  }))
})

describe('two rows that were one person', () => {
  const merge = (sql: Sql, merged: Person, kept: Person) => sql`insert into public.person_merges (kept_id, merged_id, reason) values (${kept.id}, ${merged.id}, '同一人')`
    .then(() => sql`update public.persons set merged_into = ${kept.id}, counts_as = ${kept.id} where id = ${merged.id}`)
  const part = async (sql: Sql, merged: Person) => {
    await sql`update public.person_merges set undone_at = clock_timestamp() where merged_id = ${merged.id}`
    await sql`update public.persons set merged_into = null, counts_as = null where id = ${merged.id}`
    await settle(sql)
  }

  it('are parted: the certificate goes to the row that earned it, in its own name', () => inClass(async ({ sql, mei, lessons, places }) => {
    const kept = await makePerson(sql, places.willow, { name: '李桂花' })
    await merge(sql, mei, kept)
    for (const lesson of lessons) await finish(sql, mei.id, lesson)
    await settle(sql)
    expect(await held(sql, kept.id)).toMatchObject([{ revoked_at: null, snapshot: { name: '李桂花' } }])
    await part(sql, mei)
    expect(await held(sql, kept.id)).toMatchObject([{ revoked_reason: 'merge_undone' }])
    expect(await held(sql, mei.id)).toMatchObject([{ revoked_at: null, snapshot: { name: '王秀英', title: '手机使用入门', lessons: 2 } }])
    // One person after all: what was issued stays.
    await merge(sql, mei, kept)
    await sql`select private.want_course_credentials(100000)`
    expect((await held(sql, kept.id)).concat(await held(sql, mei.id)).filter(one => !one.revoked_at)).toHaveLength(1)
    await part(sql, mei)
    expect((await held(sql, mei.id)).filter(one => !one.revoked_at)).toHaveLength(1)
  }))

  it('are parted: what both earned together neither has, and it is issued again when they are one again', () => inClass(async ({ sql, mei, courseId, lessons, places }) => {
    const kept = await makePerson(sql, places.willow)
    await enrol(sql, kept, courseId)
    await merge(sql, mei, kept)
    await finish(sql, mei.id, lessons[0]!)
    await finish(sql, kept.id, lessons[1]!)
    await settle(sql)
    const live = async () => [...await held(sql, kept.id), ...await held(sql, mei.id)].filter(one => !one.revoked_at)
    expect(await sql`select private.want_course_credential(${kept.id}, ${courseId})`).toHaveLength(1)
    expect(await live()).toHaveLength(1)
    await part(sql, mei)
    expect(await live()).toEqual([])
    await merge(sql, mei, kept)
    await sql`select private.want_course_credential(${kept.id}, ${courseId})`
    expect(await live()).toHaveLength(1)
  }))

  it('are parted: a transcript of that time falls, an earlier one stays', () => inClass(async ({ sql, as, mei, places }) => {
    const kept = await makePerson(sql, places.willow)
    await want(sql, kept.id, places.city)
    const earlier = (await as(kept.account, one => one`select public.request_transcript() as id`))[0]!.id as number
    await merge(sql, mei, kept)
    await grant(sql, mei.id, places.city)
    const joint = (await as(kept.account, one => one`select public.request_transcript() as id`))[0]!.id as number
    expect(joint).not.toBe(earlier)
    await part(sql, mei)
    const transcripts = (await held(sql, kept.id)).filter(({ kind }) => kind === 'transcript')
    expect(transcripts.map(({ id, revoked_reason }) => [id, revoked_reason])).toEqual([[earlier, null], [joint, 'merge_undone']])
  }))

  it('may be issued to again, although the numbers of their certificates have gaps', () => inClass(async ({ sql, mei, places }) => {
    await sql`set local statement_timeout = '20s'`
    const kept = await makePerson(sql, places.willow)
    const wantRevoked = async (who: Person) => {
      const posting = await grant(sql, who.id, places.city)
      await want(sql, who.id, places.city, { subject: 'again', grounds: [posting] })
      await reverse(sql, posting)
    }
    await wantRevoked(kept)
    await wantRevoked(mei)
    await merge(sql, mei, kept)
    await wantRevoked(kept)
    await part(sql, mei)
    await wantRevoked(kept)
    expect((await held(sql, kept.id)).map(({ key }) => key.split('#')[1])).toEqual(['1', '2', '3'])
  }))
})

describe('a transcript', () => {
  const request = (as: As, who: string) => as(who, one => one`select public.request_transcript() as id`.then(([row]) => row!.id as number))

  it('lists what its owner holds; unchanged it is the same, and it falls with what it lists', () => inClass(async ({ sql, as, mei, places }) => {
    await expect(request(as, mei.account)).rejects.toMatchObject({ code: 'PT409', message: 'no_certificates_yet' })
    await expect(request(as, 'anon')).rejects.toMatchObject({ code: '42501' })
    const posting = await grant(sql, mei.id, places.city)
    const standing = await want(sql, mei.id, places.city, { grounds: [posting] })
    const other = await want(sql, mei.id, places.city)
    const first = await request(as, mei.account)
    expect(await request(as, mei.account)).toBe(first)
    const listed = async () => (await held(sql, mei.id)).find(({ id }) => id === first)!
    expect((await listed()).snapshot).toMatchObject({ includes: [standing, other], years: [{ milliCredits: 1000 }] })
    await sql`select private.revoke_credential(${other}, 'desk_decision')`
    expect(await listed()).toMatchObject({ revoked_reason: 'listed_one_revoked' })
    const second = await request(as, mei.account)
    await reverse(sql, posting)
    expect((await held(sql, mei.id)).find(({ id }) => id === second)).toMatchObject({ revoked_at: expect.any(Date) })
  }))

  it('waits for the signatures of what it lists', () => inClass(async ({ sql, as, mei, places }) => {
    const id = await want(sql, mei.id, places.city)
    const transcript = await request(as, mei.account)
    const waiting = async () => (await sql`select id from private.credentials_to_sign(100000)`).map(row => row.id as number)
    expect(await waiting()).not.toContain(transcript)
    await sql`select private.keep_signed_credential(${id}, '{"id": "urn:x"}', ${`z6Mk${'a'.repeat(44)}`})`
    expect(await waiting()).toContain(transcript)
    expect((await sql`select includes from private.credentials_to_sign(100000) where id = ${transcript}`)[0]!.includes).toEqual([{ id: 'urn:x' }])
  }))
})

describe('the check', () => {
  it('tells a certificate with the wrong row, and one that came back although the desk revoked it', () => inClass(async ({ sql, as, mei, places }) => {
    const told = new Error('seen')
    const kept = await makePerson(sql, places.willow)
    await sql.savepoint(async (inner) => {
      await inner`update public.persons set merged_into = ${kept.id}, counts_as = ${kept.id} where id = ${mei.id}`
      await want(inner, kept.id, places.city, { grounds: [await grant(inner, mei.id, places.city)] })
      await inner`alter table public.persons disable trigger persons_give_back_credentials`
      await inner`update public.persons set merged_into = null, counts_as = null where id = ${mei.id}`
      expect(await inner`select invariant from private.credit_faults()`).toEqual([{ invariant: 'credential_is_earners' }])
      throw told
    }).catch((error) => { if (error !== told) throw error })
    const head = await makeStaff(sql, places.city, places.willow, 'head')
    await sql.savepoint(async (inner) => {
      const id = await want(inner, mei.id, places.city, { subject: 'back', grounds: [await grant(inner, mei.id, places.city)] })
      await as(head.account, one => one`select public.revoke_credential(${id}, '姓名登记错误')`)
      await inner`insert into public.credentials (key, kind, person_id, subject_id, unit_id, home_unit_id, code, snapshot, list_id, list_index)
        select key || '0', kind, person_id, subject_id, unit_id, home_unit_id, '000000000000', snapshot, list_id, (list_index + 1) % 131072 from public.credentials where id = ${id}`
      expect(await inner`select invariant from private.credit_faults()`).toEqual([{ invariant: 'desk_revocation_stays' }])
      throw told
    }).catch((error) => { if (error !== told) throw error })
  }))

  it.each([
    ['credential_bit_is_revocation', (sql: Transaction) => sql`insert into public.credential_status_bits (list_id, list_index) select list_id, list_index from public.credentials order by id desc limit 1`],
    ['credential_revoked_by_ground', (sql: Transaction) => sql`select private.revoke_credential(id, 'ground_reversed') from public.credentials order by id desc limit 1`],
  ])('tells %s', (invariant, harm) => withRollback(async (sql) => {
    const { city, willow } = await makeNetwork(sql)
    await want(sql, (await makePerson(sql, willow)).id, city)
    await harm(sql)
    expect(await sql`select invariant from private.credit_faults()`).toEqual([{ invariant }])
  }))

  it('tells a live credential whose ground is reversed', () => withRollback(async (sql) => {
    const { city, willow } = await makeNetwork(sql)
    const mei = await makePerson(sql, willow)
    const posting = await grant(sql, mei.id, city)
    await want(sql, mei.id, city, { grounds: [posting] })
    await sql`alter table public.credit_postings disable trigger credit_postings_revoke_credentials`
    await reverse(sql, posting)
    expect(await sql`select invariant from private.credit_faults()`).toEqual([{ invariant: 'credential_ground_stands' }])
  }))
})

it('a published list is due when a bit was set, until it is published with it', () => withRollback(async (sql) => {
  const { city, willow } = await makeNetwork(sql)
  const id = await want(sql, (await makePerson(sql, willow)).id, city)
  const [place] = await sql<Credential[]>`select * from public.credentials where id = ${id}`
  const due = async () => (await sql`select revoked from private.status_lists_to_publish() where id = ${place!.list_id}`)[0]?.revoked as number[] | undefined
  const publish = async () => sql`select private.keep_status_list(${place!.list_id}, '{}', ${(await due())!.length}, ${`z6Mk${'a'.repeat(44)}`})`
  await publish()
  expect(await due()).toBeUndefined()
  await sql`select private.revoke_credential(${id}, 'test_over')`
  expect(await due()).toContain(place!.list_index)
  await publish()
  expect(await due()).toBeUndefined()
}))

it('several connections that revoke with reversals of several people wait for nobody in a circle', async () => {
  const { city, willow } = await makeNetwork(pool)
  const people = await Promise.all(Array.from({ length: 6 }, () => makePerson(pool, willow)))
  const postings: number[] = []
  for (const person of people) {
    postings.push(await grant(pool, person.id, city))
    await want(pool, person.id, city, { grounds: [postings.at(-1)!] })
  }
  await Promise.all(postings.map(posting => pool.begin(sql => reverse(sql, posting))))
  for (const person of people) expect((await held(pool, person.id))[0]).toMatchObject({ revoked_reason: 'ground_reversed' })
  expect(await committedAs(people[0]!.account, sql => sql`select revoked_reason from public.credentials`)).toEqual([{ revoked_reason: 'ground_reversed' }])
})
