import { describe, expect, it } from 'vitest'
import { type As, type Network, type Person, type Transaction, committedAs, makeNetwork, makeStaff, pool, withRollback } from '../fixtures/database.ts'

const YEAR = 2025
const AS_OF = '2025-06-30'
interface Cell { unit: string, group: string, area?: string, count: number | null }
interface Scene { sql: Transaction, as: As, net: Network, town: Person, county: Person, otherCounty: Person, teacher: Person, code: (id: number) => string, enter: (who: Person, ...cells: Cell[]) => Promise<number> }

/** A town's manager who hands in, two of its county who decide, and a teacher who may do neither. */
const scene = (test: (scene: Scene) => Promise<unknown>) => withRollback(async (sql, as) => {
  const net = await makeNetwork(sql)
  const codes = Object.fromEntries((await sql`select id, code from public.units`).map(({ id, code }) => [id, code as string]))
  const staff = (unit: number, role: string) => makeStaff(sql, unit, net.harbour, role)
  await test({
    sql, as, net, town: await staff(net.school, 'manager'), county: await staff(net.county, 'head'), otherCounty: await staff(net.county, 'manager'),
    teacher: await staff(net.school, 'teacher'), code: id => codes[id]!,
    enter: (who, ...cells) => as(who.account, async (sql) => {
      const [row] = await sql`select public.enter_populations(${YEAR}, '统计局年报', ${AS_OF}, ${sql.json(cells as never)}) as answer`
      return (row!.answer as { entered: number }).entered
    }),
  })
})

const refused = (call: Promise<unknown>, status: number, code: string) => expect(call).rejects.toMatchObject({ code: `PT${status}`, message: code })
const current = async (sql: Transaction, unitId: number) => (await sql`select count, status from public.populations where unit_id = ${unitId} and year = ${YEAR} and group_id = 'resident'`)[0] ?? null
const versionsOf = (sql: Transaction, unitId: number) => sql`select id, count, status from public.population_versions where unit_id = ${unitId} and year = ${YEAR} order by id`
const decide = (scene: Scene, who: Person, ids: number[], approve: boolean, reason: string | null = null) =>
  scene.as(who.account, sql => sql`select public.decide_populations(${ids}, ${approve}, ${reason})`)

describe('handing in', () => {
  it('is refused to visitors, to teachers and outside one\'s units', () => scene(async ({ as, enter, teacher, town, net, code }) => {
    const cell = { unit: code(net.willow), group: 'resident', count: 900 }
    await expect(as('anon', sql => sql`select public.enter_populations(${YEAR}, 'x', ${AS_OF}, '[]')`)).rejects.toMatchObject({ code: '42501' })
    await refused(enter(teacher, cell), 403, 'unit_not_yours')
    await refused(enter(town, { ...cell, unit: code(net.harbour) }), 403, 'unit_not_yours')
    await refused(enter(town, cell, { ...cell, unit: code(net.county) }), 403, 'unit_not_yours')
  }))

  it('names every wrong cell and saves none of the others', () => scene(async ({ sql, enter, town, net, code }) => {
    const call = enter(town, { unit: code(net.willow), group: 'resident', count: 900 }, { unit: code(net.orchard), group: 'resident', count: -1 },
      { unit: 'NOWHERE', group: 'resident', count: 1 }, { unit: code(net.school), group: 'resident', count: 1 }, { unit: code(net.willow), group: 'nobody', count: 1 })
    const error = await call.catch((error: unknown) => error) as { message: string, detail: string }
    expect(error.message).toBe('population_cells_invalid')
    expect(JSON.parse(error.detail)).toEqual({ fields: {
      [`c.${code(net.orchard)}.resident.all`]: 'population_count_invalid', 'c.NOWHERE.resident.all': 'unit_unknown',
      [`c.${code(net.school)}.resident.all`]: 'population_unit_invalid', [`c.${code(net.willow)}.nobody.all`]: 'group_unknown' } })
    expect(await current(sql, net.willow)).toBeNull()
  }))

  it('counts at once, not yet approved; the same again is no new version; a new number replaces the waiting one', () => scene(async ({ sql, enter, town, net, code }) => {
    const cell = { unit: code(net.willow), group: 'resident', count: 900 }
    expect(await enter(town, cell)).toBe(1)
    expect(await current(sql, net.willow)).toEqual({ count: 900, status: 'entered' })
    expect(await enter(town, cell)).toBe(0)
    expect(await enter(town, { ...cell, count: 910 })).toBe(1)
    expect((await versionsOf(sql, net.willow)).map(({ count, status }) => [count, status])).toEqual([[900, 'replaced'], [910, 'entered']])
    expect(await current(sql, net.willow)).toEqual({ count: 910, status: 'entered' })
    expect(await sql`select action, subject_id from public.audit_events where account_id = ${town.account}`).toEqual([
      { action: 'populations_entered', subject_id: code(net.willow) }, { action: 'populations_entered', subject_id: code(net.willow) }])
  }))

  it('refuses a date to come and a source that is missing', () => scene(async ({ as, town }) => {
    const call = (source: string, day: string) => as(town.account, sql => sql`select public.enter_populations(${YEAR}, ${source}, ${day}, '[]')`)
    await refused(call(' ', AS_OF), 422, 'population_source_missing')
    await refused(call('年报', '2100-01-01'), 422, 'population_date_future')
  }))

  it('at the same moment from two desks makes two versions of one cell, of which one waits', async () => {
    const net = await makeNetwork(pool)
    const [one, other] = [await makeStaff(pool, net.township, net.willow, 'manager'), await makeStaff(pool, net.township, net.willow, 'head')]
    const [{ code }] = await pool`select code from public.units where id = ${net.willow}` as unknown as [{ code: string }]
    await Promise.all([one, other].map(({ account }, index) => committedAs(account, sql =>
      sql`select public.enter_populations(${YEAR}, '年报', ${AS_OF}, ${sql.json([{ unit: code, group: 'resident', count: 100 + index }])})`)))
    expect((await pool`select status from public.population_versions where unit_id = ${net.willow}`).map(({ status }) => status as string).sort()).toEqual(['entered', 'replaced'])
  })
})

describe('deciding', () => {
  it('by two at once, in whatever order, is done once: the other is told that it was decided', async () => {
    const net = await makeNetwork(pool)
    const town = await makeStaff(pool, net.township, net.willow, 'manager')
    const counties = [await makeStaff(pool, net.county, net.willow, 'manager'), await makeStaff(pool, net.county, net.willow, 'head')]
    const cells = (await pool`select code as unit from public.units where id in (${net.willow}, ${net.orchard})`).map(({ unit }) => ({ unit, group: 'resident', count: 900 }))
    await committedAs(town.account, sql => sql`select public.enter_populations(${YEAR}, '年报', ${AS_OF}, ${sql.json(cells as never)})`)
    const ids = (await pool`select id from public.population_versions where unit_id in (${net.willow}, ${net.orchard})`).map(({ id }) => Number(id))
    const results = await Promise.allSettled(counties.map(({ account }, index) => committedAs(account, sql => sql`select public.decide_populations(${index ? [...ids].reverse() : ids}::bigint[], ${index === 0}, '核对一下')`)))
    expect(results.map(result => result.status === 'fulfilled' ? 'done' : (result.reason as Error).message).sort()).toEqual(['done', 'population_decided'])
    expect(await pool`select distinct status, decided_by from public.population_versions where id = any (${ids})`).toHaveLength(1)
  })

  it('is for a post above, never for the own unit and never for what one handed in', () => scene(async (scene) => {
    const { sql, enter, town, county, net, code } = scene
    await enter(town, { unit: code(net.township), group: 'resident', count: 3000 })
    const [own] = await versionsOf(sql, net.township)
    await refused(decide(scene, scene.teacher, [own!.id], true), 403, 'population_not_yours_to_approve')
    await refused(decide(scene, town, [own!.id], true), 403, 'population_not_yours_to_approve')
    // Of others' one does not learn that it is there.
    for (const id of [own!.id, 999_999_999]) await refused(decide(scene, await makeStaff(sql, net.otherTownship, net.harbour, 'manager'), [id], true), 404, 'population_unknown')
    await enter(county, { unit: code(net.willow), group: 'resident', count: 900 })
    const [byCounty] = await versionsOf(sql, net.willow)
    await refused(decide(scene, county, [own!.id, byCounty!.id], true), 403, 'population_own')
    await decide(scene, scene.otherCounty, [own!.id, byCounty!.id], true)
    expect([await current(sql, net.township), await current(sql, net.willow)]).toEqual([{ count: 3000, status: 'approved' }, { count: 900, status: 'approved' }])
    await refused(decide(scene, scene.otherCounty, [own!.id], true), 409, 'population_decided')
    await refused(decide(scene, scene.otherCounty, [999_999_999], true), 404, 'population_unknown')
  }))

  it('of the region\'s own figures is for another account of the region', () => scene(async (scene) => {
    const { sql, net, enter, code } = scene
    const [head, manager] = [await makeStaff(sql, net.city, net.harbour, 'head'), await makeStaff(sql, net.city, net.harbour, 'manager')]
    await enter(head, { unit: code(net.city), group: 'resident', count: 2_000_000 })
    const [version] = await sql`select id from public.population_versions where unit_id = ${net.city} and status = 'entered'`
    await refused(decide(scene, head, [version!.id], true), 403, 'population_own')
    await decide(scene, manager, [version!.id], true)
    expect((await current(sql, net.city))!.status).toBe('approved')
  }))

  it('an approved figure stays in force until its change is approved', () => scene(async (scene) => {
    const { sql, enter, town, county, net, code } = scene
    const cell = { unit: code(net.willow), group: 'resident', count: 900 }
    await enter(town, cell)
    await decide(scene, county, [(await versionsOf(sql, net.willow))[0]!.id], true)
    await enter(town, { ...cell, count: 950 })
    expect(await current(sql, net.willow)).toEqual({ count: 900, status: 'approved' })
    const [grid] = await scene.as(town.account, sql => sql`select count, status, waiting_count from public.population_grid(${net.township}, ${YEAR}) where unit_id = ${net.willow}`)
    expect(grid).toEqual({ count: 900, status: 'approved', waiting_count: 950 })
    await decide(scene, county, [(await versionsOf(sql, net.willow))[1]!.id], true)
    expect(await current(sql, net.willow)).toEqual({ count: 950, status: 'approved' })
  }))

  it('a returned figure counts no more, and says why', () => scene(async (scene) => {
    const { sql, enter, town, county, net, code } = scene
    await enter(town, { unit: code(net.willow), group: 'resident', count: 9000 })
    const [{ id }] = await versionsOf(sql, net.willow) as unknown as [{ id: number }]
    await refused(decide(scene, county, [id], false), 422, 'population_reason_missing')
    await decide(scene, county, [id], false, '多写了一个零')
    expect(await current(sql, net.willow)).toBeNull()
    const [grid] = await scene.as(town.account, sql => sql`select count, returned_reason from public.population_grid(${net.township}, ${YEAR}) where unit_id = ${net.willow}`)
    expect(grid).toEqual({ count: null, returned_reason: '多写了一个零' })
  }))

  it('a figure that was a mistake is withdrawn by a version without a number', () => scene(async (scene) => {
    const { sql, enter, town, county, net, code } = scene
    await enter(town, { unit: code(net.willow), group: 'resident', count: 900 })
    await enter(town, { unit: code(net.willow), group: 'resident', count: null })
    expect(await current(sql, net.willow)).toBeNull()
    expect(await enter(town, { unit: code(net.orchard), group: 'resident', count: null })).toBe(0)
    await decide(scene, county, [(await versionsOf(sql, net.willow))[1]!.id], true)
    expect(await current(sql, net.willow)).toBeNull()
  }))
})

it('versions are neither changed nor deleted', () => scene(async ({ sql, enter, town, net, code }) => {
  await enter(town, { unit: code(net.willow), group: 'resident', count: 900 })
  const change = (call: (inner: Transaction) => Promise<unknown>) => expect(sql.savepoint(inner => call(inner))).rejects.toMatchObject({ message: 'append_only' })
  await change(inner => inner`update public.population_versions set count = 1 where unit_id = ${net.willow}`)
  await change(inner => inner`delete from public.population_versions where unit_id = ${net.willow}`)
}))

it('sums stand beside the official total, and the missing units are counted and named with who should hand in', () => scene(async ({ as, enter, town, county, net, code }) => {
  await enter(town, { unit: code(net.willow), group: 'resident', count: 900 })
  await enter(county, { unit: code(net.county), group: 'resident', count: 2000 })
  const sums = (unit: number) => as(county.account, sql => sql`select group_id, own, below, missing from public.population_sums(${unit}, ${YEAR})`)
  expect(await sums(net.county)).toEqual([{ group_id: 'resident', own: 2000, below: 900, missing: 2 }])
  const gaps = await as(county.account, sql => sql`select unit_code, group_ids, responsible, total from public.population_gaps(${net.county}, ${YEAR})`)
  expect(gaps.map(({ unit_code, group_ids }) => [unit_code, group_ids])).toEqual([[code(net.orchard), ['resident']], [code(net.harbour), ['resident']]])
  expect(gaps[0]!.responsible).toMatchObject([{ roleZh: '专职管理员', name: '陈志强' }, {}])
  expect(await as(town.account, sql => sql`select from public.population_gaps(${net.county}, ${YEAR})`)).toEqual([])
}))

it('every version is told, page by page', () => scene(async ({ as, enter, town, teacher, net, code }) => {
  for (const count of [900, 910, 920]) await enter(town, { unit: code(net.willow), group: 'resident', count })
  const page = (who: Person, skip: number) => as(who.account, async inner => (await inner`select count, total from public.population_history(${net.willow}, ${YEAR}, 2, ${skip})`).map(row => [row.count, row.total] as number[]))
  expect([await page(teacher, 0), await page(teacher, 2)]).toEqual([[[920, 3], [910, 3]], [[900, 3]]])
  await expect(as('anon', inner => inner`select * from public.population_history(${net.willow}, ${YEAR})`)).rejects.toMatchObject({ code: '42501' })
}))
