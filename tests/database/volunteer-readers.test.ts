// What pages read of volunteers: each reader answers what happened, and nothing to whom it does not concern.
import { describe, expect, it } from 'vitest'
import { openVault } from '../../server/privacy/vault.ts'
import { type As, makePerson, makeStaff, type Person, type Transaction, withRollback } from '../fixtures/database.ts'
import { ago, fieldsOf, makePlace, makeService, makeShift, makeVolunteer, type Service } from '../fixtures/volunteers.ts'

interface Region { sql: Transaction, as: As, service: Service, mei: Person }
const inRegion = (test: (region: Region) => Promise<unknown>) => withRollback(async (sql, as) => {
  const service = await makeService(sql)
  await test({ sql, as, service, mei: await makeVolunteer(sql, service) })
})
/** So many hours after nine in the morning in China, tomorrow. */
const tomorrow = (hours: number) => new Date((Math.floor((Date.now() + 8 * 3_600_000) / 86_400_000) + 1) * 86_400_000 + (1 + hours) * 3_600_000)
const refused = (code: string) => expect.objectContaining({ message: code })

describe('residents', () => {
  it('find what is published and to come, visitors too; near a place only its own', () => inRegion(async ({ sql, as, service, mei }) => {
    const shift = await makeShift(sql, as, service, { from: ago(-48), to: ago(-50), capacity: 3 })
    await makeShift(sql, as, service, { from: ago(26), to: ago(24) })
    await as(mei.account, one => one`select * from public.take_service_place(${shift})`)
    const find = (who: string, near: number | null) => as(who, one => one`select title, role, unit_name, total, shifts from public.find_service(${near})`)
    expect(await find('anon', null)).toMatchObject([{ title: '敬老院陪伴', role: '陪伴志愿者', unit_name: '柳溪社区学校', total: 1, shifts: [{ id: shift, capacity: 3, free: 2 }] }])
    expect(await find(mei.account, service.places.township)).toHaveLength(1)
    expect(await find(mei.account, service.places.otherTownship)).toEqual([])
  }))

  it('are told where they may register and how their registration stands', () => inRegion(async ({ sql, as, service, mei }) => {
    await as(service.manager.account, one => one`select public.save_volunteer_team(${service.places.school}, null, '银龄队', '', private.china_date(now()), null)`)
    const units = await as(mei.account, one => one`select name, teams from public.volunteer_units()`)
    expect(units.map(unit => unit.name)).toEqual(expect.arrayContaining(['柳溪村', '柳溪社区学校', '柳溪镇']))
    expect(units.find(unit => unit.name === '柳溪社区学校')!.teams).toMatchObject([{ name: '银龄队' }])
    const place = await makePlace(sql, await makeShift(sql, as, service, { from: ago(5), to: ago(3) }), mei, ago(5), ago(3))
    expect(await as(mei.account, one => one`select status, unit_name, minutes from public.my_volunteering()`)).toEqual([{ status: 'active', unit_name: '柳溪社区学校', minutes: 0 }])
    expect(await as(mei.account, one => one`select place_id, title, came_at, left_at, kind, is_coming from public.my_service()`))
      .toEqual([{ place_id: place, title: '敬老院陪伴', came_at: ago(5), left_at: ago(3), kind: null, is_coming: false }])
    const hua = await makePerson(sql, service.places.willow, { name: '李桂花' })
    expect(await as(hua.account, one => one`select * from public.my_volunteering()`)).toEqual([])
    expect(await as(hua.account, one => one`select * from public.my_service()`)).toEqual([])
    expect(await as(hua.account, one => one`select id from public.service_places`)).toEqual([])
    await expect(as('anon', one => one`select id from public.service_places`)).rejects.toThrow('permission denied')
  }))
})

describe('the desk', () => {
  it('reads registry, teams, calls, rosters and what waits; other places read nothing', () => inRegion(async ({ sql, as, service, mei }) => {
    const { places, manager } = service
    await sql`update public.persons set pinyin = 'wang xiu ying', initials = 'wxy' where id = ${mei.id}`
    const shift = await makeShift(sql, as, service, { from: ago(5), to: ago(3) })
    await makePlace(sql, shift, mei, ago(5), ago(3), 'scanned')
    const read = <T extends object>(query: (one: Transaction) => PromiseLike<readonly T[]>, who = manager) => as(who.account, async one => await query(one))
    expect(await read(one => one`select asked, shifts from public.service_due(${places.township})`)).toEqual([{ asked: 0, shifts: 1 }])
    expect(await read(one => one`select came_by, left_by, kind from public.service_roster(${shift})`)).toEqual([{ came_by: 'scanned', left_by: 'scanned', kind: null }])
    await read(one => one`select * from public.confirm_service(${shift})`)
    expect(await read(one => one`select minutes, proof, milli_credits from public.service_roster(${shift})`)).toEqual([{ minutes: 120, proof: 'scanned', milli_credits: 2400 }])
    expect(await read(one => one`select title, state, shifts from public.service_at_desk(${places.township})`)).toMatchObject([{ title: '敬老院陪伴', state: 'over', shifts: [{ id: shift, taken: 1, isOver: true, unconfirmed: 0 }] }])
    expect(await read(one => one`select title, unit_name, taken from public.service_shift_at_desk(${shift})`)).toEqual([{ title: '敬老院陪伴', unit_name: '柳溪社区学校', taken: 1 }])
    for (const asked of ['wxy', 'wang xiu', '王秀英']) {
      expect(await read(one => one`select name, minutes, times, total from public.volunteers_at_desk(${places.township}, null, ${asked})`)).toEqual([{ name: '王秀英', minutes: 120, times: 1, total: 1 }])
    }
    const team = (await read(one => one`select public.save_volunteer_team(${places.school}, null, '银龄队', '', private.china_date(now()), null) as id`) as { id: number }[])[0]!.id
    const [{ id }] = await sql`select id from public.volunteers where person_id = ${mei.id}` as unknown as [{ id: number }]
    await read(one => one`select public.move_volunteer(${id}, ${team})`)
    const [training] = await read(one => one`select public.add_volunteer_training(${id}, '急救培训', private.china_date(now()), 2) as id`) as [{ id: number }]
    expect(await read(one => one`select name, members from public.teams_at_desk(${places.township})`)).toEqual([{ name: '银龄队', members: 1 }])
    expect((await read(one => one`select public.volunteer_at_desk(${id}) as one`) as { one: object }[])[0]!.one)
      .toMatchObject({ name: '王秀英', teamId: team, trainings: [{ title: '急救培训', hours: 2 }], service: [{ title: '敬老院陪伴', minutes: 120, proof: 'scanned' }] })
    await read(one => one`select public.take_volunteer_training_back(${training.id})`)
    expect(await sql`select title, taken_back_at is not null as gone from public.volunteer_trainings`).toEqual([{ title: '急救培训', gone: true }])
    await expect(read(one => one`select public.save_volunteer_team(${places.school}, null, ' 银龄 队', '', private.china_date(now()), null)`)).rejects.toEqual(refused('team_named_so'))

    const stranger = await makeStaff(sql, places.otherTownship, places.harbour, 'manager')
    await expect(read(one => one`select * from public.service_roster(${shift})`, stranger)).rejects.toEqual(refused('shift_unknown'))
    await expect(read(one => one`select public.volunteer_at_desk(${id})`, stranger)).rejects.toEqual(refused('volunteer_unknown'))
    for (const call of ['volunteers_at_desk', 'teams_at_desk', 'service_at_desk', 'service_disputes_at_desk', 'service_due']) {
      await expect(read(one => one.unsafe(`select * from public.${call}(${places.township})`), stranger), call).rejects.toEqual(refused('unit_not_yours'))
    }
  }))

  it('calls a shift off before it begins, with a reason that whoever has a place reads', () => inRegion(async ({ sql, as, service, mei }) => {
    const shift = await makeShift(sql, as, service, { from: ago(-48), to: ago(-50) })
    await as(mei.account, one => one`select * from public.take_service_place(${shift})`)
    const [{ call }] = await sql`select opportunity_id as call from public.service_shifts where id = ${shift}` as unknown as [{ call: number }]
    const cancel = (reason: string) => as(service.manager.account, one => one`select public.cancel_service(${call}, ${shift}, ${reason})`)
    await expect(cancel('')).rejects.toEqual(refused('reason_missing'))
    await cancel('下大雨')
    expect(await as(mei.account, one => one`select cancel_reason, is_coming from public.my_service()`)).toEqual([{ cancel_reason: '下大雨', is_coming: false }])
    const hua = await makeVolunteer(sql, service, '李桂花')
    await expect(as(hua.account, one => one`select * from public.take_service_place(${shift})`)).rejects.toEqual(refused('shift_cancelled'))
  }))
})

describe('a volunteer is told', () => {
  const told = ({ as }: Region, who: Person) => as(who.account, one => one`select kind, title, venue, details from public.my_notices()`)
  const kinds = async (region: Region, who: Person) => (await told(region, who)).map(({ kind }) => kind)
  const asJob = ({ sql }: Region, query: (one: Transaction) => Promise<readonly object[]>) => sql.savepoint(async (inner) => {
    await inner`set local role job_server`
    const answer = await query(inner)
    await inner`reset role`
    return answer
  })
  const callOf = async ({ sql }: Region, shift: number) => (await sql`select opportunity_id as id from public.service_shifts where id = ${shift}`)[0]!.id as number

  it('the answer to a registration, and when the unit ends it; not what one does oneself', () => inRegion(async (region) => {
    const { sql, as, service } = region
    const hua = await makePerson(sql, service.places.willow, { name: '李桂花' })
    const register = async () => (await as(hua.account, one => one`select volunteer_id as id from public.register_volunteer(${service.places.school}, null, null, 'skilled', '', '')`))[0]!.id as number
    const manage = (query: (one: Transaction) => Promise<unknown>) => as(service.manager.account, query)
    const first = await register()
    await manage(one => one`select public.decide_volunteer(${first}, false, '名额满了')`)
    const second = await register()
    for (let time = 0; time < 2; time++) await manage(one => one`select public.decide_volunteer(${second}, true)`)
    await manage(one => one`select public.end_volunteer(${second}, '搬走了')`)
    const third = await register()
    await as(hua.account, one => one`select public.end_volunteer(${third})`)
    expect(await told(region, hua)).toMatchObject([
      { kind: 'volunteer_ended', title: '柳溪社区学校', details: { reason: '搬走了' } }, { kind: 'volunteer_accepted', details: {} }, { kind: 'volunteer_refused', details: { reason: '名额满了' } },
    ])
  }))

  it('that a shift is elsewhere or called off, and of a place that staff gave or took; once of the shift of tomorrow', () => inRegion(async (region) => {
    const { sql, as, service, mei } = region
    const shift = await makeShift(sql, as, service, { from: ago(-38), to: ago(-40) })
    const hua = await makeVolunteer(sql, service, '李桂花')
    await as(mei.account, one => one`select * from public.take_service_place(${shift})`)
    const [{ place_id: given }] = await as(service.manager.account, one => one`select * from public.take_service_place(${shift}, ${hua.id})`) as unknown as [{ place_id: number }]
    expect([await kinds(region, mei), await kinds(region, hua)]).toEqual([[], ['place_got']])
    await as(service.manager.account, one => one`select public.give_service_place_up(${given})`)
    const call = await callOf(region, shift)
    const save = (more: object) => as(service.manager.account, one => one`select public.save_opportunity(null, ${call}, ${one.json(fieldsOf(more))})`)
    await save({ about: '带水' })
    await save({ venue: '柳溪文化站' })
    await sql`update public.service_places set at = now() - interval '4 hours' where shift_id = ${shift}`
    await sql`update public.service_shifts set starts_at = ${tomorrow(0)}, ends_at = ${tomorrow(2)} where id = ${shift}`
    for (let time = 0; time < 2; time++) await asJob(region, one => one`select private.remind_of_shifts()`)
    await as(service.manager.account, one => one`select public.cancel_service(${call}, ${shift}, '下大雨')`)
    expect(await kinds(region, hua)).toEqual(['place_lost', 'place_got'])
    expect(await told(region, mei)).toMatchObject([
      { kind: 'shift_cancelled', venue: '柳溪文化站', details: { reason: '下大雨' } }, { kind: 'shift_soon' }, { kind: 'shift_changed', title: '敬老院陪伴', details: { venueWas: '柳溪敬老院' } },
    ])
    expect(await as(hua.account, one => one`select id from public.notices where person_id = ${mei.id}`)).toEqual([])
  }))

  it('the hours that count, what was answered or was not in time, and a certificate', () => inRegion(async (region) => {
    const { sql, as, service, mei } = region
    const shift = await makeShift(sql, as, service, { from: ago(5), to: ago(3) })
    const place = await makePlace(sql, shift, mei, ago(5), ago(3))
    const manage = (query: (one: Transaction) => Promise<unknown>) => as(service.manager.account, query)
    for (let time = 0; time < 2; time++) await manage(one => one`select * from public.confirm_service(${shift})`)
    const dispute = async () => (await as(mei.account, one => one`select public.dispute_service(${place}, '少算了半小时') as id`))[0]!.id as number
    const first = await dispute()
    await sql`update public.service_disputes set due_on = private.china_date(now()) - 1 where id = ${first}`
    for (let time = 0; time < 2; time++) await asJob(region, one => one`select private.tell_late_disputes()`)
    await manage(one => one`select public.answer_service_dispute(${first}, '按签退时间', null, null)`)
    await manage(one => one`select public.correct_service(${place}, ${ago(5)}, ${ago(4)}, '提前走了')`)
    const [{ id: certificate }] = await as(mei.account, one => one`select public.request_service_certificate(private.china_date(now()) - 9, private.china_date(now())) as id`) as unknown as [{ id: number }]
    await sql`update public.credentials set document = '{}', signed_at = now() where id = ${certificate}`
    expect(await told(region, mei)).toMatchObject([
      { kind: 'certificate_ready', title: '志愿服务证明', details: { number: expect.stringMatching(/^\d{4}-\d{6}$/) } }, { kind: 'hours_corrected', details: { minutes: 60, reason: '提前走了' } },
      { kind: 'dispute_answered', details: { outcome: 'kept', reason: '按签退时间' } }, { kind: 'dispute_late' }, { kind: 'hours_confirmed', title: '敬老院陪伴', details: { minutes: 120 } },
    ])
    expect(await sql`select * from private.service_faults()`).toEqual([])
  }))

  it('by text message once, in the day or when it is near; a helper’s number is told nothing of it', () => inRegion(async (region) => {
    const { sql, as, service, mei } = region
    const hua = await makeVolunteer(sql, service, '李桂花')
    const helper = await makePerson(sql, service.places.willow, { name: '赵小军', birthYear: 1980 })
    await sql`insert into public.helpers (person_id, helper_id, relation, consent, consent_at) values (${hua.id}, ${helper.id}, 'child', 'own', now())`
    await sql`delete from private.person_contacts where person_id in (${mei.id}, ${hua.id}, ${helper.id})`
    for (const who of [mei, helper]) {
      const { cipher, keyId, lookup, masked } = openVault(`1:${Buffer.alloc(32, 7).toString('base64')}`).seal('phone', `139${String(who.id).padStart(8, '0')}`)
      await sql`update identity.accounts set phone_lookup = ${lookup.toString('hex')}, phone_cipher = ${cipher}, phone_key_id = ${keyId}, phone_mask = ${masked} where id = ${who.account}`
    }
    const inHours = (hours: number) => new Date(Date.now() + hours * 3_600_000)
    for (const hours of [6, 90]) {
      const shift = await makeShift(sql, as, service, { from: inHours(hours), to: inHours(hours + 1) })
      for (const who of [mei, hua]) await as(who.account, one => one`select * from public.take_service_place(${shift})`)
      const call = await callOf(region, shift)
      await as(service.manager.account, one => one`select public.cancel_service(${call}, ${shift}, ${`${hours}小时后停电`})`)
    }
    const take = async () => (await asJob(region, one => one`select kind, details from private.take_notices_to_text(50)`) as { details: { reason: string } }[]).map(({ details }) => details.reason)
    const [{ day }] = await sql`select private.is_waking(now()) as day` as unknown as [{ day: boolean }]
    expect(await take()).toEqual(['6小时后停电', ...day ? ['90小时后停电'] : []])
    expect(await take()).toEqual([])
    expect(await sql`select private.is_waking('2026-03-05T07:59:00+08:00') as early, private.is_waking('2026-03-05T08:00:00+08:00') as morning, private.is_waking('2026-03-05T21:00:00+08:00') as night`).toEqual([{ early: false, morning: true, night: false }])
    expect(await kinds(region, helper)).toEqual([])
    expect(await as(helper.account, one => one`select id from public.notices`)).toEqual([])
  }))
})
