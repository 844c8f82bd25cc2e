-- Corrects a record: a new row that points to it. Only the last row of a chain can be corrected; what the new values do not
-- name stays as it was. {"personId", "startedAt", "endedAt", "hours", "categoryId"} by what is wrong.
-- Nobody corrects what they did themselves, nor gives themselves what another did, under whichever row.
create or replace function public.correct_participation(participation_id bigint, what text, new_values jsonb, reason text) returns bigint
language plpgsql volatile security definer set search_path = '' as $$
declare
  fact public.participations;
  person public.persons;
  later_id bigint;
  new_id bigint;
  event_day date;
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
    fact.person_id := person.id; fact.status := 'attended'; fact.residence_unit_id := person.residence_unit_id; fact.birth_year := person.birth_year; fact.sex := person.sex;
    fact.area := (select area from public.units where id = person.residence_unit_id);
    fact.groups := private.groups_of(person.id, person.birth_year, event_day);
  elsif correct_participation.what = 'wrong_time' then
    fact.started_at := (new_values ->> 'startedAt')::timestamptz; fact.ended_at := (new_values ->> 'endedAt')::timestamptz; fact.status := 'attended';
    if fact.started_at is null or fact.ended_at is null or fact.ended_at < fact.started_at then perform private.refuse(422, 'time_invalid', '{"field": "startedAt"}'); end if;
    if fact.ended_at > now() then perform private.refuse(422, 'time_in_future', '{"field": "startedAt"}'); end if;
  elsif correct_participation.what = 'wrong_hours' then
    fact.hours := (new_values ->> 'hours')::numeric; fact.status := 'attended';
    if fact.hours between 0 and 24 is not true then perform private.refuse(422, 'hours_invalid', '{"field": "hours"}'); end if;
  elsif correct_participation.what = 'wrong_category' then
    fact.category_id := new_values ->> 'categoryId'; fact.status := 'attended';
    if not exists (select from public.categories where id = fact.category_id) then perform private.refuse(422, 'category_unknown', '{"field": "categoryId"}'); end if;
  else
    perform private.refuse(422, 'correction_unknown', '{"field": "what"}');
  end if;

  begin
    insert into public.participations (key, person_id, kind, form, category_id, programme, course_id, lesson_id, organised, role, person_role, employment,
      residence_unit_id, area, host_unit_id, delivering_department, groups, birth_year, sex, started_at, ended_at, in_vacation, hours, status, sign_in_method,
      confirmed_by, with_guardian, guardian_id, guardian_consent, channel, fee_fen, for_profit, evidence_ids, entry_source, entered_by, corrects)
    values ('correction:' || fact.id, fact.person_id, fact.kind, fact.form, fact.category_id, fact.programme, fact.course_id, fact.lesson_id, fact.organised, fact.role,
      fact.person_role, fact.employment, fact.residence_unit_id, fact.area, fact.host_unit_id, fact.delivering_department, fact.groups, fact.birth_year, fact.sex,
      fact.started_at, fact.ended_at, fact.in_vacation, fact.hours, fact.status, fact.sign_in_method, auth.uid(), fact.with_guardian, fact.guardian_id,
      fact.guardian_consent, fact.channel, fact.fee_fen, fact.for_profit, fact.evidence_ids, 'paper', auth.uid(), fact.id)
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
