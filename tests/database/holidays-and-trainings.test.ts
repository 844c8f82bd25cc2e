// Two figures that are counted from the records when they are asked for: young people in the holidays, and staff who were trained.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type As, type Network, type Person, type Transaction, drain, makeNetwork, makePerson, makeStaff, makeUnit, withRollback } from '../fixtures/database.ts'
import { makeSchool, publish } from '../fixtures/activities.ts'
import { addFact, cellOf, type NewFact } from '../fixtures/figures.ts'

interface Scene { sql: Transaction, as: As, net: Network, manager: Person, teacher: Person }
const scene = (test: (scene: Scene) => Promise<unknown>) => withRollback(async (sql, as) => {
  const net = await makeNetwork(sql)
  await test({ sql, as, net, manager: await makeStaff(sql, net.county, net.harbour, 'manager'), teacher: await makeStaff(sql, net.county, net.harbour, 'teacher') })
})
const ask = ({ as }: Scene, who: Person, text: string, ...values: (number | string)[]) => as(who.account, one => one.unsafe(text, values))

describe('young people in the holidays', () => {
  const attend = (sql: Transaction, who: number, day: string, fact: NewFact = {}) => addFact(sql, who, { ...fact, day })
  const child = (sql: Transaction, home: number) => makePerson(sql, home, { birthYear: 2014 }).then(({ id }) => id)
  const counted = async (at: Scene, unit: number, who = at.manager) => {
    await drain(at.sql)
    return Object.fromEntries((await ask(at, who, 'select name, persons from public.youth_in_holidays($1, 2026)', unit)).map(row => [row.name as string, row.persons as number | null]))
  }

  it('count once, from 6 to 17, by what a unit organised on a day of the holidays, where coverage counts them', () => scene(async (at) => {
    const { sql, net, manager } = at
    const [summer, schoolTerm, alone, absent, moved] = [await child(sql, net.willow), await child(sql, net.willow), await child(sql, net.willow), await child(sql, net.willow), await child(sql, net.orchard)]
    for (const day of ['2026-07-20', '2026-08-03']) await attend(sql, summer, day)
    await attend(sql, schoolTerm, '2026-05-20')
    await attend(sql, alone, '2026-07-20', { organised: false })
    await attend(sql, absent, '2026-07-20', { status: 'absent' })
    await attend(sql, (await makePerson(sql, net.willow)).id, '2026-07-20') // 71 years old
    // Learned in May at home, in the holidays at the new home: the year counts at the first.
    await attend(sql, moved, '2026-05-06')
    await sql`update public.persons set residence_unit_id = ${net.harbour} where id = ${moved}`
    await sql`insert into public.person_moves (person_id, from_unit_id, to_unit_id, moved_on) values (${moved}, ${net.orchard}, ${net.harbour}, '2026-06-01')`
    await attend(sql, moved, '2026-07-21')
    expect(await counted(at, net.county)).toMatchObject({ 安溪县: 2, 柳溪镇: 2, 港口镇: 0 })
    expect(await counted(at, net.township)).toEqual({ 柳溪镇: 2, 柳溪村: 1, 果园村: 1 })
    expect(await counted(at, net.orchard)).toEqual({ 果园村: 1 })
    expect(await counted(at, net.otherTownship)).toEqual({ 港口镇: 0, 港口村: 0 })
    await sql`insert into public.population_versions (unit_id, year, group_id, count, source, as_of) values (${net.willow}, 2026, 'youth', 40, '学籍', '2026-06-30')`
    expect(await ask(at, manager, 'select population::integer, source, missing_count, missing_names from public.youth_in_holidays($1, 2026) where is_parent', net.willow))
      .toEqual([{ population: 40, source: '学籍', missing_count: 0, missing_names: [] }])
    expect(await ask(at, manager, 'select population, missing_count, missing_names from public.youth_in_holidays($1, 2026) where is_parent', net.township))
      .toEqual([{ population: null, missing_count: 1, missing_names: ['果园村'] }])
  }))

  it('a record that is corrected away counts no more; of two rows of one person one counts', () => scene(async (at) => {
    const { sql, net } = at
    const [one, twice] = [await child(sql, net.willow), await child(sql, net.willow)]
    const wrong = await attend(sql, one, '2026-07-20')
    for (const who of [one, twice]) await attend(sql, who, '2026-08-03')
    await attend(sql, one, '2026-08-03', { status: 'cancelled', corrects: wrong })
    expect((await counted(at, net.willow)).柳溪村).toBe(2)
    await sql`update public.persons set merged_into = ${one}, counts_as = ${one} where id = ${twice}`
    expect((await counted(at, net.willow)).柳溪村).toBe(1)
  }))

  it('few are hidden from whoever sees no names, with a neighbour; outside one\'s units nothing is told', () => scene(async (at) => {
    const { sql, net, teacher } = at
    for (const [home, many] of [[net.willow, 2], [net.orchard, 7], [net.harbour, 9]] as const) for (let n = 0; n < many; n++) await attend(sql, await child(sql, home), '2026-07-20')
    const third = await makeUnit(sql, net.township, 'village', '茶村')
    for (let n = 0; n < 8; n++) await attend(sql, await child(sql, third), '2026-07-20')
    expect(await counted(at, net.township, teacher)).toEqual({ 柳溪镇: 17, 柳溪村: null, 果园村: null, 茶村: 8 })
    // Three more came in term only: coverage less this figure would tell of them.
    for (let n = 0; n < 3; n++) await attend(sql, await child(sql, net.harbour), '2026-05-20')
    expect((await counted(at, net.harbour, teacher)).港口村).toBeNull()
    const stranger = await makeStaff(sql, net.otherTownship, net.harbour, 'manager')
    await expect(counted(at, net.township, stranger)).rejects.toMatchObject({ code: 'PT403' })
  }))

  it('are never more than the young people reached, at any unit, whoever moves when', async () => {
    const came = fc.record({ who: fc.nat(4), day: fc.constantFrom('2026-01-25', '2026-03-02', '2026-07-20', '2026-10-09'), organised: fc.boolean(), move: fc.option(fc.nat(2)) })
    await fc.assert(fc.asyncProperty(fc.array(came, { minLength: 1, maxLength: 14 }), program => scene(async (at) => {
      const { sql, net } = at
      const villages = [net.willow, net.orchard, net.harbour]
      const children = [await child(sql, net.willow), await child(sql, net.willow), await child(sql, net.orchard), await child(sql, net.harbour), await child(sql, net.harbour)]
      const first = new Map<number, number>()
      const reached = new Map<number, number>() // in the holidays: their home of the year
      for (const one of [...program].sort((a, b) => a.day.localeCompare(b.day))) {
        const who = children[one.who]!
        const [{ residence_unit_id: home }] = await sql`select residence_unit_id from public.persons where id = ${who}` as unknown as [{ residence_unit_id: number }]
        await attend(sql, who, one.day, { organised: one.organised })
        if (!first.has(who)) first.set(who, home)
        if (one.organised && (one.day === '2026-01-25' || one.day === '2026-07-20')) reached.set(who, first.get(who)!)
        if (one.move !== null && villages[one.move] !== home) {
          await sql`update public.persons set residence_unit_id = ${villages[one.move]!} where id = ${who}`
          await sql`insert into public.person_moves (person_id, from_unit_id, to_unit_id, moved_on) values (${who}, ${home}, ${villages[one.move]!}, ${one.day}::date + 1)`
        }
      }
      const livingAt = (unit: number) => [...reached.values()].filter(home => home === unit).length
      expect(await counted(at, net.county)).toMatchObject({ 安溪县: reached.size, 柳溪镇: livingAt(net.willow) + livingAt(net.orchard), 港口镇: livingAt(net.harbour) })
      for (const [index, unit] of villages.entries()) {
        const persons = Object.values(await counted(at, unit))[0]!
        expect(persons, String(index)).toBe(livingAt(unit))
        expect(persons).toBeLessThanOrEqual((await cellOf(sql, unit, { slice: 'youth' })).persons)
      }
    })), { numRuns: 12 })
  }, 120_000)
})

describe('the share of staff who were trained', () => {
  const train = (sql: Transaction, who: Person, fact: NewFact = {}) => addFact(sql, who.id, { kind: 'staff_training', role: 'trainee', ...fact })
  const share = async (at: Scene, unit: number, year = 2026, who = at.manager) =>
    Object.fromEntries((await ask(at, who, 'select coalesce(role_id, \'all\') as role, holders, trained from public.staff_training_share($1, $2)', unit, year))
      .map(row => [row.role as string, row.holders === null ? null : `${row.trained as number} of ${row.holders as number}`]))

  it('is who held a post in the year, by role and each once in all, and who of them came to a training; others are no staff', () => scene(async (at) => {
    const { sql, net } = at
    const [one, two] = [await makeStaff(sql, net.school, net.willow, 'teacher'), await makeStaff(sql, net.school, net.willow, 'teacher')]
    await sql`insert into public.posts (person_id, unit_id, role_id, valid_from) values (${one.id}, ${net.township}, 'manager', '2026-02-01')`
    await makeStaff(sql, net.township, net.willow, 'department_staff')
    await makeStaff(sql, net.township, net.willow, 'auditor')
    const left = await makeStaff(sql, net.school, net.willow, 'tutor')
    await sql`update public.posts set valid_from = '2024-01-01', valid_to = '2025-12-31' where person_id = ${left.id}`
    for (const day of ['2026-03-05', '2026-04-02']) await train(sql, one, { day })
    await train(sql, two, { status: 'absent' })
    await train(sql, two, { day: '2025-04-02' })
    await addFact(sql, two.id) // learns something as a resident: no training of staff
    expect(await share(at, net.township)).toEqual({ manager: '1 of 1', teacher: '1 of 2', all: '1 of 2' })
    expect(await share(at, net.township, 2025)).toMatchObject({ tutor: '0 of 1' })
    expect(await share(at, net.otherTownship)).toEqual({ all: '0 of 0' })
    expect((await cellOf(sql, net.county)).persons).toBe(1) // trainees are no coverage
    // The school has gone to another township since: who taught here then still does for that year.
    await sql`update public.units set parent_id = ${net.otherTownship}, placed_on = '2026-06-01' where id = ${net.school}`
    expect(await share(at, net.township, 2025)).toMatchObject({ tutor: '0 of 1' })
    expect(await share(at, net.otherTownship)).toEqual({ teacher: '1 of 2', all: '1 of 2' })
  }))

  it('a training that is corrected away trains nobody; rows that are one person are one', () => scene(async (at) => {
    const { sql, net } = at
    const [one, two] = [await makeStaff(sql, net.school, net.willow, 'teacher'), await makePerson(sql, net.willow)]
    const wrong = await train(sql, one)
    expect((await share(at, net.township)).teacher).toBe('1 of 1')
    await train(sql, one, { status: 'cancelled', corrects: wrong })
    expect((await share(at, net.township)).teacher).toBe('0 of 1')
    await train(sql, two)
    await sql`update public.persons set merged_into = ${one.id}, counts_as = ${one.id} where id = ${two.id}`
    expect((await share(at, net.township)).teacher).toBe('1 of 1')
  }))

  it('few are hidden from whoever sees no names, and the whole with them; outside one\'s units nothing is told', () => scene(async (at) => {
    const { sql, net, teacher } = at
    const many = async (unit: number, role: string, count: number, trained: number) => {
      for (let n = 0; n < count; n++) {
        const who = await makeStaff(sql, unit, net.willow, role)
        if (n < trained) await train(sql, who)
      }
    }
    await many(net.school, 'teacher', 12, 6)
    await many(net.harbour, 'teacher', 11, 5)
    await many(net.school, 'lecturer', 6, 3)
    expect(await share(at, net.township, 2026, teacher)).toMatchObject({ teacher: '6 of 12', lecturer: null, all: null })
    expect((await share(at, net.township)).lecturer).toBe('3 of 6')
    const stranger = await makeStaff(sql, net.otherTownship, net.harbour, 'manager')
    await expect(share(at, net.township, 2026, stranger)).rejects.toMatchObject({ code: 'PT403' })
  }))
})

it('a training of staff that a school publishes is for who holds a post, and whoever comes is a trainee: a figure of staff, no coverage, no credit', () => withRollback(async (sql, as) => {
  const school = await makeSchool(sql)
  const { places, manager, tutor } = school
  const year = Number(new Date().toLocaleDateString('sv-SE', { timeZone: 'Asia/Shanghai' }).slice(0, 4))
  const fields = { title: '辅导员业务培训', kind: 'staff_training' }
  const coming = await publish(sql, as, school, { fields })
  const resident = await makePerson(sql, places.willow)
  const teacher = await makeStaff(sql, places.school, places.willow, 'teacher')
  const signUp = (who: Person) => as(who.account, one => one`select status from public.sign_up(${coming.pools[0]!})`)
  const refused = (message: string) => expect.objectContaining({ message })
  await expect(signUp(resident)).rejects.toEqual(refused('staff_only'))
  expect(await signUp(teacher)).toEqual([{ status: 'confirmed' }])
  expect(await as('anon', one => one`select code from public.find_activities() where code = ${coming.code}`)).toEqual([])
  const change = (kind: string) => sql.savepoint(one => one`update public.activities set kind = ${kind} where id = ${coming.activityId}`)
  await expect(change('training')).rejects.toEqual(refused('kind_stays'))

  const { sessions: [session] } = await publish(sql, as, school, { fields: { ...fields, signUp: 'none' }, startsIn: [-3] })
  const marks = [teacher, tutor].map(({ id: personId }) => ({ clientId: crypto.randomUUID(), personId, method: 'roster' }))
  await as(manager.account, one => one`select public.mark_attendance(${session!}, ${one.json(marks)})`)
  const confirm = () => as(manager.account, one => one`select outcome, reason, is_new, milli_credits from public.confirm_session(${session!})`)
  expect(await confirm()).toEqual([1, 2].map(() => ({ outcome: 'posted', reason: 'staff_training', is_new: true, milli_credits: 0 })))
  expect((await confirm()).every(({ is_new: isNew }) => !isNew)).toBe(true)
  expect(await sql`select kind, role, person_role from public.participations where person_id = any (${[teacher.id, tutor.id]}) order by person_role`)
    .toEqual([{ kind: 'staff_training', role: 'trainee', person_role: 'teacher' }, { kind: 'staff_training', role: 'trainee', person_role: 'tutor' }])
  expect(await sql`select from public.credit_postings where person_id = any (${[teacher.id, tutor.id]})`).toHaveLength(0)
  expect(await sql`select * from private.credit_faults_of_sessions()`).toHaveLength(0)
  await drain(sql)
  expect((await cellOf(sql, places.county, { year })).persons).toBe(0)
  const share = await as(manager.account, one => one`select role_id, trained from public.staff_training_share(${places.school}, ${year})`)
  expect(Object.fromEntries(share.map(row => [row.role_id ?? 'all', row.trained]))).toMatchObject({ teacher: 1, tutor: 1, manager: 0, all: 2 })
  await expect(as(manager.account, one => one`select public.count_session_heads(${session!}, 20)`)).rejects.toEqual(refused('staff_by_name'))
}))
