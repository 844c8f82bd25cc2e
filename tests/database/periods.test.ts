// A report goes up the tree: handed in, sent back or approved by the unit above, reopened only by request. What was handed in
// never changes; what has moved since is the drift.
import { describe, expect, it } from 'vitest'
import {
  type As, type Network, type Person, type Sql, type Transaction, committedAs, drain, makeNetwork, makePerson, makeStaff, makeVideoLesson, pool, withRollback,
} from '../fixtures/database.ts'
import { addFact } from '../fixtures/figures.ts'
import { ago, makePlace, makeService, makeShift, makeVolunteer } from '../fixtures/volunteers.ts'

const YEAR = 2025
const REASON = '汇总比较慢'

interface Scene { sql: Transaction, as: As, places: Network, period: number, town: Person, county: Person, city: Person }

async function openPeriod(sql: Sql, { endsOn = `${YEAR}-12-31`, dueIn = 30, year = YEAR, part = 'year' } = {}): Promise<number> {
  const [row] = await sql`insert into public.reporting_periods (year, part, starts_on, ends_on, due_on, levels)
    values (${year}, ${part}, ${`${year}-01-01`}, ${endsOn}, greatest(private.china_date(now()), ${endsOn}::date) + ${dueIn}::integer, '{county,township}')
    on conflict (year, part) do update set due_on = excluded.due_on, levels = excluded.levels, ends_on = excluded.ends_on returning id`
  return row!.id
}

const inScene = (test: (scene: Scene) => Promise<unknown>, options?: Parameters<typeof openPeriod>[1]) => withRollback(async (sql, as) => {
  const places = await makeNetwork(sql)
  // Other tests leave units in the one region; the period is theirs too, and nobody here looks at them.
  await test({
    sql, as, places, period: await openPeriod(sql, options),
    town: await makeStaff(sql, places.school, places.willow, 'manager'),
    county: await makeStaff(sql, places.county, places.willow, 'manager'),
    city: await makeStaff(sql, places.city, places.willow, 'head'),
  })
})

const handIn = ({ as, period }: Scene, who: Person, unit: number, reason: string | null = null) =>
  as(who.account, async sql => (await sql`select public.hand_in_report(${period}, ${unit}, ${reason}) as version`)[0]!.version as number)
const decide = ({ as, period }: Scene, who: Person, unit: number, approved: boolean, { version = 1, reason = null as string | null } = {}) =>
  as(who.account, sql => sql`select public.decide_report(${period}, ${unit}, ${version}, ${approved}, ${reason})`)
const ask = ({ as, period }: Scene, who: Person, unit: number, reason: string | null = '漏了一个班') =>
  as(who.account, sql => sql`select public.ask_reopening(${period}, ${unit}, ${reason})`)
const reopen = ({ as, period }: Scene, who: Person, unit: number, granted: boolean, reason: string | null = null) =>
  as(who.account, sql => sql`select public.decide_reopening(${period}, ${unit}, ${granted}, ${reason})`)
const stateOf = async ({ sql, period }: Scene, unit: number) => (await sql`select state, version from public.reports where period_id = ${period} and unit_id = ${unit}`)[0]
const compare = ({ as, period }: Scene, who: Person, unit: number, version = 1) => as(who.account, sql =>
  sql`select code, value::float, denominator::float, denominator_source, denominator_as_of::text, live_value::float, live_denominator::float from public.report_comparison(${period}, ${unit}, ${version})`)

/** A lesson done in the year by somebody of a village, and counted. */
async function learn(sql: Sql, village: number, key: string, day = `${YEAR}-05-01`): Promise<void> {
  const person = await makePerson(sql, village)
  const { lessonId } = await makeVideoLesson(sql)
  await sql`select private.record_participation(${key}, ${person.id}, ${lessonId}, ${`${day}T10:00+08:00`}, ${`${day}T11:00+08:00`}, 1.5, 'web')`
  await sql`select private.drain_marks(100000)`
}

describe('handing in', () => {
  it('keeps every figure with its denominator, its source and its date', () => inScene(async (scene) => {
    const { sql, places, town } = scene
    for (const unit of [places.willow, places.orchard]) await sql`insert into public.population_versions (unit_id, year, group_id, count, source, as_of)
      values (${unit}, ${YEAR}, 'resident', 100, '人口普查', ${`${YEAR}-06-30`})`
    await learn(sql, places.willow, 'p:1')
    expect(await handIn(scene, town, places.township)).toBe(1)
    const figures = await compare(scene, town, places.township)
    expect(figures.find(({ code }) => code === 'reached:resident')).toEqual({
      code: 'reached:resident', value: 1, denominator: 200, denominator_source: null, denominator_as_of: `${YEAR}-06-30`, live_value: 1, live_denominator: 200,
    })
    expect(figures.find(({ code }) => code === 'hours_per_person')).toMatchObject({ value: 1.5, denominator: 1 })
    // Two villages that the network says are rural; nobody lives in a town.
    expect(figures.find(({ code }) => code === 'area:rural')).toMatchObject({ value: 1, denominator: 200, live_denominator: 200 })
    expect(figures.find(({ code }) => code === 'category:digital')).toMatchObject({ value: 1, denominator: 200, denominator_as_of: `${YEAR}-06-30`, live_denominator: 200 })
    expect(figures.find(({ code }) => code === 'reached:elderly')).toMatchObject({ denominator: null })
    const [missing] = await sql`select missing_count from public.report_figures where period_id = ${scene.period} and unit_id = ${places.township} and code = 'reached:elderly'`
    expect(missing).toEqual({ missing_count: 2 })
  }))

  it('says beside all learning what was organised, whom the unit\'s own work taught, and who served', () => inScene(async (scene) => {
    const { sql, places, town } = scene
    await learn(sql, places.willow, 'p:1') // by themselves
    const [mei, hai] = [await makePerson(sql, places.orchard), await makePerson(sql, places.harbour)]
    await addFact(sql, mei.id, { day: `${YEAR}-03-01`, host: places.otherTownship })
    await addFact(sql, hai.id, { day: `${YEAR}-04-01`, host: places.school })
    await addFact(sql, hai.id, { day: `${YEAR}-10-01`, host: places.school })
    await addFact(sql, mei.id, { day: `${YEAR}-10-01`, host: places.school })
    await drain(sql)
    const valuesOf = async () => Object.fromEntries((await scene.as(town.account, one => one`select code, value::integer from public.report_preview(${scene.period}, ${places.township})`)).map(({ code, value }) => [code, value]))
    const ofYear = { 'reached:resident': 2, 'reached_organised': 1, 'taught': 2, 'volunteers_served': 0 }
    expect(await valuesOf()).toMatchObject(ofYear)
    // Of a part of the year, what was until then; of all months, what the cells say.
    await sql`update public.reporting_periods set ends_on = ${`${YEAR}-06-30`} where id = ${scene.period}`
    expect(await valuesOf()).toMatchObject({ 'reached:resident': 2, 'reached_organised': 1, 'taught': 1, 'volunteers_served': 0 })
    expect((await sql`select * from private.organised_until(${places.township}, ${YEAR}, 12)`)[0]).toEqual({ reached: 1, taught: 2 })
    await handIn(scene, town, places.township)
    expect((await compare(scene, town, places.township)).find(({ code }) => code === 'reached_organised')).toMatchObject({ value: 1, denominator: null, live_value: 1 })
  }))

  it('of volunteers counts who served until the period\'s end, among the residents', () => withRollback(async (sql, as) => {
    const service = await makeService(sql)
    const { places, manager } = service
    const today = new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 10)
    const year = Number(today.slice(0, 4))
    await sql`insert into public.population_versions (unit_id, year, group_id, count, source, as_of) values (${places.township}, ${year}, 'resident', 400, '人口普查', ${`${year}-01-01`})`
    const who = await makeVolunteer(sql, service)
    const shift = await makeShift(sql, as, service, { from: ago(6), to: ago(4) })
    await makePlace(sql, shift, who, ago(6), ago(4), 'scanned')
    await as(manager.account, one => one`select * from public.confirm_service(${shift})`)
    const of = (lastMonth: number) => as(manager.account, async (one) => {
      await one`reset role` // figures_of() is for the acts, which ask as the account
      return (await one`select value::integer, denominator::integer, denominator_source from private.figures_of(${places.township}, ${year}, ${lastMonth}) where code = 'volunteers_served'`)[0]
    })
    expect(await of(12)).toEqual({ value: today.slice(5) > '01-01' ? 1 : 0, denominator: 400, denominator_source: '人口普查' })
    if (Number(today.slice(5, 7)) > 2) expect(await of(1)).toMatchObject({ value: 0 })
  }))

  it('before the period is over is refused', () => inScene(async (scene) => {
    await expect(handIn(scene, scene.town, scene.places.township)).rejects.toMatchObject({ code: 'PT409', message: 'period_not_over' })
  }, { year: 2099, endsOn: '2099-12-31' }))

  it('twice is refused', () => inScene(async (scene) => {
    await handIn(scene, scene.town, scene.places.township)
    await expect(handIn(scene, scene.town, scene.places.township)).rejects.toMatchObject({ message: 'report_handed_in_already' })
  }))

  it('late needs a reason in writing, and stays marked as late', () => inScene(async (scene) => {
    const { sql, places, town, period } = scene
    for (const reason of [null, '', '  ', '忘了']) await expect(handIn(scene, town, places.township, reason)).rejects.toMatchObject({ code: 'PT422', message: 'report_late_reason' })
    await handIn(scene, town, places.township, REASON)
    expect(await sql`select is_late, exception from public.report_snapshots where period_id = ${period} and unit_id = ${places.township}`).toEqual([{ is_late: true, exception: REASON }])
  }, { endsOn: `${YEAR}-06-30`, part: 'h1', dueIn: -1 }))

  it('before the units below are approved needs a reason', () => inScene(async (scene) => {
    const { places, town, county } = scene
    await handIn(scene, town, places.township)
    await expect(handIn(scene, county, places.county)).rejects.toMatchObject({ message: 'report_units_below_reason', detail: expect.stringContaining('"count": 2') })
    await handIn(scene, county, places.county, REASON)
  }))

  it('is for managers of the unit or of one above, not for teachers, inspectors or others', () => inScene(async (scene) => {
    const { sql, places } = scene
    for (const who of [await makeStaff(sql, places.school, places.willow, 'teacher'), await makeStaff(sql, places.county, places.willow, 'inspector'),
      await makeStaff(sql, places.otherTownship, places.harbour, 'manager'), await makePerson(sql, places.willow)])
      await expect(handIn(scene, who, places.township)).rejects.toMatchObject({ code: 'PT403' })
    await expect(handIn(scene, scene.town, places.willow)).rejects.toMatchObject({ message: 'report_unknown' }) // villages owe none
  }))

  it('of a half-year counts to its last day only', () => inScene(async (scene) => {
    const { sql, places, town } = scene
    await learn(sql, places.willow, 'p:1', `${YEAR}-05-01`)
    await learn(sql, places.willow, 'p:2', `${YEAR}-09-01`)
    await handIn(scene, town, places.township)
    const figures = await compare(scene, town, places.township)
    expect(Object.fromEntries(figures.map(({ code, value }) => [code, value]))).toMatchObject({ 'reached:resident': 1, 'person_times': 1, 'hours': 1.5, 'hours_per_person': 1.5, 'head_counts': 0, 'channel:web': 1, 'category:digital': 1 })
  }, { endsOn: `${YEAR}-06-30`, part: 'h1' }))
})

describe('deciding', () => {
  it('is for the unit above, never for the unit itself or whoever handed in', () => inScene(async (scene) => {
    const { places, town, county, city } = scene
    await handIn(scene, town, places.township)
    await expect(decide(scene, town, places.township, true)).rejects.toMatchObject({ code: 'PT403', message: 'unit_not_yours' })
    await decide(scene, county, places.township, true)
    expect(await stateOf(scene, places.township)).toEqual({ state: 'approved', version: 1 })
    await handIn(scene, city, places.county, REASON)
    await expect(decide(scene, city, places.county, true)).rejects.toMatchObject({ code: 'PT403', message: 'report_own' })
  }))

  it('is about the version that was seen', () => inScene(async (scene) => {
    const { places, town, county } = scene
    await handIn(scene, town, places.township)
    await decide(scene, county, places.township, false, { reason: '学时不对，请核对' })
    expect(await handIn(scene, town, places.township)).toBe(2)
    await expect(decide(scene, county, places.township, true, { version: 1 })).rejects.toMatchObject({ message: 'report_changed' })
    await decide(scene, county, places.township, true, { version: 2 })
    await expect(decide(scene, county, places.township, false, { version: 2, reason: '又想了想' })).rejects.toMatchObject({ message: 'report_not_waiting' })
  }))

  it('needs a reason to send back', () => inScene(async (scene) => {
    await handIn(scene, scene.town, scene.places.township)
    await expect(decide(scene, scene.county, scene.places.township, false, { reason: ' ' })).rejects.toMatchObject({ message: 'report_reason_missing' })
  }))
})

describe('after closing', () => {
  it('a late fact is drift: live figures go on and what was handed in stays', () => inScene(async (scene) => {
    const { sql, places, town, county } = scene
    await learn(sql, places.willow, 'p:1')
    await handIn(scene, town, places.township)
    await decide(scene, county, places.township, true)
    await learn(sql, places.orchard, 'p:2')
    expect((await compare(scene, town, places.township)).find(({ code }) => code === 'reached:resident')).toMatchObject({ value: 1, live_value: 2 })
    for (const statement of ['update public.report_figures set value = 2', 'delete from public.report_snapshots', 'truncate public.report_acts', 'update public.report_acts set act = \'approved\''])
      await expect(sql.savepoint(inner => inner.unsafe(statement))).rejects.toMatchObject({ message: 'append_only' })
  }))

  it('a snapshot from before areas and categories had denominators is as it was, and that is no drift', () => inScene(async (scene) => {
    const { sql, places, town, period } = scene
    for (const unit of [places.willow, places.orchard]) await sql`insert into public.population_versions (unit_id, year, group_id, count, source, as_of)
      values (${unit}, ${YEAR}, 'resident', 100, '人口普查', ${`${YEAR}-06-30`})`
    await learn(sql, places.willow, 'p:1')
    await handIn(scene, town, places.township)
    await sql`alter table public.report_figures disable trigger user`
    await sql`delete from public.report_figures where period_id = ${period} and unit_id = ${places.township} and code in ('reached_organised', 'taught', 'volunteers_served')`
    await sql`update public.report_figures set denominator = null where period_id = ${period} and unit_id = ${places.township} and code ~ '^(area|category):'`
    const figures = await compare(scene, town, places.township)
    expect(figures.find(({ code }) => code === 'category:digital')).toMatchObject({ value: 1, denominator: null, live_value: 1, live_denominator: null })
    expect(figures.filter(({ value, denominator, live_value, live_denominator }) => value !== live_value || denominator !== live_denominator)).toEqual([])
  }))

  it('reopening needs the unit above, keeps the earlier snapshot and makes the next version', () => inScene(async (scene) => {
    const { sql, places, town, county } = scene
    await learn(sql, places.willow, 'p:1')
    await expect(ask(scene, town, places.township)).rejects.toMatchObject({ message: 'report_unknown' })
    await handIn(scene, town, places.township)
    await expect(ask(scene, town, places.township)).rejects.toMatchObject({ message: 'report_not_approved' })
    await decide(scene, county, places.township, true)
    await expect(ask(scene, town, places.township, '')).rejects.toMatchObject({ message: 'report_reason_missing' })
    await ask(scene, town, places.township)
    await expect(handIn(scene, town, places.township)).rejects.toMatchObject({ message: 'report_handed_in_already' })
    await expect(reopen(scene, town, places.township, true)).rejects.toMatchObject({ code: 'PT403' })
    await reopen(scene, county, places.township, false, '差得不多，不必重开')
    expect(await stateOf(scene, places.township)).toMatchObject({ state: 'approved' })
    await ask(scene, town, places.township)
    await reopen(scene, county, places.township, true)
    await learn(sql, places.orchard, 'p:2')
    expect(await handIn(scene, town, places.township)).toBe(2)
    const valueOf = async (version: number) => (await compare(scene, town, places.township, version)).find(({ code }) => code === 'reached:resident')!.value
    expect([await valueOf(1), await valueOf(2)]).toEqual([1, 2])
    const history = await scene.as(town.account, inner => inner`select act from public.report_history(${scene.period}, ${places.township})`)
    expect(history.map(({ act }) => act)).toEqual(['handed_in', 'approved', 'reopening_asked', 'reopening_refused', 'reopening_asked', 'reopening_granted', 'handed_in'])
    expect(await sql`select count(*)::integer from public.audit_events where subject_kind = 'report' and unit_id = ${places.township}`).toEqual([{ count: 7 }])
  }))

  it('a report is not reopened below one that stands on it', () => inScene(async (scene) => {
    const { places, town, county, city } = scene
    await handIn(scene, town, places.township)
    await decide(scene, county, places.township, true)
    await handIn(scene, county, places.county, REASON)
    await ask(scene, town, places.township)
    await expect(reopen(scene, county, places.township, true)).rejects.toMatchObject({ message: 'report_above_closed' })
    await decide(scene, city, places.county, false, { reason: '下级要重开' })
    await reopen(scene, county, places.township, true)
  }))
})

describe('completeness', () => {
  it('says of every unit due whether it came, in time, and where it stands', () => inScene(async (scene) => {
    const { sql, as, places, town, county, period } = scene
    await sql`insert into public.population_versions (unit_id, year, group_id, count, source, as_of) values (${places.willow}, ${YEAR}, 'resident', 100, '人口普查', ${`${YEAR}-06-30`})`
    await handIn(scene, town, places.township)
    await decide(scene, county, places.township, true)
    const due = await as(county.account, inner => inner`select unit_id, state, is_late, missing_populations from public.reports_due(${period}, ${places.county})`)
    expect(due).toEqual([
      { unit_id: places.county, state: null, is_late: null, missing_populations: 2 },
      { unit_id: places.township, state: 'approved', is_late: false, missing_populations: 1 },
      { unit_id: places.otherTownship, state: null, is_late: null, missing_populations: 1 },
    ])
    expect(await as(town.account, inner => inner`select * from public.reports_due(${period}, ${places.county})`)).toEqual([])
  }))

  it('tasks are what one may do now, in one\'s own unit and right below it', () => inScene(async (scene) => {
    const { as, places, town, county, city, period } = scene
    const tasks = (who: Person) => as(who.account, async inner => (await inner`select task, unit_id from public.my_report_tasks() where period_id = ${period}`).map(row => [row.task, row.unit_id]))
    expect(await tasks(town)).toEqual([['hand_in', places.township]])
    await handIn(scene, town, places.township)
    expect(await tasks(town)).toEqual([])
    expect(await tasks(county)).toEqual([['hand_in', places.county], ['approve', places.township]])
    expect((await tasks(city)).filter(([, unit]) => unit === places.township)).toEqual([])
    await decide(scene, county, places.township, true)
    await ask(scene, town, places.township)
    expect(await tasks(county)).toEqual([['hand_in', places.county], ['reopen', places.township]])
  }))

  it('a village that owes a report is a task of the township; whoever handed it in does not decide', () => inScene(async (scene) => {
    const { sql, as, places, town, period } = scene
    await sql`update public.reporting_periods set levels = '{village,township}' where id = ${period}`
    const tasks = (who: Person) => as(who.account, async inner => (await inner`select task, unit_id from public.my_report_tasks() where period_id = ${period}`).map(row => [row.task, row.unit_id]))
    expect(await tasks(town)).toEqual([['hand_in', places.township], ['hand_in', places.willow], ['hand_in', places.orchard]])
    await handIn(scene, town, places.willow)
    expect(await tasks(town)).toEqual([['hand_in', places.township], ['hand_in', places.orchard]])
    const head = await makeStaff(sql, places.school, places.willow, 'head')
    expect(await tasks(head)).toContainEqual(['approve', places.willow])
    await decide(scene, head, places.willow, true)
  }))

  it('an inspector sees how far reports are, and no figure of them', () => inScene(async (scene) => {
    const { sql, as, places, town, period } = scene
    await handIn(scene, town, places.township)
    const inspector = await makeStaff(sql, places.county, places.willow, 'inspector')
    expect((await as(inspector.account, inner => inner`select state from public.reports_due(${period}, ${places.township})`))[0]).toEqual({ state: 'handed_in' })
    expect(await compare(scene, inspector, places.township)).toEqual([])
    for (const table of ['report_figures', 'report_snapshots']) expect(await as(inspector.account, inner => inner`select from ${inner(`public.${table}`)} where unit_id = ${places.township}`)).toEqual([])
    expect(await as(inspector.account, inner => inner`select * from public.report_preview(${period}, ${places.township})`)).toEqual([])
    expect(await as(inspector.account, inner => inner`select * from public.report_history(${period}, ${places.township})`)).toEqual([])
  }))

  it('periods of a year are opened by approval at the region, once', () => inScene(async ({ as, city, county }) => {
    const open = (who: Person, rhythm: string) => as(who.account, async inner => (await inner`select public.open_periods(2098, ${rhythm}, 20, '{county}') as opened`)[0]!.opened as number)
    await expect(open(county, 'quarter')).rejects.toMatchObject({ code: 'PT403' })
    expect(await open(city, 'quarter')).toBe(4)
    await expect(open(city, 'quarter')).rejects.toMatchObject({ message: 'periods_open_already' })
    expect(await open(city, 'half_year')).toBe(2)
  }))
})

describe('completeness by unit right below', () => {
  const byChild = ({ as, period }: Scene, who: Person, unit: number) => as(who.account, async sql =>
    (await sql`select name, is_parent, due, arrived, in_time, approved from public.reports_by_child(${period}, ${unit})`).map(row => Object.values(row)))

  it('counts what is due, handed in, in time and approved in each part, and all of it with the unit\'s own', () => inScene(async (scene) => {
    const { places, town, county, city } = scene
    await handIn(scene, town, places.township)
    await decide(scene, county, places.township, true)
    await handIn(scene, county, places.otherTownship)
    expect(await byChild(scene, county, places.county)).toEqual([['安溪县', true, 3, 2, 2, 1], ['柳溪镇', false, 1, 1, 1, 1], ['港口镇', false, 1, 1, 1, 0]])
    expect(await byChild(scene, city, places.city)).toContainEqual(['安溪县', false, 3, 2, 2, 1])
    expect(await byChild(scene, town, places.county)).toEqual([])
  }))

  it('what came late has arrived and is not in time; levels that owe nothing are passed through', () => inScene(async (scene) => {
    const { sql, places, town, county, period } = scene
    await sql`update public.reporting_periods set levels = '{county,village}' where id = ${period}`
    await handIn(scene, town, places.willow, REASON)
    expect(await byChild(scene, county, places.county)).toEqual([['安溪县', true, 4, 1, 0, 0], ['柳溪镇', false, 2, 1, 0, 0], ['港口镇', false, 1, 0, 0, 0]])
    expect(await byChild(scene, town, places.township)).toEqual([['柳溪镇', true, 2, 1, 0, 0], ['柳溪村', false, 1, 1, 0, 0], ['果园村', false, 1, 0, 0, 0]])
  }, { endsOn: `${YEAR}-06-30`, part: 'h1', dueIn: -1 }))
})

describe('a period that was opened wrongly', () => {
  const changeDue = ({ as, period }: Scene, who: Person, inDays: number) => as(who.account, sql => sql`select public.change_period_due(${period}, private.china_date(now()) + ${inDays}::integer)`)
  const withdraw = ({ as, period }: Scene, who: Person) => as(who.account, sql => sql`select public.withdraw_period(${period})`)
  const dueIn = async ({ sql, period }: Scene) => (await sql`select due_on - private.china_date(now()) as days from public.reporting_periods where id = ${period}`)[0]?.days

  it('has another due day, whoever was reminded is reminded again, and it is on record', () => inScene(async (scene) => {
    const { sql, places, county, city, period } = scene
    for (const step of ['due_soon', 'late', 'decide']) await sql`insert into public.report_reminders (period_id, unit_id, step) values (${period}, ${places.township}, ${step})`
    await expect(changeDue(scene, county, 5)).rejects.toMatchObject({ code: 'PT403' })
    for (const days of [-1, -1000, 10_000]) await expect(changeDue(scene, city, days)).rejects.toMatchObject({ code: 'PT422', message: 'period_due_on' })
    await changeDue(scene, city, 0)
    expect(await dueIn(scene)).toBe(0)
    expect(await sql`select step from public.report_reminders where period_id = ${period}`).toEqual([{ step: 'decide' }])
    await changeDue(scene, city, 0) // nothing to say
    expect(await sql`select details ->> 'part' as part from public.audit_events where action = 'period_due_changed' and subject_id = ${String(period)}`).toEqual([{ part: 'year' }])
  }))

  it('is not due before it is over', () => inScene(async (scene) => {
    await expect(changeDue(scene, scene.city, 30)).rejects.toMatchObject({ message: 'period_due_on' })
  }, { year: 2099, endsOn: '2099-12-31' }))

  it('is withdrawn while nothing is handed in, never after', () => inScene(async (scene) => {
    const { sql, places, town, county, city, period } = scene
    await expect(withdraw(scene, county)).rejects.toMatchObject({ code: 'PT403' })
    await sql`insert into public.report_reminders (period_id, unit_id, step) values (${period}, ${places.township}, 'due_soon')`
    await sql.savepoint(async (inner) => {
      await withdraw({ ...scene, sql: inner as Transaction }, city)
      expect(await inner`select from public.reporting_periods where id = ${period}`).toEqual([])
      expect(await inner`select details -> 'report_levels' as levels from public.audit_events where action = 'period_withdrawn'`).toEqual([{ levels: ['county', 'township'] }])
      await expect(withdraw(scene, city)).rejects.toMatchObject({ code: 'PT404', message: 'period_unknown' })
      throw new Error('back')
    }).catch((error: Error) => expect(error.message).toBe('back'))
    await handIn(scene, town, places.township)
    await expect(withdraw(scene, city)).rejects.toMatchObject({ code: 'PT409', message: 'period_has_reports', detail: expect.stringContaining('"count": 1') })
    await decide(scene, county, places.township, false, { reason: '学时不对，请核对' })
    await expect(withdraw(scene, city)).rejects.toMatchObject({ message: 'period_has_reports' })
  }))
})

describe('approving together', () => {
  const waiting = ({ as, period }: Scene, who: Person, unit: number) => as(who.account, async sql =>
    (await sql`select name, exception, drift, is_own, total from public.reports_to_approve(${period}, ${unit})`).map(row => Object.values(row)))
  const approve = async ({ sql, as, period }: Scene, who: Person, units: number[], versions = units.map(() => 1)) => {
    const rows = await sql`select id, code from public.units where id = any (${units})`
    const codes = units.map(unit => (rows.find(({ id }) => id === unit)?.code ?? 'NOWHERE') as string)
    return (await as(who.account, one => one`select name, refusal from public.approve_reports(${period}, ${codes}, ${versions})`)).map(row => Object.values(row))
  }

  it('approves what nothing speaks against and names the others', () => inScene(async (scene) => {
    const { sql, places, town, county, city } = scene
    for (const place of [places.township, places.otherTownship]) await handIn(scene, place === places.township ? town : city, place)
    expect(await waiting(scene, county, places.county)).toEqual([['柳溪镇', null, 0, false, 2], ['港口镇', null, 0, false, 2]])
    await learn(sql, places.harbour, 'p:1') // since then
    expect((await waiting(scene, county, places.county))[1]).toEqual(['港口镇', null, expect.any(Number), false, 2])
    expect((await waiting(scene, county, places.county))[1]![2]).toBeGreaterThan(0)
    expect(await approve(scene, county, [places.township, places.otherTownship])).toEqual([['港口镇', 'report_drifted']])
    expect(await stateOf(scene, places.township)).toEqual({ state: 'approved', version: 1 })
    expect(await stateOf(scene, places.otherTownship)).toEqual({ state: 'handed_in', version: 1 })
    expect(await approve(scene, county, [places.township])).toEqual([['柳溪镇', 'report_not_waiting']])
  }))

  it('never one with a reason in writing, of another version, one\'s own, or of others', () => inScene(async (scene) => {
    const { sql, places, town, county, city } = scene
    await handIn(scene, town, places.township)
    expect(await approve(scene, county, [places.township], [2])).toEqual([['柳溪镇', 'report_drifted']])
    await handIn(scene, county, places.otherTownship)
    expect((await waiting(scene, county, places.county))[1]).toEqual(['港口镇', null, 0, true, 2])
    expect(await approve(scene, county, [places.otherTownship])).toEqual([['港口镇', 'report_own']])
    await handIn(scene, county, places.county, REASON)
    expect(await approve(scene, city, [places.county])).toEqual([['安溪县', 'report_has_exception']])
    expect(await approve(scene, town, [places.township])).toEqual([['柳溪镇', 'unit_not_yours']])
    expect(await approve(scene, county, [places.willow, -1])).toEqual([['柳溪村', 'report_unknown'], ['NOWHERE', 'report_unknown']])
    expect(await waiting(scene, town, places.county)).toEqual([])
    expect(await sql`select from public.report_acts where period_id = ${scene.period} and act = 'approved'`).toEqual([])
  }))
})

it('who hands in and who withdraws the period at once: one goes first, the other is refused', async () => {
  for (let round = 0; round < 5; round++) {
    const places = await makeNetwork(pool)
    const period = await openPeriod(pool, { part: 'q1', endsOn: `${YEAR}-03-31` })
    const [town, city] = [await makeStaff(pool, places.school, places.willow, 'manager'), await makeStaff(pool, places.city, places.willow, 'head')]
    const results = await Promise.allSettled([
      committedAs(town.account, sql => sql`select public.hand_in_report(${period}, ${places.township})`),
      committedAs(city.account, sql => sql`select public.withdraw_period(${period})`),
    ])
    const [handed, withdrawn] = results.map(result => result.status === 'fulfilled' ? 'done' : (result.reason as Error).message)
    expect([['done', 'period_has_reports'], ['report_unknown', 'done']]).toContainEqual([handed, withdrawn])
    if (handed === 'done') await pool.begin(async (sql) => {
      await sql`set local session_replication_role = replica`
      for (const table of ['report_acts', 'report_figures', 'report_snapshots', 'reports']) await sql`delete from ${sql(`public.${table}`)} where period_id = ${period}`
    })
  }
})

it('two who act on one report at once: one goes first, the other is refused', async () => {
  const places = await makeNetwork(pool)
  const period = await openPeriod(pool)
  const [town, town2] = [await makeStaff(pool, places.school, places.willow, 'manager'), await makeStaff(pool, places.school, places.willow, 'head')]
  const counties = [await makeStaff(pool, places.county, places.willow, 'manager'), await makeStaff(pool, places.county, places.willow, 'head')]
  const outcomes = (calls: Promise<unknown>[]) => Promise.allSettled(calls).then(results => results.map(result => result.status === 'fulfilled' ? 'done' : (result.reason as Error).message).sort())
  expect(await outcomes([town, town2].map(who => committedAs(who.account, sql => sql`select public.hand_in_report(${period}, ${places.township})`)))).toEqual(['done', 'report_handed_in_already'])
  expect(await outcomes(counties.map((who, index) => committedAs(who.account, sql => sql`select public.decide_report(${period}, ${places.township}, 1, ${index === 0}, '请再核对一遍')`)))).toEqual(['done', 'report_not_waiting'])
  expect(await pool`select count(*)::integer from public.report_figures where period_id = ${period} and unit_id = ${places.township} and code = 'person_times'`).toEqual([{ count: 1 }])
})

it('two who approve together at once, in whatever order: each report is approved once, and nobody waits for the other for ever', async () => {
  const places = await makeNetwork(pool)
  const period = await openPeriod(pool, { part: 'h1', endsOn: `${YEAR}-06-30` })
  const [town, city] = [await makeStaff(pool, places.school, places.willow, 'manager'), await makeStaff(pool, places.city, places.willow, 'manager')]
  await committedAs(town.account, sql => sql`select public.hand_in_report(${period}, ${places.township})`)
  await committedAs(city.account, sql => sql`select public.hand_in_report(${period}, ${places.otherTownship})`)
  const counties = [await makeStaff(pool, places.county, places.willow, 'manager'), await makeStaff(pool, places.county, places.willow, 'head')]
  const codes = (await pool`select code from public.units where id in (${places.township}, ${places.otherTownship}) order by id`).map(({ code }) => code as string)
  const refusals = await Promise.all(counties.map(async (who, index) => (await committedAs(who.account, sql =>
    sql`select refusal from public.approve_reports(${period}, ${index ? [...codes].reverse() : codes}, '{1,1}')`)).map(({ refusal }) => refusal as string)))
  expect(refusals.sort((a, b) => a.length - b.length)).toEqual([[], ['report_not_waiting', 'report_not_waiting']])
  expect(await pool`select unit_id, count(*)::integer as times from public.report_acts where period_id = ${period} and act = 'approved' group by unit_id order by unit_id`)
    .toEqual([places.township, places.otherTownship].sort((a, b) => a - b).map(unit_id => ({ unit_id, times: 1 })))
})

it('two who open the periods of a year at once, and two who withdraw one: it is done once', async () => {
  const places = await makeNetwork(pool)
  const heads = [await makeStaff(pool, places.city, places.willow, 'head'), await makeStaff(pool, places.city, places.willow, 'manager')]
  const outcomes = (act: (sql: Sql) => Promise<unknown>) => Promise.allSettled(heads.map(who => committedAs(who.account, act)))
    .then(results => results.map(result => result.status === 'fulfilled' ? 'done' : (result.reason as Error).message).sort())
  expect(await outcomes(sql => sql`select public.open_periods(2071, 'quarter', 20, '{county}')`)).toEqual(['done', 'periods_open_already'])
  const [{ id, times }] = await pool`select min(id) as id, count(*)::integer as times from public.reporting_periods where year = 2071` as unknown as [{ id: number, times: number }]
  expect(times).toBe(4)
  expect(await outcomes(sql => sql`select public.withdraw_period(${id})`)).toEqual(['done', 'period_unknown'])
  await pool`delete from public.reporting_periods where year = 2071`
})
