// What pages read of volunteers: each reader answers what happened, and nothing to whom it does not concern.
import { describe, expect, it } from 'vitest'
import { type As, makePerson, makeStaff, type Person, type Transaction, withRollback } from '../fixtures/database.ts'
import { ago, makePlace, makeService, makeShift, makeVolunteer, type Service } from '../fixtures/volunteers.ts'

interface Region { sql: Transaction, as: As, service: Service, mei: Person }
const inRegion = (test: (region: Region) => Promise<unknown>) => withRollback(async (sql, as) => {
  const service = await makeService(sql)
  await test({ sql, as, service, mei: await makeVolunteer(sql, service) })
})
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
