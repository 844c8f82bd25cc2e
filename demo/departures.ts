// Who is in the register no more: a grandparent who died and was a child's only guardian, and somebody who moved away. And a tutor who looks after some
// villages of a township alone.
import type postgres from 'postgres'
import { dateOf, type Day, momentOf } from './calendar.ts'
import type { Staff } from './staff.ts'

/** The tutor of the second township's school looks after its first three villages. */
export async function limitTutor(sql: postgres.TransactionSql): Promise<void> {
  await sql`insert into public.post_places (post_id, unit_id)
    select post.id, village.id
    from public.posts post join public.units school on school.id = post.unit_id join public.units township on township.id = school.parent_id and township.code = 'QJ-YX-02'
    cross join lateral (select unit.id from public.units unit where unit.parent_id = township.id and unit.kind_id = 'administration' and unit.closed_on is null order by unit.code limit 3) village
    where post.role_id = 'tutor'`
}

/** People of the first township without account, post or volunteering, who came to nothing any more after that day. */
export async function addDepartures(sql: postgres.TransactionSql, staff: Staff, today: Day): Promise<void> {
  const clerk = staff.members.find(({ account }) => account?.username === 'qingxi')!
  const leftOn = today - 9
  const leave = async (reason: 'died' | 'moved_away', isOnlyGuardian: boolean) => {
    const [who] = await sql`
      select person.id from public.persons person join public.units home on home.id = person.residence_unit_id
      where home.code like 'QJ-YX-01-%' and person.merged_into is null and not exists (select from public.persons merged where merged.counts_as = person.id)
        and not exists (select from identity.accounts account where account.person_id = person.id) and not exists (select from public.posts post where post.person_id = person.id)
        and not exists (select from public.volunteers one where one.person_id = person.id) and not exists (select from public.person_departures gone where gone.person_id = person.id)
        and not exists (select from public.participations fact where fact.person_id = person.id and fact.started_at >= ${momentOf(leftOn, 0)})
        and not exists (select from public.signups one where one.person_id = person.id)
        and ${isOnlyGuardian} = exists (select from public.guardians link join public.persons child on child.id = link.child_id where link.guardian_id = person.id and link.valid_to is null
          and (select count(*) from public.guardians other where other.child_id = link.child_id and other.valid_to is null) = 1)
      order by person.birth_year, person.id limit 1`
    if (!who) return
    const ended = reason === 'died'
      ? await sql`update public.guardians set valid_to = greatest(valid_from, ${dateOf(leftOn)}) where guardian_id = ${who.id} and valid_to is null returning id, valid_to::text as to`
      : []
    await sql`insert into public.person_departures (person_id, reason, left_on, ended_ties, entered_by, entered_at)
      values (${who.id}, ${reason}, ${dateOf(leftOn)}, ${sql.json(ended.map(({ id, to }) => ({ id: Number(id), before: null, to: to as string })))}, ${clerk.account!.id}, ${momentOf(today - 7, 10 * 60)})`
  }
  await leave('died', true)
  await leave('moved_away', false)
}
