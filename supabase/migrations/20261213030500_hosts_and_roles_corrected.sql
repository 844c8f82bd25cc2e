-- A record that names the wrong host or role is corrected like any other.

alter table public.corrections drop constraint corrections_what_check;
alter table public.corrections add constraint corrections_what_check
  check (what in ('not_attended', 'wrong_person', 'wrong_time', 'wrong_hours', 'wrong_category', 'wrong_host', 'wrong_role'));

-- Of a chain of corrections the record that was awarded: the one before whatever was void, or told of somebody who taught or organised and so earned nothing.
create or replace function private.awarded_record(earlier public.participations) returns bigint
language plpgsql stable set search_path = '' as $$
declare
  one public.participations := earlier;
begin
  while one.corrects is not null and (one.status = 'corrected' or one.role in ('trainee', 'tutor', 'lecturer', 'organiser')
    and not exists (select from public.credit_postings award where award.participation_id = one.id)) loop
    select * into one from public.participations before where before.id = one.corrects;
  end loop;
  return one.id;
end $$;

-- As before; but whoever was no learner after all earns nothing by the record.
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
    select award.id, award.rule_id, award.key, award.asked_minutes, fact.id as new_id, fact.status, fact.hours, earlier.hours as old_hours, fact.role in ('learner', 'guardian', 'volunteer') or fact.role = earlier.role and award.participation_id = earlier.id as still_earns
    from recorded fact
    join public.participations earlier on earlier.id = fact.corrects
    join public.credit_postings award on award.participation_id = private.awarded_record(earlier) and award.kind = 'award'
    where not exists (select from public.credit_rerating_lines replaced where replaced.target_id = award.id)
      and not exists (select from public.credit_postings reversal where reversal.reverses = award.id and reversal.reason = 'posted_wrongly')
    order by award.person_id, award.id
  loop
    perform private.reverse_credit(corrected.id, 'record_corrected');
    if corrected.status = 'attended' and corrected.still_earns and corrected.rule_id <> 'course_completed' then
      perform private.award_credit(corrected.key || '#' || corrected.new_id, corrected.new_id, corrected.rule_id,
        case when corrected.hours = corrected.old_hours then corrected.asked_minutes else round(corrected.hours * 60)::bigint end);
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
