-- Every night a thirtieth of the people is counted again and the sums at the region are compared, so that a figure that went
-- wrong is known within a month, mostly the next morning, and somebody is told.

create table private.figure_checks (
  id bigint generated always as identity primary key,
  checked_at timestamptz not null default clock_timestamp(),
  day date not null,
  persons_checked integer not null,
  differences jsonb not null
);
comment on column private.figure_checks.differences is 'Ids and numbers only: [{"what", "year", …}]; empty where everything agrees.';

-- The people whose turn it is on a day: applied facts against those that count, apart from who waits to be folded in. One
-- statement, hence one moment.
create function private.persons_that_differ(day date) returns table (year smallint, person_id bigint, is_checked_only boolean)
language sql stable set search_path = ''
begin atomic
  with turn as (
    select person.id, person.counts_as from public.persons person
    where person.id % 30 = (persons_that_differ.day - '2000-01-01'::date) % 30
  ), waiting as (
    select mark.person_id from private.coverage_marks mark
    union
    select person.counts_as from private.coverage_marks mark join public.persons person on person.id = mark.person_id
  ), truth as (
    select turn.id as person_id, fact.year, array_agg(fact.id order by fact.started_at, fact.id) as fact_ids,
      (array_agg(fact.residence_unit_id order by fact.started_at, fact.id))[1] as home
    from turn
    join (
      select turn.id as counts_for, turn.id as row_id from turn where turn.counts_as is null
      union all
      select turn.id, person.id from turn join public.persons person on person.counts_as = turn.id
    ) member on member.counts_for = turn.id
    join private.counted_participations fact on fact.person_id = member.row_id
    group by turn.id, fact.year
  ), stored as (
    select applied.year, applied.person_id, applied.fact_ids, applied.unit_id
    from private.counted_years() as counted_year
    join private.person_years applied on applied.year = counted_year
    where applied.person_id % 30 = (persons_that_differ.day - '2000-01-01'::date) % 30
  )
  select coalesce(stored.year, truth.year), coalesce(stored.person_id, truth.person_id), false
  from stored full join truth on truth.person_id = stored.person_id and truth.year = stored.year
  where (stored.fact_ids, stored.unit_id) is distinct from (truth.fact_ids, truth.home)
    and coalesce(stored.person_id, truth.person_id) not in (select waiting.person_id from waiting where waiting.person_id is not null)
  union all
  select null, count(*), true from turn;
end;

-- What must agree at the region: by residence all persons are those that have a year, and every slice is the sum of the
-- lowest units, in years in which nobody lives at a unit above these.
create function private.sums_that_differ() returns table (year smallint, view text, slice text, at_root bigint, summed bigint)
language sql stable set search_path = ''
begin atomic
  with root as (
    select id from public.units where parent_id is null
  ), people as (
    select stored.year, slice.code, count(*) as persons
    from private.person_years stored join public.metric_slices slice on slice.kind = 'group' and stored.group_bits & slice.group_bit <> 0
    group by stored.year, slice.code
  ), leaves as materialized (
    select tree.unit_id, tree.years
    from private.tree_by_year tree join public.units unit on unit.id = tree.unit_id and unit.kind_id = 'administration'
    where not exists (
      select from private.tree_by_year below join public.units child on child.id = below.unit_id and child.kind_id = 'administration'
      where below.parent_id = tree.unit_id and below.years && tree.years)
  ), living_above as materialized (
    select home.year
    from (select distinct year, unit_id from private.person_years) home
    where not exists (select from leaves where leaves.unit_id = home.unit_id and leaves.years @> home.year::integer)
  ), parts as (
    select cell.year, cell.view_id, cell.slice_id, sum(cell.persons) filter (where cell.unit_id = root.id) as at_root,
      sum(cell.persons) filter (where leaf.unit_id is not null) as at_leaves
    from root cross join public.coverage_cells cell
    left join leaves leaf on leaf.unit_id = cell.unit_id and leaf.years @> cell.year::integer
    where cell.axis = 0 and cell.year not in (select living_above.year from living_above)
    group by cell.year, cell.view_id, cell.slice_id
  )
  select people.year, 'all', 'group:' || people.code, coalesce(cell.persons, 0), people.persons
  from root cross join people
  join public.metric_slices slice on slice.kind = 'group' and slice.code = people.code
  left join public.coverage_cells cell on cell.year = people.year and cell.axis = 0 and cell.view_id = 1 and cell.slice_id = slice.id and cell.unit_id = root.id
  where coalesce(cell.persons, 0) <> people.persons
  union all
  select parts.year, view.code, slice.kind || ':' || slice.code, parts.at_root, parts.at_leaves
  from parts join public.metric_views view on view.id = parts.view_id join public.metric_slices slice on slice.id = parts.slice_id
  where coalesce(parts.at_root, 0) <> coalesce(parts.at_leaves, 0);
end;

-- The check of a night. Returns how many differences it found and keeps them; the first hundred are enough to look for the cause.
create function private.check_figures(day date default private.china_date(now())) returns integer
language plpgsql volatile security definer set search_path = '' as $$ -- definer: called by the server's jobs
declare
  found_differences jsonb := '[]';
  checked integer := 0;
  difference record;
begin
  -- Cells stay as they are while they are compared with each other.
  perform private.hold_network();
  perform private.lock_cells();
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
  insert into private.figure_checks (day, persons_checked, differences) values (check_figures.day, checked, found_differences);
  if found_differences <> '[]' then
    perform private.audit('figures_differ', 'figures', check_figures.day::text, (select id from public.units where parent_id is null),
      jsonb_build_object('differences', jsonb_array_length(found_differences)));
  end if;
  return jsonb_array_length(found_differences);
end $$;
grant execute on function private.check_figures(date) to job_server;

-- For the loop of a server: drains unless somebody else does, a unit moves or the figures are counted anew; then it comes again.
create function private.drain_unless_busy(at_most integer) returns integer
language plpgsql volatile security definer set search_path = '' as $$ -- definer: called by the server's jobs
begin
  if not pg_try_advisory_xact_lock_shared('public.units'::regclass::oid::integer, 0)
    or not pg_try_advisory_xact_lock('public.coverage_cells'::regclass::oid::integer, 0) then
    return 0;
  end if;
  return private.drain_marks(at_most);
end $$;
grant execute on function private.drain_unless_busy(integer) to job_server;
