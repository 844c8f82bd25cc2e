-- What the pages of figures read. The functions of the core answer exactly and move behind those here, which answer the same
-- to a unit's own chain (whoever sees names there) and hide small numbers from everybody else (private.hide_small).

-- Cells are exact, so they are for the own chain too; others read through the functions below.
drop policy "Coverage is read by staff of the subtree" on public.coverage_cells;
create policy "Coverage is read by the unit's own chain" on public.coverage_cells for select to authenticated
  using (unit_id in (select private.my_units('names')));

alter function public.coverage_by_unit(integer, integer, text) rename to exact_coverage_by_unit;
alter function public.exact_coverage_by_unit(integer, integer, text) set schema private;
alter function public.coverage_of_unit(integer, integer, text, text) rename to exact_coverage_of_unit;
alter function public.exact_coverage_of_unit(integer, integer, text, text) set schema private;
alter function public.coverage_by_category(integer, integer, text) rename to exact_coverage_by_category;
alter function public.exact_coverage_by_category(integer, integer, text) set schema private;
alter function public.coverage_heat(integer, integer, text, text) rename to exact_coverage_heat;
alter function public.exact_coverage_heat(integer, integer, text, text) set schema private;
alter function public.coverage_people(integer, integer, text, integer, bigint, text, text) rename to exact_coverage_people;
alter function public.exact_coverage_people(integer, integer, text, integer, bigint, text, text) set schema private;
revoke execute on function private.exact_coverage_by_unit(integer, integer, text), private.exact_coverage_of_unit(integer, integer, text, text),
  private.exact_coverage_by_category(integer, integer, text), private.exact_coverage_heat(integer, integer, text, text),
  private.exact_coverage_people(integer, integer, text, integer, bigint, text, text) from authenticated;

-- Units of which a group's figure is hidden, in one view by residence. A unit's fate hangs on its neighbours and the unit above,
-- so only the neighbours along the way down to a unit and its children are looked at; with `is_deep` all units below as well.
create function private.hidden_in_group(around integer, counted_year integer, view_code text, counted_group text, is_deep boolean default false)
returns setof integer
language sql stable set search_path = ''
begin atomic
  select private.hide_small(array_agg(row(tree.unit_id, tree.parent_id, coalesce(cell.persons, 0),
    coalesce(cell.persons, 0) between 1 and 4)::private.small_number_unit))
  from public.unit_paths inside
  join private.tree_by_year tree on tree.years @> counted_year
    and (tree.parent_id = any (inside.ancestors) or tree.parent_id is null or (is_deep and tree.ancestors @> array[around]))
  join public.units unit on unit.id = tree.unit_id and unit.kind_id = 'administration'
  left join public.coverage_cells cell on cell.year = counted_year and cell.axis = 0 and cell.unit_id = tree.unit_id
    and cell.view_id = (select view.id from public.metric_views view where view.code = view_code)
    and cell.slice_id = (select slice.id from public.metric_slices slice where slice.kind = 'group' and slice.code = counted_group)
  where inside.unit_id = around and inside.years @> counted_year
  having count(*) > 0;
end;

-- Units of which a whole breakdown is hidden: area, age by sex, channel, month. One small cell hides all of it, as the cells add
-- up to the residents reached; so does a hidden group that ages add up to.
create function private.hidden_in_breakdown(around integer, counted_year integer, breakdown text) returns setof integer
language sql stable set search_path = ''
begin atomic
  with hidden as (
    select distinct private.hidden_in_group(around, counted_year, 'all', population_group.id) as unit_id
    from public.population_groups population_group
    where population_group.id = 'resident' or population_group.ages is not null
  )
  select private.hide_small(array_agg(row(shown.unit_id, shown.parent_id, shown.persons, shown.is_small)::private.small_number_unit))
  from (
    select tree.unit_id, tree.parent_id,
      coalesce(max(cell.persons) filter (where slice.kind = 'group'), 0) as persons,
      coalesce(bool_or(cell.persons between 1 and 4) filter (where slice.kind = breakdown), false)
        or tree.unit_id in (select hidden.unit_id from hidden) as is_small
    from public.unit_paths inside
    join private.tree_by_year tree on tree.years @> counted_year
      and (tree.parent_id = any (inside.ancestors) or tree.parent_id is null)
    join public.units unit on unit.id = tree.unit_id and unit.kind_id = 'administration'
    left join (public.coverage_cells cell
      join public.metric_slices slice on slice.id = cell.slice_id and (slice.kind = breakdown or slice.kind = 'group' and slice.code = 'resident'))
      on cell.year = counted_year and cell.axis = 0 and cell.view_id = 1 and cell.unit_id = tree.unit_id
    where inside.unit_id = around and inside.years @> counted_year
    group by tree.unit_id, tree.parent_id
  ) shown
  having count(*) > 0;
end;

-- Whether the asking account sees exact figures at a unit, as the page says which it shows.
create function public.sees_names_at(in_unit_id integer) returns boolean
language sql stable security definer set search_path = '' -- definer: asks private.sees_unit()
return private.sees_unit(in_unit_id, 'names');

-- The functions below are definer: the cells they read are for the own chain, and what others may see of them is decided here.

create function public.coverage_by_unit(parent_unit_id integer, counted_year integer, counted_group text, view_code text default 'all')
returns table (unit_id integer, code text, name text, level text, is_parent boolean, has_children boolean,
  persons integer, person_times integer, hours numeric, population bigint, population_source text, missing_count integer, missing_names text[])
language plpgsql stable security definer set search_path = '' as $$
#variable_conflict use_column
declare
  asked_view smallint := (select view.id from public.metric_views view where view.code = view_code);
  slice smallint := (select slice.id from public.metric_slices slice where slice.kind = 'group' and slice.code = counted_group);
  hidden integer[] := case when private.sees_unit(parent_unit_id, 'names') then '{}' else array(
    select private.hidden_in_group(parent_unit_id, counted_year, view_code, counted_group)) end;
begin
  return query
  select exact.unit_id, exact.code, exact.name, exact.level, exact.is_parent, exact.has_children,
    case when exact.unit_id <> all (hidden) then case asked_view when 1 then exact.persons else coalesce(cell.persons, 0) end end,
    case when exact.unit_id <> all (hidden) then case asked_view when 1 then exact.person_times else coalesce(cell.person_times, 0) end end,
    case when exact.unit_id <> all (hidden) then case asked_view when 1 then exact.hours else round(coalesce(cell.seconds, 0) / 3600.0, 2) end end,
    exact.population, exact.population_source, exact.missing_count, exact.missing_names
  from private.exact_coverage_by_unit(parent_unit_id, counted_year, counted_group) exact
  left join public.coverage_cells cell on asked_view <> 1 and cell.year = counted_year and cell.axis = 0 and cell.view_id = asked_view
    and cell.slice_id = slice and cell.unit_id = exact.unit_id;
end $$;

-- Every group of a unit with its denominator, its source and what is missing of it.
create function public.coverage_by_group(in_unit_id integer, counted_year integer, view_code text default 'all')
returns table (group_id text, persons integer, person_times integer, hours numeric, population bigint, population_source text,
  missing_count integer, missing_names text[])
language plpgsql stable security definer set search_path = '' as $$
#variable_conflict use_column
declare
  is_exact boolean := private.sees_unit(in_unit_id, 'names');
begin
  if not private.sees_unit(in_unit_id, 'figures') then return; end if;
  return query
  select population_group.id,
    case when shown.is_shown then coalesce(cell.persons, 0) end, case when shown.is_shown then coalesce(cell.person_times, 0) end,
    case when shown.is_shown then round(coalesce(cell.seconds, 0) / 3600.0, 2) end,
    denominator.population, denominator.source, denominator.missing_count, denominator.missing_names
  from public.population_groups population_group
  join public.metric_slices slice on slice.group_id = population_group.id
  left join public.coverage_cells cell on cell.year = counted_year and cell.axis = 0 and cell.slice_id = slice.id and cell.unit_id = in_unit_id
    and cell.view_id = (select view.id from public.metric_views view where view.code = view_code)
  left join private.populations_of(array[in_unit_id], counted_year, array(select id from public.population_groups)) denominator
    on denominator.group_id = population_group.id
  cross join lateral (
    select is_exact or in_unit_id not in (select private.hidden_in_group(in_unit_id, counted_year, view_code, population_group.id)) as is_shown
  ) shown
  order by population_group.position;
end $$;

create function public.coverage_of_unit(in_unit_id integer, counted_year integer, axis_name text default 'residence', view_code text default 'all')
returns table (kind text, code text, persons integer, person_times integer, minutes numeric, population bigint)
language plpgsql stable security definer set search_path = '' as $$
#variable_conflict use_column
declare
  is_exact boolean := private.sees_unit(in_unit_id, 'names');
  hidden text[] := '{}';
begin
  if not is_exact and axis_name = 'residence' then
    hidden := array(
      select 'group:' || population_group.id from public.population_groups population_group
      where in_unit_id in (select private.hidden_in_group(in_unit_id, counted_year, view_code, population_group.id))
      union all
      select breakdown || ':' from unnest(array['area', 'age_sex', 'channel', 'month']) as breakdown
      where in_unit_id in (select private.hidden_in_breakdown(in_unit_id, counted_year, breakdown)));
  end if;
  return query
  select exact.kind, exact.code, case when shown.is_shown then exact.persons end, case when shown.is_shown then exact.person_times end,
    case when shown.is_shown then exact.minutes end, exact.population
  from private.exact_coverage_of_unit(in_unit_id, counted_year, axis_name, view_code) exact
  cross join lateral (
    -- Figures of organisers do not add up over the tree, so there is nothing to subtract from.
    select is_exact or case when axis_name = 'organiser' then exact.persons not between 1 and 4
      else exact.kind || ':' || exact.code <> all (hidden) and exact.kind || ':' <> all (hidden) end as is_shown
  ) shown;
end $$;

create function public.coverage_by_category(in_unit_id integer, counted_year integer, counted_group text)
returns table (category_id text, persons integer, person_times integer, minutes numeric, population bigint)
language plpgsql stable security definer set search_path = '' as $$
#variable_conflict use_column
declare
  is_exact boolean := private.sees_unit(in_unit_id, 'names');
begin
  return query
  select exact.category_id, case when shown.is_shown then exact.persons end, case when shown.is_shown then exact.person_times end,
    case when shown.is_shown then exact.minutes end, exact.population
  from private.exact_coverage_by_category(in_unit_id, counted_year, counted_group) exact
  cross join lateral (
    select is_exact or in_unit_id not in (
      select private.hidden_in_group(in_unit_id, counted_year, 'category:' || exact.category_id, counted_group)) as is_shown
  ) shown;
end $$;

create function public.coverage_heat(in_unit_id integer, counted_year integer, view_code text, counted_group text)
returns table (unit_id integer, code text, name text, township_name text, persons integer, population bigint)
language plpgsql stable security definer set search_path = '' as $$
#variable_conflict use_column
declare
  hidden integer[] := case when private.sees_unit(in_unit_id, 'names') then '{}' else array(
    select private.hidden_in_group(in_unit_id, counted_year, view_code, counted_group, true)) end;
begin
  return query
  select exact.unit_id, exact.code, exact.name, exact.township_name, case when exact.unit_id <> all (hidden) then exact.persons end, exact.population
  from private.exact_coverage_heat(in_unit_id, counted_year, view_code, counted_group) exact;
end $$;

-- Whom the work of a unit taught, and of each unit right below it: persons on the organiser's axis. Never add them up.
create function public.coverage_taught(in_unit_id integer, counted_year integer, counted_group text, view_code text default 'all')
returns table (code text, name text, is_parent boolean, persons integer, person_times integer, hours numeric)
language plpgsql stable security definer set search_path = '' as $$
#variable_conflict use_column
declare
  is_exact boolean := private.sees_unit(in_unit_id, 'names');
begin
  if not private.sees_unit(in_unit_id, 'figures') then return; end if;
  return query
  select unit.code, unit.name, unit.id = in_unit_id, case when shown.is_shown then coalesce(cell.persons, 0) end,
    case when shown.is_shown then coalesce(cell.person_times, 0) end, case when shown.is_shown then round(coalesce(cell.seconds, 0) / 3600.0, 2) end
  from public.units unit
  left join public.coverage_cells cell on cell.year = counted_year and cell.axis = 1 and cell.unit_id = unit.id
    and cell.view_id = (select view.id from public.metric_views view where view.code = view_code)
    and cell.slice_id = (select slice.id from public.metric_slices slice where slice.kind = 'group' and slice.code = counted_group)
  cross join lateral (select is_exact or coalesce(cell.persons, 0) not between 1 and 4 as is_shown) shown
  where unit.id = in_unit_id or (unit.id in (
      select tree.unit_id from private.tree_by_year tree where tree.parent_id = in_unit_id and tree.years @> counted_year)
    and (cell.persons > 0 or unit.kind_id = 'administration' and private.stood_in(unit.opened_on, unit.closed_on, counted_year)))
  order by unit.id <> in_unit_id, unit.kind_id = 'administration', unit.path;
end $$;

-- The people behind one figure. Rows tell what a hidden number is, so they are for whoever sees names at the unit.
create function public.coverage_people(in_unit_id integer, counted_year integer, counted_group text,
  page_size integer default 50, after_person_id bigint default 0, view_code text default 'all', slice_code text default null)
returns table (person_id bigint, name text, sex text, birth_year smallint, birth_decade integer, home text, person_times integer, hours numeric)
language sql stable security definer set search_path = ''
begin atomic
  select exact.* from private.exact_coverage_people(in_unit_id, counted_year, counted_group, page_size, after_person_id, view_code, slice_code) exact
  where private.sees_unit(in_unit_id, 'names');
end;

grant execute on function public.sees_names_at(integer), public.coverage_by_unit(integer, integer, text, text),
  public.coverage_by_group(integer, integer, text), public.coverage_of_unit(integer, integer, text, text),
  public.coverage_by_category(integer, integer, text), public.coverage_heat(integer, integer, text, text),
  public.coverage_taught(integer, integer, text, text),
  public.coverage_people(integer, integer, text, integer, bigint, text, text) to authenticated;

-- Person-times by week tell a hidden figure too, so there are none where the residents reached are hidden. Definer: counts are
-- for whoever sees figures, the rows only for whoever sees names.
create or replace function public.participations_by_week(in_unit_id integer, last_day date, weeks integer default 12)
returns table (week_start date, person_times integer)
language sql stable security definer set search_path = ''
begin atomic
  with inside as (
    select unit.path from public.units unit
    where unit.id = in_unit_id
      and unit.path operator(extensions.<@) any ((select private.my_unit_paths('figures'))::extensions.ltree[])
      and (private.sees_unit(in_unit_id, 'names') or in_unit_id not in (
        select private.hidden_in_group(in_unit_id, extract(year from last_day)::integer, 'all', 'resident')))
  ), shown as (
    select (date_trunc('week', last_day::timestamp)::date - 7 * back) as week_start
    from inside, generate_series(0, least(greatest(weeks, 1), 53) - 1) as back
  ), counted as (
    select date_trunc('week', fact.started_at at time zone 'Asia/Shanghai')::date as week_start, count(*) as person_times
    from inside
    join public.units home on home.path operator(extensions.<@) inside.path
    join private.counted_participations fact on fact.residence_unit_id = home.id
    where fact.started_at >= (date_trunc('week', last_day::timestamp) - (least(greatest(weeks, 1), 53) - 1) * interval '1 week') at time zone 'Asia/Shanghai'
      and fact.started_at < (date_trunc('week', last_day::timestamp) + interval '1 week') at time zone 'Asia/Shanghai'
    group by 1
  )
  select shown.week_start, coalesce(counted.person_times, 0)::integer
  from shown left join counted using (week_start)
  order by shown.week_start;
end;
