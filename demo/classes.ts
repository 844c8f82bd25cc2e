// Classes on paper lists of the last weeks, entered by the schools' managers the evening before.
import type postgres from 'postgres'
import { type Day, momentOf } from './calendar.ts'
import type { Region } from './network.ts'
import type { Random } from './random.ts'
import type { Staff } from './staff.ts'

/** Title, category, place, how many weeks ago, minutes. */
const CLASSES = [
  ['八段锦晨练班', 'health', '一楼多功能厅', 3, 60], ['八段锦晨练班', 'health', '一楼多功能厅', 2, 60], ['八段锦晨练班', 'health', '一楼多功能厅', 1, 60],
  ['手机拍照与微信', 'digital', '二楼电脑室', 2, 90], ['防诈骗宣讲', 'anti_crime_safety', '村委会议室', 1, 45],
] as const
const MOST = 18

/** Registers of the first two townships' schools with their records and credits, and with moments of their own: a region is the same each time. */
export async function holdClasses(sql: postgres.TransactionSql, random: Random, region: Region, { managerOf }: Staff, today: Day): Promise<void> {
  const entered = momentOf(today - 1, 20 * 60)
  for (const township of region.counties[0]!.townships.slice(0, 2)) {
    const by = managerOf.get(township)!.account.id
    const neighbours = (await sql<{ id: string }[]>`
      select person.id from public.persons person join public.units home on home.id = person.residence_unit_id
      where home.parent_id = ${township.unit.id} and person.merged_into is null and person.birth_year < 1975 order by person.id limit 60`).map(({ id }) => Number(id))
    for (const [index, [title, category, venue, weeksAgo, minutes]] of CLASSES.entries()) {
      const came = neighbours.filter(() => random.chance(0.45)).slice(0, MOST)
      const start = momentOf(today - 7 * weeksAgo - index % 2, (index === 4 ? 15 : 9) * 60)
      const [register] = await sql`
        insert into public.class_registers (unit_id, title, category_id, started_at, minutes, venue, entered_by, entered_at)
        values (${township.school.id}, ${title}, ${category}, ${start}, ${minutes}, ${venue}, ${by}, ${entered}) returning id`
      await sql`
        with recorded as (
          insert into public.participations (key, person_id, kind, category_id, organised, role, residence_unit_id, area, host_unit_id, groups, birth_year, sex,
            started_at, ended_at, hours, status, sign_in_method, confirmed_by, channel, venue_id, entry_source, entered_by, entered_at)
          select concat_ws(':', 'class', ${register!.id}::bigint, person.id), person.id, 'training', ${category}, true, 'learner', person.residence_unit_id, home.area, ${township.school.id},
            private.groups_of(person.id, person.birth_year, private.china_date(${start})), person.birth_year, person.sex, ${start}::timestamptz,
            ${start}::timestamptz + ${minutes}::integer * interval '1 minute', ${minutes / 60}, 'attended', 'register', ${by}, 'onsite', private.venue_named(${venue}, private.china_date(${start})), 'paper', ${by}, ${entered}
          from public.persons person join public.units home on home.id = person.residence_unit_id where person.id = any (${came}) order by person.id
          returning id, person_id
        ) insert into public.class_register_entries (participation_id, register_id, person_id, entered_by, entered_at)
        select id, ${register!.id}, person_id, ${by}, ${entered} from recorded order by id`
      await sql`
        select private.award_credit(fact.key, fact.id, 'attendance', ${minutes}, ${entered}) from (
          select fact.id, fact.key from public.class_register_entries entry join public.participations fact on fact.id = entry.participation_id
          where entry.register_id = ${register!.id} order by fact.id) fact`
    }
  }
}
