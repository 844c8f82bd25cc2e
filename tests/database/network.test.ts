import { describe, expect, it } from 'vitest'
import { type As, type Network, type Person, type Transaction, committedAs, makeNetwork, makePerson, makeStaff, makeUnit, pool, withRollback } from '../fixtures/database.ts'

interface Scene { sql: Transaction, as: As, net: Network, town: Person, county: Person, system: Person, teacher: Person, code: (id: number) => Promise<string> }

/** The managers of a town and of its county, the region's system administrator, and a teacher who edits nothing. */
const scene = (test: (scene: Scene) => Promise<unknown>) => withRollback(async (sql, as) => {
  const net = await makeNetwork(sql)
  const staff = (unit: number, role: string) => makeStaff(sql, unit, net.harbour, role)
  await test({ sql, as, net, town: await staff(net.school, 'manager'), county: await staff(net.county, 'manager'), system: await staff(net.city, 'system_admin'),
    teacher: await staff(net.school, 'teacher'), code: async id => (await sql`select code from public.units where id = ${id}`)[0]!.code as string })
})

const refused = (call: Promise<unknown>, status: number, code: string) => expect(call).rejects.toMatchObject({ code: `PT${status}`, message: code })
const daysFromNow = (days: number) => new Date(Date.now() + (days * 24 + 8) * 3_600_000).toISOString().slice(0, 10)
const TODAY = daysFromNow(0)

const move = (as: As, who: Person | string, unit: string, parent: string, day: string, dry = false) =>
  as(typeof who === 'string' ? who : who.account, async sql => (await sql`select public.move_unit(${unit}, ${parent}, ${day}, ${dry}) as effect`)[0]!.effect as Record<string, unknown>)
const close = (as: As, who: Person, unit: string, day: string, to: string | null = null) =>
  as(who.account, sql => sql`select public.close_unit(${unit}, ${day}, ${to})`)
const merge = (as: As, who: Person, from: string[], into: string, day: string) =>
  as(who.account, sql => sql`select public.merge_units(${from}, ${into}, ${day})`)
const change = (as: As, who: Person, unit: string, mode: string, day: string, details: object) =>
  as(who.account, sql => sql`select public.change_unit(${unit}, ${mode}, ${day}, ${sql.json(details as never)})`)
const split = (as: As, who: Person, unit: string, code: string, name: string, children: string[], people: number[], day: string) =>
  as(who.account, sql => sql`select public.split_unit(${unit}, ${code}, ${name}, ${children}, ${people}, ${day})`)
const create = (as: As, who: Person, parent: string, code: string, kind: string, level: string | null, day: string, details: object) =>
  as(who.account, sql => sql`select public.create_unit(${parent}, ${code}, ${kind}, ${level}, ${day}, ${sql.json(details as never)})`)

describe('who may', () => {
  it('visitors and teachers change nothing; a manager not the own administration, nor outside it', () => scene(async ({ as, net, town, county, teacher, code }) => {
    const [willow, township, other, harbour] = await Promise.all([net.willow, net.township, net.otherTownship, net.harbour].map(code))
    await expect(move(as, 'anon', willow!, other!, TODAY)).rejects.toMatchObject({ code: '42501' })
    await refused(move(as, teacher, willow!, other!, TODAY), 403, 'unit_not_yours')
    await refused(move(as, town, willow!, other!, TODAY), 403, 'unit_not_yours')
    await refused(move(as, town, harbour!, township!, TODAY), 403, 'unit_not_yours')
    await refused(close(as, town, township!, TODAY), 403, 'unit_not_yours')
    await refused(change(as, town, harbour!, 'changed', TODAY, { name: '港口新村' }), 403, 'unit_not_yours')
    await refused(create(as, town, other!, 'x-1', 'learning_point', null, TODAY, { name: '学习点' }), 403, 'unit_not_yours')
    await move(as, county, willow!, other!, TODAY)
  }))

  it('the region stays where it is, whoever asks', () => scene(async ({ as, net, system, code }) => {
    await refused(move(as, system, await code(net.city), await code(net.county), TODAY), 422, 'unit_region_stays')
    await refused(close(as, system, await code(net.city), TODAY), 422, 'unit_region_stays')
  }))
})

describe('a move', () => {
  it('is refused below itself, below a school, to where it is, to another level, and before its opening', () => scene(async ({ sql, as, net, system, code }) => {
    const [township, willow, school, county, city] = await Promise.all([net.township, net.willow, net.school, net.county, net.city].map(code))
    await sql`update public.units set opened_on = '2015-03-01' where id = ${net.willow}`
    await refused(move(as, system, county!, willow!, TODAY), 409, 'unit_cycle')
    await refused(move(as, system, township!, township!, TODAY), 409, 'unit_cycle')
    await refused(move(as, system, willow!, school!, TODAY), 422, 'unit_parent_not_administration')
    await refused(move(as, system, willow!, township!, TODAY), 409, 'unit_already_there')
    await refused(move(as, system, township!, await code(net.harbour), TODAY), 422, 'unit_level_wrong')
    await refused(move(as, system, willow!, await code(net.otherTownship), '2015-02-28'), 422, 'unit_day_before_opening')
    await refused(move(as, system, 'NOWHERE', city!, TODAY), 404, 'unit_unknown')
    await refused(move(as, system, willow!, 'NOWHERE', TODAY), 404, 'unit_unknown')
  }))

  it('says in numbers what it will do and, when only asked, does nothing', () => scene(async ({ sql, as, net, county, code }) => {
    await makePerson(sql, net.willow)
    const effect = await move(as, county, await code(net.willow), await code(net.otherTownship), TODAY, true)
    expect(effect).toMatchObject({ villages: 1, schools: 0, residents: 1, from: '柳溪镇', to: '港口镇', planned: false, year: Number(TODAY.slice(0, 4)) })
    expect((await sql`select parent_id from public.units where id = ${net.willow}`)[0]!.parent_id).toBe(net.township)
  }))

  it('keeps the past: the day before, the unit stands where it stood', () => scene(async ({ sql, as, net, county, code }) => {
    await move(as, county, await code(net.willow), await code(net.otherTownship), '2026-01-10')
    const below = (unit: number, day: string) => as(county.account, async sql => (await sql`select name from public.network_as_of(${unit}, ${day}) where depth = 1`).map(({ name }) => name as string).sort())
    expect([await below(net.township, '2026-01-09'), await below(net.otherTownship, '2026-01-09')]).toEqual([['果园村', '柳溪村'], ['港口村']])
    expect([await below(net.township, '2026-01-10'), await below(net.otherTownship, '2026-01-10')]).toEqual([['果园村'], ['柳溪村', '港口村'].sort()])
    expect(await sql`select placed_on::text from public.units where id = ${net.willow}`).toEqual([{ placed_on: '2026-01-10' }])
    await refused(move(as, county, await code(net.willow), await code(net.township), '2026-01-05'), 422, 'unit_day_before_last_change')
    expect(await sql`select action from public.audit_events where subject_id = ${await code(net.willow)}`).toEqual([{ action: 'unit_moved' }])
  }))

  it('of a day to come waits for it, can be taken back, and is checked again', () => scene(async ({ sql, as, net, county, system, code }) => {
    const [willow, orchard, other] = await Promise.all([net.willow, net.orchard, net.otherTownship].map(code))
    expect(await move(as, county, willow!, other!, daysFromNow(6))).toMatchObject({ planned: true })
    await refused(move(as, county, willow!, other!, daysFromNow(7)), 409, 'unit_plan_exists')
    await move(as, county, orchard!, other!, daysFromNow(6))
    const plans = await sql`select id, unit_id from public.unit_plans where status = 'planned' and unit_id in (${net.willow}, ${net.orchard}) order by id`
    await as(county.account, sql => sql`select public.cancel_unit_plan(${plans[1]!.id})`)
    await refused(as(county.account, sql => sql`select public.cancel_unit_plan(${plans[1]!.id})`), 409, 'unit_plan_settled')
    await sql`update public.unit_plans set due_on = ${TODAY} where unit_id = ${net.willow}`
    await sql`select private.apply_due_acts()`
    expect((await sql`select parent_id from public.units where id in (${net.willow}, ${net.orchard}) order by id`).map(({ parent_id }) => parent_id as number)).toEqual([net.otherTownship, net.township])
    // By its day the receiver is closed: the plan stays and says so.
    const late = await makeUnit(sql, net.county, 'township', '新镇')
    await move(as, county, orchard!, await code(late), daysFromNow(3))
    await close(as, system, await code(late), TODAY)
    await sql`update public.unit_plans set due_on = ${TODAY} where status = 'planned' and unit_id = ${net.orchard}`
    await sql`select private.apply_due_acts()`
    expect(await sql`select status, refusal from public.unit_plans where unit_id = ${net.orchard} order by id desc limit 1`).toEqual([{ status: 'refused', refusal: 'unit_parent_closed' }])
  }))

  it('of two at once that would make a circle, one is refused', async () => {
    const net = await makeNetwork(pool)
    const system = await makeStaff(pool, net.city, net.willow, 'system_admin')
    const [one, two] = [await makeUnit(pool, net.city, 'county', '甲县'), await makeUnit(pool, net.city, 'county', '乙县')]
    await pool`update public.units set level = 'township' where id in (${one}, ${two})`
    const codes = Object.fromEntries((await pool`select id, code from public.units where id in (${one}, ${two})`).map(({ id, code }) => [id, code as string]))
    // Townships do not stand below townships; where the levels allow it the tree itself must refuse.
    await pool`update public.units set level = 'county' where id = ${two}`
    const results = await Promise.allSettled([[one, two], [two, one]].map(([unit, parent]) =>
      committedAs(system.account, sql => sql`select public.move_unit(${codes[unit!]!}, ${codes[parent!]!}, ${TODAY})`)))
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  })

  it('of one unit to two places at once, one after the other', async () => {
    const net = await makeNetwork(pool)
    const system = await makeStaff(pool, net.city, net.willow, 'system_admin')
    const third = await makeUnit(pool, net.county, 'township', '第三镇')
    const codes = Object.fromEntries((await pool`select id, code from public.units`).map(({ id, code }) => [id, code as string]))
    await Promise.all([net.otherTownship, third].map(parent => committedAs(system.account, sql => sql`select public.move_unit(${codes[net.willow]!}, ${codes[parent]!}, ${TODAY})`)))
    const [unit] = await pool`select parent_id from public.units where id = ${net.willow}`
    const versions = await pool`select parent_id from public.unit_versions where unit_id = ${net.willow} and superseded_at is null and upper_inf(valid)`
    expect(versions).toEqual([{ parent_id: unit!.parent_id }])
  })
})

describe('closing', () => {
  it('is refused while something is open below or people are registered, and says how many', () => scene(async ({ sql, as, net, county, code }) => {
    await makePerson(sql, net.willow)
    const error = await close(as, county, await code(net.township), TODAY).catch((error: unknown) => error) as { message: string, detail: string }
    expect([error.message, JSON.parse(error.detail)]).toEqual(['unit_not_empty', { field: 'to', children: 3, residents: 0 }])
    await refused(close(as, county, await code(net.willow), TODAY), 409, 'unit_not_empty')
    await refused(close(as, county, await code(net.willow), TODAY, await code(net.otherTownship)), 422, 'unit_level_differs')
    await close(as, county, await code(net.willow), TODAY, await code(net.harbour))
    await refused(close(as, county, await code(net.willow), TODAY), 409, 'unit_closed_already')
    expect((await sql`select count(*)::integer as people from public.persons where residence_unit_id = ${net.willow}`)[0]!.people).toBe(0)
  }))
})

describe('a merge', () => {
  it('takes over what is open and who lives there, and stands below the survivor', () => scene(async ({ sql, as, net, county, code }) => {
    const person = await makePerson(sql, net.willow)
    await refused(merge(as, county, [await code(net.orchard)], await code(net.orchard), TODAY), 422, 'unit_merge_itself')
    await refused(merge(as, county, [await code(net.willow)], await code(net.township), TODAY), 422, 'unit_level_differs')
    await refused(merge(as, county, [], await code(net.township), TODAY), 422, 'unit_merge_nothing')
    await merge(as, county, [await code(net.otherTownship)], await code(net.township), TODAY)
    await merge(as, county, [await code(net.willow)], await code(net.harbour), TODAY)
    expect(await sql`select id, parent_id, closed_on::text, merged_into_id from public.units where id in (${net.otherTownship}, ${net.harbour}, ${net.willow}) order by id`).toEqual([
      { id: net.otherTownship, parent_id: net.township, closed_on: TODAY, merged_into_id: net.township },
      { id: net.willow, parent_id: net.harbour, closed_on: TODAY, merged_into_id: net.harbour },
      { id: net.harbour, parent_id: net.township, closed_on: null, merged_into_id: null }].sort((a, b) => a.id - b.id))
    expect((await sql`select residence_unit_id from public.persons where id = ${person.id}`)[0]!.residence_unit_id).toBe(net.harbour)
  }))
})

describe('a split', () => {
  it('gives a new unit some of what is below or who lives there', () => scene(async ({ sql, as, net, town, county, system, code }) => {
    const [one, two] = [await makePerson(sql, net.willow), await makePerson(sql, net.willow)]
    const willow = await code(net.willow)
    await refused(split(as, county, willow, willow, '柳溪新村', [], [one.id], TODAY), 409, 'unit_code_taken')
    await refused(split(as, county, willow, 'new 1', '柳溪新村', [], [one.id], TODAY), 422, 'unit_code_invalid')
    await refused(split(as, county, willow, 'new-1', '柳溪新村', [], [], TODAY), 422, 'unit_split_nothing')
    await refused(split(as, county, willow, 'new-1', '柳溪新村', [await code(net.orchard)], [], TODAY), 422, 'unit_split_unknown_part')
    await refused(split(as, system, willow, 'new-1', '柳溪新村', [], [one.id], TODAY), 403, 'unit_not_yours')
    await split(as, town, willow, 'new-1', '柳溪新村', [], [one.id], TODAY)
    expect((await sql`select home.code from public.persons person join public.units home on home.id = person.residence_unit_id where person.id in (${one.id}, ${two.id}) order by person.id`)
      .map(({ code }) => code as string)).toEqual(['new-1', willow])
    await split(as, system, await code(net.township), 'new-2', '果园镇', [await code(net.orchard)], [], TODAY)
    expect((await sql`select parent.code from public.units unit join public.units parent on parent.id = unit.parent_id where unit.id = ${net.orchard}`)[0]!.code).toBe('new-2')
  }))
})

describe('what is known of a unit', () => {
  it('changes from a day on, or is corrected for its whole span, and nothing is overwritten', () => scene(async ({ sql, as, net, town, code }) => {
    const willow = await code(net.willow)
    await change(as, town, willow, 'changed', '2026-02-01', { name: '柳溪社区', area: 'urban' })
    await change(as, town, willow, 'corrected', '2026-01-31', { name: '柳西村' })
    const nameOn = async (day: string) => (await sql`select name, area from public.unit_versions where unit_id = ${net.willow} and superseded_at is null and valid @> ${day}::date`)[0]
    expect([await nameOn('2020-01-01'), await nameOn('2026-02-01')]).toEqual([{ name: '柳西村', area: 'rural' }, { name: '柳溪社区', area: 'urban' }])
    expect((await sql`select name from public.units where id = ${net.willow}`)[0]!.name).toBe('柳溪社区')
    await change(as, town, willow, 'corrected', TODAY, { opened_on: '2014-05-01' })
    expect(await sql`select lower(valid)::text as from, opened_on::text from public.unit_versions where unit_id = ${net.willow} and superseded_at is null order by valid`)
      .toEqual([{ from: '2014-05-01', opened_on: '2014-05-01' }, { from: '2026-02-01', opened_on: '2014-05-01' }])
    const history = await as(town.account, sql => sql`select name, superseded_at is not null as old from public.unit_history(${net.willow})`)
    expect(history.filter(({ old }) => old).map(({ name }) => name as string).sort()).toEqual(['柳溪村', '柳溪社区', '柳西村'].sort())
    await refused(change(as, town, willow, 'changed', '2026-01-01', { name: '早先的名字' }), 422, 'unit_day_before_last_change')
    await refused(change(as, town, willow, 'corrected', TODAY, { opened_on: '2026-03-01' }), 422, 'unit_opening_after_change')
  }))

  it('says of any day what was built, what was missing and what met the standard', () => scene(async ({ sql, as, net, county, town, code }) => {
    const [township, willow] = [await code(net.township), await code(net.willow)]
    for (const unit of [township, willow, await code(net.orchard)]) await change(as, county, unit, 'corrected', TODAY, { should_build: true })
    await create(as, town, willow, 'p-1', 'learning_point', null, '2026-03-01', { name: '柳溪学习点' })
    await change(as, town, 'p-1', 'changed', '2026-06-01', { standard_met: true })
    const on = async (day: string) => {
      const ask = (text: string) => as(town.account, inner => inner.unsafe(text, [net.township, day]))
      const [levels, missing, standards] = [await ask('select * from public.network_summary($1, $2)'), await ask('select * from public.network_missing($1, $2)'), await ask('select * from public.network_standards($1, $2)')]
      const villages = levels.find(row => row.level === 'village')!
      return { built: `${villages.built as number} of ${villages.should_build as number}`, missing: missing.map(row => row.unit_name as string), met: standards.find(row => row.level === 'village') ?? null }
    }
    expect(await on('2026-02-28')).toEqual({ built: '0 of 2', missing: ['柳溪村', '果园村'], met: null })
    expect(await on('2026-03-01')).toEqual({ built: '1 of 2', missing: ['果园村'], met: { level: 'village', met: 0, not_met: 0, not_judged: 1 } })
    expect(await on('2026-06-01')).toMatchObject({ met: { met: 1, not_judged: 0 } })
    // A village that has moved away since belonged here then.
    await move(as, county, await code(net.orchard), await code(net.otherTownship), '2026-07-01')
    expect([(await on('2026-06-30')).missing, (await on('2026-07-01')).missing]).toEqual([['果园村'], []])
    expect(await as('anon', inner => inner`select * from public.network_summary(${net.township}, ${TODAY})`).catch((error: { code: string }) => error.code)).toBe('42501')
    expect(await sql`select * from public.network_summary(${net.township}, ${TODAY})`).toEqual([])
  }))

  it('is refused field by field', () => scene(async ({ as, net, town, code }) => {
    const school = await code(net.school)
    await refused(change(as, town, school, 'changed', TODAY, { name: 'x' }), 422, 'unit_name_invalid')
    await refused(change(as, town, school, 'changed', TODAY, { zone_status: 'experimental' }), 422, 'unit_zone_incomplete')
    await refused(change(as, town, school, 'changed', TODAY, { kind_id: 'administration' }), 422, 'unit_kind_invalid')
    await refused(change(as, town, school, 'changed', TODAY, { further_kinds: ['administration'] }), 422, 'unit_kinds_invalid')
    await refused(change(as, town, school, 'changed', TODAY, { further_kinds: ['community_school'] }), 422, 'unit_kinds_invalid')
    await refused(change(as, town, school, 'changed', TODAY, { path: '1.2' }), 422, 'input_invalid')
    await change(as, town, school, 'changed', TODAY, { further_kinds: ['citizen_school', 'minors_station'], rooms: 3, computers: 12, standard_met: true, zone_status: 'demonstration', zone_level: 'city' })
  }))

  it('a new unit gets its level from where it stands, and a code of its own', () => scene(async ({ sql, as, net, town, code }) => {
    const township = await code(net.township)
    await refused(create(as, town, township, township, 'administration', 'village', TODAY, { name: '新村' }), 409, 'unit_code_taken')
    await refused(create(as, town, township, 'n-1', 'administration', 'township', TODAY, { name: '新村' }), 422, 'unit_level_wrong')
    await refused(create(as, town, township, 'n-1', 'nothing', null, TODAY, { name: '新村' }), 422, 'unit_kind_invalid')
    await refused(create(as, town, township, 'n-1', 'administration', 'village', daysFromNow(3), { name: '新村' }), 422, 'unit_opens_later')
    await refused(create(as, town, await code(net.school), 'n-1', 'learning_point', null, TODAY, { name: '学习点' }), 422, 'unit_parent_not_administration')
    await create(as, town, township, 'n-1', 'administration', 'village', '2026-01-05', { name: '新村', should_build: true })
    await create(as, town, 'n-1', 'n-1-S', 'learning_point', null, '2026-01-06', { name: '新村学习点' })
    expect(await sql`select level, opened_on::text from public.units where code = 'n-1-S'`).toEqual([{ level: 'village', opened_on: '2026-01-06' }])
    await refused(create(as, town, 'n-1', 'n-1-T', 'learning_point', null, '2026-01-04', { name: '更早的点' }), 422, 'unit_day_before_opening')
  }))
})

it('whatever is moved, merged, split and closed: the path is the chain of parents, and every day answers as a model does', () => scene(async ({ sql, as, net, system, code }) => {
  let seed = 20261125
  const random = (below: number) => (seed = (seed * 1103515245 + 12345) % 2147483648) % below
  const county = await code(net.county)
  const townships = [await code(net.township), await code(net.otherTownship)]
  const villages = [await code(net.willow), await code(net.orchard), await code(net.harbour)]
  for (let index = 0; index < 4; index++) {
    townships.push(`t-${index}`)
    await create(as, system, county, `t-${index}`, 'administration', 'township', '2024-01-01', { name: `第${index}镇` })
    villages.push(`v-${index}`)
    await create(as, system, `t-${index}`, `v-${index}`, 'administration', 'village', '2024-01-01', { name: `第${index}村` })
  }
  /** What the model says of each day: parents of every unit. */
  const days: { day: string, parents: Record<string, string> }[] = []
  const parentsNow = async () => Object.fromEntries((await sql`select unit.code, parent.code as parent from public.units unit join public.units parent on parent.id = unit.parent_id
    where unit.path <@ (select path from public.units where code = ${county}) and unit.kind_id = 'administration' and unit.code <> ${county}`).map(({ code, parent }) => [code as string, parent as string]))
  const model: Record<string, string> = await parentsNow()
  const closed = new Set<string>()
  let done = 0
  for (let step = 1; step <= 40; step++) {
    const day = new Date(Date.UTC(2024, 1, 1) + step * 15 * 86_400_000).toISOString().slice(0, 10)
    if (day > TODAY) break
    const openVillages = villages.filter(one => !closed.has(one))
    const openTownships = townships.filter(one => !closed.has(one))
    const [unit, township, other] = [openVillages[random(openVillages.length)]!, openTownships[random(openTownships.length)]!, openTownships[random(openTownships.length)]!]
    const act = random(4)
    try {
      if (act === 0 || act === 1) {
        await move(as, system, unit, township, day)
        model[unit] = township
      }
      else if (act === 2 && openTownships.length > 2) {
        await merge(as, system, [township], other, day)
        for (const [child, parent] of Object.entries(model)) if (parent === township && !closed.has(child)) model[child] = other
        model[township] = other
        closed.add(township)
      }
      else {
        await split(as, system, township, `s-${step}`, `分出${step}镇`, [openVillages.find(one => model[one] === township) ?? unit], [], day)
        model[openVillages.find(one => model[one] === township)!] = `s-${step}`
        model[`s-${step}`] = county
        townships.push(`s-${step}`)
      }
      done++
    }
    catch (error) { expect((error as { code: string }).code).toMatch(/^PT4/) }
    days.push({ day, parents: { ...model } })
  }
  expect(done).toBeGreaterThan(15)
  expect(await parentsNow()).toEqual(model)
  expect(await sql`select unit.code from public.units unit join public.units parent on parent.id = unit.parent_id where unit.path <> parent.path || unit.id::text`).toEqual([])
  for (const { day, parents } of days) {
    const then = Object.fromEntries((await sql`
      select unit.code, parent.code as parent from public.unit_versions version join public.units unit on unit.id = version.unit_id join public.units parent on parent.id = version.parent_id
      where version.superseded_at is null and version.valid @> ${day}::date and unit.code = any (${Object.keys(parents)})`).map(({ code, parent }) => [code as string, parent as string]))
    expect(then, day).toEqual(parents)
  }
}))

describe('the list of units', () => {
  const list = (as: As, who: Person, unit: number, day: string, filter: Record<string, string | number | boolean> = {}) => as(who.account, async (inner) => {
    const names = Object.keys(filter)
    const rows = await inner.unsafe(`select * from public.network_units($1, $2${names.map((name, at) => `, ${name} => $${at + 3}`).join('')})`, [unit, day, ...Object.values(filter)] as never[])
    return rows.map(row => row.name as string)
  })

  it('says whom a standard, a zone, computers or a missing school concerns, as the counts do', () => scene(async ({ sql, as, net, town, county, code }) => {
    const willow = await code(net.willow)
    for (const unit of [willow, await code(net.orchard)]) await change(as, county, unit, 'corrected', TODAY, { should_build: true })
    await create(as, town, willow, 'p-1', 'learning_point', null, '2026-03-01', { name: '柳溪学习点', computers: 4, further_kinds: ['citizen_school'] })
    await change(as, town, 'p-1', 'changed', '2026-06-01', { standard_met: true, zone_status: 'experimental', zone_level: 'city' })
    const at = (filter: Record<string, string | number | boolean> = {}, day = '2026-06-01') => list(as, town, net.township, day, filter)
    expect((await at()).sort()).toEqual(['果园村', '柳溪学习点', '柳溪村', '柳溪社区学校', '柳溪镇'].sort())
    expect([await at({ standard: 'met' }), await at({ standard: 'not_judged' }), await at({ standard: 'not_met' })]).toEqual([['柳溪学习点'], ['柳溪社区学校'], []])
    expect(await at({ standard: 'met' }, '2026-05-31')).toEqual([])
    expect([await at({ zone: 'any' }), await at({ zone: 'demonstration' })]).toEqual([['柳溪学习点'], []])
    // Nobody filled in how many the school has: that is not few.
    expect([await at({ computers_below: 10 }), await at({ computers_below: 4 }), await at({ computers_below: 10, computers_unknown: true, sort: 'computers' })])
      .toEqual([['柳溪学习点'], [], ['柳溪学习点', '柳溪社区学校']])
    expect([await at({ build: 'should' }), await at({ build: 'built' }), await at({ build: 'missing' })]).toEqual([['柳溪村', '果园村'], ['柳溪村'], ['果园村']])
    expect([await at({ of_kind: 'citizen_school' }), await at({ of_kind: 'teaching', of_level: 'township' }), await at({ of_kind: 'teaching' }, '2026-02-28')]).toEqual([['柳溪学习点'], ['柳溪社区学校'], ['柳溪社区学校']])
    const [met] = await as(town.account, inner => inner`select sum(met)::integer as met, sum(not_judged)::integer as open from public.network_standards(${net.township}, '2026-06-01')`)
    expect(met).toEqual({ met: 1, open: 1 })
    await close(as, town, 'p-1', '2026-08-01')
    expect([await at({ of_kind: 'teaching' }, '2026-08-01'), await at({ of_kind: 'teaching', with_closed: true }, '2026-08-01')]).toEqual([['柳溪社区学校'], ['柳溪学习点', '柳溪社区学校']])
    const rows = await as(town.account, inner => inner`select total from public.network_units(${net.township}, ${TODAY}, page_size => 2, skip => 2)`)
    expect(rows.map(row => row.total as number)).toEqual([4, 4])
    expect(await sql`select * from public.network_units(${net.township}, ${TODAY})`).toEqual([])
    await expect(as('anon', inner => inner`select * from public.network_units(${net.township}, ${TODAY})`)).rejects.toMatchObject({ code: '42501' })
    expect(await list(as, town, net.otherTownship, TODAY)).toEqual([])
  }))

  it('of ten thousand units takes less than a second', () => scene(async ({ sql, as, net, county }) => {
    await sql`insert into public.units (code, parent_id, kind_id, level, name) select 'many-' || number, ${net.township}, 'learning_point', 'township', '学习点 ' || number from generate_series(1, 10000) number`
    await sql`analyze public.unit_versions`
    const began = performance.now()
    const [row] = await as(county.account, inner => inner`select total from public.network_units(${net.county}, ${TODAY}, of_kind => 'teaching', sort => 'name', page_size => 100)`)
    expect(row!.total).toBe(10_001)
    expect(performance.now() - began).toBeLessThan(1000)
  }))
})

describe('a search', () => {
  it('finds by any part of a name, the local name and the code, what is in sight', () => scene(async ({ sql, as, net, town, county, code }) => {
    await sql`update public.units set local_name = '柳家湾' where id = ${net.willow}`
    const find = (who: Person, words: string, more: { sounding?: string[], only?: boolean } = {}) => as(who.account, async inner =>
      (await inner`select name, above from public.find_units(${words}, 'figures', ${more.sounding ?? []}, ${more.only ?? false})`).map(row => [row.name, ...(row.above as string[])].join(' < ')))
    expect(await find(town, '柳溪')).toEqual(['柳溪镇', '柳溪村 < 柳溪镇', '柳溪社区学校 < 柳溪镇'])
    expect(await find(town, '柳溪', { only: true })).toEqual(['柳溪镇', '柳溪村 < 柳溪镇'])
    expect([await find(town, '家湾'), await find(town, await code(net.orchard)), await find(town, '', {}), await find(town, 'gy', { sounding: ['果园村'] })])
      .toEqual([['柳溪村 < 柳溪镇'], ['果园村 < 柳溪镇'], [], ['果园村 < 柳溪镇']])
    expect([await find(town, '港口'), await find(county, '港口村')]).toEqual([[], ['港口村 < 安溪县 < 港口镇']])
    const names = await as(town.account, async inner => (await inner`select public.unit_names('desk') as names`)[0]!.names as string[])
    expect([...names].sort()).toEqual(['柳家湾', '柳溪村', '果园村', '柳溪镇', '柳溪社区学校'].sort())
    await expect(as('anon', inner => inner`select * from public.find_units('柳', 'desk')`)).rejects.toMatchObject({ code: '42501' })
  }))
})

describe('the acts of a span of days', () => {
  const acts = (as: As, who: Person, unit: number, from: string, until: string, act: string | null = null) => as(who.account, async inner =>
    (await inner`select day::text, act, name, from_name, to_name from public.network_acts(${unit}, ${from}, ${until}, ${act})`).map(row => [row.day, row.act, row.name, row.from_name, row.to_name] as unknown[]))

  it('are told where a unit left and where it came to, and outlive a correction and a further change of the same day', () => scene(async ({ as, net, town, county, code }) => {
    const [willow, orchard, other] = await Promise.all([net.willow, net.orchard, net.otherTownship].map(code))
    await move(as, county, willow!, other!, '2026-02-10')
    // Either would hide a move that is told by the last row alone.
    await change(as, county, willow!, 'changed', '2026-02-10', { name: '柳溪新村' })
    await change(as, county, willow!, 'corrected', '2026-03-01', { host_body: '村委会' })
    await create(as, town, orchard!, 'p-2', 'learning_point', null, '2026-04-01', { name: '果园学习点' })
    await close(as, town, 'p-2', '2026-05-01')
    const moved = ['2026-02-10', 'moved', '柳溪新村', '柳溪镇', '港口镇']
    const mine = [['2026-05-01', 'closed', '果园学习点', '果园村', null], ['2026-04-01', 'opened', '果园学习点', null, '果园村'], moved]
    expect(await acts(as, county, net.county, '2026-01-01', '2026-12-31')).toEqual(mine)
    expect(await acts(as, town, net.township, '2026-01-01', '2026-12-31')).toEqual(mine)
    expect(await acts(as, county, net.otherTownship, '2026-01-01', '2026-12-31')).toEqual([moved])
    expect(await acts(as, county, net.county, '2026-02-10', '2026-04-01', 'moved')).toEqual([moved])
    expect(await acts(as, county, net.county, '2026-02-11', '2026-03-31')).toEqual([])
    expect(await acts(as, town, net.otherTownship, '2026-01-01', '2026-12-31')).toEqual([])
  }))

  it('tell of a merge into whom, and of a split from whom', () => scene(async ({ as, net, county, code }) => {
    const [willow, orchard, township] = await Promise.all([net.willow, net.orchard, net.township].map(code))
    await merge(as, county, [orchard!], willow!, '2026-02-01')
    await split(as, county, township!, 'part-1', '柳溪新镇', [willow!], [], '2026-03-01')
    expect(await acts(as, county, net.county, '2026-01-01', '2026-12-31')).toEqual([
      ['2026-03-01', 'split', '柳溪新镇', '柳溪镇', '安溪县'], ['2026-03-01', 'moved', '柳溪村', '柳溪镇', '柳溪新镇'], ['2026-02-01', 'merged', '果园村', '柳溪镇', '柳溪村'],
    ])
    await expect(as('anon', inner => inner`select * from public.network_acts(${net.county}, '2026-01-01', '2026-12-31')`)).rejects.toMatchObject({ code: '42501' })
  }))
})
