// Imported records earn what a session on site earns, once, and lose it when the import is taken back; other hours are a correction. What earns
// nothing has an answer as well.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type As, type Network, type Person, drain, makeNetwork, makePerson, makeStaff, type Sql, type Transaction, withRollback } from '../fixtures/database.ts'
import { addFact, cellOf } from '../fixtures/figures.ts'
import { checkImport, stageImport, takeBack, writeImport } from '../fixtures/imports.ts'

interface Scene { sql: Transaction, as: As, places: Network, staff: Person, people: Person[], at: (person: Person, row?: object) => Record<string, unknown>, bring: (rows: Record<string, unknown>[], check?: (counts: object) => unknown) => Promise<number> }

const inScene = (test: (scene: Scene) => Promise<unknown>) => withRollback(async (sql, as) => {
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
  await test({ sql, as, places, staff, people, at, bring })
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

  it('are refused for good where no rule gives any, for time that has credits, and without a time; learner and staff are told why', () => inScene(async ({ sql, as, people, staff, places, at, bring }) => {
    await sql`update public.credit_rule_versions set in_force = daterange('2026-03-03', null) where rule_id = 'attendance'`
    const [early, twice, none] = people as [Person, Person, Person]
    const evening = { started_at: '2026-03-05T19:00+08:00', ended_at: '2026-03-05T20:00+08:00' }
    const sat = await addFact(sql, twice.id, { day: '2026-03-05', at: '2026-03-05T19:30+08:00', host: places.school })
    await sql`select private.award_credit(${`class:${sat}`}, ${sat}, 'attendance', 60)`
    const id = await bring([at(early), at(twice, { ...evening, hours: 1 }), at(none, { ...evening, hours: 0 })])
    expect((await sql`select result from public.imports where id = ${id}`)[0]!.result)
      .toMatchObject({ credited: 0, milliCredits: 0, notCredited: { no_rule_in_force: 1, other_record_then: 1, no_time: 1 } })
    const told = async (person: Person) => (await as(person.account, one => one`select outcome, reason, moved from public.my_passbook('-infinity', 'infinity')`)).filter(({ outcome }) => outcome === 'refused')
    expect([await told(early), await told(twice), await told(none)]).toMatchObject([[{ reason: 'no_rule_in_force', moved: 0 }], [{ reason: 'other_record_then' }], [{ reason: 'no_time' }]])
    expect(await as(staff.account, one => one`select reason, asked_minutes from public.refused_postings(${early.id})`)).toEqual([{ reason: 'no_rule_in_force', asked_minutes: 90 }])
    await expect(as(early.account, one => one`select * from public.refused_postings(${early.id})`)).rejects.toMatchObject({ message: 'person_unknown' })
    await faultless(sql)

    // A correction asks anew: what still keeps it from earning does, what does not is credited.
    const factOf = async (person: Person) => (await sql`select id from public.participations where person_id = ${person.id} and import_id = ${id}`)[0]!.id as number
    const [ofTwice, ofNone] = [await factOf(twice), await factOf(none)]
    await as(staff.account, one => one`select public.correct_participation(${ofTwice}, 'wrong_category', '{"categoryId": "digital"}', '登错')`)
    await as(staff.account, one => one`select public.correct_participation(${ofNone}, 'wrong_hours', '{"hours": 0.5}', '漏填')`)
    expect([await earned(sql, twice), await earned(sql, none)]).toMatchObject([{ minutes: 60, awards: 3 }, { minutes: 30, credits: 600, awards: 2 }])
    await faultless(sql)
  }))

  it('of two lines of one list for the same time count once', () => inScene(async ({ sql, people, at, bring }) => {
    const [one] = people as [Person]
    await bring([at(one), at(one, { started_at: '2026-03-02T10:00+08:00', ended_at: '2026-03-02T11:00+08:00', hours: 1, category_id: 'digital' })])
    expect(await earned(sql, one)).toEqual({ minutes: 90, credits: 1800, awards: 2 })
    await faultless(sql)
  }))

  it('of a record that was corrected while its list waited for credits go by the correction', () => inScene(async ({ sql, as, people, places, staff, at }) => {
    const [one, other] = people as [Person, Person]
    const id = await stageImport(sql, { unit: places.township, by: staff.account }, [at(one), at(other)])
    await checkImport(sql, id)
    await sql`update public.imports set state = 'applying', good_only = false where id = ${id}`
    await sql`select private.begin_import_writing(${id})`
    await sql`select private.write_import_facts(${id}, 0, 100)`
    await sql`select private.finish_import_writing(${id}, 2)`
    const factOf = async (person: Person) => (await sql`select id from public.participations where person_id = ${person.id}`)[0]!.id as number
    const [ofOne, ofOther] = [await factOf(one), await factOf(other)]
    await as(staff.account, desk => desk`select public.correct_participation(${ofOne}, 'wrong_hours', '{"hours": 1}', '早退')`)
    await as(staff.account, desk => desk`select public.correct_participation(${ofOther}, 'not_attended', '{}', '没来')`)
    await sql`select private.credit_import_facts(${id}, 5)`
    await sql`select private.finish_import_crediting(${id})`
    expect([await earned(sql, one), await earned(sql, other)]).toMatchObject([{ minutes: 60, awards: 1 }, { minutes: 0, awards: 0 }])
    await faultless(sql)
  }))

  it('that are missing or doubled, of a list or of a correction, are found by the check', () => inScene(async ({ sql, people, at, bring }) => {
    const [one, other] = people as [Person, Person]
    const id = await bring([at(one), at(other)])
    const facts = await sql`select id, key from public.participations where import_id = ${id} order by person_id`
    await sql`select private.award_credit('double', ${facts[0]!.id}, 'attendance', 90)`
    const [missed] = await sql`insert into public.participations (key, person_id, kind, organised, role, residence_unit_id, groups, started_at, ended_at, hours, status, channel, entry_source, import_id)
      select 'missed', person_id, kind, organised, role, residence_unit_id, groups, '2026-03-09T09:00+08:00', '2026-03-09T10:00+08:00', 1, status, channel, entry_source, import_id
      from public.participations where id = ${facts[1]!.id} returning id`
    expect(await sql`select * from private.credit_faults_of_records() order by subject::bigint`).toEqual([
      { invariant: 'import_has_answer', subject: String(facts[0]!.id) }, { invariant: 'import_has_answer', subject: String(missed!.id) }])
    await sql`alter table public.participations disable trigger participations_follow_correction`
    const [corrected] = await sql`insert into public.participations (key, person_id, kind, organised, role, residence_unit_id, groups, started_at, ended_at, hours, status, channel, entry_source, corrects)
      select 'unanswered', person_id, kind, organised, role, residence_unit_id, groups, started_at, ended_at, 1, status, channel, entry_source, id from public.participations where id = ${facts[1]!.id} returning id`
    expect(await sql`select subject from private.credit_faults_of_records() where invariant = 'correction_has_answer'`).toEqual([{ subject: String(corrected!.id) }])
  }))

  it('are the same for the same minutes by list, class, correction and one by one, whatever the minutes', () => fc.assert(fc.asyncProperty(
    fc.array(fc.integer({ min: 1, max: 600 }), { minLength: 1, maxLength: 6 }), fc.integer({ min: 1, max: 2000 }), fc.integer({ min: 1, max: 60 }),
    (all, milliCredits, perMinutes) => inScene(async ({ sql, as, people, staff, at, bring }) => {
      await sql`update public.credit_rule_versions set milli_credits = ${milliCredits}, per_minutes = ${perMinutes} where rule_id = 'attendance'`
      const [listed, inClass, corrected, single] = people as [Person, Person, Person, Person]
      const times = (nth: number, minutes: number) => [new Date(Date.parse('2026-03-02T08:00+08:00') + nth * 86_400_000), new Date(Date.parse('2026-03-02T08:00+08:00') + nth * 86_400_000 + minutes * 60_000)] as const
      const hours = (minutes: number) => Math.round(minutes / 0.6) / 100
      const fact = async (person: Person, nth: number, minutes: number) => (await sql`
        insert into public.participations (key, person_id, kind, organised, role, residence_unit_id, groups, started_at, ended_at, hours, status, channel, entry_source)
        select ${`same:${person.id}:${nth}`}, id, 'training', true, 'learner', residence_unit_id, '{resident}', ${times(nth, minutes)[0]}, ${times(nth, minutes)[1]}, ${hours(minutes)}, 'attended', 'onsite', 'scan'
        from public.persons where id = ${person.id} returning id`)[0]!.id as number
      await bring(all.map((minutes, nth) => at(listed, { started_at: times(nth, minutes)[0], ended_at: times(nth, minutes)[1], hours: hours(minutes) })))
      for (const [nth, minutes] of all.entries()) {
        await sql`select private.award_class(${[await fact(inClass, nth, minutes)]}::bigint[], ${[`class:${nth}`]}::text[], 'attendance', ${minutes})`
        await sql`select private.post_credit(${`single:${nth}`}, ${await fact(single, nth, minutes)}, 'attendance', ${minutes})`
        // Entered wrongly first.
        const wrong = await fact(corrected, nth, minutes % 600 + 1)
        await sql`select private.award_credit(${`wrong:${nth}`}, ${wrong}, 'attendance', ${minutes % 600 + 1})`
        await as(staff.account, one => one`select public.correct_participation(${wrong}, 'wrong_hours', ${one.json({ hours: hours(minutes) })}, '登错')`)
      }
      const total = all.reduce((sum, minutes) => sum + minutes, 0)
      for (const person of people) expect(await earned(sql, person)).toMatchObject({ minutes: total, credits: Math.floor(total * milliCredits / perMinutes) })
      await faultless(sql)
    })), { numRuns: 12, endOnFailure: true }))

  it('are not posted again for the same file, nor for time that was credited already', () => inScene(async ({ sql, people, places, at, bring }) => {
    const [one, other] = people as [Person, Person]
    const sat = await addFact(sql, other.id, { day: '2026-03-02', at: '2026-03-02T10:00+08:00', host: places.school })
    await sql`select private.award_credit(${`class:${sat}`}, ${sat}, 'attendance', 60)`
    const rows = [at(one), at(other, { started_at: '2026-03-02T09:30+08:00', ended_at: '2026-03-02T11:00+08:00' })]
    await bring(rows)
    const again = await stageImport(sql, { unit: places.township, by: (await makeStaff(sql, places.township, places.willow, 'manager')).account }, rows)
    expect(await checkImport(sql, again)).toMatchObject({ good: 0, known: 2, corrections: 0 })
    // What was credited already is answered, and earns nothing.
    expect([await earned(sql, one), await earned(sql, other)]).toEqual([{ minutes: 90, credits: 1800, awards: 1 }, { minutes: 60, credits: 1200, awards: 2 }])
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
