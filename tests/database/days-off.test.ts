// The days off of a year: entered whole by the administrator of the region, never overwritten unseen; and the departments that are offered.
import { expect, it } from 'vitest'
import { makeNetwork, makeStaff, makeUnit, type Person, withRollback } from '../fixtures/database.ts'

const refused = (message: string) => expect.objectContaining({ message })
const NEW_YEAR = { from: '2027-01-01', until: '2027-01-03', zh: '元旦', en: 'New Year' }

it('are entered whole by the administrator of the region, and no day twice', () => withRollback(async (sql, as) => {
  const places = await makeNetwork(sql)
  const root = places.city
  const admin = await makeStaff(sql, root, places.willow, 'system_admin')
  const elsewhere = await makeStaff(sql, places.county, places.willow, 'system_admin')
  const save = (who: Person, version: number | null, days: object[] = [NEW_YEAR], working: string[] = ['2027-01-09']) =>
    as(who.account, one => one`select public.save_days_off(2027, ${version}, '放假通知', ${one.json(days as never)}, ${working}::date[])`)
  await expect(save(elsewhere, null)).rejects.toEqual(refused('unit_not_yours'))
  await expect(save(await makeStaff(sql, root, places.willow, 'inspector'), null)).rejects.toEqual(refused('unit_not_yours'))
  await save(admin, null)
  await expect(save(admin, null)).rejects.toEqual(refused('days_off_changed'))
  await expect(save(admin, 1, [NEW_YEAR, { ...NEW_YEAR, from: '2027-01-03', until: '2027-01-04' }])).rejects.toEqual(refused('days_off_twice'))
  await expect(save(admin, 1, [NEW_YEAR], ['2027-01-02'])).rejects.toEqual(refused('days_off_twice'))
  await expect(save(admin, 1, [{ ...NEW_YEAR, until: '2027-03-01' }])).rejects.toEqual(refused('days_off_lines'))
  await expect(save(admin, 1, [{ ...NEW_YEAR, from: '2028-05-01', until: '2028-05-01' }])).rejects.toEqual(refused('days_off_lines'))
  await expect(save(admin, 1, [])).rejects.toEqual(refused('days_off_lines'))
  await save(admin, 1, [{ ...NEW_YEAR, from: '2026-12-31' }])
  const shown = await as(elsewhere.account, one => one`select days::text, zh, is_off from public.days_off where year = 2027 order by days`)
  expect(shown).toEqual([{ days: '[2026-12-31,2027-01-04)', zh: '元旦', is_off: true }, { days: '[2027-01-09,2027-01-10)', zh: null, is_off: false }])
  await expect(as(admin.account, one => one`delete from public.days_off`)).rejects.toThrow(/permission denied/)
}))

it('departments are offered as they were written in the county, the most used first', () => withRollback(async (sql, as) => {
  const places = await makeNetwork(sql)
  const far = await makeUnit(sql, places.city, 'county', '远县')
  const plan = (host: number, department: string | null) => sql`insert into public.activities (code, host_unit_id, title, kind, form_id, category_id, venue, sign_up, department, status, published_at)
    values (private.new_activity_code(), ${host}, '宣讲', 'lecture', 'talk', 'law', '礼堂', 'none', ${department}, 'published', now())`
  for (const [host, department] of [[places.school, '农业农村局'], [places.otherTownship, '司法局'], [places.otherTownship, '司法局'], [places.school, null], [far, '卫健局']] as const) await plan(host, department)
  const teacher = await makeStaff(sql, places.school, places.willow, 'teacher')
  expect((await as(teacher.account, one => one`select departments_used as name from public.departments_used(${places.school})`)).map(({ name }) => name)).toEqual(['司法局', '农业农村局'])
}))
