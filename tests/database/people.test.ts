// The register: who may enter whom, what is refused, and that a merge can be taken back.
import { expect, it } from 'vitest'
import { makeNetwork, makePerson, type Network, pool, type Sql, withRollback } from '../fixtures/database.ts'

/** Registers as the owner, the way an import does. */
export async function register(sql: Sql, places: Network, given: Record<string, unknown> = {}): Promise<number> {
  const { name = '王秀英', sex = 'female', birthYear = 1955, home = places.willow, pinyin = 'wang xiu ying', initials = 'wxy', groups = [], contacts = [], guardian = null } = given
  const [row] = await sql`select private.register_person(${name as string}, ${sex as string}, ${birthYear as number}, ${home as number}, ${pinyin as string},
    ${initials as string}, ${sql.json(groups as never)}, ${sql.json(contacts as never)}, ${guardian as number | null}, ${guardian ? 'mother' : null}, ${guardian ? true : null}) as id`
  return row!.id as number
}

it('a person in a closed village, of the future or of no name is refused', () => withRollback(async (sql) => {
  const places = await makeNetwork(sql)
  await sql`update public.units set closed_on = private.china_date(now()) where id = ${places.orchard}`
  await expect(sql.savepoint(inner => register(inner, places, { home: places.orchard }))).rejects.toMatchObject({ code: 'PT422', message: 'residence_closed' })
  await expect(sql.savepoint(inner => register(inner, places, { home: places.township }))).rejects.toMatchObject({ message: 'residence_invalid' })
  await expect(sql.savepoint(inner => register(inner, places, { birthYear: 2190 }))).rejects.toMatchObject({ message: 'birth_in_future' })
  await expect(sql.savepoint(inner => register(inner, places, { name: '  ' }))).rejects.toMatchObject({ message: 'name_invalid' })
  await expect(sql.savepoint(inner => register(inner, places, { groups: [{ group: 'elderly', source: 'x' }] }))).rejects.toMatchObject({ message: 'group_invalid' })
  await expect(sql.savepoint(inner => register(inner, places, { groups: [{ group: 'special_groups', source: '' }] }))).rejects.toMatchObject({ message: 'source_missing' })
}))

it('a person is registered with groups, sealed numbers and a guardian', () => withRollback(async (sql) => {
  const places = await makeNetwork(sql)
  const mother = await makePerson(sql, places.willow, { birthYear: 1985 })
  const id = await register(sql, places, {
    birthYear: 2016, guardian: mother.id,
    groups: [{ group: 'special_groups', source: '残疾人证核验名册', proofSeen: true, from: '2024-01-01' }],
    contacts: [{ kind: 'phone', cipher: Buffer.alloc(40).toString('base64'), keyId: 1, lookup: '00'.repeat(32), masked: '138****5678', tail: '5678' }],
  })
  const [stored] = await sql`select person.pinyin, person.initials, contact.masked, membership.proof_seen, guardian.guardian_id::integer as guardian
    from public.persons person join private.person_contacts contact on contact.person_id = person.id
    join public.person_groups membership on membership.person_id = person.id join public.guardians guardian on guardian.child_id = person.id
    where person.id = ${id}`
  expect(stored).toEqual({ pinyin: 'wang xiu ying', initials: 'wxy', masked: '138****5678', proof_seen: true, guardian: mother.id })
}))

it('nobody but the owner reads sealed numbers', async () => {
  const [row] = await pool`select has_table_privilege('authenticated', 'private.person_contacts', 'select') or has_table_privilege('anon', 'private.person_contacts', 'select') as readable`
  expect(row!.readable).toBe(false)
})
