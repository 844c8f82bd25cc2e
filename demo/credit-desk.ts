// What waits at the desk of the credit bank when the region is new: corrections to be decided, a rule that was put right.
import type postgres from 'postgres'
import { dateOf, type Day, momentOf } from './calendar.ts'
import type { Staff } from './staff.ts'

/** Corrections of some learners of the first township, and a re-rating that is counted and waits for the second person. */
export async function fillCreditDesk(sql: postgres.TransactionSql, staff: Staff, today: Day): Promise<void> {
  const memberOf = (username: string) => staff.members.find(({ account }) => account?.username === username)!
  const [clerk, head] = [memberOf('qingxi'), memberOf('city')]
  const learners = await sql<{ person_id: string, residence_unit_id: number, posting_id: string }[]>`
    select distinct on (posting.person_id) posting.person_id, person.residence_unit_id, posting.id as posting_id from public.credit_postings posting
    join public.persons person on person.id = posting.person_id join public.units home on home.id = person.residence_unit_id
    where home.code like 'QJ-YX-01-%' and posting.kind = 'award' and posting.milli_credits > 0 order by posting.person_id, posting.id limit 4`
  // A rule of the region's own, and somebody for whom the town asks by it.
  const [contest] = await sql`insert into public.credit_rules (id, zh, en, ground, added_at)
    values ('added_' || translate(nextval('private.added_rules')::text, '0123456789', 'abcdefghij'), '社区教育竞赛获奖', 'Prize in a contest of community education', 'decision',
      ${momentOf(today - 61, 9 * 60)}) returning id`
  await sql`insert into public.credit_rule_versions (rule_id, in_force, basis, milli_credits, entered_at) values (${contest!.id}, daterange(${dateOf(today - 60)}, null), 'event', 2000, ${momentOf(today - 61, 9 * 60)})`
  await sql`insert into public.credit_caps (rule_id, period, amount, in_force) values (${contest!.id}, 'year', 6000, daterange(${dateOf(today - 60)}, null))`
  const asked = [
    { milli_credits: 1500, happened_on: dateOf(today - 12), ground: 'record_missing', reason: '重阳节活动签到表漏登了一次' },
    { target: true, ground: 'entered_wrongly', reason: '同名同姓，记到别人名下了' },
    { milli_credits: 800, happened_on: dateOf(today - 5), ground: 'on_appeal', reason: '学员拿来了当天的学习记录' },
    { milli_credits: 2000, happened_on: dateOf(today - 8), rule: contest!.id as string, ground: 'by_rule', reason: '县社区教育才艺比赛二等奖，证书已核对' },
  ]
  for (const [index, learner] of learners.entries()) {
    const { target, milli_credits: milliCredits, happened_on: day, rule = 'staff_correction', ground, reason } = asked[index]!
    await sql`insert into public.credit_corrections (kind, person_id, unit_id, rule_id, milli_credits, happened_on, target_id, ground, reason, asked_by, asked_person_id, asked_at)
      values (${target ? 'reversal' : 'grant'}, ${learner.person_id}, ${learner.residence_unit_id}, ${target ? null : rule}, ${milliCredits ?? null}, ${day ?? null}, ${target ? learner.posting_id : null},
        ${ground}, ${reason}, ${clerk.account!.id}, ${clerk.person.id}, ${momentOf(today - 2, 10 * 60 + index)})`
  }

  const [rerating] = await sql`insert into public.credit_reratings (rule_id, kind, period, basis, milli_credits, per_minutes, reason, asked_by, asked_person_id, asked_at)
    values ('micro_lecture_completed', 'rate', daterange(${dateOf(today - 40)}, ${dateOf(today - 33)}), 'minutes', 1000, 40, '这一周的微课应按四十分钟一学分计',
      ${head.account!.id}, ${head.person.id}, ${momentOf(today - 1, 9 * 60)}) returning id`
  // Nothing that this transaction wrote is known to the planner yet; without it every learner costs a walk through all postings.
  await sql`analyze public.persons, public.participations, public.credit_postings, public.credit_legs, public.credit_accounts, public.credit_account_states, public.credit_learners,
    public.credit_rule_totals, public.credit_cap_uses`
  while ((await sql`select private.work_on_rerating(${rerating!.id}) as more`)[0]!.more);
  // Decided and announced: from then on no school gives anybody more than fifty hours a term, and a finished course half a credit more.
  await sql`insert into public.credit_caps (rule_id, period, amount, in_force, first_month, per_institution) values ('attendance', 'term', 3000, daterange(${dateOf(today + 40)}, null), 3, true)`
  await sql`insert into public.credit_rule_versions (rule_id, in_force, basis, milli_credits, entered_at) values ('course_completed', daterange(${dateOf(today + 40)}, null), 'event', 500, ${momentOf(today - 1, 9 * 60)})`
  await sql`update public.credit_reratings set counted_at = ${momentOf(today - 1, 9 * 60 + 2)}`
}

/** What can be applied for with credits, and who agreed to be on the board of honours. */
export async function addHonours(sql: postgres.TransactionSql, today: Day): Promise<void> {
  await sql`insert into public.credit_awards (unit_id, zh, en, milli_credits, in_force, entered_at)
    select unit.id, award.zh, award.en, award.milli_credits, daterange(${dateOf(today - 60)}, null), ${momentOf(today - 61, 10 * 60)}
    from (values ('QJ', '市级社区学习证书', 'City certificate of community learning', 3000), ('QJ-YX', '云溪县“百姓学习之星”', 'Yunxi star of learning', 1500),
      ('QJ-YX-01', '清溪镇学习积极分子', 'Qingxi keen learner', 300)) award (code, zh, en, milli_credits)
    join public.units unit on unit.code = award.code`
  const learners = await sql<{ id: string }[]>`
    select person.id from public.persons person
    join public.units home on home.id = person.residence_unit_id
    join public.credit_accounts account on account.person_id = person.id and account.measure = 'credits' and account.role = 'available'
    join public.credit_account_states state on state.account_id = account.id and state.balance >= 500
    where person.birth_year < 1990 and person.counts_as is null and home.code like 'QJ-YX-01-%' order by state.balance desc, person.id limit 12`
  for (const [index, { id }] of learners.entries()) {
    if (index % 3 < 2) await sql`insert into public.honour_consents (person_id, given_at) values (${id}, ${momentOf(today - 20 + index, 15 * 60)})`
  }
}
