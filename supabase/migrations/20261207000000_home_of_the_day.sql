-- A person belongs to the residence of the day of the event, also in what is entered after they moved.

comment on table public.person_moves is 'Who lived where until when. A move is never earlier than the one before it, so the first move after a day began where the person lived on that day.';

-- Where a person lived on a day: where the first move after it began, and at home where there is none. Of rows that are one person the one
-- that the others count as moves.
create function private.home_on(of_person_id bigint, day date) returns integer
language sql stable set search_path = ''
begin atomic
  select coalesce(
    (select move.from_unit_id from public.person_moves move where move.person_id = person.id and move.moved_on > day order by move.moved_on, move.id limit 1),
    person.residence_unit_id)
  from public.persons named join public.persons person on person.id = coalesce(named.counts_as, named.id) where named.id = of_person_id;
end;

-- Gives the residents of a unit, or some of them, another home from a day on. Whoever moved in after that day goes on from their own last move.
create function private.move_residents(from_unit_id integer, into_unit_id integer, from_day date, person_ids bigint[] default null) returns integer
language plpgsql volatile set search_path = '' as $$
declare
  moved integer;
begin
  with gone as (
    update public.persons person set residence_unit_id = move_residents.into_unit_id
    where person.residence_unit_id = move_residents.from_unit_id and (person_ids is null or person.id = any (person_ids))
    returning person.id
  )
  insert into public.person_moves (person_id, from_unit_id, to_unit_id, moved_on, entered_by)
  select gone.id, move_residents.from_unit_id, move_residents.into_unit_id,
    greatest(from_day, (select max(earlier.moved_on) from public.person_moves earlier where earlier.person_id = gone.id)), auth.uid()
  from gone order by gone.id;
  get diagnostics moved = row_count;
  return moved;
end $$;

-- A person moves from a day on, never before an earlier move of theirs. What happened before stays where it was, whenever it is entered.
create or replace function public.move_person(of_person_id bigint, to_unit_id integer, moved_on date) returns void
language plpgsql volatile security definer set search_path = '' as $$
declare
  home integer := private.require_person(of_person_id, 'people');
  root_id bigint := (select coalesce(counts_as, id) from public.persons where id = of_person_id);
  last_move date;
begin
  -- Two who move the same person come one after the other.
  select person.residence_unit_id into home from public.persons person where person.id = root_id for no key update;
  perform private.require_residence(move_person.to_unit_id);
  if move_person.to_unit_id = home then perform private.refuse(422, 'moved_nowhere', '{"field": "residenceUnitId"}'); end if;
  if move_person.moved_on is null or move_person.moved_on > private.china_date(now()) then perform private.refuse(422, 'date_in_future', '{"field": "movedOn"}'); end if;
  select max(earlier.moved_on) into last_move from public.person_moves earlier where earlier.person_id = root_id;
  if move_person.moved_on < last_move then perform private.refuse(422, 'moved_before_last_move', jsonb_build_object('field', 'movedOn', 'day', last_move)); end if;
  update public.persons set residence_unit_id = move_person.to_unit_id, updated_at = now() where id = root_id;
  insert into public.person_moves (person_id, from_unit_id, to_unit_id, moved_on, entered_by) values (root_id, home, move_person.to_unit_id, move_person.moved_on, auth.uid());
  perform private.audit('person_moved', 'person', root_id::text, home, jsonb_build_object('to', move_person.to_unit_id));
  perform private.audit('person_moved', 'person', root_id::text, move_person.to_unit_id, jsonb_build_object('from', home));
end $$;

-- ── units that close, merge and split ──────────────────────────────────────────────────────────────────────────────

-- As before; who lived there has moved.
create or replace function public.close_unit(unit_code text, from_day date, move_to_code text default null, dry_run boolean default false) returns jsonb
language plpgsql volatile security definer set search_path = '' as $$
declare
  unit public.units := private.hold_unit(unit_code, 'unit');
  receiver public.units;
  children integer[] := array(select child.id from public.units child where child.parent_id = unit.id and child.closed_on is null order by child.id);
  residents integer := (select count(*) from public.persons person where person.residence_unit_id = unit.id and person.merged_into is null);
  effect jsonb;
begin
  perform private.require_network_above(unit);
  perform private.check_day(unit, from_day);
  if move_to_code is not null then
    receiver := private.hold_unit(move_to_code, 'to');
    perform private.require_sight(receiver.id, 'network');
    perform private.check_receiver(receiver, from_day, 'to');
    if receiver.path operator(extensions.<@) unit.path then perform private.refuse(409, 'unit_cycle', jsonb_build_object('field', 'to', 'unit', unit.code)); end if;
    if receiver.level <> unit.level then perform private.refuse(422, 'unit_level_differs', '{"field": "to"}'); end if;
  elsif cardinality(children) > 0 or residents > 0 then
    perform private.refuse(409, 'unit_not_empty', jsonb_build_object('field', 'to', 'children', cardinality(children), 'residents', residents));
  end if;
  effect := private.contents_of(unit.path) || jsonb_build_object('to', receiver.name, 'children', cardinality(children), 'day', from_day,
    'year', extract(year from from_day), 'planned', from_day > private.china_date(now()));
  if dry_run then return effect; end if;
  if from_day > private.china_date(now()) then
    perform private.plan_act(unit, 'close_unit', jsonb_build_object('unit_code', unit_code, 'move_to_code', move_to_code), from_day);
    return effect;
  end if;
  if receiver.id is not null then
    perform private.place_below(children, receiver, from_day, 'moved', auth.uid());
    perform private.move_residents(unit.id, receiver.id, from_day);
  end if;
  update public.units set closed_on = from_day where id = unit.id returning * into unit;
  perform private.version_from(unit, from_day, 'closed', auth.uid());
  perform private.audit('unit_closed', 'unit', unit_code, unit.id,
    jsonb_build_object('day', from_day, 'children', cardinality(children), 'residents', residents, 'to', receiver.code));
  return effect;
end $$;

create or replace function public.merge_units(from_codes text[], into_code text, from_day date, dry_run boolean default false) returns jsonb
language plpgsql volatile security definer set search_path = '' as $$
declare
  survivor public.units := private.hold_unit(into_code, 'into');
  survivor_nature text := (select nature from public.unit_kinds where id = survivor.kind_id);
  unit public.units;
  code text;
  children integer[];
  residents integer;
  effect jsonb := '[]';
begin
  perform private.require_network_above(survivor);
  if coalesce(cardinality(from_codes), 0) = 0 then perform private.refuse(422, 'unit_merge_nothing', '{"field": "from"}'); end if;
  if survivor.closed_on is not null or survivor.opened_on > from_day then
    perform private.refuse(422, 'unit_parent_closed', jsonb_build_object('field', 'into', 'unit', survivor.name));
  end if;
  foreach code in array (select array_agg(distinct one order by one) from unnest(from_codes) one) loop
    unit := private.hold_unit(code, 'from');
    perform private.require_network_above(unit);
    perform private.check_day(unit, from_day);
    if unit.id = survivor.id then perform private.refuse(422, 'unit_merge_itself', '{"field": "from"}'); end if;
    if unit.level <> survivor.level or (select nature from public.unit_kinds where id = unit.kind_id) <> survivor_nature then
      perform private.refuse(422, 'unit_level_differs', jsonb_build_object('field', 'from', 'unit', unit.name));
    end if;
    if unit.path operator(extensions.@>) survivor.path or survivor.path operator(extensions.@>) unit.path then
      perform private.refuse(409, 'unit_cycle', jsonb_build_object('field', 'from', 'unit', unit.code));
    end if;
    effect := effect || jsonb_build_array(private.contents_of(unit.path) || jsonb_build_object('name', unit.name, 'code', unit.code,
      'populations', (select coalesce(jsonb_agg(distinct population.year order by population.year), '[]') from public.populations population
        where population.unit_id = unit.id and population.year >= extract(year from from_day))));
    if not dry_run and from_day <= private.china_date(now()) then
      children := array(select child.id from public.units child where child.parent_id = unit.id and child.closed_on is null order by child.id);
      if cardinality(children) > 0 then perform private.place_below(children, survivor, from_day, 'moved', auth.uid()); end if;
      residents := private.move_residents(unit.id, survivor.id, from_day);
      update public.units set closed_on = from_day, merged_into_id = survivor.id,
        parent_id = case when survivor_nature = 'administration' then survivor.id else parent_id end,
        placed_on = case when survivor_nature = 'administration' then from_day else placed_on end
        where id = unit.id returning * into unit;
      perform private.version_from(unit, from_day, 'merged', auth.uid());
      perform private.audit('unit_merged', 'unit', unit.code, unit.id,
        jsonb_build_object('into', survivor.code, 'day', from_day, 'children', cardinality(children), 'residents', residents));
    end if;
  end loop;
  if not dry_run and from_day > private.china_date(now()) then
    perform private.plan_act(survivor, 'merge_units', jsonb_build_object('from_codes', from_codes, 'into_code', into_code), from_day);
  end if;
  return jsonb_build_object('units', effect, 'to', survivor.name, 'day', from_day, 'year', extract(year from from_day),
    'planned', from_day > private.china_date(now()));
end $$;

create or replace function public.split_unit(unit_code text, new_code text, new_name text, child_codes text[], person_ids bigint[], from_day date,
  dry_run boolean default false) returns jsonb
language plpgsql volatile security definer set search_path = '' as $$
declare
  unit public.units := private.hold_unit(unit_code, 'unit');
  part public.units;
  children integer[] := array(select child.id from public.units child
    where child.parent_id = unit.id and child.closed_on is null and child.code = any (coalesce(child_codes, '{}')) order by child.id);
  residents integer := (select count(*) from public.persons person where person.residence_unit_id = unit.id and person.id = any (coalesce(person_ids, '{}')));
  below jsonb;
  effect jsonb;
begin
  perform private.require_network_above(unit);
  perform private.check_day(unit, from_day);
  if new_code ~ '^[A-Za-z0-9-]{1,40}$' is not true then perform private.refuse(422, 'unit_code_invalid', '{"field": "code"}'); end if;
  if exists (select from public.units known where known.code = new_code) then perform private.refuse(409, 'unit_code_taken', '{"field": "code"}'); end if;
  if length(trim(new_name)) between 2 and 60 is not true then perform private.refuse(422, 'unit_name_invalid', '{"field": "name"}'); end if;
  if cardinality(children) <> cardinality(coalesce(child_codes, '{}')) then perform private.refuse(422, 'unit_split_unknown_part', '{"field": "children"}'); end if;
  if residents <> cardinality(coalesce(person_ids, '{}')) then perform private.refuse(422, 'unit_split_unknown_part', '{"field": "residents"}'); end if;
  if cardinality(children) + residents = 0 then perform private.refuse(422, 'unit_split_nothing', '{"field": "children"}'); end if;
  -- Whoever lives there is chosen by name.
  if residents > 0 then perform private.require_sight(unit.id, 'names'); end if;
  select jsonb_build_object('counties', coalesce(sum((inside ->> 'counties')::integer), 0), 'townships', coalesce(sum((inside ->> 'townships')::integer), 0),
      'villages', coalesce(sum((inside ->> 'villages')::integer), 0), 'schools', coalesce(sum((inside ->> 'schools')::integer), 0),
      'bodies', coalesce(sum((inside ->> 'bodies')::integer), 0), 'residents', coalesce(sum((inside ->> 'residents')::integer), 0) + residents,
      'posts', coalesce(sum((inside ->> 'posts')::integer), 0)) into below
    from public.units child cross join lateral (select private.contents_of(child.path) as inside) contents where child.id = any (children);
  effect := below || jsonb_build_object('from', unit.name, 'to', trim(new_name), 'day', from_day, 'year', extract(year from from_day),
    'planned', from_day > private.china_date(now()));
  if dry_run then return effect; end if;
  if from_day > private.china_date(now()) then
    perform private.plan_act(unit, 'split_unit', jsonb_build_object('unit_code', unit_code, 'new_code', new_code, 'new_name', new_name,
      'child_codes', child_codes, 'person_ids', person_ids), from_day);
    return effect;
  end if;
  insert into public.units (code, parent_id, kind_id, level, name, area, should_build, opened_on, placed_on)
  values (new_code, unit.parent_id, unit.kind_id, unit.level, trim(new_name), unit.area, unit.should_build, from_day, from_day) returning * into part;
  update public.unit_versions version set act = 'split' where version.unit_id = part.id;
  if cardinality(children) > 0 then perform private.place_below(children, part, from_day, 'moved', auth.uid()); end if;
  perform private.move_residents(unit.id, part.id, from_day, coalesce(person_ids, '{}'));
  perform private.audit('unit_split', 'unit', unit_code, unit.id,
    jsonb_build_object('into', new_code, 'day', from_day, 'children', cardinality(children), 'residents', residents));
  return effect;
end $$;

-- ── who writes records ────────────────────────────────────────────────────────────────────────────────────────────

-- Each as before, with the home of the day.
create or replace function private.record_participation(
  key text, person_id bigint, lesson_id bigint, started_at timestamptz, ended_at timestamptz, hours numeric, channel text
) returns bigint
language plpgsql volatile set search_path = '' as $$
declare
  participation_id bigint;
begin
  insert into public.participations (key, person_id, kind, category_id, course_id, lesson_id, organised, role,
    residence_unit_id, area, host_unit_id, groups, birth_year, sex, started_at, ended_at, hours, status, sign_in_method,
    channel, entry_source)
  select record_participation.key, person.id, 'self_study', course.category_id, course.id, lesson.id, false, 'learner',
    residence.id, residence.area, course.host_unit_id,
    private.groups_of(person.id, person.birth_year, private.china_date(record_participation.started_at)),
    person.birth_year, person.sex, record_participation.started_at, record_participation.ended_at,
    record_participation.hours, 'attended', 'online', record_participation.channel, 'self'
  from public.persons person
  join public.units residence on residence.id = private.home_on(person.id, private.china_date(record_participation.started_at))
  cross join public.lessons lesson
  join public.courses course on course.id = lesson.course_id
  where person.id = record_participation.person_id and lesson.id = record_participation.lesson_id
  on conflict on constraint participations_key_key do nothing
  returning id into participation_id;
  return coalesce(participation_id, (
    select id from public.participations earlier where earlier.key = record_participation.key));
end $$;

-- ── imports ───────────────────────────────────────────────────────────────────────────────────────────────────────────

-- As before, and whoever has moved since is found where they lived.
create or replace function private.match_import(import_id bigint) returns void
language sql volatile security definer set search_path = ''
begin atomic
  with asked as (
    select line, name, birth_year, residence_unit_id, id_lookup, phone_lookup, card, started_at
    from private.import_rows staged
    where staged.import_id = match_import.import_id and staged.state <> 'refused' and staged.person_id is null
  ), candidates as (
    select asked.line, 1 as rank, contact.person_id
    from asked join private.person_contacts contact on contact.lookup = asked.id_lookup and contact.kind = 'id_number'
    union all
    select asked.line, 2, card.person_id
    from asked join public.person_cards card on card.number = asked.card and card.revoked_at is null
    union all
    select asked.line, 3, person.id
    from asked join private.person_contacts contact on contact.lookup = asked.phone_lookup and contact.kind = 'phone'
    join public.persons person on person.id = contact.person_id and person.name = asked.name
    where not exists (select from private.person_contacts other where asked.id_lookup is not null
      and other.person_id = person.id and other.kind = 'id_number' and other.lookup <> asked.id_lookup)
    union all
    select asked.line, 4, person.id
    from asked join public.persons person on person.name = asked.name and person.birth_year = asked.birth_year
      and person.residence_unit_id = asked.residence_unit_id
    where not exists (select from private.person_contacts other where asked.id_lookup is not null
      and other.person_id = person.id and other.kind = 'id_number' and other.lookup <> asked.id_lookup)
    union all
    -- A list of an earlier day names the village of that day.
    select asked.line, 4, person.id
    from asked join public.person_moves move on move.from_unit_id = asked.residence_unit_id
    join public.persons person on person.id = move.person_id and person.name = asked.name and person.birth_year = asked.birth_year
    where asked.started_at is not null and private.home_on(person.id, private.china_date(asked.started_at)) = asked.residence_unit_id
      and not exists (select from private.person_contacts other where asked.id_lookup is not null
        and other.person_id = person.id and other.kind = 'id_number' and other.lookup <> asked.id_lookup)
  ), rooted as (
    select candidates.line, candidates.rank, coalesce(person.counts_as, person.id) as person_id,
      min(candidates.rank) over (partition by candidates.line) as best
    from candidates join public.persons person on person.id = candidates.person_id
  ), decided as (
    select rooted.line, count(distinct rooted.person_id)::integer as candidates, min(rooted.person_id) as person_id
    from rooted where rooted.rank = rooted.best group by rooted.line
  )
  update private.import_rows staged
  set candidates = coalesce(decided.candidates, 0), person_id = case when decided.candidates = 1 then decided.person_id end
  from asked left join decided using (line)
  where staged.import_id = match_import.import_id and staged.line = asked.line;
end;
