-- Villages say in which township they are by its code: townships of two counties may have one name.
drop function public.coverage_heat(integer, integer, text, text);
drop function private.exact_coverage_heat(integer, integer, text, text);
create function private.exact_coverage_heat(in_unit_id integer, counted_year integer, view_code text, counted_group text)
returns table (unit_id integer, code text, name text, township_code text, township_name text, persons integer, population bigint)
language plpgsql stable security definer set search_path = '' set plan_cache_mode = force_custom_plan as $$
#variable_conflict use_column
declare
  slice smallint := (select id from public.metric_slices where kind = 'group' and code = counted_group);
  asked_view smallint := (select id from public.metric_views where code = view_code);
begin
  if not private.sees_unit(in_unit_id, 'figures') then return; end if;
  return query
  with village as materialized (
    select unit.id, unit.code, unit.name, unit.path, unit.opened_on, unit.closed_on, path.ancestors[cardinality(path.ancestors) - 1] as parent_id
    from public.unit_paths path
    join public.units unit on unit.id = path.unit_id and unit.kind_id = 'administration' and unit.level = 'village'
    where path.ancestors @> array[in_unit_id] and path.years @> counted_year
  ), own as materialized (
    select unit_id, count from public.populations
    where year = counted_year and group_id = counted_group and area = 'all'
  )
  select village.id, village.code, village.name, above.code, above.name, coalesce(cell.persons, 0),
    case when own.unit_id is not null then own.count::bigint else below.population end
  from village
  join public.units above on above.id = village.parent_id
  left join public.coverage_cells cell on cell.year = counted_year and cell.axis = 0 and cell.view_id = asked_view
    and cell.slice_id = slice and cell.unit_id = village.id
  left join own on own.unit_id = village.id
  left join private.populations_of(array(select id from village where id not in (select unit_id from own)), counted_year, array[counted_group]) below
    on below.unit_id = village.id
  where private.stood_in(village.opened_on, village.closed_on, counted_year) or cell.persons > 0
  order by village.path;
end $$;
revoke execute on function private.exact_coverage_heat(integer, integer, text, text) from authenticated;

create function public.coverage_heat(in_unit_id integer, counted_year integer, view_code text, counted_group text)
returns table (unit_id integer, code text, name text, township_code text, township_name text, persons integer, population bigint)
language plpgsql stable security definer set search_path = '' as $$
#variable_conflict use_column
declare
  hidden integer[] := case when private.sees_unit(in_unit_id, 'names') then '{}' else array(
    select private.hidden_in_group(in_unit_id, counted_year, view_code, counted_group, true)) end;
begin
  return query
  select exact.unit_id, exact.code, exact.name, exact.township_code, exact.township_name, case when exact.unit_id <> all (hidden) then exact.persons end, exact.population
  from private.exact_coverage_heat(in_unit_id, counted_year, view_code, counted_group) exact;
end $$;
grant execute on function public.coverage_heat(integer, integer, text, text) to authenticated;
