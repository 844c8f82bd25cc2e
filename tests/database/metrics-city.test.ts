// The generated city of the benchmark at a small size: what is measured there at seven million is right here, in every cell.
import { expect, inject, it } from 'vitest'
import { makeCity, recordFacts } from '../../bench/city.ts'
import { edit, randomFrom } from '../../bench/edits.ts'
import { differences, drain, rebuild } from '../../metrics/recount.ts'
import { figuresThatLie } from '../fixtures/plain-count.ts'
import { pristineDatabase } from '../fixtures/pristine.ts'

it('counted anew, folded in and edited, its figures are those of its facts', async () => {
  const sql = await pristineDatabase('figures_city')
  const url = new URL(inject('databaseUrl'))
  url.pathname = 'figures_city'
  const city = await makeCity(url.href, { residents: 2_000, units: 120, facts: 5_000 }, () => undefined)
  await rebuild(sql)
  expect(await figuresThatLie(sql)).toEqual([])
  const [before] = await sql`select sum(person_times) as times from public.coverage_cells cell join public.metric_slices slice on slice.id = cell.slice_id and slice.code = 'resident'
    where cell.unit_id = 1 and cell.axis = 0 and cell.view_id = 1`
  expect(Number(before!.times)).toBe(5_000)

  await recordFacts(sql, city, 10 ** 12, 10 ** 12 + 1_000, 'more')
  await drain(sql)
  await sql`update public.units set parent_id = 3, placed_on = ${`${city.year}-06-01`} where id = ${city.firstTownship}`
  const random = randomFrom(11)
  const range = (from: number, count: number) => Array.from({ length: count }, (_, index) => from + index)
  const region = { years: [city.year, city.year + 1], firstPerson: 1, persons: city.residents, moves: 0.02,
    villages: range(city.firstVillage, city.villages), townships: range(city.firstTownship, city.townships), hosts: range(1, city.units) }
  for (let n = 0; n < 60; n++) await edit(sql, region, random)
  await drain(sql)
  expect(await figuresThatLie(sql)).toEqual([])
  expect(await differences(sql)).toEqual([])
}, 120_000)
