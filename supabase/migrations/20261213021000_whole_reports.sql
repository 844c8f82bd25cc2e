-- A report hands in its areas and categories with denominators, and beside all learning what units organised, whom the unit's own
-- work taught, and how many volunteers served. What was handed in before stays as it is.

-- Residents of a unit reached by what units organised, and residents whom its own work taught, from January to the end of a
-- month: for parts of a year, from the applied facts; the year's are in the cells.
create function private.organised_until(in_unit_id integer, counted_year integer, last_month integer) returns table (reached integer, taught integer)
language plpgsql stable set search_path = '' set plan_cache_mode = force_custom_plan as $$
declare
  until_moment timestamptz := (make_date(counted_year, 1, 1) + make_interval(months => last_month))::timestamp at time zone 'Asia/Shanghai';
begin
  return query
  with place as materialized (
    select path.unit_id from public.unit_paths path where path.years @> counted_year and path.ancestors @> array[in_unit_id]
  )
  select (
    select count(distinct stored.person_id)::integer
    from private.person_years stored cross join unnest(stored.fact_ids) as fact_id join public.participations fact on fact.id = fact_id
    where stored.year = counted_year and stored.unit_id in (select place.unit_id from place)
      and fact.organised and 'resident' = any (fact.groups) and fact.started_at < until_moment
  ), (
    select count(distinct stored.person_id)::integer
    from place
    join public.participations fact on fact.host_unit_id = place.unit_id and fact.year = counted_year
      and 'resident' = any (fact.groups) and fact.started_at < until_moment
    join public.persons person on person.id = fact.person_id
    join private.person_years stored on stored.year = counted_year and stored.person_id = coalesce(person.counts_as, person.id) and fact.id = any (stored.fact_ids)
  );
end $$;

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
  ), groups as materialized (
    select population_group.id, population_group.position,
      case when breadth.is_year then rated.persons when breadth.is_full then coalesce(part.persons, 0) else months.persons end as persons,
      rated.population, rated.population_source, origin.as_of, origin.version_id, rated.missing_count, rated.missing_names
    from public.coverage_by_group(in_unit_id, counted_year) rated
    join public.population_groups population_group on population_group.id = rated.group_id
    cross join breadth
    cross join months
    left join part on part.kind = 'group' and part.code = population_group.id
    left join private.population_origin(in_unit_id, counted_year, population_group.id) origin on rated.population is not null
    where population_group.id = 'resident' or breadth.is_full
  ), residents as (
    select groups.population, groups.population_source, groups.as_of, groups.version_id, groups.missing_count, groups.missing_names from groups where groups.id = 'resident'
  ), areas as (
    -- With its source where the area has a number of its own; of the parts of a sum only how many are missing is known.
    select living.area, living.population, own.source, own.as_of, own.version_id, living.missing_count
    from public.coverage_areas(in_unit_id, counted_year) living
    left join public.populations own on own.unit_id = in_unit_id and own.year = counted_year and own.group_id = 'resident' and own.area = living.area
  ), organised as (
    select case when breadth.is_year then coalesce((
        select rated.persons from public.coverage_by_group(in_unit_id, counted_year, 'organised') rated where rated.group_id = 'resident'), 0) else counted.reached end as reached,
      case when breadth.is_year then coalesce((
        select cell.persons from public.coverage_of_unit(in_unit_id, counted_year, 'organiser') cell where cell.kind = 'group' and cell.code = 'resident'), 0) else counted.taught end as taught
    from breadth left join lateral private.organised_until(in_unit_id, counted_year, last_month) counted on not breadth.is_year and breadth.is_full
    where breadth.is_full
  ), volunteers as (
    select share.served, share.residents, share.source, share.missing_count, share.missing_names
    from public.volunteer_share(in_unit_id, make_date(counted_year, 1, 1), (make_date(counted_year, last_month, 1) + interval '1 month' - interval '1 day')::date) share
    where share.is_parent
  ), figures as (
    select 0 as part, groups.position::integer as position, 'reached:' || groups.id as code,
      groups.persons::numeric as value,
      groups.population::numeric as denominator, groups.population_source as source, groups.as_of, groups.version_id,
      groups.missing_count, groups.missing_names
    from groups
    union all
    select 1, 1, 'person_times', months.person_times, null, null, null, null::bigint, 0, '{}' from months
    union all
    select 1, 2, 'hours', round(months.minutes / 60.0, 2), null, null, null, null::bigint, 0, '{}' from months
    union all
    select 1, 3, 'hours_per_person', round(months.minutes / 60.0, 2), nullif(months.persons, 0), null, null, null, 0, '{}' from months
    union all
    select 1, 4, 'head_counts', heads.person_times, null, null, null, null::bigint, 0, '{}' from heads
    union all
    select 1, 5, 'reached_organised', organised.reached, residents.population, residents.population_source, residents.as_of, residents.version_id,
      residents.missing_count, residents.missing_names
    from organised cross join residents
    union all
    select 1, 6, 'taught', organised.taught, null, null, null, null::bigint, 0, '{}' from organised
    union all
    select 1, 7, 'volunteers_served', volunteers.served, volunteers.residents, volunteers.source, residents.as_of, residents.version_id,
      volunteers.missing_count, volunteers.missing_names
    from volunteers left join residents on volunteers.residents is not null
    union all
    select case cells.kind when 'area' then 2 else 3 end, 0, cells.kind || ':' || cells.code,
      case when breadth.is_year then cells.persons else coalesce(part.persons, 0) end, areas.population, areas.source, areas.as_of, areas.version_id,
      coalesce(areas.missing_count, 0), '{}'
    from cells cross join breadth left join part on part.kind = cells.kind and part.code = cells.code
    left join areas on cells.kind = 'area' and areas.area = cells.code
    where cells.kind in ('area', 'channel') and breadth.is_full
    union all
    select 4, category.position, 'category:' || category.id,
      case when breadth.is_year then counted.persons else coalesce(part.persons, 0) end, residents.population, residents.population_source, residents.as_of,
      residents.version_id, residents.missing_count, residents.missing_names
    from public.coverage_by_category(in_unit_id, counted_year, 'resident') counted
    join public.categories category on category.id = counted.category_id
    cross join breadth
    cross join residents
    left join part on part.kind = 'category' and part.code = category.id
    where breadth.is_full
  )
  select (row_number() over (order by figures.part, figures.position, figures.code))::smallint, figures.code, figures.value,
    figures.denominator, figures.source, figures.as_of, figures.version_id, figures.missing_count, figures.missing_names
  from figures;
end;

-- A snapshot from before, which knew no denominators of areas and categories, is not told that they changed since.
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
  order by figure.position;
end;
