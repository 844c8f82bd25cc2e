// Where people learn in the first county: schools with their rooms, the town's culture station, a library. Sessions take the rooms that they name.
import type postgres from 'postgres'
import { dateOf, type Day, momentOf, weekdayOf } from './calendar.ts'
import type { Region, Unit } from './network.ts'
import type { Random } from './random.ts'

interface Plan {
  unit: Unit
  name: string
  kind: string
  address: string
  way: string
  summary: string
  access: string[]
  /** Minutes of the day, by day of the week from Monday; nothing where it is closed. */
  hours: ([number, number] | null)[]
  rooms: [name: string, seats: number, equipment: string][]
  /** About how many come on a day. */
  visitors: number
}

const WORKDAYS: Plan['hours'] = [...Array.from({ length: 5 }, (): [number, number] => [8 * 60, 21 * 60]), [9 * 60, 17 * 60], [9 * 60, 17 * 60]]
const NOT_MONDAY: Plan['hours'] = [null, ...Array.from({ length: 6 }, (): [number, number] => [9 * 60, 17 * 60 + 30])]

function plans({ counties }: Region): Plan[] {
  const county = counties[0]!
  const [first, second] = [county.townships[0]!, county.townships[1]!]
  return [
    { unit: first.school, name: first.school.name, kind: 'school', address: '清溪镇学堂路 6 号', way: '镇小学旁边，从东门进，上课时间以外也开。', summary: '镇里的社区教育学校，教室向居民和学习团队开放。', access: ['step_free', 'toilet', 'seating'], hours: WORKDAYS,
      rooms: [['一楼多功能厅', 80, '投影、音响'], ['二楼电脑室', 24, '电脑 24 台'], ['一楼手工室', 20, '长桌、剪刀'], ['阅览室', 30, '图书 3000 册']], visitors: 40 },
    { unit: first.school, name: '清溪镇综合文化站', kind: 'culture_hall', address: '清溪镇文化广场 1 号', way: '镇政府对面，广场北边那栋两层楼。', summary: '排练厅、展厅和露天戏台，晚上也开。', access: ['step_free', 'lift', 'toilet', 'parking'], hours: NOT_MONDAY,
      rooms: [['排练厅', 40, '镜子、音响'], ['展厅', 60, '展板']], visitors: 60 },
    { unit: second.school, name: second.school.name, kind: 'school', address: `${second.unit.name}中心小学内`, way: '从小学正门登记后进。', summary: '操场和教室在放学以后、周末开放。', access: ['step_free'], hours: WORKDAYS, rooms: [['操场', 200, '篮球架'], ['教室一', 40, '黑板']], visitors: 25 },
    { unit: county.college, name: county.college.name, kind: 'school', address: `${county.unit.name}职教中心院内`, way: '公交 3 路到职教中心站。', summary: '实训室和报告厅，供全县培训使用。', access: ['step_free', 'lift', 'toilet', 'parking', 'hearing_loop'], hours: WORKDAYS, rooms: [['实训室', 36, '实训台 12 张'], ['报告厅', 150, '投影、音响']], visitors: 90 },
    { unit: county.college, name: `${county.unit.name}图书馆`, kind: 'library', address: '滨河路 88 号', way: '滨河公园东门往南 200 米。', summary: '有老年阅览区和少儿阅览区，可以办读书会。', access: ['step_free', 'lift', 'toilet', 'seating', 'hearing_loop'], hours: NOT_MONDAY, rooms: [['报告厅', 100, '投影'], ['读书会室', 20, '圆桌']], visitors: 120 },
  ]
}

export async function openVenues(sql: postgres.TransactionSql, random: Random, region: Region, by: string, today: Day): Promise<void> {
  const DAYS = 60
  for (const { unit, name, kind, address, way, summary, access, hours, rooms, visitors } of plans(region)) {
    const [venue] = await sql`
      insert into public.venues (code, unit_id, name, kind, address, way, summary, contact_post, contact_phone, access, entered_by, entered_at)
      values (private.new_activity_code(), ${unit.id}, ${name}, ${kind}, ${address}, ${way}, ${summary}, '场地管理员', ${unit.contactPhone ?? '023-00000002'}, ${access}, ${by}, ${momentOf(today - 400, 9 * 60)}) returning id`
    for (const [room, seats, equipment] of rooms) await sql`insert into public.venue_rooms (venue_id, name, seats, equipment) values (${venue!.id}, ${room}, ${seats}, ${equipment})`
    for (const [weekday, span] of hours.entries()) if (span) await sql`insert into public.venue_hours (venue_id, weekday, minutes, valid) values (${venue!.id}, ${weekday + 1}, int4range(${span[0]}, ${span[1]}), daterange(${dateOf(today - 400)}, null))`
    await sql`insert into public.venue_days (venue_id, day, note, entered_by) values (${venue!.id}, ${dateOf(today + 31)}, '消防检查', ${by})`
    for (let day = today - DAYS; day < today; day++) {
      if (!hours[weekdayOf(day) - 1]) continue
      await sql`insert into public.venue_visits (venue_id, day, visitors, entered_by, entered_at) values (${venue!.id}, ${dateOf(day)}, ${random.int(Math.floor(visitors / 2), visitors * 2)}, ${by}, ${momentOf(day, 20 * 60)})`
    }
  }
}

/** Whatever is planned in a room of the list has it, and a neighbour asks for one. */
export async function bookRooms(sql: postgres.TransactionSql, region: Region, by: string, today: Day): Promise<void> {
  await sql`
    insert into public.venue_bookings (room_id, during, by_unit_id, purpose, status, session_id, asked_by, asked_at, decided_by, decided_at)
    select private.room_named(coalesce(session.venue, activity.venue), coalesce(session.room, activity.room)), tstzrange(session.starts_at, session.ends_at), activity.host_unit_id, activity.title, 'approved', session.id,
      ${by}, activity.published_at, ${by}, activity.published_at
    from public.activity_sessions session join public.activities activity on activity.id = session.activity_id and activity.status = 'published'
    where session.cancelled_at is null and private.room_named(coalesce(session.venue, activity.venue), coalesce(session.room, activity.room)) is not null order by session.id
    on conflict do nothing`
  // A neighbour asks for the rehearsal room, and waits for an answer.
  const neighbour = region.counties[0]!.townships[1]!.school
  await sql`
    insert into public.venue_bookings (room_id, during, by_unit_id, team, purpose, status, asked_by, asked_at)
    select room.id, tstzrange(${momentOf(today + 9, 14 * 60)}, ${momentOf(today + 9, 16 * 60)}), ${neighbour.id}, '腰鼓队', '节目排练', 'asked', ${by}, ${momentOf(today - 1, 11 * 60)}
    from public.venue_rooms room join public.venues venue on venue.id = room.venue_id where venue.name = '清溪镇综合文化站' and room.name = '排练厅'`
}
