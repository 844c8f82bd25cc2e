-- What residents read of activities besides the activities themselves: what they can be looked for by, where the asker lives, what lies
-- at which time, and a calendar that a phone subscribes to.

-- What coming activities can be looked for by: places and schools in the order of the network, categories and forms in theirs.
create function public.activity_filters()
returns table (filter text, id text, zh text, en text, depth integer, activities integer)
language sql stable set search_path = ''
begin atomic
  with coming as (
    select activity.id, activity.category_id, activity.form_id, host.id as host_id, host.path
    from public.activities activity join public.units host on host.id = activity.host_unit_id
    where activity.status = 'published' and activity.published_at is not null
      and exists (select from public.activity_sessions session where session.activity_id = activity.id and session.cancelled_at is null and session.ends_at > now())
  ), found as (
    select 'category' as filter, category.id, category.zh, category.en, 0 as depth, count(*)::integer as activities, category.position::text as place
    from coming join public.categories category on category.id = coming.category_id group by category.id
    union all
    select 'form', form.id, form.zh, form.en, 0, count(*)::integer, lpad(form.position::text, 3, '0')
    from coming join public.activity_forms form on form.id = coming.form_id group by form.id
    union all
    select 'place', unit.code, unit.name, unit.name, extensions.nlevel(unit.path) - 1, count(*)::integer, unit.path::text
    from coming join public.units unit on unit.path operator(extensions.@>) coming.path
    join public.unit_kinds kind on kind.id = unit.kind_id and (kind.nature = 'administration' or unit.id = coming.host_id)
    where unit.parent_id is not null group by unit.id
  )
  select found.filter, found.id, found.zh, found.en, found.depth, found.activities
  from found order by found.filter, case when found.filter = 'category' then lpad(found.place, 3, '0') else found.place end;
end;

-- The township in which the asker lives, or where there is none above the village, the village.
create function public.my_neighbourhood() returns table (unit_id integer, code text, name text)
language sql stable security definer set search_path = ''
begin atomic
  select place.id, place.code, place.name
  from public.persons person join public.units home on home.id = person.residence_unit_id
  join public.units place on place.path operator(extensions.@>) home.path and place.level in ('township', 'village')
  where person.id = (select coalesce(one.counts_as, one.id) from public.persons one where one.id = private.my_person_id())
  order by extensions.nlevel(place.path) limit 1;
end;

-- Every session for which some people have a seat or ask for one, with theirs that were called off.
create function private.sessions_of_people(person_ids bigint[])
returns table (person_id bigint, signup_id bigint, status text, activity_id bigint, session_id bigint, starts_at timestamptz, ends_at timestamptz, on_leave boolean)
language sql stable set search_path = ''
begin atomic
  select one.person_id, one.id, case when session.cancelled_at is not null then 'called_off' else one.status end, pool.activity_id, session.id, session.starts_at, session.ends_at,
    exists (select from public.session_leaves leave where leave.signup_id = one.id and leave.session_id = session.id)
  from public.signups one join public.seat_pools pool on pool.id = one.pool_id
  join public.activity_sessions session on session.activity_id = pool.activity_id and (pool.session_id is null or session.id = pool.session_id)
  where one.person_id = any (person_ids)
    and (one.status in ('asked', 'confirmed', 'waiting', 'offered') or one.status = 'cancelled' and one.end_reason in ('activity_cancelled', 'session_cancelled'));
end;

-- The sessions to come for which those whom the asker looks after have or await a seat: what else lies at a time is said before anybody signs up.
create function public.my_coming_sessions()
returns table (person_id bigint, name text, is_me boolean, signup_id bigint, status text, activity_code text, title text, session_id bigint, starts_at timestamptz, ends_at timestamptz, on_leave boolean)
language sql stable security definer set search_path = ''
begin atomic
  select mine.person_id, person.name, mine.person_id in (select private.my_person_ids()), mine.signup_id, mine.status, activity.code, activity.title, mine.session_id, mine.starts_at, mine.ends_at, mine.on_leave
  from private.sessions_of_people(array(select private.my_care_ids())) mine
  join public.activities activity on activity.id = mine.activity_id join public.persons person on person.id = mine.person_id
  where mine.ends_at > now() and mine.status <> 'called_off' order by mine.starts_at, mine.signup_id limit 500;
end;

-- ── a calendar to subscribe to ──────────────────────────────────────────────────────────────────────────────────────

-- A phone's calendar cannot sign in: it comes with a secret address. Of the secret only a hash is kept, and a new one ends the old.
create table private.calendar_keys (
  person_id bigint primary key references public.persons on delete cascade,
  key_hash bytea not null unique,
  made_at timestamptz not null default clock_timestamp()
);
alter table private.calendar_keys enable row level security;

-- Makes a secret for the asker's calendar and says it, this once.
create function public.renew_calendar_key() returns text
language plpgsql volatile security definer set search_path = '' as $$
declare
  secret text := replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', '');
begin
  if private.my_person_id() is null then perform private.refuse(403, 'introduction_needed'); end if;
  delete from private.calendar_keys kept where kept.person_id in (select private.my_person_ids());
  insert into private.calendar_keys (person_id, key_hash) values (private.my_person_id(), sha256(convert_to(secret, 'UTF8')));
  return secret;
end $$;

-- Ends the asker's calendar: its address leads nowhere from now on.
create function public.end_calendar_key() returns void
language sql volatile security definer set search_path = ''
begin atomic
  delete from private.calendar_keys kept where kept.person_id in (select private.my_person_ids());
end;

-- Since when the asker has a calendar, or null.
create function public.my_calendar_since() returns timestamptz
language sql stable security definer set search_path = ''
return (select max(kept.made_at) from private.calendar_keys kept where kept.person_id in (select private.my_person_ids()));

-- What a calendar's address shows: of the person and the children in care, sessions with title, time and place, and no name. Null where the
-- secret is nobody's.
create function private.calendar_of(secret text) returns jsonb
language sql stable security definer set search_path = ''
begin atomic
  select coalesce((
    select jsonb_agg(event.line order by event.starts_at, event.session_id) from (
      select distinct on (session.id) session.id as session_id, session.starts_at, jsonb_build_object('id', session.id, 'code', activity.code, 'title', activity.title,
        'startsAt', session.starts_at, 'endsAt', session.ends_at, 'venue', coalesce(session.venue, activity.venue), 'room', coalesce(session.room, activity.room),
        'version', activity.version, 'state', case mine.status when 'confirmed' then 'confirmed' when 'called_off' then 'cancelled' else 'tentative' end) as line
      from private.sessions_of_people(array(
        select private.rows_of_person(kept.person_id)
        union
        select child.id from public.guardians link cross join lateral private.rows_of_person(link.child_id) as child (id)
        where link.guardian_id in (select private.rows_of_person(kept.person_id)) and link.consent and (link.valid_to is null or link.valid_to >= private.china_date(now())))) mine
      join public.activities activity on activity.id = mine.activity_id join public.activity_sessions session on session.id = mine.session_id
      where not mine.on_leave and mine.status in ('confirmed', 'offered', 'called_off') and session.ends_at > now() - interval '90 days'
      order by session.id, mine.status = 'confirmed' desc
    ) event), '[]')
  from private.calendar_keys kept where kept.key_hash = sha256(convert_to(secret, 'UTF8'));
end;
grant execute on function private.calendar_of(text) to job_server;

-- The version of an activity numbers the changes that a calendar has to take over.
grant select (version) on public.activities to anon;

-- ── text messages ───────────────────────────────────────────────────────────────────────────────────────────────────

-- Of a notice a text message goes out once: it is taken before it is sent, and what could not be sent is tried again, three times in all.
alter table public.notices add column texted_at timestamptz;
alter table public.notices add column tries smallint not null default 0;
create index notices_to_text_idx on public.notices (id) where texted_at is null and tries < 3;
-- A session is reminded of once, and again only when it moved to another day.
create unique index notices_reminded_once on public.notices (signup_id, session_id, (details ->> 'day')) where kind = 'session_soon';

-- The day before: whoever has a seat is reminded, except who signed up a moment ago or is on leave. Returns how many.
create function private.remind_of_sessions() returns integer
language plpgsql volatile security definer set search_path = '' as $$
declare
  reminded integer;
begin
  insert into public.notices (person_id, kind, activity_id, session_id, signup_id, details)
  select one.person_id, 'session_soon', session.activity_id, session.id, one.id, jsonb_build_object('day', private.china_date(session.starts_at))
  from public.activity_sessions session
  join public.activities activity on activity.id = session.activity_id and activity.status = 'published'
  join public.seat_pools pool on pool.activity_id = session.activity_id and (pool.session_id is null or pool.session_id = session.id)
  join public.signups one on one.pool_id = pool.id and one.status = 'confirmed' and one.asked_at < now() - interval '3 hours'
  where session.cancelled_at is null and session.starts_at > now() and session.starts_at < now() + interval '48 hours'
    and private.china_date(session.starts_at) = private.china_date(now()) + 1
    and not exists (select from public.session_leaves leave where leave.signup_id = one.id and leave.session_id = session.id)
  on conflict (signup_id, session_id, (details ->> 'day')) where kind = 'session_soon' do nothing;
  get diagnostics reminded = row_count;
  return reminded;
end $$;

-- Takes notices to be sent as text messages, each with the sealed number: the person's own, or of the guardian. Runs at once take different ones.
-- What is older than a day, or an offer that is over, is told on the page alone; whoever has no number too.
create function private.take_notices_to_text(most integer)
returns table (id bigint, kind text, title text, starts_at timestamptz, venue text, details jsonb, for_name text, cipher bytea, key_id integer)
language plpgsql volatile security definer set search_path = '' as $$
#variable_conflict use_column
begin
  return query
  with taken as (
    update public.notices notice set texted_at = clock_timestamp(), tries = notice.tries + 1
    where notice.id in (
      select one.id from public.notices one
      where one.texted_at is null and one.tries < 3 and one.at > now() - interval '1 day'
        and one.kind in ('seat_offered', 'session_changed', 'session_cancelled', 'activity_cancelled', 'session_soon', 'draw_seat', 'draw_line')
        and (one.kind <> 'seat_offered' or exists (select from public.signups signup where signup.id = one.signup_id and signup.status = 'offered'))
      order by one.id limit most for update skip locked)
    returning notice.*
  )
  select taken.id, taken.kind, activity.title, session.starts_at, coalesce(session.venue, activity.venue), taken.details,
    case when number.of_guardian then person.name end, number.cipher, number.key_id
  from taken join public.persons person on person.id = taken.person_id join public.activities activity on activity.id = taken.activity_id
  left join public.activity_sessions session on session.id = taken.session_id
  cross join lateral (
    select known.of_guardian, known.cipher, known.key_id from (
      select false as of_guardian, 1 as turn, account.phone_cipher as cipher, account.phone_key_id::integer as key_id from identity.accounts account
      where account.person_id in (select private.rows_of_person(taken.person_id)) and account.phone_cipher is not null and account.disabled_at is null
      union all
      select false, 2, contact.cipher, contact.key_id::integer from private.person_contacts contact
      where contact.kind = 'phone' and contact.person_id in (select private.rows_of_person(taken.person_id))
      union all
      select true, 3, account.phone_cipher, account.phone_key_id::integer from public.guardians link
      join identity.accounts account on account.person_id in (select private.rows_of_person(link.guardian_id)) and account.phone_cipher is not null and account.disabled_at is null
      where link.child_id in (select private.rows_of_person(taken.person_id)) and link.consent and (link.valid_to is null or link.valid_to >= private.china_date(now()))
      union all
      select true, 4, contact.cipher, contact.key_id::integer from public.guardians link
      join private.person_contacts contact on contact.kind = 'phone' and contact.person_id in (select private.rows_of_person(link.guardian_id))
      where link.child_id in (select private.rows_of_person(taken.person_id)) and link.consent and (link.valid_to is null or link.valid_to >= private.china_date(now()))
    ) known order by known.turn limit 1
  ) number
  order by taken.id;
end $$;

-- Gives back what the gateway did not take.
create function private.notice_not_texted(notice_id bigint) returns void
language sql volatile security definer set search_path = ''
begin atomic
  update public.notices notice set texted_at = null where notice.id = notice_id;
end;
grant execute on function private.remind_of_sessions(), private.take_notices_to_text(integer), private.notice_not_texted(bigint) to job_server;

grant execute on function public.activity_filters() to anon, authenticated;
grant execute on function public.my_neighbourhood(), public.my_coming_sessions(), public.renew_calendar_key(), public.end_calendar_key(), public.my_calendar_since() to authenticated;
