-- The code on the school's screen, which changes every half minute, and the word that is said there for those without a camera. Whoever
-- scans is given a pass for a quarter of an hour, so that there is time to sign in; with it people mark themselves, and children in their care.

-- Two keys a session: a code is the outer over the inner over what it says (NMAC).
create table private.check_in_keys (
  session_id bigint primary key references public.activity_sessions on delete cascade,
  inner_key bytea not null default uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()),
  outer_key bytea not null default uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())
);

create function private.check_in_seal(of_session_id bigint, words text) returns bytea
language sql stable set search_path = ''
return (select sha256(keys.outer_key || sha256(keys.inner_key || convert_to(words, 'UTF8'))) from private.check_in_keys keys where keys.session_id = of_session_id);

create function private.check_in_code(of_session_id bigint, step bigint) returns text
language sql stable set search_path = ''
return of_session_id || '-' || step || '-' || left(encode(private.check_in_seal(of_session_id, 'code ' || step), 'hex'), 16);

create function private.check_in_word(of_session_id bigint, step bigint) returns text
language sql stable set search_path = ''
return (select lpad((((get_byte(sealed.hash, 0) * 256 + get_byte(sealed.hash, 1)) * 256 + get_byte(sealed.hash, 2)) % 10000)::text, 4, '0')
  from (select private.check_in_seal(of_session_id, 'word ' || step) as hash) sealed where sealed.hash is not null);

-- Half minutes for the code, five minutes for the word.
create function private.check_in_step(seconds integer) returns bigint
language sql stable set search_path = ''
return floor(extract(epoch from clock_timestamp()) / seconds)::bigint;

-- What the screen of a session shows now, and for how many seconds yet.
create function public.check_in_screen(of_session_id bigint) returns jsonb
language plpgsql volatile security definer set search_path = '' as $$
declare
  session public.activity_sessions;
  activity public.activities;
begin
  if auth.uid() is null then perform private.refuse(401, 'sign_in_needed'); end if;
  select one.* into session from public.activity_sessions one join public.activities known on known.id = one.activity_id and known.published_at is not null
  where one.id = of_session_id and known.host_unit_id in (select private.my_units('people'));
  if not found then perform private.refuse(404, 'session_unknown'); end if;
  select * into strict activity from public.activities one where one.id = session.activity_id;
  insert into private.check_in_keys (session_id) values (session.id) on conflict do nothing;
  return jsonb_build_object(
    'session', session.id, 'title', activity.title, 'startsAt', session.starts_at, 'endsAt', session.ends_at, 'venue', coalesce(session.venue, activity.venue), 'room', coalesce(session.room, activity.room),
    'state', case when session.cancelled_at is not null then 'cancelled' when session.starts_at - interval '2 hours' > now() then 'early' when session.ends_at + interval '30 minutes' < now() then 'over' else 'open' end,
    'code', private.check_in_code(session.id, private.check_in_step(30)), 'secondsLeft', 30 - floor(extract(epoch from clock_timestamp()))::bigint % 30,
    'word', private.check_in_word(session.id, private.check_in_step(300)), 'wordSecondsLeft', 300 - floor(extract(epoch from clock_timestamp()))::bigint % 300,
    'came', (select count(*) from private.attendance_of(session.id)),
    'expected', (select count(*) from public.signups one where one.pool_id = private.pool_of_session(session.id) and one.status = 'confirmed'));
end $$;

-- Refuses when nobody can check in to a session now, in words that say what to do.
create function private.require_check_in_open(session public.activity_sessions) returns void
language plpgsql stable set search_path = '' as $$
declare
  about jsonb := (select jsonb_build_object('title', activity.title, 'startsAt', session.starts_at, 'phone', coalesce(activity.contact_phone, '')) from public.activities activity where activity.id = session.activity_id);
begin
  if session.cancelled_at is not null then perform private.refuse(409, 'check_in_cancelled', about || jsonb_build_object('reason', session.cancel_reason)); end if;
  if session.ends_at + interval '30 minutes' < now() then perform private.refuse(409, 'check_in_over', about); end if;
  if session.starts_at - interval '2 hours' > now() then perform private.refuse(409, 'check_in_early', about || jsonb_build_object('opensAt', session.starts_at - interval '2 hours')); end if;
end $$;

create function private.check_in_pass_of(of_session_id bigint, way text, at bigint) returns text
language sql stable set search_path = ''
return of_session_id || '-' || way || '-' || at || '-' || left(encode(private.check_in_seal(of_session_id, concat_ws(' ', 'pass', way, at)), 'hex'), 32);

-- What a scanned code is good for: a pass. The server asks for visitors too, before they sign in. The code before the one that is shown still counts.
create function private.check_in_pass(code text) returns text
language plpgsql stable security definer set search_path = '' as $$
declare
  parts text[] := regexp_match(check_in_pass.code, '^([0-9]{1,15})-([0-9]{1,12})-[0-9a-f]{16}$');
  session public.activity_sessions;
  step bigint;
begin
  select one.* into session from public.activity_sessions one where one.id = parts[1]::bigint;
  step := parts[2]::bigint;
  if parts is null or session.id is null or private.check_in_code(session.id, step) is distinct from check_in_pass.code then perform private.refuse(404, 'check_in_code_unknown'); end if;
  perform private.require_check_in_open(session);
  if step not between private.check_in_step(30) - 1 and private.check_in_step(30) + 1 then perform private.refuse(409, 'check_in_code_old'); end if;
  return private.check_in_pass_of(session.id, 'scan', extract(epoch from clock_timestamp())::bigint);
end $$;

-- The same for a word: of the sessions that the asker, or somebody in their care, is signed up for, and those near home to which nobody needs to sign up.
-- Ten wrong ones in ten minutes, and it is said to wait. Null where the word is none: what was tried must be counted.
create function public.check_in_pass_by_word(word text) returns table (pass text, seconds_to_wait integer)
language plpgsql volatile security definer set search_path = '' as $$
declare
  meant bigint;
  wait integer;
begin
  if private.my_person_id() is null then perform private.refuse(403, 'introduction_needed'); end if;
  wait := identity.take('check-in:' || private.my_person_id(), 10, interval '10 minutes');
  if wait > 0 then return query select null::text, wait; return; end if;
  select session.id into meant
  from public.activity_sessions session join public.activities activity on activity.id = session.activity_id and activity.published_at is not null
  join public.units host on host.id = activity.host_unit_id join private.check_in_keys keys on keys.session_id = session.id
  where session.starts_at between now() - interval '12 hours' and now() + interval '2 hours' and session.ends_at + interval '30 minutes' > now() and session.cancelled_at is null
    and trim(check_in_pass_by_word.word) in (private.check_in_word(session.id, private.check_in_step(300)), private.check_in_word(session.id, private.check_in_step(300) - 1))
    and (exists (select from public.signups one where one.pool_id = private.pool_of_session(session.id) and one.status = 'confirmed' and one.person_id in (select private.my_care_ids()))
      or activity.sign_up = 'none' and exists (select from public.persons me join public.units home on home.id = me.residence_unit_id
        where me.id = private.my_person_id() and home.path operator(extensions.<@) extensions.subpath(host.path, 0, greatest(extensions.nlevel(host.path) - 1, 1))))
  order by (select count(*) from public.signups one where one.pool_id = private.pool_of_session(session.id) and one.status = 'confirmed' and one.person_id in (select private.my_care_ids())) desc, session.starts_at, session.id limit 1;
  return query select private.check_in_pass_of(meant, 'spoken', extract(epoch from clock_timestamp())::bigint), 0;
end $$;

-- The session of a pass and the way it was come by. A pass lasts a quarter of an hour.
create function private.session_of_pass(pass text) returns table (session_id bigint, way text)
language plpgsql stable set search_path = '' as $$
declare
  parts text[] := regexp_match(pass, '^([0-9]{1,15})-(scan|spoken)-([0-9]{1,12})-[0-9a-f]{32}$');
begin
  if parts is null or private.check_in_pass_of(parts[1]::bigint, parts[2], parts[3]::bigint) is distinct from pass
    or parts[3]::bigint not between extract(epoch from clock_timestamp())::bigint - 900 and extract(epoch from clock_timestamp())::bigint + 5 then
    perform private.refuse(409, 'check_in_pass_over');
  end if;
  return query select parts[1]::bigint, parts[2];
end $$;

-- What a pass opens: the session, and of the asker and those in their care who are signed up, who is in already.
create function public.check_in_page(pass text) returns jsonb
language plpgsql stable security definer set search_path = '' as $$
declare
  session public.activity_sessions;
begin
  select one.* into strict session from private.session_of_pass(check_in_page.pass) meant join public.activity_sessions one on one.id = meant.session_id;
  perform private.require_check_in_open(session);
  return (
    select jsonb_build_object('code', activity.code, 'title', activity.title, 'host', host.name, 'startsAt', session.starts_at, 'endsAt', session.ends_at,
      'venue', coalesce(session.venue, activity.venue), 'room', coalesce(session.room, activity.room), 'people', (
        select coalesce(jsonb_agg(jsonb_build_object('id', person.id, 'name', person.name, 'isMe', person.id = private.my_person_id(), 'seenAt', present.seen_at) order by person.id <> private.my_person_id(), person.name), '[]')
        from public.persons person left join private.attendance_of(session.id) present on present.person_id = person.id
        where person.id = private.my_person_id() or person.counts_as is null and person.id in (select private.my_care_ids()) and exists (
          select from public.signups one where one.pool_id = private.pool_of_session(session.id) and one.status = 'confirmed' and one.person_id in (select private.rows_of_person(person.id)))))
    from public.activities activity join public.units host on host.id = activity.host_unit_id where activity.id = session.activity_id);
end $$;

-- Marks the asker, or somebody in their care, by a pass. Whoever has no seat gets one where one is free, unless seats are given by the school or for
-- a term: then, and when all are taken, the words say where to go. Answers in, or again with the time of the first.
create function public.check_in(pass text, of_person_id bigint default null) returns table (person_id bigint, name text, outcome text, seen_at timestamptz)
language plpgsql volatile security definer set search_path = '' as $$
#variable_conflict use_column
declare
  meant record;
  session public.activity_sessions;
  activity public.activities;
  pool public.seat_pools;
  person public.persons;
  signup public.signups;
  other record;
  mark record;
begin
  if auth.uid() is null then perform private.refuse(401, 'sign_in_needed'); end if;
  select * into meant from private.session_of_pass(check_in.pass);
  select one.* into person from public.persons one join public.persons named on coalesce(named.counts_as, named.id) = one.id
  where named.id = coalesce(of_person_id, private.my_person_id()) and named.id in (select private.my_care_ids());
  if not found then perform private.refuse(403, case when of_person_id is null then 'introduction_needed' else 'person_not_yours' end); end if;
  if private.pool_of_session(meant.session_id) is not null then pool := private.hold_pool(private.pool_of_session(meant.session_id)); end if;
  -- One press after the other: two at the same moment are one mark.
  select * into strict session from public.activity_sessions one where one.id = meant.session_id for no key update;
  select * into strict activity from public.activities one where one.id = session.activity_id;
  perform private.require_check_in_open(session);

  select present.seen_at, present.method into mark from private.attendance_of(session.id) present where present.person_id = person.id;
  if found then return query select person.id, person.name, 'again'::text, mark.seen_at; return; end if;
  if pool.id is not null then
    select one.* into signup from public.signups one where one.pool_id = pool.id and one.status in ('asked', 'confirmed', 'waiting', 'offered') and one.person_id in (select private.rows_of_person(person.id));
    if signup.status is distinct from 'confirmed' and signup.status is distinct from 'offered' and (activity.admission = 'approval' or pool.session_id is null) then
      select next_activity.title, next_session.starts_at into other
      from public.signups one join public.seat_pools there on there.id = one.pool_id join public.activities next_activity on next_activity.id = there.activity_id
      join public.activity_sessions next_session on next_session.activity_id = there.activity_id and (there.session_id is null or there.session_id = next_session.id)
      where one.status = 'confirmed' and one.person_id in (select private.rows_of_person(person.id)) and next_session.id <> session.id and next_session.cancelled_at is null
        and next_session.ends_at > now() and next_session.starts_at < now() + interval '12 hours'
      order by next_session.starts_at limit 1;
      if found then perform private.refuse(409, 'check_in_other_session', jsonb_build_object('name', person.name, 'title', activity.title, 'other', other.title, 'startsAt', other.starts_at)); end if;
      perform private.refuse(409, case signup.status when 'asked' then 'check_in_asked' when 'waiting' then 'check_in_waiting' else 'check_in_not_signed_up' end, jsonb_build_object('name', person.name, 'title', activity.title));
    end if;
    if signup.id is null then perform private.require_eligible(activity, person, private.china_date(session.starts_at)); end if;
    if session.ends_at > now() and private.take_door_seat(session, person.id, null) = 'full' then
      perform private.refuse(409, case when signup.status = 'waiting' then 'check_in_waiting' else 'check_in_full' end, jsonb_build_object('name', person.name, 'title', activity.title));
    end if;
  end if;
  return query
  insert into public.attendance_marks as made (client_id, session_id, person_id, method, device_at, seen_at, by_account)
  values (gen_random_uuid(), session.id, person.id, meant.way, clock_timestamp(), least(greatest(clock_timestamp(), session.starts_at), session.ends_at), auth.uid())
  returning made.person_id, person.name, 'in'::text, made.seen_at;
end $$;

grant execute on function private.check_in_pass(text) to job_server;
grant execute on function public.check_in_screen(bigint), public.check_in_page(text), public.check_in_pass_by_word(text), public.check_in(text, bigint) to authenticated;
