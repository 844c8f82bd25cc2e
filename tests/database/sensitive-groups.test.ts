// Who is unemployed, disabled or in need is seen by managers and heads; other posts that see names see everything but that, and the numbers.
import { expect, it } from 'vitest'
import { type As, type Person, type Sql, drain, makeNetwork, makePerson, makeStaff, withRollback } from '../fixtures/database.ts'

const YEAR = 2025

async function scene(sql: Sql) {
  const net = await makeNetwork(sql)
  const [manager, tutor] = [await makeStaff(sql, net.school, net.harbour, 'manager'), await makeStaff(sql, net.school, net.harbour, 'tutor')]
  const mei = await makePerson(sql, net.willow, { name: '林美玉', birthYear: 1990 })
  for (const group of ['special_groups', 'laid_off_registered', 'rural_labour'])
    await sql`insert into public.person_groups (person_id, group_id, source, valid_from) values (${mei.id}, ${group}, '民政局名册', '2024-01-01')`
  await sql`insert into public.participations (key, person_id, kind, organised, role, residence_unit_id, host_unit_id, area, groups, birth_year, sex, started_at, ended_at, hours, status, channel, entry_source)
    values (${`sensitive:${mei.id}`}, ${mei.id}, 'training', true, 'learner', ${net.willow}, ${net.school}, 'rural', '{resident,rural_labour,special_groups}', 1990, 'female',
      ${new Date(`${YEAR}-03-01T01:00:00Z`)}, ${new Date(`${YEAR}-03-01T02:00:00Z`)}, 1, 'attended', 'onsite', 'scan')`
  await drain(sql)
  return { net, manager, tutor, mei }
}

const seen = async (as: As, who: Person, { net, mei }: Awaited<ReturnType<typeof scene>>) => ({
  rows: (await as(who.account, sql => sql`select group_id from public.person_groups where person_id = ${mei.id} order by group_id`)).map(row => row.group_id as string),
  search: (await as(who.account, sql => sql`select groups from public.find_people('林美玉', ${net.township})`))[0]!.groups as string[],
  page: (await as(who.account, sql => sql`select public.person_at_desk(${mei.id}) as page`))[0]!.page as { groups: { id: string }[], hidesGroups: boolean },
  behind: (await as(who.account, sql => sql`select person_id from public.coverage_people(${net.township}, ${YEAR}, 'special_groups')`)).length,
  taught: (await as(who.account, sql => sql`select person_id from public.organised_people(${net.township}, ${YEAR}, 'special_groups')`)).length,
  labour: (await as(who.account, sql => sql`select person_id from public.coverage_people(${net.township}, ${YEAR}, 'rural_labour')`)).length,
  counted: (await as(who.account, sql => sql`select persons from public.coverage_by_group(${net.township}, ${YEAR}) where group_id = 'special_groups'`))[0]!.persons as number,
})

it('is shown to the manager in the search, on the person\'s page, in the rows and behind a figure', () => withRollback(async (sql, as) => {
  const town = await scene(sql)
  const { page, ...rest } = await seen(as, town.manager, town)
  expect(page).toMatchObject({ hidesGroups: false })
  expect(page.groups.map(({ id }) => id).sort()).toEqual(['laid_off_registered', 'rural_labour', 'special_groups'])
  expect(rest).toEqual({ rows: ['laid_off_registered', 'rural_labour', 'special_groups'], search: ['laid_off_registered', 'resident', 'rural_labour', 'special_groups'], behind: 1, taught: 0, labour: 1, counted: 1 })
}))

it('is hidden from a tutor everywhere, who sees the person, the other groups and the number', () => withRollback(async (sql, as) => {
  const town = await scene(sql)
  const { page, ...rest } = await seen(as, town.tutor, town)
  expect(page).toMatchObject({ hidesGroups: true, groups: [{ id: 'rural_labour' }] })
  // Nor is it read from the records themselves.
  expect(await as(town.tutor.account, one => one`select id from public.participations where person_id = ${town.mei.id}`)).toHaveLength(1)
  for (const column of ['groups', 'entered_by', 'confirmed_by', 'key', 'guardian_id']) await expect(as(town.tutor.account, one => one`select ${one(column)} from public.participations where person_id = ${town.mei.id}`), column).rejects.toMatchObject({ code: '42501' })
  expect(rest).toEqual({ rows: ['rural_labour'], search: ['resident', 'rural_labour'], behind: 0, taught: 0, labour: 1, counted: 1 })
}))

it('is not told of whoever a unit taught and who lives elsewhere, unless the post sees it in the whole region', () => withRollback(async (sql, as) => {
  const { net } = await scene(sql)
  // The school of this township taught somebody of the next one.
  const county = await makeStaff(sql, net.county, net.harbour, 'manager')
  const city = await makeStaff(sql, net.city, net.harbour, 'manager')
  const behind = async (who: Person) => ({
    sees: (await as(who.account, one => one`select public.sees_people_at(${net.school}, 'special_groups', 'organiser') as sees`))[0]!.sees as boolean,
    people: (await as(who.account, one => one`select person_id from public.organised_people(${net.school}, ${YEAR}, 'special_groups')`)).length,
    records: (await as(who.account, one => one`select record_id from public.figure_records(${net.school}, ${YEAR}, 'special_groups', 'organiser')`)).length,
    sums: (await as(who.account, one => one`select records from public.figure_records_sum(${net.school}, ${YEAR}, 'special_groups', 'organiser')`)).length,
  })
  expect(await behind(county)).toEqual({ sees: false, people: 0, records: 0, sums: 0 })
  expect(await behind(city)).toEqual({ sees: true, people: 1, records: 1, sums: 1 })
}))

it('is always shown to the person itself', () => withRollback(async (sql, as) => {
  const { mei } = await scene(sql)
  expect(await as(mei.account, one => one`select group_id from public.person_groups`)).toHaveLength(3)
}))
