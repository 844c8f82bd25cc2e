-- Who helps at a session: volunteers who served there, and a lecturer who is one. Confirming the session confirms their hours too, by the rules
-- of service (decision 32), in the same transaction; corrected they are as any hours are, with record and credits.

-- A shift that belongs to a session: one that volunteers signed up for, or one that was made for those whom staff entered.
alter table public.service_shifts add column session_id bigint references public.activity_sessions on delete restrict;
create index service_shifts_session_id_idx on public.service_shifts (session_id) where session_id is not null;
-- What helpers of an activity are entered under, by what they do: published to nobody, for nobody signs up for it.
alter table public.service_opportunities add column activity_id bigint references public.activities on delete restrict;
create unique index service_opportunities_of_activity on public.service_opportunities (activity_id, role) where activity_id is not null;

-- Confirms what was served in a shift that is over, whose row is held: the places that are ready, once. Returns the new ones.
create function private.confirm_places(shift public.service_shifts) returns bigint[]
language plpgsql volatile set search_path = '' as $$
declare
  ready bigint[];
  new_ids bigint[];
  person bigint;
begin
  select array_agg(place.id) into ready from public.service_places place
  where place.shift_id = shift.id and place.status = 'taken' and place.confirmed_from is null and place.person_id not in (select private.my_person_ids())
    and (private.standing_check(place.id, 'in')).id is not null and (private.standing_check(place.id, 'out')).id is not null
    and date_trunc('minute', least((private.standing_check(place.id, 'out')).at, shift.ends_at)) > date_trunc('minute', greatest((private.standing_check(place.id, 'in')).at, shift.starts_at));
  -- Every learner's place in line first, in the order in which everybody takes them.
  perform private.hold_learner(one.learner) from (
    select distinct private.credit_learner(place.person_id) as learner from public.service_places place where place.id = any (ready) order by 1) one;
  with confirmed as (
    update public.service_places place set proof = private.proof_of_place(place.id),
      confirmed_from = date_trunc('minute', greatest((private.standing_check(place.id, 'in')).at, shift.starts_at)),
      confirmed_to = date_trunc('minute', least((private.standing_check(place.id, 'out')).at, shift.ends_at))
    where place.id = any (ready) and place.confirmed_from is null returning place.id
  )
  select array_agg(confirmed.id) into new_ids from confirmed;
  for person in select distinct private.credit_learner(place.person_id) from public.service_places place where place.id = any (new_ids) order by 1 loop
    perform private.settle_service(person);
  end loop;
  if new_ids is not null then
    perform private.audit('service_confirmed', 'service_shift', shift.id::text,
      (select one.unit_id from public.service_opportunities one where one.id = shift.opportunity_id), jsonb_build_object('people', cardinality(new_ids)));
  end if;
  return new_ids;
end $$;

-- Confirms what was served in a shift that is over: of everybody who came and went, from then to then, within the shift. Whoever has
-- no end counts nothing until staff sets one. Pressed again, and by two at once, it only adds what is new. Nobody confirms their own.
create or replace function public.confirm_service(of_shift_id bigint)
returns table (place_id bigint, name text, outcome text, is_new boolean, minutes integer, class_minutes integer, overlap_minutes integer, cap_minutes integer, rest_minutes integer, milli_credits bigint)
language plpgsql volatile security definer set search_path = '' as $$
#variable_conflict use_column
declare
  shift public.service_shifts := private.shift_to_confirm(of_shift_id);
  new_ids bigint[];
begin
  if shift.cancelled_at is not null then perform private.refuse(409, 'shift_cancelled', jsonb_build_object('reason', shift.cancel_reason)); end if;
  if shift.ends_at > now() then perform private.refuse(409, 'shift_not_over', jsonb_build_object('endsAt', shift.ends_at)); end if;
  new_ids := private.confirm_places(shift);
  return query
  select place.id, person_.name, case
      when place.confirmed_from is not null then 'confirmed'
      when place.person_id in (select private.my_person_ids()) then 'own_account'
      when (private.standing_check(place.id, 'in')).id is null then 'absent'
      when (private.standing_check(place.id, 'out')).id is null then 'no_end'
      else 'too_short' end,
    place.id = any (coalesce(new_ids, '{}')), coalesce(standing.minutes, 0), coalesce(standing.class_minutes, 0), coalesce(standing.overlap_minutes, 0), coalesce(standing.cap_minutes, 0),
    coalesce(standing.rest_minutes, 0), coalesce(posting.milli_credits, 0)
  from public.service_places place join public.persons person_ on person_.id = place.person_id
  left join lateral private.standing_service(place.id) standing on true
  left join lateral private.record_credit(private.standing_record(standing.participation_id)) posting on true
  where place.shift_id = shift.id and place.status <> 'cancelled'
  order by coalesce(person_.pinyin, person_.name), place.id;
end $$;

-- Whether somebody is on record of a session already by a list that was imported: of the same host, at that time or, where the list has none, on that day under its title.
create function private.on_imported_list(of_person_id bigint, session public.activity_sessions, activity public.activities) returns boolean
language plpgsql stable set search_path = '' as $$
begin
  return exists (
    select from public.participations fact
    where fact.person_id in (select private.rows_of_person(of_person_id)) and fact.entry_source = 'import' and fact.status = 'attended' and fact.host_unit_id = activity.host_unit_id and fact.role = 'learner'
      and fact.year between private.china_year(session.starts_at) - 1 and private.china_year(session.ends_at)
      and (fact.started_at < session.ends_at and fact.ended_at > session.starts_at
        -- A list without times begins its days at midnight.
        or fact.started_at = date_trunc('day', session.starts_at, 'Asia/Shanghai') and private.text_key(fact.programme) = private.text_key(activity.title))
      and not exists (select from public.participations later where later.corrects = fact.id));
end $$;

-- A volunteer who served at a session, entered by staff once it has begun: for the whole session, under what they did. What is older than
-- three days is entered by two, as all service is. Entered again it is the same place.
create function public.add_session_helper(of_session_id bigint, of_person_id bigint, role text) returns bigint
language plpgsql volatile security definer set search_path = '' as $$
#variable_conflict use_column
declare
  session public.activity_sessions := private.session_to_attend(of_session_id);
  activity public.activities;
  learner bigint := private.credit_learner(of_person_id);
  shift public.service_shifts;
  opportunity_id bigint;
  made bigint;
begin
  select * into strict activity from public.activities one where one.id = session.activity_id;
  if add_session_helper.role in ('主讲', '助教', '现场服务') is not true then perform private.refuse(422, 'helper_role_missing', '{"field": "role"}'); end if;
  if learner is null then perform private.refuse(404, 'person_unknown', '{"field": "person"}'); end if;
  if learner in (select private.my_person_ids()) then perform private.refuse(409, 'own_account', '{"field": "person"}'); end if;
  if (private.live_volunteer(learner)).status is distinct from 'active' then perform private.refuse(409, 'volunteer_needed', '{"field": "person"}'); end if;
  -- Once it has begun its time stands.
  if session.starts_at > now() then perform private.refuse(409, 'session_not_begun', jsonb_build_object('startsAt', session.starts_at)); end if;
  if session.ends_at < now() - interval '3 days' then perform private.refuse(409, 'service_backfill_needed'); end if;
  select place.id into made from public.service_shifts one join public.service_places place on place.shift_id = one.id and place.status <> 'cancelled' and place.person_id in (select private.rows_of_person(learner))
  where one.session_id = session.id order by place.id limit 1;
  if found then return made; end if;

  insert into public.service_opportunities (code, unit_id, category_id, title, role, venue, activity_id, entered_by)
  values (private.new_activity_code(), activity.host_unit_id, activity.category_id, activity.title, add_session_helper.role, coalesce(nullif(trim(session.venue), ''), activity.venue), activity.id, auth.uid())
  on conflict (activity_id, role) where activity_id is not null do nothing;
  select one.id into strict opportunity_id from public.service_opportunities one where one.activity_id = activity.id and one.role = add_session_helper.role;
  select * into shift from public.service_shifts one where one.opportunity_id = opportunity_id and one.session_id = session.id for update;
  if not found then
    insert into public.service_shifts (opportunity_id, session_id, starts_at, ends_at, capacity)
    values (opportunity_id, session.id, date_trunc('minute', session.starts_at, 'UTC'), date_trunc('minute', session.ends_at, 'UTC'), 1) returning * into shift;
  end if;
  update public.service_shifts one set taken = one.taken + 1, capacity = greatest(one.capacity, one.taken + 1) where one.id = shift.id;
  insert into public.service_places (shift_id, person_id, status, by_account) values (shift.id, learner, 'taken', auth.uid()) returning id into made;
  insert into public.service_checks (place_id, what, at, proof, by_account) values (made, 'in', shift.starts_at, 'supervised', auth.uid()), (made, 'out', shift.ends_at, 'supervised', auth.uid());
  perform private.audit('session_helper_added', 'activity_session', session.id::text, activity.host_unit_id, jsonb_build_object('person', learner));
  return made;
end $$;

-- Takes a helper off: before it is confirmed as if nobody had entered it; afterwards their hours, record and credits are taken back, with a reason.
create function public.remove_session_helper(of_place_id bigint, reason text default null) returns bigint
language plpgsql volatile security definer set search_path = '' as $$
declare
  place public.service_places := private.place_to_change(of_place_id);
  of_session_id bigint := (select shift.session_id from public.service_shifts shift where shift.id = place.shift_id);
begin
  if of_session_id is null then perform private.refuse(404, 'place_unknown'); end if;
  if place.status = 'cancelled' or place.withdrawn_at is not null then return of_session_id; end if;
  if place.confirmed_from is not null then
    perform private.correct_place(place, null, null, private.require_reason(remove_session_helper.reason));
  elsif place.status = 'taken' then
    update public.service_places one set status = 'cancelled', ended_at = clock_timestamp() where one.id = place.id;
    update public.service_shifts shift set taken = shift.taken - 1 where shift.id = place.shift_id;
  end if;
  return of_session_id;
end $$;

-- A shift of the same unit, at that time, is confirmed with the session, or by itself again.
create function public.tie_shift(of_session_id bigint, of_shift_id bigint, tied boolean) returns void
language plpgsql volatile security definer set search_path = '' as $$
declare
  session public.activity_sessions := private.session_to_attend(of_session_id);
  shift public.service_shifts := private.shift_to_confirm(of_shift_id);
begin
  if not exists (select from public.service_opportunities one join public.activities activity on activity.host_unit_id = one.unit_id where one.id = shift.opportunity_id and one.activity_id is null and activity.id = session.activity_id)
      or shift.starts_at >= session.ends_at or shift.ends_at <= session.starts_at or shift.session_id <> session.id then
    perform private.refuse(404, 'shift_unknown');
  end if;
  update public.service_shifts one set session_id = case when tied then session.id end where one.id = shift.id;
end $$;

-- Who served at a session, and what became of it.
create function public.session_helpers(of_session_id bigint)
returns table (place_id bigint, person_id bigint, name text, role text, shift_id bigint, is_own boolean, state text, minutes integer, milli_credits bigint)
language plpgsql stable security definer set search_path = '' as $$
#variable_conflict use_column
begin
  if not exists (select from public.activity_sessions one join public.activities activity on activity.id = one.activity_id where one.id = of_session_id and activity.host_unit_id in (select private.my_units('people'))) then
    perform private.refuse(404, 'session_unknown');
  end if;
  return query
  select place.id, person.id, person.name, opportunity.role, shift.id, opportunity.activity_id is not null,
    case when place.withdrawn_at is not null then 'withdrawn' when place.confirmed_from is not null then 'confirmed'
      when place.status = 'back_filled' or (private.standing_check(place.id, 'in')).id is null or (private.standing_check(place.id, 'out')).id is null then 'unseen' else 'waiting' end,
    coalesce(standing.minutes, 0), coalesce(posting.milli_credits, 0)
  from public.service_shifts shift join public.service_opportunities opportunity on opportunity.id = shift.opportunity_id
  join public.service_places place on place.shift_id = shift.id and place.status <> 'cancelled' join public.persons person on person.id = private.credit_learner(place.person_id)
  left join lateral private.standing_service(place.id) standing on true
  left join lateral private.record_credit(private.standing_record(standing.participation_id)) posting on true
  where shift.session_id = of_session_id order by opportunity.role, coalesce(person.pinyin, person.name), place.id;
end $$;

-- Shifts of the host at the time of a session, which may be confirmed with it.
create function public.shifts_beside_session(of_session_id bigint)
returns table (shift_id bigint, title text, role text, starts_at timestamptz, ends_at timestamptz, places integer, is_tied boolean)
language plpgsql stable security definer set search_path = '' as $$
#variable_conflict use_column
begin
  return query
  select shift.id, opportunity.title, opportunity.role, shift.starts_at, shift.ends_at, shift.taken, shift.session_id is not null
  from public.activity_sessions session join public.activities activity on activity.id = session.activity_id and activity.host_unit_id in (select private.my_units('people'))
  join public.service_opportunities opportunity on opportunity.unit_id = activity.host_unit_id and opportunity.activity_id is null
  join public.service_shifts shift on shift.opportunity_id = opportunity.id and shift.cancelled_at is null and shift.starts_at < session.ends_at and shift.ends_at > session.starts_at
    and (shift.session_id is null or shift.session_id = session.id)
  where session.id = of_session_id order by shift.starts_at, shift.id limit 20;
end $$;

grant execute on function public.add_session_helper(bigint, bigint, text), public.remove_session_helper(bigint, text), public.tie_shift(bigint, bigint, boolean), public.session_helpers(bigint),
  public.shifts_beside_session(bigint) to authenticated;

-- What helpers of a session are entered under is shown, and changed, at the session.
create or replace function private.opportunity_to_change(of_opportunity_id bigint) returns public.service_opportunities
language plpgsql volatile set search_path = '' as $$
declare
  opportunity public.service_opportunities;
begin
  if auth.uid() is null then perform private.refuse(401, 'sign_in_needed'); end if;
  select * into opportunity from public.service_opportunities one where one.id = of_opportunity_id and one.activity_id is null and one.unit_id in (select private.my_units('activities')) for update;
  if not found then perform private.refuse(404, 'opportunity_unknown'); end if;
  return opportunity;
end $$;

create or replace function public.service_at_desk(in_unit_id integer, of_opportunity_id bigint default null)
returns table (id bigint, code text, title text, role text, about text, venue text, contact_phone text, category_id text, unit_id integer, unit_name text, team_id integer, team_name text, state text, cancel_reason text, shifts jsonb)
language plpgsql stable security definer set search_path = '' as $$
#variable_conflict use_column
begin
  perform private.require_sight(in_unit_id, 'activities');
  return query
  select one.id, one.code, one.title, one.role, one.about, one.venue, one.contact_phone, one.category_id, one.unit_id, unit.name, one.team_id, team.name,
    case when one.cancelled_at is not null then 'cancelled' when one.published_at is null then 'draft' when dates.last_end > now() then 'coming' else 'over' end, one.cancel_reason, coalesce(dates.shifts, '[]')
  from public.units inside join public.units unit on unit.path operator(extensions.<@) inside.path join public.service_opportunities one on one.unit_id = unit.id and one.activity_id is null
  left join public.volunteer_teams team on team.id = one.team_id
  cross join lateral (
    select max(shift.ends_at) as last_end, jsonb_agg(jsonb_build_object('id', shift.id, 'startsAt', shift.starts_at, 'endsAt', shift.ends_at, 'capacity', shift.capacity, 'taken', shift.taken, 'cancelReason', shift.cancel_reason,
      'isOver', shift.ends_at <= now(), 'unconfirmed', (select count(*) from public.service_places place where place.shift_id = shift.id and place.status <> 'cancelled' and place.confirmed_from is null
        and (private.standing_check(place.id, 'in')).id is not null)) order by shift.starts_at) as shifts
    from public.service_shifts shift where shift.opportunity_id = one.id
  ) dates
  where inside.id = in_unit_id and (of_opportunity_id is null or one.id = of_opportunity_id)
  order by one.cancelled_at is not null, dates.last_end desc nulls first, one.id desc limit 200;
end $$;
