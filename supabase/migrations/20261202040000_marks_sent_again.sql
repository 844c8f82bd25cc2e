-- A mark that a device sends again, because it missed the answer, is the mark that was written: it takes no seat a second time, and where
-- it was taken back at the desk meanwhile the device is told so.

create or replace function private.judge_marks(session public.activity_sessions, marks jsonb, full_for bigint[])
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
    when exists (select from public.attendance_marks sent join public.attendance_voids taken_back on taken_back.mark_id = sent.id where sent.client_id = asked.client_id) then 'taken_back'
    when exists (select from public.attendance_marks sent where sent.client_id = asked.client_id) then 'in'
    when asked.time > 1 or exists (select from private.attendance_of(session.id) present where present.person_id = asked.person_id) then 'again'
    when asked.person_id = any (full_for) then 'full'
    else 'in' end
  from asked order by asked.place;
end;

-- Marks who is there, up to 200 at a time: [{"clientId", "personId" or "card", "method", "device", "deviceAt", "clockOffMs", "extra"}]. `clockOffMs` is how far our
-- clock was ahead of the device's when the device last heard from us: kept with each mark, so that it says the same whenever and with
-- whatever others it is sent. Answers each mark in its order: in, again (already marked), unknown (nobody whom the asker
-- knows and nobody signed up), card_unknown, card_revoked, taken_back (sent before, and taken
-- back at the desk), at_another_time (before doors open or after the day), or full: no seat, and no
-- reason (`extra`) why one is added. What a device kept offline is written down whole, whoever has marked the same people: they came.
create or replace function public.mark_attendance(of_session_id bigint, marks jsonb)
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
        from private.judge_marks(session, marks, full_for) judged where judged.outcome = 'in'
          and not exists (select from public.attendance_marks sent where sent.client_id = judged.client_id) order by judged.person_id loop
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

-- Gives back what a mark that was a mistake had taken: the seat goes on, an added chair goes away, whoever waited waits again.
create or replace function private.give_door_seats_back(session public.activity_sessions, of_person_id bigint) returns void
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
    -- Back to its party, whose place may have changed meanwhile.
    update public.signups one set priority = mate.priority, priority_reason = mate.priority_reason, line = mate.line from public.signups mate
    where one.id = signup.id and one.status = 'waiting' and mate.pool_id = one.pool_id and mate.party_id = one.party_id and mate.status = 'waiting' and mate.id <> one.id;
    perform private.note_signup(signup.id, case when seat.was is null then 'cancelled' when seat.was = 'offered' then 'waiting' else seat.was end, 'unmarked');
    update public.seat_pools seats set taken = seats.taken - 1, capacity = seats.capacity - seat.extra::integer where seats.id = signup.pool_id;
    perform private.offer_seats(signup.pool_id);
  end loop;
end $$;
