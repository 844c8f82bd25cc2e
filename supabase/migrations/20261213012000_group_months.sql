-- Months of a group or of a kind of learning. Of all residents they are in the cells; of a part they are counted from the records, for whoever sees the
-- people behind the figure (others could subtract), and where there are not too many to wait for.

-- First reached in each month, person-times and hours, of a group in a view; no rows where months are not told.
create function public.coverage_months(in_unit_id integer, counted_year integer, counted_group text, view_code text default 'all')
returns table (month integer, persons integer, person_times integer, hours numeric)
language plpgsql stable security definer set search_path = '' set plan_cache_mode = force_custom_plan as $$
#variable_conflict use_column
declare
  asked_view public.metric_views := (select view from public.metric_views view where view.code = view_code);
  group_bit bigint := (select slice.group_bit from public.metric_slices slice where slice.kind = 'group' and slice.code = counted_group);
begin
  if asked_view.id is null or group_bit is null or not private.sees_people_of(in_unit_id, counted_group) then return; end if;
  if not private.part_is_counted(in_unit_id, counted_year, 12) then return; end if;
  return query
  with fact as materialized (
    select counted.person_id, extract(month from record.started_at at time zone 'Asia/Shanghai')::integer as month, record.hours
    from public.unit_paths path
    join private.person_years counted on counted.year = counted_year and counted.unit_id = path.unit_id and counted.group_bits & group_bit <> 0
    cross join lateral unnest(counted.fact_ids) as part (fact_id)
    join public.participations record on record.id = part.fact_id
    where path.years @> counted_year and path.ancestors @> array[in_unit_id] and counted_group = any (record.groups)
      and (asked_view.id = 1 or asked_view.id = 2 and record.organised or record.category_id = asked_view.category_id)
  ), first as (
    select newcomer.month, count(*)::integer as persons
    from (select min(fact.month) as month from fact group by fact.person_id) newcomer group by newcomer.month
  ), every as (
    select fact.month, count(*)::integer as person_times, sum(fact.hours) as hours from fact group by fact.month
  )
  select number, coalesce(first.persons, 0), coalesce(every.person_times, 0), coalesce(every.hours, 0)
  from generate_series(1, 12) as number left join first on first.month = number left join every on every.month = number
  order by number;
end $$;
grant execute on function public.coverage_months(integer, integer, text, text) to authenticated;
