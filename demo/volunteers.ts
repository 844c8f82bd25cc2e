// Volunteers of three townships: their teams, what they were asked for, shifts that were confirmed and shifts to come; and, in the
// first, what waits for the desk. Written row by row with moments of their own, so that a region is the same each time.
import { createHash } from 'node:crypto'
import type postgres from 'postgres'
import { type Day, dateOf, momentOf } from './calendar.ts'
import type { Region, Township } from './network.ts'
import type { Random } from './random.ts'
import type { Staff } from './staff.ts'

const SOURCES = ['resident', 'teacher', 'student', 'medical', 'unit_staff', 'retired_cadre', 'skilled'] as const
const SKILLS = ['理发', '修电器', '写毛笔字', '教广场舞', '陪诊', '拍照', ''] as const
/** By township: a team of the school and one of its first village. */
const TEAMS = ['银龄志愿服务队', '小红帽志愿队'] as const
/** What they do, where, on which days from today and from when to when; the last takes hours into the evening. */
const CALLS = [
  { title: '手机课助教', role: '助教', venue: '电脑室', about: '上课时坐在老人旁边，哪里不会点哪里。', category: 'digital', team: 0, days: [-20, -13, -6, 1, 8], at: [14 * 60, 16 * 60] },
  { title: '敬老院陪伴', role: '陪伴志愿者', venue: '镇敬老院', about: '陪老人说说话，读读报，剪剪指甲。', category: 'elder_wellbeing', team: 0, days: [-15, -3, 4, 11], at: [9 * 60, 11 * 60 + 30] },
  { title: '清溪河清洁行动', role: '河道志愿者', venue: '河边公园', about: '沿河捡垃圾，自带手套和水，工具由学校准备。', category: 'ecology', team: 1, days: [-9, 6], at: [8 * 60, 10 * 60] },
] as const
const CONFIRMED = 20 * 60 + 10

export async function addVolunteers(sql: postgres.TransactionSql, random: Random, region: Region, { managerOf }: Staff, today: Day): Promise<void> {
  const townships = [...region.counties[0]!.townships.slice(0, 2), region.counties[1]!.townships[0]!]
  const subjects = new Set((await sql<{ id: string }[]>`select id from public.categories`).map(({ id }) => id))
  for (const [place, township] of townships.entries()) await addTownship(sql, random, township, managerOf.get(township)!.account.id, today, subjects, place === 0)
  // What was told of it so far has left as text messages long ago.
  await sql`update public.notices set texted_at = at where shift_id is not null`
}

async function addTownship(sql: postgres.TransactionSql, random: Random, township: Township, by: string, today: Day, subjects: Set<string>, isFirst: boolean): Promise<void> {
  const { school } = township
  const people = await sql<{ id: string }[]>`
    select person.id from public.persons person join public.units home on home.id = person.residence_unit_id
    where home.parent_id = ${township.unit.id} and person.merged_into is null and person.birth_year between 1945 and 2000
    order by person.name <> '王秀英', person.id desc limit 16`
  const teams: number[] = []
  for (const [place, name] of TEAMS.entries()) {
    const unit = place === 0 ? school : township.villages[0]!.unit
    const [team] = await sql`insert into public.volunteer_teams (unit_id, name, about, founded_on, entered_by, entered_at)
      values (${unit.id}, ${name}, ${place === 0 ? '退休教师、老党员为主，谁家有事搭把手。' : ''}, ${dateOf(today - 400 + place * 60)}, ${by}, ${momentOf(today - 400 + place * 60, 9 * 60)}) returning id`
    teams.push(team!.id as number)
  }
  const members: number[] = []
  for (const [place, { id }] of people.entries()) {
    const asked = today - 120 + place * 3
    // In the first township two wait for the unit's answer.
    const waits = isFirst && place >= people.length - 2
    await sql`insert into public.volunteers (person_id, unit_id, team_id, source, skills, status, by_self, asked_at, decided_at, decided_by)
      values (${id}, ${school.id}, ${random.chance(0.7) ? teams[0]! : null}, ${random.pick(SOURCES)}, ${random.pick(SKILLS)}, ${waits ? 'asked' : 'active'}, ${waits || random.chance(0.5)},
        ${momentOf(waits ? today - 2 : asked, 10 * 60)}, ${waits ? null : momentOf(asked + 1, 9 * 60)}, ${waits ? null : by})`
    if (!waits) members.push(Number(id))
  }
  // Who signs in to the demo leads the first team, and books rooms for it.
  await sql`update public.volunteer_teams set leader_id = ${members[0]!} where id = ${teams[0]!}`
  await sql`insert into public.volunteer_trainings (volunteer_id, title, held_on, hours, entered_by, entered_at)
    select id, '志愿服务通用培训', ${dateOf(today - 60)}, 2, ${by}, ${momentOf(today - 60, 17 * 60)} from public.volunteers where person_id = any (${members.slice(0, 9)}) order by id`
  for (const call of CALLS) await addCall(sql, random, call, township, teams, members, by, today, subjects, isFirst)
  if (isFirst) {
    await helpInClass(sql, members, by, today)
    await bookForTeam(sql, teams[0]!, members[0]!, school.id, by, today)
  }
}

/** A room that the team has next week: asked for by its leader, given the day after, and told. */
async function bookForTeam(sql: postgres.TransactionSql, team: number, leader: number, unit: number, by: string, today: Day): Promise<void> {
  await sql`
    with given as (
      insert into public.venue_bookings (room_id, during, by_unit_id, team, team_id, purpose, status, asked_at, decided_by, decided_at)
      select room.id, tstzrange(${momentOf(today + 5, 15 * 60)}, ${momentOf(today + 5, 16 * 60 + 30)}), ${unit}, ${TEAMS[0]}, ${team}, '节目排练', 'approved', ${momentOf(today - 2, 10 * 60)}, ${by}, ${momentOf(today - 1, 9 * 60)}
      from public.venue_rooms room join public.venues venue on venue.id = room.venue_id where venue.name = '清溪镇综合文化站' and room.name = '排练厅'
      on conflict do nothing returning id, decided_at
    )
    insert into public.notices (person_id, kind, booking_id, at, texted_at) select ${leader}, 'room_agreed', given.id, given.decided_at, given.decided_at from given`
}

/** Who sat beside the learners of the telephone class: two evenings that are over and counted, entered from the class itself. */
async function helpInClass(sql: postgres.TransactionSql, members: readonly number[], by: string, today: Day): Promise<void> {
  const sessions = await sql<{ id: string }[]>`
    select session.id from public.activity_sessions session join public.activities activity on activity.id = session.activity_id and activity.title = '手机班：拍照、挂号、防骗'
    where session.confirmed_at is not null and session.cancelled_at is null order by session.starts_at limit 2`
  const [opportunity] = await sql`
    insert into public.service_opportunities (code, unit_id, category_id, title, role, venue, activity_id, entered_by, entered_at)
    select private.new_activity_code(), activity.host_unit_id, activity.category_id, activity.title, '助教', activity.venue, activity.id, ${by}, ${momentOf(today - 17, 9 * 60)}
    from public.activities activity where activity.title = '手机班：拍照、挂号、防骗' returning id, activity_id`
  const [helper] = await sql`
    select member.id from unnest(${[...members]}::bigint[]) as member (id)
    where not exists (select from public.signups one join public.seat_pools pool on pool.id = one.pool_id where pool.activity_id = ${opportunity!.activity_id} and one.person_id = member.id) order by member.id limit 1`
  for (const { id } of sessions) {
    const [shift] = await sql`
      insert into public.service_shifts (opportunity_id, session_id, starts_at, ends_at, capacity, taken, secret)
      select ${opportunity!.id}, session.id, session.starts_at, session.ends_at, 1, 1, md5('class ' || session.starts_at)::uuid
      from public.activity_sessions session where session.id = ${id} returning id, starts_at, ends_at`
    const [place] = await sql`
      insert into public.service_places (shift_id, person_id, status, by_account, at, confirmed_from, confirmed_to, proof)
      values (${shift!.id}, ${helper!.id}, 'taken', ${by}, ${shift!.starts_at}, ${shift!.starts_at}, ${shift!.ends_at}, 'supervised') returning id`
    for (const what of ['in', 'out']) {
      const at = what === 'in' ? shift!.starts_at as Date : shift!.ends_at as Date
      await sql`insert into public.service_checks (place_id, what, at, proof, by_account, received_at) values (${place!.id}, ${what}, ${at}, 'supervised', ${by}, ${at})`
    }
    await record(sql, Number(place!.id), by, momentOf(today - 1, CONFIRMED))
  }
}

async function addCall(sql: postgres.TransactionSql, random: Random, call: typeof CALLS[number], { school }: Township, teams: number[], members: number[],
  by: string, today: Day, subjects: Set<string>, isFirst: boolean): Promise<void> {
  const { title, role, venue, about, category, team, days, at: [from, until] } = call
  const [opportunity] = await sql`
    insert into public.service_opportunities (code, unit_id, team_id, category_id, title, role, about, venue, contact_phone, published_at, entered_by, entered_at)
    values (private.new_activity_code(), ${school.id}, ${teams[team]!}, ${subjects.has(category) ? category : 'civic_governance'}, ${title}, ${role}, ${about}, ${venue}, ${school.contactPhone ?? null},
      ${momentOf(today - 30, 9 * 60)}, ${by}, ${momentOf(today - 31, 9 * 60)}) returning id`
  for (const day of days) {
    const drawn = random.shuffled(members).slice(0, day < 0 ? 5 : 2)
    // Who signs in to the demo has a shift to come.
    const who = isFirst && title === CALLS[0].title && day > 1 && !drawn.includes(members[0]!) ? [members[0]!, ...drawn.slice(1)] : drawn
    const secret = createHash('sha256').update(`${school.id} ${title} ${day}`).digest('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5')
    const [shift] = await sql`insert into public.service_shifts (opportunity_id, starts_at, ends_at, capacity, taken, secret)
      values (${opportunity!.id}, ${momentOf(today + day, from)}, ${momentOf(today + day, until)}, 6, ${who.length}, ${secret}::uuid) returning id`
    // The last one of the first township is not confirmed yet: somebody forgot to check out.
    const isOpen = isFirst && day === -3
    for (const [index, person] of who.toSorted((a, b) => a - b).entries()) {
      const [come, gone] = [momentOf(today + day, from - 5 + index), momentOf(today + day, until + index - 2)]
      const proof = index % 2 ? 'supervised' : 'scanned'
      const forgot = isOpen && index === 0
      const isConfirmed = day < 0 && !isOpen
      const [place] = await sql`insert into public.service_places (shift_id, person_id, status, at, confirmed_from, confirmed_to, proof)
        values (${shift!.id}, ${person}, 'taken', ${momentOf(today - 25 + index, 12 * 60)}, ${isConfirmed ? momentOf(today + day, from) : null},
          ${isConfirmed ? momentOf(today + day, Math.min(until, until + index - 2)) : null}, ${isConfirmed ? proof : null}) returning id`
      if (day >= 0) continue
      await sql`insert into public.service_checks (place_id, what, at, proof, by_account, received_at) values (${place!.id}, 'in', ${come}, ${proof}, ${proof === 'supervised' ? by : null}, ${come})`
      if (!forgot) await sql`insert into public.service_checks (place_id, what, at, proof, by_account, received_at) values (${place!.id}, 'out', ${gone}, ${proof}, ${proof === 'supervised' ? by : null}, ${gone})`
      if (!isConfirmed) continue
      await record(sql, Number(place!.id), by, momentOf(today - 1, CONFIRMED))
      if (isFirst && day === -6 && index === 0) {
        await sql`insert into public.service_disputes (place_id, person_id, words, asked_at, due_on) values (${place!.id}, ${person}, '那天我四点才走，少算了半小时。', ${momentOf(today - 1, 21 * 60)}, ${dateOf(today + 14)})`
      }
    }
  }
}

/** What a confirmation writes: the service record, the record of participation and its credits, with moments of their own. */
async function record(sql: postgres.TransactionSql, place: number, by: string, confirmed: string): Promise<void> {
  const [{ id }] = await sql`select nextval(pg_get_serial_sequence('public.service_records', 'id')) as id` as unknown as [{ id: string }]
  // Whoever sat in class all that time counts nothing, and is on record with that.
  const [fact] = await sql`
    insert into public.participations (key, person_id, kind, category_id, programme, organised, role, person_role, residence_unit_id, area, host_unit_id, groups, birth_year, sex, started_at, ended_at,
      in_vacation, hours, status, sign_in_method, confirmed_by, channel, entry_source, entered_by, entered_at)
    select ${`service:${id}`}, person.id, 'volunteer_service', opportunity.category_id, opportunity.title, true, 'volunteer', opportunity.role,
      home.id, home.area, opportunity.unit_id, private.groups_of(person.id, person.birth_year, private.china_date(place.confirmed_from)), person.birth_year, person.sex, place.confirmed_from, place.confirmed_to,
      private.in_vacation(private.china_date(place.confirmed_from)), counted.minutes / 60.0, 'attended', place.proof, ${by}, 'onsite', case place.proof when 'scanned' then 'scan' else 'paper' end, ${by}, ${confirmed}
    from public.service_places place join public.persons person on person.id = place.person_id join public.units home on home.id = person.residence_unit_id
    join public.service_shifts shift on shift.id = place.shift_id join public.service_opportunities opportunity on opportunity.id = shift.opportunity_id
    cross join lateral private.count_service(place.person_id) counted
    where place.id = ${place} and counted.place_id = place.id and counted.minutes > 0
    returning id, key, (hours * 60)::integer as minutes`
  await sql`
    insert into public.service_records (id, place_id, person_id, kind, started_at, ended_at, minutes, class_minutes, overlap_minutes, cap_minutes, rest_minutes, proof, by_account, at, participation_id)
    overriding system value
    select ${id}, place.id, place.person_id, 'confirmed', place.confirmed_from, place.confirmed_to, counted.minutes, counted.class_minutes, counted.overlap_minutes, counted.cap_minutes,
      counted.rest_minutes, place.proof, ${by}, ${confirmed}, ${fact?.id ?? null}
    from public.service_places place cross join lateral private.count_service(place.person_id) counted where place.id = ${place} and counted.place_id = place.id`
  if (fact) await sql`select private.award_credit(${fact.key}, ${fact.id}, 'volunteer_service', ${fact.minutes}, ${confirmed})`
}
