// Tables that a school brought in: a list without a fault, one of another department with rows that were refused, and one that
// was taken back because it was the list of another school.
import { createHash } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type postgres from 'postgres'
import { guessColumns } from '../server/imports/fields.ts'
import { type Day, dateOf, momentOf } from './calendar.ts'
import type { Region, Township } from './network.ts'
import type { Random } from './random.ts'
import type { Staff } from './staff.ts'

/** What lies on the server's disk of an import: the table as it came, and the cells that were refused. */
export interface ImportFiles { folder: string, source: string, refused: string }

interface Resident { id: number, name: string, birth_year: number, home: string }
interface List { fileName: string, programme: string, category: string, kind: string, role: string, daysAgo: number, uploadedDaysAgo: number, minute: number, people: Resident[] }
/** A row that the check refused: what is written instead of what should be there, in which column, and why. */
interface Fault { field: string, value: string, code: string, details?: Record<string, unknown> }

const HEADINGS = ['姓名', '出生年份', '居住地', '培训日期', '时间', '学时', '类别', '培训名称']
const FIELDS = ['name', 'birth', 'residence', 'date', 'time', 'hours', 'category', 'programme']
const HOURS = 2

const faultsOf = (day: Day): Fault[] => [
  { field: 'name', value: '欧阳若男', code: 'import_person_unknown' },
  { field: 'date', value: '下周三', code: 'import_date_unreadable' },
  { field: 'date', value: dateOf(day + 400), code: 'import_date_future' },
  { field: 'hours', value: '40', code: 'import_hours_out_of_range' },
  { field: 'residence', value: '东山大队', code: 'import_place_unknown' },
  { field: 'birth', value: '19六二', code: 'import_birth_unreadable' },
]

/** Imports of the first township's school, with moments of their own: a region is the same each time. */
export async function addImports(sql: postgres.TransactionSql, random: Random, region: Region, { managerOf }: Staff, today: Day): Promise<ImportFiles[]> {
  const township = region.counties[0]!.townships[0]!
  const by = managerOf.get(township)!.account.id
  const neighbours = (await sql<Resident[]>`
    select person.id::integer, person.name, person.birth_year::integer, home.name as home from public.persons person join public.units home on home.id = person.residence_unit_id
    where home.parent_id = ${township.unit.id} and person.merged_into is null and person.birth_year between 1950 and 2000 order by person.id limit 120`)
  const subjects = new Map((await sql<{ id: string, zh: string }[]>`select id, zh from public.categories`).map(({ id, zh }) => [id, zh]))
  const some = (share: number) => neighbours.filter(() => random.chance(share))
  const list = { kind: 'training', role: 'learner', uploadedDaysAgo: 1 }
  const [volunteers, clean, faulty] = [
    { ...list, fileName: '志愿服务登记（秋季）.csv', programme: '秋季环境整治志愿服务', category: 'civic_governance', kind: 'volunteer_service', role: 'volunteer', daysAgo: 30, uploadedDaysAgo: 4, minute: 8 * 60, people: some(0.15) },
    { ...list, fileName: '冬季果园管理培训签到表.csv', programme: '冬季果园管理培训', category: 'agri_tech', daysAgo: 8, minute: 19 * 60, people: some(0.25) },
    { ...list, fileName: '县司法局普法培训名单.csv', programme: '冬季普法培训', category: 'law', daysAgo: 5, minute: 19 * 60, people: some(0.2) },
  ] satisfies [List, List, List]

  const write = async (of: List, faults: Fault[], minute: number) => {
    const [day, uploaded] = [today - of.daysAgo, today - of.uploadedDaysAgo]
    const folder = random.uuid()
    const row = ({ name, birth_year, home }: Resident) => [name, String(birth_year), home, dateOf(day), '19:00-21:00', String(HOURS), subjects.get(of.category)!, of.programme]
    const cells = [...of.people.map(row), ...faults.map(({ field, value }) => row(of.people[0]!).with(FIELDS.indexOf(field), value))]
    const source = `\uFEFF${[HEADINGS, ...cells].map(line => line.join(',')).join('\r\n')}\r\n`
    const refused = faults.map(({ field, value, code, details = {} }, at) => ({ line: of.people.length + 2 + at, field, code, details, value }))
    const counts = { total: cells.length, good: of.people.length, known: 0, repeated: 0, refused: faults.length, corrections: 0, newcomers: 0, persons: of.people.length }
    const applied = momentOf(uploaded, minute + 4)
    const [made] = await sql`insert into public.imports ${sql({
      kind: 'participation', unit_id: township.unit.id, state: 'applied', file_name: of.fileName, file_sha256: createHash('sha256').update(source).digest('hex'),
      file_bytes: Buffer.byteLength(source), format: 'csv', encoding: 'utf-8', folder, headings: HEADINGS, heading_line: 1,
      columns: sql.json(guessColumns('participation', HEADINGS)), good_only: faults.length > 0, counts: sql.json(counts),
      created_by: by, created_at: momentOf(uploaded, minute), checked_at: momentOf(uploaded, minute + 2), applied_at: applied,
    })} returning id`
    const id = made!.id as string
    for (const { line, field, code, details } of refused) {
      await sql`insert into private.import_refusals (import_id, line, field, code, details, by_file) values (${id}, ${line}, ${field}, ${code}, ${sql.json(details as never)}, ${code !== 'import_person_unknown'})`
    }
    const start = momentOf(day, of.minute)
    await sql`
      insert into public.participations (key, person_id, kind, category_id, programme, organised, role, residence_unit_id, area, host_unit_id, groups, birth_year, sex,
        started_at, ended_at, hours, status, sign_in_method, confirmed_by, channel, entry_source, entered_by, entered_at, import_id)
      select private.import_key(person.id, ${start}, ${township.school.id}, ${of.category}, ${of.kind}, ${of.role}, ${of.programme}), person.id, ${of.kind}, ${of.category},
        ${of.programme}, true, ${of.role}, person.residence_unit_id, home.area, ${township.school.id}, private.groups_of(person.id, person.birth_year, private.china_date(${start})),
        person.birth_year, person.sex, ${start}::timestamptz, ${start}::timestamptz + ${HOURS}::integer * interval '1 hour', ${HOURS}, 'attended', 'list', ${by}, 'onsite', 'import', ${by}, ${applied}, ${id}
      from public.persons person join public.units home on home.id = person.residence_unit_id where person.id = any (${of.people.map(one => one.id)}) order by person.id`
    await sql`
      select private.award_credit('import|' || fact.id, fact.id, 'attendance', ${HOURS * 60}, ${applied}) from (
        select id from public.participations where import_id = ${id} and role = 'learner' order by id) fact`
    await sql`
      update public.imports set result = (
        select jsonb_build_object('written', ${of.people.length}::integer, 'persons', 0, 'credited', count(*), 'milliCredits', coalesce(sum(posting.milli_credits), 0))
        from public.participations fact join public.credit_postings posting on posting.participation_id = fact.id where fact.import_id = ${id}) where id = ${id}`
    return { id, applied, files: { folder, source, refused: refused.map(cell => `${JSON.stringify(cell)}\n`).join('') } }
  }

  const mistaken = await write(volunteers, [], 15 * 60)
  const back = momentOf(today - volunteers.uploadedDaysAgo, 15 * 60 + 40)
  await sql`
    insert into public.participations (key, person_id, kind, category_id, programme, organised, role, residence_unit_id, area, host_unit_id, groups, birth_year, sex,
      started_at, ended_at, hours, status, sign_in_method, channel, entry_source, entered_by, entered_at, corrects)
    select 'taken-back:' || ${mistaken.id} || ':' || id, person_id, kind, category_id, programme, organised, role, residence_unit_id, area, host_unit_id, groups, birth_year, sex,
      started_at, ended_at, 0, 'cancelled', sign_in_method, channel, 'import', ${by}, ${back}, id
    from public.participations where import_id = ${mistaken.id} order by id`
  await sql`
    update public.imports set state = 'taken_back', taken_back_at = ${back}, taken_back_by = ${by},
      result = result || jsonb_build_object('back', jsonb_build_object('cancelled', ${volunteers.people.length}::integer, 'removed', 0, 'kept', 0, 'keptIds', '[]'::jsonb))
    where id = ${mistaken.id}`
  const done = [mistaken, await write(clean, [], 20 * 60 + 20), await write(faulty, faultsOf(today), 20 * 60 + 50)]
  return [...done.map(({ files }) => files), await planTerm(sql, random, township, by, today)]
}

const TERM_HEADINGS = ['活动名称', '日期', '时间', '形式', '类别', '地点', '教室', '讲师', '报名方式', '名额']

/** A class of next term that came as a spreadsheet: a draft, as any plan is at first. */
async function planTerm(sql: postgres.TransactionSql, random: Random, { unit, school }: Township, by: string, today: Day): Promise<ImportFiles> {
  const [title, room, lecturer, seats] = ['太极拳基础班', '操场', '周教练', 25]
  const days = Array.from({ length: 6 }, (_, week) => today + 60 + 7 * week)
  const [words] = await sql`select (select zh from public.activity_forms where id = 'training') as form, (select zh from public.categories where id = 'sports_fitness') as category`
  const rows = days.map(day => [title, dateOf(day), '08:00-09:30', words!.form as string, words!.category as string, school.name, room, lecturer, '整期', String(seats)])
  const source = `\uFEFF${[TERM_HEADINGS, ...rows].map(line => line.join(',')).join('\r\n')}\r\n`
  const [folder, planned] = [random.uuid(), momentOf(today - 2, 10 * 60 + 4)]
  const counts = { total: rows.length, good: rows.length, known: 0, repeated: 0, refused: 0, corrections: 0, newcomers: 0, persons: 0 }
  const [made] = await sql`insert into public.imports ${sql({
    kind: 'activities', unit_id: unit.id, state: 'applied', file_name: '春季课表.csv', file_sha256: createHash('sha256').update(source).digest('hex'),
    file_bytes: Buffer.byteLength(source), format: 'csv', encoding: 'utf-8', folder, headings: TERM_HEADINGS, heading_line: 1,
    columns: sql.json(guessColumns('activities', TERM_HEADINGS)), good_only: false, counts: sql.json(counts), result: sql.json({ written: rows.length, persons: 0 }),
    created_by: by, created_at: momentOf(today - 2, 10 * 60), checked_at: momentOf(today - 2, 10 * 60 + 2), applied_at: planned,
  })} returning id`
  const [activity] = await sql`
    insert into public.activities (code, host_unit_id, title, kind, form_id, category_id, venue, room, lecturer, minors, sign_up, admission, entered_by, entered_at)
    values (private.new_activity_code(), ${school.id}, ${title}, 'training', 'training', 'sports_fitness', ${school.name}, ${room}, ${lecturer}, 'with_guardian', 'term', 'first_come', ${by}, ${planned}) returning id`
  for (const day of days) await sql`insert into public.activity_sessions (activity_id, starts_at, ends_at) values (${activity!.id}, ${momentOf(day, 8 * 60)}, ${momentOf(day, 9 * 60 + 30)})`
  await sql`insert into public.seat_pools (activity_id, capacity) values (${activity!.id}, ${seats})`
  await sql`insert into private.import_effects (import_id, what, subject_id) values (${made!.id}, 'activity', ${activity!.id})`
  return { folder, source, refused: '' }
}

/** Puts the files where the site looks for them: for its own user alone. */
export function writeImportFiles(dataDir: string, files: readonly ImportFiles[]): void {
  for (const { folder, source, refused } of files) {
    const place = join(dataDir, 'imports', folder)
    mkdirSync(place, { recursive: true, mode: 0o700 })
    writeFileSync(join(place, 'source'), source, { mode: 0o600 })
    writeFileSync(join(place, 'refused.jsonl'), refused, { mode: 0o600 })
  }
}
