// The lecturers' team of the first county: who speaks of what, some talks that were held this year, one that waits for an answer.
import type postgres from 'postgres'
import { dateOf, type Day, momentOf } from './calendar.ts'
import type { Region } from './network.ts'
import type { Random } from './random.ts'

const TEAM: [name: string, title: string, workplace: string | null, topics: string, categories: string[], availability: string, times: string[], listed: boolean][] = [
  ['陈老师', '职教中心教师', '云溪县职教中心', '智能手机、网上办事、防骗', ['digital', 'anti_crime_safety'], '工作日晚上', ['mo_ev', 'tu_ev', 'we_ev', 'th_ev', 'fr_ev'], true],
  ['罗阿姨', '剪纸传人', null, '剪纸、节庆风俗', ['traditional_culture'], '周末', ['sa_am', 'sa_pm', 'su_am', 'su_pm'], true],
  ['周教练', '社会体育指导员', '县体育中心', '八段锦、太极拳、健步走', ['sports_fitness', 'health'], '早晨和傍晚', ['mo_am', 'mo_ev', 'we_am', 'we_ev', 'fr_am', 'fr_ev', 'sa_am'], true],
  ['何医生', '全科医生', '清溪镇卫生院', '慢病管理、冬季养生、急救', ['health', 'emergency_safety'], '每月第一、三个星期六', ['sa_am', 'sa_pm'], true],
  ['许律师', '公益律师', '县法律援助中心', '婚姻家庭、赡养、民间借贷', ['law', 'rights_protection'], '提前一周约', [], true],
  ['冉支书', '退休村支书', null, '村民自治、邻里调解', ['civic_governance', 'mediation'], '随时', [], false],
]

export async function gatherLecturers(sql: postgres.TransactionSql, random: Random, { counties }: Region, by: string, today: Day): Promise<void> {
  const [county] = counties
  const entered = momentOf(today - 300, 9 * 60)
  const ids: number[] = []
  for (const [name, title, workplace, topics, categories, availability, times, listed] of TEAM) {
    const [made] = await sql`
      insert into public.lecturers (unit_id, name, title, workplace, topics, categories, availability, times, phone, listed_at, entered_by, entered_at)
      values (${county!.college.id}, ${name}, ${title}, ${workplace}, ${topics}, ${categories}, ${availability}, ${times}, '023-00000003', ${listed ? entered : null}, ${by}, ${entered}) returning id`
    ids.push(Number(made!.id))
  }
  // The doctor is at a course for three days.
  await sql`insert into public.lecturer_absences (lecturer_id, days, entered_by, entered_at) values (${ids[3]!}, daterange(${dateOf(today + 18)}, ${dateOf(today + 20)}, '[]'), ${by}, ${momentOf(today - 3, 9 * 60)})`
  // Two villages in three had a talk; each on a day of its own, so that nobody speaks in two places at once.
  const villages = county!.townships.flatMap(township => township.villages)
  for (const [place, village] of villages.entries()) {
    if (!random.chance(2 / 3)) continue
    const who = random.int(0, TEAM.length - 1)
    const day = today - 3 - 2 * place
    await sql`
      insert into public.lecturer_bookings (lecturer_id, for_unit_id, during, topic, place, status, listeners, asked_by, asked_at, decided_at)
      values (${ids[who]!}, ${village.unit.id}, tstzrange(${momentOf(day, 14 * 60)}, ${momentOf(day, 15 * 60 + 30)}), ${TEAM[who]![3].split('、')[0]!}, '村党群服务中心', 'done', ${random.int(12, 60)}, ${by}, ${momentOf(day - 10, 9 * 60)},
        ${momentOf(day, 18 * 60)})`
  }
  await sql`
    insert into public.lecturer_bookings (lecturer_id, for_unit_id, during, topic, place, asked_by, asked_at)
    values (${ids[4]!}, ${villages[0]!.unit.id}, tstzrange(${momentOf(today + 11, 14 * 60)}, ${momentOf(today + 11, 16 * 60)}), '赡养和遗嘱', '村委会院坝', ${by}, ${momentOf(today - 2, 9 * 60)})`
  // One talk became an activity; how many listened is what its attendance says.
  await sql`
    insert into public.lecturer_bookings (lecturer_id, for_unit_id, during, topic, place, status, asked_by, asked_at, decided_at, activity_id)
    select lecturer.id, activity.host_unit_id, tstzrange(session.starts_at, session.ends_at), activity.title, activity.venue, 'agreed', ${by}, session.starts_at - interval '12 days', session.starts_at - interval '11 days', activity.id
    from public.activity_sessions session join public.activities activity on activity.id = session.activity_id join public.lecturers lecturer on lecturer.name = activity.lecturer and lecturer.id = any (${ids})
    where session.confirmed_at is not null and length(activity.venue) >= 2 and not exists (
      select from public.lecturer_bookings other where other.lecturer_id = lecturer.id and other.during && tstzrange(session.starts_at, session.ends_at))
    order by session.starts_at desc, session.id limit 1`
}
