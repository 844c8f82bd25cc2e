// Figures beside coverage: what a network consists of, and whose denominator is missing, all of them.
import { expect, it } from 'vitest'
import { makeNetwork, makeStaff, makeUnit, withRollback } from '../fixtures/database.ts'

it('counts schools by kind and standard as the list of units has them, at each unit and on any day', () => withRollback(async (sql, as) => {
  const net = await makeNetwork(sql)
  const inspector = await makeStaff(sql, net.county, net.willow, 'inspector')
  const point = await makeUnit(sql, net.willow, 'village', '柳溪学习点', 'learning_point')
  await makeUnit(sql, net.harbour, 'village', '港口学习点', 'learning_point')
  await sql`update public.units set standard_met = true, further_kinds = '{citizen_school}' where id = ${point}`
  await sql`update public.units set standard_met = false where id = ${net.school}`
  await sql`update public.units set should_build = true where id in (${net.willow}, ${net.orchard}, ${net.township})`
  const day = (await sql`select private.china_date(now())::text as day`)[0]!.day as string
  const rows = async (unit: number, on = day) => await as(inspector.account, one => one`select * from public.network_figures(${unit}, ${on})`)
  for (const unit of [net.county, net.township, net.willow]) {
    for (const row of await rows(unit)) {
      const [{ id }] = await sql`select id from public.units where code = ${row.code as string}` as unknown as [{ id: number }]
      const listed = async (filter: string) => (await as(inspector.account, one => one.unsafe(`select code from public.network_units($1, $2, ${filter})`, [id, day]))).length
      expect([row.teaching, row.met, row.not_met, row.not_judged, row.should_build, row.built, row.kinds.learning_point ?? 0, row.kinds.citizen_school ?? 0], row.name as string).toEqual([
        await listed(`'teaching'`), await listed(`standard => 'met'`), await listed(`standard => 'not_met'`), await listed(`standard => 'not_judged'`), await listed(`build => 'should'`),
        await listed(`build => 'built'`), await listed(`'learning_point'`), await listed(`'citizen_school'`)])
    }
  }
  expect((await rows(net.county)).map(row => [row.name, row.is_parent, row.teaching, row.kinds.learning_point])).toEqual([['安溪县', true, 3, 2], ['柳溪镇', false, 2, 1], ['港口镇', false, 1, 1]])
  const outsider = await makeStaff(sql, net.otherTownship, net.harbour, 'manager')
  expect(await as(outsider.account, one => one`select * from public.network_figures(${net.county}, ${day})`)).toEqual([])
}))

it('names every unit without a denominator, at the unit and at each right below', () => withRollback(async (sql, as) => {
  const net = await makeNetwork(sql)
  const inspector = await makeStaff(sql, net.county, net.willow, 'inspector')
  const more = await Promise.all(['甲', '乙', '丙', '丁'].map(name => makeUnit(sql, net.township, 'village', `${name}村`, 'administration')))
  await sql`insert into public.population_versions (unit_id, year, group_id, count, source, as_of) values (${net.orchard}, 2026, 'resident', 40, '统计局', '2026-06-30')`
  const missing = async (unit: number) => {
    const found = await as(inspector.account, one => one`select row_code, name from public.missing_denominators(${unit}, 2026)`)
    const share = await as(inspector.account, one => one`select code, missing_count from public.volunteer_share(${unit}, '2026-01-01', '2026-12-31')`)
    for (const { code, missing_count: count } of share) expect(found.filter(row => row.row_code === code).length, code as string).toBe(count)
    return found.map(row => row.name as string)
  }
  const below = [...more.map((_, index) => `${'甲乙丙丁'[index]}村`), '柳溪村']
  expect((await missing(net.township)).filter((name, index, all) => all.indexOf(name) === index).sort()).toEqual([...below].sort())
  expect((await missing(net.county)).filter(name => name === '甲村')).toHaveLength(2)
  expect(await missing(net.orchard)).toEqual([])
  const outsider = await makeStaff(sql, net.otherTownship, net.harbour, 'manager')
  expect(await as(outsider.account, one => one`select * from public.missing_denominators(${net.county}, 2026)`)).toEqual([])
}))
