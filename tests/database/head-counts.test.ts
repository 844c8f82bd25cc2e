import { expect, it } from 'vitest'
import { makeSchool, publish } from '../fixtures/activities.ts'
import { type As, type Network, type Person, type Transaction, makeNetwork, makeStaff, makeUnit, withRollback } from '../fixtures/database.ts'

interface Count { title?: string, at?: string, until?: string, persons?: number, corrects?: number | null, unit?: number, category?: string }

const record = (as: As, who: Person | 'anon', places: Network, { title = '广场文艺演出', at = '2026-05-01T19:00+08:00', until = '2026-05-01T21:00+08:00', persons = 300, corrects = null, unit = places.school, category = 'culture' }: Count = {}) =>
  as(who === 'anon' ? 'anon' : who.account, async sql => (await sql`
    select public.record_head_count(${unit}, 'activity', ${category}, ${title}, ${at}, ${until}, ${persons}, '数了两遍', ${corrects}) as id`)[0]!.id as number)
const total = (as: As, who: Person, unitId: number) => as(who.account, async (sql) => {
  const [row] = await sql`select coalesce(sum(person_times), 0)::integer as times, coalesce(sum(minutes), 0)::integer as minutes from public.head_counts_by_month(${unitId}, 2026)`
  return [row!.times, row!.minutes]
})
const inNetwork = (test: (sql: Transaction, places: Network, as: As, manager: Person) => Promise<unknown>) => withRollback(async (sql, as) => {
  const places = await makeNetwork(sql)
  const [category] = await sql`select id from public.categories order by position limit 1`
  CATEGORY = category!.id as string
  await test(sql, places, as, await makeStaff(sql, places.school, places.willow, 'manager'))
})
let CATEGORY = ''
const here = () => ({ category: CATEGORY })

it('a visitor, a teacher and a manager of another township are refused', () => inNetwork(async (sql, places, as) => {
  await expect(record(as, 'anon', places, here())).rejects.toMatchObject({ code: '42501' })
  for (const person of [await makeStaff(sql, places.school, places.willow, 'teacher'), await makeStaff(sql, places.otherTownship, places.harbour, 'manager')])
    await expect(record(as, person, places, here())).rejects.toMatchObject({ code: 'PT403' })
}))

it('heads are person-times of the unit that ran the event and of those above, and reach nobody', () => inNetwork(async (sql, places, as, manager) => {
  await record(as, manager, places, here())
  await sql`select private.drain_marks(1000)`
  expect(await total(as, manager, places.township)).toEqual([300, 36_000])
  expect(await total(as, manager, places.willow)).toEqual([0, 0])
  expect(await as(manager.account, sql => sql`select persons, person_times from public.coverage_by_unit(${places.township}, 2026, 'resident') where is_parent`))
    .toEqual([{ persons: 0, person_times: 0 }])
}))

it('a correction replaces the number and keeps the row; 0 takes the event back', () => inNetwork(async (sql, places, as, manager) => {
  const first = await record(as, manager, places, here())
  const second = await record(as, manager, places, { ...here(), persons: 280, corrects: first })
  expect(await total(as, manager, places.township)).toEqual([280, 33_600])
  await expect(record(as, manager, places, { ...here(), persons: 1, corrects: first })).rejects.toMatchObject({ message: 'head_count_corrected_before' })
  await record(as, manager, places, { ...here(), persons: 0, corrects: second })
  expect(await total(as, manager, places.township)).toEqual([0, 0])
  expect(await sql`select persons from public.head_counts where host_unit_id = ${places.school} order by id`).toEqual([{ persons: 300 }, { persons: 280 }, { persons: 0 }])
  expect(await sql`select action from public.audit_events where unit_id = ${places.school} order by id`)
    .toEqual(['recorded', 'corrected', 'corrected'].map(act => ({ action: `head_count_${act}` })))
}))

it.each([
  ['the future', { at: '2099-01-01T19:00+08:00', until: '2099-01-01T21:00+08:00' }, 'head_count_in_future'],
  ['an end before the start', { until: '2026-05-01T18:00+08:00' }, 'head_count_ends_first'],
  ['nobody', { persons: 0 }, 'head_count_nobody'],
  ['an unknown category', { category: 'no_such' }, 'category_unknown'],
  ['a correction of nothing', { corrects: 999_999_999 }, 'head_count_unknown'],
])('%s is refused', (_name, count, message) => inNetwork(async (sql, places, as, manager) => {
  await expect(record(as, manager, places, { ...here(), ...count })).rejects.toMatchObject({ message })
}))

it('the same event is recorded once; another unit may correct nothing of it', () => inNetwork(async (sql, places, as, manager) => {
  const first = await record(as, manager, places, here())
  await expect(record(as, manager, places, here())).rejects.toMatchObject({ message: 'head_count_twice' })
  const other = await makeUnit(sql, places.township, 'village', '柳溪学习点', 'learning_point')
  await expect(record(as, manager, places, { ...here(), unit: other, corrects: first })).rejects.toMatchObject({ message: 'head_count_unknown' })
}))

it('nobody changes or removes a row', () => inNetwork(async (sql, places, as, manager) => {
  await record(as, manager, places, here())
  for (const statement of ['update public.head_counts set persons = 1', 'delete from public.head_counts', 'truncate public.head_counts'])
    await expect(sql.savepoint(inner => inner.unsafe(statement))).rejects.toMatchObject({ message: 'append_only' })
}))

it('a department counts heads at what it ran, where its post is, and puts right only what it counted itself', () => inNetwork(async (sql, places, as, manager) => {
  const [law, farms] = [await makeStaff(sql, places.township, places.willow, 'department_staff'), await makeStaff(sql, places.township, places.willow, 'department_staff')]
  const elsewhere = await makeStaff(sql, places.otherTownship, places.harbour, 'department_staff')
  await expect(record(as, elsewhere, places, here())).rejects.toMatchObject({ code: 'PT403' })
  const theirs = await record(as, law, places, { ...here(), title: '普法赶集' })
  const schools = await record(as, manager, places, here())
  const seen = (who: Person) => as(who.account, async one => (await one`select head_counts_to_correct as id from public.head_counts_to_correct(${[theirs, schools]})`).map(({ id }) => Number(id)))
  expect(await seen(law)).toEqual([Number(theirs)])
  expect(await seen(farms)).toEqual([])
  expect(await seen(manager)).toEqual([Number(theirs), Number(schools)].sort((a, b) => a - b))
  for (const who of [farms, elsewhere]) await expect(record(as, who, places, { ...here(), title: '普法赶集', persons: 1, corrects: theirs })).rejects.toMatchObject({ code: 'PT403' })
  await expect(record(as, law, places, { ...here(), persons: 1, corrects: schools })).rejects.toMatchObject({ message: 'head_count_of_others' })
  await record(as, law, places, { ...here(), title: '普法赶集', persons: 280, corrects: theirs })
  // Apart, as every head count: person-times of the unit, nobody reached.
  await sql`select private.drain_marks(1000)`
  expect(await total(as, manager, places.township)).toEqual([580, 69_600])
  expect(await as(manager.account, one => one`select persons, person_times from public.coverage_by_unit(${places.township}, 2026, 'resident') where is_parent`)).toEqual([{ persons: 0, person_times: 0 }])
}))

it('what a session counted is not for departments, and hosts are offered by sight', () => inNetwork(async (sql, places, as, manager) => {
  const law = await makeStaff(sql, places.township, places.willow, 'department_staff')
  await expect(as(law.account, one => one`select public.record_head_count(${places.school}, 'activity', ${CATEGORY}, '合唱', '2026-05-01T19:00+08:00', '2026-05-01T21:00+08:00', 9, '', null, 1)`)).rejects.toMatchObject({ code: 'PT403' })
  const hosts = (who: Person, sight: string) => as(who.account, async one => (await one`select code from public.head_count_hosts(${places.township}, ${sight})`).length)
  expect(await hosts(law, 'trainings')).toBeGreaterThan(1)
  expect([await hosts(law, 'people'), await hosts(manager, 'posts')]).toEqual([0, 0])
  expect(await hosts(manager, 'people')).toBeGreaterThan(0)
}))

it('what a session counted stays of that session when it is put right, whoever says otherwise; a department has a name of two letters', () => withRollback(async (sql, as) => {
  const school = await makeSchool(sql)
  const [one, other] = [await publish(sql, as, school, { startsIn: [-20], seats: 5 }), await publish(sql, as, school, { startsIn: [-40], seats: 5, fields: { title: '合唱' } })]
  await as(school.tutor.account, inner => inner`select public.count_session_heads(${one.sessions[0]!}, 30)`)
  const [counted] = await sql`select id, title, started_at, ended_at from public.head_counts where session_id = ${one.sessions[0]!}`
  const right = (persons: number, { session = null as number | null, department = null as string | null, corrects = counted!.id as number } = {}) => as(school.manager.account, async inner => Number((await inner`
    select public.record_head_count(${school.places.school}, 'activity', 'digital', ${counted!.title as string}, ${counted!.started_at as Date}, ${counted!.ended_at as Date}, ${persons}, '', ${corrects}, ${session}, ${department}) as id`)[0]!.id))
  await expect(right(20, { session: other.sessions[0]! })).rejects.toMatchObject({ message: 'head_count_of_session' })
  await expect(right(20, { department: '司' })).rejects.toMatchObject({ message: 'name_of_two' })
  const corrected = await right(20)
  expect(await sql`select session_id, persons from public.head_counts where id = ${corrected}`).toEqual([{ session_id: one.sessions[0]!, persons: 20 }])
}))

it('fewer than five heads are told to the unit and to whoever entered them; others read the rows and sums without them, and so does the table', () => inNetwork(async (sql, places, as, manager) => {
  const [inspector, law] = [await makeStaff(sql, places.county, places.harbour, 'inspector'), await makeStaff(sql, places.township, places.willow, 'department_staff')]
  await record(as, manager, places, { ...here(), persons: 4 })
  await record(as, law, places, { ...here(), title: '普法赶集', persons: 3 })
  await record(as, manager, places, { ...here(), title: '合唱', persons: 5 })
  const seenBy = async (who: Person) => as(who.account, async (one) => {
    const rows = await one`select persons from public.list_head_counts(${places.township}, 2026) order by id`
    const [month] = await one`select events, person_times, minutes::integer from public.head_counts_by_month(${places.township}, 2026)`
    return { rows: rows.map(row => row.persons as number | null), ...month, table: (await one`select persons from public.head_counts order by id`).map(row => row.persons as number) }
  })
  expect(await seenBy(manager)).toEqual({ rows: [4, 3, 5], events: 3, person_times: 12, minutes: 1440, table: [4, 3, 5] })
  expect(await seenBy(inspector)).toEqual({ rows: [null, null, 5], events: 3, person_times: 5, minutes: 600, table: [5] })
  expect(await seenBy(law)).toEqual({ rows: [null, 3, 5], events: 3, person_times: 8, minutes: 960, table: [3, 5] })
}))
