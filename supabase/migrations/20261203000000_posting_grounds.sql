-- What a line of the passbook was for, besides lessons: the session of an activity, the service, the class, the reward. Said from the facts
-- behind it, so a statement that was issued long ago names them too.

-- The record that a chain of corrections began with: what it was for stands with that one.
create function private.first_record(participation_id bigint) returns bigint
language plpgsql stable set search_path = '' as $$
declare
  first bigint := participation_id;
  earlier bigint;
begin
  loop
    select corrects into earlier from public.participations one where one.id = first;
    exit when earlier is null;
    first := earlier;
  end loop;
  return first;
end $$;

-- Of a posting, what it was for and on which day; null for lessons, which have a course, and for what has no event (corrections by staff, awards).
create function private.posting_ground(posting public.credit_postings) returns jsonb
language plpgsql stable set search_path = '' as $$
begin
  if posting.kind in ('hold', 'release', 'collection') then
    return (
      select jsonb_build_object('kind', 'reward', 'zh', item.zh, 'en', item.en, 'ended', hold.status) from public.credit_holds hold
      join public.credit_items item on item.id = hold.item_id where hold.id = (posting.ground ->> 'hold')::bigint);
  end if;
  if posting.participation_id is null then return null; end if;
  return (
    select jsonb_build_object('day', private.china_date(fact.started_at)) || case
      when activity.id is not null then jsonb_build_object('kind', 'session', 'zh', activity.title, 'code', activity.code)
      when class.id is not null then jsonb_build_object('kind', 'class', 'zh', class.title)
      when fact.kind = 'volunteer_service' and fact.programme is not null then jsonb_build_object('kind', 'service', 'zh', fact.programme)
      else jsonb_build_object('kind', 'record', 'zh', coalesce(fact.programme, category.zh), 'en', coalesce(fact.programme, category.en)) end
    from public.participations fact
    cross join lateral (select private.first_record(fact.id) as id) first
    left join public.session_records record on record.participation_id = first.id
    left join public.activity_sessions session on session.id = record.session_id
    left join public.activities activity on activity.id = session.activity_id
    left join public.class_register_entries entry on entry.participation_id = first.id
    left join public.class_registers class on class.id = entry.register_id
    left join public.categories category on category.id = fact.category_id
    where fact.id = posting.participation_id and fact.course_id is null);
end $$;

-- Of the asker's lines of some time. Definer: classes and drafts are not read by residents; of what one got credits for, the title is.
create function public.my_posting_grounds(from_time timestamptz, to_time timestamptz) returns table (posting_id bigint, ground jsonb)
language plpgsql stable security definer set search_path = '' as $$
begin
  return query
  select posting.id, private.posting_ground(posting) from public.credit_postings posting
  where posting.person_id = private.my_person_id() and posting.posted_at >= from_time and posting.posted_at < to_time
    and (posting.participation_id is not null or posting.kind in ('hold', 'release', 'collection')) and posting.ground -> 'milliPoints' is null
  order by posting.seq;
end $$;
grant execute on function public.my_posting_grounds(timestamptz, timestamptz) to authenticated;

drop function public.my_statement_lines(integer);
-- The lines of the asker's statements of a year, and what came later for it.
create function public.my_statement_lines(of_year_id integer)
returns table (person_id bigint, late boolean, seq bigint, posting_id bigint, posted_at timestamptz, counted_on date, kind text, outcome text, reason text, decision text,
  rule_zh text, rule_en text, course text, lesson text, ground jsonb, asked_minutes bigint, minutes bigint, milli_credits_per_minute numeric, amount bigint, after bigint, repays boolean, recounted text)
language plpgsql stable security definer set search_path = '' as $$
#variable_conflict use_column
begin
  return query
  with own as (
    select statement.*, account.id as account_id, year.starts_on, year.ends_on from public.credit_statements statement
    join public.credit_years year on year.id = statement.year_id and year.closed_at is not null
    left join public.credit_accounts account on account.person_id = statement.person_id and account.measure = 'credits' and account.role = 'available'
    where statement.year_id = of_year_id and statement.person_id in (select private.my_person_ids())
  ), line as (
    select own.person_id, false as late, leg.to_seq as seq, leg.posting_id, leg.amount, leg.to_after as after, false as repays
    from own join public.credit_legs leg on leg.to_account_id = own.account_id and leg.to_seq > own.from_seq and leg.to_seq <= own.to_seq
    union all
    select own.person_id, false, leg.from_seq, leg.posting_id, -leg.amount, leg.from_after, other.role = 'shortfall'
    from own join public.credit_legs leg on leg.from_account_id = own.account_id and leg.from_seq > own.from_seq and leg.from_seq <= own.to_seq
    join public.credit_accounts other on other.id = leg.to_account_id
    union all
    select own.person_id, true, posting.seq, posting.id, posting.milli_credits, null, false
    from own join public.credit_postings posting on posting.person_id = own.person_id and posting.seq > own.chain_seq
      and posting.counted_on >= own.starts_on and posting.counted_on < own.ends_on and posting.kind in ('award', 'grant', 'reversal')
  )
  select line.person_id, line.late, line.seq, line.posting_id, posting.posted_at, posting.counted_on, posting.kind, posting.outcome, posting.reason,
    coalesce(posting.ground ->> 'reason', correction.reason, taken.reason, applied.zh, returned.decision),
    rule.zh, rule.en, course.title, case when posting.rule_id <> 'course_completed' then lesson.title end, private.posting_ground(posting), posting.asked_minutes, posting.minutes, posting.milli_credits_per_minute, line.amount, line.after, line.repays, anew.reason
  from line join public.credit_postings posting on posting.id = line.posting_id
  left join public.credit_rules rule on rule.id = posting.rule_id
  left join public.participations fact on fact.id = posting.participation_id
  left join public.courses course on course.id = fact.course_id
  left join public.lessons lesson on lesson.id = fact.lesson_id
  -- In whose words it was put right, and for which award it was used or given back.
  left join public.credit_corrections correction on correction.posted_id = posting.id
  left join public.credit_rerating_lines taken_line on taken_line.reversal_id = posting.id
  left join public.credit_reratings taken on taken.id = taken_line.rerating_id
  left join public.credit_rerating_lines anew_line on anew_line.posting_id = posting.id
  left join public.credit_reratings anew on anew.id = anew_line.rerating_id
  left join public.credit_applications application on application.applied_id = posting.id
  left join public.credit_awards applied on applied.id = application.award_id
  left join public.credit_applications returned on returned.returned_id = posting.id
  order by line.person_id, line.late, line.seq;
end $$;
grant execute on function public.my_statement_lines(integer) to authenticated;
