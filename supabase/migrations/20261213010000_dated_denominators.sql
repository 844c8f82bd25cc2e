-- A denominator says of which day it is and whether it is approved: of a sum the oldest day, and approved only where every part is.

create function private.summed_denominators(unit_ids integer[], counted_year integer, group_ids text[])
returns table (unit_id integer, group_id text, population bigint, source text, missing_count integer, missing_names text[], as_of date, is_approved boolean)
language sql stable set search_path = ''
begin atomic
  with recursive walked as (
    select asked as root_id, one as group_id, asked as id, own.count, own.source, own.as_of, own.status
    from unnest(unit_ids) as asked cross join unnest(group_ids) as one
    left join public.populations own on own.unit_id = asked and own.year = counted_year and own.group_id = one and own.area = 'all'
    union all
    select walked.root_id, walked.group_id, child.id, own.count, own.source, own.as_of, own.status
    from walked
    join private.tree_by_year tree on tree.parent_id = walked.id and tree.years @> counted_year
    join public.units child on child.id = tree.unit_id and child.kind_id = 'administration'
      and private.stood_in(child.opened_on, child.closed_on, counted_year)
    left join public.populations own on own.unit_id = child.id and own.year = counted_year
      and own.group_id = walked.group_id and own.area = 'all'
    where walked.count is null
  ), weighed as (
    select walked.*, walked.count is null and not exists (
      select from private.tree_by_year tree
      join public.units child on child.id = tree.unit_id and child.kind_id = 'administration'
        and private.stood_in(child.opened_on, child.closed_on, counted_year)
      where tree.parent_id = walked.id and tree.years @> counted_year) as is_missing
    from walked
  )
  select weighed.root_id, weighed.group_id,
    case when not bool_or(weighed.is_missing) then sum(weighed.count) end,
    case when count(weighed.count) = 1 then min(weighed.source) end,
    (count(*) filter (where weighed.is_missing))::integer,
    coalesce((array_agg(unit.name order by unit.path) filter (where weighed.is_missing))[:3], '{}'),
    case when not bool_or(weighed.is_missing) then min(weighed.as_of) end,
    case when not bool_or(weighed.is_missing) then bool_and(weighed.status = 'approved') filter (where weighed.count is not null) end
  from weighed join public.units unit on unit.id = weighed.id
  group by weighed.root_id, weighed.group_id;
end;

-- Denominators of units in a year, by group. Most units have a figure of their own for every group; only those without are summed.
create function private.denominators_of(unit_ids integer[], counted_year integer, group_ids text[])
returns table (unit_id integer, group_id text, population bigint, source text, missing_count integer, missing_names text[], as_of date, is_approved boolean)
language plpgsql stable set search_path = '' as $$
#variable_conflict use_column
declare
  asked integer := cardinality(unit_ids) * cardinality(group_ids);
  own integer;
begin
  return query
    select current.unit_id, current.group_id, current.count::bigint, current.source, 0, array[]::text[], current.as_of, current.status = 'approved'
    from public.populations current
    where current.unit_id = any (unit_ids) and current.year = counted_year and current.group_id = any (group_ids) and current.area = 'all';
  get diagnostics own = row_count;
  if own < asked then
    return query
      select summed.unit_id, summed.group_id, summed.population, summed.source, summed.missing_count, summed.missing_names, summed.as_of, summed.is_approved
      from private.summed_denominators(unit_ids, counted_year, group_ids) summed
      where not exists (
        select from public.populations current
        where current.unit_id = summed.unit_id and current.year = counted_year and current.group_id = summed.group_id and current.area = 'all');
  end if;
end $$;

-- The same for readers that tell no day.
create or replace function private.populations_of(unit_ids integer[], counted_year integer, group_ids text[])
returns table (unit_id integer, group_id text, population bigint, source text, missing_count integer, missing_names text[])
language plpgsql stable set search_path = '' as $$
begin
  return query
  select one.unit_id, one.group_id, one.population, one.source, one.missing_count, one.missing_names from private.denominators_of(unit_ids, counted_year, group_ids) one;
end $$;
drop function private.summed_populations(integer[], integer, text[]);

-- ── coverage of units ───────────────────────────────────────────────────────────────────────────────────────────────

drop function public.coverage_by_unit(integer, integer, text, text);
drop function private.exact_coverage_by_unit(integer, integer, text);
create function private.exact_coverage_by_unit(parent_unit_id integer, counted_year integer, counted_group text)
returns table (unit_id integer, code text, name text, level text, is_parent boolean, has_children boolean,
  persons integer, person_times integer, hours numeric, population bigint, population_source text,
  missing_count integer, missing_names text[], population_as_of date, population_approved boolean)
language plpgsql stable security definer set search_path = '' as $$
#variable_conflict use_column
declare
  slice smallint := (select id from public.metric_slices where kind = 'group' and code = counted_group);
  paths extensions.ltree[] := private.my_unit_paths('figures');
  parent_seen boolean := private.sees_unit(parent_unit_id, 'figures');
begin
  return query
  with shown as materialized (
    select unit.*, unit.id = parent_unit_id as is_parent, cell.persons, cell.person_times, cell.seconds
    from public.units unit
    left join public.coverage_cells cell on cell.year = counted_year and cell.axis = 0 and cell.view_id = 1
      and cell.slice_id = slice and cell.unit_id = unit.id
    where unit.id in (
        select parent_unit_id
        union all
        select tree.unit_id from private.tree_by_year tree where tree.parent_id = parent_unit_id and tree.years @> counted_year)
      and unit.kind_id = 'administration'
      and (private.stood_in(unit.opened_on, unit.closed_on, counted_year) or cell.persons > 0)
      and (parent_seen or unit.path operator(extensions.<@) any (paths))
  )
  select shown.id, shown.code, shown.name, shown.level, shown.is_parent,
    exists (
      select from private.tree_by_year tree join public.units child on child.id = tree.unit_id and child.kind_id = 'administration'
      where tree.parent_id = shown.id and tree.years @> counted_year),
    coalesce(shown.persons, 0), coalesce(shown.person_times, 0), round(coalesce(shown.seconds, 0) / 3600.0, 2),
    denominator.population, denominator.source, denominator.missing_count, denominator.missing_names, denominator.as_of, denominator.is_approved
  from shown
  join private.denominators_of(array(select id from shown), counted_year, array[counted_group]) denominator on denominator.unit_id = shown.id
  order by shown.is_parent desc, shown.path;
end $$;
revoke execute on function private.exact_coverage_by_unit(integer, integer, text) from authenticated;

create function public.coverage_by_unit(parent_unit_id integer, counted_year integer, counted_group text, view_code text default 'all')
returns table (unit_id integer, code text, name text, level text, is_parent boolean, has_children boolean,
  persons integer, person_times integer, hours numeric, population bigint, population_source text, missing_count integer, missing_names text[], population_as_of date, population_approved boolean)
language plpgsql stable security definer set search_path = '' as $$
#variable_conflict use_column
declare
  asked_view smallint := (select view.id from public.metric_views view where view.code = view_code);
  slice smallint := (select slice.id from public.metric_slices slice where slice.kind = 'group' and slice.code = counted_group);
  hidden integer[] := case when private.sees_unit(parent_unit_id, 'names') then '{}' else array(
    select private.hidden_in_group(parent_unit_id, counted_year, view_code, counted_group)) end;
  without_times integer[] := case when view_code not like 'category:%' or private.sees_unit(parent_unit_id, 'names') then '{}' else array(
    select one.unit_id from private.hidden_times(parent_unit_id, counted_year, 0::smallint, array[counted_group]) one) end;
begin
  return query
  select exact.unit_id, exact.code, exact.name, exact.level, exact.is_parent, exact.has_children,
    case when exact.unit_id <> all (hidden) then case asked_view when 1 then exact.persons else coalesce(cell.persons, 0) end end,
    case when exact.unit_id <> all (hidden || without_times) then case asked_view when 1 then exact.person_times else coalesce(cell.person_times, 0) end end,
    case when exact.unit_id <> all (hidden || without_times) then case asked_view when 1 then exact.hours else round(coalesce(cell.seconds, 0) / 3600.0, 2) end end,
    exact.population, exact.population_source, exact.missing_count, exact.missing_names, exact.population_as_of, exact.population_approved
  from private.exact_coverage_by_unit(parent_unit_id, counted_year, counted_group) exact
  left join public.coverage_cells cell on asked_view <> 1 and cell.year = counted_year and cell.axis = 0 and cell.view_id = asked_view
    and cell.slice_id = slice and cell.unit_id = exact.unit_id;
end $$;

alter function public.coverage_by_group(integer, integer, text) rename to undated_coverage_by_group;
create function public.coverage_by_group(in_unit_id integer, counted_year integer, view_code text default 'all')
returns table (group_id text, persons integer, person_times integer, hours numeric, population bigint, population_source text,
  missing_count integer, missing_names text[], population_as_of date, population_approved boolean)
language plpgsql stable security definer set search_path = '' as $$
#variable_conflict use_column
declare
  every_group text[] := array(select population_group.id from public.population_groups population_group);
  is_exact boolean := private.sees_unit(in_unit_id, 'names');
  hidden text[] := case when is_exact then '{}' else array(
    select one.group_id from private.hidden_figures(in_unit_id, counted_year, 0::smallint, array(select view.id from public.metric_views view where view.code = view_code), every_group) one
    where one.unit_id = in_unit_id) end;
  without_times text[] := case when is_exact or view_code not like 'category:%' then '{}' else array(
    select one.group_id from private.hidden_times(in_unit_id, counted_year, 0::smallint, every_group) one where one.unit_id = in_unit_id) end;
begin
  if not private.sees_unit(in_unit_id, 'figures') then return; end if;
  return query
  select population_group.id,
    case when shown.is_shown then coalesce(cell.persons, 0) end, case when shown.has_times then coalesce(cell.person_times, 0) end,
    case when shown.has_times then round(coalesce(cell.seconds, 0) / 3600.0, 2) end,
    denominator.population, denominator.source, denominator.missing_count, denominator.missing_names, denominator.as_of, denominator.is_approved
  from public.population_groups population_group
  join public.metric_slices slice on slice.group_id = population_group.id
  left join public.coverage_cells cell on cell.year = counted_year and cell.axis = 0 and cell.slice_id = slice.id and cell.unit_id = in_unit_id
    and cell.view_id = (select view.id from public.metric_views view where view.code = view_code)
  left join private.denominators_of(array[in_unit_id], counted_year, every_group) denominator
    on denominator.group_id = population_group.id
  cross join lateral (
    select population_group.id <> all (hidden) as is_shown, population_group.id <> all (hidden || without_times) as has_times
  ) shown
  order by population_group.position;
end $$;

-- As it was; it reads the function above.
create or replace function private.figures_of(in_unit_id integer, counted_year integer, last_month integer)
returns table (place smallint, code text, value numeric, denominator numeric, denominator_source text, denominator_as_of date,
  denominator_version bigint, missing_count integer, missing_names text[])
language sql stable set search_path = ''
begin atomic
  with cells as (
    select cell.kind, cell.code, cell.persons, cell.person_times, cell.minutes, cell.population
    from public.coverage_of_unit(in_unit_id, counted_year) cell
  ), part as materialized (
    select counted.kind, counted.code, counted.persons from private.persons_until(in_unit_id, counted_year, last_month) counted where last_month < 12
  ), breadth as materialized (
    select last_month = 12 as is_year, last_month = 12 or private.part_is_counted(in_unit_id, counted_year, last_month) as is_full
  ), months as (
    select coalesce(sum(cells.persons), 0) as persons, coalesce(sum(cells.person_times), 0) as person_times, coalesce(sum(cells.minutes), 0) as minutes
    from cells where cells.kind = 'month' and cells.code::integer <= last_month
  ), heads as (
    select coalesce(sum(counted.person_times), 0) as person_times from public.head_counts_by_month(in_unit_id, counted_year) counted
    where counted.month <= last_month
  ), groups as (
    select population_group.id, population_group.position,
      case when breadth.is_year then rated.persons when breadth.is_full then coalesce(part.persons, 0) else months.persons end as persons,
      rated.population, rated.population_source, rated.missing_count, rated.missing_names
    from public.coverage_by_group(in_unit_id, counted_year) rated
    join public.population_groups population_group on population_group.id = rated.group_id
    cross join breadth
    cross join months
    left join part on part.kind = 'group' and part.code = population_group.id
    where population_group.id = 'resident' or breadth.is_full
  ), figures as (
    select 0 as part, groups.position::integer as position, 'reached:' || groups.id as code,
      groups.persons::numeric as value,
      groups.population::numeric as denominator, groups.population_source as source, origin.as_of, origin.version_id,
      groups.missing_count, groups.missing_names
    from groups
    left join private.population_origin(in_unit_id, counted_year, groups.id) origin on groups.population is not null
    union all
    select 1, 1, 'person_times', months.person_times, null, null, null, null::bigint, 0, '{}' from months
    union all
    select 1, 2, 'hours', round(months.minutes / 60.0, 2), null, null, null, null::bigint, 0, '{}' from months
    union all
    select 1, 3, 'hours_per_person', round(months.minutes / 60.0, 2), nullif(months.persons, 0), null, null, null, 0, '{}' from months
    union all
    select 1, 4, 'head_counts', heads.person_times, null, null, null, null::bigint, 0, '{}' from heads
    union all
    select case cells.kind when 'area' then 2 else 3 end, 0, cells.kind || ':' || cells.code,
      case when breadth.is_year then cells.persons else coalesce(part.persons, 0) end, null, null, null, null::bigint, 0, '{}'
    from cells cross join breadth left join part on part.kind = cells.kind and part.code = cells.code
    where cells.kind in ('area', 'channel') and breadth.is_full
    union all
    select 4, category.position, 'category:' || category.id,
      case when breadth.is_year then counted.persons else coalesce(part.persons, 0) end, null, null, null, null::bigint, 0, '{}'
    from public.coverage_by_category(in_unit_id, counted_year, 'resident') counted
    join public.categories category on category.id = counted.category_id
    cross join breadth
    left join part on part.kind = 'category' and part.code = category.id
    where breadth.is_full
  )
  select (row_number() over (order by figures.part, figures.position, figures.code))::smallint, figures.code, figures.value,
    figures.denominator, figures.source, figures.as_of, figures.version_id, figures.missing_count, figures.missing_names
  from figures;
end;
drop function public.undated_coverage_by_group(integer, integer, text);

grant execute on function public.coverage_by_unit(integer, integer, text, text), public.coverage_by_group(integer, integer, text) to authenticated;
