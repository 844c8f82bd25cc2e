// A confirmed attendance shows in every figure above within five seconds: where the person lives, and by whose work it was.
import { afterAll, beforeAll, expect, it } from 'vitest'
import type postgres from 'postgres'
import { ask, figuresAreFolded, portalSql, signedIn } from '../fixtures/portal.ts'

interface Row { code: string, isParent: boolean, persons: number, personTimes: number }
interface Figures { residence: { rows: Row[] } | null, organiser: { taught: Row[] } | null }
const ABOVE = { residence: ['QJ-YX-01-01', 'QJ-YX-01', 'QJ-YX', 'QJ'], organiser: ['QJ-YX-01-S', 'QJ-YX-01', 'QJ-YX', 'QJ'] } as const
type Axis = keyof typeof ABOVE

let sql: postgres.Sql
let manager: string
let city: string
beforeAll(async () => {
  sql = portalSql()
  ;[manager, city] = [await signedIn(sql, { username: 'qingxi' }), await signedIn(sql, { username: 'city' })]
})
afterAll(() => sql.end())

const chinaDay = (days: number) => new Date(Date.now() + days * 86_400_000).toLocaleDateString('sv-SE', { timeZone: 'Asia/Shanghai' })
const post = <T>(path: string, body: object) => ask<T>(`/api/desk/activities${path}`, { method: 'POST', body, cookie: manager })

/** Persons and person-times of every unit above, on both axes, as the page of figures says. */
async function figuresOf(year: string): Promise<[string, number, number][]> {
  const asked = (Object.keys(ABOVE) as Axis[]).flatMap(axis => ABOVE[axis].map(unit => ({ axis, unit })))
  return Promise.all(asked.map(async ({ axis, unit }) => {
    const { body } = await ask<Figures>(`/api/desk/metrics?unit=${unit}&year=${year}&axis=${axis}`, { cookie: city })
    const row = (body.residence?.rows ?? body.organiser!.taught).find(({ isParent }) => isParent)!
    return [`${axis} ${unit}`, row.persons, row.personTimes] as [string, number, number]
  }))
}

it('a confirmed attendance shows in every figure above within five seconds, on both axes', async () => {
  const plan = { 'unit': 'QJ-YX-01-S', 'title': '当天见数的课', 'kind': 'training', 'form': 'training', 'category': 'digital', 'venue': '清溪镇社区教育学校', 'phone': '0900-1234567', 'signUp': 'none',
    'minors': 'with_guardian', 's0.date': chinaDay(10), 's0.start': '09:00', 's0.end': '10:30' }
  const { body: { id } } = await post<{ id: number }>('', plan)
  expect((await post(`/${id}/publication`, {})).status).toBe(200)
  const [session] = await sql`update activity_sessions set starts_at = now() - interval '3 hours', ends_at = now() - interval '1 hour' where activity_id = ${id} returning id::integer, starts_at`
  // Somebody new, so that people and not only person-times must rise.
  const [person] = await sql`insert into persons (name, sex, birth_year, residence_unit_id) select '刚刚到场', 'female', 1960, id from units where code = 'QJ-YX-01-01' returning id::integer`
  expect((await post<{ outcome: string }>(`/sessions/${session!.id}/marks`, { person: person!.id, method: 'walk_in' })).body.outcome).toBe('in')
  await figuresAreFolded(sql)
  const year = (session!.starts_at as Date).toLocaleDateString('sv-SE', { timeZone: 'Asia/Shanghai' }).slice(0, 4)
  const before = await figuresOf(year)

  expect((await post<{ outcomes: object[] }>(`/sessions/${session!.id}/confirmation`, {})).body.outcomes).toHaveLength(1)
  const confirmedAt = Date.now()
  let behind = before.map(([name]) => name)
  while (behind.length > 0 && Date.now() - confirmedAt < 5_000) {
    const now = await figuresOf(year)
    // Other tests record meanwhile: what is asked is that ours is there.
    behind = before.filter(([, persons, times], at) => now[at]![1] < persons + 1 || now[at]![2] < times + 1).map(([name]) => name)
  }
  expect(behind).toEqual([])
  const [folded] = await sql`select count(*)::integer as marks from private.coverage_marks where person_id = ${person!.id}`
  expect(folded).toEqual({ marks: 0 })
}, 60_000)
