import { readXlsx } from 'hucre/xlsx'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import type postgres from 'postgres'
import { ask, portalSql, signedIn } from '../fixtures/portal.ts'

const STAFF = ['city', 'qingxi', 'teacher', 'inspector', 'admin'] as const
const TOWN = 'QJ-YX-01'
const ELSEWHERE = 'QJ-LJ'

let sql: postgres.Sql
let person = 0
const cookies: Record<string, string> = {}
beforeAll(async () => {
  sql = portalSql()
  for (const username of STAFF) cookies[username] = await signedIn(sql, { username })
  cookies.resident = await signedIn(sql, { phone: '13900000001' })
  const [row] = await sql`select person.id from public.persons person join public.units home on home.id = person.residence_unit_id
    join private.person_years counted on counted.person_id = person.id
    where home.code like ${`${TOWN}-%`} order by person.id limit 1`
  person = Number(row!.id)
})
afterAll(() => sql.end())

const as = <T = Record<string, unknown>>(who: string, path: string, headers = {}) => ask<T>(path, { cookie: cookies[who], headers })

describe('who may ask what', () => {
  // In the order visitor, resident, city, qingxi, teacher, inspector, admin.
  it.each([
    ['/api/desk/home', 401, 403, 200, 200, 200, 200, 200],
    [`/api/desk/network?unit=${TOWN}`, 401, 403, 200, 200, 200, 200, 200],
    [`/api/desk/network/${TOWN}-S`, 401, 403, 200, 200, 200, 200, 200],
    [`/api/desk/network/${ELSEWHERE}`, 401, 403, 200, 403, 403, 200, 200],
    [`/api/desk/metrics?unit=${TOWN}`, 401, 403, 200, 200, 200, 200, 403],
    [`/api/desk/metrics?unit=${ELSEWHERE}`, 401, 403, 200, 403, 403, 200, 403],
    [`/api/desk/metrics/file?unit=${TOWN}`, 401, 403, 200, 200, 200, 200, 403],
    [`/api/desk/metrics/people?unit=${TOWN}`, 401, 403, 200, 200, 200, 200, 403],
    [`/api/desk/metrics/people?unit=${ELSEWHERE}`, 401, 403, 200, 403, 403, 200, 403],
    ['/api/desk/metrics/people/:person', 401, 403, 200, 200, 403, 403, 403],
    ['/api/desk/people?name=王', 401, 403, 200, 200, 403, 403, 403],
    [`/api/desk/people?name=王&unit=${ELSEWHERE}`, 401, 403, 200, 403, 403, 403, 403],
  ])('%s', async (path, ...expected) => {
    const answers = await Promise.all(['visitor', 'resident', ...STAFF].map(who => as(who, path.replace(':person', String(person)))))
    expect(answers.map(({ status }) => status)).toEqual(expected)
    for (const { headers } of answers) expect(headers.get('cache-control')).toContain('no-store')
  })

  it('says in words why not', async () => {
    expect((await as('teacher', '/api/desk/people?name=王')).body).toMatchObject({ code: 'names_hidden', message: expect.stringContaining('姓名') })
    expect((await as('admin', '/api/desk/metrics', { cookie: `${cookies.admin}; lang=en` })).body).toMatchObject({ code: 'figures_hidden', message: expect.stringContaining('figures') })
    expect((await as('qingxi', `/api/desk/metrics?unit=${ELSEWHERE}`)).body).toMatchObject({ code: 'unit_not_yours' })
    expect((await as('city', '/api/desk/metrics?unit=NOWHERE'))).toMatchObject({ status: 404, body: { code: 'unit_unknown' } })
    expect((await as('city', '/api/desk/metrics/people/999999999'))).toMatchObject({ status: 404, body: { code: 'person_unknown' } })
    expect((await as('resident', '/api/desk/home')).body).toMatchObject({ code: 'desk_closed' })
  })

  it('shows nobody behind a figure to a post without names', async () => {
    const { body } = await as<{ people: unknown[], total: number, seesNames: boolean }>('inspector', `/api/desk/metrics/people?unit=${TOWN}`)
    expect(body).toMatchObject({ people: [], seesNames: false })
    expect(body.total).toBeGreaterThan(4)
  })

  it('hides small numbers from a post without names, in pages and files alike', async () => {
    interface Figures { seesNames: boolean, residence: { ages: { persons: number | null }[], groups: { persons: number | null }[], heat: { persons: number | null }[] } }
    for (const unit of [TOWN, 'QJ-YX', 'QJ']) {
      const path = `?unit=${unit}&year=2025`
      const { body: { seesNames, residence } } = await as<Figures>('inspector', `/api/desk/metrics${path}`)
      expect(seesNames).toBe(false)
      const small = [...residence.ages, ...residence.groups, ...residence.heat].filter(({ persons }) => persons !== null && persons > 0 && persons < 5)
      expect(small).toEqual([])
    }
    const { body } = await as<Figures>('qingxi', '/api/desk/metrics')
    expect([...body.residence.ages, ...body.residence.groups, ...body.residence.heat].every(({ persons }) => persons !== null)).toBe(true)
  })
})

describe('bad input', () => {
  it.each([
    ['/api/desk/metrics?year=abc', 'input_invalid', 'year'], ['/api/desk/metrics?year=1', 'input_invalid', 'year'],
    ['/api/desk/metrics?group=nobody', 'group_unknown', 'group'], ['/api/desk/metrics?unit=%27%3B--', 'unit_unknown', 'unit'],
    [`/api/desk/people?name=${'王'.repeat(41)}`, 'name_too_long', 'name'],
  ])('%s is refused with %s', async (path, code, field) => {
    expect(await as('city', path)).toMatchObject({ status: 422, body: { code, details: { field } } })
  })

  it.each(['/api/desk/metrics?sort=price&order=up', '/api/desk/metrics/people?after=x', '/api/desk/people?name=&page=-1', '/api/desk/metrics?unit=&year=&group='])(
    '%s is read as the first choice', async path => expect((await as('city', path)).status).toBe(200))
})

describe('figures', () => {
  interface Metrics { residence: { rows: { code: string, isParent: boolean, persons: number, population: number | null, missingNames: string[] }[] } }

  it('what units organised is chosen like a category, without self-study, and opens to its people', async () => {
    const personsOf = async (query: string) => (await as<Metrics>('city', `/api/desk/metrics?${query}`)).body.residence.rows[0]!.persons
    const [all, organised] = [await personsOf(''), await personsOf('category=organised')]
    const [{ persons }] = await sql`select count(distinct coalesce(person.counts_as, person.id))::integer as persons from private.counted_participations fact join public.persons person on person.id = fact.person_id
      where fact.organised and fact.year = extract(year from now() at time zone 'Asia/Shanghai')` as unknown as [{ persons: number }]
    expect(organised).toBe(persons)
    expect(organised).toBeLessThan(all)
    expect((await as<{ total: number }>('city', '/api/desk/metrics/people?category=organised')).body.total).toBe(organised)
  })

  it('a total is the people behind it, counted page by page', async () => {
    const { body: { residence: { rows } } } = await as<Metrics>('qingxi', '/api/desk/metrics')
    expect(rows[0]).toMatchObject({ code: TOWN, isParent: true })
    const seen = new Set<number>()
    for (let after: number | null = 0; after !== null;) {
      const { body }: { body: { people: { id: number }[], next: number | null, total: number } } = await as('qingxi', `/api/desk/metrics/people?after=${after}`)
      expect(body.total).toBe(rows[0]!.persons)
      for (const { id } of body.people) seen.add(id)
      after = body.next
    }
    expect(seen.size).toBe(rows[0]!.persons)
    expect(rows.slice(1).reduce((sum, row) => sum + row.persons, 0)).toBe(rows[0]!.persons)
  })

  it('a missing population is null with the name of the unit that lacks it', async () => {
    const { body: { residence: { rows } } } = await as<Metrics>('city', '/api/desk/metrics?unit=QJ-YX&group=rural_outgoing')
    expect(rows[0]).toMatchObject({ population: null, missingNames: [expect.any(String)] })
  })

  it('rows are ranked by rate unless told otherwise; a population says its day and whether it is approved', async () => {
    interface Row { isParent: boolean, persons: number, population: number | null, populationAsOf: string | null, populationApproved: boolean | null }
    const { body: { residence: { rows }, sort, order } } = await as<{ residence: { rows: Row[] }, sort: string, order: string }>('city', '/api/desk/metrics')
    expect([sort, order]).toEqual(['rate', 'desc'])
    const rates = rows.filter(row => !row.isParent && row.population).map(({ persons, population }) => persons / population!)
    expect(rates.length).toBeGreaterThan(1)
    expect(rates).toEqual([...rates].sort((a, b) => b - a))
    for (const { population, populationAsOf, populationApproved } of rows) expect([populationAsOf !== null, populationApproved !== null]).toEqual([population !== null, population !== null])
    const { body: csv } = await as<string>('city', '/api/desk/metrics/file')
    expect(csv.split('\r\n')[0]).toContain('人口截至日期,人口是否批准')
  })

  it('months are of the group or category asked for, and of nobody in part where no names are seen', async () => {
    interface Trend { residence: { trendOf: string | null, months: { reached: number | null, personTimes: number | null, hours: number | null, headCounts: number | null }[], rows: { persons: number, personTimes: number, hours: number }[] } }
    for (const query of ['', 'group=elderly', 'category=health', 'category=organised&group=elderly']) {
      const { body: { residence: { trendOf, months, rows } } } = await as<Trend>('qingxi', `/api/desk/metrics?${query}`)
      const sum = (what: 'reached' | 'personTimes' | 'hours') => months.reduce((total, month) => total + (month[what] ?? 0), 0)
      expect({ trendOf, persons: sum('reached'), personTimes: sum('personTimes') }, query).toEqual({ trendOf: 'chosen', persons: rows[0]!.persons, personTimes: rows[0]!.personTimes })
      expect(sum('hours'), query).toBeCloseTo(rows[0]!.hours, 0)
    }
    expect((await as<Trend>('inspector', `/api/desk/metrics?unit=${TOWN}&group=elderly`)).body.residence.trendOf).toBe('residents')
    expect((await as<Trend>('inspector', `/api/desk/metrics?unit=${TOWN}&category=health`)).body.residence).toMatchObject({ trendOf: null, months: [] })
  })

  it('the file carries the same rows, for Excel', async () => {
    const response = await as<string>('qingxi', '/api/desk/metrics/file?sort=persons&order=desc')
    expect(response.headers.get('content-type')).toBe('text/csv; charset=utf-8')
    expect(response.headers.get('content-disposition')).toMatch(/^attachment; filename="coverage-QJ-YX-01-\d{4}-resident\.csv"$/)
    const { body: { residence: { rows } } } = await as<Metrics>('qingxi', '/api/desk/metrics?sort=persons&order=desc')
    expect(response.body.trim().split('\r\n').slice(1).map(line => line.split(',')[0])).toEqual(rows.map(row => row.code))
  })
})

it('the workbook names every unit without a denominator, one row a group', async () => {
  const response = await fetch(`${inject('portalUrl')}/api/desk/metrics/workbook?unit=QJ-YX`, { headers: { cookie: await signedIn(sql, { username: 'city' }) } })
  const { sheets } = await readXlsx(new Uint8Array(await response.arrayBuffer()))
  const [head, ...rows] = sheets.find(({ name }) => name === '缺基数')!.rows
  expect(head).toEqual(['单位编码', '单位', '上级单位', '人群', '缺人口基数的单位'])
  const { body: { total } } = await as<{ total: number }>('city', '/api/desk/populations/gaps?unit=QJ-YX')
  expect(total).toBeGreaterThan(0)
  expect(new Set(rows.filter(row => row[2]).map(row => row[0])).size).toBe(total)
})

describe('rows behind the organiser’s figures', () => {
  interface Organised { organiser: { taught: { code: string, isParent: boolean, persons: number }[], groups: { id: string, persons: number }[] } }
  interface People { people: { id: number, name: string | null }[], total: number, next: number | null, seesNames: boolean }

  it('are nobody’s who sees no names, and have no slices', async () => {
    expect((await as<People>('inspector', `/api/desk/metrics/people?unit=${TOWN}&axis=organiser`)).body).toMatchObject({ people: [], seesNames: false })
    expect(await as('inspector', `/api/desk/metrics/people/file?unit=${TOWN}&axis=organiser`)).toMatchObject({ status: 403, body: { code: 'names_hidden' } })
    expect(await as('qingxi', '/api/desk/metrics/people?axis=organiser&slice=month:05')).toMatchObject({ status: 422, body: { code: 'slice_unknown' } })
  })

  it('are as many as the figure, page by page and in the file', async () => {
    const { body: { organiser } } = await as<Organised>('qingxi', '/api/desk/metrics?axis=organiser')
    const own = organiser.taught.find(({ isParent }) => isParent)!
    const seen = new Set<number>()
    for (let after: number | null = 0; after !== null;) {
      const { body }: { body: People } = await as<People>('qingxi', `/api/desk/metrics/people?axis=organiser&after=${after}`)
      expect(body.total).toBe(own.persons)
      for (const { id } of body.people) seen.add(id)
      after = body.next
    }
    expect(seen.size).toBe(own.persons)
    const csv = (await as<string>('qingxi', '/api/desk/metrics/people/file?axis=organiser')).body.trim().split('\r\n').slice(1)
    expect(new Set(csv.map(line => Number(line.split(',')[0])))).toEqual(seen)
    const elders = organiser.groups.find(({ id }) => id === 'elderly')!
    expect((await as<People>('qingxi', '/api/desk/metrics/people?axis=organiser&group=elderly')).body.total).toBe(elders.persons)
    const [noted] = await sql`select details from public.audit_events where action = 'figure_people_exported' order by id desc limit 1`
    expect(noted!.details).toMatchObject({ axis: 'organiser', group: 'resident' })
  })

  it('of person-times and hours are the records that they count, page by page and in the file, which is written down', async () => {
    interface Records { records: { id: number, hours: number }[], counted: { records: number, hours: number }, figure: { personTimes: number, hours: number } | null, next: string | null, seesNames: boolean }
    expect((await as<Records>('inspector', `/api/desk/metrics/records?unit=${TOWN}`)).body).toMatchObject({ records: [], counted: null, seesNames: false })
    expect(await as('inspector', `/api/desk/metrics/records/file?unit=${TOWN}`)).toMatchObject({ status: 403, body: { code: 'names_hidden' } })
    const parts: Record<string, string>[] = [{ axis: 'residence', category: 'health' }, { axis: 'organiser', category: 'health' }, { slice: 'area:rural' }, { slice: 'area:rural', category: 'organised' }, { slice: 'channel:onsite' }, { slice: 'month:05' }, { slice: 'age_sex:60-69:female' }]
    for (const part of parts) {
      const asked = new URLSearchParams({ unit: TOWN, ...part })
      const seen = new Map<number, number>()
      for (let after: string | null = '0.0'; after !== null;) {
        const { body }: { body: Records } = await as<Records>('qingxi', `/api/desk/metrics/records?${asked}&after=${after}`)
        expect(body.counted).toEqual({ records: body.figure!.personTimes, hours: expect.closeTo(body.figure!.hours, 2) })
        for (const { id, hours } of body.records) seen.set(id, hours)
        after = body.next
        if (after === null) expect([seen.size, [...seen.values()].reduce((sum, hours) => sum + hours, 0)]).toEqual([body.figure!.personTimes, expect.closeTo(body.figure!.hours, 2)])
      }
      expect(seen.size).toBeGreaterThan(5)
      const csv = (await as<string>('qingxi', `/api/desk/metrics/records/file?${asked}`)).body.trim().split('\r\n').slice(1)
      expect(new Set(csv.map(line => Number(line.split(',')[0])))).toEqual(new Set(seen.keys()))
      const [noted] = await sql`select details from public.audit_events where action = 'figure_people_exported' order by id desc limit 1`
      expect(noted!.details).toMatchObject({ ...part, records: seen.size })
    }
    // An area of what units organised opens to its people too, as many as the page says.
    const { body: organised } = await as<{ residence: { areas: { code: string, persons: number }[], channels: object[], ages: object[] } }>('qingxi', '/api/desk/metrics?category=organised')
    const rural = organised.residence.areas.find(({ code }) => code === 'rural')!
    expect(rural.persons).toBeGreaterThan(0)
    expect([organised.residence.channels, organised.residence.ages]).toEqual([[], []])
    expect((await as<{ total: number }>('qingxi', '/api/desk/metrics/people?category=organised&slice=area:rural')).body.total).toBe(rural.persons)
    expect((await as<{ residence: { areas: object[] } }>('qingxi', '/api/desk/metrics?category=health')).body.residence.areas).toEqual([])
    // How many a group and a slice have in common is no figure.
    expect((await as<Records>('qingxi', `/api/desk/metrics/records?unit=${TOWN}&slice=area:rural&group=elderly`)).body.figure).toBeNull()
    expect(await as('qingxi', `/api/desk/metrics/records?unit=${TOWN}&slice=area:rural&axis=organiser`)).toMatchObject({ status: 422, body: { code: 'slice_unknown' } })
  })

  it('are written down as taken only where they were: a refused file leaves nothing in the log', async () => {
    const taken = async () => (await sql`select count(*)::integer as count from public.audit_events where action = 'figure_people_exported'`)[0]!.count as number
    const [village] = await sql`select id from public.units where code = ${`${TOWN}-01`}`
    const [{ year }] = await sql`select private.china_year(now()) as year` as unknown as [{ year: number }]
    // They are counted without facts, which the page would not show, but the file has to walk along them.
    const many = await sql`insert into public.persons (name, sex, birth_year, residence_unit_id) select '多', 'female', 1960, ${village!.id} from generate_series(1, 10001) returning id`
    try {
      await sql`insert into private.person_years (year, person_id, unit_id, group_bits, fact_ids)
        select ${year}, id, residence_unit_id, (select group_bit from public.metric_slices where kind = 'group' and code = 'resident'), '{}' from public.persons where id = any (${many.map(({ id }) => id as string)})`
      const before = await taken()
      expect(await as('qingxi', `/api/desk/metrics/people/file?unit=${TOWN}-01`)).toMatchObject({ status: 422, body: { code: 'figure_file_too_large', details: { most: 10_000 } } })
      expect(await taken()).toBe(before)
    }
    finally {
      await sql`delete from private.person_years where person_id = any (${many.map(({ id }) => id as string)})`
      await sql`delete from public.persons where id = any (${many.map(({ id }) => id as string)})`
    }
    const before = await taken()
    expect((await as('qingxi', `/api/desk/metrics/people/file?unit=${TOWN}-01`)).status).toBe(200)
    expect(await taken()).toBe(before + 1)
  })

  it('as a table for Excel, in which a name is no formula', async () => {
    await sql`update public.persons set name = '=1+1' where id = ${person}`
    const [{ name }] = await sql`select private.china_year(now()) as name` as unknown as [{ name: number }]
    const { readXlsx } = await import('hucre/xlsx')
    const response = await fetch(`${inject('portalUrl')}/api/desk/metrics/people/file?format=xlsx&unit=${TOWN}&year=${name}`, { headers: { cookie: cookies.qingxi! } })
    expect(response.headers.get('content-disposition')).toMatch(/^attachment; filename="people-QJ-YX-01-\d{4}-resident\.xlsx"$/)
    const { sheets } = await readXlsx(new Uint8Array(await response.arrayBuffer()))
    await sql`update public.persons set name = '王小妹' where id = ${person}`
    expect(sheets[0]!.rows.find(row => row[0] === person)![1]).toBe('\'=1+1')
  })
})

describe('a year without figures', () => {
  it('is an empty page that names the missing population, also for a school and for a year before the unit stood', async () => {
    for (const unit of [`${TOWN}-S`, TOWN]) {
      const { status, body } = await as<{ residence: { rows: unknown[], groups: { id: string, persons: number, missingNames: string[] }[] } }>('city', `/api/desk/metrics?unit=${unit}&year=2001`)
      expect(status).toBe(200)
      expect(body.residence.groups.find(({ id }) => id === 'resident')).toMatchObject({ persons: 0, missingNames: expect.arrayContaining([expect.any(String)]) })
    }
    const { status, body } = await as<string>('city', `/desk/metrics?unit=${TOWN}-S&year=2001`)
    expect(status).toBe(200)
    expect(body).toContain('2001 年没有数字')
    expect(body).toContain('缺人口基数（常住居民）')
  })
})

describe('pages', () => {
  it('send a visitor to sign in and back', async () => {
    const { status, headers } = await ask('/desk/metrics?unit=QJ-YX&year=2026')
    expect(status).toBe(302)
    const { pathname, searchParams } = new URL(headers.get('location')!, 'http://localhost')
    expect([pathname, searchParams.get('next')]).toEqual(['/sign-in/staff', '/desk/metrics?unit=QJ-YX&year=2026'])
  })

  it('tell a resident plainly, with 403 and none of the desk', async () => {
    const { status, body } = await as<string>('resident', '/desk')
    expect(status).toBe(403)
    expect(body).toContain('您的账号没有工作台的岗位')
    expect(body).not.toContain('href="/desk/people"')
  })

  it('work before scripts: what a form chose is in the page', async () => {
    const { body } = await as<string>('qingxi', '/desk/people?name=%25')
    expect(body).toContain('没有找到“%”')
    expect((await as<string>('teacher', '/desk/people')).body).toContain('您的岗位不看居民姓名')
    expect((await as<string>('city', '/desk/metrics?unit=QJ-YX&group=elderly')).body).toMatch(/<option value="elderly" selected/)
    expect((await as<string>('city', '/desk/metrics?unit=QJ-YX')).body).toMatch(/名次[\s\S]*截至 /)
    expect((await as<string>('city', '/desk/metrics?unit=QJ-YX&axis=organiser')).body).toContain('名次')
    const organised = (await as<string>('city', '/desk/metrics?unit=QJ-YX&category=organised&group=elderly')).body
    expect([organised.includes('逐月进度统计的是：老年人'), organised.includes('年龄和渠道只统计全部类别'), organised.includes('城镇')]).toEqual([true, true, true])
    expect((await as<string>('inspector', '/desk/metrics?unit=QJ-YX&category=health')).body).toContain('按月看某个人群或类别')
    expect((await as<string>('city', '/desk/head-counts?unit=QJ-YX&month=5')).body).not.toContain('这一年共')
  })

  it('no resident page loads a chunk of the desk', async () => {
    const desk = (await as<string>('city', '/desk')).body
    const chunksOf = (page: string) => [...page.matchAll(/\/_nuxt\/[\w-]+\.(?:js|css)/g)].map(([file]) => file)
    const resident = new Set((await Promise.all(['/', '/courses', '/my'].map(path => as<string>('city', path)))).flatMap(({ body }) => chunksOf(body)))
    expect(resident.size).toBeGreaterThan(2)
    const own = chunksOf(desk).filter(file => !resident.has(file))
    expect(own.length).toBeGreaterThan(2)
    for (const file of resident) expect((await as<string>('city', file)).body).not.toMatch(/desk-table|desk_closed/)
  })
})
