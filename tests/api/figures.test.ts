import { expect, it } from 'vitest'
import { ask } from '../fixtures/portal.ts'

interface Figures { name: string, code: string, groups: { id: string, people: number }[], below: { code: string, people: number }[], years: number[] }

it('a visitor reads the region’s figures in tens, and those of a place below it', async () => {
  const region = (await ask<Figures>('/api/figures')).body
  expect(region.groups.find(({ id }) => id === 'resident')!.people).toBeGreaterThan(0)
  expect(region.groups.every(({ people }) => people % 10 === 0)).toBe(true)
  const place = (await ask<Figures>(`/api/figures?place=${region.below[0]!.code}`)).body
  expect(place.code).toBe(region.below[0]!.code)
  expect(place.groups.find(({ id }) => id === 'resident')!.people).toBe(region.below[0]!.people)
})

it('a place that is not there is refused, one without figures is an empty answer under its name', async () => {
  expect(await ask('/api/figures?place=QJ-NOWHERE')).toMatchObject({ status: 404, body: { code: 'unit_unknown' } })
  expect(await ask('/api/figures?place=QJ-YX-01-S')).toMatchObject({ status: 404, body: { code: 'unit_unknown' } })
  expect(await ask('/api/figures?place=QJ-YX-01-01')).toMatchObject({ status: 200, body: { code: 'QJ-YX-01-01', above: 'QJ-YX-01', groups: [], below: [], years: [] } })
  const { body } = await ask<Figures>('/api/figures?place=QJ-YX-01&year=2003')
  expect(body).toMatchObject({ code: 'QJ-YX-01', groups: [] })
  expect(body.years.length).toBeGreaterThan(0)
  expect((await ask<string>('/figures?place=QJ-YX-01-01')).body).toContain('还没有公布数据')
})

it('a year and a place that make no sense are those of today and of the region', async () => {
  expect((await ask<Figures>('/api/figures?year=abc&place=%3Cb%3E')).body).toMatchObject({ code: (await ask<Figures>('/api/figures')).body.code })
})
