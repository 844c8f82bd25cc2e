-- Who died or moved away is in the register no more: on no list, no volunteer in the register, nobody whose card works at the door after that day. What they
-- took part in stays counted. A mistake is taken back; that stays on record, too.

create table public.person_departures (
  id bigint generated always as identity primary key,
  person_id bigint not null references public.persons on delete restrict,
  reason text not null check (reason in ('died', 'moved_away')),
  -- The last day on which they were there.
  left_on date not null,
  note text check (length(note) between 1 and 200),
  -- Ties to children that ended with it, and on which day they would have: taken back with it.
  ended_ties jsonb not null default '[]',
  entered_by uuid not null,
  entered_at timestamptz not null default clock_timestamp(),
  undone_by uuid,
  undone_at timestamptz,
  undone_reason text check (length(undone_reason) between 2 and 200),
  constraint person_departures_undone check ((undone_at is null) = (undone_by is null) and (undone_at is null) = (undone_reason is null))
);
create unique index person_departures_one_standing on public.person_departures (person_id) where undone_at is null;
create index person_departures_person_id_idx on public.person_departures (person_id);
alter table public.person_departures enable row level security;
grant select on public.person_departures to authenticated;
create policy "Departures are read by staff who see names there" on public.person_departures for select to authenticated
  using (exists (select from public.persons person where person.id = person_departures.person_id and person.residence_unit_id in (select private.my_units('names'))));

-- The departure that stands for a person, of whichever of their rows.
create function private.departure_of(of_person_id bigint) returns public.person_departures
language sql stable set search_path = ''
begin atomic
  select departure from public.person_departures departure
  where departure.person_id in (select private.rows_of_person(of_person_id)) and departure.undone_at is null
  order by departure.left_on, departure.id limit 1;
end;
-- Whether somebody had left before a day.
create function private.had_left(of_person_id bigint, by_day date) returns boolean
language sql stable set search_path = ''
return exists (select from public.person_departures departure
  where departure.undone_at is null and departure.left_on < by_day and departure.person_id in (select private.rows_of_person(of_person_id)));

-- Takes a person off the register. Whoever holds a post is refused until it is ended, and who died cannot have come to something afterwards.
create function public.note_departure(of_person_id bigint, reason text, left_on date, note text default null) returns void
language plpgsql volatile security definer set search_path = '' as $$
declare
  home integer := private.require_person(of_person_id, 'people');
  root_id bigint := (select coalesce(counts_as, id) from public.persons where id = of_person_id);
  rows bigint[];
  ended jsonb;
  later date;
begin
  perform private.lock_persons(array[root_id]);
  rows := array(select private.rows_of_person(root_id));
  if note_departure.reason in ('died', 'moved_away') is not true then perform private.refuse(422, 'departure_reason_missing', '{"field": "reason"}'); end if;
  if note_departure.left_on is null or note_departure.left_on > private.china_date(now()) then perform private.refuse(422, 'date_in_future', '{"field": "leftOn"}'); end if;
  if (private.departure_of(root_id)).id is not null then perform private.refuse(409, 'departure_known'); end if;
  if exists (select from public.posts post where post.person_id = any (rows) and (post.valid_to is null or post.valid_to > note_departure.left_on)) then
    perform private.refuse(409, 'departure_with_post');
  end if;
  later := (select max(private.china_date(fact.started_at)) from private.counted_participations fact where fact.person_id = any (rows) and private.china_date(fact.started_at) > note_departure.left_on);
  if note_departure.reason = 'died' and later is not null then perform private.refuse(409, 'departure_before_record', jsonb_build_object('field', 'leftOn', 'day', later)); end if;
  -- Children are nobody's charge any more who is not alive; a parent who moved away stays a parent.
  with tied as (
    select link.id, link.valid_to from public.guardians link
    where note_departure.reason = 'died' and link.guardian_id = any (rows) and (link.valid_to is null or link.valid_to > note_departure.left_on) for update
  ), done as (
    update public.guardians link set valid_to = greatest(link.valid_from, note_departure.left_on) from tied where link.id = tied.id returning link.id, tied.valid_to as before, link.valid_to
  )
  select coalesce(jsonb_agg(jsonb_build_object('id', done.id, 'before', done.before, 'to', done.valid_to)), '[]') into ended from done;
  insert into public.person_departures (person_id, reason, left_on, note, ended_ties, entered_by)
  values (root_id, note_departure.reason, note_departure.left_on, nullif(trim(note_departure.note), ''), ended, auth.uid());
  perform private.audit('person_left', 'person', root_id::text, home, jsonb_build_object('reason', note_departure.reason, 'on', note_departure.left_on));
end $$;

-- Puts a person back on the register, with the ties that ended with it and were not changed since.
create function public.undo_departure(of_person_id bigint, reason text) returns void
language plpgsql volatile security definer set search_path = '' as $$
declare
  home integer := private.require_person(of_person_id, 'people');
  root_id bigint := (select coalesce(counts_as, id) from public.persons where id = of_person_id);
  standing public.person_departures;
begin
  perform private.lock_persons(array[root_id]);
  standing := private.departure_of(root_id);
  if standing.id is null then perform private.refuse(409, 'departure_none'); end if;
  if (length(trim(undo_departure.reason)) between 2 and 200) is not true then perform private.refuse(422, 'departure_undo_reason', '{"field": "reason"}'); end if;
  update public.person_departures departure set undone_at = clock_timestamp(), undone_by = auth.uid(), undone_reason = trim(undo_departure.reason) where departure.id = standing.id;
  update public.guardians link set valid_to = (tie ->> 'before')::date
  from jsonb_array_elements(standing.ended_ties) as tie
  where link.id = (tie ->> 'id')::bigint and link.valid_to = (tie ->> 'to')::date
    and not exists (select from public.guardians other where other.child_id = link.child_id and other.guardian_id = link.guardian_id and other.valid_to is null);
  perform private.audit('person_back', 'person', root_id::text, home, jsonb_build_object('on', standing.left_on));
end $$;

-- What stands and what was taken back, for the person's page: whoever sees the name there.
create function public.departures_at_desk(of_person_id bigint)
returns table (reason text, left_on date, note text, entered_at timestamptz, undone_at timestamptz, undone_reason text)
language plpgsql stable security definer set search_path = '' as $$
#variable_conflict use_column
begin
  perform private.require_person(of_person_id, 'names');
  return query
  select one.reason, one.left_on, one.note, one.entered_at, one.undone_at, one.undone_reason from public.person_departures one
  where one.person_id in (select private.rows_of_person(of_person_id)) order by one.undone_at nulls first, one.id desc;
end $$;

-- Which of these people are on the register no more, of those whose name the asker sees.
create function public.departed_among(person_ids bigint[]) returns setof bigint
language sql stable security definer set search_path = '' -- definer: asks of every row of a person
begin atomic
  select person.id from public.persons person
  where person.id = any (person_ids) and person.residence_unit_id in (select private.my_units('names')) and private.had_left(person.id, private.china_date(now()) + 1);
end;

-- Minors of a unit whose guardian died and who have no other: somebody has to be found for them.
create function public.wards_without_guardian(in_unit_id integer, page_size integer default 50, skip integer default 0)
returns table (child_id bigint, name text, birth_year smallint, home text, home_code text, guardian_id bigint, guardian text, died_on date, total integer)
language plpgsql stable security definer set search_path = '' as $$
#variable_conflict use_column
declare
  today date := private.china_date(now());
begin
  perform private.require_sight(in_unit_id, 'names');
  return query
  with lost as (
    select distinct on (child.id) child.id, child.name, child.birth_year, home.name as home, home.code, home.path, coalesce(dead.counts_as, dead.id) as guardian_id, dead.name as guardian, departure.left_on
    from public.units inside
    join public.units home on home.path operator(extensions.<@) inside.path
    join public.persons child on child.residence_unit_id = home.id and child.merged_into is null
    join public.guardians link on link.child_id in (select private.rows_of_person(child.id))
    join public.persons dead on dead.id = link.guardian_id
    join public.person_departures departure on departure.person_id in (select private.rows_of_person(dead.id)) and departure.undone_at is null and departure.reason = 'died'
    where inside.id = in_unit_id and child.birth_year > private.china_year(now()) - 18
      and not private.had_left(child.id, today + 1)
      and not exists (select from public.guardians other where other.child_id in (select private.rows_of_person(child.id)) and (other.valid_to is null or other.valid_to >= today)
        and not private.had_left(other.guardian_id, today + 1))
    order by child.id, departure.left_on desc
  )
  select lost.id, lost.name, lost.birth_year, lost.home, lost.code, lost.guardian_id, lost.guardian, lost.left_on, (count(*) over ())::integer
  from lost order by lost.path, lost.name, lost.id limit least(greatest(page_size, 1), 200) offset greatest(skip, 0);
end $$;
grant execute on function public.note_departure(bigint, text, date, text), public.undo_departure(bigint, text), public.departures_at_desk(bigint), public.departed_among(bigint[]),
  public.wards_without_guardian(integer, integer, integer) to authenticated;

-- ── at the door ─────────────────────────────────────────────────────────────────────────────────────────────────────

-- As before; nobody is signed up who has left.
create or replace function private.speaks_for(person public.persons, activity public.activities, consent text) returns text
language plpgsql stable set search_path = '' as $$
begin
  if person.id in (select private.my_person_ids()) then return null; end if;
  if private.had_left(person.id, private.china_date(now()) + 1) then perform private.refuse(409, 'person_left', jsonb_build_object('name', person.name)); end if;
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

-- ── cards and lists ─────────────────────────────────────────────────────────────────────────────────────────────────

-- As before; whoever has left is given no card.
create or replace function private.issue_card(of_person_id bigint, replace boolean, by_account uuid) returns text
language plpgsql volatile set search_path = '' as $$
declare
  root_id bigint := (select coalesce(counts_as, id) from public.persons where id = of_person_id);
  held text;
begin
  perform from public.persons where id = root_id for no key update;
  if private.had_left(root_id, private.china_date(now()) + 1) then perform private.refuse(409, 'person_left'); end if;
  if issue_card.replace then update public.person_cards set revoked_at = now() where person_id in (select private.rows_of_person(root_id)) and revoked_at is null; end if;
  select number into held from public.person_cards where person_id = root_id and revoked_at is null;
  if held is null then
    insert into public.person_cards (number, person_id, issued_by) values (private.draw_card_number(), root_id, issue_card.by_account) returning number into held;
  end if;
  return held;
end $$;

-- As before, without whoever has left.
create or replace function public.issue_cards(in_unit_id integer, at_most integer default 2000) returns jsonb
language plpgsql volatile security definer set search_path = '' as $$
declare
  drawn integer;
  missing integer;
begin
  perform private.require_sight(in_unit_id, 'people');
  with wanting as (
    select person.id from public.units inside
    join public.units home on home.path operator(extensions.<@) inside.path
    join public.persons person on person.residence_unit_id = home.id and person.merged_into is null
    where inside.id = in_unit_id and not exists (select from public.person_cards card where card.person_id = person.id and card.revoked_at is null)
      and not private.had_left(person.id, private.china_date(now()) + 1)
    order by person.id limit least(greatest(at_most, 1), 5000)
  )
  insert into public.person_cards (number, person_id, issued_by)
  select private.draw_card_number(), wanting.id, auth.uid() from wanting on conflict (person_id) where revoked_at is null do nothing;
  get diagnostics drawn = row_count;
  select count(*) into missing from public.units inside
  join public.units home on home.path operator(extensions.<@) inside.path
  join public.persons person on person.residence_unit_id = home.id and person.merged_into is null
  where inside.id = in_unit_id and not exists (select from public.person_cards card where card.person_id = person.id and card.revoked_at is null)
      and not private.had_left(person.id, private.china_date(now()) + 1);
  if drawn > 0 then perform private.audit('cards_issued', 'unit', in_unit_id::text, in_unit_id, jsonb_build_object('count', drawn)); end if;
  return jsonb_build_object('issued', drawn, 'missing', missing);
end $$;


create or replace function public.cards_to_print(in_unit_id integer, of_person_id bigint default null, page_size integer default 100, skip integer default 0)
returns table (person_id bigint, name text, home text, number text, total integer, missing integer)
language plpgsql stable security definer set search_path = '' as $$
#variable_conflict use_column
begin
  if of_person_id is not null then perform private.require_person(of_person_id, 'people'); else perform private.require_sight(in_unit_id, 'people'); end if;
  return query
  with here as (
    select person.id, person.name, home.name as home, home.path from public.units inside
    join public.units home on home.path operator(extensions.<@) inside.path
    join public.persons person on person.residence_unit_id = home.id and person.merged_into is null
    where inside.id = in_unit_id and of_person_id is null and not private.had_left(person.id, private.china_date(now()) + 1)
    union all
    select person.id, person.name, home.name, home.path from public.persons asked
    join public.persons person on person.id = coalesce(asked.counts_as, asked.id)
    join public.units home on home.id = person.residence_unit_id where asked.id = of_person_id
  ), held as (
    select here.*, card.number from here left join public.person_cards card on card.person_id = here.id and card.revoked_at is null
  ), counts as (
    select count(held.number)::integer as total, (count(*) - count(held.number))::integer as missing from held
  )
  select page.id, page.name, page.home, page.number, counts.total, counts.missing
  from counts left join lateral (
    select held.* from held where held.number is not null order by held.path, held.name, held.id
    limit least(greatest(page_size, 1), 200) offset greatest(skip, 0)
  ) page on true
  order by page.path, page.name, page.id;
end $$;

-- As before, without whoever has left.
create or replace function private.residents_asked(in_unit_id integer, of_group text, lacks text, after_person_id bigint, at_most integer) returns bigint[]
language plpgsql stable set search_path = '' as $$
declare
  inside extensions.ltree := (select unit.path from public.units unit where unit.id = in_unit_id);
  today date := private.china_date(now());
  asked_group text := nullif(of_group, 'resident');
  ages int4range := (select known.ages from public.population_groups known where known.id = of_group);
  last record;
  village record;
  found bigint[] := '{}';
begin
  if lacks <> all ('{card,phone,guardian}') then perform private.refuse(422, 'resident_lack_unknown', '{"field": "lacks"}'); end if;
  select home.path, home.id as home_id, person.name, person.id into last
  from public.persons person join public.units home on home.id = person.residence_unit_id where person.id = after_person_id;
  for village in
    select home.id, home.path from public.units home
    where home.path operator(extensions.<@) inside and (last.path is null or home.path operator(extensions.>=) last.path)
    order by home.path
  loop
    found := found || array(
      select person.id from public.persons person
      where person.residence_unit_id = village.id and person.merged_into is null
        and (select true from public.person_departures gone where gone.person_id = person.id and gone.undone_at is null limit 1) is null
        and (select true from public.persons merged join public.person_departures gone on gone.person_id = merged.id and gone.undone_at is null where merged.counts_as = person.id limit 1) is null
        and (last.home_id is distinct from village.id or (person.name, person.id) > (last.name, last.id))
        and (asked_group is null
          or ages operator(pg_catalog.@>) (extract(year from today)::integer - person.birth_year)
          or (select true from public.person_groups entry where entry.person_id = person.id and entry.group_id = asked_group
            and entry.valid_from <= today and (entry.valid_to is null or entry.valid_to >= today) limit 1)
          or (select true from public.persons merged join public.person_groups entry on entry.person_id = merged.id
            where merged.counts_as = person.id and entry.group_id = asked_group and entry.valid_from <= today and (entry.valid_to is null or entry.valid_to >= today) limit 1))
        and (lacks is distinct from 'card' or (select true from public.person_cards card where card.person_id = person.id and card.revoked_at is null limit 1) is null)
        and (lacks is distinct from 'phone' or (select true from private.person_contacts contact where contact.kind = 'phone' and contact.person_id = person.id limit 1) is null
          and (select true from public.persons merged join private.person_contacts contact on contact.person_id = merged.id and contact.kind = 'phone'
            where merged.counts_as = person.id limit 1) is null)
        and (lacks is distinct from 'guardian' or person.birth_year >= private.china_year(now()) - 13
          and (select true from public.guardians link where link.child_id = person.id and (link.valid_to is null or link.valid_to >= today) limit 1) is null
          and (select true from public.persons merged join public.guardians link on link.child_id = merged.id
            where merged.counts_as = person.id and (link.valid_to is null or link.valid_to >= today) limit 1) is null
          and private.needs_guardian(person.birth_year))
      order by person.name, person.id limit at_most - cardinality(found));
    exit when cardinality(found) >= at_most;
  end loop;
  return found;
end $$;

-- As before; whoever has left is listed among those who have ended, and behind no share.
create or replace function public.volunteers_at_desk(in_unit_id integer, of_status text default null, query text default '', by_home boolean default false, only_served boolean default false,
  from_day date default null, until_day date default null, page_size integer default 30, skip integer default 0)
returns table (id bigint, person_id bigint, name text, birth_year smallint, home text, unit_name text, team_id integer, team_name text, source text, employer text, skills text, status text, by_self boolean,
  asked_at timestamptz, trainings integer, minutes integer, times integer, last_at timestamptz, is_own boolean, total integer)
language plpgsql stable security definer set search_path = '' as $$
#variable_conflict use_column
declare
  as_in_share boolean := by_home and until_day is not null;
begin
  perform private.require_sight(in_unit_id, case when by_home then 'names' else 'people' end);
  return query
  with inside as materialized (
    select place.id from public.units above join public.units place on place.path operator(extensions.<@) above.path where above.id = in_unit_id and not as_in_share
    union all
    select placed.unit_id from public.unit_paths placed where as_in_share and placed.ancestors @> array[in_unit_id] and placed.years @> extract(year from until_day)::integer
  ), known as (
    select one.*, person.name, person.pinyin, person.initials, person.birth_year, home.name as home, served.*
    from public.volunteers one join public.persons named on named.id = one.person_id join public.persons person on person.id = coalesce(named.counts_as, named.id)
    join public.units home on home.id = case when as_in_share then private.home_on(person.id, until_day) else person.residence_unit_id end
    cross join lateral (
      select coalesce(sum(standing.minutes), 0)::integer as minutes, (count(*) filter (where standing.minutes > 0))::integer as times, max(standing.started_at) filter (where standing.minutes > 0) as last_at
      from public.service_places place cross join lateral private.standing_service(place.id) standing
      where place.person_id in (select private.rows_of_person(person.id)) and (from_day is null or private.china_date(standing.started_at) >= from_day) and (until_day is null or private.china_date(standing.started_at) <= until_day)
    ) served
    where case when by_home then home.id in (select inside.id from inside) else one.unit_id in (select inside.id from inside) end
      and (of_status is null or one.status = of_status)
      and (one.status = 'ended' or not private.had_left(person.id, coalesce(until_day, private.china_date(now())) + 1))
      and (volunteers_at_desk.query = '' or strpos(person.name, volunteers_at_desk.query) > 0 or strpos(coalesce(person.pinyin, '') || ' ' || coalesce(person.initials, ''), lower(volunteers_at_desk.query)) > 0)
  ), shown as (
    select known.*, (count(*) over ())::integer as total from known where not only_served or known.times > 0
    order by known.status = 'asked' desc, coalesce(known.pinyin, known.name), known.id limit least(greatest(page_size, 1), 200) offset greatest(skip, 0)
  )
  select shown.id, shown.person_id, shown.name, shown.birth_year, shown.home, unit.name, shown.team_id, team.name, shown.source, shown.employer, shown.skills, shown.status, shown.by_self, shown.asked_at,
    (select count(*)::integer from public.volunteer_trainings training where training.volunteer_id = shown.id and training.taken_back_at is null),
    shown.minutes, shown.times, shown.last_at, shown.person_id in (select private.my_person_ids()), shown.total
  from shown join public.units unit on unit.id = shown.unit_id left join public.volunteer_teams team on team.id = shown.team_id
  order by shown.status = 'asked' desc, coalesce(shown.pinyin, shown.name), shown.id;
end $$;
