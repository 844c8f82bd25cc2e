-- Ten thousand facts fold in a tenth faster: sums of numbers that fit stay integers, and seconds are summed as double precision, which is exact
-- up to 2^53 of them; sums of bigint are numeric, which costs half a million conversions.

-- Brings cells and person_years of some persons and years in line with the facts. The cells are locked by the caller.
create or replace function private.count_people(person_ids bigint[], years smallint[]) returns void
language plpgsql volatile set search_path = '' set plan_cache_mode = force_custom_plan set jit = off set enable_sort = off set work_mem = '64MB' as $$
declare
  facts private.counted_fact[];
begin
  with asked as materialized (
    select distinct pair.person_id, pair.year from unnest(person_ids, years) as pair (person_id, year)
  ), applied as materialized (
    select asked.person_id, asked.year, stored.fact_ids
    from asked left join private.person_years stored on stored.year = asked.year and stored.person_id = asked.person_id
  ), member as materialized (
    -- The rows of a person are its own and those merged into it; a merged person has none of its own.
    select applied.*, applied.person_id as row_id
    from applied where not exists (select from public.persons person where person.id = applied.person_id and person.counts_as is not null)
    union all
    select applied.*, person.id from applied join public.persons person on person.counts_as = applied.person_id
  ), live as materialized (
    select member.person_id, fact.year, fact.id, coalesce(fact.id = any (member.fact_ids), false) as was, fact.started_at, fact.residence_unit_id, fact.host_unit_id,
      fact.groups, fact.category_id, fact.organised, fact.hours, fact.channel, fact.area, fact.birth_year, fact.sex
    from member join private.counted_participations fact on fact.person_id = member.row_id and fact.year = member.year
  ), gone as materialized (
    select applied.person_id, applied.year, fact_id from applied cross join unnest(applied.fact_ids) as fact_id
    except
    select live.person_id, live.year, live.id from live where live.was
  ), fact as materialized (
    select live.*, true as is_now from live
    union all
    select gone.person_id, gone.year, past.id, true, past.started_at, past.residence_unit_id, past.host_unit_id, past.groups, past.category_id, past.organised,
      past.hours, past.channel, past.area, past.birth_year, past.sex, false
    from gone join public.participations past on past.id = gone.fact_id
  ), known_groups as materialized (
    select one.groups, private.group_bits(one.groups) as bits from (select distinct fact.groups from fact) one
  )
  select array_agg(row(fact.person_id, fact.year, fact.id, fact.was, fact.is_now, fact.started_at, fact.residence_unit_id, fact.host_unit_id, fact.organised, category.id,
    known_groups.bits, (fact.hours * 3600)::bigint, private.channel_trait(fact.channel), private.month_trait(fact.started_at),
    private.person_traits(fact.year - fact.birth_year, fact.sex, fact.area))::private.counted_fact) into facts
  from fact
  join known_groups on known_groups.groups = fact.groups
  left join public.metric_views category on category.category_id = fact.category_id;

  with placed as materialized (
    -- Every fact beside home and traits of the year's first event, as applied and as it is now.
    select fact.*, first_value(fact.home) over earlier as old_home, first_value(fact.home) over later as new_home,
      first_value(fact.traits) over earlier as old_traits, first_value(fact.traits) over later as new_traits,
      first_value(fact.month) over earlier as old_month, first_value(fact.month) over later as new_month
    from unnest(facts) as fact
    window earlier as (partition by fact.person_id, fact.year order by fact.was desc, fact.started_at, fact.id),
      later as (partition by fact.person_id, fact.year order by fact.is_now desc, fact.started_at, fact.id)
  ), viewed as materialized (
    select placed.person_id, placed.year, placed.was, placed.is_now, placed.host_unit_id, placed.bits, placed.seconds::double precision as seconds, placed.channel, placed.month, old_home, new_home, old_traits, new_traits, view_id,
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
    select year, view_id, unit_id, bits, traits, sum(persons)::integer as persons, sum(person_times)::integer as person_times, sum(seconds) as seconds
    from (
      select year, view_id, old_home as unit_id, old_bits & ~case when old_home = new_home then new_bits else 0 end as bits,
        old_reach & ~case when old_home = new_home then new_reach else 0 end as traits, -1 as persons, 0 as person_times, 0::double precision as seconds
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
    select year, view_id, host_unit_id as unit_id, bits, sum(is_now::integer - was::integer)::integer as person_times,
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
  ), hosted_reach as materialized (
    select * from (
      select year, category_view as view_id, ancestor, coalesce(old_bits, 0) as old_bits, coalesce(new_bits, 0) as new_bits
      from hosted where category_view is not null
      union all
      select year, unnest(array[1, 2]), ancestor,
        unnest(array[coalesce(bit_or(old_bits), 0), coalesce(bit_or(old_organised), 0)]),
        unnest(array[coalesce(bit_or(new_bits), 0), coalesce(bit_or(new_organised), 0)])
      from hosted group by person_id, year, ancestor
    ) one where old_bits <> new_bits
  ), carried as materialized (
    -- Up to every unit above first: there most are alike, and what each is a part of is asked once a pattern.
    select year, axis, view_id, unit_id, bits, traits, sum(persons)::integer as persons, sum(person_times)::integer as person_times, sum(seconds) as seconds
    from (
      select home.year, 0 as axis, home.view_id, ancestor as unit_id, home.bits, home.traits, home.persons, home.person_times, home.seconds
      from at_home home
      join public.unit_paths path on path.unit_id = home.unit_id and path.years @> home.year::integer
      cross join unnest(path.ancestors) as ancestor
      union all
      select host.year, 1, host.view_id, ancestor, host.bits, 0, 0, host.person_times, host.seconds
      from at_host host
      join public.unit_paths path on path.unit_id = host.unit_id and path.years @> host.year::integer
      cross join unnest(path.ancestors) as ancestor
      union all
      select year, 1, view_id, ancestor, old_bits & ~new_bits, 0, -1, 0, 0 from hosted_reach where old_bits & ~new_bits <> 0
      union all
      select year, 1, view_id, ancestor, new_bits & ~old_bits, 0, 1, 0, 0 from hosted_reach where new_bits & ~old_bits <> 0
    ) step
    group by year, axis, view_id, unit_id, bits, traits
  ), pattern as materialized (
    select one.bits, one.traits, (
      select array_agg(slice.id) from public.metric_slices slice where (one.bits & slice.group_bit) | (one.traits & slice.trait_bit) <> 0) as slice_ids
    from (select distinct bits, traits from carried) one
  ), differences as (
    select carried.year, carried.axis, carried.view_id, slice_id, carried.unit_id, carried.persons, carried.person_times, carried.seconds
    from carried join pattern on pattern.bits = carried.bits and pattern.traits = carried.traits
    cross join unnest(pattern.slice_ids) as slice_id
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
  ), summed as materialized (
    select year, axis, view_id, slice_id, unit_id, sum(persons)::integer as persons, sum(person_times)::integer as person_times, sum(seconds)::bigint as seconds
    from differences
    group by year, axis, view_id, slice_id, unit_id
    having sum(persons) <> 0 or sum(person_times) <> 0 or sum(seconds) <> 0
    order by year, axis, view_id, slice_id, unit_id
  )
  merge into public.coverage_cells cell using summed
    on cell.year = summed.year and cell.axis = summed.axis and cell.view_id = summed.view_id and cell.slice_id = summed.slice_id and cell.unit_id = summed.unit_id
  when matched then update set persons = cell.persons + summed.persons, person_times = cell.person_times + summed.person_times, seconds = cell.seconds + summed.seconds
  when not matched then insert (year, axis, view_id, slice_id, unit_id, persons, person_times, seconds)
    values (summed.year, summed.axis, summed.view_id, summed.slice_id, summed.unit_id, summed.persons, summed.person_times, summed.seconds);
end $$;
