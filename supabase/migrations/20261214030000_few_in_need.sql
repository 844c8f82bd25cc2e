-- Who sees names but not who is unemployed, disabled or in need reads the numbers of these groups as whoever sees no names: of few none, nor the neighbour
-- that would give it away (decision 50). Of all other groups, and of all residents, their figures stay exact.

-- The groups of whose people the asker may not see who they are: by residence at the unit; of whom a unit taught, who live anywhere, in the whole region.
create function private.unseen_groups(in_unit_id integer, axis_id smallint default 0) returns text[]
language plpgsql stable set search_path = '' as $$
declare
  sees_names boolean := private.sees_unit(in_unit_id, 'names');
begin
  if sees_names and private.sees_unit(case axis_id when 1 then private.region_id() else in_unit_id end, 'groups') then return '{}'; end if;
  return array(select known.id from public.population_groups known where not sees_names or known.is_sensitive);
end $$;

create or replace function public.coverage_by_unit(parent_unit_id integer, counted_year integer, counted_group text, view_code text default 'all')
returns table (unit_id integer, code text, name text, level text, is_parent boolean, has_children boolean,
  persons integer, person_times integer, hours numeric, population bigint, population_source text, missing_count integer, missing_names text[], population_as_of date, population_approved boolean)
language plpgsql stable security definer set search_path = '' as $$
#variable_conflict use_column
declare
  asked_view smallint := (select view.id from public.metric_views view where view.code = view_code);
  slice smallint := (select slice.id from public.metric_slices slice where slice.kind = 'group' and slice.code = counted_group);
  is_exact boolean := counted_group <> all (private.unseen_groups(parent_unit_id));
  hidden integer[] := case when is_exact then '{}' else array(
    select private.hidden_in_group(parent_unit_id, counted_year, view_code, counted_group)) end;
  without_times integer[] := case when view_code not like 'category:%' or is_exact then '{}' else array(
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

create or replace function public.coverage_by_group(in_unit_id integer, counted_year integer, view_code text default 'all')
returns table (group_id text, persons integer, person_times integer, hours numeric, population bigint, population_source text,
  missing_count integer, missing_names text[], population_as_of date, population_approved boolean)
language plpgsql stable security definer set search_path = '' as $$
#variable_conflict use_column
declare
  every_group text[] := array(select population_group.id from public.population_groups population_group);
  unseen text[] := private.unseen_groups(in_unit_id);
  hidden text[] := case when unseen = '{}' then '{}' else array(
    select one.group_id from private.hidden_figures(in_unit_id, counted_year, 0::smallint, array(select view.id from public.metric_views view where view.code = view_code), unseen) one
    where one.unit_id = in_unit_id) end;
  without_times text[] := case when unseen = '{}' or view_code not like 'category:%' then '{}' else array(
    select one.group_id from private.hidden_times(in_unit_id, counted_year, 0::smallint, unseen) one where one.unit_id = in_unit_id) end;
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

create or replace function public.coverage_heat(in_unit_id integer, counted_year integer, view_code text, counted_group text)
returns table (unit_id integer, code text, name text, township_code text, township_name text, persons integer, population bigint)
language plpgsql stable security definer set search_path = '' as $$
#variable_conflict use_column
declare
  hidden integer[] := case when counted_group <> all (private.unseen_groups(in_unit_id)) then '{}' else array(
    select private.hidden_in_group(in_unit_id, counted_year, view_code, counted_group, true)) end;
begin
  return query
  select exact.unit_id, exact.code, exact.name, exact.township_code, exact.township_name, case when exact.unit_id <> all (hidden) then exact.persons end, exact.population
  from private.exact_coverage_heat(in_unit_id, counted_year, view_code, counted_group) exact;
end $$;

-- Areas, ages, channels and months are of all residents: exact for whoever sees names.
create or replace function public.coverage_of_unit(in_unit_id integer, counted_year integer, axis_name text default 'residence', view_code text default 'all')
returns table (kind text, code text, persons integer, person_times integer, minutes numeric, population bigint)
language plpgsql stable security definer set search_path = '' as $$
#variable_conflict use_column
declare
  asked_axis smallint := case axis_name when 'organiser' then 1 else 0 end;
  unseen text[] := private.unseen_groups(in_unit_id, asked_axis);
  few private.hidden_figure[];
  hidden text[] := '{}';
  without_times text[] := '{}';
begin
  if unseen <> '{}' then
    few := array(
      select row(one.unit_id, one.group_id)::private.hidden_figure
      from private.hidden_figures(in_unit_id, counted_year, asked_axis, array(select view.id from public.metric_views view where view.code = view_code), unseen) one);
    hidden := array(
      select 'group:' || one.group_id from unnest(few) one where one.unit_id = in_unit_id
      union all
      select whole.breakdown || ':'
      from private.hidden_in_breakdowns(in_unit_id, counted_year, view_code, array(
        select distinct one.unit_id from unnest(few) one
        join public.population_groups population_group on population_group.id = one.group_id and (population_group.id = 'resident' or population_group.ages is not null))) whole
      where asked_axis = 0 and view_code in ('all', 'organised') and 'resident' = any (unseen) and whole.unit_id = in_unit_id);
    if view_code like 'category:%' then
      without_times := array(select 'group:' || one.group_id from private.hidden_times(in_unit_id, counted_year, asked_axis, unseen) one where one.unit_id = in_unit_id);
    end if;
  end if;
  return query
  select exact.kind, exact.code, case when shown.is_shown then exact.persons end, case when shown.has_times then exact.person_times end,
    case when shown.has_times then exact.minutes end, exact.population
  from private.exact_coverage_of_unit(in_unit_id, counted_year, axis_name, view_code) exact
  cross join lateral (select exact.kind || ':' || exact.code <> all (hidden) and exact.kind || ':' <> all (hidden) as is_whole) figure
  cross join lateral (select figure.is_whole as is_shown, figure.is_whole and exact.kind || ':' || exact.code <> all (without_times) as has_times) shown;
end $$;

create or replace function public.coverage_by_category(in_unit_id integer, counted_year integer, counted_group text)
returns table (category_id text, persons integer, person_times integer, minutes numeric, population bigint)
language plpgsql stable security definer set search_path = '' as $$
#variable_conflict use_column
declare
  is_exact boolean := counted_group <> all (private.unseen_groups(in_unit_id));
  hidden text[] := case when is_exact then '{}' else array(
    select view.category_id from public.metric_views view
    join private.hidden_figures(in_unit_id, counted_year, 0::smallint, array(select every.id from public.metric_views every where every.category_id is not null), array[counted_group]) one
      on one.view_id = view.id and one.unit_id = in_unit_id) end;
  has_times boolean := is_exact or in_unit_id not in (select one.unit_id from private.hidden_times(in_unit_id, counted_year, 0::smallint, array[counted_group]) one);
begin
  return query
  select exact.category_id, case when shown.is_shown then exact.persons end, case when shown.is_shown and has_times then exact.person_times end,
    case when shown.is_shown and has_times then exact.minutes end, exact.population
  from private.exact_coverage_by_category(in_unit_id, counted_year, counted_group) exact
  cross join lateral (select exact.category_id <> all (hidden) as is_shown) shown;
end $$;

create or replace function public.coverage_taught(in_unit_id integer, counted_year integer, counted_group text, view_code text default 'all')
returns table (code text, name text, is_parent boolean, persons integer, person_times integer, hours numeric)
language plpgsql stable security definer set search_path = '' as $$
#variable_conflict use_column
declare
  is_exact boolean := counted_group <> all (private.unseen_groups(in_unit_id, 1::smallint));
  hidden integer[] := case when is_exact then '{}' else array(
    select one.unit_id from private.hidden_figures(in_unit_id, counted_year, 1::smallint, array(select view.id from public.metric_views view where view.code = view_code), array[counted_group]) one) end;
  without_times integer[] := case when is_exact or view_code not like 'category:%' then '{}' else array(
    select one.unit_id from private.hidden_times(in_unit_id, counted_year, 1::smallint, array[counted_group]) one) end;
begin
  if not private.sees_unit(in_unit_id, 'figures') then return; end if;
  return query
  select unit.code, unit.name, unit.id = in_unit_id, case when shown.is_shown then coalesce(cell.persons, 0) end,
    case when shown.has_times then coalesce(cell.person_times, 0) end, case when shown.has_times then round(coalesce(cell.seconds, 0) / 3600.0, 2) end
  from public.units unit
  left join public.coverage_cells cell on cell.year = counted_year and cell.axis = 1 and cell.unit_id = unit.id
    and cell.view_id = (select view.id from public.metric_views view where view.code = view_code)
    and cell.slice_id = (select slice.id from public.metric_slices slice where slice.kind = 'group' and slice.code = counted_group)
  cross join lateral (select unit.id <> all (hidden) as is_shown, unit.id <> all (hidden || without_times) as has_times) shown
  where unit.id = in_unit_id or (unit.id in (
      select tree.unit_id from private.tree_by_year tree where tree.parent_id = in_unit_id and tree.years @> counted_year)
    and (cell.persons > 0 or unit.kind_id = 'administration' and private.stood_in(unit.opened_on, unit.closed_on, counted_year)))
  order by unit.id <> in_unit_id, unit.kind_id = 'administration', unit.path;
end $$;

-- Whether every number at a unit is exact for the asker, or those of some groups are not: pages say so once.
create function public.unseen_groups_at(in_unit_id integer, axis_name text default 'residence') returns text[]
language sql stable security definer set search_path = '' -- definer: asks private.sees_unit()
return private.unseen_groups(in_unit_id, case axis_name when 'organiser' then 1 else 0 end::smallint);
grant execute on function public.unseen_groups_at(integer, text) to authenticated;

-- The second wall. Cells are exact, so they are for whoever sees who is in their group; whom a unit taught lives anywhere.
alter policy "Coverage is read by the unit's own chain" on public.coverage_cells
  using (unit_id in (select private.my_units('names')) and (
    slice_id not in (select slice.id from public.metric_slices slice join public.population_groups named on named.id = slice.group_id and named.is_sensitive)
    or axis = 0 and unit_id in (select private.my_units('groups'))
    or (select region.id from public.units region where region.parent_id is null) in (select private.my_units('groups'))));

-- Reports are exact, and two of them a few days apart tell of one person: figures of these groups are for whoever sees who is in them.
create function private.tells_of_need(figure_code text) returns boolean
language sql stable set search_path = ''
return exists (select from public.population_groups named where named.is_sensitive and figure_code = 'reached:' || named.id);
alter policy "Handed-in figures are read by the unit's own chain" on public.report_figures
  using (unit_id in (select private.my_units('names')) and (code not in (select 'reached:' || named.id from public.population_groups named where named.is_sensitive)
    or unit_id in (select private.my_units('groups'))));

create or replace function public.report_comparison(of_period_id integer, of_unit_id integer, of_version integer)
returns table (code text, place integer, value numeric, denominator numeric, denominator_source text, denominator_as_of date,
  denominator_version bigint, missing_count integer, missing_names text[], live_value numeric, live_denominator numeric)
language sql stable security definer set search_path = ''
begin atomic
  with handed_in as materialized (
    select figure.* from public.report_figures figure
    where figure.period_id = of_period_id and figure.unit_id = of_unit_id and figure.version = of_version
  ), is_whole as materialized (
    select exists (select from handed_in where handed_in.code = 'volunteers_served') as known
  )
  select figure.code, figure.position::integer, figure.value, figure.denominator, figure.denominator_source,
    figure.denominator_as_of, figure.denominator_version, figure.missing_count, figure.missing_names, live.value,
    case when is_whole.known or figure.code !~ '^(area|category):' then live.denominator else figure.denominator end
  from public.reporting_periods period
  cross join is_whole
  join handed_in figure on figure.period_id = period.id
  left join private.figures_of(of_unit_id, period.year, extract(month from period.ends_on)::integer) live on live.code = figure.code
  where period.id = of_period_id and of_unit_id in (select private.my_units('names'))
    and (not private.tells_of_need(figure.code) or private.sees_unit(of_unit_id, 'groups'))
  order by figure.position;
end;

create or replace function public.report_preview(of_period_id integer, of_unit_id integer)
returns table (code text, place integer, value numeric, denominator numeric, denominator_source text, denominator_as_of date,
  denominator_version bigint, missing_count integer, missing_names text[])
language sql stable security definer set search_path = ''
begin atomic
  select figure.code, figure.place::integer, figure.value, figure.denominator, figure.denominator_source, figure.denominator_as_of,
    figure.denominator_version, figure.missing_count, figure.missing_names
  from public.reporting_periods period
  cross join lateral private.figures_of(of_unit_id, period.year, extract(month from period.ends_on)::integer) figure
  where period.id = of_period_id and of_unit_id in (select private.my_units('names'))
    and (not private.tells_of_need(figure.code) or private.sees_unit(of_unit_id, 'groups'))
  order by figure.place;
end;
