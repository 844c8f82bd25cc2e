// The residents of a unit as a list: who sees it, what is looked for, that pages put together are everybody once.
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { type As, makeNetwork, makePerson, makeStaff, type Network, type Sql, withRollback } from '../fixtures/database.ts'

interface Row { person_id: number, name: string, home: string, groups: string[], phone: string | null, has_card: boolean }
const listed = (as: As, account: string, unit: number, { group = null, lacks = null, after = null, size = 50 }: { group?: string | null, lacks?: string | null, after?: number | null, size?: number } = {}) =>
  as(account, sql => sql<Row[]>`select * from public.residents_of(${unit}, ${group}, ${lacks}, ${after}, ${size})`)
const numbers = async (...asked: Parameters<typeof listed>) => (await listed(...asked)).map(row => row.person_id)
const counted = async (as: As, account: string, unit: number, group: string | null = null, lacks: string | null = null) =>
  (await as(account, sql => sql`select public.count_residents(${unit}, ${group}, ${lacks}) as count`))[0]!.count as number

async function scene(sql: Sql) {
  const net = await makeNetwork(sql)
  // Staff live in another township, so that those listed are those made here.
  const [manager, tutor, outsider] = [await makeStaff(sql, net.township, net.harbour, 'manager'), await makeStaff(sql, net.township, net.harbour, 'tutor'), await makeStaff(sql, net.otherTownship, net.harbour, 'manager')]
  return { net, manager, tutor, outsider }
}

it('is for posts that see names in the unit', () => withRollback(async (sql, as) => {
  const { net, tutor, outsider } = await scene(sql)
  const teacher = await makeStaff(sql, net.township, net.harbour, 'teacher')
  const ann = await makePerson(sql, net.willow)
  expect(await numbers(as, tutor.account, net.township)).toEqual([ann.id])
  for (const one of [outsider, teacher]) {
    await expect(numbers(as, one.account, net.township)).rejects.toMatchObject({ message: 'unit_not_yours' })
    await expect(counted(as, one.account, net.township)).rejects.toMatchObject({ message: 'unit_not_yours' })
    await expect(as(one.account, inner => inner`select public.note_residents_file(${net.township}, '{}', 1)`)).rejects.toMatchObject({ message: 'unit_not_yours' })
  }
  await expect(as('anon', inner => inner`select public.residents_of(${net.township})`)).rejects.toMatchObject({ code: '42501' })
}))

it('shows a sensitive group, and who is in it, to posts that see such groups alone', () => withRollback(async (sql, as) => {
  const { net, manager, tutor } = await scene(sql)
  const mei = await makePerson(sql, net.willow, { birthYear: 1990 })
  await makePerson(sql, net.willow, { birthYear: 1991 })
  for (const group of ['special_groups', 'rural_labour']) await sql`insert into public.person_groups (person_id, group_id, source, valid_from) values (${mei.id}, ${group}, '名册', '2024-01-01')`
  expect((await listed(as, manager.account, net.township, { group: 'special_groups' })).map(row => [row.person_id, row.groups])).toEqual([[mei.id, ['resident', 'rural_labour', 'special_groups']]])
  expect((await listed(as, tutor.account, net.township, { group: 'rural_labour' })).map(row => [row.person_id, row.groups])).toEqual([[mei.id, ['resident', 'rural_labour']]])
  await expect(listed(as, tutor.account, net.township, { group: 'special_groups' })).rejects.toMatchObject({ message: 'post_lacks_sight' })
  await expect(counted(as, tutor.account, net.township, 'special_groups')).rejects.toMatchObject({ message: 'post_lacks_sight' })
  await expect(as(tutor.account, inner => inner`select public.note_residents_file(${net.township}, '{"group": "special_groups"}', 1)`)).rejects.toMatchObject({ message: 'post_lacks_sight' })
  await expect(listed(as, manager.account, net.township, { group: 'nobody' })).rejects.toMatchObject({ message: 'group_unknown' })
}))

it('finds groups by age, who has no card, no phone and no guardian; what a merged row has counts for the person', () => withRollback(async (sql, as) => {
  const { net, manager } = await scene(sql)
  const at = manager.account
  const [{ year }] = await sql<[{ year: number }]>`select private.china_year(now())::integer as year`
  const elder = await makePerson(sql, net.willow, { name: '陈甲', birthYear: year - 70 })
  const child = await makePerson(sql, net.willow, { name: '陈乙', birthYear: year - 13 })
  const grown = await makePerson(sql, net.willow, { name: '陈丙', birthYear: year - 14 })
  const merged = await makePerson(sql, net.orchard, { name: '陈甲', birthYear: year - 70 })
  await sql`update public.persons set merged_into = ${elder.id}, counts_as = ${elder.id} where id = ${merged.id}`
  expect((await numbers(as, at, net.township)).sort()).toEqual([elder.id, child.id, grown.id].sort())
  expect(await numbers(as, at, net.township, { group: 'elderly' })).toEqual([elder.id])
  expect(await numbers(as, at, net.township, { lacks: 'guardian' })).toEqual([child.id])
  await sql`insert into public.guardians (child_id, guardian_id, relation, consent) values (${child.id}, ${elder.id}, 'grandparent', true)`
  expect(await numbers(as, at, net.township, { lacks: 'guardian' })).toEqual([])
  await sql`insert into private.person_contacts (person_id, kind, cipher, key_id, lookup, masked, tail) values (${merged.id}, 'phone', ${Buffer.alloc(40)}, 1, ${Buffer.alloc(32)}, '138****0000', '0000')`
  await sql`insert into public.person_groups (person_id, group_id, source, valid_from) values (${merged.id}, 'special_groups', '名册', '2024-01-01')`
  expect((await numbers(as, at, net.township, { lacks: 'phone' })).sort()).toEqual([child.id, grown.id].sort())
  expect((await listed(as, at, net.township, { group: 'special_groups' })).map(row => [row.person_id, row.phone])).toEqual([[elder.id, '138****0000']])
  await as(at, inner => inner`select public.issue_card(${child.id}, false)`)
  expect((await numbers(as, at, net.township, { lacks: 'card' })).sort()).toEqual([elder.id, grown.id].sort())
  expect([await counted(as, at, net.township, null, 'card'), await counted(as, at, net.township, 'elderly'), await counted(as, at, net.willow), await counted(as, at, net.orchard)]).toEqual([2, 1, 3, 0])
  await expect(listed(as, at, net.township, { lacks: 'hope' })).rejects.toMatchObject({ message: 'resident_lack_unknown' })
  // A group that ended is none.
  await sql`update public.person_groups set valid_to = private.china_date(now()) - 1 where person_id = ${merged.id}`
  expect(await numbers(as, at, net.township, { group: 'special_groups' })).toEqual([])
}))

it('pages of any size put together are everybody once, in the order of villages and names', () => withRollback(async (sql, as) => {
  const { net, manager } = await scene(sql)
  await fc.assert(fc.asyncProperty(
    fc.array(fc.record({ name: fc.constantFrom('王一', '王二', '李三'), home: fc.constantFrom<keyof Network>('willow', 'orchard') }), { maxLength: 14 }), fc.integer({ min: 1, max: 5 }),
    (people, size) => sql.savepoint(async (inner) => {
      for (const one of people) await makePerson(inner, net[one.home] as number, { name: one.name })
      const pages: number[] = []
      for (let after: number | null = null; ;) {
        const page: number[] = await numbers(as, manager.account, net.township, { after, size })
        pages.push(...page)
        if (page.length < size) break
        after = page.at(-1)!
      }
      const plainly = await inner`select person.id from public.persons person join public.units home on home.id = person.residence_unit_id
        where home.parent_id = ${net.township} and person.merged_into is null order by home.path, person.name, person.id`
      expect(pages).toEqual(plainly.map(row => row.id))
      throw new Error('back')
    }).catch((error: Error) => { if (error.message !== 'back') throw error }),
  ), { numRuns: 12 })
}))

it('a file that is taken is in the audit log with what was asked and how many it holds', () => withRollback(async (sql, as) => {
  const { net, manager } = await scene(sql)
  await as(manager.account, inner => inner`select public.note_residents_file(${net.township}, '{"group": "elderly", "lacks": null, "more": 1}', 12)`)
  expect(await sql`select account_id, unit_id, details from public.audit_events where action = 'residents_exported'`)
    .toEqual([{ account_id: manager.account, unit_id: net.township, details: { group: 'elderly', people: 12 } }])
}))

it('homes are chosen from every open village, by township where there are many', () => withRollback(async (sql, as) => {
  const { net, manager } = await scene(sql)
  await sql`insert into public.units (code, name, parent_id, level, kind_id, opened_on)
    select 'MANY-' || lpad(at::text, 4, '0'), '村' || at, ${net.township}, 'village', 'administration', '2000-01-01' from generate_series(1, 2100) at`
  await sql`update public.units set closed_on = private.china_date(now()) - 1 where code = 'MANY-0001'`
  const villages = await as(manager.account, inner => inner`select unit_id from public.villages_below(${net.township})`)
  expect(villages.length).toBeGreaterThan(2099)
  expect(await as(manager.account, inner => inner`select unit_id, villages from public.townships_below(${net.county}) where unit_id = ${net.township}`)).toEqual([{ unit_id: net.township, villages: villages.length }])
  expect(await sql`select count(*)::integer as closed from public.villages_below(${net.township}) where name = '村1'`).toEqual([{ closed: 0 }])
}))
