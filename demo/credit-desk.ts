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
    where home.code like 'QJ-YX-01-%' and posting.kind = 'award' and posting.milli_credits > 0 order by posting.person_id, posting.id limit 3`
  const asked = [
    { milli_credits: 1500, happened_on: dateOf(today - 12), ground: 'record_missing', reason: '重阳节活动签到表漏登了一次' },
    { target: true, ground: 'entered_wrongly', reason: '同名同姓，记到别人名下了' },
    { milli_credits: 800, happened_on: dateOf(today - 5), ground: 'on_appeal', reason: '学员拿来了当天的学习记录' },
  ]
  for (const [index, learner] of learners.entries()) {
    const { target, milli_credits: milliCredits, happened_on: day, ground, reason } = asked[index]!
    await sql`insert into public.credit_corrections (kind, person_id, unit_id, milli_credits, happened_on, target_id, ground, reason, asked_by, asked_person_id, asked_at)
      values (${target ? 'reversal' : 'grant'}, ${learner.person_id}, ${learner.residence_unit_id}, ${milliCredits ?? null}, ${day ?? null}, ${target ? learner.posting_id : null},
        ${ground}, ${reason}, ${clerk.account!.id}, ${clerk.person.id}, ${momentOf(today - 2, 10 * 60 + index)})`
  }

  const [rerating] = await sql`insert into public.credit_reratings (rule_id, kind, period, basis, milli_credits, per_minutes, reason, asked_by, asked_person_id, asked_at)
    values ('micro_lecture_completed', 'rate', daterange(${dateOf(today - 40)}, ${dateOf(today - 33)}), 'minutes', 1000, 40, '这一周的微课应按四十分钟一学分计',
      ${head.account!.id}, ${head.person.id}, ${momentOf(today - 1, 9 * 60)}) returning id`
  while ((await sql`select private.work_on_rerating(${rerating!.id}) as more`)[0]!.more);
  await sql`update public.credit_reratings set counted_at = ${momentOf(today - 1, 9 * 60 + 2)}`
}
