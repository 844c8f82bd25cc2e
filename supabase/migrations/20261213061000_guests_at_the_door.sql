-- Whoever comes from elsewhere is a person all the same. A card that is valid says who its bearer is, and that they want to be written down: it
-- counts wherever they live. Whoever has no card says the whole number of a card or a phone; that lets the person be found, by name and village
-- alone, marked and signed up there, and stays on record. A newcomer from elsewhere is registered at the door of one's own session.

-- Who gave a whole number of theirs at an activity.
create table private.activity_guests (
  activity_id bigint not null references public.activities on delete cascade,
  person_id bigint not null references public.persons on delete cascade,
  primary key (activity_id, person_id),
  by_account uuid not null references identity.accounts on delete cascade,
  at timestamptz not null default clock_timestamp()
);
create index activity_guests_person_id_idx on private.activity_guests (person_id);
create index activity_guests_by_account_idx on private.activity_guests (by_account);
alter table private.activity_guests enable row level security;

create function private.is_guest(of_activity_id bigint, of_person_id bigint) returns boolean
language sql stable set search_path = ''
return exists (select from private.activity_guests guest where guest.activity_id = of_activity_id and guest.person_id in (select private.rows_of_person(of_person_id)));

create or replace function private.judge_marks(session public.activity_sessions, marks jsonb, full_for bigint[])
returns table (place integer, client_id uuid, person_id bigint, name text, method text, device text, device_at timestamptz, clock_off interval, extra text, outcome text)
language sql stable set search_path = ''
begin atomic
  with given as (
    select list.place::integer as place, (list.mark ->> 'clientId')::uuid as client_id, coalesce(list.mark ->> 'method', 'roster') as method, list.mark ->> 'device' as device,
      coalesce((list.mark ->> 'deviceAt')::timestamptz, clock_timestamp()) as device_at, coalesce((list.mark ->> 'clockOffMs')::bigint, 0) * interval '1 millisecond' as clock_off,
      nullif(trim(list.mark ->> 'extra'), '') as extra, list.mark ? 'card' as is_card, held.revoked_at, coalesce(held.person_id, (list.mark ->> 'personId')::bigint) as named_id,
      held.person_id is not null and held.revoked_at is null as shows_card
    from jsonb_array_elements(marks) with ordinality as list (mark, place)
    left join public.person_cards held on held.number = private.read_card_number(list.mark ->> 'card')
  ), asked as (
    select given.*, coalesce(named.counts_as, named.id) as person_id, person.name,
      -- A valid card is enough, wherever its bearer lives; a number of the register is not.
      (given.shows_card or person.residence_unit_id in (select private.my_units('people')) or private.is_guest(session.activity_id, named.id)
        or exists (select from public.signups one where one.pool_id = private.pool_of_session(session.id) and one.person_id in (select private.rows_of_person(named.id)))) as is_known
    from given left join public.persons named on named.id = given.named_id left join public.persons person on person.id = coalesce(named.counts_as, named.id)
  ), refused as (
    select asked.*, case
      when asked.is_card and asked.person_id is null then 'card_unknown'
      when asked.is_known is not true then 'unknown'
      when asked.is_card and asked.revoked_at <= asked.device_at + asked.clock_off then 'card_revoked'
      when asked.device_at + asked.clock_off not between session.starts_at - interval '2 hours' and least(session.ends_at + interval '24 hours', now() + interval '1 minute') and asked.method not in ('paper', 'roster') then 'at_another_time'
      -- Sent before: what was said of it then stands.
      when exists (select from public.attendance_marks sent join public.attendance_voids taken_back on taken_back.mark_id = sent.id where sent.client_id = asked.client_id) then 'taken_back'
    end as refusal
    from asked
  ), judged as (
    -- The second of a person is the second of those that count.
    select refused.*, row_number() over (partition by refused.person_id, refused.refusal is null order by refused.place) as time from refused
  )
  select judged.place, judged.client_id, judged.person_id, case when judged.is_known then judged.name end, judged.method, judged.device, judged.device_at, judged.clock_off, judged.extra, case
    when judged.refusal is not null then judged.refusal
    when exists (select from public.attendance_marks sent where sent.client_id = judged.client_id) then 'in'
    when judged.time > 1 or exists (select from private.attendance_of(session.id) present where present.person_id = judged.person_id) then 'again'
    when judged.person_id = any (full_for) then 'full'
    else 'in' end
  from judged order by judged.place;
end;

-- Who from elsewhere has this whole phone or valid card number: name and village, no more. From then on they may be marked and signed up there.
create function public.find_guest(of_activity_id bigint, card text default null, phone_lookup text default null)
returns table (person_id bigint, name text, home text)
language plpgsql volatile security definer set search_path = '' as $$
#variable_conflict use_column
declare
  host_id integer := (select activity.host_unit_id from public.activities activity where activity.id = of_activity_id and activity.published_at is not null and activity.host_unit_id in (select private.my_units('people')));
  guest record;
  sound_card text := private.read_card_number(card);
  wait integer;
begin
  if auth.uid() is null then perform private.refuse(401, 'sign_in_needed'); end if;
  if host_id is null then perform private.refuse(404, 'activity_unknown'); end if;
  -- Whose number it is must not be found out by trying one after the other: sixty an hour, found or not.
  wait := identity.take('guest:' || auth.uid(), 60, '1 hour');
  if wait > 0 then perform private.refuse(429, 'too_many_tries', jsonb_build_object('secondsLeft', wait)); end if;
  for guest in
    select distinct person.id, person.name, home.name as home
    from (
      select contact.person_id from private.person_contacts contact where contact.kind = 'phone' and contact.lookup = decode(find_guest.phone_lookup, 'hex')
      union
      select held.person_id from public.person_cards held where held.number = sound_card and held.revoked_at is null
    ) hit
    join public.persons named on named.id = hit.person_id join public.persons person on person.id = coalesce(named.counts_as, named.id)
    join public.units home on home.id = person.residence_unit_id
    -- Whoever lives here is found in the register.
    where person.residence_unit_id not in (select private.my_units('names'))
    order by person.id limit 5
  loop
    insert into private.activity_guests (activity_id, person_id, by_account) values (of_activity_id, guest.id, auth.uid()) on conflict do nothing;
    perform private.audit('guest_found', 'person', guest.id::text, host_id, jsonb_build_object('by', case when sound_card is null then 'phone' else 'card' end));
    person_id := guest.id; name := guest.name; home := guest.home;
    return next;
  end loop;
end $$;
grant execute on function public.find_guest(bigint, text, text) to authenticated;

-- As before; staff speak for a guest too, with consent.
create or replace function private.speaks_for(person public.persons, activity public.activities, consent text) returns text
language plpgsql stable set search_path = '' as $$
begin
  if person.id in (select private.my_person_ids()) then return null; end if;
  if person.id in (select private.my_helped_ids()) then return 'helper'; end if;
  if person.id in (select private.my_care_ids()) then return 'guardian'; end if;
  if activity.host_unit_id in (select private.my_units('people'))
      and (person.residence_unit_id in (select private.my_units('people')) or private.is_guest(activity.id, person.id)) then
    if consent in ('present', 'phone', 'written') is not true then perform private.refuse(422, 'consent_missing', '{"field": "consent"}'); end if;
    return 'staff';
  end if;
  -- Asked to help, and not answered yet.
  if exists (select from public.helpers link where link.ended_at is null and link.helper_id in (select private.my_person_ids()) and link.person_id in (select private.rows_of_person(person.id))) then
    perform private.refuse(403, 'consent_missing', jsonb_build_object('name', person.name));
  end if;
  perform private.refuse(403, 'person_not_yours');
end $$;

-- As before; a newcomer who lives elsewhere is registered there and is a guest here. Minors are registered where they live, with their guardian.
create or replace function public.register_walk_in(of_session_id bigint, name text, sex text, birth_year integer, residence_unit_id integer, pinyin text, initials text, contacts jsonb, client_id uuid, extra text default null)
returns bigint
language plpgsql volatile security definer set search_path = '' as $$
declare
  session public.activity_sessions := private.session_to_attend(of_session_id);
  new_id bigint;
  said text;
begin
  if register_walk_in.residence_unit_id in (select private.my_units('people')) then
    new_id := public.register_person(register_walk_in.name, register_walk_in.sex, register_walk_in.birth_year, register_walk_in.residence_unit_id, register_walk_in.pinyin, register_walk_in.initials,
      '[]', register_walk_in.contacts);
  else
    if register_walk_in.birth_year is null then perform private.refuse(422, 'birth_year_invalid', '{"field": "birthYear"}'); end if;
    if private.needs_guardian(register_walk_in.birth_year) then perform private.refuse(422, 'child_needs_guardian', '{"field": "guardianId"}'); end if;
    if register_walk_in.sex is null then perform private.refuse(422, 'sex_missing', '{"field": "sex"}'); end if;
    perform private.refuse_known_id_number(null, register_walk_in.contacts);
    new_id := private.register_person(register_walk_in.name, register_walk_in.sex, register_walk_in.birth_year, register_walk_in.residence_unit_id, register_walk_in.pinyin, register_walk_in.initials,
      '[]', register_walk_in.contacts, null, null, null, auth.uid());
    insert into private.activity_guests (activity_id, person_id, by_account) values (session.activity_id, new_id, auth.uid());
    perform private.audit('person_registered', 'person', new_id::text, register_walk_in.residence_unit_id);
  end if;
  select marked.outcome into said from public.mark_attendance(of_session_id, jsonb_build_array(jsonb_build_object('clientId', register_walk_in.client_id, 'personId', new_id, 'extra', register_walk_in.extra, 'method',
    -- Whoever is entered after the session was on the paper list.
    case when session.ends_at + interval '24 hours' < now() then 'paper' else 'walk_in' end))) marked;
  if said = 'full' then perform private.refuse(409, 'session_full_at_door'); end if;
  if said <> 'in' then perform private.refuse(409, 'walk_in_not_marked', jsonb_build_object('outcome', said)); end if;
  return new_id;
end $$;

-- The open villages that are called so, anywhere in the region: by township and village, or by the village alone.
create function public.villages_called(called text) returns table (unit_id integer, name text, township text)
language sql stable security definer set search_path = ''
begin atomic
  select village.id, village.name, above.name
  from public.units village join public.units above on above.id = village.parent_id
  where village.level = 'village' and village.kind_id = 'administration' and private.open_on(village.opened_on, village.closed_on, private.china_date(now()))
    and regexp_replace(villages_called.called, '[[:space:]]', '', 'g') in (village.name, above.name || village.name)
  order by village.path limit 5;
end;
grant execute on function public.villages_called(text) to authenticated;

-- As before, of a newcomer from elsewhere too: who may be meant there is told without a name, by township.
create or replace function public.probable_duplicates(name text, pinyin text, birth_year integer, residence_unit_id integer,
  phone_lookup text default null, id_lookup text default null, but_id bigint default null)
returns table (person_id bigint, person_name text, person_sex text, born smallint, home text, phone text, reason text)
language plpgsql stable security definer set search_path = '' as $$
#variable_conflict use_column
begin
  if auth.uid() is null then perform private.refuse(401, 'sign_in_needed'); end if;
  if not exists (select from private.my_units('people')) then perform private.require_sight(probable_duplicates.residence_unit_id, 'people'); end if;
  return query
  select case when seen.named then person.id end, case when seen.named then person.name end, case when seen.named then person.sex end,
    case when seen.named then person.birth_year end, case when seen.named then home.name else township.name end,
    case when seen.named then (select contact.masked from private.person_contacts contact where contact.kind = 'phone' and contact.person_id = person.id) end,
    probable.reason
  from private.probable_duplicates(probable_duplicates.name, probable_duplicates.pinyin, probable_duplicates.birth_year, probable_duplicates.residence_unit_id,
    decode(probable_duplicates.phone_lookup, 'hex'), decode(probable_duplicates.id_lookup, 'hex'), probable_duplicates.but_id) probable
  join public.persons person on person.id = probable.person_id
  join public.units home on home.id = person.residence_unit_id
  join public.units township on township.id = home.parent_id
  cross join lateral (select home.path operator(extensions.<@) any (private.my_unit_paths('names')) as named) seen
  order by probable.rank, person.id;
end $$;
