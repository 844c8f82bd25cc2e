// Volunteers from their registration to the hours on record: who may, what counts, what is corrected, and what that takes back.
import { describe, expect, it } from 'vitest'
import { type As, makePerson, makeStaff, type Person, type Transaction, withRollback } from '../fixtures/database.ts'
import { makeClass, makePlace, makeService, makeShift, makeVolunteer, type Service } from '../fixtures/volunteers.ts'

interface Region { sql: Transaction, as: As, service: Service, mei: Person }
const inRegion = (test: (region: Region) => Promise<unknown>) => withRollback(async (sql, as) => {
  const service = await makeService(sql)
  await test({ sql, as, service, mei: await makeVolunteer(sql, service) })
  expect(await sql`select * from private.service_faults()`).toEqual([])
  expect(await sql`select * from private.credit_faults()`).toEqual([])
})
const refused = (code: string) => expect.objectContaining({ message: code })
/** A moment of the day before yesterday in China. */
const china = (clock: string, daysAgo = 2) => new Date(`${new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Shanghai' }).format(Date.now() - daysAgo * 86_400_000)}T${clock}:00+08:00`)
const shiftAt = ({ sql, as, service }: Region, from: string, to: string, more = {}) => makeShift(sql, as, service, { from: china(from), to: china(to), ...more })
const confirm = ({ as, service }: Region, shift: number, who = service.manager) => as(who.account, one => one`select * from public.confirm_service(${shift})`)
const serve = async (region: Region, from: string, to: string, who: Person) => {
  const shift = await shiftAt(region, from, to)
  const place = await makePlace(region.sql, shift, who, china(from), china(to))
  return { shift, place }
}
const standing = ({ sql }: Region, place: number) => sql`select kind, minutes, class_minutes, overlap_minutes, cap_minutes, rest_minutes, proof, reason from private.standing_service(${place})`
const credits = async ({ sql }: Region, who: Person) => (await sql`select coalesce(sum(milli_credits), 0)::integer as sum from public.credit_postings where person_id = ${who.id}`)[0]!.sum
const facts = ({ sql }: Region, who: Person) => sql`select hours::float, status, role from public.participations fact where person_id = ${who.id} and kind = 'volunteer_service'
  and not exists (select from public.participations later where later.corrects = fact.id) order by id`
const call = ({ as }: Region, who: Person, query: (one: Transaction) => Promise<unknown>) => as(who.account, query)

describe('a volunteer', () => {
  it('registers, is one registration however often it is asked, and serves once the unit has said yes', () => inRegion(async (region) => {
    const { sql, service } = region
    const hua = await makePerson(sql, service.places.willow, { name: '李桂花', birthYear: 1958 })
    const register = () => call(region, hua, one => one`select * from public.register_volunteer(${service.places.school}, null, null, 'skilled', '', '理发')`)
    const [first] = await register() as [{ volunteer_id: number, status: string, is_new: boolean }]
    expect(first).toMatchObject({ status: 'asked', is_new: true })
    expect(await register()).toMatchObject([{ volunteer_id: first.volunteer_id, is_new: false }])
    const shift = await makeShift(sql, region.as, service, { from: new Date(Date.now() + 86_400_000), to: new Date(Date.now() + 90_000_000) })
    const take = () => call(region, hua, one => one`select * from public.take_service_place(${shift})`)
    await expect(take()).rejects.toEqual(refused('volunteer_waiting'))
    await call(region, service.manager, one => one`select public.decide_volunteer(${first.volunteer_id}, true)`)
    expect(await take()).toMatchObject([{ is_new: true }])
    expect(await take()).toMatchObject([{ is_new: false }])
  }))

  it('who is a minor is registered by staff with written consent', () => inRegion(async (region) => {
    const { sql, service } = region
    const boy = await makePerson(sql, service.places.willow, { name: '周小明', birthYear: new Date().getFullYear() - 15 })
    await expect(call(region, boy, one => one`select * from public.register_volunteer(${service.places.school}, null, null, 'student', '', '')`)).rejects.toEqual(refused('volunteer_minor'))
    const byStaff = (consent: string | null) => call(region, service.manager, one => one`select * from public.register_volunteer(${service.places.school}, ${boy.id}, null, 'student', '', '', ${consent})`)
    await expect(byStaff(null)).rejects.toEqual(refused('guardian_consent_missing'))
    expect(await byStaff('written')).toMatchObject([{ status: 'active' }])
  }))

  it('is decided on by staff of the unit and by nobody for themselves', () => inRegion(async (region) => {
    const { sql, service } = region
    await call(region, service.manager, one => one`select * from public.register_volunteer(${service.places.school}, null, null, 'teacher', '', '')`)
    const [own] = await sql`select id from public.volunteers where person_id = ${service.manager.id}`
    await expect(call(region, service.manager, one => one`select public.decide_volunteer(${own!.id}, true)`)).rejects.toEqual(refused('own_account'))
    const stranger = await makeStaff(sql, service.places.otherTownship, service.places.harbour, 'manager')
    await expect(call(region, stranger, one => one`select public.decide_volunteer(${own!.id}, true)`)).rejects.toEqual(refused('volunteer_unknown'))
    await expect(call(region, service.second, one => one`select public.decide_volunteer(${own!.id}, false, '')`)).rejects.toEqual(refused('reason_missing'))
  }))
})

describe('coming and going', () => {
  it('by the code of the moment is scanned; a wrong code is remembered and ends after ten', () => inRegion(async (region) => {
    const { sql, as, service, mei } = region
    const shift = await makeShift(sql, as, service, { from: new Date(Date.now() - 600_000), to: new Date(Date.now() + 3_600_000) })
    const place = await makePlace(sql, shift, mei)
    const check = async (what: string, code: string) => ((await call(region, mei, one => one`select public.check_service(${place}, ${what}, ${code}) as answer`)) as { answer: string }[])[0]!.answer
    const [{ code }] = await call(region, service.manager, one => one`select * from public.shift_code_now(${shift})`) as [{ code: string }]
    await expect(check('out', code)).rejects.toEqual(refused('check_in_first'))
    expect(await check('in', code === '000000' ? '111111' : '000000')).toBe('wrong_code')
    expect(await check('in', ` ${code.slice(0, 3)} ${code.slice(3)}`)).toBe('in')
    expect(await check('in', '999999')).toBe('in')
    expect(await check('out', code)).toBe('out')
    const hua = await makeVolunteer(sql, service, '李桂花')
    const other = await makePlace(sql, shift, hua)
    await sql`insert into private.service_code_tries (person_id, shift_id) select ${hua.id}, ${shift} from generate_series(1, 10)`
    expect(await call(region, hua, one => one`select public.check_service(${other}, 'in', ${code}) as answer`)).toEqual([{ answer: 'too_many_tries' }])
    await expect(call(region, mei, one => one`select * from public.shift_code_now(${shift})`)).rejects.toEqual(refused('shift_unknown'))
  }))

  it('without an end counts nothing until staff sets one, with a reason and within the shift', () => inRegion(async (region) => {
    const { sql, service, mei } = region
    const shift = await shiftAt(region, '09:00', '11:00')
    const place = await makePlace(sql, shift, mei, china('09:00'), undefined, 'scanned')
    expect(await confirm(region, shift)).toMatchObject([{ outcome: 'no_end', minutes: 0 }])
    const leave = (at: Date, reason: string | null) => call(region, service.manager, one => one`select public.set_service_check(${place}, 'out', ${at}, ${reason})`)
    await expect(leave(china('11:30'), '忘了签退')).rejects.toEqual(refused('check_outside_shift'))
    await expect(leave(china('08:30'), '忘了签退')).rejects.toEqual(refused('check_outside_shift'))
    await expect(leave(china('10:45'), null)).rejects.toEqual(refused('reason_missing'))
    await leave(china('10:45'), '忘了签退，现场负责人证明')
    expect(await confirm(region, shift)).toMatchObject([{ outcome: 'confirmed', is_new: true, minutes: 90, rest_minutes: 15, milli_credits: 1800 }])
    expect(await standing(region, place)).toMatchObject([{ kind: 'confirmed', proof: 'supervised' }])
    await expect(leave(china('11:00'), '再改一次')).rejects.toEqual(refused('service_confirmed'))
  }))
})

describe('a scan', () => {
  const asServer = ({ sql }: Region, query: (one: Transaction) => Promise<readonly object[]>) => sql.savepoint(async (inner) => {
    await inner`set local role job_server`
    const answer = await query(inner)
    await inner`reset role`
    return answer
  })
  const now = (minutes: number) => new Date(Date.now() + minutes * 60_000)

  it('of the screen gives a pass to that shift alone, for a while; a code of before, of another shift or of nobody gives none', () => inRegion(async (region) => {
    const { sql, as, service, mei } = region
    const shift = await makeShift(sql, as, service, { from: now(-10), to: now(60) })
    const other = await makeShift(sql, as, service, { from: now(-10), to: now(60) })
    const place = await makePlace(sql, shift, mei)
    const elsewhere = await makePlace(sql, other, await makeVolunteer(sql, service, '李桂花'))
    const screen = async (of: number) => ((await call(region, service.manager, one => one`select public.service_screen(${of}) as screen`)) as { screen: { code: string, state: string, came: number, expected: number } }[])[0]!.screen
    const pass = async (code: string) => (await asServer(region, one => one`select private.shift_pass(${code}) as pass`) as { pass: string }[])[0]!.pass
    const check = (who: Person, of: number, what: string, given: string) => call(region, who, one => one`select public.check_service_scanned(${of}, ${what}, ${given}) as what`)
    expect(await screen(shift)).toMatchObject({ state: 'open', came: 0, expected: 1 })
    const { code } = await screen(shift)
    const [id, step, sealed] = code.split('-') as [string, string, string]
    await expect(pass(`${id}-${step}-${sealed.startsWith('0') ? '1' : '0'}${sealed.slice(1)}`)).rejects.toEqual(refused('service_scan_unknown'))
    await expect(pass(`${other}-${step}-${sealed}`)).rejects.toEqual(refused('service_scan_unknown'))
    const old = (await sql`select private.shift_scan_code(id, secret, ${Number(step) - 5}) as code from public.service_shifts where id = ${shift}`)[0]!.code as string
    await expect(pass(old)).rejects.toEqual(refused('service_scan_old'))
    const good = await pass(code)
    expect(await call(region, mei, one => one`select public.my_scanned_shift(${good}) ->> 'place' as place`)).toEqual([{ place: String(place) }])
    expect(await call(region, service.second, one => one`select public.my_scanned_shift(${good}) ->> 'place' as place`)).toEqual([{ place: null }])
    await expect(check(mei, elsewhere, 'in', good)).rejects.toEqual(refused('place_unknown'))
    await expect(check(mei, place, 'out', good)).rejects.toEqual(refused('check_in_first'))
    await expect(check(mei, place, 'in', good.slice(0, -1))).rejects.toEqual(refused('service_scan_over'))
    await expect(check(mei, place, 'in', await pass((await screen(other)).code))).rejects.toEqual(refused('service_scan_over'))
    for (let time = 0; time < 2; time++) await check(mei, place, 'in', good)
    const late = (await sql`select private.shift_pass_of(id, secret, extract(epoch from now())::bigint - 901) as pass from public.service_shifts where id = ${shift}`)[0]!.pass as string
    await expect(check(mei, place, 'out', late)).rejects.toEqual(refused('service_scan_over'))
    await check(mei, place, 'out', good)
    expect(await sql`select what, proof from public.service_checks where place_id = ${place} order by id`).toEqual([{ what: 'in', proof: 'scanned' }, { what: 'out', proof: 'scanned' }])
    await expect(screen(999_999)).rejects.toEqual(refused('shift_unknown'))
  }))

  it('of a card comes and then goes, once each; lost cards, strangers and one’s own are refused, and who has no place gets a free one', () => inRegion(async (region) => {
    const { sql, as, service, mei } = region
    const shift = await makeShift(sql, as, service, { from: now(-10), to: now(60), capacity: 2 })
    const place = await makePlace(sql, shift, mei)
    const cardOf = async (who: Person) => (await call(region, service.manager, one => one`select public.issue_card(${who.id}, false) as number`) as { number: string }[])[0]!.number
    const scan = (card: string, who = service.manager) => call(region, who, one => one`select name, outcome from public.scan_service_card(${shift}, ${card})`)
    const mine = await cardOf(mei)
    for (const outcome of ['in', 'again']) expect(await scan(`https://portal.example/c/${mine}`)).toEqual([{ name: '王秀英', outcome }])
    await sql`alter table public.service_checks disable trigger service_checks_append_only`
    await sql`update public.service_checks set at = now() - interval '4 minutes' where place_id = ${place}`
    await sql`alter table public.service_checks enable trigger service_checks_append_only`
    for (const outcome of ['out', 'gone']) expect(await scan(mine)).toEqual([{ name: '王秀英', outcome }])
    expect(await sql`select what, proof from public.service_checks where place_id = ${place} order by id`).toEqual([{ what: 'in', proof: 'scanned' }, { what: 'out', proof: 'scanned' }])
    const hua = await makeVolunteer(sql, service, '李桂花')
    expect(await scan(await cardOf(hua))).toEqual([{ name: '李桂花', outcome: 'in' }])
    const lin = await makeVolunteer(sql, service, '林志强')
    await expect(scan(await cardOf(lin))).rejects.toEqual(refused('shift_full'))
    await expect(scan(await cardOf(await makePerson(sql, service.places.willow)))).rejects.toEqual(refused('volunteer_needed'))
    await expect(scan('12345')).rejects.toEqual(refused('service_card_unknown'))
    await sql`update public.person_cards set revoked_at = now() where number = ${mine}`
    await expect(scan(mine)).rejects.toEqual(refused('service_card_revoked'))
    const [own] = await sql`insert into public.person_cards (number, person_id) values (private.draw_card_number(), ${service.manager.id}) returning number`
    await expect(scan(own!.number as string)).rejects.toEqual(refused('own_account'))
    const stranger = await makeStaff(sql, service.places.otherTownship, service.places.harbour, 'manager')
    await expect(scan(mine, stranger)).rejects.toEqual(refused('shift_unknown'))
  }))
})

describe('hours', () => {
  it('become a service record, a record of participation and credits at once, however often it is pressed', () => inRegion(async (region) => {
    const { mei } = region
    const { shift } = await serve(region, '09:00', '11:00', mei)
    expect(await confirm(region, shift)).toMatchObject([{ is_new: true, minutes: 120, milli_credits: 2400 }])
    expect(await confirm(region, shift, region.service.second)).toMatchObject([{ is_new: false, minutes: 120 }])
    expect(await facts(region, mei)).toEqual([{ hours: 2, status: 'attended', role: 'volunteer' }])
    expect(await credits(region, mei)).toBe(2400)
  }))

  it('served at two units at once count once, in class not at all, and above eight a day no more', () => inRegion(async (region) => {
    const { sql, mei } = region
    await makeClass(sql, mei, china('08:00'), china('09:00'))
    const early = await serve(region, '08:00', '13:00', mei)
    const same = await serve(region, '11:00', '14:00', mei)
    const late = await serve(region, '14:00', '20:00', mei)
    for (const { shift } of [late, same, early]) await confirm(region, shift)
    expect(await standing(region, early.place)).toMatchObject([{ minutes: 240, class_minutes: 60 }])
    expect(await standing(region, same.place)).toMatchObject([{ minutes: 60, overlap_minutes: 120 }])
    expect(await standing(region, late.place)).toMatchObject([{ minutes: 180, cap_minutes: 180 }])
    expect(await credits(region, mei)).toBe(480 * 20)
  }))

  it('give way to a class that is put on record later, and come back when that is corrected', () => inRegion(async (region) => {
    const { sql, mei, service } = region
    const { shift, place } = await serve(region, '09:00', '11:00', mei)
    await confirm(region, shift)
    const fact = await makeClass(sql, mei, china('10:00'), china('11:00'))
    await sql`select private.recount_service(100)`
    expect(await standing(region, place)).toMatchObject([{ kind: 'recounted', minutes: 60, class_minutes: 60 }])
    expect(await credits(region, mei)).toBe(1200)
    await call(region, service.manager, one => one`select public.correct_participation(${fact}, 'not_attended', '{}', '没有去上课')`)
    await sql`select private.recount_service(100)`
    expect(await standing(region, place)).toMatchObject([{ kind: 'recounted', minutes: 120 }])
    expect(await credits(region, mei)).toBe(2400)
  }))

  it('are corrected by a new row that takes back what the old one fed, and what overlapped counts after all', () => inRegion(async (region) => {
    const { sql, mei, service } = region
    const one = await serve(region, '09:00', '11:00', mei)
    const two = await serve(region, '09:00', '12:00', mei)
    for (const { shift } of [one, two]) await confirm(region, shift)
    expect(await standing(region, two.place)).toMatchObject([{ minutes: 60 }])
    await call(region, service.manager, it => it`select public.correct_service(${one.place}, null, null, '那天没有来')`)
    expect(await standing(region, one.place)).toMatchObject([{ kind: 'withdrawn', minutes: 0, reason: '那天没有来' }])
    expect(await standing(region, two.place)).toMatchObject([{ kind: 'recounted', minutes: 180 }])
    expect((await facts(region, mei)).filter(fact => fact.status === 'attended')).toEqual([{ hours: 3, status: 'attended', role: 'volunteer' }])
    expect(await credits(region, mei)).toBe(3600)
    await call(region, service.manager, it => it`select public.correct_service(${one.place}, ${china('09:00')}, ${china('09:30')}, '来了半小时')`)
    expect(await standing(region, one.place)).toMatchObject([{ kind: 'corrected', minutes: 30 }])
    expect(await credits(region, mei)).toBe(3600)
    await expect(sql.savepoint(inner => inner`update public.service_records set minutes = 720`)).rejects.toEqual(refused('append_only'))
    const [{ fact }] = await sql`select private.standing_record(participation_id) as fact from private.standing_service(${two.place})` as unknown as [{ fact: number }]
    await expect(call(region, service.manager, it => it`select public.correct_participation(${fact}, 'wrong_hours', '{"hours": 8}', '多算一点')`)).rejects.toEqual(refused('service_corrected_there'))
  }))

  it('are confirmed and corrected by nobody for themselves', () => inRegion(async (region) => {
    const { sql, service } = region
    await sql`insert into public.volunteers (person_id, unit_id, source, status, by_self, decided_at) values (${service.manager.id}, ${service.places.school}, 'unit_staff', 'active', false, now())`
    const { shift, place } = await serve(region, '09:00', '10:00', service.manager)
    expect(await confirm(region, shift)).toMatchObject([{ outcome: 'own_account' }])
    expect(await confirm(region, shift, service.second)).toMatchObject([{ outcome: 'confirmed', minutes: 60 }])
    await expect(call(region, service.manager, one => one`select public.correct_service(${place}, null, null, '不算了')`)).rejects.toEqual(refused('own_account'))
  }))
})

describe('hours entered later', () => {
  it('need a reason and a second person', () => inRegion(async (region) => {
    const { service, mei } = region
    const shift = await shiftAt(region, '09:00', '11:00')
    const ask = (reason: string) => call(region, service.manager, one => one`select public.ask_service_backfill(${shift}, ${mei.id}, ${china('09:00')}, ${china('10:30')}, ${reason}) as id`)
    await expect(ask('')).rejects.toEqual(refused('backfill_reason_missing'))
    const [{ id }] = await ask('签到表被雨淋湿，照片为证') as [{ id: number }]
    await expect(ask('再来一次试试')).rejects.toEqual(refused('backfill_waits'))
    const decide = (who: Person, agrees: boolean, answer: string | null = null) => call(region, who, one => one`select public.decide_service_backfill(${id}, ${agrees}, ${answer})`)
    await expect(decide(service.manager, true)).rejects.toEqual(refused('second_person_needed'))
    await decide(service.second, true)
    await decide(service.second, true)
    await expect(decide(service.second, false, '不同意')).rejects.toEqual(refused('backfill_decided'))
    expect(await call(region, mei, one => one`select title, minutes, proof, backfill from public.my_service()`)).toEqual([{ title: '敬老院陪伴', minutes: 90, proof: 'back_filled', backfill: 'agreed' }])
    expect(await credits(region, mei)).toBe(1800)
  }))
})

describe('a dispute', () => {
  it('is answered once, within fifteen days, and what it changes is a correction', () => inRegion(async (region) => {
    const { service, mei } = region
    const { shift, place } = await serve(region, '09:00', '11:00', mei)
    await confirm(region, shift)
    const dispute = () => call(region, mei, one => one`select public.dispute_service(${place}, '我九点就到了，只走得早一点') as id`)
    const [{ id }] = await dispute() as [{ id: number }]
    expect(await dispute()).toEqual([{ id }])
    expect(await call(region, service.manager, one => one`select days_left, words from public.service_disputes_at_desk(${service.places.school})`)).toEqual([{ days_left: 15, words: '我九点就到了，只走得早一点' }])
    expect(await call(region, service.manager, one => one`select disputes from public.service_due(${service.places.township})`)).toEqual([{ disputes: 1 }])
    const answer = (words: string) => call(region, service.manager, one => one`select public.answer_service_dispute(${id}, ${words}, ${china('09:00')}, ${china('10:00')}) as outcome`)
    await expect(answer('')).rejects.toEqual(refused('dispute_answer_missing'))
    expect(await answer('已按签到表改正')).toEqual([{ outcome: 'changed' }])
    await expect(answer('再答一次')).rejects.toEqual(refused('dispute_answered'))
    expect(await standing(region, place)).toMatchObject([{ kind: 'corrected', minutes: 60, reason: '已按签到表改正' }])
    const hua = await makeVolunteer(region.sql, service, '李桂花')
    await expect(call(region, hua, one => one`select public.dispute_service(${place}, '这不是我的服务')`)).rejects.toEqual(refused('place_unknown'))
  }))

  it('of hours that were never confirmed is answered by confirming them', () => inRegion(async (region) => {
    const { sql, service, mei } = region
    const place = await makePlace(sql, await shiftAt(region, '09:00', '11:00'), mei)
    const [{ id }] = await call(region, mei, one => one`select public.dispute_service(${place}, '我来了，签到机坏了') as id`) as [{ id: number }]
    await call(region, service.manager, one => one`select public.answer_service_dispute(${id}, '照片里有您', ${china('09:00')}, ${china('11:00')})`)
    expect(await standing(region, place)).toMatchObject([{ kind: 'confirmed', minutes: 120, proof: 'supervised' }])
  }))
})

describe('a certificate of service', () => {
  it('is numbered, the same while nothing changes, and revoked when hours are corrected', () => inRegion(async (region) => {
    const { sql, service, mei } = region
    const { shift, place } = await serve(region, '09:00', '11:00', mei)
    const ask = () => call(region, mei, one => one`select public.request_service_certificate('2020-01-01', current_date + 1) as id`)
    await expect(ask()).rejects.toEqual(refused('no_service_yet'))
    await confirm(region, shift)
    const [{ id }] = await ask() as [{ id: number }]
    expect(await ask()).toEqual([{ id }])
    const year = (await sql`select extract(year from private.china_date(now()))::integer as year`)[0]!.year
    expect(await call(region, mei, one => one`select number, minutes, revoked_at from public.my_service_certificates()`)).toEqual([{ number: expect.stringMatching(new RegExp(`^${year}-\\d{6}$`)), minutes: 120, revoked_at: null }])
    await call(region, service.manager, one => one`select public.correct_service(${place}, ${china('09:00')}, ${china('10:00')}, '提前走了')`)
    const [{ id: anew }] = await ask() as [{ id: number }]
    expect(anew).not.toBe(id)
    expect(await sql`select credential.revoked_reason from public.credentials credential where credential.id in (${id}, ${anew}) order by id`).toEqual([{ revoked_reason: 'ground_reversed' }, { revoked_reason: null }])
  }))
})

describe('the share of residents who serve', () => {
  it('counts registered people with an hour in the days asked for, beside the residents; without these there is no share', () => inRegion(async (region) => {
    const { sql, service, mei } = region
    await makeVolunteer(sql, service, '没有服务的人')
    const { shift } = await serve(region, '09:00', '11:00', mei)
    await confirm(region, shift)
    const share = () => call(region, service.manager, one => one`select name, registered, served, minutes, residents, missing_count from public.volunteer_share(${service.places.township}, private.china_date(now()) - 30, private.china_date(now()))`)
    expect(await share()).toEqual(expect.arrayContaining([
      { name: '柳溪镇', registered: 2, served: 1, minutes: 120, residents: null, missing_count: 2 },
      { name: '柳溪村', registered: 2, served: 1, minutes: 120, residents: null, missing_count: 1 },
      { name: '果园村', registered: 0, served: 0, minutes: 0, residents: null, missing_count: 1 },
    ]))
    expect(await call(region, service.manager, one => one`select name, times from public.volunteers_at_desk(${service.places.willow}, null, '', true, true, private.china_date(now()) - 30, private.china_date(now()))`))
      .toEqual([{ name: '王秀英', times: 1 }])
    // Who sees figures without names sees no small numbers, nor those that would give them away; the manager of the town does.
    const teacher = await makeStaff(sql, service.places.school, service.places.willow, 'teacher')
    const hidden = (who: Person, unit: number) => call(region, who, one => one`select name, registered, served, minutes from public.volunteer_share(${unit}, private.china_date(now()) - 30, private.china_date(now()))`)
    expect(await hidden(teacher, service.places.township)).toEqual(expect.arrayContaining([{ name: '柳溪镇', registered: null, served: null, minutes: null }, { name: '柳溪村', registered: null, served: null, minutes: null }]))
    // Nobody is registered any more, and the hours of one who was would still tell of one.
    await sql`update public.volunteers set status = 'ended', ended_at = now(), reason = '搬走了'`
    expect(await hidden(teacher, service.places.township)).toEqual(expect.arrayContaining([{ name: '柳溪村', registered: null, served: null, minutes: null }, { name: '果园村', registered: 0, served: 0, minutes: 0 }]))
    const stranger = await makeStaff(sql, service.places.otherTownship, service.places.harbour, 'manager')
    await expect(call(region, stranger, one => one`select * from public.volunteer_share(${service.places.township}, current_date, current_date)`)).rejects.toThrow()
  }))
})
