-- A network comes from a file whole: administrations as well as schools and learning points, with what is known of each. An administration is one
-- level below the one it stands in, which is there before it: townships first, then their villages.

create function private.level_below(level text) returns text
language sql immutable set search_path = ''
return case level when 'city' then 'county' when 'county' then 'township' when 'township' then 'village' end;

create or replace function private.check_units(of_import public.imports, inside extensions.ltree) returns void
language plpgsql volatile set search_path = '' as $$
begin
  insert into private.import_refusals (import_id, line, field, code, details, by_file)
  select of_import.id, staged.line, refused.field, refused.code, refused.details, false
  from private.import_rows staged
  join public.units above on above.id = staged.unit_id
  cross join lateral (
    select 'parent' as field, 'import_unit_outside' as code, '{}'::jsonb as details where not above.path operator(extensions.<@) inside
    union all
    select 'parent', 'import_parent_not_administration', '{}' where above.kind_id <> 'administration'
    union all
    select 'parent', 'import_level_none', jsonb_build_object('unit', above.name) where staged.kind = 'administration' and private.level_below(above.level) is null
    union all
    select 'parent', 'import_unit_closed', jsonb_build_object('unit', above.name, 'closedOn', above.closed_on) where above.closed_on <= private.china_date(now())
    union all
    select 'code', 'import_code_taken', '{}' where exists (
      select from public.units other where other.code = staged.details ->> 'code'
        and (other.name, other.parent_id) is distinct from (staged.name, staged.unit_id))
    union all
    select 'code', 'import_code_twice', '{}' where exists (
      select from private.import_rows earlier where earlier.import_id = of_import.id and earlier.line < staged.line and earlier.details ->> 'code' = staged.details ->> 'code'
        and (earlier.name, earlier.unit_id) is distinct from (staged.name, staged.unit_id))
    union all
    select 'openedOn', 'unit_opens_later', '{}' where (staged.details ->> 'openedOn')::date > private.china_date(now())
    union all
    select 'openedOn', 'unit_day_before_opening', jsonb_build_object('unit', above.name, 'day', above.opened_on)
      where above.opened_on > coalesce((staged.details ->> 'openedOn')::date, private.china_date(now()))
  ) refused
  where staged.import_id = of_import.id and staged.state <> 'refused';
  perform private.refuse_rows(of_import.id);
  update private.import_rows staged
  set key = staged.unit_id || ':' || staged.name where staged.import_id = of_import.id and staged.state <> 'refused';
  update private.import_rows staged
  set state = case
    when counted.nth > 1 then 'repeated'
    when exists (select from public.units known where known.parent_id = staged.unit_id and known.name = staged.name and known.closed_on is null) then 'known'
    else 'read' end
  from (select line, row_number() over (partition by key order by line) as nth from private.import_rows
    where import_rows.import_id = of_import.id and state <> 'refused') counted
  where staged.import_id = of_import.id and staged.line = counted.line;
end $$;

-- Writes the units of some lines, as the account that imports, by the same act as at the network's pages. Returns how many.
create function private.write_import_units(of_import public.imports, from_line integer, to_line integer) returns integer
language plpgsql volatile set search_path = '' as $$
declare
  staged private.import_rows;
  above public.units;
  unit_code text;
  written integer := 0;
begin
  perform private.act_as(of_import.created_by);
  for staged in
    select * from private.import_rows rows_of
    where rows_of.import_id = of_import.id and rows_of.line between from_line and to_line and rows_of.state = 'good' order by rows_of.line
  loop
    select * into strict above from public.units unit where unit.id = staged.unit_id;
    unit_code := public.create_unit(above.code, coalesce(staged.details ->> 'code', private.import_unit_code(above.code)), staged.kind,
      case when staged.kind = 'administration' then private.level_below(above.level) end,
      coalesce((staged.details ->> 'openedOn')::date, private.china_date(now())),
      jsonb_strip_nulls(jsonb_build_object('name', staged.name, 'area', staged.details -> 'area', 'local_name', staged.details -> 'localName',
        'host_body', staged.details -> 'hostBody', 'address', staged.details -> 'address', 'contact_phone', staged.details -> 'contactPhone',
        'summary', staged.details -> 'summary', 'should_build', staged.details -> 'shouldBuild', 'rooms', staged.details -> 'rooms',
        'computers', staged.details -> 'computers', 'standard_met', staged.details -> 'standardMet', 'further_kinds', staged.details -> 'furtherKinds')));
    insert into private.import_effects (import_id, what, subject_id) select of_import.id, 'unit', unit.id from public.units unit where unit.code = unit_code;
    written := written + 1;
  end loop;
  return written;
end $$;

create or replace function private.write_import_rows(of_import_id bigint, from_line integer, to_line integer) returns integer
language plpgsql volatile security definer set search_path = '' as $$ -- definer: called by the server's jobs
declare
  of_import public.imports;
begin
  select * into strict of_import from public.imports import where import.id = of_import_id;
  if of_import.kind = 'activities' then return private.write_import_activities(of_import_id, from_line, to_line); end if;
  if of_import.kind = 'units' then return private.write_import_units(of_import, from_line, to_line); end if;
  return private.write_import_lines(of_import_id, from_line, to_line);
end $$;
