-- Who came. A mark is what somebody saw: this person, at this session, then, by this way. Marks are only added; one made by mistake is
-- taken back by a row of its own. Confirming a session turns what stands into records of participation and their credits, once.

create table public.attendance_marks (
  id bigint generated always as identity primary key,
  -- Made where the mark was made, so that a mark sent twice is one.
  client_id uuid not null unique,
  session_id bigint not null references public.activity_sessions on delete restrict,
  person_id bigint not null references public.persons on delete restrict,
  -- `scan`: the code on the school's screen; `spoken`: the word that was said there; `card`: the person's own card, by staff.
  method text not null check (method in ('roster', 'walk_in', 'paper', 'card', 'scan', 'spoken')),
  -- Of a log that was kept offline: which device, and how far our clock was ahead of its own.
  device text check (length(device) between 1 and 40),
  clock_off_ms bigint not null default 0,
  -- When by the device's own clock, and by ours: the device's, put right by what it was off.
  device_at timestamptz not null,
  seen_at timestamptz not null,
  by_account uuid,
  received_at timestamptz not null default clock_timestamp()
);
create index attendance_marks_session_id_idx on public.attendance_marks (session_id, person_id);
create index attendance_marks_person_id_idx on public.attendance_marks (person_id);

create table public.attendance_voids (
  mark_id bigint primary key references public.attendance_marks on delete restrict,
  by_account uuid,
  at timestamptz not null default clock_timestamp()
);

-- The record of participation that a confirmed presence became; corrected like any other, and the credits with it.
create table public.session_records (
  participation_id bigint primary key references public.participations on delete restrict,
  session_id bigint not null references public.activity_sessions on delete restrict,
  person_id bigint not null references public.persons on delete restrict,
  constraint session_records_once unique (session_id, person_id)
);
create index session_records_person_id_idx on public.session_records (person_id);

create trigger attendance_marks_append_only before update or delete on public.attendance_marks for each row execute function private.refuse_change();
create trigger attendance_marks_not_truncated before truncate on public.attendance_marks for each statement execute function private.refuse_change();
create trigger attendance_voids_append_only before update or delete on public.attendance_voids for each row execute function private.refuse_change();
create trigger attendance_voids_not_truncated before truncate on public.attendance_voids for each statement execute function private.refuse_change();
create trigger session_records_append_only before update or delete on public.session_records for each row execute function private.refuse_change();
create trigger session_records_not_truncated before truncate on public.session_records for each statement execute function private.refuse_change();

alter table public.attendance_marks enable row level security;
alter table public.attendance_voids enable row level security;
alter table public.session_records enable row level security;
grant select (id, session_id, person_id, method, seen_at) on public.attendance_marks to authenticated;
grant select (mark_id, at) on public.attendance_voids to authenticated;
grant select on public.session_records to authenticated;
create policy "Marks are read by the person and by staff of the host" on public.attendance_marks for select to authenticated
  using (person_id in (select private.my_care_ids()) or exists (select from public.activity_sessions session join public.activities activity on activity.id = session.activity_id
    where session.id = session_id and activity.host_unit_id in (select private.my_units('people'))));
create policy "What was taken back is read with its mark" on public.attendance_voids for select to authenticated
  using (exists (select from public.attendance_marks mark where mark.id = mark_id));
create policy "Records of a session are read with the record itself" on public.session_records for select to authenticated
  using (exists (select from public.participations fact where fact.id = participation_id));

-- ── seats at the door ───────────────────────────────────────────────────────────────────────────────────────────────

-- A seat that somebody took at the door: of a session, by a sign-up made there and then; of a term, for this session alone. `extra`: a
-- chair that staff put in, with the reason.
create table public.door_seats (
  id bigint generated always as identity primary key,
  session_id bigint not null references public.activity_sessions on delete restrict,
  person_id bigint not null references public.persons on delete restrict,
  signup_id bigint references public.signups on delete restrict,
  -- What the sign-up was before: it goes back to it with a mark that was a mistake.
  was text check (was in ('asked', 'waiting', 'offered')),
  extra boolean not null,
  reason text check (length(reason) between 2 and 200),
  by_account uuid,
  at timestamptz not null default clock_timestamp(),
  given_back_at timestamptz,
  constraint door_seats_extra_with_reason check (not extra or reason is not null)
);
create unique index door_seats_one_of_a_person on public.door_seats (session_id, person_id) where given_back_at is null;
create index door_seats_session_id_idx on public.door_seats (session_id);
create index door_seats_person_id_idx on public.door_seats (person_id);
create index door_seats_signup_id_idx on public.door_seats (signup_id);
alter table public.door_seats enable row level security;
grant select (id, session_id, person_id, signup_id, extra, reason, at, given_back_at) on public.door_seats to authenticated;
create policy "Seats at the door are read by the person and by staff of the host" on public.door_seats for select to authenticated
  using (person_id in (select private.my_care_ids()) or exists (select from public.activity_sessions session join public.activities activity on activity.id = session.activity_id
    where session.id = session_id and activity.host_unit_id in (select private.my_units('people'))));

-- The seats that a session goes by: its own, or those of its term. Null where nobody signs up.
create function private.pool_of_session(of_session_id bigint) returns bigint
language sql stable set search_path = ''
return (select pool.id from public.activity_sessions session join public.seat_pools pool on pool.activity_id = session.activity_id and (pool.session_id is null or pool.session_id = session.id)
  where session.id = of_session_id);

-- Gives somebody at the door a seat, behind the pool's lock: seated (had one), taken, extra, or full. Whoever was offered a seat takes that
-- one; a seat that is free belongs to whoever stands there, for nobody waits beside one for whom it would do. `extra_reason`: why a chair is put in when
-- there is none. A seat of a term is taken for this session alone, and those on leave lend theirs.
create function private.take_door_seat(session public.activity_sessions, of_person_id bigint, extra_reason text) returns text
language plpgsql volatile set search_path = '' as $$
declare
  pool public.seat_pools;
  signup public.signups;
  is_extra boolean;
  for_other text := case when of_person_id in (select private.my_person_ids()) then null when of_person_id in (select private.my_care_ids()) then 'guardian' else 'staff' end;
begin
  if length(extra_reason) > 200 or length(extra_reason) < 2 then perform private.refuse(422, 'reason_missing', '{"field": "extra"}'); end if;
  pool := private.hold_pool(private.pool_of_session(session.id));
  select one.* into signup from public.signups one where one.pool_id = pool.id and one.status in ('asked', 'confirmed', 'waiting', 'offered') and one.person_id in (select private.rows_of_person(of_person_id));
  if signup.status = 'confirmed' or pool.session_id is null and exists (select from public.door_seats seat where seat.session_id = session.id and seat.given_back_at is null and seat.person_id in (select private.rows_of_person(of_person_id))) then
    return 'seated';
  end if;

  is_extra := case when pool.session_id is not null then signup.status is distinct from 'offered' and pool.taken + pool.held >= pool.capacity
    else pool.taken + pool.held - (select count(*) from public.session_leaves leave join public.signups away on away.id = leave.signup_id and away.pool_id = pool.id and away.status = 'confirmed' where leave.session_id = session.id)
      + (select count(*) from public.door_seats seat where seat.session_id = session.id and seat.given_back_at is null and not seat.extra) >= pool.capacity end;
  if is_extra and extra_reason is null then return 'full'; end if;

  if pool.session_id is not null then
    if is_extra then update public.seat_pools seats set capacity = seats.capacity + 1 where seats.id = pool.id; end if;
    update public.seat_pools seats set taken = seats.taken + 1, held = seats.held - (signup.status is not distinct from 'offered')::integer where seats.id = pool.id;
    if signup.id is not null then
      update public.signups one set status = 'confirmed', offer_ends_at = null where one.id = signup.id;
    else
      signup.id := nextval(pg_get_serial_sequence('public.signups', 'id'));
      insert into public.signups (id, pool_id, person_id, party_id, status, by_account, for_other, consent)
      values (signup.id, pool.id, of_person_id, signup.id, 'confirmed', auth.uid(), for_other, case for_other when 'staff' then 'present' end);
    end if;
    perform private.note_signup(signup.id, 'confirmed', 'walk_in');
    -- Without this one the rest of a party may fit.
    perform private.offer_seats(pool.id);
  end if;
  -- One who gave the seat up since, by the sign-up, has another now.
  update public.door_seats seat set given_back_at = clock_timestamp() where seat.session_id = session.id and seat.given_back_at is null and seat.person_id in (select private.rows_of_person(of_person_id));
  insert into public.door_seats (session_id, person_id, signup_id, was, extra, reason, by_account)
  values (session.id, of_person_id, case when pool.session_id is not null then signup.id end, case when pool.session_id is not null then signup.status end, is_extra, case when is_extra then extra_reason end, auth.uid());
  if is_extra then
    perform private.audit('seat_added', 'activity_session', session.id::text, (select activity.host_unit_id from public.activities activity where activity.id = session.activity_id), jsonb_build_object('person', of_person_id));
  end if;
  return case when is_extra then 'extra' else 'taken' end;
end $$;

-- Gives back what a mark that was a mistake had taken: the seat goes on, an added chair goes away, whoever waited waits again.
create function private.give_door_seats_back(session public.activity_sessions, of_person_id bigint) returns void
language plpgsql volatile set search_path = '' as $$
declare
  seat public.door_seats;
  signup public.signups;
begin
  for seat in update public.door_seats one set given_back_at = clock_timestamp()
      where one.session_id = session.id and one.given_back_at is null and one.person_id in (select private.rows_of_person(of_person_id)) returning * loop
    select one.* into signup from public.signups one where one.id = seat.signup_id and one.status = 'confirmed';
    continue when not found;
    update public.signups one set status = case when seat.was is null then 'cancelled' when seat.was = 'offered' then 'waiting' else seat.was end,
      ended_at = case when seat.was is null then clock_timestamp() end, end_reason = case when seat.was is null then 'unmarked' end where one.id = signup.id;
    perform private.note_signup(signup.id, case when seat.was is null then 'cancelled' when seat.was = 'offered' then 'waiting' else seat.was end, 'unmarked');
    update public.seat_pools seats set taken = seats.taken - 1, capacity = seats.capacity - seat.extra::integer where seats.id = signup.pool_id;
    perform private.offer_seats(signup.pool_id);
  end loop;
end $$;

-- A session that the asker records attendance for, locked.
create function private.session_to_attend(of_session_id bigint) returns public.activity_sessions
language plpgsql volatile set search_path = '' as $$
declare
  session public.activity_sessions;
begin
  if auth.uid() is null then perform private.refuse(401, 'sign_in_needed'); end if;
  -- Seats first, as whoever changes an activity takes them.
  perform from public.seat_pools pool where pool.id = private.pool_of_session(of_session_id) for no key update;
  select one.* into session from public.activity_sessions one join public.activities activity on activity.id = one.activity_id and activity.published_at is not null
  where one.id = of_session_id and (activity.host_unit_id in (select private.my_units('people')) or activity.host_unit_id in (select private.my_units('activities'))) for update of one;
  if not found then perform private.refuse(404, 'session_unknown'); end if;
  perform private.require_sight((select activity.host_unit_id from public.activities activity where activity.id = session.activity_id), 'people');
  if session.cancelled_at is not null then perform private.refuse(409, 'session_cancelled'); end if;
  return session;
end $$;

-- The presence that stands: of each person the first mark that was not taken back, by time and then by number, so that the order in
-- which devices send changes nothing. `times` says how often somebody was marked.
create function private.attendance_of(of_session_id bigint) returns table (person_id bigint, mark_id bigint, method text, seen_at timestamptz, times integer)
language sql stable set search_path = ''
begin atomic
  select distinct on (coalesce(person.counts_as, person.id)) coalesce(person.counts_as, person.id), mark.id, mark.method, mark.seen_at,
    (count(*) over (partition by coalesce(person.counts_as, person.id)))::integer
  from public.attendance_marks mark join public.persons person on person.id = mark.person_id
  where mark.session_id = of_session_id and not exists (select from public.attendance_voids taken_back where taken_back.mark_id = mark.id)
  order by coalesce(person.counts_as, person.id), mark.seen_at, mark.client_id;
end;

-- What becomes of each mark of a list, before it is written; `full` are people for whom there is no seat.
create function private.judge_marks(session public.activity_sessions, marks jsonb, full_for bigint[])
returns table (place integer, client_id uuid, person_id bigint, name text, method text, device text, device_at timestamptz, clock_off interval, extra text, outcome text)
language sql stable set search_path = ''
begin atomic
  with given as (
    select list.place::integer as place, (list.mark ->> 'clientId')::uuid as client_id, coalesce(list.mark ->> 'method', 'roster') as method, list.mark ->> 'device' as device,
      coalesce((list.mark ->> 'deviceAt')::timestamptz, clock_timestamp()) as device_at, coalesce((list.mark ->> 'clockOffMs')::bigint, 0) * interval '1 millisecond' as clock_off,
      nullif(trim(list.mark ->> 'extra'), '') as extra, list.mark ? 'card' as is_card, held.revoked_at, coalesce(held.person_id, (list.mark ->> 'personId')::bigint) as named_id
    from jsonb_array_elements(marks) with ordinality as list (mark, place)
    left join public.person_cards held on held.number = private.read_card_number(list.mark ->> 'card')
  ), asked as (
    select given.*, coalesce(named.counts_as, named.id) as person_id, person.name,
      (person.residence_unit_id in (select private.my_units('people')) or exists (select from public.signups one where one.pool_id = private.pool_of_session(session.id)
        and one.person_id in (select private.rows_of_person(named.id)))) as is_known,
      row_number() over (partition by coalesce(named.counts_as, named.id) order by given.place) as time
    from given left join public.persons named on named.id = given.named_id left join public.persons person on person.id = coalesce(named.counts_as, named.id)
  )
  select asked.place, asked.client_id, asked.person_id, case when asked.is_known then asked.name end, asked.method, asked.device, asked.device_at, asked.clock_off, asked.extra, case
    when asked.is_card and asked.person_id is null then 'card_unknown'
    when asked.is_known is not true then 'unknown'
    when asked.is_card and asked.revoked_at <= asked.device_at + asked.clock_off then 'card_revoked'
    when asked.device_at + asked.clock_off not between session.starts_at - interval '2 hours' and least(session.ends_at + interval '24 hours', now() + interval '1 minute') and asked.method not in ('paper', 'roster') then 'at_another_time'
    -- Sent before: what was said of it then stands.
    when exists (select from public.attendance_marks sent where sent.client_id = asked.client_id) then 'in'
    when asked.time > 1 or exists (select from private.attendance_of(session.id) present where present.person_id = asked.person_id) then 'again'
    when asked.person_id = any (full_for) then 'full'
    else 'in' end
  from asked order by asked.place;
end;

-- Marks who is there, up to 200 at a time: [{"clientId", "personId" or "card", "method", "device", "deviceAt", "clockOffMs", "extra"}]. `clockOffMs` is how far our
-- clock was ahead of the device's when the device last heard from us: kept with each mark, so that it says the same whenever and with
-- whatever others it is sent. Answers each mark in its order: in, again (already marked), unknown (nobody whom the asker
-- knows and nobody signed up), card_unknown, card_revoked, at_another_time (before doors open or after the day), or full: no seat, and no
-- reason (`extra`) why one is added. What a device kept offline is written down whole, whoever has marked the same people: they came.
create function public.mark_attendance(of_session_id bigint, marks jsonb)
returns table (place integer, client_id uuid, person_id bigint, name text, outcome text)
language plpgsql volatile security definer set search_path = '' as $$
#variable_conflict use_column
declare
  session public.activity_sessions := private.session_to_attend(of_session_id);
  full_for bigint[] := '{}';
  one record;
begin
  if jsonb_typeof(marks) is distinct from 'array' or jsonb_array_length(marks) not between 1 and 200 then perform private.refuse(422, 'marks_invalid', '{"field": "people"}'); end if;
  if session.starts_at - interval '2 hours' > now() then perform private.refuse(409, 'session_not_begun', jsonb_build_object('startsAt', session.starts_at)); end if;
  if session.starts_at < now() - interval '60 days' then perform private.refuse(409, 'session_long_over'); end if;
  if exists (select from private.judge_marks(session, marks, full_for) judged join public.attendance_marks sent on sent.client_id = judged.client_id
      where sent.session_id <> session.id or judged.person_id is not null and sent.person_id not in (select private.rows_of_person(judged.person_id))) then
    perform private.refuse(409, 'mark_id_taken');
  end if;
  -- Seats are a matter of the door. What is entered when all is over is what happened.
  if session.ends_at > now() and private.pool_of_session(session.id) is not null then
    for one in select judged.person_id, coalesce(judged.extra, case when judged.device is not null then 'offline' end) as extra
        from private.judge_marks(session, marks, full_for) judged where judged.outcome = 'in' order by judged.person_id loop
      if private.take_door_seat(session, one.person_id, one.extra) = 'full' then full_for := full_for || one.person_id; end if;
    end loop;
  end if;
  return query
  with judged as materialized (select * from private.judge_marks(session, marks, full_for)),
  written as (
    insert into public.attendance_marks (client_id, session_id, person_id, method, device, device_at, clock_off_ms, seen_at, by_account)
    -- What is entered later from the roster or from paper was seen at the session, whenever it is typed.
    select judged.client_id, session.id, judged.person_id, judged.method, judged.device, judged.device_at, extract(epoch from judged.clock_off) * 1000,
      least(greatest(judged.device_at + judged.clock_off, session.starts_at), session.ends_at), auth.uid()
    from judged where judged.outcome in ('in', 'again') and not (judged.outcome = 'again' and judged.method in ('roster', 'paper') and judged.device is null)
    on conflict on constraint attendance_marks_client_id_key do nothing
  )
  select judged.place, judged.client_id, judged.person_id, judged.name, judged.outcome from judged order by judged.place;
end $$;

-- Takes back whatever marks a person has at a session that is not on record yet; what is on record is corrected there.
create function public.unmark_attendance(of_session_id bigint, of_person_id bigint) returns void
language plpgsql volatile security definer set search_path = '' as $$
declare
  session public.activity_sessions := private.session_to_attend(of_session_id);
begin
  if exists (select from public.session_records record where record.session_id = session.id and record.person_id in (select private.rows_of_person(of_person_id))) then
    perform private.refuse(409, 'attendance_on_record');
  end if;
  insert into public.attendance_voids (mark_id, by_account)
  select mark.id, auth.uid() from public.attendance_marks mark where mark.session_id = session.id and mark.person_id in (select private.rows_of_person(of_person_id))
  order by mark.id on conflict do nothing;
  perform private.give_door_seats_back(session, of_person_id);
end $$;

-- Confirms a session that is over: whoever was marked gets a record of participation and its credits, in one transaction and once,
-- however often it is pressed; whoever is marked later gets theirs when it is pressed again. Nobody confirms their own presence.
create function public.confirm_session(of_session_id bigint)
returns table (person_id bigint, name text, outcome text, reason text, is_new boolean, counted_minutes bigint, milli_credits bigint)
language plpgsql volatile security definer set search_path = '' as $$
#variable_conflict use_column
declare
  session public.activity_sessions := private.session_to_attend(of_session_id);
  activity public.activities;
  learners bigint[];
  facts bigint[];
  keys text[];
  length_minutes integer := extract(epoch from session.ends_at - session.starts_at) / 60;
begin
  if session.ends_at > now() then perform private.refuse(409, 'session_not_over', jsonb_build_object('endsAt', session.ends_at)); end if;
  select * into strict activity from public.activities one where one.id = session.activity_id;
  select array_agg(present.person_id order by present.person_id) into learners from private.attendance_of(session.id) present;
  if learners is null then perform private.refuse(409, 'nobody_marked'); end if;

  -- Every learner's place in line first, in the order in which everybody takes them.
  insert into public.credit_learners (person_id) select unnest(learners) order by 1 on conflict do nothing;
  perform from public.credit_learners learner where learner.person_id = any (learners) order by learner.person_id for update;

  with recorded as (
    insert into public.participations (key, person_id, kind, form, category_id, organised, role, residence_unit_id, area, host_unit_id, delivering_department, groups, birth_year, sex,
      started_at, ended_at, in_vacation, hours, status, sign_in_method, confirmed_by, with_guardian, guardian_id, guardian_consent, channel, fee_fen, entry_source, entered_by)
    select concat_ws(':', 'session', session.id, person.id), person.id, activity.kind, activity.form_id, activity.category_id, true, 'learner', person.residence_unit_id, home.area,
      activity.host_unit_id, activity.department, private.groups_of(person.id, person.birth_year, private.china_date(session.starts_at)), person.birth_year, person.sex,
      session.starts_at, session.ends_at, private.in_vacation(private.china_date(session.starts_at)), round(length_minutes / 60.0, 2), 'attended', present.method, auth.uid(),
      guardian.id is not null, guardian.id, guardian.consent, 'onsite', activity.fee_fen, case when present.method in ('card', 'scan') then 'scan' when present.method = 'spoken' then 'self' else 'paper' end, auth.uid()
    from private.attendance_of(session.id) present
    join public.persons person on person.id = present.person_id join public.units home on home.id = person.residence_unit_id
    left join lateral (
      select coalesce(adult.counts_as, adult.id) as id, link.consent from public.guardians link join public.persons adult on adult.id = link.guardian_id
      join private.attendance_of(session.id) beside on beside.person_id = coalesce(adult.counts_as, adult.id)
      where link.child_id in (select private.rows_of_person(person.id)) and link.valid_to is null order by link.id limit 1
    ) guardian on true
    where not exists (select from public.session_records earlier where earlier.session_id = session.id and earlier.person_id in (select private.rows_of_person(person.id)))
      and person.id not in (select private.my_person_ids())
      and not private.at_another_session(person.id, session.id, session.starts_at, session.ends_at) and not private.in_other_class(person.id, session.starts_at, session.ends_at)
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
  update public.activity_sessions one set confirmed_at = clock_timestamp(), confirmed_by = auth.uid() where one.id = session.id and one.confirmed_at is null;

  return query
  select person.id, person.name, case when record.participation_id is null then 'refused' else coalesce(posting.outcome, 'refused') end,
    case when record.participation_id is not null then posting.reason when person.id in (select private.my_person_ids()) then 'own_account' else 'other_class_then' end,
    coalesce(record.participation_id = any (facts), false), coalesce(posting.minutes, 0), coalesce(posting.milli_credits, 0)
  from unnest(learners) as list (id) join public.persons person on person.id = list.id
  left join public.session_records record on record.session_id = session.id and record.person_id in (select private.rows_of_person(person.id))
  left join lateral private.record_credit(private.standing_record(record.participation_id)) posting on true
  order by person.name, person.id;
end $$;

-- Whether somebody is on record at another session that lay over this time.
create function private.at_another_session(of_person_id bigint, of_session_id bigint, from_time timestamptz, to_time timestamptz) returns boolean
language sql stable set search_path = ''
begin atomic
  select exists (
    select from public.session_records record
    join public.activity_sessions session on session.id = record.session_id and session.starts_at < to_time and session.ends_at > from_time
    join public.participations fact on fact.id = private.standing_record(record.participation_id) and fact.status = 'attended'
    where record.person_id in (select private.rows_of_person(of_person_id)) and record.session_id <> of_session_id);
end;

-- Everybody of a session for whoever runs it: the signed up, who is on leave, who came without, and what is on record.
create function public.session_roster(of_session_id bigint)
returns table (person_id bigint, name text, birth_year smallint, home text, phone text, signup_id bigint, status text, on_leave boolean, method text, seen_at timestamptz, times integer,
  participation_id bigint, attended boolean, milli_credits bigint, number integer)
language plpgsql stable security definer set search_path = '' as $$
#variable_conflict use_column
declare
  session public.activity_sessions;
begin
  select one.* into session from public.activity_sessions one join public.activities activity on activity.id = one.activity_id
  where one.id = of_session_id and activity.host_unit_id in (select private.my_units('people'));
  if not found then perform private.refuse(404, 'session_unknown'); end if;
  return query
  with numbered as (
    -- The number on a printed sheet is that of the sign-up among all there ever were: it stays, whoever comes or goes.
    select one.*, row_number() over (order by one.id) as number from public.signups one where one.pool_id = private.pool_of_session(session.id)
  ), seated as (
    select coalesce(named.counts_as, named.id) as person_id, min(one.id) as signup_id, (array_agg(one.status order by one.id))[1] as status, min(one.number) as number
    from numbered one join public.persons named on named.id = one.person_id where one.status in ('confirmed', 'offered', 'waiting') group by 1
  ), present as (
    select * from private.attendance_of(session.id)
  )
  select person.id, person.name, person.birth_year, home.name,
    (select contact.masked from private.person_contacts contact where contact.kind = 'phone' and contact.person_id in (select private.rows_of_person(person.id)) limit 1),
    seated.signup_id, seated.status, exists (select from public.session_leaves leave where leave.signup_id = seated.signup_id and leave.session_id = session.id),
    present.method, present.seen_at, coalesce(present.times, 0), record.participation_id, fact.status = 'attended', case when record.participation_id is not null then coalesce(posting.milli_credits, 0) end, seated.number::integer
  from (select person_id from seated union select person_id from present) everybody
  join public.persons person on person.id = everybody.person_id join public.units home on home.id = person.residence_unit_id
  left join seated on seated.person_id = person.id left join present on present.person_id = person.id
  left join public.session_records record on record.session_id = session.id and record.person_id in (select private.rows_of_person(person.id))
  left join public.participations fact on fact.id = private.standing_record(record.participation_id)
  left join lateral private.record_credit(fact.id) posting on true
  order by coalesce(person.pinyin, person.name), person.id;
end $$;

-- Who was marked more than once at a session, with every mark that stands, and the devices whose clock was more than two minutes off: the
-- same whatever order and pieces their logs came in.
create function public.session_double_marks(of_session_id bigint) returns jsonb
language plpgsql stable security definer set search_path = '' as $$
begin
  if not exists (select from public.activity_sessions one join public.activities activity on activity.id = one.activity_id
      where one.id = of_session_id and activity.host_unit_id in (select private.my_units('people'))) then
    perform private.refuse(404, 'session_unknown');
  end if;
  return (
    with standing as (
      select coalesce(person.counts_as, person.id) as person_id, mark.client_id, mark.method, mark.device, mark.clock_off_ms, mark.seen_at from public.attendance_marks mark join public.persons person on person.id = mark.person_id
      where mark.session_id = of_session_id and not exists (select from public.attendance_voids taken_back where taken_back.mark_id = mark.id)
    ), doubles as (
      select standing.person_id, jsonb_agg(jsonb_build_object('method', standing.method, 'device', standing.device, 'seenAt', standing.seen_at) order by standing.seen_at, standing.client_id) as marks
      from standing group by standing.person_id having count(*) > 1
    ), clocks as (
      select standing.device, standing.clock_off_ms, count(*) as marks from standing where standing.device is not null and abs(standing.clock_off_ms) > 120000 group by 1, 2
    )
    select jsonb_build_object(
      'doubles', (select coalesce(jsonb_agg(jsonb_build_object('personId', doubles.person_id, 'name', person.name, 'marks', doubles.marks) order by person.name, person.id), '[]')
        from doubles join public.persons person on person.id = doubles.person_id),
      'clocks', (select coalesce(jsonb_agg(jsonb_build_object('device', clocks.device, 'clockOffMs', clocks.clock_off_ms, 'marks', clocks.marks) order by clocks.device, clocks.clock_off_ms), '[]') from clocks)));
end $$;

grant execute on function public.mark_attendance(bigint, jsonb), public.unmark_attendance(bigint, bigint), public.confirm_session(bigint), public.session_roster(bigint), public.session_double_marks(bigint) to authenticated;

-- Every confirmed presence has its record and its answer from the ledger: never more than one that stands.
create function private.credit_faults_of_sessions() returns table (invariant text, subject text)
language plpgsql stable set search_path = '' as $$
begin
  return query
  select 'session_record_is_record', record.participation_id::text from public.session_records record
  join public.activity_sessions session on session.id = record.session_id join public.participations fact on fact.id = record.participation_id
  where fact.started_at <> session.starts_at or fact.person_id <> record.person_id;
  return query
  select 'session_award_once', record.participation_id::text from public.session_records record
  left join public.credit_postings award on award.participation_id = record.participation_id and award.kind = 'award' and award.rule_id = 'attendance'
  left join public.credit_postings reversal on reversal.reverses = award.id
  group by record.participation_id
  having count(award.id) = 0 or count(award.id) - count(reversal.id) > 1;
end $$;
