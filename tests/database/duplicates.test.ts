// The list of probable duplicates is kept by marks. After any edits it says what a plain comparison of everybody says.
import { createHash } from 'node:crypto'
import fc from 'fast-check'
import postgres from 'postgres'
import { expect, it } from 'vitest'
import { committedAs, databaseUrl, makeNetwork, makeStaff, pool, type Sql, withRollback } from '../fixtures/database.ts'

/** Every pair among some people, by the rules as they are written down. */
const plainly = (sql: Sql, ids: number[]) => sql`
  select one.id::integer as one_id, other.id::integer as other_id, min(rule.rank)::integer as rank
  from public.persons one join public.units home on home.id = one.residence_unit_id
  join public.persons other on other.id > one.id join public.units there on there.id = other.residence_unit_id
  cross join lateral (
    select case contact.kind when 'id_number' then 1 else 2 end as rank
    from private.person_contacts contact join private.person_contacts same on same.kind = contact.kind and same.lookup = contact.lookup and same.person_id = other.id
    where contact.person_id = one.id and (contact.kind = 'id_number' or coalesce(one.pinyin, one.name) = coalesce(other.pinyin, other.name))
    union all
    select 3 where one.name = other.name and one.birth_year = other.birth_year and one.sex is not distinct from other.sex and home.parent_id = there.parent_id
    union all
    select 4 where one.pinyin = other.pinyin and one.name <> other.name and one.birth_year = other.birth_year and one.sex is not distinct from other.sex and home.id = there.id
  ) rule
  where one.id = any (${ids}) and other.id = any (${ids}) and one.merged_into is null and other.merged_into is null
  group by one.id, other.id order by 1, 2`
const kept = (sql: Sql, ids: number[]) => sql`
  select one_id::integer, other_id::integer, rank::integer from private.duplicate_pairs where one_id = any (${ids}) and other_id = any (${ids}) order by 1, 2`
const drainMarks = async (sql: Sql) => { while ((await sql`select private.drain_duplicate_marks(3) as drained`)[0]!.drained > 0); }

const NAMES = [['王秀英', 'wang xiu ying'], ['王秀莹', 'wang xiu ying'], ['李强', 'li qiang'], ['李墙', null]] as const
const person = fc.record({ name: fc.nat(3), year: fc.constantFrom(1950, 1951, null), sex: fc.constantFrom('female', 'male', null), home: fc.nat(2), phone: fc.option(fc.nat(2)), idNumber: fc.option(fc.nat(2)) })
const edit = fc.record({ who: fc.nat(7), what: fc.constantFrom('facts', 'move', 'phone', 'forget', 'merge', 'unmerge', 'township'), to: person })

it('agrees with a comparison of everybody with everybody after any edits', async () => {
  await fc.assert(fc.asyncProperty(fc.array(person, { minLength: 2, maxLength: 8 }), fc.array(edit, { maxLength: 8 }), (people, edits) => withRollback(async (sql) => {
    const places = await makeNetwork(sql)
    const homes = [places.willow, places.orchard, places.harbour]
    const ids: number[] = []
    const setContact = async (id: number, kind: string, value: number | null) => {
      await sql`delete from private.person_contacts where person_id = ${id} and kind = ${kind}`
      if (value === null) return
      const lookup = createHash('sha256').update(`${places.county}:${kind}:${value}`).digest()
      await sql`insert into private.person_contacts (person_id, kind, cipher, key_id, lookup, masked, tail) values (${id}, ${kind}, ${Buffer.alloc(40)}, 1, ${lookup}, '138****0000', '0000')`
    }
    for (const one of people) {
      const [row] = await sql`insert into public.persons (name, pinyin, sex, birth_year, residence_unit_id)
        values (${NAMES[one.name]![0]}, ${NAMES[one.name]![1]}, ${one.sex}, ${one.year}, ${homes[one.home]!}) returning id`
      ids.push(Number(row!.id))
      await setContact(ids.at(-1)!, 'phone', one.phone)
      await setContact(ids.at(-1)!, 'id_number', one.idNumber)
    }
    await drainMarks(sql)
    for (const { who, what, to } of edits) {
      const id = ids[who % ids.length]!
      const other = ids[(who + 1) % ids.length]!
      if (what === 'facts') await sql`update public.persons set name = ${NAMES[to.name]![0]}, pinyin = ${NAMES[to.name]![1]}, sex = ${to.sex}, birth_year = ${to.year} where id = ${id}`
      if (what === 'move') await sql`update public.persons set residence_unit_id = ${homes[to.home]!} where id = ${id}`
      if (what === 'phone') await setContact(id, 'phone', to.phone ?? 0)
      if (what === 'forget') await setContact(id, 'id_number', null)
      if (what === 'merge') await sql`update public.persons set merged_into = ${other}, counts_as = ${other} where id = ${id} and not exists (select from public.persons where merged_into = ${id} or id = ${other} and merged_into is not null)`
      if (what === 'unmerge') await sql`update public.persons set merged_into = null, counts_as = null where id = ${id}`
      if (what === 'township') await sql`update public.units set parent_id = case parent_id when ${places.township} then ${places.otherTownship}::integer else ${places.township} end where id = ${homes[to.home]!}`
    }
    await drainMarks(sql)
    expect([...await kept(sql, ids)]).toEqual([...await plainly(sql, ids)])
  })), { numRuns: 60 })
}, 60_000)

it('of many who are alike shows a few, and is not held up by them', () => withRollback(async (sql) => {
  const places = await makeNetwork(sql)
  const rows = await sql`insert into public.persons (name, sex, birth_year, residence_unit_id) select '王建国', 'male', 1949, ${places.willow} from generate_series(1, 60) returning id`
  await drainMarks(sql)
  const pairs = await kept(sql, rows.map(row => Number(row.id)))
  expect(pairs.length).toBeGreaterThan(100)
  expect(pairs.length).toBeLessThanOrEqual(60 * 12)
}))

it('finds two who are registered in the same moment, of whom neither act saw the other', async () => {
  const places = await makeNetwork(pool)
  const manager = await makeStaff(pool, places.county, places.harbour, 'manager')
  const [first, second] = [postgres(databaseUrl, { max: 1 }), postgres(databaseUrl, { max: 1 })]
  const add = (sql: Sql) => sql`insert into public.persons (name, sex, birth_year, residence_unit_id) values ('赵同时', 'male', 1971, ${places.willow}) returning id`
  const ids: number[] = []
  await first.begin(async (one) => {
    ids.push(Number((await add(one as never))[0]!.id))
    await second.begin(async (two) => {
      ids.push(Number((await add(two as never))[0]!.id))
      await drainMarks(two as never)
    })
  })
  const pairs = await committedAs(manager.account, sql => sql`select one_id, other_id, reason, total from public.duplicate_pairs(${places.county})`)
  expect(pairs).toEqual([{ one_id: ids[0], other_id: ids[1], reason: 'same_name_and_year_here', total: 1 }])
  await Promise.all([first.end(), second.end()])
})
