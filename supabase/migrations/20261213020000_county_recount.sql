-- Every night one county is recounted too, cell by cell on both axes, with every unit below it. What is compared comes out of
-- one statement, hence one moment: cells and person_years change in one transaction, and the facts never do. So nothing is
-- locked, and what is recorded meanwhile is folded in as ever. Whether the applied facts are those that count is what the
-- thirtieth of the people tells; here it is whether the cells say what was applied.

alter table private.figure_checks
  add column county_id integer references public.units on delete set null,
  add column cells_checked integer not null default 0;
create index figure_checks_county_id_idx on private.figure_checks (county_id);
comment on column private.figure_checks.county_id is 'The county whose cells were recounted that night; the region where there is none.';

-- The cells of a unit and of all below it that a recount contradicts, and one row with how many there are. It shares the
-- definition of groups and traits with the folding and nothing of its arithmetic: there persons are differences.
create function private.cells_that_differ(in_unit_id integer, counted_year smallint)
returns table (axis smallint, view text, slice text, unit_id integer, stored text, counted text, checked bigint)
language plpgsql stable set search_path = '' set plan_cache_mode = force_custom_plan set jit = off set work_mem = '128MB' as $$
#variable_conflict use_column
begin
  return query
  with place as materialized (
    select path.unit_id, path.ancestors[array_position(path.ancestors, in_unit_id):] as within
    from public.unit_paths path where path.ancestors @> array[in_unit_id] and path.years @> counted_year::integer
  ), home_part as materialized (
    select stored.person_id, stored.unit_id, part.fact_id, part.number
    from private.person_years stored cross join unnest(stored.fact_ids) with ordinality as part (fact_id, number)
    where stored.year = counted_year and stored.unit_id in (select place.unit_id from place)
  ), host_part as materialized (
    -- Facts that were held here and are applied to somebody: to their own person, to whom it counts as, or, for the moment in
    -- which a merge or its undoing waits to be folded in, to whoever has a mark.
    select stored.person_id, fact.id as fact_id
    from place
    join public.participations fact on fact.host_unit_id = place.unit_id and fact.year = counted_year
    join public.persons person on person.id = fact.person_id
    join private.person_years stored on stored.year = counted_year and stored.person_id in (person.id, person.counts_as)
      and fact.id = any (stored.fact_ids)
    union
    select stored.person_id, part.fact_id
    from (select distinct person_id from private.coverage_marks) mark
    join private.person_years stored on stored.year = counted_year and stored.person_id = mark.person_id
    cross join unnest(stored.fact_ids) as part (fact_id)
    join public.participations fact on fact.id = part.fact_id and fact.host_unit_id in (select place.unit_id from place)
  ), known_groups as materialized (
    select one.groups, private.group_bits(one.groups) as bits from (
      select distinct fact.groups from public.participations fact
      where fact.id in (select fact_id from home_part union all select fact_id from host_part)) one
  ), home_fact as materialized (
    select home_part.person_id, home_part.unit_id, fact.organised, category.id as category_view, known_groups.bits, (fact.hours * 3600)::bigint as seconds,
      private.channel_trait(fact.channel) as channel, private.month_trait(fact.started_at) as month,
      first_value(private.month_trait(fact.started_at)) over first as first_month,
      first_value(private.person_traits(fact.year - fact.birth_year, fact.sex, fact.area)) over first as traits
    from home_part
    join public.participations fact on fact.id = home_part.fact_id
    join known_groups on known_groups.groups = fact.groups
    left join public.metric_views category on category.category_id = fact.category_id
    window first as (partition by home_part.person_id order by home_part.number)
  ), home_view as materialized (
    select home_fact.*, view_id from home_fact
    cross join unnest(array[1, case when organised then 2 end, category_view]) as view_id where view_id is not null
  ), host_view as materialized (
    select host_part.person_id, fact.host_unit_id as unit_id, view_id, known_groups.bits, (fact.hours * 3600)::bigint as seconds
    from host_part
    join public.participations fact on fact.id = host_part.fact_id
    join known_groups on known_groups.groups = fact.groups
    left join public.metric_views category on category.category_id = fact.category_id
    cross join unnest(array[1, case when fact.organised then 2 end, category.id]) as view_id where view_id is not null
  ), at_units as (
    select 0 as axis, view_id, unit_id, bits, traits, count(*) as persons, 0 as person_times, 0 as seconds
    from (
      select person_id, view_id, unit_id, bit_or(bits) as bits, private.traits_in_view(view_id, bit_or(channel | traits | first_month)) as traits
      from home_view group by person_id, view_id, unit_id
    ) reached group by view_id, unit_id, bits, traits
    union all
    select 0, view_id, unit_id, bits, private.traits_in_view(view_id, channel | traits | month), 0, count(*), sum(seconds)
    from home_view group by view_id, unit_id, bits, private.traits_in_view(view_id, channel | traits | month)
    union all
    select 1, view_id, unit_id, bits, 0, 0, count(*), sum(seconds) from host_view group by view_id, unit_id, bits
  ), carried as (
    select axis, view_id, above as unit_id, bits, traits, persons, person_times, seconds
    from at_units join place on place.unit_id = at_units.unit_id cross join unnest(place.within) as above
    union all
    -- Persons of organisers do not add up: each unit counts its own.
    select 1, view_id, unit_id, bits, 0, count(*), 0, 0
    from (
      select host_view.person_id, host_view.view_id, above as unit_id, bit_or(host_view.bits) as bits
      from host_view join place on place.unit_id = host_view.unit_id cross join unnest(place.within) as above
      group by host_view.person_id, host_view.view_id, above
    ) taught group by view_id, unit_id, bits
  ), truth as materialized (
    select axis, view_id, slice.id as slice_id, unit_id, sum(persons) as persons, sum(person_times) as person_times, sum(seconds) as seconds
    from (select axis, view_id, unit_id, bits, traits, sum(persons) as persons, sum(person_times) as person_times, sum(seconds) as seconds
      from carried group by axis, view_id, unit_id, bits, traits) one
    join public.metric_slices slice on (one.bits & slice.group_bit) | (one.traits & slice.trait_bit) <> 0
    group by axis, view_id, slice.id, unit_id
  ), told as materialized (
    select cell.* from public.coverage_cells cell where cell.year = counted_year and cell.axis in (0, 1) and cell.unit_id in (select place.unit_id from place)
  )
  select coalesce(told.axis, truth.axis)::smallint, view.code, slice.kind || ':' || slice.code, coalesce(told.unit_id, truth.unit_id),
    concat_ws('/', coalesce(told.persons, 0), coalesce(told.person_times, 0), coalesce(told.seconds, 0)),
    concat_ws('/', coalesce(truth.persons, 0), coalesce(truth.person_times, 0), coalesce(truth.seconds, 0)), null::bigint
  from told full join truth on truth.axis = told.axis and truth.view_id = told.view_id and truth.slice_id = told.slice_id and truth.unit_id = told.unit_id
  left join public.metric_views view on view.id = coalesce(told.view_id, truth.view_id)
  left join public.metric_slices slice on slice.id = coalesce(told.slice_id, truth.slice_id)
  where (coalesce(told.persons, 0), coalesce(told.person_times, 0), coalesce(told.seconds, 0))
    is distinct from (coalesce(truth.persons, 0), coalesce(truth.person_times, 0), coalesce(truth.seconds, 0))
  union all
  select null, null, null, null, null, null, count(*) from told;
end $$;

-- The check of a night: a thirtieth of the people, the sums at the region, and one county of all years, by lot. Returns how
-- many differences it found and keeps them; the first hundred of each kind are enough to look for the cause.
drop function private.check_figures(date);
create function private.check_figures(day date default private.china_date(now()), in_county_id integer default null) returns integer
language plpgsql volatile security definer set search_path = '' as $$ -- definer: called by the server's jobs
declare
  county integer := coalesce(in_county_id,
    (select unit.id from public.units unit where unit.level = 'county' and unit.kind_id = 'administration' order by random() limit 1),
    (select unit.id from public.units unit where unit.parent_id is null));
  found_differences jsonb := '[]';
  checked integer := 0;
  cells integer := 0;
  checked_year smallint;
  difference record;
begin
  for difference in select * from private.persons_that_differ(day) limit 200 loop
    if difference.is_checked_only then
      checked := difference.person_id;
    else
      found_differences := found_differences || jsonb_build_object('what', 'person', 'year', difference.year, 'person', difference.person_id);
    end if;
  end loop;
  for difference in select * from private.sums_that_differ() limit 100 loop
    found_differences := found_differences || jsonb_build_object('what', 'sum', 'year', difference.year, 'view', difference.view, 'slice', difference.slice,
      'atRoot', difference.at_root, 'summed', difference.summed);
  end loop;
  for checked_year in select year from private.counted_years() as year loop
    for difference in select * from private.cells_that_differ(county, checked_year) one order by one.checked nulls last limit 101 loop
      if difference.checked is not null then
        cells := cells + difference.checked;
      else
        found_differences := found_differences || jsonb_build_object('what', 'cell', 'year', checked_year, 'axis', difference.axis, 'view', difference.view,
          'slice', difference.slice, 'unit', difference.unit_id, 'stored', difference.stored, 'counted', difference.counted);
      end if;
    end loop;
  end loop;
  insert into private.figure_checks (day, persons_checked, differences, county_id, cells_checked)
  values (check_figures.day, checked, found_differences, county, cells);
  if found_differences <> '[]' then
    perform private.audit('figures_differ', 'figures', check_figures.day::text, (select id from public.units where parent_id is null),
      jsonb_build_object('differences', jsonb_array_length(found_differences)));
  end if;
  return jsonb_array_length(found_differences);
end $$;
grant execute on function private.check_figures(date, integer) to job_server;

-- What the last check said, for whoever sees figures: how much was checked, how many differences of each kind, and where.
-- `is_overdue`: none for two nights, the second of which is over; a region in which nothing was recorded by then has none to
-- miss. Ids of persons are told to nobody. Definer: the checks are closed to accounts.
create function public.figure_check_standing()
returns table (day date, persons_checked integer, county text, cells_checked integer, differing_persons integer, differing_sums integer,
  differing_cells integer, units text[], is_overdue boolean, is_mine boolean)
language plpgsql stable security definer set search_path = '' as $$
#variable_conflict use_column
declare
  mine extensions.ltree[] := private.my_unit_paths('figures');
begin
  if cardinality(mine) = 0 then perform private.refuse(403, 'unit_not_yours'); end if;
  return query
  select last.day, last.persons_checked, county.name, last.cells_checked, kinds.persons, kinds.sums, kinds.cells, kinds.units,
    coalesce(last.checked_at < now() - interval '50 hours',
      exists (select from public.participations fact where fact.entered_at < now() - interval '50 hours')),
    region.path operator(extensions.=) any (mine)
  from public.units region
  left join lateral (select one.* from private.figure_checks one order by one.id desc limit 1) last on true
  left join public.units county on county.id = last.county_id
  cross join lateral (
    select (count(*) filter (where found ->> 'what' = 'person'))::integer as persons, (count(*) filter (where found ->> 'what' = 'sum'))::integer as sums,
      (count(*) filter (where found ->> 'what' = 'cell'))::integer as cells,
      array(select unit.name from public.units unit where unit.id in (
        select (cell ->> 'unit')::integer from jsonb_array_elements(last.differences) as cell where cell ->> 'what' = 'cell') order by unit.path desc limit 5) as units
    from jsonb_array_elements(coalesce(last.differences, '[]')) as found
  ) kinds
  where region.parent_id is null;
end $$;
grant execute on function public.figure_check_standing() to authenticated;
