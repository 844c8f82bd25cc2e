-- A finished course brings credits of its own, where the region has a rule for it: once, when the awards for all its lessons stand. The product has no marks:
-- all published lessons are the floor, as for the certificate. The award hangs on the record of the lesson that was begun last, and counts on that day.

insert into public.credit_rules (id, zh, en) values ('course_completed', '学完一门课', 'A course completed');

-- Who finished which course and is still to be looked at: whoever finishes a lesson is at once, whoever had finished all that is left of a course when a
-- lesson of it went, by the job.
create table private.course_completions (
  id bigint generated always as identity primary key,
  person_id bigint not null references public.persons on delete cascade,
  course_id bigint not null references public.courses on delete cascade
);
create index course_completions_person_id_idx on private.course_completions (person_id);
create index course_completions_course_id_idx on private.course_completions (course_id);
alter table private.course_completions enable row level security;

create function private.note_course_completion() returns trigger
language plpgsql security definer set search_path = '' as $$ -- definer: enrolments are updated by more than one role
begin
  insert into private.course_completions (person_id, course_id)
  select new.person_id, course.id from public.courses course
  where course.id = new.course_id and course.kind = 'course' and exists (select from public.credit_rule_versions version where version.rule_id = 'course_completed');
  return null;
end $$;
create trigger enrolments_note_completion after update of completed_at on public.enrolments
  for each row when (old.completed_at is null and new.completed_at is not null) execute function private.note_course_completion();

-- The award for the course itself is the ground of no lesson.
create or replace function private.course_grounds(of_person_id bigint, of_course_id bigint) returns bigint[]
language plpgsql stable set search_path = '' as $$
declare
  grounds bigint[];
  lessons integer;
begin
  select count(*), array_agg(award.id) filter (where award.id is not null) into lessons, grounds
  from public.lessons lesson
  left join lateral (
    select posting.id from public.participations fact
    join public.credit_postings posting on posting.participation_id = fact.id and posting.kind = 'award' and posting.rule_id <> 'course_completed'
    where fact.lesson_id = lesson.id and fact.status = 'attended' and fact.person_id in (select private.rows_of_person(of_person_id))
      and not exists (select from public.credit_postings reversal where reversal.reverses = posting.id)
    order by posting.id limit 1
  ) award on true
  where lesson.course_id = of_course_id and lesson.status = 'published';
  return case when lessons > 0 and cardinality(grounds) = lessons then grounds end;
end $$;

-- Gives what a finished course earns, or takes it back where it is finished no more; called again it changes nothing. The learner is held.
create function private.settle_course(of_person_id bigint, of_course_id bigint) returns void
language plpgsql volatile set search_path = '' as $$
declare
  own bigint[];
  last_fact record;
  before record;
  postings integer;
  was_wrong boolean;
begin
  -- The learner's place first, as whoever corrects or finishes takes it.
  perform private.hold_learner(of_person_id);
  delete from private.course_completions waiting where waiting.course_id = of_course_id and waiting.person_id in (select private.rows_of_person(of_person_id));
  if not exists (select from public.credit_rule_versions version where version.rule_id = 'course_completed')
    or not exists (select from public.courses course where course.id = of_course_id and course.kind = 'course') then return; end if;
  own := array(select private.rows_of_person(of_person_id));
  select posting.id, exists (select from public.participations later where later.corrects = fact.id) as is_corrected into before
  from public.participations fact join public.credit_postings posting on posting.participation_id = fact.id and posting.kind = 'award' and posting.rule_id = 'course_completed'
  where fact.course_id = of_course_id and fact.person_id = any (own) and not exists (select from public.credit_postings reversal where reversal.reverses = posting.id)
  order by posting.id limit 1;
  if private.course_grounds(of_person_id, of_course_id) is null or before.is_corrected then
    if before.id is not null then perform private.reverse_credit(before.id, 'record_corrected'); end if;
  elsif before.id is not null then
    return;
  end if;
  if private.course_grounds(of_person_id, of_course_id) is null then return; end if;
  -- What two of the staff took back is not given again.
  select count(*), coalesce(bool_or(reversal.reason = 'posted_wrongly'), false) into postings, was_wrong
  from public.participations fact join public.credit_postings posting on posting.participation_id = fact.id and posting.kind = 'award' and posting.rule_id = 'course_completed'
  left join public.credit_postings reversal on reversal.reverses = posting.id
  where fact.course_id = of_course_id and fact.person_id = any (own);
  if was_wrong then return; end if;
  select fact.id, fact.person_id, private.china_date(fact.started_at) as day into last_fact from public.participations fact
  where fact.course_id = of_course_id and fact.lesson_id is not null and fact.person_id = any (own) and fact.status = 'attended'
    and not exists (select from public.participations later where later.corrects = fact.id)
  order by fact.started_at desc, fact.id desc limit 1;
  -- Before there was a rule nothing was earned by it, and nothing is refused for ever.
  if not found or not exists (select from public.credit_rule_versions version where version.rule_id = 'course_completed' and version.in_force @> last_fact.day) then return; end if;
  perform private.award_credit(concat_ws('#', format('course:%s:%s', of_course_id, last_fact.person_id), nullif(postings, 0)), last_fact.id, 'course_completed', 0);
end $$;

-- The step of the job. Returns how many were looked at.
create function private.settle_courses(at_most integer) returns integer
language plpgsql volatile security definer set search_path = '' as $$
declare
  waiting record;
  seen integer := 0;
begin
  for waiting in
    select distinct private.credit_learner(one.person_id) as learner, one.course_id from (select mark.person_id, mark.course_id from private.course_completions mark order by mark.id limit at_most) one
    order by learner, course_id
  loop
    perform private.settle_course(waiting.learner, waiting.course_id);
    seen := seen + 1;
  end loop;
  return seen;
end $$;
grant execute on function private.settle_courses(integer) to job_server;

-- What a course earned follows its records: it goes with them, and is given anew where all of them stand again.
-- The record that was credited before a correction: where it said that somebody was not there, the one before it.
create function private.awarded_record(earlier public.participations) returns bigint
language sql immutable set search_path = ''
return case when earlier.status = 'corrected' then earlier.corrects else earlier.id end;

create or replace function private.follow_correction() returns trigger
language plpgsql set search_path = '' as $$
declare
  corrected record;
begin
  perform private.hold_learner(concerned.person_id) from (
    select fact.person_id from recorded fact where fact.corrects is not null
    union
    select earlier.person_id from recorded fact join public.participations earlier on earlier.id = fact.corrects
  ) concerned
  where exists (select from recorded fact join public.participations earlier on earlier.id = fact.corrects
    join public.credit_postings award on award.participation_id = private.awarded_record(earlier))
  order by private.credit_learner(concerned.person_id);
  -- What a re-rating is about to replace is replaced first, so that it is corrected once and not left out of the list.
  perform private.take_rerating_turn(private.credit_learner(earlier.person_id), award.rule_id)
  from recorded fact join public.participations earlier on earlier.id = fact.corrects
  join public.credit_postings award on award.participation_id = private.awarded_record(earlier) and award.kind = 'award';
  for corrected in
    select award.id, award.rule_id, award.key, award.asked_minutes, fact.id as new_id, fact.status, fact.hours, earlier.hours as old_hours
    from recorded fact
    join public.participations earlier on earlier.id = fact.corrects
    join public.credit_postings award on award.participation_id = private.awarded_record(earlier) and award.kind = 'award'
    where not exists (select from public.credit_rerating_lines replaced where replaced.target_id = award.id)
      and not exists (select from public.credit_postings reversal where reversal.reverses = award.id and reversal.reason = 'posted_wrongly')
    order by award.person_id, award.id
  loop
    perform private.reverse_credit(corrected.id, 'record_corrected');
    if corrected.status = 'attended' and corrected.rule_id <> 'course_completed' then
      perform private.award_credit(corrected.key || '#' || corrected.new_id, corrected.new_id, corrected.rule_id,
        case when corrected.hours = corrected.old_hours then corrected.asked_minutes else floor(corrected.hours * 60)::bigint end);
    end if;
  end loop;
  if exists (select from public.credit_rule_versions version where version.rule_id = 'course_completed') then
    perform private.settle_course(one.learner, one.course_id) from (
      select distinct private.credit_learner(known.person_id) as learner, known.course_id from (
        select fact.person_id, fact.course_id from recorded fact where fact.corrects is not null and fact.lesson_id is not null
        union
        select earlier.person_id, earlier.course_id from recorded fact join public.participations earlier on earlier.id = fact.corrects where earlier.lesson_id is not null
      ) known where known.course_id is not null order by 1, 2) one;
  end if;
  return null;
end $$;

create or replace function private.credit_faults_of_ledger() returns table (invariant text, subject text)
language sql stable set search_path = ''
begin atomic
  -- The state of an account is the sum of its movements, numbered without gap.
  select 'state_is_sum', state.account_id::text
  from public.credit_account_states state
  left join (select account_id, sum(amount) as total, max(seq) as last, count(*) as lines from private.credit_movements group by account_id) moved
    on moved.account_id = state.account_id
  where state.balance <> coalesce(moved.total, 0) or state.seq <> coalesce(moved.last, 0) or coalesce(moved.last, 0) <> coalesce(moved.lines, 0)
  union all
  select 'running_balance', step.account_id || ':' || step.seq from (
    select account_id, seq, after, sum(amount) over (partition by account_id order by seq) as running from private.credit_movements
  ) step where step.after <> step.running
  union all
  select 'one_measure', leg.posting_id::text from public.credit_legs leg
  join public.credit_accounts giver on giver.id = leg.from_account_id join public.credit_accounts taker on taker.id = leg.to_account_id
  where giver.measure <> taker.measure
  union all
  -- Every finished lesson that still counts has exactly one answer, besides those that a re-rating replaced.
  select 'event_has_answer', fact.id::text from public.participations fact
  left join public.credit_postings award on award.participation_id = fact.id and award.kind = 'award' and award.rule_id <> 'course_completed'
    and not exists (select from public.credit_rerating_lines replaced where replaced.target_id = award.id)
  where fact.lesson_id is not null and fact.status = 'attended' and fact.corrects is null
  group by fact.id having count(award.id) <> 1
  union all
  select 'correction_reversed', award.id::text from public.credit_postings award
  join public.participations later on later.corrects = award.participation_id
  where award.kind = 'award' and not exists (select from public.credit_postings reversal where reversal.reverses = award.id)
  union all
  -- A reversal gives the issuer back what the award took from it.
  select 'reversal_mirrors', reversal.id::text from public.credit_postings reversal
  join public.credit_postings target on target.id = reversal.reverses
  where reversal.minutes <> -target.minutes or reversal.milli_credits <> -target.milli_credits or exists (
    select from (
      select leg.from_account_id as account_id, leg.amount from public.credit_legs leg
      join public.credit_accounts account on account.id = leg.from_account_id and account.role = 'issuer' where leg.posting_id = target.id
      union all
      select leg.to_account_id, -leg.amount from public.credit_legs leg
      join public.credit_accounts account on account.id = leg.to_account_id and account.role = 'issuer' where leg.posting_id = reversal.id
    ) side group by side.account_id having sum(side.amount) <> 0)
  union all
  -- A posting's figures are those of its legs.
  select 'posting_is_legs', posting.id::text from public.credit_postings posting
  left join (
    select leg.posting_id, sum(case when giver.role = 'issuer' then leg.amount when taker.role = 'issuer' then -leg.amount end) as issued
    from public.credit_legs leg
    join public.credit_accounts giver on giver.id = leg.from_account_id join public.credit_accounts taker on taker.id = leg.to_account_id
    where giver.measure = 'credits' group by leg.posting_id
  ) sides on sides.posting_id = posting.id
  where posting.kind in ('award', 'grant', 'reversal') and coalesce(sides.issued, 0) <> posting.milli_credits
  union all
  -- A cap's counter is what live awards took of it, and not above the cap.
  select 'cap_is_live_awards', concat_ws(':', coalesce(taken.person_id, live.person_id), coalesce(taken.cap_id, live.cap), coalesce(taken.period_start, live."from"), nullif(coalesce(taken.host_unit_id, live.host), 0))
  from public.credit_cap_uses taken
  full join (
    select award.person_id, use.cap, use."from", coalesce(use.host, 0) as host, sum(use.used) as used from public.credit_postings award
    cross join jsonb_to_recordset(award.cap_uses) as use (cap integer, "from" date, used bigint, host integer)
    where award.kind in ('award', 'grant') and not exists (select from public.credit_postings reversal where reversal.reverses = award.id)
    group by award.person_id, use.cap, use."from", coalesce(use.host, 0)
  ) live on live.person_id = taken.person_id and live.cap = taken.cap_id and live."from" = taken.period_start and live.host = taken.host_unit_id
  left join public.credit_caps cap on cap.id = taken.cap_id
  where coalesce(taken.used, 0) <> coalesce(live.used, 0) or taken.used > cap.amount
  union all
  -- Live minutes and credits under a version, and credits = whole part of minutes × rate: where others
  -- were taken back, each that is left may have been rounded up.
  select 'totals_are_live_awards', concat_ws(':', total.person_id, total.rule_version_id)
  from public.credit_rule_totals total join public.credit_rule_versions version on version.id = total.rule_version_id
  left join (
    select award.person_id, award.rule_version_id, sum(award.minutes) as minutes, sum(award.milli_credits) as milli_credits, count(*) as awards
    from public.credit_postings award where award.kind in ('award', 'grant')
      and not exists (select from public.credit_postings reversal where reversal.reverses = award.id)
    group by award.person_id, award.rule_version_id
  ) live on live.person_id = total.person_id and live.rule_version_id = total.rule_version_id
  where total.minutes <> coalesce(live.minutes, 0) or total.milli_credits <> coalesce(live.milli_credits, 0)
    or version.basis = 'minutes' and total.milli_credits > total.minutes * version.milli_credits / version.per_minutes + coalesce(live.awards, 0)
  union all
  -- The chain recomputes from its first link, and its head is the last one.
  select 'chain_is_whole', concat_ws(':', link.person_id, link.seq) from (
    select posting.*, coalesce(lag(posting.chain) over learner, '\x'::bytea) as before, lag(posting.seq) over learner as seq_before
    from public.credit_postings posting window learner as (partition by posting.person_id order by posting.seq)
  ) link
  where link.seq <> coalesce(link.seq_before, 0) + 1
    or link.chain <> private.chain_link(link.before, link.request_hash, link.outcome, link.minutes, link.milli_credits,
      link.balance_after_milli_credits, link.seq)
  union all
  select 'head_is_last', learner.person_id::text from public.credit_learners learner
  left join public.credit_postings last on last.person_id = learner.person_id and last.seq = learner.seq
  where learner.seq > 0 and learner.head is distinct from last.chain
    or exists (select from public.credit_postings beyond where beyond.person_id = learner.person_id and beyond.seq > learner.seq);
end;

-- A course gives its own credits once to each row of a person; that their record stands is among the ledger's own rules.
create function private.credit_faults_of_courses() returns table (invariant text, subject text)
language sql stable set search_path = ''
begin atomic
  select 'course_award_once', concat_ws(':', fact.person_id, fact.course_id)
  from public.credit_postings award join public.participations fact on fact.id = award.participation_id
  where award.rule_id = 'course_completed' and award.kind = 'award' and not exists (select from public.credit_postings reversal where reversal.reverses = award.id)
  group by fact.person_id, fact.course_id having count(*) > 1
  union all
  select 'course_award_once', award.id::text from public.credit_postings award
  left join public.participations fact on fact.id = award.participation_id
  where award.rule_id = 'course_completed' and award.kind = 'award' and (fact.lesson_id is null or award.minutes <> 0);
end;

-- A finished course is one event: its minutes were counted with its lessons.
create or replace function public.change_credit_rule(of_rule_id text, from_day date, basis text, milli_credits integer, per_minutes integer) returns integer
language plpgsql volatile security definer set search_path = '' as $$
declare
  later public.credit_rule_versions;
  version_id integer;
begin
  perform private.require_sight(private.region_id(), 'approval');
  perform from public.credit_rules rule where rule.id = of_rule_id for update;
  if not found then perform private.refuse(404, 'rule_unknown'); end if;
  if from_day is null or from_day < private.china_date(now()) then perform private.refuse(422, 'from_day_past', '{"field": "fromDay"}'); end if;
  if change_credit_rule.basis in ('minutes', 'event') is not true then perform private.refuse(422, 'basis_missing', '{"field": "basis"}'); end if;
  if of_rule_id = 'course_completed' and change_credit_rule.basis <> 'event' then perform private.refuse(422, 'basis_by_event', '{"field": "basis"}'); end if;
  if change_credit_rule.milli_credits between 0 and 1000000 is not true then perform private.refuse(422, 'rate_invalid', '{"field": "credits"}'); end if;
  if (change_credit_rule.basis = 'minutes') <> coalesce(change_credit_rule.per_minutes between 1 and 6000, false) then
    perform private.refuse(422, 'rate_invalid', '{"field": "perMinutes"}');
  end if;
  select * into later from public.credit_rule_versions version
    where version.rule_id = of_rule_id and lower(version.in_force) >= from_day order by version.in_force limit 1;
  if found then
    perform private.refuse(409, 'version_follows', jsonb_build_object('field', 'fromDay', 'day', lower(later.in_force)));
  end if;
  if exists (select from public.credit_rule_versions version where version.rule_id = of_rule_id and version.in_force @> from_day and version.basis <> change_credit_rule.basis)
    and exists (select from public.credit_caps cap where cap.rule_id = of_rule_id and coalesce(upper(cap.in_force) > from_day, true)) then
    perform private.refuse(409, 'caps_of_other_unit', '{"field": "basis"}');
  end if;
  update public.credit_rule_versions version set in_force = daterange(lower(version.in_force), from_day)
    where version.rule_id = of_rule_id and version.in_force @> from_day;
  insert into public.credit_rule_versions (rule_id, in_force, basis, milli_credits, per_minutes, entered_by)
  values (of_rule_id, daterange(from_day, null), change_credit_rule.basis, change_credit_rule.milli_credits, change_credit_rule.per_minutes, auth.uid())
  returning id into version_id;
  perform private.audit('credit_rule_changed', 'credit_rule', of_rule_id, private.region_id(),
    jsonb_build_object('from', from_day, 'milliCredits', milli_credits, 'perMinutes', per_minutes));
  return version_id;
end $$;

alter table public.credit_rule_versions add constraint credit_rule_versions_course_is_event check (rule_id <> 'course_completed' or basis = 'event');

create or replace function private.courses_ahead(of_person_id bigint, course_slugs text[], lesson_slug text)
returns table (course_slug text, is_personal boolean, lessons integer, done integer, earned_milli_credits bigint, ahead jsonb)
language plpgsql stable set search_path = '' as $$
declare
  rows_of_them bigint[] := array(select private.rows_of_person(of_person_id));
begin
  return query
  with asked as materialized (
    select course.slug, private.lesson_rule(course.kind) as rule_id, course.category_id, course.host_unit_id, lesson.id, lesson.minutes,
      exists (select from public.lesson_completions completion where completion.lesson_id = lesson.id and completion.person_id = any (rows_of_them)) as is_done
    from public.courses course
    join public.lessons lesson on lesson.course_id = course.id and lesson.status = 'published'
      and (courses_ahead.lesson_slug is null or lesson.slug = courses_ahead.lesson_slug)
    where course.slug = any (course_slugs[1:48]) and (course.status = 'published' or course.status = 'withdrawn' and exists (
      select from public.enrolments enrolment where enrolment.course_id = course.id and enrolment.person_id = any (rows_of_them)))
  ), whole as (
    -- Finishing all that is left finishes the course: on the day of the lesson that was begun last.
    select asked.slug, asked.category_id, asked.host_unit_id, greatest(max(private.lesson_day(of_person_id, asked.id)) filter (where not asked.is_done), (
        select max(private.china_date(fact.started_at)) from public.participations fact join asked done_one on done_one.id = fact.lesson_id
        where done_one.slug = asked.slug and fact.person_id = any (rows_of_them) and fact.status = 'attended')) as day
    from asked where courses_ahead.lesson_slug is null and asked.rule_id = 'lesson_completed' and exists (select from public.credit_rule_versions version where version.rule_id = 'course_completed')
      -- One that was finished before more lessons came is finished.
      and not exists (select from public.enrolments enrolment join public.courses course on course.id = enrolment.course_id
        where course.slug = asked.slug and enrolment.person_id = any (rows_of_them) and enrolment.completed_at is not null)
    group by asked.slug, asked.category_id, asked.host_unit_id having bool_or(not asked.is_done)
  ), undone as (
    select asked.slug, asked.rule_id, asked.category_id, asked.host_unit_id, private.lesson_day(of_person_id, asked.id) as day, asked.minutes from asked where not asked.is_done
  ), bundles as (
    select undone.slug, undone.day, private.credit_ahead(of_person_id, undone.rule_id, undone.day, sum(undone.minutes)::bigint, count(*)::integer, undone.category_id, undone.host_unit_id) as bundle
    from undone group by undone.slug, undone.rule_id, undone.day, undone.category_id, undone.host_unit_id
    union all
    select whole.slug, whole.day, private.credit_ahead(of_person_id, 'course_completed', whole.day, 0, 1, whole.category_id, whole.host_unit_id)
    from whole where exists (select from public.credit_rule_versions version where version.rule_id = 'course_completed' and version.in_force @> whole.day)
  ), brought as (
    select asked.slug, sum(posting.milli_credits)::bigint as milli_credits
    from asked
    join public.participations fact on fact.lesson_id = asked.id and fact.person_id = any (rows_of_them)
    join public.credit_postings posting on posting.participation_id = fact.id
    where asked.is_done and (courses_ahead.lesson_slug is null or posting.rule_id <> 'course_completed') group by asked.slug
  )
  select asked.slug, of_person_id is not null, count(*)::integer, count(*) filter (where asked.is_done)::integer,
    coalesce((select brought.milli_credits from brought where brought.slug = asked.slug), 0),
    coalesce((select jsonb_agg(bundles.bundle order by bundles.day desc) from bundles where bundles.slug = asked.slug), '[]')
  from asked group by asked.slug;
end $$;
