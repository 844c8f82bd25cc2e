// A database of an earlier version holds phone numbers in clear: the next start seals them.
import { expect, it } from 'vitest'
import { openVault } from '../../server/privacy/vault.ts'
import { completePersons } from '../../stack/seal.ts'
import { pristineDatabase } from '../fixtures/pristine.ts'

const vault = openVault(`1:${Buffer.alloc(32, 7).toString('base64')}`)

it('numbers in clear are sealed once, names get their pinyin, and no clear number comes in again', async () => {
  const sql = await pristineDatabase('sealed_phones')
  await sql`insert into public.units (id, code, kind_id, level, name, area) values (1, 'QJ', 'administration', 'city', '清江市', 'urban')`
  const [person] = await sql`insert into public.persons (name, sex, birth_year, residence_unit_id) values ('单秀英', 'female', 1954, 1) returning id`
  // As the schema stood before the numbers were sealed.
  await sql`alter table identity.accounts drop constraint accounts_phone_sealed, drop constraint accounts_have_a_way_in`
  const [account] = await sql`insert into identity.accounts (email, phone, phone_verified, person_id) values ('13800000001@phone.invalid', '13800000001', true, ${person!.id}) returning id`
  await sql`alter table identity.accounts add constraint accounts_phone_sealed check (phone is null) not valid,
    add constraint accounts_have_a_way_in check (phone_lookup is not null or username is not null) not valid`
  await expect(sql`insert into identity.accounts (email, username, phone) values ('a@b.invalid', 'newer', '13800000002')`).rejects.toMatchObject({ constraint_name: 'accounts_phone_sealed' })

  expect(await completePersons(sql, vault)).toEqual({ sealed: 1, sounded: 1 })
  const [stored] = await sql`select * from identity.accounts where id = ${account!.id}`
  expect(stored).toMatchObject({ phone: null, phone_lookup: vault.lookup('phone', '13800000001').toString('hex'), phone_tail: '0001', email: `${account!.id}@accounts.invalid` })
  expect(vault.open('phone', { cipher: stored!.phone_cipher, keyId: stored!.phone_key_id })).toBe('13800000001')
  const [known] = await sql`select masked, pinyin, initials from private.person_contacts join public.persons person on person.id = person_id`
  expect(known).toEqual({ masked: '138****0001', pinyin: 'shan xiu ying', initials: 'sxy' })
  expect(await sql`select conname from pg_constraint where conrelid = 'identity.accounts'::regclass and not convalidated`).toEqual([])

  expect(await completePersons(sql, vault)).toEqual({ sealed: 0, sounded: 0 })
})
