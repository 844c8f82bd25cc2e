-- A record that names the wrong host or role is corrected like any other.

alter table public.corrections drop constraint corrections_what_check;
alter table public.corrections add constraint corrections_what_check
  check (what in ('not_attended', 'wrong_person', 'wrong_time', 'wrong_hours', 'wrong_category', 'wrong_host', 'wrong_role'));

-- As before, with the host, by its name or code, and the role.
create or replace function public.correct_participation(participation_id bigint, what text, new_values jsonb, reason text) returns bigint
language plpgsql volatile security definer set search_path = '' as $$
declare
  fact public.participations;
  person public.persons;
  later_id bigint;
  new_id bigint;
  event_day date;
  hosts integer[];
begin
  if auth.uid() is null then perform private.refuse(401, 'sign_in_needed'); end if;
  select * into fact from public.participations where id = correct_participation.participation_id;
  if not found or not exists (select from public.units home where home.id = fact.residence_unit_id
    and home.path operator(extensions.<@) any (private.my_unit_paths('names') || private.my_unit_paths('people'))) then
    perform private.refuse(404, 'participation_unknown');
  end if;
  perform private.require_sight(fact.residence_unit_id, 'people');
  if private.credit_learner(fact.person_id) = private.my_person_id() then perform private.refuse(409, 'own_account', '{"field": "reason"}'); end if;
  if length(trim(correct_participation.reason)) between 2 and 200 is not true then perform private.refuse(422, 'correction_reason_missing', '{"field": "reason"}'); end if;
  -- Hours of service are counted together and corrected where they were confirmed.
  if exists (select from public.service_records record where record.participation_id = fact.id) then perform private.refuse(409, 'service_corrected_there', '{"field": "what"}'); end if;
  select id into later_id from public.participations later where later.corrects = fact.id;
  if later_id is not null then perform private.refuse(409, 'already_corrected', jsonb_build_object('by', later_id)); end if;
  -- A lesson finished on the site is what the server saw: it happened or it did not.
  if fact.kind = 'self_study' and correct_participation.what <> 'not_attended' then perform private.refuse(422, 'self_study_not_changed', '{"field": "what"}'); end if;

  if correct_participation.what = 'not_attended' then
    if fact.status = 'corrected' then perform private.refuse(409, 'already_void'); end if;
    fact.status := 'corrected';
  elsif correct_participation.what = 'wrong_person' then
    select * into person from public.persons where id = (new_values ->> 'personId')::bigint;
    if person.id is null then perform private.refuse(404, 'person_unknown', '{"field": "personId"}'); end if;
    perform private.require_person(person.id, 'people');
    if private.credit_learner(person.id) = private.my_person_id() then perform private.refuse(409, 'own_account', '{"field": "personId"}'); end if;
    if coalesce(person.counts_as, person.id) = (select coalesce(counts_as, id) from public.persons where id = fact.person_id) then
      perform private.refuse(422, 'same_person', '{"field": "personId"}');
    end if;
    event_day := private.china_date(fact.started_at);
    fact.person_id := person.id; fact.status := 'attended'; fact.birth_year := person.birth_year; fact.sex := person.sex;
    fact.residence_unit_id := private.home_on(coalesce(person.counts_as, person.id), event_day);
    fact.area := (select area from public.units where id = fact.residence_unit_id);
    fact.groups := private.groups_of(person.id, person.birth_year, event_day);
  elsif correct_participation.what = 'wrong_time' then
    event_day := private.china_date(fact.started_at);
    fact.started_at := (new_values ->> 'startedAt')::timestamptz; fact.ended_at := (new_values ->> 'endedAt')::timestamptz; fact.status := 'attended';
    if fact.started_at is null or fact.ended_at is null or fact.ended_at < fact.started_at then perform private.refuse(422, 'time_invalid', '{"field": "startedAt"}'); end if;
    if fact.ended_at > now() then perform private.refuse(422, 'time_in_future', '{"field": "startedAt"}'); end if;
    -- On another day somebody may have lived elsewhere and belonged to other groups.
    if private.china_date(fact.started_at) <> event_day then
      event_day := private.china_date(fact.started_at);
      fact.residence_unit_id := private.home_on((select coalesce(counts_as, id) from public.persons where id = fact.person_id), event_day);
      fact.area := (select area from public.units where id = fact.residence_unit_id);
      fact.groups := private.groups_of(fact.person_id, fact.birth_year, event_day);
      fact.in_vacation := private.in_vacation(event_day);
    end if;
  elsif correct_participation.what = 'wrong_hours' then
    fact.hours := (new_values ->> 'hours')::numeric; fact.status := 'attended';
    if fact.hours between 0 and 24 is not true then perform private.refuse(422, 'hours_invalid', '{"field": "hours"}'); end if;
  elsif correct_participation.what = 'wrong_category' then
    fact.category_id := new_values ->> 'categoryId'; fact.status := 'attended';
    if not exists (select from public.categories where id = fact.category_id) then perform private.refuse(422, 'category_unknown', '{"field": "categoryId"}'); end if;
  elsif correct_participation.what = 'wrong_host' then
    -- The host of a session is that of its activity.
    if exists (select from public.session_records record where record.participation_id = private.first_record(fact.id)) then
      perform private.refuse(409, 'host_of_session', '{"field": "what"}');
    end if;
    hosts := array(select unit.id from public.units unit where (unit.code = trim(new_values ->> 'host') or unit.name = trim(new_values ->> 'host'))
      and private.open_on(unit.opened_on, unit.closed_on, private.china_date(fact.started_at)) limit 2);
    if cardinality(hosts) = 0 then perform private.refuse(422, 'host_not_found', '{"field": "host"}'); end if;
    if cardinality(hosts) > 1 then perform private.refuse(422, 'host_ambiguous', '{"field": "host"}'); end if;
    if hosts[1] = fact.host_unit_id then perform private.refuse(422, 'same_host', '{"field": "host"}'); end if;
    fact.host_unit_id := hosts[1]; fact.status := 'attended';
  elsif correct_participation.what = 'wrong_role' then
    -- Hours of service are confirmed with the service.
    if (new_values ->> 'role') in ('learner', 'guardian', 'trainee', 'tutor', 'lecturer', 'organiser') is not true then perform private.refuse(422, 'role_unknown', '{"field": "role"}'); end if;
    if new_values ->> 'role' = fact.role then perform private.refuse(422, 'same_role', '{"field": "role"}'); end if;
    fact.role := new_values ->> 'role'; fact.status := 'attended';
  else
    perform private.refuse(422, 'correction_unknown', '{"field": "what"}');
  end if;

  begin
    insert into public.participations (key, person_id, kind, form, category_id, programme, course_id, lesson_id, organised, role, person_role, employment,
      residence_unit_id, area, host_unit_id, delivering_department, groups, birth_year, sex, started_at, ended_at, in_vacation, hours, status, sign_in_method,
      confirmed_by, with_guardian, guardian_id, guardian_consent, channel, fee_fen, for_profit, venue_id, evidence_ids, entry_source, entered_by, corrects)
    values ('correction:' || fact.id, fact.person_id, fact.kind, fact.form, fact.category_id, fact.programme, fact.course_id, fact.lesson_id, fact.organised, fact.role,
      fact.person_role, fact.employment, fact.residence_unit_id, fact.area, fact.host_unit_id, fact.delivering_department, fact.groups, fact.birth_year, fact.sex,
      fact.started_at, fact.ended_at, fact.in_vacation, fact.hours, fact.status, fact.sign_in_method, auth.uid(), fact.with_guardian, fact.guardian_id,
      fact.guardian_consent, fact.channel, fact.fee_fen, fact.for_profit, fact.venue_id, fact.evidence_ids, 'paper', auth.uid(), fact.id)
    returning id into new_id;
  exception when unique_violation then
    -- Somebody else was quicker.
    perform private.refuse(409, 'already_corrected', jsonb_build_object('by', (select id from public.participations later where later.corrects = fact.id)));
  end;
  insert into public.corrections (participation_id, what, reason, by_account) values (new_id, correct_participation.what, trim(correct_participation.reason), auth.uid());
  perform private.audit('participation_corrected', 'participation', fact.id::text,
    (select residence_unit_id from public.participations where id = fact.id), jsonb_build_object('what', correct_participation.what, 'by', new_id));
  return new_id;
end $$;

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
