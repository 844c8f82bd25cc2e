-- Rows behind the organiser's figures, files of such rows, and figures of half-years and quarters by group and kind.

-- The people whom the work of a unit taught, wherever they live, a page at a time, with their part of it. As on the residence
-- axis: for whoever sees names at the unit, and the name only of who lives where the asking post sees names.
create function public.organised_people(in_unit_id integer, counted_year integer, counted_group text,
  page_size integer default 50, after_person_id bigint default 0, view_code text default 'all')
returns table (person_id bigint, name text, sex text, birth_year smallint, birth_decade integer, home text, person_times integer, hours numeric)
language plpgsql stable security definer set search_path = '' set plan_cache_mode = force_custom_plan as $$
#variable_conflict use_column
declare
  asked_view public.metric_views := (select view from public.metric_views view where view.code = view_code);
  group_slice public.metric_slices := (select slice from public.metric_slices slice where slice.kind = 'group' and slice.code = counted_group);
  hosts integer[] := array(select path.unit_id from public.unit_paths path where path.years @> counted_year and path.ancestors @> array[in_unit_id]);
  paths extensions.ltree[] := private.my_unit_paths('names');
  most integer := least(greatest(page_size, 1), 200);
  wanted bigint[];
begin
  if not private.sees_unit(in_unit_id, 'names') or asked_view.id is null or group_slice.id is null then return; end if;
  -- A unit that taught few is found by its facts; one that taught much of the region, by walking along the people until the page is full.
  if coalesce((select cell.person_times from public.coverage_cells cell where cell.year = counted_year and cell.axis = 1
      and cell.view_id = asked_view.id and cell.slice_id = group_slice.id and cell.unit_id = in_unit_id), 0) <= 20000 then
    wanted := array(
      select distinct counted.person_id
      from public.participations fact
      join public.persons person on person.id = fact.person_id
      join private.person_years counted on counted.year = counted_year and counted.person_id = coalesce(person.counts_as, person.id)
        and fact.id = any (counted.fact_ids)
      where fact.host_unit_id = any (hosts) and fact.year = counted_year and counted_group = any (fact.groups)
        and (asked_view.id = 1 or asked_view.id = 2 and fact.organised or fact.category_id = asked_view.category_id)
        and counted.person_id > after_person_id
      order by counted.person_id limit most);
  else
    wanted := array(
      select counted.person_id from private.person_years counted
      where counted.year = counted_year and counted.person_id > after_person_id and counted.group_bits & group_slice.group_bit <> 0
        and exists (
          select from unnest(counted.fact_ids) as fact_id join public.participations fact on fact.id = fact_id
          where fact.host_unit_id = any (hosts) and counted_group = any (fact.groups)
            and (asked_view.id = 1 or asked_view.id = 2 and fact.organised or fact.category_id = asked_view.category_id))
      order by counted.person_id limit most);
  end if;
  return query
  select counted.person_id, case when seen.named then person.name end, person.sex,
    case when seen.named then person.birth_year end, person.birth_year / 10 * 10, home.name, part.person_times, part.hours
  from private.person_years counted
  join public.units home on home.id = counted.unit_id
  join public.persons person on person.id = counted.person_id
  join public.units residence on residence.id = person.residence_unit_id
  cross join lateral (select residence.path operator(extensions.<@) any (paths) as named) seen
  cross join lateral (
    select count(*)::integer as person_times, sum(fact.hours) as hours
    from unnest(counted.fact_ids) as fact_id join public.participations fact on fact.id = fact_id
    where fact.host_unit_id = any (hosts) and counted_group = any (fact.groups)
      and (asked_view.id = 1 or asked_view.id = 2 and fact.organised or fact.category_id = asked_view.category_id)
  ) part
  where counted.year = counted_year and counted.person_id = any (wanted)
  order by counted.person_id;
end $$;

-- Takes note that the rows behind a figure leave as a file: which figure, never who.
create function public.note_figure_file(in_unit_id integer, figure jsonb) returns void
language plpgsql volatile security definer set search_path = '' as $$
begin
  perform private.require_sight(in_unit_id, 'names');
  perform private.audit('figure_people_exported', 'unit', (select unit.code from public.units unit where unit.id = in_unit_id), in_unit_id, note_figure_file.figure);
end $$;

grant execute on function public.organised_people(integer, integer, text, integer, bigint, text), public.note_figure_file(integer, jsonb) to authenticated;

-- ── parts of a year ─────────────────────────────────────────────────────────────────────────────────────────────────

-- Whether the figures of a part of the year are counted by group and kind: from the facts themselves, which for more than so
-- many would hold up whoever waits for the page. Only what happened in the part decides: the year goes on, and a report must
-- not lose half of its figures when it is opened again in autumn. The whole year is in the cells, whatever the size.
create function private.part_is_counted(in_unit_id integer, counted_year integer, last_month integer) returns boolean
language plpgsql stable set search_path = '' as $$
begin
  return coalesce((
    select sum(cell.person_times) from public.coverage_cells cell
    join public.metric_slices slice on slice.id = cell.slice_id and slice.kind = 'month' and slice.code::integer <= last_month
    where cell.year = counted_year and cell.axis = 0 and cell.view_id = 1 and cell.unit_id = in_unit_id), 0) <= 300000;
end $$;

-- Persons of a unit by group, area, channel and category from January to the end of a month: by the rules of the year's cells,
-- and in December the same numbers.
create function private.persons_until(in_unit_id integer, counted_year integer, last_month integer) returns table (kind text, code text, persons integer)
language plpgsql stable set search_path = '' set plan_cache_mode = force_custom_plan as $$
begin
  if not private.part_is_counted(in_unit_id, counted_year, last_month) then return; end if;
  return query
  with fact as materialized (
    select stored.person_id, part.place, counted.groups, counted.category_id, counted.channel, counted.area
    from public.unit_paths path
    join private.person_years stored on stored.year = counted_year and stored.unit_id = path.unit_id
    cross join lateral unnest(stored.fact_ids) with ordinality as part (fact_id, place)
    join public.participations counted on counted.id = part.fact_id
    where path.years @> counted_year and path.ancestors @> array[in_unit_id]
      and counted.started_at < (make_date(counted_year, 1, 1) + make_interval(months => last_month))::timestamp at time zone 'Asia/Shanghai'
  )
  select 'group', membership.group_id, count(distinct fact.person_id)::integer
  from fact cross join lateral unnest(fact.groups) as membership (group_id) group by membership.group_id
  union all
  -- Where somebody lives is said by the year's first event.
  select 'area', fact.area, count(*)::integer from fact where fact.place = 1 group by fact.area
  union all
  select 'channel', fact.channel, count(distinct fact.person_id)::integer from fact group by fact.channel
  union all
  select 'category', fact.category_id, count(distinct fact.person_id)::integer
  from fact where fact.category_id is not null and 'resident' = any (fact.groups) group by fact.category_id;
end $$;

-- The figures of a unit for a year up to the end of a month, in the order in which they are shown: every group, area, channel
-- and category. Those of a whole year are in the cells; of a part of it they are counted, unless the unit is too large for that.
-- One function for the snapshot and for the live side of the drift, so both mean the same.
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
