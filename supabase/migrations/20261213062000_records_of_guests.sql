-- What a session wrote down is put right where it was confirmed, wherever the person lives: whoever answers for the session saw who was there.

-- Whether a record, or the one that it corrects, came from a session of a unit whose people the asker keeps.
create function private.hosted_here(of_participation_id bigint) returns boolean
language sql stable set search_path = ''
begin atomic
  with recursive chain as (
    select fact.id, fact.corrects from public.participations fact where fact.id = of_participation_id
    union
    select earlier.id, earlier.corrects from chain join public.participations earlier on earlier.id = chain.corrects
  )
  select exists (
    select from chain join public.session_records record on record.participation_id = chain.id
    join public.activity_sessions session on session.id = record.session_id join public.activities activity on activity.id = session.activity_id
    where activity.host_unit_id in (select private.my_units('people')));
end;

-- As before; and with what only a whole record has (decision 44), the host by its name or code, the role, and for whoever hosted a guest.
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
  if not found then perform private.refuse(404, 'participation_unknown'); end if;
  if not private.hosted_here(fact.id) then
    if not exists (select from public.units home where home.id = fact.residence_unit_id
        and home.path operator(extensions.<@) any (private.my_unit_paths('names') || private.my_unit_paths('people'))) then
      perform private.refuse(404, 'participation_unknown');
    end if;
    perform private.require_sight(fact.residence_unit_id, 'people');
  end if;
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

-- As before, without asking where the person lives.
create or replace function public.answer_record_request(of_request_id bigint, accepts boolean, answer text) returns text
language plpgsql volatile security definer set search_path = '' as $$
#variable_conflict use_column
declare
  request public.record_requests;
  session public.activity_sessions;
  host_id integer;
  said text := trim(answer_record_request.answer);
  decided text := case when accepts then 'changed' else 'kept' end;
  standing text;
  record public.participations;
  fact_id bigint;
begin
  if auth.uid() is null then perform private.refuse(401, 'sign_in_needed'); end if;
  select one.* into request from public.record_requests one join public.activity_sessions session_ on session_.id = one.session_id
  join public.activities activity on activity.id = session_.activity_id and activity.host_unit_id in (select private.my_units('people')) where one.id = of_request_id for update of one;
  if not found then perform private.refuse(404, 'record_request_unknown'); end if;
  select activity.host_unit_id into host_id from public.activity_sessions one join public.activities activity on activity.id = one.activity_id where one.id = request.session_id;
  if accepts is null then perform private.refuse(422, 'choice_missing', '{"field": "choice"}'); end if;
  if (length(said) between 2 and 200) is not true then perform private.refuse(422, 'reason_missing', '{"field": "answer"}'); end if;
  if request.person_id in (select private.my_person_ids()) or request.by_account = auth.uid() then perform private.refuse(403, 'own_signup'); end if;
  if request.answered_at is not null then perform private.refuse(409, 'record_request_answered'); end if;
  standing := private.standing_at_session(request.session_id, request.person_id);
  if accepts and request.kind = 'was_there' and standing <> 'counted' then
    session := private.session_to_attend(request.session_id);
    select fact.* into record from public.session_records earlier join public.participations fact on fact.id = private.standing_record(earlier.participation_id)
    where earlier.session_id = session.id and earlier.person_id in (select private.rows_of_person(request.person_id));
    if found then
      -- On record once and taken back: it stands again, by a correction that leaves the hours as they were. What was corrected to somebody else is theirs.
      if record.person_id not in (select private.rows_of_person(request.person_id)) then perform private.refuse(409, 'record_moved', '{"field": "choice"}'); end if;
      perform public.correct_participation(record.id, 'wrong_hours', jsonb_build_object('hours', record.hours), said);
    else
      -- Whoever asks is known by their asking, wherever they live and however long ago it was.
      if standing = 'none' then
        insert into public.attendance_marks (client_id, session_id, person_id, method, device_at, seen_at, by_account)
        select gen_random_uuid(), session.id, coalesce(one.counts_as, one.id), 'roster', clock_timestamp(), session.starts_at, auth.uid() from public.persons one where one.id = request.person_id;
      end if;
      if session.confirmed_at is not null then
        perform from public.confirm_session(session.id);
        -- On record at another place at that time: nobody was at two.
        if private.standing_at_session(session.id, request.person_id) <> 'counted' then perform private.refuse(409, 'record_at_another', '{"field": "choice"}'); end if;
      end if;
    end if;
  elsif accepts and request.kind = 'was_not_there' then
    if standing = 'counted' then
      select one.fact_id into fact_id from private.on_record_at(request.session_id) one where one.person_id in (select private.rows_of_person(request.person_id)) limit 1;
      perform public.correct_participation(fact_id, 'not_attended', '{}', said);
    elsif standing = 'marked' then
      perform public.unmark_attendance(request.session_id, request.person_id);
    end if;
  end if;
  update public.record_requests one set outcome = decided, answer = said, answered_by = auth.uid(), answered_at = clock_timestamp() where one.id = request.id;
  insert into public.notices (person_id, kind, activity_id, session_id, details)
  select request.person_id, 'record_answered', one.activity_id, one.id, jsonb_build_object('outcome', decided, 'reason', said) from public.activity_sessions one where one.id = request.session_id;
  perform private.audit('record_request_answered', 'activity_session', request.session_id::text, host_id, jsonb_build_object('outcome', decided));
  return decided;
end $$;

-- What stands on record of those at a session whose own page is for others to see: to be put right on its list.
create function public.guest_records(of_session_id bigint)
returns table (person_id bigint, participation_id bigint, kind text, status text, started_at timestamptz, ended_at timestamptz, hours numeric, category_id text)
language plpgsql stable security definer set search_path = '' as $$
#variable_conflict use_column
begin
  if not exists (select from public.activity_sessions session join public.activities activity on activity.id = session.activity_id
      where session.id = of_session_id and activity.host_unit_id in (select private.my_units('people'))) then
    perform private.refuse(404, 'session_unknown');
  end if;
  return query
  select record.person_id, fact.id, fact.kind, fact.status, fact.started_at, fact.ended_at, fact.hours, fact.category_id
  from private.records_at(of_session_id) record join public.participations fact on fact.id = record.fact_id
  join public.persons person on person.id = record.person_id
  where person.residence_unit_id not in (select private.my_units('names')) and person.residence_unit_id not in (select private.my_units('people'))
  order by record.person_id;
end $$;
grant execute on function public.guest_records(bigint) to authenticated;
