-- A session is on record at the home of its day, whenever it is confirmed.

-- Confirms a session that is over: whoever was marked gets a record of participation and its credits, whoever served their hours with record and
-- credits, in one transaction and once, however often it is pressed; whoever is marked later gets theirs when it is pressed again. Nobody confirms their
-- own presence. Minors are on record without a fee: they pay none.
create or replace function public.confirm_session(of_session_id bigint)
returns table (person_id bigint, name text, outcome text, reason text, is_new boolean, counted_minutes bigint, milli_credits bigint)
language plpgsql volatile security definer set search_path = '' as $$
#variable_conflict use_column
declare
  session public.activity_sessions := private.session_to_attend(of_session_id);
  activity public.activities;
  learners bigint[];
  helpers bigint[];
  shift public.service_shifts;
  facts bigint[];
  keys text[];
  length_minutes integer := extract(epoch from session.ends_at - session.starts_at) / 60;
begin
  if session.ends_at > now() then perform private.refuse(409, 'session_not_over', jsonb_build_object('endsAt', session.ends_at)); end if;
  select * into strict activity from public.activities one where one.id = session.activity_id;
  select array_agg(present.person_id order by present.person_id) into learners from private.attendance_of(session.id) present;
  select array_agg(distinct private.credit_learner(place.person_id)) into helpers
  from public.service_shifts one join public.service_places place on place.shift_id = one.id and place.status = 'taken' and place.confirmed_from is null
  where one.session_id = session.id and one.cancelled_at is null and one.ends_at <= now();
  -- Hours that were confirmed with their shift before are somebody's too.
  if learners is null and not exists (select from public.service_shifts one join public.service_places place on place.shift_id = one.id and place.status <> 'cancelled'
      where one.session_id = session.id and one.cancelled_at is null and one.ends_at <= now()) then perform private.refuse(409, 'nobody_marked'); end if;
  -- Shifts before people, as whoever confirms a shift takes them.
  perform from public.service_shifts one where one.session_id = session.id order by one.id for update;

  -- Every learner's place in line first, in the order in which everybody takes them.
  insert into public.credit_learners (person_id) select unnest(learners || helpers) order by 1 on conflict do nothing;
  perform from public.credit_learners learner where learner.person_id = any (learners || helpers) order by learner.person_id for update;

  with recorded as (
    insert into public.participations (key, person_id, kind, form, category_id, organised, role, residence_unit_id, area, host_unit_id, delivering_department, groups, birth_year, sex,
      started_at, ended_at, in_vacation, hours, status, sign_in_method, confirmed_by, with_guardian, guardian_id, guardian_consent, channel, fee_fen, entry_source, entered_by)
    select concat_ws(':', 'session', session.id, person.id), person.id, activity.kind, activity.form_id, activity.category_id, true, 'learner', home.id, home.area,
      activity.host_unit_id, activity.department, private.groups_of(person.id, person.birth_year, private.china_date(session.starts_at)), person.birth_year, person.sex,
      session.starts_at, session.ends_at, private.in_vacation(private.china_date(session.starts_at)), round(length_minutes / 60.0, 2), 'attended', present.method, auth.uid(),
      guardian.id is not null, guardian.id, guardian.consent, 'onsite', case when private.china_year(session.starts_at) - person.birth_year < 18 then 0 else activity.fee_fen end, case when present.method in ('card', 'scan') then 'scan' when present.method = 'spoken' then 'self' else 'paper' end, auth.uid()
    from private.attendance_of(session.id) present
    join public.persons person on person.id = present.person_id
    join public.units home on home.id = private.home_on(person.id, private.china_date(session.starts_at))
    left join lateral (
      select coalesce(adult.counts_as, adult.id) as id, link.consent from public.guardians link join public.persons adult on adult.id = link.guardian_id
      join private.attendance_of(session.id) beside on beside.person_id = coalesce(adult.counts_as, adult.id)
      where link.child_id in (select private.rows_of_person(person.id)) and link.valid_to is null order by link.id limit 1
    ) guardian on true
    where not exists (select from public.session_records earlier where earlier.session_id = session.id and earlier.person_id in (select private.rows_of_person(person.id)))
      and person.id not in (select private.my_person_ids())
      and not private.at_another_session(person.id, session.id, session.starts_at, session.ends_at) and not private.in_other_class(person.id, session.starts_at, session.ends_at)
      and not private.on_imported_list(person.id, session, activity)
    order by person.id
    returning id, key, person_id
  ), entered as (
    insert into public.session_records (participation_id, session_id, person_id) select recorded.id, session.id, recorded.person_id from recorded
  )
  select array_agg(recorded.id order by recorded.person_id), array_agg(recorded.key order by recorded.person_id) into facts, keys from recorded;
  if facts is not null then
    perform private.award_class(facts, keys, 'attendance', length_minutes);
    perform private.audit('session_confirmed', 'activity_session', session.id::text, activity.host_unit_id, jsonb_build_object('people', cardinality(facts)));
  end if;
  -- Who served: after who learned, for what somebody sat in class is no service.
  for shift in select one.* from public.service_shifts one where one.session_id = session.id and one.cancelled_at is null and one.ends_at <= now() order by one.id loop
    perform private.confirm_places(shift);
  end loop;
  update public.activity_sessions one set confirmed_at = clock_timestamp(), confirmed_by = auth.uid() where one.id = session.id and one.confirmed_at is null;

  return query
  select person.id, person.name, case when record.participation_id is null then 'refused' else coalesce(posting.outcome, 'refused') end,
    case when record.participation_id is not null then posting.reason when person.id in (select private.my_person_ids()) then 'own_account'
      when private.on_imported_list(person.id, session, activity) then 'imported_before' else 'other_class_then' end,
    coalesce(record.participation_id = any (facts), false), coalesce(posting.minutes, 0), coalesce(posting.milli_credits, 0)
  from unnest(learners) as list (id) join public.persons person on person.id = list.id
  left join public.session_records record on record.session_id = session.id and record.person_id in (select private.rows_of_person(person.id))
  left join lateral private.record_credit(private.standing_record(record.participation_id)) posting on true
  order by person.name, person.id;
end $$;
