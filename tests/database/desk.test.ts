import { expect, it } from 'vitest'
import { makeNetwork, makePerson, makeStaff, makeUnit, makeVideoLesson, withRollback, drain, type Network, type Person, type Sql } from '../fixtures/database.ts'
import { addFact } from '../fixtures/figures.ts'

const YEAR = 2026

/** The network with one person reached in each village, 王秀英 (柳溪村), 李桂兰 (果园村) and 周海生 (港口村). */
async function makeTown(sql: Sql) {
  const network = await makeNetwork(sql)
  const { lessonId } = await makeVideoLesson(sql)
  const mei = await makePerson(sql, network.willow)
  const lan = await makePerson(sql, network.orchard, { name: '李桂兰', birthYear: 1961 })
  const hai = await makePerson(sql, network.harbour, { name: '周海生', birthYear: 1990 })
  for (const person of [mei, lan, hai]) await learn(sql, person, lessonId)
  return { ...network, lessonId, mei, lan, hai }
}

async function learn(sql: Sql, person: Person, lessonId: number, day = `${YEAR}-05-12`): Promise<void> {
  await sql`select private.record_participation(${`desk:${person.id}:${day}`}, ${person.id}, ${lessonId},
    ${`${day}T09:00:00+08:00`}, ${`${day}T10:00:00+08:00`}, 1.0, 'web')`
  await drain(sql)
}

async function setPopulation(sql: Sql, unitId: number, count: number, group = 'resident'): Promise<void> {
  await sql`insert into public.populations (unit_id, year, group_id, count, source, as_of) values (${unitId}, ${YEAR}, ${group}, ${count}, '统计局', '2026-06-30')`
}

const coverage = (sql: Sql, unitId: number, group = 'resident') => sql`select * from public.coverage_by_unit(${unitId}, ${YEAR}, ${group})`
const people = (sql: Sql, unitId: number) => sql`select * from public.coverage_people(${unitId}, ${YEAR}, 'resident')`
const weeks = (sql: Sql, unitId: number) => sql`select * from public.participations_by_week(${unitId}, '2026-05-17', 2)`
const find = (sql: Sql, name: string, { county }: Network) => sql`select * from public.find_people(${name}, ${county})`

// ── refusals ────────────────────────────────────────────────────────────────────────────────────────────────────────

it('a visitor may ask for none of it', () => withRollback(async (sql, as) => {
  const town = await makeTown(sql)
  for (const call of [coverage, people, weeks]) await expect(as('anon', sql => call(sql, town.county))).rejects.toMatchObject({ code: '42501' })
  await expect(as('anon', sql => find(sql, '王', town))).rejects.toMatchObject({ code: '42501' })
  await expect(as('anon', sql => sql`select * from public.posts_at(${town.school})`)).rejects.toMatchObject({ code: '42501' })
}))

it('a resident without a post sees no figures and nobody else', () => withRollback(async (sql, as) => {
  const { mei, ...town } = await makeTown(sql)
  expect(await as(mei.account, sql => coverage(sql, town.township))).toEqual([])
  expect(await as(mei.account, sql => people(sql, town.township))).toEqual([])
  expect(await as(mei.account, sql => weeks(sql, town.township))).toEqual([])
  expect(await as(mei.account, sql => find(sql, '李', town))).toEqual([])
}))

it('a manager of another township sees nothing of this one', () => withRollback(async (sql, as) => {
  const town = await makeTown(sql)
  const outsider = await makeStaff(sql, town.otherTownship, town.harbour, 'manager')
  const seen = await as(outsider.account, async sql => ({
    coverage: await coverage(sql, town.township),
    people: await people(sql, town.township),
    weeks: await weeks(sql, town.township),
    credits: await sql`select public.credits_of_unit(${town.township}, ${YEAR}) as sum`,
    found: await find(sql, '王秀英', town),
    posts: await sql`select * from public.posts_at(${town.school})`,
    records: await sql`select * from public.person_participations(${town.mei.id}, ${YEAR})`,
  }))
  expect(seen).toEqual({ coverage: [], people: [], weeks: [], credits: [{ sum: 0 }], found: [], posts: [], records: [] })
}))

it('a manager sees the county above neither in figures nor in people', () => withRollback(async (sql, as) => {
  const town = await makeTown(sql)
  const manager = await makeStaff(sql, town.school, town.willow, 'manager')
  expect((await as(manager.account, sql => coverage(sql, town.county))).map(row => row.unit_id)).toEqual([town.township])
  expect(await as(manager.account, sql => people(sql, town.county))).toEqual([])
}))

it('a post that has ended shows nothing any more', () => withRollback(async (sql, as) => {
  const town = await makeTown(sql)
  const manager = await makeStaff(sql, town.school, town.willow, 'manager')
  await sql`update public.posts set valid_to = private.china_date(now()) - 1 where person_id = ${manager.id}`
  expect(await as(manager.account, sql => coverage(sql, town.township))).toEqual([])
  expect(await as(manager.account, sql => sql`select * from public.unit_trail(null, 'figures')`)).toEqual([])
}))

it('a teacher and an inspector see figures that are not small, and nobody behind them', () => withRollback(async (sql, as) => {
  const town = await makeTown(sql)
  for (const role of ['teacher', 'inspector']) {
    const post = await makeStaff(sql, town.township, town.harbour, role)
    expect((await as(post.account, sql => coverage(sql, town.township)))[0]).toMatchObject({ unit_id: town.township, persons: null, hours: null })
    expect(await as(post.account, sql => people(sql, town.township))).toEqual([])
    expect(await as(post.account, sql => sql`select * from public.coverage_cells where unit_id = ${town.township}`)).toEqual([])
    expect(await as(post.account, sql => find(sql, '王', town))).toEqual([])
    expect(await as(post.account, sql => sql`select * from public.person_participations(${town.mei.id}, ${YEAR})`)).toEqual([])
    expect(await as(post.account, sql => sql`select public.credits_of_unit(${town.township}, ${YEAR}) as sum`)).toEqual([{ sum: null }])
    expect((await as(post.account, sql => sql`select name from public.posts_at(${town.township})`)).every(row => row.name === null)).toBe(true)
  }
}))

it('a system administrator opens the network and sees no figures', () => withRollback(async (sql, as) => {
  const town = await makeTown(sql)
  const admin = await makeStaff(sql, town.city, town.harbour, 'system_admin')
  expect(await as(admin.account, sql => coverage(sql, town.township))).toEqual([])
  expect(await as(admin.account, sql => people(sql, town.township))).toEqual([])
  expect((await as(admin.account, sql => sql`select * from public.unit_trail(null, 'desk')`)).at(-1)).toMatchObject({ unit_id: town.city, in_sight: true })
}))

// ── figures ─────────────────────────────────────────────────────────────────────────────────────────────────────────

it('a missing denominator is no figure and names the unit; nobody in a known place is zero', () => withRollback(async (sql, as) => {
  const town = await makeTown(sql)
  const { account } = await makeStaff(sql, town.county, town.harbour, 'manager')
  await setPopulation(sql, town.willow, 200)
  const before = await as(account, sql => coverage(sql, town.township))
  expect(before).toMatchObject([
    { unit_id: town.township, is_parent: true, persons: 2, population: null, missing_count: 1, missing_names: ['果园村'] },
    { unit_id: town.willow, persons: 1, population: 200, population_source: '统计局', missing_count: 0 },
    { unit_id: town.orchard, population: null, missing_names: ['果园村'] },
  ])
  await setPopulation(sql, town.orchard, 0)
  expect((await as(account, sql => coverage(sql, town.township)))[0]).toMatchObject({ population: 200, missing_count: 0, population_source: null })
  await setPopulation(sql, town.willow, 30, 'elderly')
  await setPopulation(sql, town.orchard, 10, 'elderly')
  await setPopulation(sql, town.harbour, 10, 'elderly')
  expect((await as(account, sql => coverage(sql, town.county, 'elderly'))).find(row => row.unit_id === town.otherTownship)).toMatchObject({ persons: 0, population: 10 })
}))

it('an official total stands, whatever the villages lack', () => withRollback(async (sql, as) => {
  const town = await makeTown(sql)
  const { account } = await makeStaff(sql, town.county, town.harbour, 'manager')
  await setPopulation(sql, town.township, 500)
  expect((await as(account, sql => coverage(sql, town.township)))[0]).toMatchObject({ population: 500, population_source: '统计局', missing_count: 0 })
}))

it('a unit closed before the year is left out and lacks nothing, unless people count there', () => withRollback(async (sql, as) => {
  const town = await makeTown(sql)
  const { account } = await makeStaff(sql, town.county, town.harbour, 'manager')
  await setPopulation(sql, town.willow, 200)
  await setPopulation(sql, town.orchard, 100)
  const gone = await makeUnit(sql, town.township, 'village', '老街村')
  await sql`update public.units set closed_on = '2024-08-31' where id = ${gone}`
  const rows = await as(account, sql => coverage(sql, town.township))
  expect(rows.map(row => row.unit_id)).toEqual([town.township, town.willow, town.orchard])
  expect(rows[0]).toMatchObject({ population: 300, missing_count: 0 })
  await learn(sql, await makePerson(sql, gone), town.lessonId)
  expect((await as(account, sql => coverage(sql, town.township))).at(-1)).toMatchObject({ unit_id: gone, persons: 1, population: null })
}))

it('a person who moved away still explains the figure, without a name', () => withRollback(async (sql, as) => {
  const town = await makeTown(sql)
  const { account } = await makeStaff(sql, town.school, town.willow, 'manager')
  await sql`update public.persons set residence_unit_id = ${town.harbour} where id = ${town.mei.id}`
  const rows = await as(account, sql => people(sql, town.township))
  expect(rows.map(row => row.name)).toEqual([null, '李桂兰'])
}))

it('people come a page at a time, each once', () => withRollback(async (sql, as) => {
  const town = await makeTown(sql)
  const { account } = await makeStaff(sql, town.county, town.harbour, 'manager')
  const page = (after: number) => as(account, sql => sql`select person_id from public.coverage_people(${town.county}, ${YEAR}, 'resident', 2, ${after})`)
  const first = await page(0)
  expect([...first, ...await page(first.at(-1)!.person_id)].map(row => row.person_id)).toEqual([town.mei.id, town.lan.id, town.hai.id])
}))

it('weeks run from Monday in China, empty ones too, and leave corrected records out', () => withRollback(async (sql, as) => {
  const town = await makeTown(sql)
  const { account } = await makeStaff(sql, town.school, town.willow, 'manager')
  // Sunday 23:30 in China is still Sunday there, and Monday nowhere.
  await sql`select private.record_participation('desk:sunday', ${town.mei.id}, ${town.lessonId}, '2026-05-10T23:00:00+08:00', '2026-05-10T23:30:00+08:00', 0.5, 'web')`
  const counts = async () => (await as(account, sql => sql`select week_start::text, person_times from public.participations_by_week(${town.township}, '2026-05-17', 3)`)).map(row => ({ ...row }))
  expect(await counts()).toEqual([
    { week_start: '2026-04-27', person_times: 0 }, { week_start: '2026-05-04', person_times: 1 }, { week_start: '2026-05-11', person_times: 2 },
  ])
  await sql`insert into public.participations (key, person_id, kind, organised, role, residence_unit_id, groups, started_at, ended_at, hours, status, channel, entry_source, corrects)
    select key || ':corrected', person_id, kind, organised, role, residence_unit_id, groups, started_at, ended_at, hours, 'corrected', channel, entry_source, id
    from public.participations where key = 'desk:sunday'`
  expect((await counts())[1]).toEqual({ week_start: '2026-05-04', person_times: 0 })
  await drain(sql)
  expect(await as(account, sql => coverage(sql, town.township))).toMatchObject([{ person_times: 2 }, { person_times: 1 }, { person_times: 1 }])
}))

it('weeks and credits go by the tree of each record’s year, and open to their rows', () => withRollback(async (sql, as) => {
  const town = await makeTown(sql)
  const { account } = await makeStaff(sql, town.county, town.willow, 'manager')
  const teacher = await makeStaff(sql, town.county, town.willow, 'teacher')
  const records = [['2025-12-30', town.mei], ['2026-01-02', town.mei]] as const
  for (const [day, who] of records) {
    const id = await addFact(sql, who.id, { day })
    await sql`select private.award_credit(${`week:${day}`}, ${id}, 'lesson_completed', 60, now())`
  }
  await sql`update public.units set parent_id = ${town.otherTownship}, placed_on = '2026-01-01' where id = ${town.willow}`
  await drain(sql)
  const at = async (unit: number) => {
    const [week] = await as(account, one => one`select week_start::text as day, person_times from public.participations_by_week(${unit}, '2026-01-03', 1)`)
    const rows = await as(account, one => one`select person_id, hours from public.week_records(${unit}, '2026-01-01')`)
    expect([week!.day, week!.person_times]).toEqual(['2025-12-29', rows.length])
    const credits = []
    for (const year of [2025, 2026]) {
      const sum = Number((await as(account, one => one`select public.credits_of_unit(${unit}, ${year}) as sum`))[0]!.sum)
      const postings = await as(account, one => one`select milli_credits from public.credit_rows(${unit}, ${year}, 1)`)
      const rest = await as(account, one => one`select milli_credits from public.credit_rows(${unit}, ${year}, 200)`)
      expect([postings.length, rest.reduce((total, row) => total + Number(row.milli_credits), 0)]).toEqual([Math.min(1, rest.length), sum])
      credits.push(sum > 0)
    }
    return [rows.length, ...credits]
  }
  const others = (await at(town.township)).slice(1)
  expect([await at(town.otherTownship), await at(town.county)]).toEqual([[1, false, true], [2, true, true]])
  expect(others[0]).toBe(true)
  expect((await at(town.township))[0]).toBe(1)
  expect(await as(teacher.account, one => one`select * from public.week_records(${town.county}, '2026-01-01')`)).toEqual([])
  expect(await as(teacher.account, one => one`select * from public.credit_rows(${town.county}, 2026)`)).toEqual([])
}))

// ── people ──────────────────────────────────────────────────────────────────────────────────────────────────────────

it.each(['%', '_', '\\', '王%', '%秀%'])('%j is searched as it is written', name => withRollback(async (sql, as) => {
  const town = await makeTown(sql)
  const { account } = await makeStaff(sql, town.county, town.harbour, 'manager')
  expect(await as(account, sql => find(sql, name, town))).toEqual([])
  await makePerson(sql, town.willow, { name: `某${name}某` })
  expect(await as(account, sql => find(sql, name, town))).toMatchObject([{ name: `某${name}某`, total: 1 }])
}))

it('a search finds the name itself first, says how many there are, and who has an account', () => withRollback(async (sql, as) => {
  const town = await makeTown(sql)
  const { account } = await makeStaff(sql, town.school, town.willow, 'manager')
  await makePerson(sql, town.orchard, { name: '小王秀' })
  await makePerson(sql, town.orchard, { name: '王秀' })
  const [paper] = await sql`insert into public.persons (name, residence_unit_id) values ('王秀文', ${town.orchard}) returning id`
  const rows = await as(account, sql => find(sql, '王秀', town))
  expect(rows.map(row => row.name)).toEqual(['王秀', '王秀文', '王秀英', '小王秀'])
  expect(rows.every(row => row.total === 4)).toBe(true)
  expect(rows.find(row => row.person_id === paper!.id)).toMatchObject({ has_account: false, home: '果园村', groups: ['resident'] })
  expect(rows.find(row => row.name === '王秀英')).toMatchObject({ has_account: true, groups: ['elderly', 'resident'] })
  expect(await as(account, sql => sql`select name from public.find_people('王秀', ${town.county}, null, null, 2, 2)`)).toEqual([{ name: '王秀英' }, { name: '小王秀' }])
  expect(await as(account, sql => find(sql, '', town))).toEqual([])
}))

it('no phone in clear and no username comes back from a search', () => withRollback(async (sql, as) => {
  const town = await makeTown(sql)
  const { account } = await makeStaff(sql, town.school, town.willow, 'manager')
  const [row] = await as(account, sql => find(sql, '王', town))
  expect(Object.keys(row!).sort()).toEqual(['birth_year', 'groups', 'has_account', 'home', 'home_code', 'matched', 'name', 'person_id', 'phone', 'sex', 'total'])
}))

it('records say what counts and what corrects what', () => withRollback(async (sql, as) => {
  const town = await makeTown(sql)
  const { account } = await makeStaff(sql, town.school, town.willow, 'manager')
  await sql`insert into public.participations (key, person_id, kind, organised, role, residence_unit_id, groups, started_at, ended_at, hours, status, channel, entry_source, corrects)
    select key || ':corrected', person_id, kind, organised, role, residence_unit_id, groups, started_at, ended_at, hours, 'corrected', channel, entry_source, id
    from public.participations where person_id = ${town.mei.id}`
  const [correction, first] = await as(account, sql => sql`select * from public.person_participations(${town.mei.id}, ${YEAR})`)
  expect(first).toMatchObject({ counts: false, corrected_by: correction!.participation_id, course: '手机使用入门' })
  expect(correction).toMatchObject({ counts: false, corrects: first!.participation_id, status: 'corrected' })
}))

// ── network ─────────────────────────────────────────────────────────────────────────────────────────────────────────

it('built are the places that should have a school and have one open today', () => withRollback(async (sql, as) => {
  const town = await makeTown(sql)
  const { account } = await makeStaff(sql, town.township, town.willow, 'manager')
  await sql`update public.unit_versions set should_build = true where unit_id in (${town.township}, ${town.willow}, ${town.orchard})`
  const point = await makeUnit(sql, town.willow, 'village', '柳溪村学习点', 'learning_point')
  const summary = () => as(account, sql => sql`select * from public.network_summary(${town.township}, private.china_date(now()))`)
  expect(await summary()).toMatchObject([
    { level: 'township', administrations: 1, should_build: 1, built: 1, teaching_units: 1 },
    { level: 'village', administrations: 2, should_build: 2, built: 1, teaching_units: 1 },
  ])
  await sql`update public.unit_versions set closed_on = private.china_date(now()) where unit_id = ${point}`
  expect((await summary())[1]).toMatchObject({ should_build: 2, built: 0, teaching_units: 0 })
  const tree = await as(account, sql => sql`select * from public.network_tree(${town.township})`)
  expect(tree.map(row => [row.name, row.depth])).toEqual([['柳溪镇', 0], ['柳溪村', 1], ['果园村', 1]])
  expect(tree[1]!.teaching).toMatchObject([{ name: '柳溪村学习点', kindZh: '学习点' }])
}))

it('a manager knows the staff of the own school by name wherever they live', () => withRollback(async (sql, as) => {
  const town = await makeTown(sql)
  const manager = await makeStaff(sql, town.school, town.willow, 'manager')
  await makeStaff(sql, town.school, town.harbour, 'teacher')
  expect(await as(manager.account, sql => sql`select role_en, name, unit_name from public.posts_at(${town.township})`)).toEqual([
    { role_en: 'Manager', name: '陈志强', unit_name: '柳溪社区学校' }, { role_en: 'Teacher', name: '陈志强', unit_name: '柳溪社区学校' },
  ])
}))

it('the way to a unit says where one\'s sight begins', () => withRollback(async (sql, as) => {
  const town = await makeTown(sql)
  const { account } = await makeStaff(sql, town.school, town.willow, 'manager')
  const [willow] = await sql`select code from public.units where id = ${town.willow}`
  const trail = await as(account, sql => sql`select unit_id, in_sight from public.unit_trail(${willow!.code}, 'names')`)
  expect(trail).toEqual([
    { unit_id: town.city, in_sight: false }, { unit_id: town.county, in_sight: false },
    { unit_id: town.township, in_sight: true }, { unit_id: town.willow, in_sight: true },
  ])
  expect(await as(account, sql => sql`select * from public.unit_trail('nowhere', 'names')`)).toEqual([])
}))
