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

create or replace function private.enter_class(of_unit_id integer, title text, of_category_id text, started_at timestamptz, minutes integer, venue text, is_another boolean,
  person_ids bigint[]) returns setof private.class_outcome
language plpgsql volatile set search_path = '' as $$
#variable_conflict use_column
declare
  register public.class_registers;
  around extensions.ltree;
  ends_at timestamptz;
  learners bigint[];
  here bigint[];
  facts bigint[];
  keys text[];
  credited bigint;
begin
  perform private.require_sight(of_unit_id, 'people');
  if (cardinality(person_ids) between 1 and 200) is not true then perform private.refuse(422, 'people_invalid', '{"field": "people"}'); end if;
  if exists (select from unnest(person_ids) as asked (id) where private.credit_learner(asked.id) = private.my_person_id()) then
    perform private.refuse(409, 'own_account', '{"field": "people"}');
  end if;
  register := private.class_register(of_unit_id, enter_class.title, of_category_id, enter_class.started_at, enter_class.minutes, enter_class.venue, is_another);
  ends_at := register.started_at + make_interval(mins => register.minutes);
  select home.path into around from public.units home where home.id = private.administration_of(of_unit_id);

  -- Every learner's place in line first, in the order in which everybody takes them: what follows sees what others entered.
  select array_agg(distinct person.id order by person.id) into learners
  from public.persons asked join public.persons person on person.id = coalesce(asked.counts_as, asked.id)
  join public.units home on home.id = person.residence_unit_id
  where asked.id = any (person_ids) and home.path operator(extensions.<@) any (private.my_unit_paths('people'));
  insert into public.credit_learners (person_id) select unnest(learners) order by 1 on conflict do nothing;
  perform from public.credit_learners learner where learner.person_id = any (learners) order by learner.person_id for update;

  -- Who is in the register already: by what stands of its records today.
  select array_agg(distinct coalesce(person.counts_as, person.id)) into here
  from public.class_register_entries entry
  join public.participations fact on fact.id = private.standing_record(entry.participation_id) and fact.status = 'attended'
  join public.persons person on person.id = fact.person_id
  where entry.register_id = register.id;

  with recorded as (
    insert into public.participations (key, person_id, kind, category_id, organised, role, residence_unit_id, area, host_unit_id, groups, birth_year, sex,
      started_at, ended_at, in_vacation, hours, status, sign_in_method, confirmed_by, channel, entry_source, entered_by)
    -- Whoever was taken back and came after all gets a record of its own.
    select concat_ws(':', 'class', register.id, person.id, nullif((select count(*) from public.class_register_entries before
        where before.register_id = register.id and before.person_id = person.id), 0)),
      person.id, 'training', register.category_id, true, 'learner', home.id, home.area, of_unit_id,
      private.groups_of(person.id, person.birth_year, register.held_on), person.birth_year, person.sex, register.started_at, ends_at,
      private.in_vacation(register.held_on), round(register.minutes / 60.0, 2), 'attended', 'register', auth.uid(), 'onsite', 'paper', auth.uid()
    from public.persons person join public.units home on home.id = private.home_on(person.id, register.held_on)
    where person.id = any (learners) and not person.id = any (coalesce(here, '{}')) and not private.in_other_class(person.id, register.started_at, ends_at)
    order by person.id
    returning id, key, person_id
  ), entered as (
    insert into public.class_register_entries (participation_id, register_id, person_id, entered_by)
    select recorded.id, register.id, recorded.person_id, auth.uid() from recorded
  )
  select array_agg(recorded.id order by recorded.person_id), array_agg(recorded.key order by recorded.person_id) into facts, keys from recorded;
  if facts is not null then
    select count(*) into credited from private.award_class(facts, keys, 'attendance', register.minutes) posting where posting.outcome <> 'refused';
    perform private.audit('class_recorded', 'class_register', register.id::text, of_unit_id, jsonb_build_object('people', cardinality(facts), 'credited', credited));
  end if;

  return query
  with asked as (
    select list.place::integer as place, list.person_id as asked_id, coalesce(named.counts_as, named.id) as person_id,
      row_number() over (partition by coalesce(named.counts_as, named.id, list.person_id) order by list.place) as time
    from unnest(person_ids) with ordinality as list (person_id, place) left join public.persons named on named.id = list.person_id
  ), answered as (
    select distinct on (coalesce(person.counts_as, person.id)) coalesce(person.counts_as, person.id) as person_id, fact.id, entry.participation_id = any (coalesce(facts, '{}')) as is_new
    from public.class_register_entries entry
    join public.participations fact on fact.id = private.standing_record(entry.participation_id) and fact.status = 'attended'
    join public.persons person on person.id = fact.person_id
    where entry.register_id = register.id
    order by coalesce(person.counts_as, person.id), entry.participation_id desc
  )
  select register.id, asked.place, coalesce(person.id, asked.asked_id), person.name, person.birth_year, home.name,
    not home.path operator(extensions.<@) around,
    case when person.id is null or asked.time > 1 then 'refused' else coalesce(posting.outcome, 'refused') end,
    case when person.id is null then 'person_unknown' when asked.time > 1 then 'named_twice' when answered.id is null then 'other_class_then' else posting.reason end,
    asked.time = 1 and coalesce(answered.is_new, false), case when asked.time = 1 then coalesce(posting.minutes, 0) else 0 end,
    case when asked.time = 1 then coalesce(posting.milli_credits, 0) else 0 end
  from asked
  left join public.persons person on person.id = asked.person_id and person.id = any (coalesce(learners, '{}'))
  left join public.units home on home.id = person.residence_unit_id
  left join answered on answered.person_id = person.id
  left join lateral private.record_credit(answered.id) posting on true
  order by asked.place;
end $$;

create or replace function private.settle_service(of_person_id bigint, acting_place_id bigint default null, reason text default null) returns integer
language plpgsql volatile set search_path = '' as $$
declare
  due record;
  before public.service_records;
  fed public.participations;
  new_kind text;
  record_id bigint;
  fact_id bigint;
  written integer := 0;
begin
  perform private.hold_learner(of_person_id);
  delete from private.service_recounts mark where mark.person_id in (select private.rows_of_person(of_person_id));
  for due in
    select place.id as place_id, place.person_id, place.confirmed_from, place.confirmed_to, place.proof, place.withdrawn_at, coalesce(counted.minutes, 0) as minutes,
      coalesce(counted.class_minutes, 0) as class_minutes, coalesce(counted.overlap_minutes, 0) as overlap_minutes, coalesce(counted.cap_minutes, 0) as cap_minutes,
      coalesce(counted.rest_minutes, 0) as rest_minutes, opportunity.unit_id, opportunity.category_id, opportunity.role, opportunity.title
    from public.service_places place
    join public.service_shifts shift on shift.id = place.shift_id join public.service_opportunities opportunity on opportunity.id = shift.opportunity_id
    left join private.count_service(of_person_id) counted on counted.place_id = place.id
    where place.person_id in (select private.rows_of_person(of_person_id)) and place.confirmed_from is not null
    order by place.id
  loop
    before := private.standing_service(due.place_id);
    new_kind := case when before.id is null then 'confirmed' when due.place_id is distinct from acting_place_id then 'recounted' when due.withdrawn_at is not null then 'withdrawn' else 'corrected' end;
    if before.id is not null and (before.minutes, before.started_at, before.ended_at, before.proof, before.kind = 'withdrawn')
      = (due.minutes, due.confirmed_from, due.confirmed_to, due.proof, due.withdrawn_at is not null) then continue; end if;
    record_id := nextval(pg_get_serial_sequence('public.service_records', 'id'));
    -- What the row before fed, as it stands: corrected by this one, and its credits with it.
    select fact.* into fed from public.participations fact where fact.id = private.standing_record(before.participation_id) and fact.status = 'attended';
    fact_id := null;
    if due.minutes > 0 or fed.id is not null then
      insert into public.participations (key, person_id, kind, category_id, programme, organised, role, person_role, residence_unit_id, area, host_unit_id, groups, birth_year, sex, started_at, ended_at,
        in_vacation, hours, status, sign_in_method, confirmed_by, channel, entry_source, entered_by, corrects)
      select 'service:' || record_id, person.id, 'volunteer_service', due.category_id, due.title, true, 'volunteer', due.role, coalesce(fed.residence_unit_id, home.id), coalesce(fed.area, home.area), due.unit_id,
        coalesce(fed.groups, private.groups_of(person.id, person.birth_year, private.china_date(due.confirmed_from))), person.birth_year, person.sex, due.confirmed_from, due.confirmed_to,
        private.in_vacation(private.china_date(due.confirmed_from)), due.minutes / 60.0, case when due.minutes > 0 then 'attended' else 'corrected' end, due.proof, auth.uid(), 'onsite',
        case due.proof when 'scanned' then 'scan' else 'paper' end, auth.uid(), fed.id
      from public.persons person join public.units home on home.id = private.home_on(person.id, private.china_date(due.confirmed_from)) where person.id = due.person_id
      returning id into fact_id;
      if fed.id is null then perform private.award_credit('service:' || record_id, fact_id, 'volunteer_service', due.minutes); end if;
    end if;
    insert into public.service_records (id, place_id, person_id, kind, started_at, ended_at, minutes, class_minutes, overlap_minutes, cap_minutes, rest_minutes, proof, reason, by_account, corrects, participation_id)
    overriding system value
    values (record_id, due.place_id, due.person_id, new_kind, due.confirmed_from, due.confirmed_to, due.minutes, due.class_minutes, due.overlap_minutes, due.cap_minutes, due.rest_minutes, due.proof,
      case when new_kind in ('corrected', 'withdrawn', 'confirmed') then nullif(trim(settle_service.reason), '') end, auth.uid(), before.id, fact_id);
    written := written + 1;
  end loop;
  return written;
end $$;

-- Corrects a record: a new row that points to it. Only the last row of a chain can be corrected; what the new values do not
-- name stays as it was, but who and when decide about home and groups. {"personId", "startedAt", "endedAt", "hours", "categoryId"} by what is wrong.
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
    fact.person_id := person.id; fact.status := 'attended'; fact.birth_year := person.birth_year; fact.sex := person.sex;
    fact.residence_unit_id := private.home_on(coalesce(person.counts_as, person.id), event_day);
    fact.area := (select area from public.units where id = fact.residence_unit_id);
    fact.groups := private.groups_of(person.id, person.birth_year, event_day);
  elsif correct_participation.what = 'wrong_time' then
    event_day := private.china_date(fact.started_at);
    fact.started_at := (new_values ->> 'startedAt')::timestamptz; fact.ended_at := (new_values ->> 'endedAt')::timestamptz; fact.status := 'attended';
    if fact.started_at is null or fact.ended_at is null or fact.ended_at < fact.started_at then perform private.refuse(422, 'time_invalid', '{"field": "startedAt"}'); end if;
    if fact.ended_at > now() then perform private.refuse(422, 'time_in_future', '{"field": "startedAt"}'); end if;
    -- On another day somebody may have lived elsewhere and belonged to other groups.
    if private.china_date(fact.started_at) <> event_day then
      event_day := private.china_date(fact.started_at);
      fact.residence_unit_id := private.home_on((select coalesce(counts_as, id) from public.persons where id = fact.person_id), event_day);
      fact.area := (select area from public.units where id = fact.residence_unit_id);
      fact.groups := private.groups_of(fact.person_id, fact.birth_year, event_day);
      fact.in_vacation := private.in_vacation(event_day);
    end if;
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

-- As before, with the home of the day; what a row puts right keeps the home and the groups of its day.
create or replace function private.write_import_facts(of_import_id bigint, from_line integer, to_line integer) returns integer
language plpgsql volatile security definer set search_path = '' as $$
declare
  written integer;
begin
  with rows_of as (
    select staged.*, home.id as home_id, home.area as home_area, person.birth_year as born, person.sex as own_sex,
      private.china_date(staged.started_at) as day
    from private.import_rows staged
    join public.persons person on person.id = staged.person_id
    -- Nearly nobody has moved: only of those who have is it asked where they lived.
    join public.units home on home.id = case when exists (select from public.person_moves move where move.person_id = person.id)
      then private.home_on(person.id, private.china_date(staged.started_at)) else person.residence_unit_id end
    where staged.import_id = of_import_id and staged.line between from_line and to_line and staged.state = 'good'
  ), by_age as materialized (
    select age, (select array_agg(id order by id) from public.population_groups known where known.ages @> age or known.id = 'resident') as groups
    from generate_series(-1, 130) age
  ), entered as (
    select rows_of.line, array_agg(distinct entry.group_id) as groups
    from rows_of join public.person_groups entry on entry.person_id = rows_of.person_id
      and entry.valid_from <= rows_of.day and (entry.valid_to is null or entry.valid_to >= rows_of.day)
    group by rows_of.line
  )
  insert into public.participations (key, person_id, kind, form, category_id, programme, organised, role, residence_unit_id, area, host_unit_id,
    delivering_department, groups, birth_year, sex, started_at, ended_at, in_vacation, hours, status, sign_in_method, confirmed_by, channel,
    entry_source, entered_by, import_id, corrects)
  select rows_of.key, coalesce(earlier.person_id, rows_of.person_id), rows_of.kind, rows_of.form, rows_of.category_id, rows_of.programme, true, rows_of.role,
    coalesce(earlier.residence_unit_id, rows_of.home_id), coalesce(earlier.area, rows_of.home_area), rows_of.host_unit_id, rows_of.department,
    case when earlier.id is not null then earlier.groups when entered.groups is null then coalesce(by_age.groups, '{resident}')
      else (select array_agg(id order by id) from (select unnest(coalesce(by_age.groups, '{resident}')) as id union select unnest(entered.groups)) both_kinds) end,
    case when earlier.id is null then rows_of.born else earlier.birth_year end, case when earlier.id is null then rows_of.own_sex else earlier.sex end,
    rows_of.started_at, rows_of.ended_at, private.in_vacation(rows_of.day), rows_of.hours, 'attended', 'list',
    import.created_by, 'onsite', 'import', import.created_by, import.id, rows_of.corrects
  from rows_of
  join public.imports import on import.id = of_import_id
  left join by_age on by_age.age = extract(year from rows_of.day)::integer - rows_of.born
  left join entered on entered.line = rows_of.line
  left join public.participations earlier on earlier.id = rows_of.corrects
  order by rows_of.line
  on conflict (key) do nothing;
  get diagnostics written = row_count;
  return written;
end $$;
