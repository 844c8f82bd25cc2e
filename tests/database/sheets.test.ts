// Photos of signed sheets: kept by staff of the host, the same one once, every look written down.
import { randomUUID } from 'node:crypto'
import { expect, it } from 'vitest'
import { makeSchool, publish } from '../fixtures/activities.ts'
import { makePerson, makeStaff, type Person, withRollback } from '../fixtures/database.ts'

it('a photo is kept and opened by staff of the host alone, once, and each look is in the log', () => withRollback(async (sql, as) => {
  const school = await makeSchool(sql)
  const { sessions: [session] } = await publish(sql, as, school, { startsIn: [-20] })
  const resident = await makePerson(sql, school.places.willow)
  const elsewhere = await makeStaff(sql, school.places.otherTownship, school.places.harbour, 'manager')
  const file = (lookup = 'ab') => ({ id: randomUUID(), kind: 'image/jpeg', bytes: 3, cipher: 'AAAA', keyId: 1, lookup, digest: 'AAAA' })
  const keep = (who: Person, one = file()) => as(who.account, sql => sql`select public.keep_sheet(${session!}, ${sql.json(one)}) as id`).then(rows => rows[0]!.id as string)
  const open = (who: Person, id: string) => as(who.account, sql => sql`select public.open_sheet(${session!}, ${id}) as file`).then(rows => rows[0]!.file as unknown)
  const id = await keep(school.tutor)
  expect(await keep(school.manager)).toBe(id)
  expect(await open(school.manager, id)).toMatchObject({ kind: 'image/jpeg', keyId: 1 })
  for (const who of [resident, elsewhere]) {
    await expect(keep(who)).rejects.toMatchObject({ message: 'session_unknown' })
    await expect(open(who, id)).rejects.toMatchObject({ message: 'file_unknown' })
    expect(await as(who.account, sql => sql`select * from public.sheets_of_session(${session!})`)).toEqual([])
  }
  expect(await as(school.tutor.account, sql => sql`select id from public.sheets_of_session(${session!})`)).toEqual([{ id }])
  expect(await sql`select action from public.audit_events where subject_kind = 'activity_session' and subject_id = ${String(session!)} order by id`).toEqual([{ action: 'sheet_kept' }, { action: 'sheet_seen' }])
  for (let n = 1; n < 20; n++) await keep(school.tutor, file(n.toString(16).padStart(4, '0')))
  await expect(keep(school.tutor, file('ffff'))).rejects.toMatchObject({ message: 'sheets_too_many' })
}))
