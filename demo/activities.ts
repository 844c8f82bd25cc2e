// What schools hold in the coming weeks, with seats taken and waited for, and some of what is over. Written row by row with moments of
// their own: a region is the same each time, whenever it is made.
import { createHash } from 'node:crypto'
import type postgres from 'postgres'
import { redraw } from '../public/draw-check.mjs'
import type { Vault } from '../server/privacy/vault.ts'
import { dateOf, type Day, momentOf } from './calendar.ts'
import { fileMaterials } from './materials.ts'
import type { Region, Township, Unit } from './network.ts'
import type { Random } from './random.ts'
import type { Staff } from './staff.ts'

interface Plan {
  host: Unit
  /** Whose people come, and whose manager plans. */
  township: Township
  title: string
  kind: 'training' | 'lecture' | 'activity' | 'contest' | 'team_session' | 'staff_training'
  form: string
  category: string
  summary: string
  venue: string
  room?: string
  lecturer?: string
  department?: string
  signUp: 'none' | 'session' | 'term'
  /** Days from today, and the minutes of the day from and until. */
  days: number[]
  at: [number, number]
  seats?: number
  taken?: number
  waiting?: number
  ages?: [number, number]
  minors?: 'welcome' | 'with_guardian' | 'not'
  fee?: [number, string]
  forUnit?: Unit
  admission?: 'approval' | 'draw'
  opens?: number
  /** Days from today; before today, the seats are drawn. */
  closes?: number
  /** Parties in a draw, one or two people each. */
  entrants?: number
  status?: 'draft' | 'submitted' | 'cancelled'
  reason?: string
  /** One of its days is called off, and made up for on another. */
  calledOff?: [number, string]
  madeUpOn?: number
}

const MEET = { morning: [9 * 60, 11 * 60], afternoon: [15 * 60, 16 * 60 + 30], evening: [19 * 60, 20 * 60 + 30] } satisfies Record<string, [number, number]>
const weekly = (from: number, times: number) => Array.from({ length: times }, (_, index) => from + 7 * index)

function plans({ counties }: Region): Plan[] {
  const [first, second] = [counties[0]!.townships[0]!, counties[0]!.townships[1]!]
  const town = counties[1]!.townships[0]!
  const here = { host: first.school, township: first, venue: first.school.name }
  return [
    { ...here, title: '手机班：拍照、挂号、防骗', kind: 'training', form: 'evening_school', category: 'digital', room: '二楼电脑室', lecturer: '陈老师', signUp: 'term', seats: 20, taken: 9, days: weekly(-16, 8), at: MEET.evening,
      summary: '每周一次，一共八次。从拍照、发微信学到网上挂号、看懂账单、识别骗局。自带手机，零基础也跟得上，老师一个一个教。', calledOff: [19, '学校承办考试，教室不能用'], madeUpOn: 40 },
    { ...here, title: '亲子剪纸', kind: 'activity', form: 'parent_child', category: 'traditional_culture', room: '一楼手工室', lecturer: '罗阿姨', signUp: 'session', seats: 6, taken: 6, waiting: 4, days: [6, 13], at: MEET.morning,
      ages: [5, 120], fee: [1000, '彩纸和剪刀'], summary: '大人带着孩子一起剪窗花。两场内容一样，来一场就行。' },
    { ...here, title: '血压测量和冬季养生', kind: 'lecture', form: 'talk', category: 'health', room: '一楼多功能厅', department: '镇卫生院', signUp: 'session', seats: 40, taken: 12, days: [2], at: MEET.morning,
      ages: [50, 120], summary: '卫生院医生现场量血压，讲冬天怎样护心护腿，可以带上常吃的药来问。' },
    { ...here, title: '柑橘节文艺演出', kind: 'activity', form: 'show', category: 'culture_leisure', venue: '镇文化广场', signUp: 'none', days: [5], at: [9 * 60 + 30, 11 * 60 + 30], minors: 'welcome',
      summary: '腰鼓、山歌、合唱，各村学习团队轮流上台。下雨改到镇礼堂。' },
    { ...here, title: '防诈骗院坝会', kind: 'lecture', form: 'courtyard_meeting', category: 'anti_crime_safety', venue: `${first.villages[0]!.unit.name}村委会院坝`, department: '镇派出所', signUp: 'none', days: [3], at: MEET.afternoon, minors: 'welcome',
      summary: '民警讲最近镇上发生的真事：冒充子女、刷单返利、养老投资，一听就懂。' },
    { ...here, title: '户外写生', kind: 'activity', form: 'practice', category: 'culture_leisure', venue: '清溪河湿地', signUp: 'session', seats: 15, taken: 5, days: [8], at: MEET.morning, status: 'cancelled', reason: '预报有大雨，河边不安全', summary: '带上画板去河边，老师现场点评。' },
    // Today, so that checking in can be tried: the code on the screen, the spoken word, the desk without network.
    { ...here, title: '社区学校开放日', kind: 'activity', form: 'open_day', category: 'reading', room: '阅览室', signUp: 'none', days: [0], at: [8 * 60, 19 * 60 + 30], minors: 'welcome',
      summary: '阅览室、电脑室全天开放，随到随看。进门扫屏幕上的码签到，没带手机的报姓名就行。' },
    { ...here, title: '秋季读书会', kind: 'activity', form: 'discussion', category: 'reading', room: '阅览室', signUp: 'session', seats: 20, taken: 8, days: [-12], at: MEET.afternoon, summary: '一起读一本写乡村的书，读完聊聊自己的故事。' },
    { ...here, title: '迎新春写春联', kind: 'activity', form: 'theme_event', category: 'traditional_culture', signUp: 'session', seats: 30, days: [26], at: MEET.morning, status: 'draft', summary: '' },
    { ...here, title: '垃圾分类知识竞赛', kind: 'contest', form: 'contest', category: 'ecology', room: '一楼多功能厅', signUp: 'session', seats: 40, days: [21], at: MEET.afternoon, status: 'submitted', summary: '三人一队，答题抢分，前三名有奖状。' },
    { ...here, title: '木版年画体验', kind: 'activity', form: 'practice', category: 'traditional_culture', room: '一楼手工室', lecturer: '罗阿姨', signUp: 'session', seats: 8, admission: 'draw', closes: 4, entrants: 11, days: [10], at: MEET.morning,
      ages: [10, 120], summary: '刻版、调墨、印一张门神带回家。板子只有八块，名额抽签分配。' },
    { ...here, title: '腊味香肠制作', kind: 'activity', form: 'practice', category: 'life_skills', room: '食堂', signUp: 'session', seats: 6, admission: 'draw', closes: -1, entrants: 9, days: [7], at: MEET.morning, ages: [18, 120], minors: 'not',
      fee: [2000, '肉和佐料'], summary: '自己灌一串香肠，挂起来过年吃。灶台只有六个，名额已经抽签分配。' },
    { host: second.school, township: second, venue: second.school.name, title: '蔬菜大棚怎么管', kind: 'training', form: 'training', category: 'agri_tech', room: '一楼教室', department: '农业农村局', signUp: 'session', seats: 30, days: [16, 23], at: MEET.afternoon, status: 'submitted',
      summary: '育苗、控温、防病，讲完到棚里看。请县农技站的老师来讲。' },
    { host: second.school, township: second, venue: second.school.name, title: '八段锦晨练', kind: 'activity', form: 'sports', category: 'sports_fitness', room: '操场', lecturer: '周教练', signUp: 'session', seats: 25, taken: 7, days: weekly(4, 4), at: [7 * 60 + 30, 8 * 60 + 30],
      minors: 'welcome', summary: '一招一式慢慢来，腰腿不好也能练。穿宽松衣服和平底鞋。' },
    { host: counties[0]!.college, township: first, venue: counties[0]!.college.name, title: '育婴员技能培训', kind: 'training', form: 'training', category: 'domestic_service', room: '实训室', lecturer: '刘老师', signUp: 'term', seats: 30, days: weekly(12, 6), at: [9 * 60, 16 * 60],
      ages: [18, 59], minors: 'not', admission: 'approval', opens: 3, summary: '六天课，理论加实操，结业可以参加考试拿证书。名额有限，由学院审核。' },
    { host: counties[0]!.college, township: first, venue: counties[0]!.college.name, title: '管理员和辅导员业务培训', kind: 'staff_training', form: 'training', category: 'digital', room: '第一报告厅', signUp: 'session', seats: 60, days: [18],
      at: MEET.morning, minors: 'not', summary: '怎么排课、签到、补录，怎么看本乡镇的覆盖率。专职管理员、辅导员、教师参加，每人每年至少一次。' },
    { host: town.school, township: town, venue: town.school.name, title: '书法班', kind: 'training', form: 'training', category: 'traditional_culture', room: '书画室', lecturer: '许老师', signUp: 'term', seats: 8, taken: 8, waiting: 3, days: weekly(3, 4), at: MEET.morning,
      forUnit: town.unit, summary: '从握笔、坐姿开始，四次课写好一副对联。笔墨由学校提供。' },
    { host: counties[1]!.college, township: town, venue: counties[1]!.college.name, title: '社区合唱团排练', kind: 'team_session', form: 'team_meeting', category: 'culture_leisure', room: '音乐厅', signUp: 'none', days: weekly(1, 4), at: MEET.evening,
      minors: 'welcome', summary: '每周一次，欢迎来听、来唱，不会看谱也没关系。' },
  ]
}

export async function planActivities(sql: postgres.TransactionSql, vault: Vault, random: Random, region: Region, { managerOf }: Staff, today: Day): Promise<void> {
  const neighbours = new Map<Township, number[]>()
  for (const plan of plans(region)) {
    const { township } = plan
    if (!neighbours.has(township)) neighbours.set(township, await grownUps(sql, township))
    const by = managerOf.get(township)!.account.id
    const sessions = await add(sql, random, plan, neighbours.get(township)!, by, today)
    const above = managerOf.get(region.counties.find(county => county.townships.includes(township))!)!.account.id
    await fileMaterials(sql, vault, sessions.filter(({ day }) => day < 0).map(({ id, day }) => ({ id, day: today + day, title: plan.title, unit: plan.host, by, above })), today)
  }
  // The county looks at the plans of one of its townships before they are published.
  const [county] = region.counties
  await sql`insert into public.activity_reviews (unit_id, way, set_by, set_at) values (${county!.townships[1]!.unit.id}, 'by_above', ${managerOf.get(county!)!.account.id}, ${momentOf(today - 60, 9 * 60)})`
  await moveOutdoors(sql, county!, today)
  await ruleMissedSeats(sql, today)
  await helpElders(sql, today)
  await askForRecords(sql, today)
}

/** A class of the township that the county looks at went outdoors after it was published; the county has yet to see it. */
async function moveOutdoors(sql: postgres.TransactionSql, { townships: [, township] }: Region['counties'][number], today: Day): Promise<void> {
  await sql`
    with moved as (
      insert into public.activity_changes (activity_id, what, was, became, by_account, at)
      select one.id, 'place', jsonb_build_object('venue', one.venue, 'room', '二楼活动室'), jsonb_build_object('venue', one.venue, 'room', one.room), one.published_by, ${momentOf(today - 1, 10 * 60)}
      from public.activities one where one.host_unit_id = ${township!.school.id} and one.title = '八段锦晨练' returning id
    ) insert into public.activity_change_reviews (change_id, unit_id) select moved.id, ${township!.unit.id} from moved`
}

/** Somebody who was at the reading circle and is not on its list says so. */
async function askForRecords(sql: postgres.TransactionSql, today: Day): Promise<void> {
  await sql`
    insert into public.record_requests (session_id, person_id, kind, words, asked_at, due_on)
    select session.id, person.id, 'was_there', '我坐在靠窗那一排，和李老师一起读的，签到时笔没水了。', ${momentOf(today - 2, 9 * 60)}, ${dateOf(today + 13)}
    from public.activity_sessions session join public.activities activity on activity.id = session.activity_id and activity.title = '秋季读书会'
    cross join lateral (select one.id from public.persons one where one.name = '王秀英' and one.counts_as is null order by one.id limit 1) person
    where session.ends_at < now() and not exists (select from public.attendance_marks mark where mark.session_id = session.id and mark.person_id = person.id)
      and not exists (select from public.session_records record where record.session_id = session.id and record.person_id = person.id)
    order by session.id limit 1`
}

/** One who came back to the town helps an old neighbour, and asks the demo's elder, who has not answered yet. */
async function helpElders(sql: postgres.TransactionSql, today: Day): Promise<void> {
  const at = momentOf(today - 3, 15 * 60)
  await sql`
    with helper as (select id, residence_unit_id from public.persons where name = '李志强' order by id limit 1), elder as (
      select person.id, row_number() over (order by person.name = '王秀英' desc, person.id) as place from public.persons person cross join helper
      where person.residence_unit_id = (select one.residence_unit_id from public.persons one where one.name = '王秀英' order by one.id limit 1) and person.counts_as is null
        and person.merged_into is null and person.birth_year between 1935 and extract(year from now())::integer - 65 and person.id <> helper.id
    )
    insert into public.helpers (person_id, helper_id, relation, asked_at, consent, consent_at)
    select elder.id, helper.id, 'neighbour', ${at}, case elder.place when 2 then 'present' end, case elder.place when 2 then ${at}::timestamptz end from elder cross join helper where elder.place <= 2`
}

/** The grown-ups of a township, those first who sign in with a phone of the demo. */
async function grownUps(sql: postgres.TransactionSql, township: Township): Promise<number[]> {
  const rows = await sql<{ id: string }[]>`
    select person.id from public.persons person join public.units home on home.id = person.residence_unit_id
    where home.parent_id = ${township.unit.id} and person.merged_into is null and person.birth_year between 1940 and 1974
    order by person.name <> '王秀英', person.id limit 60`
  return rows.map(({ id }) => Number(id))
}

async function add(sql: postgres.TransactionSql, random: Random, plan: Plan, people: number[], by: string, today: Day): Promise<{ id: number, day: number }[]> {
  const { host, township, title, kind, form, category, summary, venue, room = null, lecturer = null, department = null,
    signUp, days, at: [from, until], seats = null, taken = 0, waiting = 0,
    ages: [youngest, oldest] = [0, 120], minors = 'with_guardian', fee = [0, null], forUnit, admission = 'first_come', opens, closes, entrants = 0, status = 'published', reason = null, calledOff, madeUpOn } = plan
  const entered = momentOf(today - 20, 10 * 60)
  const published = status === 'draft' || status === 'submitted' ? null : momentOf(today - 19, 9 * 60)
  const cancelled = status === 'cancelled' ? momentOf(today - 1, 17 * 60) : null
  const [activity] = await sql`
    insert into public.activities (code, host_unit_id, title, kind, form_id, category_id, summary, department, lecturer, venue, room, contact_phone, fee_fen, fee_for, minors, minors_staff, ages, for_unit_id, sign_up, admission,
      opens_at, closes_at, status, entered_by, entered_at, submitted_by, submitted_at, published_by, published_at, cancelled_at, cancel_reason)
    values (private.new_activity_code(), ${host.id}, ${title}, ${kind}, ${form}, ${category}, ${summary}, ${department}, ${lecturer}, ${venue}, ${room}, ${host.contactPhone ?? township.school.contactPhone ?? null}, ${fee[0]}, ${fee[1]},
      ${minors}, ${minors === 'welcome' ? ['何敏', '吴刚'] : null}, int4range(${youngest}, ${oldest + 1}), ${forUnit?.id ?? null}, ${signUp}, ${admission}, ${opens === undefined ? null : momentOf(today + opens, 9 * 60)}, ${closes === undefined ? null : momentOf(today + closes, 18 * 60)}, ${status}, ${by}, ${entered},
      ${status === 'draft' ? null : by}, ${status === 'draft' ? null : entered}, ${published && by}, ${published}, ${cancelled}, ${reason}) returning id`
  const sessions: { id: number, day: number }[] = []
  for (const day of days) {
    const off = cancelled && reason ? reason : calledOff?.[0] === day ? calledOff[1] : null
    const isOver = day < 0
    const [session] = await sql`
      insert into public.activity_sessions (activity_id, starts_at, ends_at, cancelled_at, cancel_reason, confirmed_at, confirmed_by)
      values (${activity!.id}, ${momentOf(today + day, from)}, ${momentOf(today + day, until)}, ${off && momentOf(today - 1, 17 * 60)}, ${off}, ${isOver ? momentOf(today - 1, 20 * 60) : null}, ${isOver ? by : null}) returning id`
    sessions.push({ id: Number(session!.id), day })
  }
  if (calledOff && madeUpOn !== undefined) {
    const [session] = await sql`insert into public.activity_sessions (activity_id, starts_at, ends_at, makes_up_for)
      values (${activity!.id}, ${momentOf(today + madeUpOn, from)}, ${momentOf(today + madeUpOn, until)}, ${sessions.find(({ day }) => day === calledOff[0])!.id}) returning id`
    sessions.push({ id: Number(session!.id), day: madeUpOn })
  }
  if (signUp === 'none') return sessions
  const pools = signUp === 'term' ? [null] : sessions
  for (const [index, session] of pools.entries()) {
    // The first of several is the one that fills up.
    const [has, waits] = index === 0 ? [taken, waiting] : [Math.min(taken, 2), 0]
    const isLive = status === 'published'
    if (admission === 'draw') {
      await enterDraw(sql, {
        activity: Number(activity!.id), session: session!.id, title, seats: seats!,
        closes: momentOf(today + closes!, 18 * 60), drawn: closes! < 0 ? momentOf(today + closes!, 19 * 60) : null,
        people: people.slice(0, Math.ceil(entrants * 1.5)), parties: entrants, at: momentOf(today - 10, 9 * 60),
      })
      continue
    }
    const [pool] = await sql`insert into public.seat_pools (activity_id, session_id, capacity, taken) values (${activity!.id}, ${session?.id ?? null}, ${seats}, ${isLive ? has : 0}) returning id`
    // Whoever signs in to the demo waits in full ones and has a seat in others.
    const [me, ...others] = people
    const seated = waits > 0 ? others.slice(0, has) : [me!, ...random.shuffled(others).slice(0, Math.max(0, has - 1))].slice(0, has)
    const line = waits > 0 ? [...others.slice(has, has + waits - 1), me!] : []
    for (const [place, person] of [...seated, ...line].entries()) {
      const what = place < seated.length ? 'confirmed' : 'waiting'
      const at = momentOf(today - 18 + Math.floor(place / 4), 9 * 60 + place)
      await sql`
        with wanted as (select nextval(pg_get_serial_sequence('public.signups', 'id')) as id), written as (
          insert into public.signups (id, pool_id, person_id, party_id, status, asked_at, ended_at, end_reason)
          select id, ${pool!.id}, ${person}, id, ${isLive ? what : 'cancelled'}, ${at}, ${isLive ? null : cancelled}, ${isLive ? null : 'activity_cancelled'} from wanted returning id
        ), told as (
          insert into public.notices (person_id, kind, activity_id, session_id, signup_id, details, at, texted_at)
          select ${person}, 'activity_cancelled', ${activity!.id}, ${session?.id ?? null}, id, jsonb_build_object('reason', ${reason}::text), ${cancelled}::timestamptz, ${cancelled}::timestamptz from written where ${!isLive}
        )
        insert into public.signup_events (signup_id, what, at) select id, ${what}, ${at} from written`
    }
    for (const { id } of (signUp === 'term' ? sessions : [session!]).filter(({ day }) => day < 0)) {
      await confirm(sql, { id, host, category, kind, form }, seated.filter(() => random.chance(0.85)), by, momentOf(today - 1, 20 * 60))
    }
  }
  return sessions
}

interface DemoDraw { activity: number, session: number, title: string, seats: number, closes: string, drawn: string | null, people: number[], parties: number, at: string }

/** Parties of one and two enter a draw in their order; where its window is over the seats are drawn, by a seed that is the same each time. */
async function enterDraw(sql: postgres.TransactionSql, draw: DemoDraw): Promise<void> {
  const [row] = await sql`insert into public.seat_pools (activity_id, session_id, capacity) values (${draw.activity}, ${draw.session}, ${draw.seats}) returning id`
  const pool = Number(row!.id)
  const hash = (text: string) => createHash('sha256').update(text).digest('hex')
  const seed = hash(draw.title)
  await sql`delete from public.draws where pool_id = ${pool}`
  await sql`insert into public.draws (pool_id, seed_hash, committed_at) values (${pool}, ${hash(seed)}, ${draw.at})`
  await sql`insert into private.draw_seeds (pool_id, seed) values (${pool}, ${seed})`
  // Nobody enters when the window is over, not here either: it is open until all are in.
  await sql`update public.activities set closes_at = now() + interval '1 day' where id = ${draw.activity}`
  const parties: number[][] = []
  let next = 0
  for (let party = 0; party < draw.parties; party++) parties.push(draw.people.slice(next, next += 1 + party % 2))
  for (const members of parties) {
    await sql`
      with ids as (select person, place, nextval(pg_get_serial_sequence('public.signups', 'id')) as id from unnest(${members}::bigint[]) with ordinality as list (person, place)), written as (
        insert into public.signups (id, pool_id, person_id, party_id, status, asked_at) select id, ${pool}, person, min(id) over (), 'asked', ${draw.at} from ids order by place returning id
      ) insert into public.signup_events (signup_id, what, at) select id, 'asked', ${draw.at} from written`
    await sql`select private.enter_draw(${pool}, (select party_id from public.signups where pool_id = ${pool} and person_id = ${members[0]!}))`
  }
  await sql`update public.activities set closes_at = ${draw.closes} where id = ${draw.activity}`
  if (!draw.drawn) return
  const entrants = parties.map((members, index) => ({ number: index + 1, size: members.length, rank: 0, place: null, outcome: '' }))
  const { result } = await redraw({ algorithm: 'sha256-1', seed, seedHash: hash(seed), seats: draw.seats, entrants })
  for (const { number, place, outcome } of result) {
    const status = outcome === 'seat' ? 'confirmed' : 'waiting'
    await sql`update public.draw_entries set rank = 0, size = ${parties[number - 1]!.length}, place = ${place}, outcome = ${outcome} where pool_id = ${pool} and number = ${number}`
    await sql`
      with decided as (
        update public.signups one set status = ${status}, line = ${status === 'waiting' ? place : 0} from public.draw_entries entry
        where entry.pool_id = ${pool} and entry.number = ${number} and one.pool_id = ${pool} and one.party_id = entry.party_id returning one.id, one.person_id
      ), told as (
        insert into public.notices (person_id, kind, activity_id, session_id, signup_id, details, at, texted_at)
        select person_id, ${outcome === 'seat' ? 'draw_seat' : 'draw_line'}, ${draw.activity}, ${draw.session}, id, jsonb_build_object('number', ${number}::integer, 'place', ${place}::integer), ${draw.drawn}::timestamptz, ${draw.drawn}::timestamptz from decided order by id
      )
      insert into public.signup_events (signup_id, what, reason, at) select id, ${status}, 'drawn', ${draw.drawn} from decided order by id`
  }
  await sql`update public.seat_pools set taken = (select count(*) from public.signups one where one.pool_id = ${pool} and one.status = 'confirmed') where id = ${pool}`
  await sql`update public.draws set drawn_at = ${draw.drawn}, seed = ${seed}, seats = ${draw.seats} where pool_id = ${pool}`
}

/** Three seats left empty in ninety days: behind others for thirty. One of those who missed a class has said why. */
async function ruleMissedSeats(sql: postgres.TransactionSql, today: Day): Promise<void> {
  await sql`insert into public.no_show_rules (from_day, most, window_days, effect, effect_days, entered_at) values (private.china_date(${momentOf(today - 60, 9 * 60)}), 3, 90, 'later', 30, ${momentOf(today - 61, 15 * 60)})`
  await sql`
    insert into public.no_show_cases (session_id, person_id, state, reason, note, asked_at)
    select session_id, person_id, 'asked', 'illness', '那天有点发烧', ${momentOf(today - 1, 21 * 60)} from private.empty_seats order by session_id, person_id limit 1`
}

/** Who came, as the roster says and the ledger knows; confirmed on one evening, for a passbook goes on in order of time. */
async function confirm(sql: postgres.TransactionSql, session: Pick<Plan, 'host' | 'category' | 'kind' | 'form'> & { id: number }, came: number[], by: string, confirmed: string): Promise<void> {
  const { id, host, category, kind, form } = session
  for (const [place, person] of came.toSorted((a, b) => a - b).entries()) {
    // Most were ticked; some scanned the screen, some showed a card.
    const method = ['roster', 'scan', 'roster', 'card', 'roster'][place % 5]!
    const mark = createHash('sha256').update(`${id} ${person}`).digest('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5')
    await sql`
      insert into public.attendance_marks (client_id, session_id, person_id, method, device_at, seen_at, by_account, received_at)
      select ${mark}::uuid, session.id, ${person}, ${method}, session.starts_at, session.starts_at, ${by}, session.ends_at from public.activity_sessions session where session.id = ${id}`
    const [fact] = await sql`
      insert into public.participations (key, person_id, kind, form, category_id, organised, role, residence_unit_id, area, host_unit_id, groups, birth_year, sex, started_at, ended_at, in_vacation, hours, status,
        sign_in_method, confirmed_by, channel, venue_id, entry_source, entered_by, entered_at)
      select concat_ws(':', 'session', session.id, person.id), person.id, ${kind}, ${form}, ${category}, true, 'learner', person.residence_unit_id, home.area, ${host.id},
        private.groups_of(person.id, person.birth_year, private.china_date(session.starts_at)), person.birth_year, person.sex, session.starts_at, session.ends_at, private.in_vacation(private.china_date(session.starts_at)),
        round(extract(epoch from session.ends_at - session.starts_at) / 3600, 2), 'attended', ${method}, ${by}, 'onsite', private.venue_of_session(session.id), ${method === 'roster' ? 'paper' : 'scan'}, ${by}, ${confirmed}
      from public.activity_sessions session, public.persons person join public.units home on home.id = person.residence_unit_id where session.id = ${id} and person.id = ${person}
      returning id, key, (extract(epoch from ended_at - started_at) / 60)::integer as minutes`
    await sql`insert into public.session_records (participation_id, session_id, person_id) values (${fact!.id}, ${id}, ${person})`
    await sql`select private.award_credit(${fact!.key}, ${fact!.id}, 'attendance', ${fact!.minutes}, ${confirmed})`
  }
}
