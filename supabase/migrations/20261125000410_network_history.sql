-- The network by date: what was true of a unit from when to when, who recorded it and what it replaced; and the acts that
-- change the tree. public.units stays what is true now; a version says what was true on a day, because rates, rolls and
-- reports are asked "as of" one.
--
-- An edit is one of two things. Something changed on day D: a new version from D on, the earlier one ends there. Or it was
-- recorded wrongly: the version is replaced for its whole span, and the wrong one is kept, marked as superseded.

alter table public.units
  add column further_kinds text[] not null default '{}',
  add column rooms smallint check (rooms between 0 and 1000),
  add column computers smallint check (computers between 0 and 10000),
  add column standard_met boolean,
  add column zone_status text check (zone_status in ('experimental', 'demonstration')),
  add column zone_level text check (zone_level in ('national', 'provincial', 'city', 'county')),
  add column contact_role_id text references public.post_roles on delete restrict,
  add column plaque_photo text check (plaque_photo ~ '^[0-9a-f]{64}\.(jpg|png|webp)$'),
  add column merged_into_id integer references public.units on delete restrict,
  -- Since when it stands below its present parent; the tree by year follows it.
  add column if not exists placed_on date not null default private.china_date(now()),
  add constraint units_zone_has_a_level check ((zone_status is null) = (zone_level is null)),
  add constraint units_host_is_short check (length(host_body) between 1 and 80),
  add constraint units_address_is_short check (length(address) between 1 and 120),
  add constraint units_phone_is_short check (length(contact_phone) between 1 and 40),
  add constraint units_summary_is_short check (length(summary) between 1 and 600);
comment on column public.units.standard_met is 'Meets the standard for its kind (达标); null where nobody has judged.';
comment on column public.units.contact_role_id is 'Whoever holds this post here is the one to ask.';
create index units_contact_role_id_idx on public.units (contact_role_id);
create index units_merged_into_id_idx on public.units (merged_into_id);

-- Further kinds are kinds that exist, of the same nature as the first and besides it: an array cannot say so itself.
create function private.check_unit_kinds() returns trigger
language plpgsql set search_path = '' as $$
begin
  if exists (
    select from unnest(new.further_kinds) as further (id)
    left join public.unit_kinds kind on kind.id = further.id
    where kind.id is null or further.id = new.kind_id or kind.nature <> (select nature from public.unit_kinds where id = new.kind_id)
  ) or cardinality(new.further_kinds) <> (select count(distinct further) from unnest(new.further_kinds) further) then
    perform private.refuse(422, 'unit_kinds_invalid', '{"field": "furtherKinds"}');
  end if;
  return new;
end $$;
create trigger units_check_kinds before insert or update of kind_id, further_kinds on public.units
  for each row execute function private.check_unit_kinds();

create table public.unit_versions (
  id bigint generated always as identity primary key,
  unit_id integer not null references public.units on delete restrict,
  valid daterange not null check (not isempty(valid)),
  act text not null check (act in ('recorded', 'created', 'changed', 'corrected', 'closed', 'moved', 'merged', 'split')),
  recorded_by uuid,
  recorded_at timestamptz not null default clock_timestamp(),
  superseded_at timestamptz,
  parent_id integer references public.units on delete restrict,
  kind_id text not null references public.unit_kinds on delete restrict,
  further_kinds text[] not null,
  level text not null,
  name text not null,
  local_name text,
  area text,
  should_build boolean not null,
  opened_on date,
  closed_on date,
  host_body text,
  address text,
  contact_phone text,
  summary text,
  rooms smallint,
  computers smallint,
  standard_met boolean,
  zone_status text,
  zone_level text,
  contact_role_id text references public.post_roles on delete restrict,
  plaque_photo text,
  merged_into_id integer references public.units on delete restrict,
  -- One truth a day.
  constraint unit_versions_one_a_day exclude using gist (unit_id with =, valid with &&) where (superseded_at is null)
);
create index unit_versions_unit_id_idx on public.unit_versions (unit_id, id);
create index unit_versions_parent_id_idx on public.unit_versions (parent_id);
create index unit_versions_kind_id_idx on public.unit_versions (kind_id);
create index unit_versions_contact_role_id_idx on public.unit_versions (contact_role_id);
create index unit_versions_merged_into_id_idx on public.unit_versions (merged_into_id);

alter table public.unit_versions enable row level security;
grant select on public.unit_versions to authenticated;
create policy "Unit versions are read by staff of the subtree" on public.unit_versions for select to authenticated
  using (unit_id in (select private.my_units('desk')));

-- Writes what is true of a unit now as the version of a span of days.
create function private.write_unit_version(of_unit public.units, span daterange, act text, actor uuid) returns void
language sql volatile set search_path = ''
begin atomic
  insert into public.unit_versions (unit_id, valid, act, recorded_by, parent_id, kind_id, further_kinds, level, name, local_name, area, should_build,
    opened_on, closed_on, host_body, address, contact_phone, summary, rooms, computers, standard_met, zone_status, zone_level, contact_role_id,
    plaque_photo, merged_into_id)
  values ((of_unit).id, span, write_unit_version.act, actor, (of_unit).parent_id, (of_unit).kind_id, (of_unit).further_kinds, (of_unit).level, (of_unit).name,
    (of_unit).local_name, (of_unit).area, (of_unit).should_build, (of_unit).opened_on, (of_unit).closed_on, (of_unit).host_body, (of_unit).address,
    (of_unit).contact_phone, (of_unit).summary, (of_unit).rooms, (of_unit).computers, (of_unit).standard_met, (of_unit).zone_status, (of_unit).zone_level,
    (of_unit).contact_role_id, (of_unit).plaque_photo, (of_unit).merged_into_id);
end;

-- A unit has a version from its first day on, however it came in.
create function private.begin_unit_history() returns trigger
language plpgsql set search_path = '' as $$
begin
  perform private.write_unit_version(new, daterange(new.opened_on, null), 'recorded', auth.uid());
  return null;
end $$;
create trigger units_begin_history after insert on public.units for each row execute function private.begin_unit_history();
do $$
declare
  unit public.units;
begin
  for unit in select * from public.units loop
    perform private.write_unit_version(unit, daterange(unit.opened_on, null), 'recorded', null);
  end loop;
end $$;

-- The version in force that has no end: what public.units says.
create function private.latest_version(unit_id integer) returns public.unit_versions
language sql stable set search_path = ''
return (select version from public.unit_versions version
  where version.unit_id = latest_version.unit_id and version.superseded_at is null and upper_inf(version.valid));

-- From a day on a unit is what public.units now says. On the very day of the last version that one is replaced.
create function private.version_from(of_unit public.units, day date, act text, actor uuid) returns void
language plpgsql volatile set search_path = '' as $$
declare
  latest public.unit_versions := private.latest_version(of_unit.id);
begin
  if latest.id is not null and lower(latest.valid) = day then
    update public.unit_versions set superseded_at = clock_timestamp() where id = latest.id;
    perform private.write_unit_version(of_unit, latest.valid, version_from.act, actor);
    return;
  end if;
  update public.unit_versions set valid = daterange(lower(valid), day) where id = latest.id;
  perform private.write_unit_version(of_unit, daterange(day, null), version_from.act, actor);
end $$;

-- Acts of a day to come wait here until it is there; private.apply_due_acts() then does them as whoever planned them, with
-- every check made again.
create table public.unit_plans (
  id bigint generated always as identity primary key,
  unit_id integer not null references public.units on delete restrict,
  act text not null check (act in ('change_unit', 'close_unit', 'move_unit', 'merge_units', 'split_unit')),
  arguments jsonb not null,
  due_on date not null,
  planned_by uuid not null,
  planned_at timestamptz not null default clock_timestamp(),
  status text not null default 'planned' check (status in ('planned', 'done', 'refused', 'cancelled')),
  refusal text,
  settled_at timestamptz
);
create index unit_plans_unit_id_idx on public.unit_plans (unit_id);
create index unit_plans_due_idx on public.unit_plans (due_on) where status = 'planned';
alter table public.unit_plans enable row level security;
grant select on public.unit_plans to authenticated;
create policy "Unit plans are read by staff of the subtree" on public.unit_plans for select to authenticated
  using (unit_id in (select private.my_units('desk')));

create function private.plan_act(of_unit public.units, act text, arguments jsonb, due_on date) returns void
language plpgsql volatile set search_path = '' as $$
begin
  if exists (select from public.unit_plans plan where plan.unit_id = of_unit.id and plan.status = 'planned' and plan.act = plan_act.act) then
    perform private.refuse(409, 'unit_plan_exists', jsonb_build_object('field', 'day'));
  end if;
  insert into public.unit_plans (unit_id, act, arguments, due_on, planned_by) values (of_unit.id, plan_act.act, plan_act.arguments, plan_act.due_on, auth.uid());
  perform private.audit('unit_act_planned', 'unit', of_unit.code, of_unit.id, jsonb_build_object('act', plan_act.act, 'day', plan_act.due_on));
end $$;

-- The steps of the ladder: an administration stands below one of a higher level.
create function private.level_rank(level text) returns integer
language sql immutable set search_path = ''
return array_position(array['city', 'county', 'township', 'village'], level);

-- The unit of a code, held until the end of the transaction; the tree is held first, so two acts at once come one after
-- the other and the second sees what the first did.
create function private.hold_unit(unit_code text, field text) returns public.units
language plpgsql volatile set search_path = '' as $$
declare
  unit public.units;
begin
  perform pg_advisory_xact_lock('public.units'::regclass::oid::integer, 0);
  select * into unit from public.units where code = unit_code for no key update;
  if unit.id is null then perform private.refuse(404, 'unit_unknown', jsonb_build_object('field', hold_unit.field)); end if;
  return unit;
end $$;

-- Whoever changes where a unit stands must edit the network at the unit above it: a manager edits below the own
-- administration, not the administration itself. The region has none above: it stays where it is.
create function private.require_network_above(unit public.units) returns void
language plpgsql stable set search_path = '' as $$
begin
  if unit.parent_id is null then
    if auth.uid() is null then perform private.refuse(401, 'sign_in_needed'); end if;
    perform private.refuse(422, 'unit_region_stays', '{"field": "unit"}');
  end if;
  perform private.require_sight(unit.parent_id, 'network');
end $$;

-- A day on which something may be true of a unit: not before it opened, nor before what is recorded last, nor after it closed.
create function private.check_day(unit public.units, day date, field text default 'day') returns void
language plpgsql stable set search_path = '' as $$
declare
  latest public.unit_versions := private.latest_version(unit.id);
begin
  if day is null then perform private.refuse(422, 'unit_day_missing', jsonb_build_object('field', field)); end if;
  if day > private.china_date(now()) + 730 then perform private.refuse(422, 'unit_day_too_late', jsonb_build_object('field', field)); end if;
  if unit.opened_on is not null and day < unit.opened_on then
    perform private.refuse(422, 'unit_day_before_opening', jsonb_build_object('field', field, 'unit', unit.name, 'day', unit.opened_on));
  end if;
  if unit.closed_on is not null then
    perform private.refuse(409, 'unit_closed_already', jsonb_build_object('field', 'unit', 'unit', unit.name, 'day', unit.closed_on));
  end if;
  if lower(latest.valid) is not null and day < lower(latest.valid) then
    perform private.refuse(422, 'unit_day_before_last_change', jsonb_build_object('field', field, 'unit', unit.name, 'day', lower(latest.valid)));
  end if;
end $$;

-- A unit that others are put below: an administration that is open on the day.
create function private.check_receiver(receiver public.units, day date, field text) returns void
language plpgsql stable set search_path = '' as $$
begin
  if (select nature from public.unit_kinds where id = receiver.kind_id) <> 'administration' then
    perform private.refuse(422, 'unit_parent_not_administration', jsonb_build_object('field', field, 'unit', receiver.code));
  end if;
  if receiver.opened_on > day or receiver.closed_on is not null then
    perform private.refuse(422, 'unit_parent_closed', jsonb_build_object('field', field, 'unit', receiver.name));
  end if;
end $$;

-- What stands below a unit and who lives there, in numbers, for a preview and for the audit log.
create function private.contents_of(unit_path extensions.ltree) returns jsonb
language sql stable set search_path = ''
return (
  select jsonb_build_object(
    'counties', count(*) filter (where kind.nature = 'administration' and unit.level = 'county'),
    'townships', count(*) filter (where kind.nature = 'administration' and unit.level = 'township'),
    'villages', count(*) filter (where kind.nature = 'administration' and unit.level = 'village'),
    'schools', count(*) filter (where kind.nature = 'teaching'),
    'bodies', count(*) filter (where kind.nature = 'body'),
    'residents', coalesce(sum((select count(*) from public.persons person where person.residence_unit_id = unit.id and person.merged_into is null)), 0),
    'posts', coalesce(sum((select count(*) from public.posts post where post.unit_id = unit.id
      and coalesce(post.valid_to >= private.china_date(now()), true))), 0))
  from public.units unit join public.unit_kinds kind on kind.id = unit.kind_id
  where unit.path operator(extensions.<@) unit_path and unit.closed_on is null
);

-- ── acts ────────────────────────────────────────────────────────────────────────────────────────────────────────────
-- Each checks everything, says in numbers what it will do, and stops there when only asked (`dry_run`). An act of a day to
-- come is planned. All are definer: they write what accounts may only read.

-- What may be set of a unit, taken over from `details` where it names it.
create function private.with_details(unit public.units, details jsonb) returns public.units
language plpgsql stable set search_path = '' as $$
declare
  changed public.units := unit;
  given public.units;
begin
  if exists (select from jsonb_object_keys(details) key where key not in ('name', 'local_name', 'kind_id', 'further_kinds', 'area', 'should_build',
      'host_body', 'address', 'contact_phone', 'summary', 'rooms', 'computers', 'standard_met', 'zone_status', 'zone_level', 'contact_role_id', 'plaque_photo')) then
    perform private.refuse(422, 'input_invalid');
  end if;
  given := jsonb_populate_record(unit, details);
  changed.name := trim(given.name); changed.local_name := nullif(trim(given.local_name), ''); changed.kind_id := given.kind_id;
  changed.further_kinds := coalesce(given.further_kinds, '{}'); changed.area := given.area; changed.should_build := coalesce(given.should_build, false);
  changed.host_body := nullif(trim(given.host_body), ''); changed.address := nullif(trim(given.address), '');
  changed.contact_phone := nullif(trim(given.contact_phone), ''); changed.summary := nullif(trim(given.summary), '');
  changed.rooms := given.rooms; changed.computers := given.computers; changed.standard_met := given.standard_met;
  changed.zone_status := given.zone_status; changed.zone_level := given.zone_level; changed.contact_role_id := given.contact_role_id;
  changed.plaque_photo := given.plaque_photo;
  if length(changed.name) between 2 and 60 is not true then perform private.refuse(422, 'unit_name_invalid', '{"field": "name"}'); end if;
  if length(changed.local_name) not between 2 and 60 then perform private.refuse(422, 'unit_local_name_invalid', '{"field": "localName"}'); end if;
  if (changed.zone_status is null) <> (changed.zone_level is null) then perform private.refuse(422, 'unit_zone_incomplete', '{"field": "zoneLevel"}'); end if;
  if unit.kind_id is not null and (select nature from public.unit_kinds where id = changed.kind_id) is distinct from (select nature from public.unit_kinds where id = unit.kind_id) then
    perform private.refuse(422, 'unit_kind_invalid', '{"field": "kind"}');
  end if;
  return changed;
end $$;

create function private.save_unit(unit public.units) returns void
language sql volatile set search_path = ''
begin atomic
  update public.units set name = (unit).name, local_name = (unit).local_name, kind_id = (unit).kind_id, further_kinds = (unit).further_kinds, area = (unit).area,
    should_build = (unit).should_build, opened_on = (unit).opened_on, host_body = (unit).host_body, address = (unit).address, contact_phone = (unit).contact_phone,
    summary = (unit).summary, rooms = (unit).rooms, computers = (unit).computers, standard_met = (unit).standard_met, zone_status = (unit).zone_status,
    zone_level = (unit).zone_level, contact_role_id = (unit).contact_role_id, plaque_photo = (unit).plaque_photo
  where id = (unit).id;
end;

create function public.create_unit(parent_code text, unit_code text, kind_id text, level text, from_day date, details jsonb) returns text
language plpgsql volatile security definer set search_path = '' as $$
declare
  parent public.units := private.hold_unit(parent_code, 'parent');
  nature text := (select kind.nature from public.unit_kinds kind where kind.id = create_unit.kind_id);
  unit public.units;
  latest public.unit_versions;
begin
  perform private.require_sight(parent.id, 'network');
  if nature is null then perform private.refuse(422, 'unit_kind_invalid', '{"field": "kind"}'); end if;
  if unit_code ~ '^[A-Za-z0-9-]{1,40}$' is not true then perform private.refuse(422, 'unit_code_invalid', '{"field": "code"}'); end if;
  if exists (select from public.units known where known.code = unit_code) then perform private.refuse(409, 'unit_code_taken', '{"field": "code"}'); end if;
  if from_day is null then perform private.refuse(422, 'unit_day_missing', '{"field": "day"}'); end if;
  if from_day > private.china_date(now()) then perform private.refuse(422, 'unit_opens_later', '{"field": "day"}'); end if;
  if parent.opened_on > from_day then
    perform private.refuse(422, 'unit_day_before_opening', jsonb_build_object('field', 'day', 'unit', parent.name, 'day', parent.opened_on));
  end if;
  perform private.check_receiver(parent, from_day, 'parent');
  -- A school is of its administration's level; an administration is a step below the one it stands in.
  unit.level := case when nature = 'administration' then create_unit.level else parent.level end;
  if nature = 'administration' and private.level_rank(unit.level) > private.level_rank(parent.level) is not true then
    perform private.refuse(422, 'unit_level_wrong', '{"field": "level"}');
  end if;
  unit.should_build := false; unit.further_kinds := '{}';
  unit.kind_id := create_unit.kind_id;
  unit := private.with_details(unit, details);
  insert into public.units (code, parent_id, kind_id, level, name, local_name, area, should_build, opened_on, host_body, address, contact_phone, summary,
    further_kinds, rooms, computers, standard_met, zone_status, zone_level, contact_role_id, plaque_photo, placed_on)
  values (unit_code, parent.id, unit.kind_id, unit.level, unit.name, unit.local_name, unit.area, unit.should_build, from_day, unit.host_body, unit.address,
    unit.contact_phone, unit.summary, unit.further_kinds, unit.rooms, unit.computers, unit.standard_met, unit.zone_status, unit.zone_level,
    unit.contact_role_id, unit.plaque_photo, from_day)
  returning id into unit.id;
  update public.unit_versions version set act = 'created' where version.unit_id = unit.id;
  perform private.audit('unit_created', 'unit', unit_code, unit.id, jsonb_build_object('parent', parent.code, 'kind', unit.kind_id, 'day', from_day));
  return unit_code;
end $$;

-- Changes what is known of a unit: 'changed' from a day on, or 'corrected' in the version of that day. `opened_on` can only be
-- corrected, for the whole history.
create function public.change_unit(unit_code text, mode text, from_day date, details jsonb) returns jsonb
language plpgsql volatile security definer set search_path = '' as $$
declare
  unit public.units := private.hold_unit(unit_code, 'unit');
  changed public.units;
  version public.unit_versions;
  first_day date;
  replaced integer := 0;
begin
  perform private.require_sight(unit.id, 'network');
  if mode in ('changed', 'corrected') is not true then perform private.refuse(422, 'input_invalid', '{"field": "mode"}'); end if;

  if mode = 'changed' then
    perform private.check_day(unit, from_day);
    changed := private.with_details(unit, details - 'opened_on');
    if details ? 'opened_on' and (details ->> 'opened_on')::date is distinct from unit.opened_on then
      perform private.refuse(422, 'unit_opening_is_corrected', '{"field": "openedOn"}');
    end if;
    if changed = unit then return jsonb_build_object('changed', false); end if;
    if from_day > private.china_date(now()) then
      perform private.plan_act(unit, 'change_unit', jsonb_build_object('unit_code', unit_code, 'mode', mode, 'details', details), from_day);
      return jsonb_build_object('changed', true, 'planned', true);
    end if;
    perform private.save_unit(changed);
    perform private.version_from(changed, from_day, 'changed', auth.uid());
    perform private.audit('unit_changed', 'unit', unit_code, unit.id, jsonb_build_object('day', from_day, 'fields', private.changed_fields(unit, changed)));
    return jsonb_build_object('changed', true);
  end if;

  select * into version from public.unit_versions stored
    where stored.unit_id = unit.id and stored.superseded_at is null and stored.valid @> coalesce(from_day, private.china_date(now()));
  if version.id is null then perform private.refuse(422, 'unit_day_before_opening', jsonb_build_object('field', 'day', 'unit', unit.name, 'day', unit.opened_on)); end if;
  -- The version as a unit, so that the same rules hold for it.
  changed := private.with_details(jsonb_populate_record(unit, to_jsonb(version) - 'id'), details - 'opened_on');
  first_day := case when details ? 'opened_on' then (details ->> 'opened_on')::date else unit.opened_on end;
  if first_day is distinct from unit.opened_on then
    if first_day > private.china_date(now()) then perform private.refuse(422, 'unit_opens_later', '{"field": "openedOn"}'); end if;
    if exists (select from public.unit_versions stored where stored.unit_id = unit.id and stored.superseded_at is null
        and (upper(stored.valid) <= first_day or stored.closed_on < first_day)) then
      perform private.refuse(422, 'unit_opening_after_change', '{"field": "openedOn"}');
    end if;
    if exists (select from public.units parent where parent.id = unit.parent_id and parent.opened_on > first_day) then
      perform private.refuse(422, 'unit_day_before_parent', '{"field": "openedOn"}');
    end if;
  end if;
  if to_jsonb(changed) - 'opened_on' = to_jsonb(jsonb_populate_record(unit, to_jsonb(version) - 'id')) - 'opened_on' and first_day is not distinct from unit.opened_on then
    return jsonb_build_object('changed', false);
  end if;
  if upper_inf(version.valid) or first_day is distinct from unit.opened_on then
    perform private.save_unit(jsonb_populate_record(case when upper_inf(version.valid) then changed else unit end, jsonb_build_object('opened_on', first_day)));
  end if;
  -- A day of opening is part of every version, and the first of them begins with it.
  for version in
    select * from public.unit_versions stored where stored.unit_id = unit.id and stored.superseded_at is null
      and (stored.id = version.id or first_day is distinct from unit.opened_on) order by stored.valid
  loop
    update public.unit_versions stored set superseded_at = clock_timestamp() where stored.id = version.id;
    perform private.write_unit_version(
      jsonb_populate_record(
        case when version.valid @> coalesce(from_day, private.china_date(now())) then changed else jsonb_populate_record(unit, to_jsonb(version) - 'id') end,
        jsonb_build_object('opened_on', first_day)),
      case when lower(version.valid) is not distinct from unit.opened_on then daterange(first_day, upper(version.valid)) else version.valid end,
      'corrected', auth.uid());
    replaced := replaced + 1;
  end loop;
  perform private.audit('unit_corrected', 'unit', unit_code, unit.id, jsonb_build_object('day', from_day, 'versions', replaced,
    'fields', private.changed_fields(unit, jsonb_populate_record(changed, jsonb_build_object('opened_on', first_day)))));
  return jsonb_build_object('changed', true);
end $$;

-- The names of what differs: the audit log says what was touched, the versions say what it was.
create function private.changed_fields(before public.units, after public.units) returns jsonb
language sql stable set search_path = ''
return (
  select coalesce(jsonb_agg(old.key order by old.key), '[]')
  from jsonb_each(to_jsonb(before)) old join jsonb_each(to_jsonb(after)) new on new.key = old.key and new.value is distinct from old.value
);

-- Puts units below another from a day on.
create function private.place_below(unit_ids integer[], parent public.units, day date, act text, actor uuid) returns void
language plpgsql volatile set search_path = '' as $$
declare
  unit public.units;
begin
  for unit in select * from public.units where id = any (unit_ids) order by id loop
    update public.units set parent_id = parent.id, placed_on = day,
      level = case when (select nature from public.unit_kinds where id = kind_id) = 'administration' then level else parent.level end
      where id = unit.id returning * into unit;
    perform private.version_from(unit, day, place_below.act, actor);
  end loop;
end $$;

create function public.move_unit(unit_code text, parent_code text, from_day date, dry_run boolean default false) returns jsonb
language plpgsql volatile security definer set search_path = '' as $$
declare
  unit public.units := private.hold_unit(unit_code, 'unit');
  parent public.units := private.hold_unit(parent_code, 'parent');
  before public.units;
  effect jsonb;
begin
  perform private.require_network_above(unit);
  perform private.require_sight(parent.id, 'network');
  perform private.check_day(unit, from_day);
  if parent.path operator(extensions.<@) unit.path then perform private.refuse(409, 'unit_cycle', jsonb_build_object('field', 'parent', 'unit', unit.code)); end if;
  perform private.check_receiver(parent, from_day, 'parent');
  if parent.id = unit.parent_id then perform private.refuse(409, 'unit_already_there', '{"field": "parent"}'); end if;
  if (select nature from public.unit_kinds where id = unit.kind_id) = 'administration' and private.level_rank(unit.level) <= private.level_rank(parent.level) then
    perform private.refuse(422, 'unit_level_wrong', '{"field": "parent"}');
  end if;
  select * into before from public.units where id = unit.parent_id;
  effect := private.contents_of(unit.path) || jsonb_build_object('from', before.name, 'to', parent.name, 'day', from_day,
    'year', extract(year from from_day), 'planned', from_day > private.china_date(now()));
  if dry_run then return effect; end if;
  if from_day > private.china_date(now()) then
    perform private.plan_act(unit, 'move_unit', jsonb_build_object('unit_code', unit_code, 'parent_code', parent_code), from_day);
    return effect;
  end if;
  perform private.place_below(array[unit.id], parent, from_day, 'moved', auth.uid());
  perform private.audit('unit_moved', 'unit', unit_code, unit.id, jsonb_build_object('from', before.code, 'to', parent.code, 'day', from_day));
  return effect;
end $$;

-- Closes a unit. What is still open below it and who is registered there must go elsewhere first, or at once to `move_to_code`.
create function public.close_unit(unit_code text, from_day date, move_to_code text default null, dry_run boolean default false) returns jsonb
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
    update public.persons set residence_unit_id = receiver.id where residence_unit_id = unit.id;
  end if;
  update public.units set closed_on = from_day where id = unit.id returning * into unit;
  perform private.version_from(unit, from_day, 'closed', auth.uid());
  perform private.audit('unit_closed', 'unit', unit_code, unit.id,
    jsonb_build_object('day', from_day, 'children', cardinality(children), 'residents', residents, 'to', receiver.code));
  return effect;
end $$;

-- Merges units into another of their level: what is open below them and who lives there goes to it, they are closed and, where
-- they are administrations, stand below it from that day on, so that their past adds up there.
create function public.merge_units(from_codes text[], into_code text, from_day date, dry_run boolean default false) returns jsonb
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
      with moved as (update public.persons set residence_unit_id = survivor.id where residence_unit_id = unit.id returning 1)
        select count(*) into residents from moved;
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

-- Makes a new unit beside one, of its level and kind, and gives it some of what is below it or some of who lives there.
create function public.split_unit(unit_code text, new_code text, new_name text, child_codes text[], person_ids bigint[], from_day date,
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
  update public.persons set residence_unit_id = part.id where residence_unit_id = unit.id and id = any (coalesce(person_ids, '{}'));
  perform private.audit('unit_split', 'unit', unit_code, unit.id,
    jsonb_build_object('into', new_code, 'day', from_day, 'children', cardinality(children), 'residents', residents));
  return effect;
end $$;

create function public.cancel_unit_plan(plan_id bigint) returns void
language plpgsql volatile security definer set search_path = '' as $$
declare
  plan public.unit_plans;
begin
  select * into plan from public.unit_plans where id = plan_id for no key update;
  if plan.id is null then perform private.refuse(404, 'unit_plan_unknown'); end if;
  perform private.require_sight(plan.unit_id, 'network');
  if plan.status <> 'planned' then perform private.refuse(409, 'unit_plan_settled'); end if;
  update public.unit_plans set status = 'cancelled', settled_at = clock_timestamp() where id = plan_id;
  perform private.audit('unit_act_cancelled', 'unit', unit.code, unit.id, jsonb_build_object('act', plan.act, 'day', plan.due_on))
    from public.units unit where unit.id = plan.unit_id;
end $$;

-- Does the planned acts whose day has come, each as the account that planned it. One that is refused by now stays, with the
-- code of the refusal, for the one who planned it to see. Definer: the job's role writes none of these tables.
create function private.apply_due_acts() returns integer
language plpgsql volatile security definer set search_path = '' as $$
declare
  plan public.unit_plans;
  claims text := current_setting('request.jwt.claims', true);
  given jsonb;
  settled integer := 0;
begin
  for plan in select * from public.unit_plans where status = 'planned' and due_on <= private.china_date(now()) order by due_on, id for no key update skip locked loop
    given := plan.arguments;
    begin
      perform set_config('request.jwt.claims', jsonb_build_object('sub', plan.planned_by, 'role', 'authenticated')::text, true);
      case plan.act
        when 'move_unit' then perform public.move_unit(given ->> 'unit_code', given ->> 'parent_code', plan.due_on);
        when 'close_unit' then perform public.close_unit(given ->> 'unit_code', plan.due_on, given ->> 'move_to_code');
        when 'merge_units' then perform public.merge_units(array(select jsonb_array_elements_text(given -> 'from_codes')), given ->> 'into_code', plan.due_on);
        when 'split_unit' then perform public.split_unit(given ->> 'unit_code', given ->> 'new_code', given ->> 'new_name',
          array(select jsonb_array_elements_text(nullif(given -> 'child_codes', 'null'))),
          array(select jsonb_array_elements_text(nullif(given -> 'person_ids', 'null')))::bigint[], plan.due_on);
        when 'change_unit' then perform public.change_unit(given ->> 'unit_code', 'changed', plan.due_on, given -> 'details');
      end case;
      update public.unit_plans set status = 'done', settled_at = clock_timestamp() where id = plan.id;
    exception when others then
      if sqlstate not like 'PT%' then raise; end if;
      update public.unit_plans set status = 'refused', refusal = sqlerrm, settled_at = clock_timestamp() where id = plan.id;
    end;
    settled := settled + 1;
  end loop;
  perform set_config('request.jwt.claims', coalesce(claims, ''), true);
  return settled;
end $$;
grant execute on function private.apply_due_acts() to job_server;

-- ── reading ─────────────────────────────────────────────────────────────────────────────────────────────────────────

-- The tree below a unit as it was on a day, in the shape of network_tree(): names, parents, kinds, and what was open.
-- Definer: a unit that has since moved out of one's subtree was part of it then; nothing here is secret.
create function public.network_as_of(in_unit_id integer, day date)
returns table (unit_id integer, code text, parent_id integer, depth integer, level text, name text, local_name text, area text,
  should_build boolean, opened_on date, closed_on date, has_children boolean, teaching jsonb)
language sql stable security definer set search_path = ''
begin atomic
  with recursive below as (
    select version.*, 0 as depth, array[version.unit_id] as way
    from public.unit_versions version
    where version.unit_id = in_unit_id and version.superseded_at is null and version.valid @> day
      and in_unit_id in (select private.my_units('desk'))
    union all
    select version.*, below.depth + 1, below.way || version.unit_id
    from below
    join public.unit_versions version on version.parent_id = below.unit_id and version.superseded_at is null and version.valid @> day
      and version.kind_id = 'administration' and version.unit_id <> all (below.way)
    where below.depth < 2
  )
  select below.unit_id, unit.code, below.parent_id, below.depth, below.level, below.name, below.local_name, below.area, below.should_build,
    below.opened_on, below.closed_on,
    exists (select from public.unit_versions child where child.parent_id = below.unit_id and child.superseded_at is null and child.valid @> day
      and child.kind_id = 'administration'),
    coalesce((
      select jsonb_agg(jsonb_build_object('code', school_unit.code, 'name', school.name, 'localName', school.local_name,
        'kindZh', kind.zh, 'kindEn', kind.en, 'openedOn', school.opened_on, 'closedOn', school.closed_on) order by school.closed_on nulls first, school_unit.id)
      from public.unit_versions school
      join public.units school_unit on school_unit.id = school.unit_id
      join public.unit_kinds kind on kind.id = school.kind_id and kind.nature = 'teaching'
      where school.parent_id = below.unit_id and school.superseded_at is null and school.valid @> day), '[]')
  from below join public.units unit on unit.id = below.unit_id
  where below.depth <= 1 or (select count(*) <= 400 from below)
  order by below.depth, unit.path;
end;

-- Everything recorded of a unit, what is in force first, then what it replaced. Definer: tells user names, not persons.
create function public.unit_history(in_unit_id integer)
returns table (version_id bigint, valid_from date, valid_to date, act text, recorded_at timestamptz, recorded_by_username text, superseded_at timestamptz,
  parent_name text, kind_id text, further_kinds text[], level text, name text, local_name text, area text, should_build boolean, opened_on date, closed_on date,
  host_body text, address text, contact_phone text, summary text, rooms smallint, computers smallint, standard_met boolean, zone_status text, zone_level text,
  contact_role_id text, plaque_photo text, merged_into_name text)
language sql stable security definer set search_path = ''
begin atomic
  select version.id, lower(version.valid), upper(version.valid), version.act, version.recorded_at, account.username, version.superseded_at,
    coalesce(parent_then.name, parent.name), version.kind_id, version.further_kinds, version.level, version.name, version.local_name, version.area, version.should_build,
    version.opened_on, version.closed_on, version.host_body, version.address, version.contact_phone, version.summary, version.rooms, version.computers,
    version.standard_met, version.zone_status, version.zone_level, version.contact_role_id, version.plaque_photo, merged_into.name
  from public.unit_versions version
  left join public.units parent on parent.id = version.parent_id
  left join public.unit_versions parent_then on parent_then.unit_id = version.parent_id and parent_then.superseded_at is null
    and parent_then.valid @> coalesce(lower(version.valid), upper(version.valid) - 1, private.china_date(now()))
  left join public.units merged_into on merged_into.id = version.merged_into_id
  left join identity.accounts account on account.id = version.recorded_by
  where version.unit_id = in_unit_id and in_unit_id in (select private.my_units('desk'))
  order by version.superseded_at nulls first, version.valid desc, version.id desc;
end;

-- Administrations that should have a school or learning point and have none today.
create function public.network_missing(in_unit_id integer, page_size integer default 100, skip integer default 0)
returns table (unit_code text, unit_name text, level text, area text, above_name text, total integer)
language sql stable set search_path = ''
begin atomic
  select unit.code, unit.name, unit.level, unit.area, above.name, (count(*) over ())::integer
  from public.units inside
  join public.units unit on unit.path operator(extensions.<@) inside.path
  left join public.units above on above.id = unit.parent_id
  where inside.id = in_unit_id and unit.kind_id = 'administration' and unit.should_build
    and private.open_on(unit.opened_on, unit.closed_on, private.china_date(now()))
    and not exists (
      select from public.units school join public.unit_kinds kind on kind.id = school.kind_id
      where school.parent_id = unit.id and kind.nature = 'teaching' and private.open_on(school.opened_on, school.closed_on, private.china_date(now())))
  order by unit.path
  limit least(greatest(page_size, 1), 500) offset greatest(skip, 0);
end;

-- Teaching units open today, by level: how many meet the standard, how many do not, how many nobody has judged.
create function public.network_standards(in_unit_id integer)
returns table (level text, met integer, not_met integer, not_judged integer)
language sql stable set search_path = ''
begin atomic
  select unit.level, (count(*) filter (where unit.standard_met))::integer, (count(*) filter (where not unit.standard_met))::integer,
    (count(*) filter (where unit.standard_met is null))::integer
  from public.units inside
  join public.units unit on unit.path operator(extensions.<@) inside.path
  join public.unit_kinds kind on kind.id = unit.kind_id and kind.nature = 'teaching'
  where inside.id = in_unit_id and private.open_on(unit.opened_on, unit.closed_on, private.china_date(now()))
  group by unit.level
  order by private.level_rank(unit.level);
end;

-- Units that the asking account may put something below, or merge with: open administrations, or units of one nature and level.
create function public.network_choices(of_unit_id integer, purpose text)
returns table (code text, name text, above_name text)
language sql stable set search_path = ''
begin atomic
  select choice.code, choice.name, above.name
  from public.units unit
  join public.unit_kinds unit_kind on unit_kind.id = unit.kind_id
  join public.units choice on choice.closed_on is null and choice.id <> unit.id
    and choice.path operator(extensions.<@) any ((select private.my_unit_paths('network'))::extensions.ltree[])
    and not choice.path operator(extensions.<@) unit.path
  join public.unit_kinds choice_kind on choice_kind.id = choice.kind_id
  left join public.units above on above.id = choice.parent_id
  where unit.id = of_unit_id and case purpose
    when 'parent' then choice_kind.nature = 'administration' and choice.id <> unit.parent_id
      and (unit_kind.nature <> 'administration' and choice.level = unit.level or unit_kind.nature = 'administration' and choice.level = (
        select parent.level from public.units parent where parent.id = unit.parent_id))
    when 'peer' then choice_kind.nature = unit_kind.nature and choice.level = unit.level
    when 'receiver' then choice_kind.nature = 'administration' and choice.level = unit.level
  end
  order by choice.path
  limit 2000;
end;
grant execute on function private.level_rank(text) to authenticated;

grant execute on function public.create_unit(text, text, text, text, date, jsonb), public.change_unit(text, text, date, jsonb),
  public.move_unit(text, text, date, boolean), public.close_unit(text, date, text, boolean), public.merge_units(text[], text, date, boolean),
  public.split_unit(text, text, text, text[], bigint[], date, boolean), public.cancel_unit_plan(bigint),
  public.network_as_of(integer, date), public.unit_history(integer), public.network_missing(integer, integer, integer),
  public.network_standards(integer), public.network_choices(integer, text) to authenticated;
