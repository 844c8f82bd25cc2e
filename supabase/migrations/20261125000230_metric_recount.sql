-- Counting a whole year anew, from the facts alone: to build the figures once more, and to check the ones that are there. It
-- shares the definition of a fact with the folding (counted_participations, group_bits, the traits) and nothing of its arithmetic:
-- there persons are differences, here they are counted.

-- A function with settings of its own is called for every row; without, its body becomes part of the query. These are bound to
-- their objects already, as bodies in standard SQL are.
alter function private.china_date(timestamptz) reset search_path;
alter function private.china_year(timestamptz) reset search_path;
alter function private.stood_in(date, date, integer) reset search_path;
alter function private.open_on(date, date, date) reset search_path;
alter function private.person_traits(integer, text, text) reset search_path;
alter function private.channel_trait(text) reset search_path;
alter function private.month_trait(timestamptz) reset search_path;
alter function private.traits_in_view(integer, bigint) reset search_path;

-- What was recorded before figures were folded in waits to be.
insert into private.coverage_marks (bulk, person_id, year)
select true, person_id, year from (select distinct person_id, year from public.participations) recorded
where not exists (select from private.person_years);

create function private.drop_recount() returns void
language plpgsql volatile set search_path = '' as $$
begin
  drop table if exists private.recount_groups, private.recount_facts, private.recount_people, private.recount_home_facts,
    private.recount_hosted, private.recount_hosted_all, private.recount_parts, private.recount_leaves, private.recount_cells;
end $$;

-- Leaves private.recount_people (what person_years should say) and private.recount_cells (what the cells should say) behind, both
-- as of one moment. One at a time.
create function private.recount_year(counted_year smallint) returns void
language plpgsql volatile set search_path = '' set jit = off set work_mem = '384MB' set hash_mem_multiplier = 2 set enable_sort = off
set plan_cache_mode = force_custom_plan set client_min_messages = warning as $$
declare
  deepest integer;
  depth integer;
begin
  perform pg_advisory_xact_lock('public.coverage_cells'::regclass::oid::integer, 1);
  perform private.drop_recount();

  create unlogged table private.recount_groups as
  select groups, private.group_bits(groups) as bits
  from (select distinct groups from public.participations where year = counted_year) one;
  analyze private.recount_groups;

  -- The facts, once, in the narrowest shape; the groups of one that commits meanwhile are looked up by themselves.
  create unlogged table private.recount_facts as
  select coalesce(merged.counts_as, fact.person_id) as person_id, fact.id, fact.started_at, fact.residence_unit_id as home,
    fact.host_unit_id as host, category.id as category_view, fact.organised,
    coalesce(known.bits, private.group_bits(fact.groups)) as bits,
    private.channel_trait(fact.channel) as channel, private.month_trait(fact.started_at) as month,
    private.person_traits(fact.year - fact.birth_year, fact.sex, fact.area) as traits, (fact.hours * 3600)::integer as seconds
  from private.counted_participations fact
  left join private.recount_groups known on known.groups = fact.groups
  left join public.metric_views category on category.category_id = fact.category_id
  left join (select id, counts_as from public.persons where counts_as is not null) merged on merged.id = fact.person_id
  where fact.year = counted_year;
  analyze private.recount_facts;

  create unlogged table private.recount_people as
  select person_id, (array_agg(home order by started_at, id))[1] as home, (array_agg(traits order by started_at, id))[1] as traits,
    (array_agg(month order by started_at, id))[1] as first_month, array_agg(id order by started_at, id) as fact_ids,
    bit_or(bits) as bits, coalesce(bit_or(bits) filter (where organised), 0) as organised_bits, bit_or(channel) as channels
  from private.recount_facts group by person_id;
  analyze private.recount_people;

  -- Residence: persons per home, view and set of groups or traits; then times and seconds.
  create unlogged table private.recount_home_facts as
  select person.home, fact.category_view, fact.organised, fact.bits, fact.channel | fact.month as event_traits, person.traits,
    fact.person_id, fact.seconds
  from private.recount_facts fact join private.recount_people person using (person_id);
  analyze private.recount_home_facts;

  create unlogged table private.recount_parts as
  select 0::smallint as axis, 1::smallint as view_id, home as unit_id, bits, traits | first_month | channels as traits,
    count(*) as persons, 0::bigint as person_times, 0::bigint as seconds
  from private.recount_people group by home, bits, traits | first_month | channels;
  insert into private.recount_parts
  select 0, 2, home, organised_bits, private.traits_in_view(2, traits), count(*), 0, 0
  from private.recount_people
  where organised_bits <> 0
  group by home, organised_bits, private.traits_in_view(2, traits);
  insert into private.recount_parts
  select 0, category_view, home, bits, 0, count(*), 0, 0
  from (
    select home, category_view, person_id, bit_or(bits) as bits
    from private.recount_home_facts where category_view is not null group by home, category_view, person_id
  ) reached
  group by home, category_view, bits;
  insert into private.recount_parts
  select 0, category_view, home, bits, 0, 0, count(*), sum(seconds)
  from private.recount_home_facts where category_view is not null group by home, category_view, bits
  union all
  select 0, view_id, home, bits, 0, 0, sum(times), sum(seconds)
  from (
    select home, organised, bits, count(*) as times, sum(seconds) as seconds
    from private.recount_home_facts group by home, organised, bits
  ) counted
  cross join unnest(array[1, case when organised then 2 end]) as view_id where view_id is not null
  group by view_id, home, bits
  union all
  select 0, view_id, home, 0, case view_id when 1 then traits else private.traits_in_view(2, traits) end, 0, sum(times), sum(seconds)
  from (
    select home, organised, traits, count(*) as times, sum(seconds) as seconds
    from private.recount_home_facts group by home, organised, traits
  ) counted
  cross join unnest(array[1, case when organised then 2 end]) as view_id where view_id is not null
  group by 2, 3, 5
  union all
  select 0, 1, home, 0, event_traits, 0, count(*), sum(seconds)
  from private.recount_home_facts group by home, event_traits;

  -- Organiser: persons are distinct per unit, so each level of the tree counts them anew, from the deepest up.
  create unlogged table private.recount_hosted as
  select person_id, host, category_view, bit_or(bits) as bits, coalesce(bit_or(bits) filter (where organised), 0) as organised_bits
  from private.recount_facts where host is not null group by person_id, host, category_view;
  analyze private.recount_hosted;
  select max(cardinality(ancestors)) into deepest from public.unit_paths
    where years @> counted_year::integer and unit_id in (select distinct host from private.recount_hosted);
  for depth in 1 .. coalesce(deepest, 0) loop
    create unlogged table private.recount_hosted_all as
    select hosted.person_id, path.ancestors[depth] as unit_id, hosted.category_view, bit_or(hosted.bits) as bits,
      bit_or(hosted.organised_bits) as organised_bits
    from private.recount_hosted hosted
    join public.unit_paths path on path.unit_id = hosted.host and path.years @> counted_year::integer and cardinality(path.ancestors) >= depth
    group by hosted.person_id, path.ancestors[depth], hosted.category_view;
    insert into private.recount_parts
    select 1, category_view, unit_id, bits, 0, count(*), 0, 0
    from private.recount_hosted_all where category_view is not null group by category_view, unit_id, bits;
    insert into private.recount_parts
    select 1, view_id, unit_id, case view_id when 1 then bits else organised_bits end, 0, sum(persons), 0, 0
    from (
      select unit_id, bits, organised_bits, count(*) as persons
      from (
        select person_id, unit_id, bit_or(bits) as bits, bit_or(organised_bits) as organised_bits
        from private.recount_hosted_all group by person_id, unit_id
      ) reached group by unit_id, bits, organised_bits
    ) counted
    cross join unnest(array[1, 2]) as view_id
    where view_id = 1 or organised_bits <> 0
    group by view_id, unit_id, case view_id when 1 then bits else organised_bits end;
    drop table private.recount_hosted_all;
  end loop;

  -- What adds up over the tree (all but the persons of organisers) is summed at its own units first, then carried up.
  analyze private.recount_parts;
  create unlogged table private.recount_leaves as
  select axis, view_id, slice_id, unit_id, axis = 1 and persons > 0 as is_counted_above,
    sum(persons)::integer as persons, sum(person_times)::bigint as person_times, sum(seconds)::bigint as seconds
  from (
    select part.*, slice.id as slice_id
    from private.recount_parts part join public.metric_slices slice on slice.kind = 'group' and part.bits & slice.group_bit <> 0
    union all
    select part.*, slice.id
    from private.recount_parts part join public.metric_slices slice on slice.kind <> 'group' and part.traits & slice.trait_bit <> 0
    where part.traits <> 0
  ) sliced
  group by axis, view_id, slice_id, unit_id, axis = 1 and persons > 0;
  insert into private.recount_leaves
  select 1, view_id, slice.id, host, false, 0, sum(times), sum(seconds)
  from (
    select host, view_id, bits, sum(times) as times, sum(seconds) as seconds
    from (
      select host, category_view, organised, bits, count(*) as times, sum(seconds) as seconds
      from private.recount_facts where host is not null group by host, category_view, organised, bits
    ) counted
    cross join unnest(array[1, case when organised then 2 end, category_view]) as view_id where view_id is not null
    group by host, view_id, bits
  ) hosted
  join public.metric_slices slice on hosted.bits & slice.group_bit <> 0
  group by view_id, slice.id, host;
  analyze private.recount_leaves;

  create unlogged table private.recount_cells as
  select axis, view_id, slice_id, ancestor as unit_id, sum(persons)::integer as persons, sum(person_times)::integer as person_times,
    sum(seconds)::bigint as seconds
  from private.recount_leaves leaf
  join public.unit_paths path on path.unit_id = leaf.unit_id and path.years @> counted_year::integer
  cross join unnest(case when is_counted_above then array[leaf.unit_id] else path.ancestors end) as ancestor
  group by axis, view_id, slice_id, ancestor;
  analyze private.recount_cells;
end $$;

-- Builds the figures of a year anew. Reading goes on, with the old figures until the end; recording goes on too: what commits
-- meanwhile keeps its mark and is folded in afterwards. The marks that go are those of facts that the recount sees.
create function private.rebuild_year(counted_year smallint) returns bigint
language plpgsql volatile set search_path = '' set client_min_messages = warning as $$
declare
  cells bigint;
begin
  perform private.hold_network();
  perform private.lock_cells();
  delete from private.coverage_marks where year = counted_year;
  perform private.recount_year(counted_year);
  delete from private.person_years where year = counted_year;
  delete from public.coverage_cells where year = counted_year;
  insert into private.person_years (year, person_id, unit_id, group_bits, fact_ids)
  select counted_year, person_id, home, bits, fact_ids from private.recount_people order by person_id;
  insert into public.coverage_cells (year, axis, view_id, slice_id, unit_id, persons, person_times, seconds)
  select counted_year, axis, view_id, slice_id, unit_id, persons, person_times, seconds from private.recount_cells
  order by axis, view_id, slice_id, unit_id;
  get diagnostics cells = row_count;
  perform private.drop_recount();
  return cells;
end $$;

-- Where the figures of a year differ from a recount: cells, and persons whose applied facts are not those that count. To be asked
-- in a transaction that sees one moment at which nothing waited to be folded in (repeatable read; stack/metrics.ts).
create function private.differing_figures(counted_year smallint)
returns table (what text, axis smallint, view text, slice text, unit_id integer, person_id bigint, stored text, counted text)
language plpgsql volatile set search_path = '' set work_mem = '256MB' set client_min_messages = warning as $$
#variable_conflict use_column
begin
  perform private.recount_year(counted_year);
  return query
  select 'cell', coalesce(cell.axis, truth.axis), view.code, slice.kind || ':' || slice.code, coalesce(cell.unit_id, truth.unit_id), null::bigint,
    concat_ws('/', cell.persons, cell.person_times, cell.seconds), concat_ws('/', truth.persons, truth.person_times, truth.seconds)
  from (select * from public.coverage_cells where year = counted_year) cell
  full join private.recount_cells truth on truth.axis = cell.axis and truth.view_id = cell.view_id and truth.slice_id = cell.slice_id
    and truth.unit_id = cell.unit_id
  left join public.metric_views view on view.id = coalesce(cell.view_id, truth.view_id)
  left join public.metric_slices slice on slice.id = coalesce(cell.slice_id, truth.slice_id)
  where (coalesce(cell.persons, 0), coalesce(cell.person_times, 0), coalesce(cell.seconds, 0))
    is distinct from (coalesce(truth.persons, 0), coalesce(truth.person_times, 0), coalesce(truth.seconds, 0))
  union all
  select 'person', null, null, null, coalesce(stored.unit_id, truth.home), coalesce(stored.person_id, truth.person_id),
    stored.fact_ids::text, truth.fact_ids::text
  from (select * from private.person_years where year = counted_year) stored
  full join private.recount_people truth on truth.person_id = stored.person_id
  where (stored.unit_id, stored.fact_ids, stored.group_bits) is distinct from (truth.home, truth.fact_ids, truth.bits);
  perform private.drop_recount();
end $$;
