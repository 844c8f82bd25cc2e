// What SQL cannot do when it migrates, because the key and the dictionary are the server's: numbers that an earlier version
// stored in clear are sealed, and names get their sound. Does nothing where nothing is left to do.
import type postgres from 'postgres'
import { soundOf } from '../server/people/pinyin.ts'
import type { Vault } from '../server/privacy/vault.ts'

const AT_ONCE = 5_000

/** Returns how many numbers were sealed and how many names got their sound. */
export async function completePersons(sql: postgres.Sql, vault: Vault): Promise<{ sealed: number, sounded: number }> {
  return await sql.begin(async transaction => ({ sealed: await sealPhones(transaction, vault), sounded: await soundNames(transaction) }))
}

async function sealPhones(sql: postgres.TransactionSql, vault: Vault): Promise<number> {
  const [unsealed] = await sql`select from pg_constraint where conname = 'accounts_phone_sealed' and not convalidated`
  if (!unsealed) return 0
  // Better Auth wants an address, and an earlier version made it of the number.
  const accounts = await sql`select id, phone, email from identity.accounts where phone is not null for update`
  for (const { id, phone, email } of accounts) {
    const { cipher, keyId, lookup, masked } = vault.seal('phone', phone as string)
    await sql`update identity.accounts set phone = null, phone_lookup = ${lookup.toString('hex')}, phone_cipher = ${cipher}, phone_key_id = ${keyId},
      phone_mask = ${masked}, email = ${(email as string).includes(phone as string) ? `${id}@accounts.invalid` : email as string} where id = ${id as string}`
  }
  await sql`insert into private.person_contacts (person_id, kind, cipher, key_id, lookup, masked, tail)
    select person_id, 'phone', phone_cipher, phone_key_id, decode(phone_lookup, 'hex'), phone_mask, phone_tail
    from identity.accounts where person_id is not null and phone_cipher is not null on conflict do nothing`
  await sql`alter table identity.accounts validate constraint accounts_phone_sealed`
  await sql`alter table identity.accounts validate constraint accounts_have_a_way_in`
  return accounts.length
}

async function soundNames(sql: postgres.TransactionSql): Promise<number> {
  let sounded = 0
  for (let after = 0; ;) {
    const persons = await sql`select id, name from public.persons where pinyin is null and id > ${after} order by id limit ${AT_ONCE}`
    if (!persons.length) return sounded
    const sounds = persons.map(({ id, name }) => ({ id: id as string, ...soundOf(name as string) })).filter(({ pinyin }) => pinyin)
    await sql`update public.persons person set pinyin = sound.pinyin, initials = sound.initials
      from jsonb_to_recordset(${sql.json(sounds)}) sound (id bigint, pinyin text, initials text) where person.id = sound.id`
    sounded += sounds.length
    after = Number(persons.at(-1)!.id)
  }
}
