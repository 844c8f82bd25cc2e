// The lecturers' team: listed with consent, asked by villages and schools, never in two places at once; and which villages had a talk.
import { describe, expect, it } from 'vitest'
import { type As, committedAs, makeNetwork, makePerson, makeStaff, type Network, type Person, pool, type Transaction, withRollback } from '../fixtures/database.ts'

interface Team { sql: Transaction, as: As, places: Network, team: Person, asker: Person, lecturer: number }
const FIELDS = { name: '周建国', title: '退休教师', workplace: '柳溪中学', topics: '家风家教、传统节日', categories: ['traditional_culture'], availability: '周末', phone: '0572-123456', listed: true }
const save = (as: As, who: Person, unit: number, fields: object = FIELDS, id: number | null = null, version: number | null = null) =>
  as(who.account, async sql => Number((await sql`select public.save_lecturer(${unit}, ${id}, ${version}, ${sql.json(fields as never)}) as id`)[0]!.id))
/** A team of 柳溪镇, and whoever plans in 港口镇. */
const withTeam = (test: (team: Team) => Promise<unknown>) => withRollback(async (sql, as) => {
  const places = await makeNetwork(sql)
  const team = await makeStaff(sql, places.school, places.willow, 'manager')
  await test({ sql, as, places, team, asker: await makeStaff(sql, places.otherTownship, places.harbour, 'manager'), lecturer: await save(as, team, places.school) })
})
const at = (hours: number) => new Date(Date.now() + hours * 3_600_000)
const ask = ({ as, lecturer, places }: Team, who: Person, { unit = places.harbour, from = 48, until = 50 } = {}) =>
  as(who.account, async sql => Number((await sql`select public.ask_lecturer(${lecturer}, ${unit}, ${at(from)}, ${at(until)}, '家风家教', '村礼堂') as id`)[0]!.id))
const step = ({ as }: Team, who: Person, id: number, what: string, { reason = null as string | null, listeners = null as number | null } = {}) => as(who.account, sql => sql`select public.step_lecturer_booking(${id}, ${what}, ${reason}, ${listeners})`)
const refused = (message: string) => expect.objectContaining({ message })
const pass = (sql: Transaction, id: number) => sql`update public.lecturer_bookings set during = tstzrange(now() - interval '3 hours', now() - interval '1 hour') where id = ${id}`
const year = Number(new Date().toLocaleDateString('sv-SE', { timeZone: 'Asia/Shanghai' }).slice(0, 4))

describe('a lecturer', () => {
  it('is shown to everybody with consent only, and the telephone to nobody but staff', () => withTeam(async (team) => {
    const found = () => team.as('anon', sql => sql`select name from public.find_lecturers(null, '家风')`)
    expect(await found()).toContainEqual({ name: '周建国' })
    await save(team.as, team.team, team.places.school, { ...FIELDS, listed: false }, team.lecturer, 1)
    expect(await found()).not.toContainEqual({ name: '周建国' })
    expect(await team.as('anon', sql => sql`select id from public.lecturers where id = ${team.lecturer}`)).toEqual([])
    await expect(team.as('anon', sql => sql`select phone from public.lecturers`)).rejects.toThrow(/permission denied/)
    expect((await team.as(team.asker.account, sql => sql`select name, phone, keeps from public.lecturers_at_desk('家风')`)).filter(({ phone }) => phone === '0572-123456')).toEqual([{ name: '周建国', phone: '0572-123456', keeps: false }])
    await expect(team.as((await makePerson(team.sql, team.places.willow)).account, sql => sql`select * from public.lecturers_at_desk('')`)).rejects.toEqual(refused('post_lacks_sight'))
  }))

  it('is kept by the team, and not overwritten unseen', () => withTeam(async (team) => {
    await expect(save(team.as, team.asker, team.places.school)).rejects.toEqual(refused('unit_not_yours'))
    await expect(save(team.as, team.asker, team.places.school, FIELDS, team.lecturer, 1)).rejects.toEqual(refused('unit_not_yours'))
    await expect(save(team.as, team.team, team.places.school, { ...FIELDS, categories: [] })).rejects.toEqual(refused('lecturer_categories_missing'))
    await save(team.as, team.team, team.places.school, FIELDS, team.lecturer, 1)
    await expect(save(team.as, team.team, team.places.school, FIELDS, team.lecturer, 1)).rejects.toEqual(refused('lecturer_changed'))
  }))

  it('has a photo that they agreed to while they are listed, and none afterwards', () => withTeam(async (team) => {
    const { as, sql, lecturer, places } = team
    const image = Buffer.alloc(200, 7).toString('base64')
    const set = (who: Person, picture: string | null = image, agreed = true) => as(who.account, one => one`select public.set_lecturer_photo(${lecturer}, ${picture}, 'image/jpeg', ${agreed})`)
    const shown = () => as('anon', one => one`select type, image from public.lecturer_photo(${lecturer})`)
    const found = async () => (await as('anon', one => one`select photo from public.find_lecturers(null, '家风') where id = ${lecturer}`))[0]?.photo as string | null | undefined
    await expect(set(team.asker)).rejects.toEqual(refused('unit_not_yours'))
    await expect(set(team.team, image, false)).rejects.toEqual(refused('portrait_consent_missing'))
    const typed = (picture: string, type: string) => as(team.team.account, one => one`select public.set_lecturer_photo(${lecturer}, ${picture}, ${type}, true)`)
    for (const [picture, type] of [['AAEC', 'image/jpeg'], ['不是照片', 'image/jpeg'], [image, 'image/gif']] as const) await expect(typed(picture, type)).rejects.toEqual(refused('photo_invalid'))
    expect(await found()).toBeNull()
    await set(team.team)
    expect(await shown()).toEqual([{ type: 'image/jpeg', image }])
    expect(await found()).toMatch(/^[0-9a-f]{12}$/)
    for (const change of [(one: Transaction) => one`delete from public.lecturer_photos`, (one: Transaction) => one`select entered_by from public.lecturer_photos`, (one: Transaction) => one`select image from public.lecturer_photos`]) await expect(as(team.team.account, one => change(one as Transaction))).rejects.toThrow(/permission denied/)
    // Unlisted it is gone, not hidden; and none is put there.
    await save(as, team.team, places.school, { ...FIELDS, listed: false }, lecturer, 1)
    expect(await sql`select from public.lecturer_photos where lecturer_id = ${lecturer}`).toHaveLength(0)
    await expect(set(team.team)).rejects.toEqual(refused('lecturer_unlisted'))
    await save(as, team.team, places.school, FIELDS, lecturer, 2)
    expect(await shown()).toEqual([])
    await set(team.team)
    await set(team.team, null, false)
    expect(await shown()).toEqual([])
    await set(team.team)
    await as(team.team.account, one => one`select public.end_lecturer(${lecturer})`)
    expect(await sql`select from public.lecturer_photos where lecturer_id = ${lecturer}`).toHaveLength(0)
  }))

  it('who is booked does not end', () => withTeam(async (team) => {
    const end = () => team.as(team.team.account, sql => sql`select public.end_lecturer(${team.lecturer})`)
    const id = await ask(team, team.asker)
    await expect(end()).rejects.toEqual(refused('lecturer_booked'))
    await step(team, team.asker, id, 'cancel', { reason: '不用了' })
    await end()
    await expect(ask(team, team.asker)).rejects.toEqual(refused('lecturer_unknown'))
  }))
})

describe('a talk', () => {
  it('is asked for, agreed or refused by the team, and done once it is over', () => withTeam(async (team) => {
    await expect(ask(team, team.asker, { unit: team.places.willow })).rejects.toEqual(refused('unit_not_yours'))
    await expect(ask(team, team.asker, { from: -2, until: 1 })).rejects.toEqual(refused('booking_in_past'))
    const id = await ask(team, team.asker)
    await expect(step(team, team.asker, id, 'agree')).rejects.toEqual(refused('unit_not_yours'))
    await expect(step(team, team.team, id, 'refuse')).rejects.toEqual(refused('reason_missing'))
    await expect(step(team, team.asker, id, 'done', { listeners: 30 })).rejects.toEqual(refused('booking_not_agreed'))
    await step(team, team.team, id, 'agree')
    await expect(step(team, team.asker, id, 'done', { listeners: 30 })).rejects.toEqual(refused('session_not_over'))
    await pass(team.sql, id)
    await expect(step(team, team.asker, id, 'done')).rejects.toEqual(refused('listeners_invalid'))
    await step(team, team.asker, id, 'done', { listeners: 30 })
    await expect(step(team, team.asker, id, 'cancel', { reason: '写错了' })).rejects.toEqual(refused('booking_decided'))
    const stranger = await makeStaff(team.sql, team.places.orchard, team.places.orchard, 'inspector')
    await expect(step(team, stranger, id, 'agree')).rejects.toEqual(refused('booking_unknown'))
  }))

  it('is never agreed over another', () => withTeam(async (team) => {
    const [first, second, after] = [await ask(team, team.asker), await ask(team, team.asker, { from: 49, until: 51 }), await ask(team, team.asker, { from: 51, until: 52 })]
    await step(team, team.team, first, 'agree')
    await expect(step(team, team.team, second, 'agree')).rejects.toEqual(refused('lecturer_taken'))
    await step(team, team.team, after, 'agree')
    await expect(ask(team, team.asker, { from: 49, until: 51 })).rejects.toEqual(refused('lecturer_taken'))
  }))

  it('of many agreed to at once for one hour, one is', async () => {
    const { team, ids } = await pool.begin(async (sql) => {
      const as: As = async (who, call) => {
        await sql`select set_config('request.jwt.claims', ${JSON.stringify({ sub: who, role: 'authenticated' })}, true)`
        return call(sql)
      }
      const places = await makeNetwork(sql)
      const team = await makeStaff(sql, places.school, places.willow, 'manager')
      const made = { sql, as, places, team, lecturer: await save(as, team, places.school) } as Team
      const ids: number[] = []
      for (let n = 0; n < 8; n++) ids.push(await ask(made, team, { unit: places.willow }))
      return { team, ids }
    })
    const answers = await Promise.allSettled(ids.map(id => committedAs(team.account, sql => sql`select public.step_lecturer_booking(${id}, 'agree', null, null)`)))
    expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  })
})

it('every village says whether it had a talk this year, by a booking or by a session of a lecturer, each once', () => withTeam(async (team) => {
  const { as, sql, places } = team
  const reach = async (who: Person, unit: number) => Object.fromEntries((await as(who.account, one => one`select name, talks, listeners from public.reach_of_lecturers(${unit}, ${year})`)).map(row => [row.name as string, [row.talks, row.listeners]]))
  await expect(reach(team.asker, places.county)).rejects.toEqual(refused('unit_not_yours'))
  expect(await reach(team.team, places.township)).toEqual({ 柳溪村: [0, 0], 果园村: [0, 0] })
  const id = await ask(team, team.team, { unit: places.willow })
  await step(team, team.team, id, 'agree')
  await pass(sql, id)
  await step(team, team.team, id, 'done', { listeners: 30 })
  expect(await reach(team.team, places.township)).toEqual({ 柳溪村: [1, 30], 果园村: [0, 0] })
  // A session that the lecturer held for the other village, confirmed; while the first talk was a session too, it stays one talk.
  for (const [place, hours] of [[places.orchard, 4], [places.willow, 2]] as const) {
    const [activity] = await sql`insert into public.activities (code, host_unit_id, title, kind, form_id, category_id, lecturer, venue, sign_up, for_unit_id, status, published_at)
      values (private.new_activity_code(), ${places.school}, '家风宣讲', 'lecture', 'talk', 'traditional_culture', '周建国', '村礼堂', 'none', ${place}, 'published', now()) returning id`
    await sql`insert into public.activity_sessions (activity_id, starts_at, ends_at, confirmed_at) values (${activity!.id}, now() - ${hours}::integer * interval '1 hour', now() - ${hours - 1}::integer * interval '1 hour', now())`
  }
  expect(await reach(team.team, places.township)).toEqual({ 柳溪村: [1, 30], 果园村: [1, 0] })
}))

/** The next Saturday at an hour of China's clock. */
const saturday = (hour: number, week = 0) => {
  const now = new Date(Date.now() + 8 * 3_600_000)
  const days = (6 - now.getUTCDay() + 7) % 7 || 7
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate() + days + 7 * week, hour - 8))
}
const askAt = ({ as, lecturer, places }: Team, who: Person, from: Date, until: Date, outside = false) =>
  as(who.account, async sql => Number((await sql`select public.ask_lecturer(${lecturer}, ${places.harbour}, ${from}, ${until}, '家风家教', '村礼堂', ${outside}) as id`)[0]!.id))
const dayOf = (at: Date) => at.toLocaleDateString('sv-SE', { timeZone: 'Asia/Shanghai' })

describe('when somebody can come', () => {
  it('is parts of days, and a time outside them is asked for only by who means it', () => withTeam(async (team) => {
    await expect(save(team.as, team.team, team.places.school, { ...FIELDS, times: ['xx_am'] }, team.lecturer, 1)).rejects.toEqual(refused('times_unknown'))
    await save(team.as, team.team, team.places.school, { ...FIELDS, times: ['sa_am', 'su_am'] }, team.lecturer, 1)
    await askAt(team, team.asker, saturday(9), saturday(12))
    await expect(askAt(team, team.asker, saturday(11), saturday(13))).rejects.toMatchObject({ message: 'lecturer_not_free', detail: expect.stringContaining('"sa_pm"') as string })
    const outside = await askAt(team, team.asker, saturday(19), saturday(21), true)
    const rows = await team.as(team.team.account, sql => sql`select id, is_outside from public.lecturer_bookings_at_desk(${team.places.township})`)
    expect(rows.filter(row => row.is_outside).map(row => Number(row.id))).toEqual([outside])
  }))

  it('ends where they are away: nobody asks, nobody agrees, and no absence lies over what was agreed to', () => withTeam(async (team) => {
    const away = (from: Date, until: Date, who = team.team) => team.as(who.account, sql => sql`select public.set_lecturer_away(${team.lecturer}, ${dayOf(from)}, ${dayOf(until)})`)
    const [waiting, agreed] = [await askAt(team, team.asker, saturday(9), saturday(10)), await askAt(team, team.asker, saturday(9, 2), saturday(10, 2))]
    await step(team, team.team, agreed, 'agree')
    await expect(away(saturday(9), saturday(9), team.asker)).rejects.toEqual(refused('unit_not_yours'))
    await expect(away(saturday(9, 1), saturday(9))).rejects.toEqual(refused('away_ends_first'))
    await expect(away(saturday(9), saturday(9, 2))).rejects.toEqual(refused('lecturer_booked_then'))
    await away(saturday(9), saturday(9, 1))
    await expect(away(saturday(9, 1), saturday(9, 1))).rejects.toEqual(refused('away_already'))
    await expect(step(team, team.team, waiting, 'agree')).rejects.toEqual(refused('lecturer_away'))
    await expect(askAt(team, team.asker, saturday(14), saturday(15), true)).rejects.toEqual(refused('lecturer_away'))
    const [{ away: spells }] = await team.as(team.team.account, sql => sql`select away from public.lecturers_at_desk('') where id = ${team.lecturer}`) as unknown as [{ away: { id: number, from: string, until: string }[] }]
    expect(spells).toEqual([{ id: expect.any(Number) as number, from: dayOf(saturday(9)), until: dayOf(saturday(9, 1)) }])
    await team.as(team.team.account, sql => sql`select public.set_lecturer_away(${team.lecturer}, null, null, ${spells[0]!.id})`)
    await step(team, team.team, waiting, 'agree')
  }))
})

it('an agreed talk becomes a plan of who asked, and what its session counts is what the talk and its village are told', () => withTeam(async (team) => {
  const { as, sql, places } = team
  const plan = (who: Person, id: number) => as(who.account, async one => Number((await one`select public.plan_lecturer_booking(${id}, 'traditional_culture') as id`)[0]!.id))
  const booked = async (id: number) => (await as(team.asker.account, one => one`select status, listeners, activity_id, is_called_off from public.lecturer_bookings_at_desk(${places.harbour}) where id = ${id}`))[0]
  const reached = async () => (await as(team.asker.account, one => one`select talks, listeners from public.reach_of_lecturers(${places.harbour}, ${year})`))[0]
  // Of the name of nobody whom the tests with several connections leave behind.
  await save(as, team.team, places.school, { ...FIELDS, name: '沈国华' }, team.lecturer, 1)
  const id = await ask(team, team.asker)
  await expect(plan(team.asker, id)).rejects.toEqual(refused('booking_not_agreed'))
  await step(team, team.team, id, 'agree')
  await expect(plan(team.team, id)).rejects.toEqual(refused('booking_unknown'))
  const activity = await plan(team.asker, id)
  expect(await sql`select title, lecturer, venue, status, kind from public.activities where id = ${activity}`).toEqual([{ title: '家风家教', lecturer: '沈国华', venue: '村礼堂', status: 'draft', kind: 'lecture' }])
  await expect(plan(team.asker, id)).rejects.toEqual(refused('booking_planned'))
  // It is no clash with itself, and is due once.
  const times = [{ startsAt: at(48), endsAt: at(50) }]
  expect(await as(team.asker.account, one => one`select what from public.session_conflicts(${places.harbour}, ${activity}, '村礼堂', '', '沈国华', ${one.json(times as never)})`)).toEqual([])
  expect(await as(team.asker.account, one => one`select what from public.lecturers_due() where lecturer_id = ${team.lecturer}`)).toEqual([{ what: 'session' }])
  expect(await as(team.team.account, one => one`select what from public.lecturers_due() where lecturer_id = ${team.lecturer}`)).toEqual([{ what: 'talk' }])

  await pass(sql, id)
  await sql`update public.activities set status = 'published', published_at = now() where id = ${activity}`
  const [session] = await sql`update public.activity_sessions set starts_at = now() - interval '3 hours', ends_at = now() - interval '1 hour' where activity_id = ${activity} returning id`
  await expect(step(team, team.asker, id, 'done', { listeners: 30 })).rejects.toEqual(refused('booking_planned'))
  expect(await booked(id)).toMatchObject({ status: 'agreed', listeners: null })
  const [here, there] = [await makePerson(sql, places.harbour), await makePerson(sql, places.harbour)]
  await as(team.asker.account, one => one`select public.mark_attendance(${session!.id}, ${one.json([here, there].map(({ id: personId }) => ({ clientId: crypto.randomUUID(), personId, method: 'roster' })))})`)
  await as(team.asker.account, one => one`select public.confirm_session(${session!.id})`)
  expect(await booked(id)).toMatchObject({ status: 'done', listeners: 2, is_called_off: false })
  expect(await reached()).toEqual({ talks: 1, listeners: 2 })
  await as(team.asker.account, one => one`select public.count_session_heads(${session!.id}, 25)`)
  expect(await booked(id)).toMatchObject({ status: 'done', listeners: 25 })
  expect(await reached()).toEqual({ talks: 1, listeners: 25 })
  await expect(step(team, team.asker, id, 'cancel', { reason: '写错了' })).rejects.toEqual(refused('booking_decided'))
}))

it('a day that is agreed to and an absence over it never meet', async () => {
  const { team, lecturer, booking } = await pool.begin(async (sql) => {
    const as: As = async (who, call) => {
      await sql`select set_config('request.jwt.claims', ${JSON.stringify({ sub: who, role: 'authenticated' })}, true)`
      return call(sql)
    }
    const places = await makeNetwork(sql)
    const team = await makeStaff(sql, places.school, places.willow, 'manager')
    const made = { sql, as, places, team, lecturer: await save(as, team, places.school) } as Team
    return { team, lecturer: made.lecturer, booking: await ask(made, team, { unit: places.willow }) }
  })
  const answers = await Promise.allSettled([
    committedAs(team.account, sql => sql`select public.step_lecturer_booking(${booking}, 'agree', null, null)`),
    committedAs(team.account, sql => sql`select public.set_lecturer_away(${lecturer}, ${dayOf(at(24))}, ${dayOf(at(72))})`),
  ])
  expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
})
