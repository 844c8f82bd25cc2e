// Who is unemployed, disabled or in need is seen by managers and heads; other posts that see names see everything but that,
// and no small number by which they could make it out.
import { expect, it } from 'vitest'
import { type As, type Person, type Sql, drain, makeNetwork, makePerson, makeStaff, makeUnit, withRollback } from '../fixtures/database.ts'

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
  counted: (await as(who.account, sql => sql`select persons from public.coverage_by_group(${net.township}, ${YEAR}) where group_id = 'special_groups'`))[0]!.persons as number | null,
})

it('is shown to the manager in the search, on the person\'s page, in the rows and behind a figure', () => withRollback(async (sql, as) => {
  const town = await scene(sql)
  const { page, ...rest } = await seen(as, town.manager, town)
  expect(page).toMatchObject({ hidesGroups: false })
  expect(page.groups.map(({ id }) => id).sort()).toEqual(['laid_off_registered', 'rural_labour', 'special_groups'])
  expect(rest).toEqual({ rows: ['laid_off_registered', 'rural_labour', 'special_groups'], search: ['laid_off_registered', 'resident', 'rural_labour', 'special_groups'], behind: 1, taught: 0, labour: 1, counted: 1 })
}))

it('is hidden from a tutor everywhere, who sees the person and the other groups', () => withRollback(async (sql, as) => {
  const town = await scene(sql)
  const { page, ...rest } = await seen(as, town.tutor, town)
  expect(page).toMatchObject({ hidesGroups: true, groups: [{ id: 'rural_labour' }] })
  // Nor is it read from the records themselves.
  expect(await as(town.tutor.account, one => one`select id from public.participations where person_id = ${town.mei.id}`)).toHaveLength(1)
  for (const column of ['groups', 'entered_by', 'confirmed_by', 'key', 'guardian_id']) await expect(as(town.tutor.account, one => one`select ${one(column)} from public.participations where person_id = ${town.mei.id}`), column).rejects.toMatchObject({ code: '42501' })
  expect(rest).toEqual({ rows: ['rural_labour'], search: ['resident', 'rural_labour'], behind: 0, taught: 0, labour: 1, counted: null })
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

it('is told in no small number to a tutor: of units, subjects, the map, the work of a school, cells and reports; residents stay exact', () => withRollback(async (sql, as) => {
  const { net, manager, tutor } = await scene(sql)
  const [region, bamboo] = [await makeStaff(sql, net.city, net.harbour, 'manager'), await makeUnit(sql, net.township, 'village', '竹园村')]
  const cells = async (unit: number, group: string, persons: number, axis = 0) => {
    await sql`insert into public.coverage_cells (year, axis, view_id, slice_id, unit_id, persons, person_times, seconds)
      select ${YEAR}, ${axis}, view.id, slice.id, ${unit}, ${persons}, ${persons}, ${persons * 3600} from public.metric_views view, public.metric_slices slice
      where view.code in ('all', 'category:law') and slice.kind = 'group' and slice.code = ${group}
      on conflict (year, axis, view_id, slice_id, unit_id) do update set persons = excluded.persons, person_times = excluded.person_times, seconds = excluded.seconds`
  }
  for (const [unit, need, residents] of [[net.willow, 3, 40], [net.orchard, 8, 41], [bamboo, 20, 42], [net.township, 31, 123], [net.otherTownship, 9, 50], [net.county, 40, 173], [net.city, 40, 173]] as const) {
    await cells(unit, 'special_groups', need)
    await cells(unit, 'resident', residents)
  }
  await cells(net.school, 'special_groups', 2, 1)
  await cells(net.township, 'special_groups', 30, 1)
  const seenBy = async (who: Person) => {
    const persons = async (rows: (one: Sql) => Promise<Record<string, unknown>[]>) => (await as(who.account, rows)).map(row => row.persons as number | null)
    const policy = (group: string) => persons(one => one`select cell.persons from public.coverage_cells cell join public.metric_slices slice on slice.id = cell.slice_id join public.metric_views view on view.id = cell.view_id and view.code = 'all'
      where slice.kind = 'group' and slice.code = ${group} and cell.year = ${YEAR} and cell.axis = 0 and cell.unit_id in ${one([net.willow, net.orchard, bamboo, net.township])} order by cell.persons`)
    return {
      units: await persons(one => one`select persons from public.coverage_by_unit(${net.township}, ${YEAR}, 'special_groups')`),
      residents: await persons(one => one`select persons from public.coverage_by_unit(${net.township}, ${YEAR}, 'resident')`),
      heat: await persons(one => one`select persons from public.coverage_heat(${net.township}, ${YEAR}, 'all', 'special_groups')`),
      subject: await persons(one => one`select persons from public.coverage_by_category(${net.willow}, ${YEAR}, 'special_groups') where category_id = 'law'`),
      cell: await persons(one => one`select persons from public.coverage_of_unit(${net.orchard}, ${YEAR}) where kind = 'group' and code = 'special_groups'`),
      ages: (await persons(one => one`select persons from public.coverage_of_unit(${net.township}, ${YEAR}) where kind = 'age_sex'`)).includes(null),
      taught: (await persons(one => one`select persons from public.coverage_taught(${net.school}, ${YEAR}, 'special_groups')`))[0],
      need: await policy('special_groups'), all: await policy('resident'),
    }
  }
  const exact = { units: [31, 3, 8, 20], residents: [123, 40, 41, 42], heat: [3, 8, 20], subject: [3], cell: [8], ages: false, need: [3, 8, 20, 31], all: [40, 41, 42, 123] }
  // Whom the school taught lives anywhere: a township's manager does not see who of them is in need.
  expect(await seenBy(manager)).toEqual({ ...exact, taught: null })
  expect(await seenBy(region)).toMatchObject({ taught: 2, units: exact.units })
  expect(await seenBy(tutor)).toEqual({ ...exact, units: [31, null, null, 20], heat: [null, null, 20], subject: [null], cell: [null], need: [], taught: null })
  const unseen = async (who: Person, axis: string) => (await as(who.account, one => one`select public.unseen_groups_at(${net.township}, ${axis}) as groups`))[0]!.groups as string[]
  expect([await unseen(manager, 'residence'), (await unseen(manager, 'organiser')).sort(), (await unseen(tutor, 'residence')).sort()]).toEqual([[], ['laid_off_registered', 'special_groups'], ['laid_off_registered', 'special_groups']])

  await sql`insert into public.reporting_periods (year, part, starts_on, ends_on, due_on, levels, opened_by) values (${YEAR}, 'year', '2025-01-01', '2025-12-31', '2027-12-30', '{township}', ${manager.account})`
  const [period] = await sql`select id from public.reporting_periods where year = ${YEAR}`
  const told = async (who: Person) => ({
    preview: (await as(who.account, one => one`select code from public.report_preview(${period!.id}, ${net.township}) where code in ('reached:resident', 'reached:special_groups') order by code`)).map(row => row.code),
    handed: (await as(who.account, one => one`select code from public.report_comparison(${period!.id}, ${net.township}, 1) where code in ('reached:resident', 'reached:special_groups') order by code`)).map(row => row.code),
    table: (await as(who.account, one => one`select code from public.report_figures where code in ('reached:resident', 'reached:special_groups') order by code`)).map(row => row.code),
  })
  await as(manager.account, one => one`select public.hand_in_report(${period!.id}, ${net.township}, '补报')`)
  const [both, one] = [['reached:resident', 'reached:special_groups'], ['reached:resident']]
  expect([await told(manager), await told(tutor)]).toEqual([{ preview: both, handed: both, table: both }, { preview: one, handed: one, table: one }])
}))

it('is always shown to the person itself', () => withRollback(async (sql, as) => {
  const { mei } = await scene(sql)
  expect(await as(mei.account, one => one`select group_id from public.person_groups`)).toHaveLength(3)
}))
