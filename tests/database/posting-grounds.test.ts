// What a line of the passbook was for: the session, the service, the class, the reward; also after the record was corrected.
import { expect, it } from 'vitest'
import { makePerson, type Person, type Sql, type As, withRollback } from '../fixtures/database.ts'
import { makeSchool, publish } from '../fixtures/activities.ts'
import { makePlace, makeShift, makeVolunteer } from '../fixtures/volunteers.ts'

interface Ground { kind: string, zh: string, en?: string, day?: string, code?: string, ended?: string }
const YESTERDAY = new Date(Date.now() - 86_400_000)
const grounds = async (as: As, who: Person) => (await as(who.account, sql => sql`select ground from public.my_passbook('-infinity', 'infinity')`)).map(({ ground }) => ground as Ground)
const day = async (sql: Sql, at: Date) => (await sql`select private.china_date(${at})::text as day`)[0]!.day as string

it('of a session, a class and a service names title and day, and only to whom the line belongs', () => withRollback(async (sql, as) => {
  const school = await makeSchool(sql)
  const { places, manager } = school
  const volunteers = { places, manager, second: manager }
  const wang = await makeVolunteer(sql, volunteers)
  const { code, sessions: [session] } = await publish(sql, as, school, { startsIn: [-30], fields: { signUp: 'none' } })
  await as(manager.account, one => one`select * from public.mark_attendance(${session!}, ${one.json([{ clientId: crypto.randomUUID(), personId: wang.id, method: 'roster' }])})`)
  await as(manager.account, one => one`select * from public.confirm_session(${session!})`)
  const classAt = new Date(Date.now() - 60 * 3_600_000)
  await as(manager.account, one => one`select * from public.record_class(${places.school}, '八段锦', 'health', ${classAt}, 60, '', false, ${[wang.id]})`)
  const [from, to] = [new Date(YESTERDAY.getTime()), new Date(YESTERDAY.getTime() + 2 * 3_600_000)]
  const shift = await makeShift(sql, as, volunteers, { from, to })
  await makePlace(sql, shift, wang, from, to)
  await as(manager.account, one => one`select * from public.confirm_service(${shift})`)
  const [sessionAt] = await sql`select starts_at from public.activity_sessions where id = ${session!}`
  expect(await grounds(as, wang)).toEqual([
    { kind: 'session', zh: '智能手机入门', code, day: await day(sql, sessionAt!.starts_at as Date) },
    { kind: 'class', zh: '八段锦', host: '柳溪社区学校', day: await day(sql, classAt) },
    { kind: 'service', zh: '敬老院陪伴', day: await day(sql, from) },
  ])
  // The record is corrected: what is taken back and what is posted anew still say for what.
  const [fact] = await sql`select participation_id from public.session_records where session_id = ${session!}`
  await as(manager.account, one => one`select public.correct_participation(${fact!.participation_id}, 'wrong_hours', ${one.json({ hours: 0.5 })}, '早退')`)
  const lines = await sql`select kind from public.credit_postings where person_id = ${wang.id} order by seq`
  expect(lines.slice(3).map(({ kind }) => kind)).toEqual(['reversal', 'award'])
  expect((await grounds(as, wang)).slice(3)).toMatchObject([{ kind: 'session', code }, { kind: 'session', code }])
  expect(await grounds(as, await makePerson(sql, places.willow))).toEqual([])
}))

it('of a reward names it, and how the hold ended', () => withRollback(async (sql, as) => {
  const { places, manager } = await makeSchool(sql)
  const mei = await makePerson(sql, places.willow)
  await sql`select private.grant_credit(${`ground|${mei.id}`}, ${mei.id}, 'staff_correction', 5000, 0, ${places.school}, 'test', '{}', now())`
  const [item] = await sql`insert into public.credit_items (unit_id, kind, zh, en, price_milli_credits, in_stock, stock_seq) values (${places.school}, 'reading_pass', '阅览证', 'Reading pass', 1000, 0, 0) returning id`
  await sql`select private.move_stock(${item!.id}, 3, null)`
  const hold = async () => (await as(mei.account, one => one`select public.hold_reward(${item!.id}) as id`))[0]!.id as number
  const late = await hold()
  await sql`update public.credit_holds set until = now() where id = ${late}`
  await sql`select private.time_out_holds()`
  const returned = await hold()
  await as(mei.account, one => one`select public.return_reward(${returned})`)
  const kept = await hold()
  const [{ code }] = await sql`select code from public.credit_holds where id = ${kept}` as unknown as [{ code: string }]
  await as(manager.account, one => one`select public.collect_reward(${code})`)
  const of = (ended: string) => ({ kind: 'reward', zh: '阅览证', en: 'Reading pass', ended })
  expect((await grounds(as, mei)).slice(1)).toEqual([of('timed_out'), of('timed_out'), of('returned'), of('returned'), of('collected'), of('collected')])
}))

it('of a certificate names it and its case, of what two of the staff decided the ground, and of what is taken back the day it was posted', () => withRollback(async (sql, as) => {
  const { places } = await makeSchool(sql)
  const mei = await makePerson(sql, places.willow)
  const grant = async (rule: string, stated: Record<string, string | number>) => (await sql`
    select (private.grant_credit(${`ground|${rule}|${mei.id}`}, ${mei.id}, ${rule}, 2000, 0, ${places.school}, '已核对', ${sql.json(stated)}, '2026-05-12T12:00:00+08:00')).id`)[0]!.id as number
  await grant('external_result', { case: 7, title: '初级育婴员', body: '市人社局' })
  const given = await grant('staff_correction', { ground: 'record_missing', correction: 3 })
  await sql`select private.reverse_credit(${given}, 'posted_wrongly')`
  const today = await day(sql, new Date())
  expect(await grounds(as, mei)).toEqual([
    { kind: 'recognition', zh: '初级育婴员 · 市人社局', case: 7, day: '2026-05-12' }, { kind: 'decision', why: 'record_missing', day: '2026-05-12' },
    { kind: 'decision', why: 'record_missing', day: '2026-05-12', postedOn: today },
  ])
  const lines = await as(mei.account, one => one`select kind, decision, rule_zh, moved, after from public.my_passbook('-infinity', 'infinity')`)
  expect(lines).toMatchObject([{ decision: '已核对', moved: 2000, after: 2000 }, { decision: '已核对', after: 4000 }, { kind: 'reversal', decision: null, rule_zh: '工作人员更正', moved: -2000, after: 2000 }])
}))
