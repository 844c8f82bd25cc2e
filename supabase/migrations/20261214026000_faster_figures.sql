-- Two figures that a whole city made wait. What is hidden at a unit was reckoned out five times: once by group, and again for areas, ages, channels and months,
-- each with all groups by age. And a page of the people behind a figure walked along everybody in the region until it came to those of a village.

create type private.hidden_figure as (unit_id integer, group_id text);

-- Units of which a whole breakdown is hidden, of all four at once: as before, with the units where a group that ages add up to is hidden given by the caller.
create function private.hidden_in_breakdowns(around integer, counted_year integer, view_code text, of_ages integer[]) returns table (breakdown text, unit_id integer)
language sql stable set search_path = ''
begin atomic
  with asked as (
    select view.id from public.metric_views view where view.code = view_code
  ), tree as materialized (
    select * from private.tree_around(around, counted_year, 0::smallint)
  ), cells as materialized (
    select cell.unit_id, slice.kind, slice.id as slice_id, cell.persons, cell.person_times
    from tree join public.metric_slices slice on slice.kind <> 'group' or slice.code = 'resident'
    join public.coverage_cells cell on cell.year = counted_year and cell.axis = 0 and cell.view_id = (select asked.id from asked) and cell.slice_id = slice.id and cell.unit_id = tree.unit_id
  ), small as (
    select distinct cells.kind, cells.unit_id
    from cells left join public.coverage_cells everybody on view_code = 'organised' and everybody.year = counted_year and everybody.axis = 0 and everybody.view_id = 1
      and everybody.slice_id = cells.slice_id and everybody.unit_id = cells.unit_id
    where cells.kind <> 'group' and (cells.persons between 1 and 4 or cells.person_times between 1 and 4
      or view_code = 'organised' and coalesce(everybody.persons, 0) - cells.persons between 1 and 4)
  )
  select kind.code, private.hide_small(array_agg(row(tree.unit_id, tree.parent_id, coalesce(whole.persons, 0), small.unit_id is not null or tree.unit_id = any (of_ages))::private.small_number_unit))
  from unnest(array['area', 'age_sex', 'channel', 'month']) as kind (code)
  cross join tree
  left join cells whole on whole.unit_id = tree.unit_id and whole.kind = 'group'
  left join small on small.kind = kind.code and small.unit_id = tree.unit_id
  group by kind.code;
end;

drop function private.hidden_in_breakdown(integer, integer, text, text);

-- As before.
create or replace function private.exact_coverage_people(in_unit_id integer, counted_year integer, counted_group text,
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
  homes integer[] := array(select path.unit_id from public.unit_paths path where path.years @> counted_year and path.ancestors @> array[in_unit_id]);
  is_plain boolean := view_code = 'all' and slice_code is null;
  few_homes integer := case when view_code = 'all' and slice_code is null then 2000 else 100 end;
  most integer := least(greatest(page_size, 1), 200);
  wanted bigint[];
begin
  if not private.sees_unit(in_unit_id, 'figures') or asked_view.id is null or group_bit is null or (slice_code is not null and trait_bit is null) then
    return;
  end if;
  -- By the index each home gives its people in their order, so few homes are looked through one by one, however far back their people stand among all; of a
  -- large part of the region walking along everybody fills the page sooner.
  if cardinality(homes) <= few_homes then
    wanted := array(
      select one.person_id
      from unnest(homes) as home (id)
      cross join lateral (
        select stored.person_id from private.person_years stored
        where stored.year = counted_year and stored.unit_id = home.id and stored.person_id > after_person_id and stored.group_bits & group_bit <> 0
          and (is_plain or exists (
          select from unnest(stored.fact_ids) as part (fact_id) join public.participations fact on fact.id = part.fact_id
          join public.participations first on first.id = stored.fact_ids[1]
          where counted_group = any (fact.groups)
            and (asked_view.id = 1 or asked_view.id = 2 and fact.organised or fact.category_id = asked_view.category_id)
            and (trait_bit is null or (private.channel_trait(fact.channel) | private.person_traits(first.year - first.birth_year, first.sex, first.area)
              | private.month_trait(first.started_at)) & trait_bit <> 0)))
        order by stored.person_id limit most
      ) one
      order by one.person_id limit most);
  else
    wanted := array(
      select stored.person_id from private.person_years stored
      where stored.year = counted_year and stored.person_id > after_person_id and stored.group_bits & group_bit <> 0 and stored.unit_id = any (homes)
        and (is_plain or exists (
          select from unnest(stored.fact_ids) as part (fact_id) join public.participations fact on fact.id = part.fact_id
          join public.participations first on first.id = stored.fact_ids[1]
          where counted_group = any (fact.groups)
            and (asked_view.id = 1 or asked_view.id = 2 and fact.organised or fact.category_id = asked_view.category_id)
            and (trait_bit is null or (private.channel_trait(fact.channel) | private.person_traits(first.year - first.birth_year, first.sex, first.area)
              | private.month_trait(first.started_at)) & trait_bit <> 0)))
      order by stored.person_id limit most);
  end if;
  return query
  select page.person_id, case when seen.named then person.name end, person.sex,
    case when seen.named then person.birth_year end, person.birth_year / 10 * 10, home.name, part.person_times, part.hours
  from private.person_years page
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
  where page.year = counted_year and page.person_id = any (wanted)
  order by page.person_id;
end $$;
