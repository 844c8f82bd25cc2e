// Imported records earn what a session on site earns, once, and lose it when the import is taken back; other hours are a correction.
import { describe, expect, it } from 'vitest'
import { type Network, type Person, drain, makeNetwork, makePerson, makeStaff, type Sql, type Transaction, withRollback } from '../fixtures/database.ts'
import { addFact, cellOf } from '../fixtures/figures.ts'
import { checkImport, stageImport, takeBack, writeImport } from '../fixtures/imports.ts'

interface Scene { sql: Transaction, places: Network, staff: Person, people: Person[], at: (person: Person, row?: object) => Record<string, unknown>, bring: (rows: Record<string, unknown>[], check?: (counts: object) => unknown) => Promise<number> }

const inScene = (test: (scene: Scene) => Promise<unknown>) => withRollback(async (sql) => {
  const places = await makeNetwork(sql)
  const staff = await makeStaff(sql, places.township, places.willow, 'manager')
  const names = ['赵一', '钱二', '孙三', '李四']
  const people = await Promise.all(names.map((name, nth) => makePerson(sql, places.willow, { name, birthYear: 1950 + nth })))
  const named = new Map(people.map(({ id }, nth) => [id, { name: names[nth], birth_year: 1950 + nth }]))
  const at = (person: Person, row = {}) => ({
    ...named.get(person.id), residence_unit_id: places.willow, started_at: '2026-03-02T09:00+08:00', ended_at: '2026-03-02T10:30+08:00', hours: 1.5, category_id: 'health',
    kind: 'training', role: 'learner', host_unit_id: places.school, ...row,
  })
  const bring = async (rows: Record<string, unknown>[], check: (counts: object) => unknown = () => undefined) => {
    const id = await stageImport(sql, { unit: places.township, by: staff.account }, rows)
    check(await checkImport(sql, id))
    await writeImport(sql, id)
    return id
  }
  await test({ sql, places, staff, people, at, bring })
})
const earned = async (sql: Sql, person: Person) => {
  const [row] = await sql`select coalesce(sum(minutes), 0)::integer as minutes, coalesce(sum(milli_credits), 0)::integer as credits, count(*) filter (where kind = 'award')::integer as awards
    from public.credit_postings where person_id = ${person.id}`
  return row
}
const faultless = async (sql: Sql) => expect(await sql`select * from private.credit_faults()`).toEqual([])

describe('credits', () => {
  it('are posted for whoever learned, by the rule of sessions on site, and said in the result', () => inScene(async ({ sql, people, places, at, bring }) => {
    const [learner, guardian, tutor, twice] = people as [Person, Person, Person, Person]
    const id = await bring([
      at(learner), at(guardian, { role: 'guardian', hours: 1 }), at(tutor, { role: 'tutor' }),
      at(twice), at(twice, { started_at: '2026-03-03T09:00+08:00', ended_at: '2026-03-03T10:30+08:00' }), at(twice, { started_at: '2026-03-04T09:00+08:00', ended_at: '2026-03-04T10:00+08:00', hours: 1 }),
    ])
    expect(await Promise.all([learner, guardian, tutor, twice].map(person => earned(sql, person)))).toEqual([
      { minutes: 90, credits: 1800, awards: 1 }, { minutes: 60, credits: 1200, awards: 1 }, { minutes: 0, credits: 0, awards: 0 }, { minutes: 240, credits: 4800, awards: 3 }])
    const [one] = await sql`select state, result from public.imports where id = ${id}`
    expect(one).toMatchObject({ state: 'applied', result: { written: 6, credited: 5, milliCredits: 7800 } })
    const [posting] = await sql`select posted_by, rule_id, from_unit.unit_id from public.credit_postings posting
      join public.credit_legs leg on leg.posting_id = posting.id and leg.line = 1 join public.credit_accounts from_unit on from_unit.id = leg.from_account_id where posting.person_id = ${learner.id}`
    expect(posting).toMatchObject({ rule_id: 'attendance', unit_id: places.school })
    await faultless(sql)
  }))

  it('lose no minute to the hundredths that hours are kept in', () => inScene(async ({ sql, people, at, bring }) => {
    const lengths = [50, 20, 7, 119]
    await bring(lengths.map((minutes, nth) => at(people[nth]!, {
      started_at: '2026-03-02T09:00+08:00', ended_at: new Date(Date.parse('2026-03-02T09:00+08:00') + minutes * 60_000), hours: Math.round(minutes / 0.6) / 100,
    })))
    expect((await Promise.all(people.map(person => earned(sql, person)))).map(row => row!.minutes)).toEqual(lengths)
    await faultless(sql)
  }))

  it('are none where no rule gives any, and the import is done at once', () => inScene(async ({ sql, people, at, bring }) => {
    await sql`update public.credit_rule_versions set in_force = daterange('2026-06-01', null) where rule_id = 'attendance'`
    const id = await bring([at(people[0]!)])
    expect(await sql`select state, result from public.imports where id = ${id}`).toEqual([{ state: 'applied', result: { written: 1, persons: 0, guardians: 0 } }])
    expect(await earned(sql, people[0]!)).toMatchObject({ awards: 0 })
  }))

  it('are not posted again for the same file, nor for time that was credited already', () => inScene(async ({ sql, people, places, at, bring }) => {
    const [one, other] = people as [Person, Person]
    const sat = await addFact(sql, other.id, { day: '2026-03-02', at: '2026-03-02T10:00+08:00', host: places.school })
    await sql`select private.award_credit(${`class:${sat}`}, ${sat}, 'attendance', 60)`
    const rows = [at(one), at(other, { started_at: '2026-03-02T09:30+08:00', ended_at: '2026-03-02T11:00+08:00' })]
    await bring(rows)
    const again = await stageImport(sql, { unit: places.township, by: (await makeStaff(sql, places.township, places.willow, 'manager')).account }, rows)
    expect(await checkImport(sql, again)).toMatchObject({ good: 0, known: 2, corrections: 0 })
    expect([await earned(sql, one), await earned(sql, other)]).toEqual([{ minutes: 90, credits: 1800, awards: 1 }, { minutes: 60, credits: 1200, awards: 1 }])
    await faultless(sql)
  }))

  it('go back with the import, and come again when it is brought again', () => inScene(async ({ sql, people, staff, at, bring }) => {
    const rows = people.slice(0, 2).map(person => at(person))
    const id = await bring(rows)
    await takeBack(sql, id, staff.account)
    for (const person of people.slice(0, 2)) expect(await earned(sql, person)).toEqual({ minutes: 0, credits: 0, awards: 1 })
    await bring(rows)
    for (const person of people.slice(0, 2)) expect(await earned(sql, person)).toEqual({ minutes: 90, credits: 1800, awards: 2 })
    await faultless(sql)
  }))

  it('go on where a killed run stopped, and nobody earns twice', () => inScene(async ({ sql, people, places, staff, at }) => {
    const rows = [1, 2, 3, 4].flatMap(day => people.map(person => at(person, { started_at: `2026-03-0${day}T09:00+08:00`, ended_at: `2026-03-0${day}T10:30+08:00` })))
    const id = await stageImport(sql, { unit: places.township, by: staff.account }, rows)
    await checkImport(sql, id)
    await sql`update public.imports set state = 'applying', good_only = false where id = ${id}`
    await sql`select private.begin_import_writing(${id})`
    await sql`select private.write_import_facts(${id}, 0, 100)`
    await sql`select private.finish_import_writing(${id}, 16)`
    expect(await sql`select state from public.imports where id = ${id}`).toEqual([{ state: 'crediting' }])
    expect((await sql`select private.imports_running() as id`).map(row => Number(row.id))).toContain(id)
    expect(await sql`select looked_at, credited from private.credit_import_facts(${id}, 5)`).toEqual([{ looked_at: 5, credited: 5 }])
    // The next step is undone with its killed server; the one that takes over begins behind the last that stayed.
    await sql.savepoint(async (killed: Sql) => {
      await killed`select private.credit_import_facts(${id}, 5)`
      throw new Error('killed')
    }).catch(() => undefined)
    expect(await sql`select private.import_credited(${id}) as done`).toEqual([{ done: 5 }])
    while ((await sql`select looked_at from private.credit_import_facts(${id}, 5)`)[0]!.looked_at > 0);
    await sql`select private.finish_import_crediting(${id})`
    for (const person of people) expect(await earned(sql, person)).toEqual({ minutes: 360, credits: 7200, awards: 4 })
    expect((await sql`select result from public.imports where id = ${id}`)[0]!.result).toMatchObject({ credited: 16, milliCredits: 28_800 })
    await faultless(sql)
  }))
})

describe('a list that comes again with other hours', () => {
  it('corrects the record, its figures and its credits, and is the last word', () => inScene(async ({ sql, people, places, staff, at, bring }) => {
    const [one, other] = people as [Person, Person]
    await bring([at(one), at(other)])
    const second = await bring([at(one, { hours: 2, ended_at: '2026-03-02T11:00+08:00' }), at(other)], counts => expect(counts).toMatchObject({ good: 1, corrections: 1, known: 1 }))
    const facts = await sql`select hours::float, corrects is not null as corrects, import_id = ${second} as second from public.participations where person_id = ${one.id} order by id`
    expect(facts).toEqual([{ hours: 1.5, corrects: false, second: false }, { hours: 2, corrects: true, second: true }])
    expect(await earned(sql, one)).toEqual({ minutes: 120, credits: 2400, awards: 2 })
    await drain(sql)
    expect(await cellOf(sql, places.willow, {})).toEqual({ persons: 2, times: 2, hours: 3.5 })
    // The same again changes nothing.
    const third = await stageImport(sql, { unit: places.township, by: staff.account }, [at(one, { hours: 2 })])
    expect(await checkImport(sql, third)).toMatchObject({ good: 0, known: 1, corrections: 0 })
    await faultless(sql)
  }))

  it('taken back, gives way to what it corrected', () => inScene(async ({ sql, people, staff, at, bring }) => {
    const [one] = people as [Person]
    const first = await bring([at(one)])
    const second = await bring([at(one, { hours: 2 })])
    await takeBack(sql, second, staff.account)
    expect(await earned(sql, one)).toMatchObject({ minutes: 90, credits: 1800 })
    expect(await sql`select hours::float, status from public.participations where person_id = ${one.id} order by id desc limit 1`).toEqual([{ hours: 1.5, status: 'attended' }])
    await takeBack(sql, first, staff.account)
    expect(await earned(sql, one)).toMatchObject({ minutes: 0, credits: 0 })
    await bring([at(one)], counts => expect(counts).toMatchObject({ good: 1, corrections: 0 }))
    expect(await earned(sql, one)).toMatchObject({ minutes: 90, credits: 1800 })
    await faultless(sql)
  }))

  it('leaves alone what staff put right or struck out by hand', () => inScene(async ({ sql, people, at, bring, places, staff }) => {
    const [struck, changed] = people as [Person, Person]
    await bring([at(struck), at(changed)])
    const idOf = async (person: Person) => Number((await sql`select id from public.participations where person_id = ${person.id} order by id desc limit 1`)[0]!.id)
    await addFact(sql, struck.id, { corrects: await idOf(struck), status: 'cancelled' })
    await addFact(sql, changed.id, { corrects: await idOf(changed), hours: 1 })
    const again = await stageImport(sql, { unit: places.township, by: staff.account }, [at(struck, { hours: 2 }), at(changed)])
    expect(await checkImport(sql, again)).toMatchObject({ good: 0, known: 2, corrections: 0 })
  }))
})
