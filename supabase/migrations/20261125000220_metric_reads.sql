-- Reading figures. These functions run with the rights of the owner and ask themselves whether the post sees figures of the
-- unit: the policy of the cells would list every unit of a city for each figure. PL/pgSQL, because it keeps its plans.

create index unit_paths_parent_idx on public.unit_paths ((ancestors[cardinality(ancestors) - 1]));

-- Whether the asking account has a sight on a unit.
create function private.sees_unit(unit_id integer, sight text) returns boolean
language plpgsql stable security definer set search_path = '' as $$ -- definer: asked by functions that run as the owner and as the account
begin
  return exists (select from public.units unit where unit.id = sees_unit.unit_id
    and unit.path operator(extensions.<@) any (private.my_unit_paths(sees_unit.sight)));
end $$;

-- Denominators of units in a year, by group. A unit without a population of its own takes the sum of the units that stood below
-- it that year; where one of these is missing the whole figure is missing (null), never zero, and the units to ask are counted
-- and the first of them named.
create function private.populations_of(unit_ids integer[], counted_year integer, group_ids text[])
returns table (unit_id integer, group_id text, population bigint, source text, missing_count integer, missing_names text[])
language sql stable set search_path = ''
begin atomic
  with recursive walked as (
    select asked as root_id, one as group_id, asked as id, own.count, own.source
    from unnest(unit_ids) as asked cross join unnest(group_ids) as one
    left join public.populations own on own.unit_id = asked and own.year = counted_year and own.group_id = one and own.area = 'all'
    union all
    select walked.root_id, walked.group_id, child.id, own.count, own.source
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
    coalesce((array_agg(unit.name order by unit.path) filter (where weighed.is_missing))[:3], '{}')
  from weighed join public.units unit on unit.id = weighed.id
  group by weighed.root_id, weighed.group_id;
end;

-- Figures of every unit that stood right below a unit in a year, and of the unit itself, with their denominators. A closed unit
-- is shown while it has people to explain.
create function public.coverage_by_unit(parent_unit_id integer, counted_year integer, counted_group text)
returns table (unit_id integer, code text, name text, level text, is_parent boolean, has_children boolean,
  persons integer, person_times integer, hours numeric, population bigint, population_source text,
  missing_count integer, missing_names text[])
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
    denominator.population, denominator.source, denominator.missing_count, denominator.missing_names
  from shown
  join private.populations_of(array(select id from shown), counted_year, array[counted_group]) denominator on denominator.unit_id = shown.id
  order by shown.is_parent desc, shown.path;
end $$;

-- All figures of one unit in a year, in one view ('all', 'organised', 'category:<id>') and on one axis ('residence', 'organiser'):
-- every slice, also those with nobody. Denominators for groups by residence; null is no data.
create function public.coverage_of_unit(in_unit_id integer, counted_year integer, axis_name text default 'residence',
  view_code text default 'all')
returns table (kind text, code text, persons integer, person_times integer, minutes numeric, population bigint)
language plpgsql stable security definer set search_path = '' as $$
#variable_conflict use_column
declare
  asked_axis smallint := case axis_name when 'residence' then 0 when 'organiser' then 1 end;
  asked_view smallint := (select id from public.metric_views where code = view_code);
begin
  if not private.sees_unit(in_unit_id, 'figures') then return; end if;
  return query
  select slice.kind, slice.code, coalesce(cell.persons, 0), coalesce(cell.person_times, 0), round(coalesce(cell.seconds, 0) / 60.0, 1),
    denominator.population
  from public.metric_slices slice
  left join public.coverage_cells cell on cell.year = counted_year and cell.axis = asked_axis and cell.view_id = asked_view
    and cell.slice_id = slice.id and cell.unit_id = in_unit_id
  left join private.populations_of(array[in_unit_id], counted_year, array(select id from public.population_groups)) denominator
    on asked_axis = 0 and denominator.group_id = slice.group_id
  where slice.kind = 'group' or (asked_axis = 0 and (asked_view = 1 or (asked_view = 2 and slice.kind = 'area')))
  order by slice.id;
end $$;

-- A unit's figures by category, for one group, by residence. Persons of several categories are in each: never add them up.
create function public.coverage_by_category(in_unit_id integer, counted_year integer, counted_group text)
returns table (category_id text, persons integer, person_times integer, minutes numeric, population bigint)
language plpgsql stable security definer set search_path = '' as $$
#variable_conflict use_column
declare
  slice smallint := (select id from public.metric_slices where kind = 'group' and code = counted_group);
begin
  if not private.sees_unit(in_unit_id, 'figures') then return; end if;
  return query
  select category.id, coalesce(cell.persons, 0), coalesce(cell.person_times, 0), round(coalesce(cell.seconds, 0) / 60.0, 1), denominator.population
  from public.categories category
  join public.metric_views view on view.category_id = category.id
  left join public.coverage_cells cell on cell.year = counted_year and cell.axis = 0 and cell.view_id = view.id
    and cell.slice_id = slice and cell.unit_id = in_unit_id
  left join private.populations_of(array[in_unit_id], counted_year, array[counted_group]) denominator on true
  order by category.position;
end $$;

-- Every village that stood below a unit in a year, for one view and group, with its denominator.
create function public.coverage_heat(in_unit_id integer, counted_year integer, view_code text, counted_group text)
returns table (unit_id integer, code text, name text, township_name text, persons integer, population bigint)
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
  select village.id, village.code, village.name, above.name, coalesce(cell.persons, 0),
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

-- The years in which a unit has figures, the latest first.
create function public.coverage_years(in_unit_id integer) returns setof smallint
language plpgsql stable security definer set search_path = '' as $$
begin
  if not private.sees_unit(in_unit_id, 'figures') then return; end if;
  return query
  select counted_year from private.counted_years() as counted_year
  where exists (
    select from public.coverage_cells cell join public.metric_slices slice on slice.id = cell.slice_id and slice.code = 'resident'
    where cell.year = counted_year and cell.axis = 0 and cell.view_id = 1 and cell.unit_id = in_unit_id and cell.persons > 0)
  order by counted_year desc;
end $$;

-- The years in which a person counts, for whoever sees the person.
create function public.counted_years_of_person(of_person_id bigint) returns setof smallint
language plpgsql stable security definer set search_path = '' as $$ -- definer: what was applied is nobody's to read
begin
  return query
  select stored.year
  from private.counted_years() as counted_year
  join private.person_years stored on stored.year = counted_year and stored.person_id = of_person_id
  join public.persons person on person.id = of_person_id
  where person.id = private.my_person_id() or private.sees_unit(person.residence_unit_id, 'names')
  order by stored.year desc;
end $$;

-- The people behind one figure, a page at a time, with their part of it. `slice_code` narrows further, as 'area:rural',
-- 'age_sex:60-69:female', 'channel:web' or 'month:05'. Whoever sees the figure sees sex and decade of birth; name and year of
-- birth only where a post grants names at the person's present home.
create function public.coverage_people(in_unit_id integer, counted_year integer, counted_group text,
  page_size integer default 50, after_person_id bigint default 0, view_code text default 'all', slice_code text default null)
returns table (person_id bigint, name text, sex text, birth_year smallint, birth_decade integer, home text,
  person_times integer, hours numeric)
language plpgsql stable security definer set search_path = '' set plan_cache_mode = force_custom_plan as $$
#variable_conflict use_column
declare
  asked_view public.metric_views := (select view from public.metric_views view where view.code = view_code);
  group_bit bigint := (select slice.group_bit from public.metric_slices slice where slice.kind = 'group' and slice.code = counted_group);
  trait_bit bigint := (select slice.trait_bit from public.metric_slices slice where slice.kind || ':' || slice.code = slice_code and slice.kind <> 'group');
  paths extensions.ltree[] := private.my_unit_paths('names');
begin
  if not private.sees_unit(in_unit_id, 'figures') or asked_view.id is null or group_bit is null or (slice_code is not null and trait_bit is null) then
    return;
  end if;
  return query
  with page as (
    select stored.person_id, stored.unit_id, stored.fact_ids
    from private.person_years stored
    join public.unit_paths path on path.unit_id = stored.unit_id and path.years @> counted_year
    where stored.year = counted_year and stored.person_id > after_person_id and stored.group_bits & group_bit <> 0
      and path.ancestors @> array[in_unit_id]
      and (asked_view.id = 1 and trait_bit is null or exists (
        select from unnest(stored.fact_ids) as fact_id join public.participations fact on fact.id = fact_id
        where counted_group = any (fact.groups)
          and (asked_view.id = 1 or asked_view.id = 2 and fact.organised or fact.category_id = asked_view.category_id)))
      and (trait_bit is null or exists (
        select from unnest(stored.fact_ids) with ordinality as part (fact_id, place) join public.participations fact on fact.id = part.fact_id
        where (private.channel_trait(fact.channel) | case place when 1 then
          private.person_traits(fact.year - fact.birth_year, fact.sex, fact.area) | private.month_trait(fact.started_at) else 0 end) & trait_bit <> 0))
    order by stored.person_id
    limit least(greatest(page_size, 1), 200)
  )
  select page.person_id, case when seen.named then person.name end, person.sex,
    case when seen.named then person.birth_year end, person.birth_year / 10 * 10, home.name, part.person_times, part.hours
  from page
  join public.units home on home.id = page.unit_id
  join public.persons person on person.id = page.person_id
  join public.units residence on residence.id = person.residence_unit_id
  cross join lateral (select residence.path operator(extensions.<@) any (paths) as named) seen
  cross join lateral (
    select count(*)::integer as person_times, sum(fact.hours) as hours
    from unnest(page.fact_ids) as fact_id join public.participations fact on fact.id = fact_id
    where counted_group = any (fact.groups)
      and (asked_view.id = 1 or asked_view.id = 2 and fact.organised or fact.category_id = asked_view.category_id)
  ) part
  order by page.person_id;
end $$;

grant execute on function public.coverage_by_unit(integer, integer, text), public.coverage_of_unit(integer, integer, text, text),
  public.coverage_by_category(integer, integer, text), public.coverage_heat(integer, integer, text, text), public.coverage_years(integer),
  public.counted_years_of_person(bigint), public.coverage_people(integer, integer, text, integer, bigint, text, text) to authenticated;
