-- Folding in a thousand facts took as long as ten thousand: what was applied was looked for in lists, row by row, where the planner
-- expected few. It now comes along from the index, and who has nothing left is told by the facts themselves.

-- Brings cells and person_years of some persons and years in line with the facts. The cells are locked by the caller.
create or replace function private.count_people(person_ids bigint[], years smallint[]) returns void
language plpgsql volatile set search_path = '' set plan_cache_mode = force_custom_plan set jit = off set work_mem = '64MB' as $$
begin
  with asked as materialized (
    select distinct pair.person_id, pair.year from unnest(person_ids, years) as pair (person_id, year)
  ), applied as materialized (
    select stored.person_id, stored.year, stored.fact_ids
    from asked join private.person_years stored on stored.year = asked.year and stored.person_id = asked.person_id
  ), live as materialized (
    -- The rows of a person are its own and those merged into it; a merged person has none of its own.
    select member.counts_for, stored.fact_ids as applied_ids, fact.*
    from (
      select asked.person_id as counts_for, asked.year, asked.person_id as row_id
      from asked join public.persons person on person.id = asked.person_id and person.counts_as is null
      union all
      select asked.person_id, asked.year, person.id from asked join public.persons person on person.counts_as = asked.person_id
    ) member
    left join private.person_years stored on stored.year = member.year and stored.person_id = member.counts_for
    join private.counted_participations fact on fact.person_id = member.row_id and fact.year = member.year
  ), gone as materialized (
    select applied.person_id, applied.year, fact_id from applied cross join unnest(applied.fact_ids) as fact_id
    except
    select live.counts_for, live.year, live.id from live
  ), fact as materialized (
    select live.counts_for as person_id, live.year, live.id, coalesce(live.id = any (live.applied_ids), false) as was, true as is_now,
      live.started_at, live.residence_unit_id, live.host_unit_id, live.groups, live.category_id, live.organised, live.hours,
      live.channel, live.area, live.birth_year, live.sex
    from live
    union all
    select gone.person_id, gone.year, past.id, true, false, past.started_at, past.residence_unit_id, past.host_unit_id, past.groups,
      past.category_id, past.organised, past.hours, past.channel, past.area, past.birth_year, past.sex
    from gone join public.participations past on past.id = gone.fact_id
  ), known_groups as materialized (
    select one.groups, private.group_bits(one.groups) as bits from (select distinct fact.groups from fact) one
  ), placed as materialized (
    -- Every fact beside home and traits of the year's first event, as applied and as it is now.
    select fact.person_id, fact.year, fact.id, fact.was, fact.is_now, fact.host_unit_id, fact.organised, category.id as category_view,
      known_groups.bits, (fact.hours * 3600)::bigint as seconds, fact.started_at,
      private.channel_trait(fact.channel) as channel, private.month_trait(fact.started_at) as month,
      first_value(fact.residence_unit_id) over earlier as old_home, first_value(fact.residence_unit_id) over later as new_home,
      first_value(private.person_traits(fact.year - fact.birth_year, fact.sex, fact.area)) over earlier as old_traits,
      first_value(private.person_traits(fact.year - fact.birth_year, fact.sex, fact.area)) over later as new_traits,
      first_value(private.month_trait(fact.started_at)) over earlier as old_month,
      first_value(private.month_trait(fact.started_at)) over later as new_month
    from fact
    join known_groups on known_groups.groups = fact.groups
    left join public.metric_views category on category.category_id = fact.category_id
    window earlier as (partition by fact.person_id, fact.year order by fact.was desc, fact.started_at, fact.id),
      later as (partition by fact.person_id, fact.year order by fact.is_now desc, fact.started_at, fact.id)
  ), viewed as materialized (
    select placed.*, view_id,
      private.traits_in_view(view_id, channel | old_traits | old_month) as old_reach,
      private.traits_in_view(view_id, channel | new_traits | new_month) as new_reach,
      old_home = new_home and old_traits = new_traits as stayed
    from placed cross join unnest(array[1, case when organised then 2 end, category_view]) as view_id
    where view_id is not null
  ), reach as (
    select year, view_id, old_home, new_home,
      coalesce(bit_or(bits) filter (where was), 0) as old_bits, coalesce(bit_or(bits) filter (where is_now), 0) as new_bits,
      coalesce(bit_or(old_reach) filter (where was), 0) as old_reach, coalesce(bit_or(new_reach) filter (where is_now), 0) as new_reach
    from viewed group by person_id, year, view_id, old_home, new_home
  ), at_home as (
    select year, view_id, unit_id, bits, traits, sum(persons) as persons, sum(person_times) as person_times, sum(seconds) as seconds
    from (
      select year, view_id, old_home as unit_id, old_bits & ~case when old_home = new_home then new_bits else 0 end as bits,
        old_reach & ~case when old_home = new_home then new_reach else 0 end as traits, -1 as persons, 0 as person_times, 0 as seconds
      from reach
      union all
      select year, view_id, new_home, new_bits & ~case when old_home = new_home then old_bits else 0 end,
        new_reach & ~case when old_home = new_home then old_reach else 0 end, 1, 0, 0
      from reach
      union all
      select year, view_id, old_home, bits, private.traits_in_view(view_id, channel | month | old_traits), 0, -1, -seconds
      from viewed where was and not (is_now and stayed)
      union all
      select year, view_id, new_home, bits, private.traits_in_view(view_id, channel | month | new_traits), 0, 1, seconds
      from viewed where is_now and not (was and stayed)
    ) steps
    where bits <> 0 or traits <> 0
    group by year, view_id, unit_id, bits, traits
  ), at_host as (
    select year, view_id, host_unit_id as unit_id, bits, sum(is_now::integer - was::integer) as person_times,
      sum(seconds * (is_now::integer - was::integer)) as seconds
    from viewed where was <> is_now and host_unit_id is not null
    group by year, view_id, host_unit_id, bits
  ), hosted as materialized (
    -- Per unit that organised or stands above one that did: what a person has there by category, and of it organised.
    select placed.person_id, placed.year, category_view, ancestor,
      bit_or(bits) filter (where was) as old_bits, bit_or(bits) filter (where is_now) as new_bits,
      bit_or(bits) filter (where was and organised) as old_organised, bit_or(bits) filter (where is_now and organised) as new_organised
    from placed
    join public.unit_paths path on path.unit_id = placed.host_unit_id and path.years @> placed.year::integer
    cross join unnest(path.ancestors) as ancestor
    group by placed.person_id, placed.year, category_view, ancestor
  ), hosted_reach as (
    select year, category_view as view_id, ancestor, coalesce(old_bits, 0) as old_bits, coalesce(new_bits, 0) as new_bits
    from hosted where category_view is not null
    union all
    select year, unnest(array[1, 2]), ancestor,
      unnest(array[coalesce(bit_or(old_bits), 0), coalesce(bit_or(old_organised), 0)]),
      unnest(array[coalesce(bit_or(new_bits), 0), coalesce(bit_or(new_organised), 0)])
    from hosted group by person_id, year, ancestor
  ), differences as (
    select home.year, 0 as axis, home.view_id, slice.id as slice_id, ancestor as unit_id, home.persons, home.person_times, home.seconds
    from at_home home
    join public.metric_slices slice on (home.bits & slice.group_bit) | (home.traits & slice.trait_bit) <> 0
    join public.unit_paths path on path.unit_id = home.unit_id and path.years @> home.year::integer
    cross join unnest(path.ancestors) as ancestor
    union all
    select host.year, 1, host.view_id, slice.id, ancestor, 0, host.person_times, host.seconds
    from at_host host
    join public.metric_slices slice on host.bits & slice.group_bit <> 0
    join public.unit_paths path on path.unit_id = host.unit_id and path.years @> host.year::integer
    cross join unnest(path.ancestors) as ancestor
    union all
    select changed.year, 1, changed.view_id, slice.id, changed.ancestor, changed.persons, 0, 0
    from (
      select year, view_id, ancestor, bits, sum(persons) as persons
      from (
        select year, view_id, ancestor, old_bits & ~new_bits as bits, -1 as persons from hosted_reach
        union all
        select year, view_id, ancestor, new_bits & ~old_bits, 1 from hosted_reach
      ) step
      where bits <> 0 group by year, view_id, ancestor, bits
    ) changed
    join public.metric_slices slice on changed.bits & slice.group_bit <> 0
  ), kept as (
    insert into private.person_years as stored (year, person_id, unit_id, group_bits, fact_ids)
    select year, person_id, min(new_home), bit_or(bits), array_agg(id order by started_at, id)
    from placed where is_now group by year, person_id
    on conflict (year, person_id) do update
      set unit_id = excluded.unit_id, group_bits = excluded.group_bits, fact_ids = excluded.fact_ids
  ), dropped as (
    delete from private.person_years stored
    using (select placed.year, placed.person_id from placed group by placed.year, placed.person_id having not bool_or(placed.is_now)) nobody
    where stored.year = nobody.year and stored.person_id = nobody.person_id
  )
  insert into public.coverage_cells as cell (year, axis, view_id, slice_id, unit_id, persons, person_times, seconds)
  select year, axis, view_id, slice_id, unit_id, sum(persons), sum(person_times), sum(seconds)
  from differences
  group by year, axis, view_id, slice_id, unit_id
  having sum(persons) <> 0 or sum(person_times) <> 0 or sum(seconds) <> 0
  order by year, axis, view_id, slice_id, unit_id
  on conflict (year, axis, view_id, slice_id, unit_id) do update
    set persons = cell.persons + excluded.persons, person_times = cell.person_times + excluded.person_times,
      seconds = cell.seconds + excluded.seconds;
end $$;
