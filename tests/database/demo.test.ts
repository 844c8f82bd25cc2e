import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { verifyPassword } from 'better-auth/crypto'
import type postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { DEMO_ACCOUNTS } from '../../demo/accounts.ts'
import { seed, type SeedResult } from '../../demo/seed.ts'
import { openVault } from '../../server/privacy/vault.ts'
import { figuresThatLie } from '../fixtures/plain-count.ts'
import { pristineDatabase } from '../fixtures/pristine.ts'

const OPTIONS = { residents: 2000, seed: 7, today: '2026-11-24', dataKey: `1:${Buffer.alloc(32, 7).toString('base64')}` }
const vault = openVault(OPTIONS.dataKey)

describe('a demo region with a catalogue', () => {
  let sql: postgres.Sql
  let result: SeedResult
  const progress: string[] = []
  const dataDir = mkdtempSync(join(tmpdir(), 'demo-'))
  afterAll(() => rmSync(dataDir, { recursive: true }))
  beforeAll(async () => {
    sql = await pristineDatabase('demo_with_courses')
    await fillCatalogue(sql)
    result = await seed(sql, { ...OPTIONS, dataDir, report: line => progress.push(line) })
  }, 60_000)

  it('has figures that last night\'s check agrees with', async () => {
    expect(await sql`select differences, persons_checked > 0 as persons, cells_checked > 0 as cells from private.figure_checks`).toEqual([{ differences: [], persons: true, cells: true }])
  })

  it('has the residents asked for and the staff beside them', async () => {
    const [{ residents, staff }] = await sql`
      select count(*) filter (where id not in (select person_id from public.posts))::integer as residents,
        count(*) filter (where id in (select person_id from public.posts))::integer as staff from public.persons` as unknown as [Record<string, number>]
    expect(residents).toBe(OPTIONS.residents)
    expect(staff).toBeGreaterThan(20)
    expect(result).toMatchObject({ skipped: false, rows: { 'public.persons': residents! + staff! } })
    expect(progress.at(-1)).toContain('2000 / 2000')
  })

  it('counts in every cell of coverage exactly the people whom the facts show', async () => {
    expect(await figuresThatLie(sql)).toEqual([])
    const [{ cells, corrections }] = await sql`select (select count(*) from public.coverage_cells)::integer as cells,
      (select count(*) from public.participations where corrects is not null)::integer as corrections` as unknown as [Record<string, number>]
    expect(cells).toBeGreaterThan(100)
    expect(corrections).toBeGreaterThan(0)
  })

  it('has a session with all it leaves behind, photos too, and a talk whose session says who listened', async () => {
    const filed = await sql`select array_agg(distinct material.kind order by material.kind) as kinds from public.session_materials material join public.activity_sessions session on session.id = material.session_id
      where material.status = 'accepted' and session.confirmed_at is not null and (material.kind <> 'photo' or exists (select from private.material_files file where file.material_id = material.id and file.kind = 'image/png'))
      group by material.session_id having count(distinct material.kind) = 5`
    expect(filed).toEqual([{ kinds: ['activity_plan', 'photo', 'press_note', 'study_plan', 'study_record'] }])
    const [held] = await sql`select held.listeners from public.lecturer_bookings booking cross join lateral private.talk_held(booking) held where booking.activity_id is not null`
    expect(held!.listeners).toBeGreaterThan(0)
  })

  it('takes the snapshot of each participation as the database would have', async () => {
    const wrong = await sql`
      select fact.key from public.participations fact
      join public.persons person on person.id = fact.person_id
      join public.units home on home.id = person.residence_unit_id
      where (fact.groups, fact.residence_unit_id, fact.area, fact.birth_year, fact.sex) is distinct from
        (private.groups_of(person.id, person.birth_year, private.china_date(fact.started_at)), home.id, home.area, person.birth_year, person.sex)`
    expect(wrong).toHaveLength(0)
  })

  it('posts the credits that the database would have posted', async () => {
    const wrong = await sql`
      select posting.key from public.credit_postings posting
      join public.participations fact on fact.id = posting.participation_id
      join public.lessons lesson on lesson.id = fact.lesson_id
      join public.courses course on course.id = lesson.course_id
      join public.credit_rates() rule on rule.rule_id = case course.kind when 'course' then 'lesson_completed' else 'micro_lecture_completed' end
      where (posting.key, posting.person_id, posting.rule_id, posting.milli_credits, posting.milli_credits_per_minute, posting.minutes)
        is distinct from (format('lesson:%s:%s', lesson.id, fact.person_id), fact.person_id, rule.rule_id, (lesson.minutes * rule.milli_credits)::bigint,
          rule.milli_credits::numeric, lesson.minutes::bigint) or posting.key <> fact.key`
    expect(wrong).toHaveLength(0)
    const astray = await sql`
      select id from (
        select id, balance_after_milli_credits, sum(milli_credits) over (partition by person_id order by seq) as running,
          lag(posted_at) over (partition by person_id order by seq) > posted_at as backwards from public.credit_postings
      ) passbook where balance_after_milli_credits <> running or backwards`
    expect(astray).toHaveLength(0)
    expect(await sql`select * from private.credit_faults()`).toEqual([])
  })

  it('gives every finished lesson one completion, one participation and one posting, within an enrolment', async () => {
    const [counted] = await sql`
      select count(*)::integer as completions, count(fact.id)::integer as participations, count(posting.id)::integer as postings, count(enrolment)::integer as enrolments
      from public.lesson_completions done
      join public.lessons lesson on lesson.id = done.lesson_id
      left join public.enrolments enrolment on (enrolment.person_id, enrolment.course_id) = (done.person_id, lesson.course_id) and enrolment.enrolled_at <= done.completed_at
      left join public.participations fact on fact.key = format('lesson:%s:%s', lesson.id, done.person_id) and fact.ended_at = done.completed_at
      left join public.credit_postings posting on posting.participation_id = fact.id`
    const { completions } = counted as { completions: number }
    expect(completions).toBeGreaterThan(100)
    expect(counted).toEqual({ completions, participations: completions, postings: completions, enrolments: completions })
    const wrong = await sql`
      select from public.enrolments enrolment join public.courses course on course.id = enrolment.course_id
      where (completed_at is not null) <> ((select count(*) from public.lesson_completions done join public.lessons lesson on lesson.id = done.lesson_id
        where done.person_id = enrolment.person_id and lesson.course_id = course.id)
        = (select count(*) from public.lessons lesson where lesson.course_id = course.id and lesson.status = 'published'))`
    expect(wrong).toHaveLength(0)
  })

  it('has no attendance without hours: half an hour on site, the time of a short lesson online', async () => {
    const [least] = await sql`
      select min(hours) filter (where channel = 'onsite')::float as "onSite", min(hours) filter (where channel <> 'onsite')::float as online
      from public.participations where status = 'attended'`
    expect(least!.onSite).toBeGreaterThanOrEqual(0.5)
    expect(least!.online).toBeGreaterThan(0)
  })

  it('grounds every completion on what was watched or read, and leaves some videos half seen', async () => {
    const wrong = await sql`
      select from public.lesson_completions done
      join public.lessons lesson on lesson.id = done.lesson_id
      left join public.media on media.id = lesson.media_id
      left join public.lesson_progress progress on (progress.person_id, progress.lesson_id, progress.media_id) = (done.person_id, lesson.id, media.id)
      left join public.readings reading on (reading.person_id, reading.lesson_id) = (done.person_id, lesson.id)
      join public.participations fact on fact.key = format('lesson:%s:%s', lesson.id, done.person_id)
      where fact.hours <> round((done.grounds ->> 'studyMs')::numeric / 3600000, 2) or fact.ended_at - fact.started_at < (done.grounds ->> 'studyMs')::integer * interval '1 ms'
        or case lesson.kind
          when 'video' then progress.watched_ms >= private.required_ms(media.duration_ms, lesson.watched_share) and progress.watched_ms = private.length_ms(progress.watched)
            and progress.watched_ms <= media.duration_ms and progress.study_ms <= 2 * media.duration_ms
            and done.grounds @> jsonb_build_object('kind', 'watched', 'mediaId', media.id, 'watchedMs', progress.watched_ms,
              'requiredMs', private.required_ms(media.duration_ms, lesson.watched_share), 'ranges', private.ranges_json(progress.watched))
          else reading.finished_at = done.completed_at and done.grounds @> '{"kind": "read"}' and (done.grounds ->> 'openedAt')::timestamptz = reading.opened_at
            and (done.grounds ->> 'studyMs')::integer <= lesson.body_length * 200
        end is not true`
    expect(wrong).toHaveLength(0)
    const unfinished = await sql`select from public.lesson_progress progress join public.media on media.id = progress.media_id
      where watched_ms < duration_ms * 0.6 and not exists (
        select from public.lesson_completions done where (done.person_id, done.lesson_id) = (progress.person_id, progress.lesson_id)) limit 3`
    expect(unfinished).toHaveLength(3)
  })

  it('is where the database goes on from: the same event again is the first one, the next one is new', async () => {
    const undone = new Error('undone')
    await sql.begin(async (transaction) => {
      const [posting] = await transaction`select * from public.credit_postings order by id limit 1`
      const [again] = await transaction`select private.record_participation(key, person_id, lesson_id, now(), now(), 1, 'web') as id
        from public.participations where id = ${posting!.participation_id}`
      expect(again!.id).toBe(posting!.participation_id)
      const [credited] = await transaction`select private.post_credit(${posting!.key}, ${posting!.participation_id}, ${posting!.rule_id}, ${posting!.minutes}) as amount`
      expect(credited!.amount).toBe(posting!.milli_credits)
      const [next] = await transaction`select private.record_participation('lesson:new', ${posting!.person_id}, lesson_id, now(), now(), 1, 'web') as id
        from public.participations where id = ${posting!.participation_id}`
      const [{ newest }] = await transaction`select max(id) as newest from public.participations` as unknown as [Record<string, number>]
      expect(next!.id).toBe(newest)
      throw undone
    }).catch((error) => { if (error !== undone) throw error })
  })

  it('has populations at least as large as the register, for every village, year and group', async () => {
    const wrong = await sql`
      select population.unit_id, population.year, population.group_id
      from public.populations population
      join public.units unit on unit.id = population.unit_id and unit.level = 'village'
      where population.count < (
        select count(*) from public.persons person
        where person.residence_unit_id = unit.id and person.birth_year <= population.year
          and population.group_id = any (private.groups_of(person.id, person.birth_year, make_date(population.year, 7, 1))))`
    expect(wrong).toHaveLength(0)
    const [{ reached }] = await sql`select count(*)::integer as reached from public.coverage_cells cell
      join public.metric_slices slice on slice.id = cell.slice_id
      join public.populations population using (unit_id, year, group_id) where axis = 0 and view_id = 1 and cell.persons > population.count` as unknown as [Record<string, number>]
    expect(reached).toBe(0)
  })

  it('shows an inspector rates of every kind: high, low, none of a known population, and no data', async () => {
    const villages = await figuresOf('inspector', 'village', 2026)
    const rates = villages.filter(({ population }) => population !== null).map(({ persons, population }) => persons / population!)
    expect(villages.some(({ population }) => population === null)).toBe(true)
    expect(rates.some(rate => rate === 0)).toBe(true)
    expect(Math.max(...rates)).toBeGreaterThan(0.35)
    expect(Math.max(...rates)).toBeLessThan(0.65)
    expect(Math.min(...rates.filter(rate => rate > 0))).toBeLessThan(0.25)

    const [yunxi] = (await figuresOf('inspector', 'county', 2026)).filter(({ name }) => name === '云溪县')
    expect(yunxi!.source).toContain('核定数')
    // A gap below 云溪县 stops at its township, because the county has a total of its own.
    expect((await figuresOf('inspector', 'township', 2026)).filter(({ population }) => population === null)).toHaveLength(1)
    const [city] = await figuresOf('inspector', 'city', 2026)
    expect(city!.population).toBeGreaterThan(OPTIONS.residents)
  })

  it('has a year of history, busiest in winter and in the learning week, and nothing from today on', async () => {
    const [span] = await sql`
      select private.china_date(min(started_at))::text as first, private.china_date(max(ended_at))::text as last,
        max(entered_at) < '2026-11-24 00:00+08' as entered_before from public.participations`
    expect(span!.first >= '2025-11-24').toBe(true)
    expect(span).toMatchObject({ last: expect.stringMatching(/^2026-11-(1\d|2[0-3])$/), entered_before: true })
    const [counted] = await sql`
      select count(*) filter (where extract(month from started_at) in (12, 1, 2))::integer as winter,
        count(*) filter (where extract(month from started_at) in (4, 5, 6))::integer as spring,
        count(*) filter (where programme = '全民终身学习活动周')::integer as week,
        bool_and(private.china_date(started_at) between '2026-10-19' and '2026-10-25') filter (where programme = '全民终身学习活动周') as "weekInTime"
      from public.participations where organised`
    const { winter, spring, week } = counted as unknown as Record<string, number>
    expect(winter! / spring!).toBeGreaterThan(1.4)
    expect(week).toBeGreaterThan(50)
    expect(counted!.weekInTime).toBe(true)
  })

  it('lets children learn with a grown-up who agreed, and gives them no account', async () => {
    const alone = await sql`select from public.participations fact where role = 'learner' and year - birth_year < 14
      and not (with_guardian and guardian_consent and exists (select from public.persons guardian where guardian.id = guardian_id
        and guardian.birth_year <= 2026 - 20 and guardian.residence_unit_id = fact.residence_unit_id))`
    expect(alone).toHaveLength(0)
    expect(await sql`select from public.participations where with_guardian limit 1`).toHaveLength(1)
    expect(await sql`select from identity.accounts account join public.persons person on person.id = account.person_id
      where extract(year from account.created_at) - birth_year < 14`).toHaveLength(0)
  })

  it('gives every township one full-time manager', async () => {
    const counts = await sql`select count(post.id)::integer as managers from public.units township
      join public.units school on school.parent_id = township.id and school.kind_id = 'community_school'
      left join public.posts post on post.unit_id = school.id and post.role_id = 'manager' and post.employment = 'full_time'
      where township.level = 'township' and township.kind_id = 'administration' group by township.id`
    expect(counts.map(({ managers }) => managers)).toEqual(counts.map(() => 1))
  })

  it.each(DEMO_ACCOUNTS.staff)('lets $username sign in by password, with a post', async ({ username, password }) => {
    const [account] = await sql`select account.id, provider_account_id, password_hash from identity.accounts account
      join identity.credentials on account_id = account.id and provider_id = 'credential' where username = ${username}`
    expect(account!.provider_account_id).toBe(account!.id)
    expect(await verifyPassword({ hash: account!.password_hash, password })).toBe(true)
    const { posts } = await whoIs(username)
    expect(posts).toHaveLength(1)
    expect(posts[0]!.sights.includes('names')).toBe(['city', 'qingjiang', 'yunxi', 'qingxi'].includes(username))
  })

  it('knows 王秀英 and her neighbours by telephone, each with a passbook', async () => {
    const rows = await sql`select person.name, private.available_credits(person.id) > 0 as credited,
        (select count(*) from public.participations fact where fact.person_id = person.id and organised) > 1 as came
      from identity.accounts account join public.persons person on person.id = account.person_id
      where phone_lookup in ${sql(DEMO_ACCOUNTS.residents.map(({ phone }) => vault.lookup('phone', phone).toString('hex')))} order by person.id`
    expect(rows.map(({ name }) => name)).toEqual(['王秀英', '李志强', '陈晓燕'])
    expect(rows.every(({ credited, came }) => credited && came)).toBe(true)
  })

  it('has imports to look at: one without a fault, one with refused rows to download, one taken back', async () => {
    const imports = await sql`
      select state, folder, counts, result, (select count(*)::integer from public.participations fact where fact.import_id = import.id) as facts,
        (select count(*)::integer from public.participations fact join public.participations later on later.corrects = fact.id and later.status = 'cancelled' where fact.import_id = import.id) as cancelled,
        (select count(*)::integer from private.import_refusals refusal where refusal.import_id = import.id) as refusals
      from public.imports import where kind = 'participation' order by id`
    expect(imports.map(({ state, counts }) => [state, counts.refused])).toEqual([['taken_back', 0], ['applied', 0], ['applied', 6]])
    for (const { state, folder, counts, result, facts, cancelled, refusals } of imports) {
      expect(facts).toBeGreaterThan(5)
      expect({ ...counts, written: result.written, refusals }).toMatchObject({ total: facts + counts.refused, good: facts, written: facts, refusals: counts.refused })
      expect(cancelled).toBe(state === 'taken_back' ? facts : 0)
      const files = join(dataDir, 'imports', folder as string)
      const lines = readFileSync(join(files, 'source'), 'utf8').trim().split('\r\n')
      expect(lines).toHaveLength(counts.total + 1)
      const refused = readFileSync(join(files, 'refused.jsonl'), 'utf8').split('\n').filter(Boolean).map(line => JSON.parse(line) as { line: number, value: string })
      expect(refused).toHaveLength(counts.refused)
      for (const { line, value } of refused) expect(lines[line - 1]!.split(',')).toContain(value)
      for (const name of readdirSync(files)) expect(statSync(join(files, name)).mode & 0o077).toBe(0)
    }
    const credited = imports.filter(({ state }) => state === 'applied')
    expect(credited.every(({ result: { credited, milliCredits } }) => credited > 5 && milliCredits > 0)).toBe(true)
    expect(await sql`select * from private.credit_faults()`).toEqual([])
  })

  it('shows what belongs to a session: who served there, heads without names, a change to be seen; and a term that came as a file', async () => {
    const served = await sql`
      select record.minutes, fact.person_role, posting.milli_credits > 0 as credited from public.service_shifts shift join public.service_places place on place.shift_id = shift.id
      join public.service_records record on record.place_id = place.id join public.participations fact on fact.id = record.participation_id join public.credit_postings posting on posting.participation_id = fact.id
      where shift.session_id is not null`
    expect(served.map(row => ({ ...row }))).toEqual(Array(2).fill({ minutes: 90, person_role: '助教', credited: true }))
    expect(await sql`select persons - private.named_among(session_id, persons) as unnamed from public.head_counts where session_id is not null`).toEqual([{ unnamed: 5 }])
    expect(await sql`select what, became ->> 'room' as room from public.activity_changes change join public.activity_change_reviews review on review.change_id = change.id where review.seen_at is null`).toEqual([{ what: 'place', room: '操场' }])
    const [term] = await sql`select import.folder, activity.status, activity.version, (select count(*)::integer from public.activity_sessions session where session.activity_id = activity.id) as sessions
      from public.imports import join private.import_effects effect on effect.import_id = import.id join public.activities activity on activity.id = effect.subject_id where import.kind = 'activities'`
    expect(term).toMatchObject({ status: 'draft', version: 1, sessions: 6 })
    expect(readFileSync(join(dataDir, 'imports', term!.folder as string, 'source'), 'utf8').trim().split('\r\n')).toHaveLength(7)
    for (const faults of ['credit_faults', 'service_faults', 'seat_faults']) expect(await sql`select * from ${sql(`private.${faults}`)}()`).toEqual([])
  })

  it('is left alone by a second run', async () => {
    const before = await digests(sql)
    expect(await seed(sql, { ...OPTIONS, seed: 8 })).toEqual({ skipped: true })
    expect(await digests(sql)).toEqual(before)
  })

  it('is the same region again for the same seed, day and catalogue', async () => {
    const other = await pristineDatabase('demo_again')
    await fillCatalogue(other)
    await seed(other, OPTIONS)
    expect(await digests(other)).toEqual(await digests(sql))
  }, 90_000)

  async function whoIs(username: string): Promise<{ posts: { sights: string[] }[] }> {
    return asAccount(username, async (transaction) => {
      const [me] = await transaction`select public.who_am_i() as me`
      return me!.me
    })
  }

  async function figuresOf(username: string, level: string, year: number): Promise<{ name: string, persons: number, population: number | null, source: string | null }[]> {
    return asAccount(username, transaction => transaction`
      select figure.name, figure.persons, figure.population::integer, figure.population_source as source
      from public.units unit cross join lateral public.coverage_by_unit(unit.id, ${year}, 'resident') figure
      where unit.level = ${level} and unit.kind_id = 'administration' and figure.is_parent`)
  }

  function asAccount<T>(username: string, call: (transaction: postgres.TransactionSql) => Promise<T>): Promise<T> {
    return sql.begin(async (transaction) => {
      const [account] = await transaction`select id from identity.accounts where username = ${username}`
      await transaction`select set_config('request.jwt.claims', ${JSON.stringify({ sub: account!.id, role: 'authenticated' })}, true)`
      await transaction`set local role authenticated`
      return call(transaction)
    }) as Promise<T>
  }
})

describe('a demo region without a catalogue', { timeout: 180_000 }, () => {
  // As small as one that has everything: what is asked here is the same in a larger one.
  const few = { ...OPTIONS, residents: 400 }
  let sql: postgres.Sql
  beforeAll(async () => { sql = await pristineDatabase('demo_without_courses') })

  it('leaves nothing behind when it breaks off half-way', async () => {
    const broken = new Error('the power went')
    await expect(seed(sql, { ...few, report: (line) => { if (line.includes('400 / 400')) throw broken } })).rejects.toBe(broken)
    expect(await sql`select from public.units union all select from public.persons union all select from identity.accounts`).toHaveLength(0)
  })

  it('is made by one of two that start at once', async () => {
    const results = await Promise.all([seed(sql, few), seed(sql, few)])
    expect(results.map(({ skipped }) => skipped).sort()).toEqual([false, true])
  })

  it('has meetings all the same, and credits for nothing but classes and service', async () => {
    const [counted] = await sql`select count(*) filter (where organised) > 100 as meetings, count(*) filter (where not organised)::integer as studies,
      (select count(*)::integer from public.credit_postings where rule_id not in ('attendance', 'volunteer_service')) as postings from public.participations`
    expect(counted).toEqual({ meetings: true, studies: 0, postings: 0 })
  })

  it('is not made for a handful of people', async () => {
    await expect(seed(sql, { ...OPTIONS, residents: 199 })).rejects.toThrow(RangeError)
    await expect(seed(sql, { ...OPTIONS, today: '24.11.2026' })).rejects.toThrow('24.11.2026')
  })
})

/** Three courses of four lessons and nine micro-lectures, the same in every database. */
async function fillCatalogue(sql: postgres.Sql): Promise<void> {
  const audiences = ['resident', 'elderly', 'rural_labour']
  for (let number = 1; number <= 12; number++) {
    const kind = number <= 3 ? 'course' : 'micro_lecture'
    const [course] = await sql`insert into public.courses (slug, kind, title, summary, category_id, audience, author, licence, status, updated_on)
      values (${`course-${number}`}, ${kind}, ${`第 ${number} 课`}, '', 'digital', ${[audiences[number % 3]!]}, '柳溪社区学校', 'CC-BY-4.0', 'published', '2026-01-01') returning id`
    for (let position = 1; position <= (kind === 'course' ? 4 : 1); position++) {
      const isVideo = position % 2 === 1
      const [media] = isVideo
        ? await sql`insert into public.media (sha256, mime_type, bytes, duration_ms, created_at)
            values (md5(${`${number} ${position}`}) || md5(''), 'video/mp4', 1000, ${kind === 'course' ? 600_000 : 240_000}, '2026-01-01') returning id`
        : [null]
      await sql`insert into public.lessons (course_id, slug, position, kind, title, summary, body_html, body_length, minutes, media_id)
        values (${course!.id}, ${`lesson-${position}`}, ${position}, ${isVideo ? 'video' : 'text'}, ${`第 ${position} 节`}, '', '<p>…</p>', 900,
          ${kind === 'course' ? 12 : 5}, ${media?.id ?? null})`
    }
  }
}

/** What differs by design: salts, and of certificates what must not be guessed, with the moment of a revocation. */
const DIFFERS = ['password_hash', 'phone_cipher', 'code', 'list_index', 'revoked_at'].map(column => `- '${column}'`).join(' ')

/** A fingerprint per table, ids and times included. */
async function digests(sql: postgres.Sql): Promise<Record<string, string>> {
  const tables = await sql`select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname in ('public', 'identity') order by 1`
  const found: Record<string, string> = {}
  for (const { name } of tables) {
    const [row] = await sql.unsafe(`select md5(coalesce(string_agg((to_jsonb(one) ${DIFFERS})::text, chr(10) order by (to_jsonb(one) ${DIFFERS})::text), '')) as digest from ${name} one`)
    found[name] = row!.digest
  }
  return found
}
