import fc from 'fast-check'
import postgres from 'postgres'
import { describe, expect, it } from 'vitest'
import { type As, databaseUrl, drain, makeNetwork, makePerson, makeStaff, makeUnit, type Network, type Person, pool, type Transaction, withRollback } from '../fixtures/database.ts'
import { addFact } from '../fixtures/figures.ts'
import { checkImport, lookup, refusalsOf, sealed, stageImport, takeBack, writeImport } from '../fixtures/imports.ts'

interface Desk { sql: Transaction, as: As, network: Network, manager: Person, mei: Person }

/** The manager of 柳溪社区学校 at work, and 王秀英 (1955) of 柳溪村, whom everybody knows. */
function atTheDesk(test: (desk: Desk) => Promise<unknown>): () => Promise<void> {
  return () => withRollback(async (sql, as) => {
    const network = await makeNetwork(sql)
    await test({ sql, as, network, manager: await makeStaff(sql, network.school, network.willow, 'manager'), mei: await makePerson(sql, network.willow) })
  })
}

const event = (more: Record<string, unknown> = {}) => ({
  started_at: '2026-03-05T09:00:00+08:00', ended_at: '2026-03-05T11:00:00+08:00', hours: 2, kind: 'training', role: 'learner', category_id: 'law', ...more,
})
const keepContact = (sql: Transaction, personId: number, kind: 'phone' | 'id_number', value: string) =>
  sql`select private.keep_contacts(${personId}, ${sql.json([sealed(kind, value)])}, null)`
const facts = (sql: Transaction, id: number) => sql`select * from public.participations where import_id = ${id} order by id`

describe('whom a row means', () => {
  const staged = async ({ sql, network, manager }: Desk, rows: Record<string, unknown>[], register = false) => {
    const id = await stageImport(sql, { unit: network.township, by: manager.account, register }, rows.map(row => event({ host_unit_id: network.school, ...row })))
    return { id, counts: await checkImport(sql, id), refusals: await refusalsOf(sql, id) }
  }

  it('the ID number decides, and a different name beside it is refused', atTheDesk(async (desk) => {
    await keepContact(desk.sql, desk.mei.id, 'id_number', '11010519491231002X')
    const { counts, refusals } = await staged(desk, [
      { name: '王秀英', id_lookup: lookup('11010519491231002X') }, { name: '王秀兰', id_lookup: lookup('11010519491231002X') }])
    expect(counts).toMatchObject({ good: 1, refused: 1 })
    expect(refusals).toEqual(['3 import_name_differs'])
  }))

  it('a phone means somebody only together with the name', atTheDesk(async (desk) => {
    await keepContact(desk.sql, desk.mei.id, 'phone', '13900001111')
    const { refusals } = await staged(desk, [{ name: '王秀英', phone_lookup: lookup('13900001111') }, { name: '李四', phone_lookup: lookup('13900001111') }])
    expect(refusals).toEqual(['3 import_person_unknown'])
  }))

  it('name, year of birth and home mean somebody, unless several fit', atTheDesk(async (desk) => {
    const row = { name: '王秀英', birth_year: 1955, residence_unit_id: desk.network.willow }
    expect((await staged(desk, [row, { ...row, birth_year: 1956 }, { ...row, residence_unit_id: desk.network.orchard }])).refusals)
      .toEqual(['3 import_person_unknown', '4 import_person_unknown'])
    await makePerson(desk.sql, desk.network.willow)
    expect((await staged(desk, [row])).refusals).toEqual(['2 import_person_ambiguous'])
  }))

  it('somebody whose ID number is another one is not meant', atTheDesk(async (desk) => {
    await keepContact(desk.sql, desk.mei.id, 'id_number', '11010519491231002X')
    const { refusals } = await staged(desk, [{ name: '王秀英', birth_year: 1955, residence_unit_id: desk.network.willow, id_lookup: lookup('another') }])
    expect(refusals).toEqual(['2 import_person_unknown'])
  }))

  it('a person registered twice and merged is one person', atTheDesk(async (desk) => {
    const twin = await makePerson(desk.sql, desk.network.willow)
    await desk.sql`update public.persons set merged_into = ${desk.mei.id}, counts_as = ${desk.mei.id} where id = ${twin.id}`
    const { counts, id } = await staged(desk, [{ name: '王秀英', birth_year: 1955, residence_unit_id: desk.network.willow }])
    expect(counts).toMatchObject({ good: 1 })
    await writeImport(desk.sql, id)
    expect((await facts(desk.sql, id))[0]).toMatchObject({ person_id: desk.mei.id })
  }))

  it('a row of another place is taken where the host is ours, refused where it is not', atTheDesk(async (desk) => {
    const far = await makePerson(desk.sql, desk.network.harbour, { name: '周海' })
    const row = { name: '周海', birth_year: 1955, residence_unit_id: desk.network.harbour }
    expect((await staged(desk, [row, { ...row, host_unit_id: desk.network.otherTownship }])).refusals).toEqual(['3 import_outside_unit'])
    expect(far.id).toBeGreaterThan(0)
  }))
})

describe('newcomers', () => {
  const newcomer = (network: Network, more: Record<string, unknown> = {}) =>
    event({ host_unit_id: network.school, name: '赵小红', birth_year: 1970, sex: 'female', residence_unit_id: network.willow, contacts: [], ...more })
  const staged = async ({ sql, network, manager }: Desk, rows: Record<string, unknown>[]) => {
    const id = await stageImport(sql, { unit: network.township, by: manager.account, register: true }, rows)
    return { id, counts: await checkImport(sql, id), refusals: await refusalsOf(sql, id) }
  }

  it('are registered once, however many rows they have, with what the fullest row says', atTheDesk(async (desk) => {
    const { sql, network } = desk
    const { id, counts } = await staged(desk, [
      newcomer(network), newcomer(network, { id_lookup: lookup('1'), contacts: [sealed('id_number', '110101197001010023')], started_at: '2026-03-06T09:00:00+08:00', ended_at: '2026-03-06T10:00:00+08:00' })])
    expect(counts).toMatchObject({ good: 2, newcomers: 1, refused: 0 })
    expect(await writeImport(sql, id)).toBe(2)
    const people = await sql`select person.id, contact.masked from public.persons person join private.person_contacts contact on contact.person_id = person.id where name = '赵小红'`
    expect(people).toHaveLength(1)
    expect(new Set((await facts(sql, id)).map(fact => fact.person_id)).size).toBe(1)
  }))

  it('are refused with a reason each: closed home, home elsewhere, no birth, a child, a contradiction, a phone of somebody else', atTheDesk(async (desk) => {
    const { sql, network } = desk
    await sql`update public.units set closed_on = '2025-01-01' where id = ${network.orchard}`
    await keepContact(sql, desk.mei.id, 'phone', '13900001111')
    const { refusals } = await staged(desk, [
      newcomer(network, { residence_unit_id: network.orchard }), newcomer(network, { residence_unit_id: network.harbour }), newcomer(network, { birth_year: null }),
      newcomer(network, { birth_year: 2020 }), newcomer(network, { phone_lookup: lookup('13900001111') }),
      newcomer(network, { id_lookup: lookup('9') }), newcomer(network, { id_lookup: lookup('9'), name: '赵小明' }),
      newcomer(network, { name: '甲', phone_lookup: lookup('7') }), newcomer(network, { name: '乙', phone_lookup: lookup('7') })])
    expect(refusals).toEqual(['2 import_home_closed', '3 import_home_outside', '4 import_newcomer_birth', '5 child_needs_guardian', '6 import_phone_taken',
      '8 import_newcomer_differs', '10 import_phone_twice'])
  }))
})

describe('facts', () => {
  it('carry the snapshot that private.groups_of() makes, for everybody at once', atTheDesk(async ({ sql, network, manager }) => {
    const rows = []
    for (const [index, birthYear] of [1940, 1966, 2008, 2021, 1990, 1955].entries()) {
      const person = await makePerson(sql, network.willow, { name: `某${index}`, birthYear })
      if (index % 2) await sql`insert into public.person_groups (person_id, group_id, source, valid_from, valid_to) values
        (${person.id}, 'rural_labour', '台账', '2020-01-01', null), (${person.id}, 'special_groups', '名册', '2020-01-01', '2026-03-04'), (${person.id}, 'laid_off_registered', '名册', '2020-01-01', '2026-03-05')`
      rows.push(event({ name: `某${index}`, birth_year: birthYear, residence_unit_id: network.willow, host_unit_id: network.school }))
    }
    const [unborn] = await sql`insert into public.persons (name, residence_unit_id) values ('无年', ${network.willow}) returning id`
    await keepContact(sql, unborn!.id, 'phone', '13900002222')
    rows.push(event({ name: '无年', phone_lookup: lookup('13900002222'), host_unit_id: network.school }))
    const id = await stageImport(sql, { unit: network.township, by: manager.account }, rows)
    expect(await checkImport(sql, id)).toMatchObject({ good: 7 })
    await writeImport(sql, id)
    const snapshots = await sql`select fact.groups, private.groups_of(person.id, person.birth_year, private.china_date(fact.started_at)) as expected, fact.in_vacation, fact.area
      from public.participations fact join public.persons person on person.id = fact.person_id where import_id = ${id}`
    expect(snapshots).toHaveLength(7)
    for (const { groups, expected } of snapshots) expect(groups).toEqual(expected)
    expect(snapshots[0]).toMatchObject({ in_vacation: false, area: 'rural' })
  }))

  it('any file in any order, in any pieces, twice, is the same as once', () => withRollback(async (sql) => {
    const network = await makeNetwork(sql)
    const manager = await makeStaff(sql, network.school, network.willow, 'manager')
    const people: { name: string, id: number }[] = []
    for (const name of ['甲', '乙', '丙']) people.push({ name, id: (await makePerson(sql, network.willow, { name })).id })
    const rows = people.flatMap(({ name }) => ['05', '06'].flatMap(day => ['law', 'health'].map(category => event({
      name, birth_year: 1955, residence_unit_id: network.willow, host_unit_id: network.school, category_id: category,
      started_at: `2026-03-${day}T09:00:00+08:00`, ended_at: `2026-03-${day}T11:00:00+08:00` }))))
    const run = async (some: Record<string, unknown>[]) => {
      const id = await stageImport(sql, { unit: network.township, by: manager.account }, some)
      const counts = await checkImport(sql, id)
      return { counts, written: counts.good ? await writeImport(sql, id) : 0 }
    }
    const total = async () => Number((await sql`select count(*) as n from public.participations where person_id = any (${people.map(({ id }) => id)})`)[0]!.n)
    await fc.assert(fc.asyncProperty(fc.array(fc.shuffledSubarray(rows, { minLength: 1 }), { minLength: 1, maxLength: 4 }), async (files) => {
      const undo = new Error('undo')
      await sql.savepoint(async (inner) => {
        for (const file of [...files, ...files]) await run([...file, file[0]!])
        expect(await total()).toBe(new Set(files.flat()).size)
        const again = await run(files[0]!)
        expect(again).toMatchObject({ written: 0, counts: { good: 0, known: files[0]!.length } })
        void inner
        throw undo
      }).catch((error) => { if (error !== undo) throw error })
    }), { numRuns: 8 })
  }))

  it('all or nothing writes nothing once a row has become one to refuse', atTheDesk(async ({ sql, network, manager }) => {
    const row = event({ name: '王秀英', birth_year: 1955, residence_unit_id: network.willow, host_unit_id: network.school })
    const id = await stageImport(sql, { unit: network.township, by: manager.account }, [row])
    await checkImport(sql, id)
    await makePerson(sql, network.willow) // a second one of that name
    await expect(sql.savepoint(() => writeImport(sql, id))).rejects.toMatchObject({ code: 'PT409', message: 'import_changed' })
    expect(await facts(sql, id)).toHaveLength(0)
  }))

  it('good rows only writes the good ones', atTheDesk(async ({ sql, network, manager }) => {
    const row = event({ name: '王秀英', birth_year: 1955, residence_unit_id: network.willow, host_unit_id: network.school })
    const id = await stageImport(sql, { unit: network.township, by: manager.account }, [row, { ...row, name: '无此人' }])
    expect(await checkImport(sql, id)).toMatchObject({ good: 1, refused: 1 })
    expect(await writeImport(sql, id, true)).toBe(1)
  }))
})

it('a server killed while it writes leaves nothing, and the next one writes everything', async () => {
  const network = await makeNetwork(pool)
  const manager = await makeStaff(pool, network.school, network.willow, 'manager')
  const rows = ['05', '06', '07'].map(day => event({ name: '陈志强', birth_year: 1980, residence_unit_id: network.willow, host_unit_id: network.school, started_at: `2026-03-${day}T09:00:00+08:00`, ended_at: `2026-03-${day}T11:00:00+08:00` }))
  const id = await stageImport(pool, { unit: network.township, by: manager.account }, [...rows, { ...rows[0], name: '赵新来', started_at: '2026-03-08T09:00:00+08:00', ended_at: '2026-03-08T11:00:00+08:00', contacts: [] }])
  await pool`update public.imports set register_persons = true where id = ${id}`
  expect(await checkImport(pool, id)).toMatchObject({ good: 4, newcomers: 1 })
  await pool`update public.imports set state = 'applying', good_only = false where id = ${id}`

  const server = postgres(databaseUrl, { max: 1, onnotice: () => undefined })
  await expect(server.unsafe(`begin; select private.begin_import_writing(${id}); select private.write_import_facts(${id}, 1, 3);
    select pg_terminate_backend(pg_backend_pid()); commit`)).rejects.toThrow()
  await server.end({ timeout: 1 })
  expect(await pool`select from public.participations where import_id = ${id}`).toHaveLength(0)
  expect(await pool`select from private.import_effects where import_id = ${id}`).toHaveLength(0)

  expect(await pool.begin(sql => writeImport(sql, id))).toBe(4)
  expect(await pool`select from public.participations where import_id = ${id}`).toHaveLength(4)
})

describe('taking back', () => {
  const done = async ({ sql, network, manager }: Desk, rows: Record<string, unknown>[], register = false) => {
    const id = await stageImport(sql, { unit: network.township, by: manager.account, register }, rows)
    await checkImport(sql, id)
    await writeImport(sql, id)
    return id
  }
  const attended = async (sql: Transaction, personId: number) => Number((await sql`select count(*) as n from private.counted_participations where person_id = ${personId}`)[0]!.n)
  const row = (network: Network, more = {}) => event({ name: '王秀英', birth_year: 1955, residence_unit_id: network.willow, host_unit_id: network.school, ...more })

  it('cancels every fact, corrected ones by their last word, and the file counts again afterwards', atTheDesk(async (desk) => {
    const { sql, network, mei, manager } = desk
    const rows = ['05', '06', '07', '08'].map(day => row(network, { started_at: `2026-03-${day}T09:00:00+08:00`, ended_at: `2026-03-${day}T11:00:00+08:00` }))
    const id = await done(desk, rows)
    const [first, second] = await facts(sql, id)
    const correct = (fact: Record<string, unknown>, status: string) => sql`insert into public.participations (key, person_id, kind, organised, role, residence_unit_id, groups, started_at, ended_at, hours, status, channel, entry_source, corrects)
      values (${`correction:${fact.id}`}, ${mei.id}, 'training', true, 'learner', ${network.willow}, '{resident}', ${fact.started_at as Date}, ${fact.ended_at as Date}, 3, ${status}, 'onsite', 'paper', ${fact.id as number})`
    await correct(first!, 'attended')
    await correct(second!, 'absent')
    expect(await attended(sql, mei.id)).toBe(3)
    // Imported again while corrected: those events are there.
    const again = await stageImport(sql, { unit: network.township, by: manager.account }, rows)
    expect(await checkImport(sql, again)).toMatchObject({ known: 4, good: 0 })

    expect(await takeBack(sql, id, manager.account)).toMatchObject({ cancelled: 3, kept: 0 })
    expect(await attended(sql, mei.id)).toBe(0)
    const third = await stageImport(sql, { unit: network.township, by: manager.account }, rows)
    // The one that staff had corrected to absent stays as they left it.
    expect(await checkImport(sql, third)).toMatchObject({ good: 3, known: 1 })
    expect(await writeImport(sql, third)).toBe(3)
    expect(await attended(sql, mei.id)).toBe(3)
    expect((await facts(sql, third)).every(fact => (fact.key as string).endsWith('#1'))).toBe(true)
  }))

  it('brings the figures back to what they were', atTheDesk(async (desk) => {
    const { sql, network, manager } = desk
    const figures = async () => {
      await sql`select private.drain_marks(1000)`
      return sql`select axis, unit_id, view_id, slice_id, persons, person_times, seconds from public.coverage_cells
        where unit_id in ${sql([network.willow, network.township, network.county, network.school])} and person_times > 0 order by 1, 2, 3, 4`
    }
    const before = await figures()
    const id = await done(desk, [row(network)])
    expect((await figures()).length).toBeGreaterThan(before.length)
    await takeBack(sql, id, manager.account)
    expect(await figures()).toEqual(before)
  }))

  it('removes persons whom nobody touched since, and keeps and names the others', atTheDesk(async (desk) => {
    const { sql, network, manager } = desk
    const person = (name: string) => ({ name, sex: 'male', birth_year: 1980, residence_unit_id: network.willow, contacts: [], groups: ['rural_labour'], group_source: '台账' })
    const id = await stageImport(sql, { kind: 'persons', unit: network.township, by: manager.account }, ['甲', '乙', '丙'].map(person))
    expect(await checkImport(sql, id)).toMatchObject({ good: 3, newcomers: 3 })
    expect(await writeImport(sql, id)).toBe(3)
    const [second] = await sql`select id from public.persons where name = '乙'`
    await sql`insert into public.posts (person_id, unit_id, role_id) values (${second!.id}, ${network.school}, 'tutor')`
    const took = await takeBack(sql, id, manager.account)
    expect(took).toMatchObject({ removed: 2, kept: 1, keptIds: [second!.id] })
    expect(await sql`select name from public.persons where name in ('甲', '乙', '丙')`).toEqual([{ name: '乙' }])
  }))
})

describe('persons', () => {
  it('known ones are left alone but for new group entries; the same file twice changes nothing', atTheDesk(async ({ sql, network, manager, mei }) => {
    const person = { name: '王秀英', birth_year: 1955, residence_unit_id: network.willow, contacts: [], groups: ['special_groups'], group_source: '残疾人名册' }
    const run = async () => {
      const id = await stageImport(sql, { kind: 'persons', unit: network.township, by: manager.account }, [person])
      const counts = await checkImport(sql, id)
      if (counts.good) await writeImport(sql, id)
      return { id, counts }
    }
    const first = await run()
    expect(first.counts).toMatchObject({ good: 1, newcomers: 0 })
    expect(await sql`select group_id, source from public.person_groups where person_id = ${mei.id}`).toEqual([{ group_id: 'special_groups', source: '残疾人名册' }])
    expect((await run()).counts).toMatchObject({ good: 0, known: 1 })
    // Whoever does not see who is in need learns by no list whether somebody is; writing it again changes nothing.
    const tutor = await makeStaff(sql, network.township, network.willow, 'tutor')
    const again = await stageImport(sql, { kind: 'persons', unit: network.township, by: tutor.account }, [person])
    expect(await checkImport(sql, again)).toMatchObject({ good: 1, known: 0 })
    await writeImport(sql, again)
    expect(await sql`select from public.person_groups where person_id = ${mei.id}`).toHaveLength(1)
    await takeBack(sql, first.id, manager.account)
    expect(await sql`select from public.person_groups where person_id = ${mei.id}`).toHaveLength(0)
  }))

  it('a child who is registered gets the guardian that the list names, once, and loses it with the list', atTheDesk(async ({ sql, network, manager }) => {
    const child = await makePerson(sql, network.willow, { birthYear: 2015 })
    const grown = await makePerson(sql, network.willow, { birthYear: 1990 })
    const [{ name }] = await sql`select name from public.persons where id = ${child.id}` as unknown as [{ name: string }]
    const known = (more: Record<string, unknown> = {}) => ({ name, birth_year: 2015, residence_unit_id: network.willow, contacts: [], guardian_phone_lookup: lookup('13911112222'), guardian_relation: 'mother', guardian_consent: true, ...more })
    const mother = { name: '赵敏', birth_year: 1988, residence_unit_id: network.willow, contacts: [sealed('phone', '13911112222')], phone_lookup: lookup('13911112222') }
    const stage = async (...rows: Record<string, unknown>[]) => {
      const id = await stageImport(sql, { kind: 'persons', unit: network.township, by: manager.account }, rows)
      return { id, counts: await checkImport(sql, id), refusals: await refusalsOf(sql, id) }
    }
    const links = () => sql`select link.relation, link.consent, link.valid_to is null as current from public.guardians link where link.child_id = any (${[child.id, grown.id]}) order by link.id`
    // As with a new child: a relation, and somebody whom the region knows. Of a grown person no list makes a ward.
    expect((await stage(known({ guardian_relation: null }))).refusals).toEqual(['2 import_guardian_unknown', '2 relation_missing'])
    expect((await stage(known())).refusals).toEqual(['2 import_guardian_unknown'])
    expect((await stage({ ...known(), birth_year: 1990 })).counts).toMatchObject({ known: 1, good: 0, refused: 0 })
    const first = await stage(known({ guardian_consent: null }), mother)
    expect(first.counts).toMatchObject({ good: 2, newcomers: 1 })
    await writeImport(sql, first.id)
    expect(await links()).toEqual([{ relation: 'mother', consent: false, current: true }])
    expect((await sql`select result from public.imports where id = ${first.id}`)[0]!.result).toMatchObject({ written: 2, persons: 1, guardians: 1 })
    // The same again changes nothing, whatever it says of consent.
    expect((await stage(known(), mother)).counts).toMatchObject({ good: 0, known: 2 })
    expect(await takeBack(sql, first.id, manager.account)).toMatchObject({ removed: 2, kept: 0 })
    expect(await links()).toEqual([])
    // Told in the log of the child as by hand.
    expect((await sql`select action from public.audit_events where subject_id = ${String(child.id)} and action like 'guardian%' order by id`).map(({ action }) => action)).toEqual(['guardian_added', 'guardian_ended'])
  }))

  it('a guardian who was ended since stays as history when the list goes back, and the child is named', atTheDesk(async ({ sql, network, manager, mei }) => {
    await keepContact(sql, mei.id, 'phone', '13900001111')
    const child = await makePerson(sql, network.willow, { birthYear: 2015 })
    const [{ name }] = await sql`select name from public.persons where id = ${child.id}` as unknown as [{ name: string }]
    const id = await stageImport(sql, { kind: 'persons', unit: network.township, by: manager.account }, [{ name, birth_year: 2015, residence_unit_id: network.willow, contacts: [], guardian_phone_lookup: lookup('13900001111'), guardian_relation: 'grandparent', guardian_consent: true }])
    await checkImport(sql, id)
    await writeImport(sql, id)
    await sql`update public.guardians set valid_to = private.china_date(now()) where child_id = ${child.id}`
    expect(await takeBack(sql, id, manager.account)).toMatchObject({ removed: 0, kept: 1, keptIds: [Number(child.id)] })
    expect(await sql`select relation, consent from public.guardians where child_id = ${child.id}`).toEqual([{ relation: 'grandparent', consent: true }])
  }))

  it('a child comes with its guardian, who may be in the same file', atTheDesk(async ({ sql, network, manager }) => {
    const child = { name: '小宝', birth_year: 2019, residence_unit_id: network.willow, contacts: [], guardian_phone_lookup: lookup('13911112222'), guardian_relation: 'mother', guardian_consent: true }
    const mother = { name: '赵敏', birth_year: 1992, residence_unit_id: network.willow, phone_lookup: lookup('13911112222'), contacts: [sealed('phone', '13911112222')] }
    const id = await stageImport(sql, { kind: 'persons', unit: network.township, by: manager.account }, [child, { ...child, name: '小贝', guardian_phone_lookup: null }, { ...child, name: '小华', guardian_phone_lookup: lookup('0') }, mother,
      { ...child, name: '小明', guardian_relation: null }, { ...child, name: '小红', guardian_relation: 'grandparent', guardian_consent: null }])
    await checkImport(sql, id)
    expect(await refusalsOf(sql, id)).toEqual(['3 child_needs_guardian', '4 import_guardian_unknown', '6 relation_missing'])
    await writeImport(sql, id, true)
    // Nobody agreed where the list does not say so.
    expect(await sql`select child.name as child, guardian.name as guardian, link.relation, link.consent from public.guardians link
      join public.persons child on child.id = link.child_id join public.persons guardian on guardian.id = link.guardian_id where guardian.name = '赵敏' order by child.id`).toEqual([
      { child: '小宝', guardian: '赵敏', relation: 'mother', consent: true }, { child: '小红', guardian: '赵敏', relation: 'grandparent', consent: false }])
  }))

  it('a child whose guardian is refused by its own line is refused too, in one pass', atTheDesk(async ({ sql, network, manager }) => {
    const child = { name: '小宝', birth_year: 2019, residence_unit_id: network.willow, contacts: [], guardian_phone_lookup: lookup('13911112222'), guardian_relation: 'mother', guardian_consent: true }
    const id = await stageImport(sql, { kind: 'persons', unit: network.township, by: manager.account }, [child,
      { name: '赵敏', birth_year: 1992, residence_unit_id: network.harbour, phone_lookup: lookup('13911112222'), contacts: [sealed('phone', '13911112222')] }])
    await checkImport(sql, id)
    expect(await refusalsOf(sql, id)).toEqual(['2 import_guardian_unknown', '3 import_home_outside'])
  }))

  it('groups have the days that the list says; the same days again are known, and go back with the import', atTheDesk(async ({ sql, network, manager, mei }) => {
    const row = (from: string | null, to: string | null, name = '王秀英') => ({ name, sex: 'female', birth_year: 1955, residence_unit_id: network.willow, contacts: [], groups: ['special_groups'], group_source: '残疾人名册', groups_from: from, groups_to: to })
    const run = async (...rows: Record<string, unknown>[]) => {
      const id = await stageImport(sql, { kind: 'persons', unit: network.township, by: manager.account }, rows)
      const counts = await checkImport(sql, id)
      if (counts.good) await writeImport(sql, id)
      return { id, counts }
    }
    const days = () => sql`select entry.valid_from::text as from, entry.valid_to::text as to from public.person_groups entry where person_id = ${mei.id} order by 1`
    const first = await run(row('2024-01-01', '2024-12-31'), row('2025-03-01', '2025-06-30', '欧阳小新'))
    expect(await days()).toEqual([{ from: '2024-01-01', to: '2024-12-31' }])
    expect(await sql`select valid_from::text as from, valid_to::text as to from public.person_groups entry join public.persons person on person.id = entry.person_id where person.name = '欧阳小新'`)
      .toEqual([{ from: '2025-03-01', to: '2025-06-30' }])
    expect((await run(row('2024-06-01', '2025-06-30'))).counts).toMatchObject({ good: 0, known: 1 })
    await run(row('2026-01-01', null))
    expect(await days()).toEqual([{ from: '2024-01-01', to: '2024-12-31' }, { from: '2026-01-01', to: null }])
    expect(await takeBack(sql, first.id, manager.account)).toMatchObject({ removed: 2, kept: 0 })
    expect(await days()).toEqual([{ from: '2026-01-01', to: null }])
  }))

  it('somebody new who looks like somebody registered is told of with the number, and registered all the same', atTheDesk(async ({ sql, network, manager, mei }) => {
    await sql`update public.persons set pinyin = 'wang xiu ying' where id = ${mei.id}`
    await keepContact(sql, mei.id, 'id_number', '11010519491231002X')
    const row = { name: '王秀英', pinyin: 'wang xiu ying', birth_year: 1955, residence_unit_id: network.orchard, sex: 'female' }
    const told = async (more: Record<string, unknown>, unit = network.township) => {
      const id = await stageImport(sql, { kind: 'persons', unit, by: manager.account }, [{ ...row, ...more }])
      const counts = await checkImport(sql, id) as unknown as Record<string, number>
      expect(counts).toMatchObject({ good: 1, refused: 0 })
      const warnings = await sql`select line, field, code, details from private.import_lines_warned(${id})`
      expect(counts.warned).toBe(warnings.length)
      return warnings.map(({ line, field, code, details }) => [line, field, code, (details as { person?: number }).person])
    }
    const known = [[2, 'name', 'import_probably_known', mei.id]]
    expect(await told({})).toEqual(known)
    expect(await told({ name: '王秀莹' })).toEqual(known)
    expect(await told({ birth_year: 1956 })).toEqual([])
    expect(await told({ name: '王秀兰', pinyin: 'wang xiu lan' })).toEqual([])
    // Another ID number is another person; the same one is this person and no newcomer; another township is too far.
    expect(await told({ id_lookup: lookup('another') })).toEqual([])
    expect(await told({ residence_unit_id: network.harbour }, network.county)).toEqual([])
    // A list of one village does not tell who lives in the next.
    expect(await told({}, network.orchard)).toEqual([[2, 'name', 'import_probably_known_near', undefined]])
    // A merged row stands for the person that it was merged into.
    const twin = await makePerson(sql, network.willow, { name: '王秀英', birthYear: 1955 })
    await sql`update public.persons set merged_into = ${twin.id}, counts_as = ${twin.id} where id = ${mei.id}`
    expect(await told({ name: '王秀莹' })).toEqual([[2, 'name', 'import_probably_known', twin.id]])
  }))

  it('of a hundred thousand new people who looks like somebody registered is found in seconds', atTheDesk(async ({ sql, network, manager }) => {
    await sql`insert into public.persons (name, pinyin, sex, birth_year, residence_unit_id)
      select '人' || at, 'ren ' || translate(at::text, '0123456789', 'abcdefghij'), 'female', 1950 + at % 50, ${network.willow} from generate_series(1, 3000) at`
    const id = await stageImport(sql, { kind: 'persons', unit: network.township, by: manager.account }, [])
    await sql`insert into private.import_rows (import_id, line, name, pinyin, sex, birth_year, residence_unit_id, newcomer, state)
      select ${id}, at + 1, '人' || at, 'ren ' || translate(at::text, '0123456789', 'abcdefghij'), 'female', 1950 + at % 50, ${network.orchard}, 'n' || at, 'read' from generate_series(1, 100000) at`
    await sql`analyze private.import_rows, public.persons`
    const began = performance.now()
    await sql`select private.warn_of_probably_known(${id}, (select path from public.units where id = ${network.township}))`
    expect(performance.now() - began).toBeLessThan(10_000)
    expect((await sql`select count(*)::integer as warned from private.import_warnings where import_id = ${id}`)[0]!.warned).toBe(3000)
  }))

  it('somebody known with another phone or home is told of and stays as recorded', atTheDesk(async ({ sql, network, manager, mei }) => {
    await keepContact(sql, mei.id, 'id_number', '11010519491231002X')
    await keepContact(sql, mei.id, 'phone', '13900001111')
    const row = (more: Record<string, unknown>) => ({ name: '王秀英', birth_year: 1955, residence_unit_id: network.willow, id_lookup: lookup('11010519491231002X'), contacts: [], ...more })
    const warned = async (more: Record<string, unknown>) => {
      const id = await stageImport(sql, { kind: 'persons', unit: network.township, by: manager.account }, [row(more)])
      const counts = await checkImport(sql, id) as unknown as Record<string, number>
      expect(counts).toMatchObject({ known: 1, refused: 0, good: 0 })
      const told = await sql`select field, code, details from private.import_lines_warned(${id})`
      expect(counts.warned).toBe(told.length ? 1 : 0)
      return told
    }
    expect(await warned({ phone_lookup: lookup('13900001111') })).toEqual([])
    expect(await warned({ phone_lookup: lookup('13900002222') })).toEqual([{ field: 'phone', code: 'import_phone_differs', details: {} }])
    expect(await warned({ phone_lookup: lookup('13900002222'), residence_unit_id: network.orchard })).toEqual([
      { field: 'phone', code: 'import_phone_differs', details: {} }, { field: 'residence', code: 'import_home_differs', details: { unit: '柳溪村' } }])
    expect(await sql`select residence_unit_id as home, (select masked from private.person_contacts where person_id = person.id and kind = 'phone') as phone from public.persons person where id = ${mei.id}`)
      .toEqual([{ home: network.willow, phone: '139****1111' }])
  }))
})

describe('populations', () => {
  const cell = (unit: number, count: number, more = {}) => ({ unit_id: unit, details: { year: 2026, group: 'resident', area: 'all', count, source: '公安年报', asOf: '2026-01-01', ...more } })
  const current = (sql: Transaction, unit: number) => sql`select count from public.populations where unit_id = ${unit} and year = 2026 and group_id = 'resident'`

  it('become versions; the same again is known, two numbers for one cell are refused, back means the figure before', atTheDesk(async ({ sql, network, manager }) => {
    await sql`select private.enter_population(${network.willow}, 2026, 'resident', 'all', 900, '旧年报', '2025-12-01', ${manager.account})`
    const run = async (rows: Record<string, unknown>[]) => {
      const id = await stageImport(sql, { kind: 'populations', unit: network.township, by: manager.account }, rows)
      return { id, counts: await checkImport(sql, id), refusals: await refusalsOf(sql, id) }
    }
    expect((await run([cell(network.willow, 1), cell(network.willow, 2), cell(network.harbour, 5)])).refusals).toEqual(['3 import_cell_twice', '4 import_unit_outside'])
    const { id, counts } = await run([cell(network.willow, 1000), cell(network.orchard, 700)])
    expect(counts).toMatchObject({ good: 2 })
    await writeImport(sql, id)
    expect(await current(sql, network.willow)).toEqual([{ count: 1000 }])
    expect((await run([cell(network.willow, 1000)])).counts).toMatchObject({ good: 0, known: 1 })
    expect(await takeBack(sql, id, manager.account)).toMatchObject({ removed: 2, kept: 0 })
    expect(await current(sql, network.willow)).toEqual([{ count: 900 }])
    expect(await current(sql, network.orchard)).toEqual([])
  }))

  it('below the people reached are told with both numbers and written all the same, by group and, of residents, by area', atTheDesk(async ({ sql, network, manager, mei }) => {
    const other = await makePerson(sql, network.willow, { birthYear: 1948 })
    for (const person of [mei, other]) await addFact(sql, person.id)
    await drain(sql)
    const told = async (...rows: Record<string, unknown>[]) => {
      const id = await stageImport(sql, { kind: 'populations', unit: network.township, by: manager.account }, rows)
      const counts = await checkImport(sql, id) as unknown as Record<string, number>
      return { id, counts, warnings: await sql`select line, field, code, details from private.import_lines_warned(${id})` }
    }
    const first = await told(cell(network.willow, 1), cell(network.willow, 2, { area: 'rural' }), cell(network.willow, 1, { group: 'elderly' }), cell(network.township, 1, { area: 'rural' }), cell(network.willow, 1, { year: 2025 }), cell(network.orchard, 0))
    expect(first.counts).toMatchObject({ good: 6, refused: 0, warned: 3 })
    const [name] = await sql`select name from public.units where id = ${network.township}`
    expect(first.warnings).toEqual([
      { line: 2, field: 'count', code: 'import_below_reached', details: { unit: '柳溪村', year: 2026, count: 1, reached: 2 } },
      { line: 4, field: 'count', code: 'import_below_reached', details: { unit: '柳溪村', year: 2026, count: 1, reached: 2 } },
      { line: 5, field: 'count', code: 'import_below_reached', details: { unit: name!.name, year: 2026, count: 1, reached: 2 } }])
    expect(await writeImport(sql, first.id)).toBe(6)
    expect(await current(sql, network.willow)).toEqual(expect.arrayContaining([{ count: 1 }, { count: 2 }]))
    // Whoever sees no people is not told how many there are.
    const inspector = await makeStaff(sql, network.township, network.willow, 'inspector')
    expect(await checkImport(sql, await stageImport(sql, { kind: 'populations', unit: network.township, by: inspector.account }, [cell(network.willow, 0)]))).toMatchObject({ good: 1, warned: 0 })
    // Known by now, and wrong as before.
    expect((await told(cell(network.willow, 1))).counts).toMatchObject({ known: 1, warned: 1 })
    expect((await told(cell(network.willow, 2))).warnings).toEqual([])
  }))
})

describe('units', () => {
  it('a township\'s network comes whole: villages with their schools, and what is known of each', atTheDesk(async ({ sql, network, as }) => {
    const county = await makeStaff(sql, network.county, network.willow, 'manager')
    const villages = await stageImport(sql, { kind: 'units', unit: network.county, by: county.account }, [
      { name: '桃源村', unit_id: network.township, kind: 'administration', details: { code: 'TY', area: 'rural', shouldBuild: true } },
      { name: '村中村', unit_id: network.willow, kind: 'administration', details: {} },
    ])
    expect(await checkImport(sql, villages)).toMatchObject({ good: 1, refused: 1 })
    expect(await refusalsOf(sql, villages)).toEqual(['3 import_level_none'])
    await writeImport(sql, villages, true)
    const [village] = await sql`select id, level, area, should_build from public.units where code = 'TY'`
    expect(village).toMatchObject({ level: 'village', area: 'rural', should_build: true })
    const schools = await stageImport(sql, { kind: 'units', unit: network.county, by: county.account, sha: 'b'.repeat(64) }, [
      { name: '桃源村学习点', unit_id: village!.id, kind: 'learning_point', details: { rooms: 2, computers: 12, standardMet: true, furtherKinds: ['minors_station'], summary: '村委会二楼', zoneStatus: 'demonstration', zoneLevel: 'county', contactRole: 'manager' } }])
    expect(await checkImport(sql, schools)).toMatchObject({ good: 1 })
    await writeImport(sql, schools)
    expect((await sql`select kind_id, further_kinds, level, rooms, computers, standard_met, summary, zone_status, zone_level, contact_role_id from public.units where name = '桃源村学习点'`)[0])
      .toEqual({ kind_id: 'learning_point', further_kinds: ['minors_station'], level: 'village', rooms: 2, computers: 12, standard_met: true, summary: '村委会二楼', zone_status: 'demonstration', zone_level: 'county', contact_role_id: 'manager' })
    expect(await as(county.account, one => one`select should_build, built from public.network_summary(${network.township}, private.china_date(now())) where level = 'village'`)).toEqual([{ should_build: 1, built: 1 }])
  }))

  it('of which a line could not be made are refused by their line: opened later, before what they stand in, or under a code that an earlier line has', atTheDesk(async ({ sql, network }) => {
    const county = await makeStaff(sql, network.county, network.willow, 'manager')
    await sql`update public.units set opened_on = '2020-01-01' where id = ${network.township}`
    const village = (name: string, details: object) => ({ name, unit_id: network.township, kind: 'administration', details })
    const id = await stageImport(sql, { kind: 'units', unit: network.county, by: county.account }, [
      village('桃源村', { code: 'TY', openedOn: '2024-09-01' }), village('明天村', { openedOn: '2999-01-01' }), village('古村', { openedOn: '2019-12-31' }), village('同号村', { code: 'TY' }),
    ])
    expect(await checkImport(sql, id)).toMatchObject({ good: 1, refused: 3 })
    expect((await refusalsOf(sql, id)).sort()).toEqual(['3 unit_opens_later', '4 unit_day_before_opening', '5 import_code_twice'])
    expect(await writeImport(sql, id, true)).toBe(1)
  }))

  it('are made as the account that asked, known by name and place, and closed when taken back', atTheDesk(async ({ sql, network, manager }) => {
    const point = (name: string, parent: number) => ({ name, unit_id: parent, kind: 'learning_point', details: { openedOn: '2024-09-01' } })
    const id = await stageImport(sql, { kind: 'units', unit: network.township, by: manager.account }, [point('柳溪村学习点', network.willow), point('港口村学习点', network.harbour)])
    expect(await checkImport(sql, id)).toMatchObject({ good: 1, refused: 1 })
    await writeImport(sql, id, true)
    const [made] = await sql`select id, kind_id, level, closed_on from public.units where name = '柳溪村学习点'`
    expect(made).toMatchObject({ kind_id: 'learning_point', level: 'village', closed_on: null })
    const again = await stageImport(sql, { kind: 'units', unit: network.township, by: manager.account }, [point('柳溪村学习点', network.willow)])
    expect(await checkImport(sql, again)).toMatchObject({ known: 1, good: 0 })
    expect(await takeBack(sql, id, manager.account)).toMatchObject({ removed: 1 })
    expect((await sql`select closed_on is not null as closed from public.units where id = ${made!.id}`)[0]).toEqual({ closed: true })
  }))
})

describe('the way on', () => {
  it('names the administration and the years that were written, for whoever sees the import, while it stands', atTheDesk(async ({ sql, as, network, manager }) => {
    const wayOn = (account: string, id: number) => as(account, async one => (await one`select * from public.import_way_on(${id})`)[0])
    const known = { name: '王秀英', birth_year: 1955, residence_unit_id: network.willow, host_unit_id: network.school }
    const id = await stageImport(sql, { unit: network.school, by: manager.account }, [event(known), event({ ...known, started_at: '2025-03-05T09:00:00+08:00', ended_at: '2025-03-05T11:00:00+08:00' })])
    await checkImport(sql, id)
    expect(await wayOn(manager.account, id)).toBeUndefined()
    await writeImport(sql, id)
    const [township] = await sql`select code from public.units where id = ${network.township}`
    expect(await wayOn(manager.account, id)).toEqual({ place: township!.code, years: [2026, 2025] })
    expect(await wayOn((await makeStaff(sql, network.otherTownship, network.harbour, 'manager')).account, id)).toBeUndefined()
    // Not after the post has ended, nor to a department that brought in others.
    expect(await wayOn((await makeStaff(sql, network.township, network.willow, 'department_staff')).account, id)).toBeUndefined()
    await sql`update public.posts set valid_to = private.china_date(now()) - 1 where person_id = ${manager.id}`
    expect(await wayOn(manager.account, id)).toBeUndefined()
    await sql`update public.posts set valid_to = null where person_id = ${manager.id}`
    await takeBack(sql, id, manager.account)
    expect(await wayOn(manager.account, id)).toBeUndefined()
  }))
})

describe('who may', () => {
  const create = (sql: Transaction, kind: string, unit: number) => sql`select public.create_import(${kind}, ${unit}, '名单.csv', ${'b'.repeat(64)}, 10, 'csv', 'utf-8', null, gen_random_uuid(), '{姓名}', 1) as id`

  it('import: whoever has the sight of the kind on the unit', atTheDesk(async ({ sql, as, network, manager }) => {
    const tutor = await makeStaff(sql, network.school, network.willow, 'tutor')
    const teacher = await makeStaff(sql, network.school, network.willow, 'teacher')
    await as(manager.account, inner => create(inner, 'units', network.township))
    await as(tutor.account, inner => create(inner, 'participation', network.willow))
    await expect(as(tutor.account, inner => create(inner, 'units', network.willow))).rejects.toMatchObject({ code: 'PT403' })
    await expect(as(tutor.account, inner => create(inner, 'populations', network.willow))).rejects.toMatchObject({ code: 'PT403' })
    await expect(as(teacher.account, inner => create(inner, 'persons', network.willow))).rejects.toMatchObject({ code: 'PT403' })
    await expect(as(manager.account, inner => create(inner, 'persons', network.harbour))).rejects.toMatchObject({ code: 'PT403' })
    await expect(as('anon', inner => create(inner, 'persons', network.willow))).rejects.toMatchObject({ code: '42501' })
  }))

  it('see and act on one: who made it and who may make such ones there, in the right order', atTheDesk(async ({ sql, as, network, manager }) => {
    const tutor = await makeStaff(sql, network.school, network.willow, 'tutor')
    const stranger = await makeStaff(sql, await makeUnit(sql, network.otherTownship, 'township', '港口社区学校', 'community_school'), network.harbour, 'manager')
    const [{ id }] = await as(tutor.account, inner => create(inner, 'participation', network.township)) as unknown as [{ id: number }]
    const seen = (who: Person) => as(who.account, inner => inner`select id from public.imports where id = ${id}`)
    expect(await seen(tutor)).toHaveLength(1)
    expect(await seen(manager)).toHaveLength(1)
    expect(await seen(stranger)).toHaveLength(0)
    await expect(as(stranger.account, inner => inner`select public.choose_import_columns(${id}, '{}', '{}', false)`)).rejects.toMatchObject({ code: 'PT404', message: 'import_unknown' })
    await expect(as(tutor.account, inner => inner`select public.apply_import(${id}, true)`)).rejects.toMatchObject({ code: 'PT409', message: 'import_state' })
    await as(tutor.account, inner => inner`select public.choose_import_columns(${id}, '{"name": 0}', '{}', false)`)
    await expect(as(tutor.account, inner => inner`select public.discard_import(${id})`)).rejects.toMatchObject({ message: 'import_state' })
    expect((await sql`select action from public.audit_events where subject_kind = 'import' and subject_id = ${String(id)}`).map(({ action }) => action)).toEqual(['import_uploaded'])
  }))

  it('are proposed the columns of the unit, else of the nearest above, else their own, and what was said once only in the unit itself', atTheDesk(async ({ sql, as, network, manager }) => {
    const county = await makeStaff(sql, network.county, network.willow, 'manager')
    const both = await makeStaff(sql, network.township, network.willow, 'manager')
    await sql`insert into public.posts (person_id, unit_id, role_id) select ${both.id}, ${network.otherTownship}::integer, role_id from public.posts where person_id = ${both.id}`
    const choose = async (who: Person, unit: number, at: number) => {
      const [{ id }] = await as(who.account, inner => create(inner, 'persons', unit)) as unknown as [{ id: number }]
      await as(who.account, inner => inner`select public.choose_import_columns(${id}, ${inner.json({ name: at })}, ${inner.json({ residence: `第${at}村` })}, false)`)
    }
    const proposed = async (who: Person, unit: number) => {
      const [{ id }] = await as(who.account, inner => create(inner, 'persons', unit)) as unknown as [{ id: number }]
      return (await as(who.account, inner => inner`select public.remembered_import_columns(${id}) as known`))[0]!.known
    }
    expect(await proposed(both, network.willow)).toBeNull()
    await choose(both, network.otherTownship, 1)
    expect(await proposed(both, network.willow)).toEqual({ columns: { name: 1 }, fixed: {} })
    expect(await proposed(manager, network.willow)).toBeNull()
    await choose(county, network.county, 2)
    for (const who of [both, manager]) expect(await proposed(who, network.willow)).toEqual({ columns: { name: 2 }, fixed: {} })
    await choose(both, network.township, 3)
    for (const who of [both, manager]) expect(await proposed(who, network.willow)).toEqual({ columns: { name: 3 }, fixed: {} })
    await choose(manager, network.willow, 4)
    expect(await proposed(both, network.willow)).toEqual({ columns: { name: 4 }, fixed: { residence: '第4村' } })
    expect(await proposed(both, network.township)).toEqual({ columns: { name: 3 }, fixed: { residence: '第3村' } })
  }))

  it('have another sheet of a workbook read: what was chosen of the one before is gone', atTheDesk(async ({ sql, as, network, manager }) => {
    const stranger = await makeStaff(sql, network.otherTownship, network.harbour, 'manager')
    const id = await stageImport(sql, { kind: 'persons', unit: network.township, by: manager.account }, [{ name: '李强', sex: 'male', birth_year: 1960, residence_unit_id: network.willow }])
    await checkImport(sql, id)
    const read = (who: Person) => as(who.account, inner => inner`select public.choose_import_sheet(${id}, '四月', '{村,姓名}', 2)`)
    await expect(read(manager)).rejects.toMatchObject({ code: 'PT422', message: 'sheet_unknown' }) // text has no sheets
    await sql`update public.imports set format = 'xlsx', sheet = '三月', columns = '{"name": 0}' where id = ${id}`
    await expect(read(stranger)).rejects.toMatchObject({ code: 'PT404' })
    await read(manager)
    expect(await sql`select state, sheet, headings, heading_line, columns, counts from public.imports where id = ${id}`)
      .toEqual([{ state: 'mapping', sheet: '四月', headings: ['村', '姓名'], heading_line: 2, columns: {}, counts: {} }])
    await expect(as(manager.account, inner => inner`select public.apply_import(${id}, true)`)).rejects.toMatchObject({ message: 'import_state' })
    await sql`update public.imports set state = 'applied' where id = ${id}`
    await expect(read(manager)).rejects.toMatchObject({ message: 'import_state' })
  }))

  it('all or nothing is not to be had while rows are refused', atTheDesk(async ({ sql, as, network, manager }) => {
    const id = await stageImport(sql, { unit: network.township, by: manager.account }, [event({ name: '无此人', birth_year: 1955, residence_unit_id: network.willow }), event({ name: '王秀英', birth_year: 1955, residence_unit_id: network.willow, host_unit_id: network.school })])
    await checkImport(sql, id)
    await expect(as(manager.account, inner => inner`select public.apply_import(${id}, false)`)).rejects.toMatchObject({ code: 'PT409', message: 'import_has_refusals' })
    await as(manager.account, inner => inner`select public.apply_import(${id}, true)`)
  }))

  it('rows that are checked and not written are few a day for whoever registers nobody, and are in the log when they are thrown away', atTheDesk(async ({ sql, as, network, manager }) => {
    const department = await makeStaff(sql, network.township, network.willow, 'department_staff')
    const [known, unknown] = ['王秀英', '无此人'].map(name => event({ name, birth_year: 1955, residence_unit_id: network.willow, host_unit_id: network.school }))
    const stage = (by: Person, ...rows: Record<string, unknown>[]) => stageImport(sql, { unit: network.township, by: by.account }, rows)
    const tried = async (by: Person) => (await sql`select taken from identity.limits where key = ${`import-rows:${by.account}`}`)[0]?.taken as number | undefined
    const first = await stage(department, known!, unknown!)
    expect(await checkImport(sql, first)).toMatchObject({ good: 1, refused: 1 })
    expect(await tried(department)).toBe(2)
    await writeImport(sql, first, true)
    expect(await tried(department)).toBe(1)
    const second = await stage(department, unknown!, unknown!)
    await checkImport(sql, second)
    await as(department.account, one => one`select public.choose_import_columns(${second}, ${one.json({ name: 0 })}, '{}', false)`)
    await checkImport(sql, second)
    await as(department.account, one => one`select public.discard_import(${second})`)
    expect(await sql`select action, details ->> 'rows' as rows from public.audit_events where subject_kind = 'import' and subject_id = ${String(second)} order by id`)
      .toEqual([{ action: 'import_checked_again', rows: '2' }, { action: 'import_discarded', rows: '2' }])
    expect(await tried(department)).toBe(5)
    // The check that is too many tells nothing.
    await sql`update identity.limits set taken = 19999 where key = ${`import-rows:${department.account}`}`
    const last = await stage(department, unknown!, unknown!)
    await expect(sql.savepoint(one => checkImport(one, last))).rejects.toMatchObject({ code: 'PT429', message: 'import_rows_tried' })
    expect([await refusalsOf(sql, last), await tried(department)]).toEqual([[], 19_999])
    // Whoever registers people there can look.
    await checkImport(sql, await stage(manager, unknown!, unknown!))
    expect(await tried(manager)).toBeUndefined()
    await sql`update identity.limits set window_ends_at = now() where key = ${`import-rows:${department.account}`}`
    await checkImport(sql, last)
    expect(await tried(department)).toBe(2)
  }))

  it('a department brings in the trainings that it ran, and neither people, nor other units’, nor does it see names', atTheDesk(async ({ sql, as, network, manager }) => {
    const ask = (who: Person, kind: string, unit: number) => as(who.account, one => create(one, kind, unit))
    const refused = { code: 'PT403', message: 'unit_not_yours' }
    const department = await makeStaff(sql, network.township, network.willow, 'department_staff')
    const [{ id }] = await ask(department, 'participation', network.township) as unknown as [{ id: string }]
    expect(await as(department.account, one => one`select id from public.imports where id = ${id}`)).toHaveLength(1)
    expect(await as(manager.account, one => one`select id from public.imports where id = ${id}`)).toHaveLength(1)
    for (const kind of ['persons', 'populations', 'units', 'activities']) await expect(ask(department, kind, network.township), kind).rejects.toMatchObject(refused)
    await expect(ask(department, 'participation', network.otherTownship)).rejects.toMatchObject(refused)
    const theirs = (await ask(manager, 'persons', network.township))[0]!.id as string
    expect(await as(department.account, one => one`select id from public.imports where id = ${theirs}`)).toEqual([])
    expect(await as(department.account, one => one`select id from public.persons where id <> ${department.id}`)).toEqual([])
    // Nor does it register anybody by such a list.
    const columns = (who: Person, registers: boolean) => as(who.account, one => one`select public.choose_import_columns(${id}, ${one.json({ name: 0 })}, '{}', ${registers})`)
    await sql`update public.imports set state = 'mapping' where id = ${id}`
    await expect(columns(department, true)).rejects.toMatchObject(refused)
    await columns(department, false)
    // Lists of others hold names and numbers: they are read and acted on by whoever registers people there.
    const lists = (await ask(manager, 'participation', network.township))[0]!.id as string
    await sql`update public.imports set state = 'mapping' where id = ${lists}`
    const standing = (who: Person, of: string) => as(who.account, async one => (await one`select public.import_standing(${of}) as told`)[0]!.told as object | null)
    expect(await as(department.account, one => one`select id from public.imports where id = ${lists}`)).toEqual([])
    expect([await standing(department, lists), await standing(manager, id)]).toEqual([null, expect.any(Object)])
    await expect(as(department.account, one => one`select public.discard_import(${lists})`)).rejects.toMatchObject({ code: 'PT403', message: 'import_of_others' })
    // A post that ended reads its own no more.
    await sql`update public.posts set valid_to = private.china_date(now()) - 1 where person_id = ${department.id}`
    expect(await as(department.account, one => one`select id from public.imports where id = ${id}`)).toEqual([])
    expect(await standing(department, id)).toBeNull()
    const teacher = await makeStaff(sql, network.school, network.willow, 'teacher')
    await expect(ask(teacher, 'participation', network.township)).rejects.toMatchObject(refused)
  }))
})
