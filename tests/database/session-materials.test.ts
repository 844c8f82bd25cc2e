// The six materials of a session: filed by the school, accepted or given back by whoever is above it, photos with consent.
import { describe, expect, it } from 'vitest'
import { type As, makeNetwork, makePerson, makeStaff, type Network, type Person, type Transaction, withRollback } from '../fixtures/database.ts'
import { publish, type School } from '../fixtures/activities.ts'

interface Office { sql: Transaction, as: As, places: Network, manager: Person, tutor: Person, above: Person, elsewhere: Person, session: number }
/** A school in a township, somebody who approves in the county above, and a session that is over. */
const inTheOffice = (test: (office: Office) => Promise<unknown>, startsIn = [-3]) => withRollback(async (sql, as) => {
  const places = await makeNetwork(sql)
  const school: School = { places, manager: await makeStaff(sql, places.school, places.willow, 'manager'), tutor: await makeStaff(sql, places.school, places.willow, 'tutor') }
  const { sessions } = await publish(sql, as, school, { startsIn, fields: { signUp: 'none' } })
  await test({ sql, as, ...school, above: await makeStaff(sql, places.county, places.willow, 'manager'), elsewhere: await makeStaff(sql, places.otherTownship, places.harbour, 'manager'), session: sessions[0]! })
})
const refused = (message: string) => expect.objectContaining({ message })
const photo = (over: object = {}) => ({ kind: 'photo', people: 'agreed', minors: 'none', file: { id: crypto.randomUUID(), kind: 'image/jpeg', bytes: 3, cipher: 'AAEC', keyId: 1 }, ...over })
const save = ({ as, session }: Office, who: Person, given: object) => as(who.account, async sql => Number((await sql`select public.save_material(${session}, ${sql.json(given as never)}) as id`)[0]!.id))
const submit = ({ as, session }: Office, who: Person) => as(who.account, sql => sql`select public.submit_materials(${session})`)
const decide = ({ as }: Office, who: Person, id: number, accepts: boolean, reason: string | null = null) => as(who.account, sql => sql`select public.decide_material(${id}, ${accepts}, ${reason})`)
const file = ({ as, session }: Office, who: Person) => as(who.account, async sql => (await sql`select public.session_file(${session}) as one`)[0]!.one)
const list = ({ as, places }: Office, who: Person, only: string | null = null) => as(who.account, sql => sql`
  select session_id, kinds, missing, waiting, total, all_sessions, complete, missing_of from public.sessions_with_materials(${places.township}, (now() - interval '30 days')::date, (now() + interval '1 day')::date, ${only})`)

describe('a material', () => {
  it('is filed by those who plan there, and by nobody else', () => inTheOffice(async (office) => {
    const plan = { kind: 'study_plan', body: '学会用微信' }
    await expect(save(office, office.elsewhere, plan)).rejects.toEqual(refused('session_unknown'))
    await expect(save(office, await makePerson(office.sql, office.places.willow), plan)).rejects.toEqual(refused('session_unknown'))
    await expect(office.as('anon', sql => sql`select public.save_material(${office.session}, '{}')`)).rejects.toThrow(/permission denied/)
    const id = await save(office, office.tutor, plan)
    expect((await file(office, office.tutor)).materials).toMatchObject([{ id, kind: 'study_plan', status: 'draft', origin: 'original', isOwn: true }])
    for (const role of [office.elsewhere.account, 'anon']) expect(await office.as(role, sql => sql`select count(*)::integer as n from public.session_materials`).catch(() => [{ n: 0 }])).toEqual([{ n: 0 }])
  }))

  it('needs something in it, a day that has been, and of a record a session that has begun', () => inTheOffice(async (office) => {
    await expect(save(office, office.tutor, { kind: 'study_plan' })).rejects.toEqual(refused('material_empty'))
    await expect(save(office, office.tutor, { kind: 'poem', body: '诗一首' })).rejects.toEqual(refused('material_kind_unknown'))
    await expect(save(office, office.tutor, { kind: 'study_plan', body: '计划', madeOn: '2999-01-01' })).rejects.toEqual(refused('made_on_invalid'))
    await office.sql`update public.activity_sessions set starts_at = now() + interval '1 day', ends_at = now() + interval '25 hours' where id = ${office.session}`
    await expect(save(office, office.tutor, { kind: 'press_note', body: '新闻' })).rejects.toEqual(refused('session_not_begun'))
    expect(await save(office, office.tutor, { kind: 'activity_plan', body: '方案' })).toBeGreaterThan(0)
  }))

  it('is accepted above and by another, given back with a reason, written anew, and then stays', () => inTheOffice(async (office) => {
    const id = await save(office, office.tutor, { kind: 'press_note', body: '昨天办了一场' })
    await expect(decide(office, office.above, id, true)).rejects.toEqual(refused('material_not_submitted'))
    await submit(office, office.tutor)
    await expect(submit(office, office.tutor)).rejects.toEqual(refused('no_material_to_submit'))
    // The school's own manager approves plans there, but is not above the township.
    await expect(decide(office, office.manager, id, true)).rejects.toEqual(refused('unit_not_yours'))
    await expect(decide(office, office.elsewhere, id, true)).rejects.toEqual(refused('material_unknown'))
    await expect(decide(office, office.above, id, false)).rejects.toEqual(refused('reason_missing'))
    await decide(office, office.above, id, false, '写上地点')
    expect((await file(office, office.tutor)).materials).toMatchObject([{ status: 'returned', returnedReason: '写上地点' }])
    expect((await file(office, office.tutor)).kinds.press_note).toBe('returned')
    expect(await save(office, office.tutor, { kind: 'press_note', body: '昨天在柳溪办了一场' })).toBe(id)
    await submit(office, office.tutor)
    await decide(office, office.above, id, true)
    await expect(save(office, office.tutor, { kind: 'press_note', body: '改一改' })).rejects.toEqual(refused('material_accepted'))
    // Whoever wrote it does not decide, also from above.
    const own = await save(office, office.above, { kind: 'study_plan', body: '计划' })
    await submit(office, office.above)
    await expect(decide(office, office.above, own, true)).rejects.toEqual(refused('own_material'))
  }))

  it('that is a copy says where the original lies', () => inTheOffice(async (office) => {
    await save(office, office.tutor, { kind: 'study_record', body: '讲了拍照', originalAt: '学校档案柜 2 号' })
    expect((await file(office, office.tutor)).materials).toMatchObject([{ origin: 'copy', originalAt: '学校档案柜 2 号' }])
    await expect(office.sql.savepoint(inner => inner`update public.session_materials set original_at = null`)).rejects.toThrow(/copy_says_where/)
  }))
})

describe('a photo', () => {
  it('is not filed without consent, of children not without their guardians, also behind the function', () => inTheOffice(async (office) => {
    await expect(save(office, office.tutor, photo({ people: '' }))).rejects.toEqual(refused('photo_consent_missing'))
    await expect(save(office, office.tutor, photo({ minors: undefined }))).rejects.toEqual(refused('photo_guardians_missing'))
    await expect(save(office, office.tutor, photo({ file: null }))).rejects.toEqual(refused('photo_invalid'))
    await save(office, office.tutor, photo({ minors: 'guardians' }))
    await expect(office.sql.savepoint(inner => inner`update public.session_materials set minors_agreed = null`)).rejects.toThrow(/photo_with_consent/)
  }))

  it('goes for good when it is withdrawn, accepted or not', () => inTheOffice(async (office) => {
    const id = await save(office, office.tutor, photo())
    await submit(office, office.tutor)
    await decide(office, office.above, id, true)
    expect((await file(office, office.tutor)).kinds.photo).toBe('accepted')
    const withdraw = (who: Person, reason: string) => office.as(who.account, sql => sql`select public.withdraw_photo(${id}, ${reason})`)
    await expect(withdraw(office.elsewhere, '有人不同意')).rejects.toEqual(refused('material_unknown'))
    await expect(withdraw(office.tutor, ' ')).rejects.toEqual(refused('reason_missing'))
    await withdraw(office.tutor, '照片上有人不再同意')
    expect(await office.sql`select count(*)::integer as n from private.material_files`).toEqual([{ n: 0 }])
    expect((await file(office, office.tutor)).kinds.photo).toBe('missing')
    await expect(office.as(office.tutor.account, sql => sql`select public.reveal_material(${id})`)).rejects.toEqual(refused('file_unknown'))
  }))

  it('is one of twelve at most', () => inTheOffice(async (office) => {
    for (let n = 0; n < 12; n++) await save(office, office.tutor, photo())
    await expect(save(office, office.tutor, photo())).rejects.toEqual(refused('photos_too_many'))
  }))
})

it('the files are closed to every role of the API, and a sign-in list is looked at by those who know the people, written down', () => inTheOffice(async (office) => {
  const id = await save(office, office.manager, { kind: 'sign_in_list', file: photo().file })
  for (const role of [office.manager.account, 'anon']) await expect(office.as(role, sql => sql`select * from private.material_files`)).rejects.toThrow(/permission denied/)
  const teacher = await makeStaff(office.sql, office.places.school, office.places.willow, 'teacher')
  await expect(office.as(teacher.account, sql => sql`select public.reveal_material(${id})`)).rejects.toEqual(refused('unit_not_yours'))
  const [seen] = await office.as(office.manager.account, sql => sql`select public.reveal_material(${id}) as one`)
  expect(seen!.one).toMatchObject({ kind: 'image/jpeg', cipher: 'AAEC' })
  expect(await office.sql`select subject_id from public.audit_events where action = 'sign_in_list_seen'`).toEqual([{ subject_id: String(id) }])
}))

describe('what is missing', () => {
  it('is six at first, and counted down; a confirmed session has its list in the record', () => inTheOffice(async (office) => {
    expect((await list(office, office.above))[0]).toMatchObject({ session_id: office.session, missing: 6, waiting: 0, total: 1, all_sessions: 1, complete: 0 })
    const people = await Promise.all([1, 2, 3].map(() => makePerson(office.sql, office.places.willow)))
    const marks = people.map(({ id }) => ({ clientId: crypto.randomUUID(), personId: id, method: 'paper' }))
    await office.as(office.manager.account, sql => sql`select * from public.mark_attendance(${office.session}, ${sql.json(marks)})`)
    await office.as(office.manager.account, sql => sql`select * from public.confirm_session(${office.session})`)
    for (const kind of ['study_plan', 'study_record', 'activity_plan', 'press_note']) await save(office, office.tutor, { kind, body: '写好了' })
    await save(office, office.tutor, photo())
    expect((await list(office, office.above))[0]).toMatchObject({ missing: 5, kinds: { sign_in_list: 'accepted', photo: 'draft' } })
    await submit(office, office.tutor)
    expect((await list(office, office.above))[0]).toMatchObject({ missing: 0, waiting: 5, complete: 1, missing_of: { photo: 0, press_note: 0 } })
    expect((await list(office, office.above, 'missing'))[0]).toMatchObject({ session_id: null, total: 0, all_sessions: 1 })
    expect(await list(office, office.above, 'waiting')).toHaveLength(1)
    await expect(list(office, office.elsewhere)).rejects.toEqual(refused('unit_not_yours'))
  }))

  it('tells of a group only where nobody could be made out by it', () => inTheOffice(async (office) => {
    const come = async (years: number[]) => {
      for (const birthYear of years) {
        const { id } = await makePerson(office.sql, office.places.willow, { birthYear })
        await office.as(office.manager.account, sql => sql`select * from public.mark_attendance(${office.session}, ${sql.json([{ clientId: crypto.randomUUID(), personId: id, method: 'paper' }])})`)
      }
      await office.as(office.manager.account, sql => sql`select * from public.confirm_session(${office.session})`)
      return (await file(office, office.tutor)).facts
    }
    const six = await come([1950, 1951, 1952, 1953, 1954, 1990])
    expect(six).toEqual({ people: 6, groups: [] })
    const ten = await come([1991, 1992, 1993, 1994])
    expect(ten.people).toBe(10)
    expect(ten.groups.map(({ people }: { people: number }) => people)).toContain(5)
    for (const { people } of ten.groups) expect(people === 10 || (people >= 5 && people <= 5)).toBe(true)
    // Eight minors and five of school age: three would be younger.
    const year = new Date().getFullYear()
    const children = await come([...Array.from({ length: 5 }, () => year - 10), ...Array.from({ length: 3 }, () => year - 3)])
    expect(children.groups.map(({ people }: { people: number }) => people)).toContain(8)
    expect(children.groups.filter(({ people }: { people: number }) => people === 5)).toHaveLength(ten.groups.filter(({ people }: { people: number }) => people === 5).length)
  }))
})
