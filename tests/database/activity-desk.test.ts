// What the desk reads of activities, and the walk-in that is registered and marked in one go.
import { describe, expect, it } from 'vitest'
import { type As, makeNetwork, makePerson, makeStaff, type Network, type Person, type Transaction, withRollback } from '../fixtures/database.ts'

interface Desk { sql: Transaction, as: As, places: Network, manager: Person, teacher: Person }
const atTheDesk = (test: (desk: Desk) => Promise<unknown>) => withRollback(async (sql, as) => {
  const places = await makeNetwork(sql)
  await test({ sql, as, places, manager: await makeStaff(sql, places.city, places.willow, 'manager'), teacher: await makeStaff(sql, places.city, places.willow, 'teacher') })
})
const FIELDS = { title: '剪纸入门', kind: 'training', form: 'training', category: 'culture_leisure', venue: '活动室', phone: '0900-123456', signUp: 'session', admission: 'approval' }

async function plan({ as, places, teacher }: Desk, publishes?: Person): Promise<number> {
  const start = Math.ceil(Date.now() / 3_600_000) * 3_600_000 + 86_400_000
  const sessions = [0, 7].map(days => ({ startsAt: new Date(start + days * 86_400_000).toISOString(), endsAt: new Date(start + days * 86_400_000 + 5_400_000).toISOString(), capacity: 5 }))
  const [saved] = await as(teacher.account, sql => sql`select public.save_activity(${places.willow}, null, null, ${sql.json(FIELDS)}, ${sql.json(sessions)}) as id`)
  if (publishes) await as(publishes.account, sql => sql`select public.publish_activity(${saved!.id})`)
  return Number(saved!.id)
}
const whole = (desk: Desk, who: Person, id: number) => desk.as(who.account, async sql => (await sql`select public.activity_at_desk(${id}) as one`)[0]!.one)
const waiting = (desk: Desk, who: Person) => desk.as(who.account, sql => sql`select what, activity_id, people from public.activities_waiting(${desk.places.willow})`)
const refused = (code: string) => expect.objectContaining({ message: code })

describe('an activity at the desk', () => {
  it('is not there for others, nor for a resident', () => atTheDesk(async (desk) => {
    const id = await plan(desk)
    const resident = await makePerson(desk.sql, desk.places.willow)
    await expect(whole(desk, resident, id)).rejects.toEqual(refused('activity_unknown'))
    await expect(desk.as('anon', sql => sql`select public.activity_at_desk(${id})`)).rejects.toThrow(/permission denied/)
  }))

  it('says what whom may do with it', () => atTheDesk(async (desk) => {
    const id = await plan(desk)
    expect(await whole(desk, desk.teacher, id)).toMatchObject({ status: 'draft', state: 'draft', mayPlan: true, mayPublish: false, mayRun: false, people: 0, told: [] })
    expect(await whole(desk, desk.manager, id)).toMatchObject({ mayPlan: true, mayPublish: true, mayRun: true, title: '剪纸入门', sessions: [{ isOver: false, isOpen: false, marked: 0, seats: { capacity: 5, taken: 0 } }, {}] })
  }))

  it('waits for review, for an answer to who asked, and for confirming', () => atTheDesk(async (desk) => {
    const id = await plan(desk)
    await desk.as(desk.teacher.account, sql => sql`select public.submit_activity(${id})`)
    expect(await waiting(desk, desk.manager)).toEqual([{ what: 'review', activity_id: id, people: 0 }])
    expect(await waiting(desk, desk.teacher)).toEqual([])
    await desk.as(desk.manager.account, sql => sql`select public.publish_activity(${id})`)
    const resident = await makePerson(desk.sql, desk.places.willow)
    const [pool] = await desk.sql`select id from public.seat_pools where activity_id = ${id} order by id limit 1`
    await desk.as(resident.account, sql => sql`select public.sign_up(${pool!.id}, ${[resident.id]}::bigint[])`)
    expect(await waiting(desk, desk.manager)).toEqual([{ what: 'admit', activity_id: id, people: 1 }])
    expect((await whole(desk, desk.manager, id)).people).toBe(1)
    await desk.sql`update public.activity_sessions set starts_at = now() - interval '3 hours', ends_at = now() - interval '1 hour' where id = (select min(id) from public.activity_sessions where activity_id = ${id})`
    expect((await waiting(desk, desk.manager)).map(({ what }) => what).sort()).toEqual(['admit', 'confirm'])
  }))

  it('is planned and handed in by a publisher, who cannot publish it', () => atTheDesk(async (desk) => {
    const publisher = await makeStaff(desk.sql, desk.places.city, desk.places.willow, 'publisher')
    const id = await plan({ ...desk, teacher: publisher })
    await expect(desk.as(publisher.account, sql => sql`select public.publish_activity(${id})`)).rejects.toEqual(refused('unit_not_yours'))
    await desk.as(publisher.account, sql => sql`select public.submit_activity(${id})`)
    expect(await whole(desk, publisher, id)).toMatchObject({ status: 'submitted', mayPlan: true, mayPublish: false, mayRun: false })
  }))

  it('is in the days of a unit for those who plan there', () => atTheDesk(async (desk) => {
    const id = await plan(desk, desk.manager)
    const days = (who: Person) => desk.as(who.account, sql => sql`select activity_id from public.sessions_of_days(${desk.places.willow}, current_date, current_date + 20)`)
    expect(await days(desk.teacher)).toEqual([{ activity_id: id }, { activity_id: id }])
    await expect(days(await makePerson(desk.sql, desk.places.willow))).rejects.toEqual(refused('unit_not_yours'))
  }))

  it('notes who took its names, and only of those who may', () => atTheDesk(async (desk) => {
    const id = await plan(desk, desk.manager)
    await expect(desk.as(desk.teacher.account, sql => sql`select public.note_signups_file(${id})`)).rejects.toEqual(refused('unit_not_yours'))
    await desk.as(desk.manager.account, sql => sql`select public.note_signups_file(${id})`)
    expect(await desk.sql`select subject_id from public.audit_events where action = 'signups_exported'`).toEqual([{ subject_id: String(id) }])
  }))
})

describe('a walk-in', () => {
  const come = ({ as, places }: Desk, who: Person, session: number, birthYear: number | null = 1958) => as(who.account, sql => sql`
    select public.register_walk_in(${session}, '欧阳临时', 'female', ${birthYear}, ${places.willow}, 'ou yang lin shi', 'oyls', '[]', gen_random_uuid()) as id`)

  it('is registered and marked, both or neither', () => atTheDesk(async (desk) => {
    const id = await plan(desk, desk.manager)
    const [session] = await desk.sql`select id from public.activity_sessions where activity_id = ${id} order by starts_at limit 1`
    const people = async () => Number((await desk.sql`select count(*) as n from public.persons where name = '欧阳临时'`)[0]!.n)
    await expect(come(desk, desk.manager, session!.id)).rejects.toEqual(refused('session_not_begun'))
    await expect(come(desk, desk.teacher, session!.id)).rejects.toEqual(refused('unit_not_yours'))
    expect(await people()).toBe(0)
    await desk.sql`update public.activity_sessions set starts_at = now() - interval '3 hours', ends_at = now() - interval '1 hour' where id = ${session!.id}`
    await expect(come(desk, desk.manager, session!.id, null)).rejects.toEqual(refused('birth_year_invalid'))
    const [came] = await come(desk, desk.manager, session!.id)
    expect(await desk.sql`select person_id, method from public.attendance_marks where session_id = ${session!.id}`).toEqual([{ person_id: Number(came!.id), method: 'walk_in' }])
    // Days later it can only be from a list on paper.
    await desk.sql`update public.activity_sessions set starts_at = now() - interval '51 hours', ends_at = now() - interval '50 hours' where id = ${session!.id}`
    const [late] = await come(desk, desk.manager, session!.id)
    expect(await desk.sql`select method from public.attendance_marks where person_id = ${Number(late!.id)}`).toEqual([{ method: 'paper' }])
  }))
})
