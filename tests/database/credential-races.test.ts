// Certificates while something is taken back, revoked or asked for in the same moment: whoever comes second sees what the first did.
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type postgres from 'postgres'
import { addTextLesson, enrol, makeCourse, makeNetwork, makePerson, makeStaff, type Network, type Person, type Sql } from '../fixtures/database.ts'
import { askedBy, type Asking, meeting } from '../fixtures/meeting.ts'
import { pristineDatabase } from '../fixtures/pristine.ts'

let sql: postgres.Sql
let places: Network
let head: Person
let mei: Person
let course: number
beforeAll(async () => {
  sql = await pristineDatabase('credential_races')
  places = await makeNetwork(sql as unknown as Sql)
  head = await makeStaff(sql as unknown as Sql, places.city, places.willow, 'head')
})
beforeEach(async () => {
  const db = sql as unknown as Sql
  mei = await makePerson(db, places.willow)
  course = (await makeCourse(db)).courseId
  const lesson = await addTextLesson(db, course)
  await enrol(db, mei, course)
  // Finished before there were certificates.
  await sql`alter table public.enrolments disable trigger enrolments_want_credential`
  await sql`select private.complete_lesson(${mei.id}, ${lesson}, '{}', now() - interval '20 minutes', now() - interval '10 minutes', 600000, 600000, 'web')`
  await sql`alter table public.enrolments enable trigger enrolments_want_credential`
})

const award = async () => (await sql`select id from public.credit_postings where person_id = ${mei.id} and kind = 'award'`)[0]!.id as string
const reverse = (posting: string): Asking => connection => connection`select (private.reverse_credit(${posting}, 'record_corrected')).id`
const wantCourse: Asking = connection => connection`select private.want_course_credential(${mei.id}, ${course}) as id`
const transcript = (): Asking => askedBy(mei.account, connection => connection`select public.request_transcript() as id`)
const revoke = (id: string): Asking => askedBy(head.account, connection => connection`select public.revoke_credential(${id}, '姓名登记错误')`)
const held = () => sql`select id, kind, revoked_reason from public.credentials where person_id = ${mei.id} order by id`
const noFaults = async () => expect(await sql`select * from private.credit_faults()`).toEqual([])

describe('while an award is taken back', () => {
  it('no certificate is issued on it: by the course, by the night’s job, by the marks', async () => {
    const posting = await award()
    expect(await meeting(sql, reverse(posting), wantCourse)).toMatchObject({ waited: true, second: { status: 'fulfilled', value: [{ id: null }] } })
    expect(await held()).toEqual([])
    await noFaults()
  })

  it('the night’s job waits and issues nothing', async () => {
    const met = await meeting(sql, reverse(await award()), connection => connection`select private.want_course_credentials(100) as wanted`)
    expect(met.waited).toBe(true)
    expect(await held()).toEqual([])
    await noFaults()
  })

  it('a mark that the job looks at in that moment stands in nobody’s way', async () => {
    await wantCourse(sql)
    await sql`insert into private.credential_marks (person_id, course_id) values (${mei.id}, ${course})`
    const met = await meeting(sql, reverse(await award()), connection => connection`select private.want_marked_credentials(100) as seen`)
    expect(met).toMatchObject({ waited: true, second: { status: 'fulfilled', value: [{ seen: 1 }] } })
    expect(await held()).toMatchObject([{ revoked_reason: 'ground_reversed' }])
    await noFaults()
  })

  it('a decision on that ground is refused', async () => {
    const posting = await award()
    const met = await meeting(sql, reverse(posting), connection => connection`select private.want_credential('honour', ${mei.id}, 'star', ${places.city}, '{"title": "学习之星"}', array[${posting}::bigint])`)
    expect(met).toMatchObject({ waited: true, second: { status: 'rejected', reason: { message: 'ground_reversed' } } })
    await noFaults()
  })

  it('a transcript lists no certificate that stood on it', async () => {
    await wantCourse(sql)
    const met = await meeting(sql, reverse(await award()), transcript())
    expect(met).toMatchObject({ waited: true, second: { status: 'rejected', reason: { message: 'no_certificates_yet' } } })
    await noFaults()
  })
})

describe('a transcript and a revocation at the desk', () => {
  it('asked for meanwhile it does not list what is revoked', async () => {
    const [{ id }] = await wantCourse(sql) as unknown as [{ id: string }]
    const met = await meeting(sql, revoke(id), transcript())
    expect(met).toMatchObject({ waited: true, second: { status: 'rejected', reason: { message: 'no_certificates_yet' } } })
    expect(await held()).toMatchObject([{ revoked_reason: 'desk_decision' }])
  })

  it('asked for before, it falls with it', async () => {
    const [{ id }] = await wantCourse(sql) as unknown as [{ id: string }]
    expect(await meeting(sql, transcript(), revoke(id))).toMatchObject({ waited: true, second: { status: 'fulfilled' } })
    expect(await held()).toMatchObject([{ kind: 'course', revoked_reason: 'desk_decision' }, { kind: 'transcript', revoked_reason: 'listed_one_revoked' }])
  })
})
