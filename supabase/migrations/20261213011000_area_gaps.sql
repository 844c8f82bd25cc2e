-- Urban and rural numbers name the first units that have not handed theirs in.
drop function public.coverage_areas(integer, integer);
create function public.coverage_areas(in_unit_id integer, counted_year integer) returns table (area text, population bigint, missing_count integer, missing_names text[])
language plpgsql stable security definer set search_path = '' as $$ -- definer: asks private.sees_unit(), as the other figures
#variable_conflict use_column
begin
  if not private.sees_unit(in_unit_id, 'figures') then return; end if;
  return query
  with recursive walked as (
    select one as area, unit.id, unit.name, unit.path, unit.area as unit_area, own.count
    from public.units unit cross join unnest(array['urban', 'rural']) as one
    left join public.populations own on own.unit_id = unit.id and own.year = counted_year and own.group_id = 'resident' and own.area = one
    where unit.id = in_unit_id
    union all
    select walked.area, child.id, child.name, child.path, child.area, own.count
    from walked
    join private.tree_by_year tree on tree.parent_id = walked.id and tree.years @> counted_year
    join public.units child on child.id = tree.unit_id and child.kind_id = 'administration' and private.stood_in(child.opened_on, child.closed_on, counted_year)
    left join public.populations own on own.unit_id = child.id and own.year = counted_year and own.group_id = 'resident' and own.area = walked.area
    where walked.count is null
  ), part as (
    select walked.area, walked.name, walked.path, case when walked.count is not null then walked.count when walked.unit_area = walked.area then whole.count when walked.unit_area is not null then 0 end as count
    from walked
    left join public.populations whole on whole.unit_id = walked.id and whole.year = counted_year and whole.group_id = 'resident' and whole.area = 'all'
    where walked.count is not null or not exists (
      select from private.tree_by_year tree
      join public.units child on child.id = tree.unit_id and child.kind_id = 'administration' and private.stood_in(child.opened_on, child.closed_on, counted_year)
      where tree.parent_id = walked.id and tree.years @> counted_year)
  )
  select part.area, case when bool_and(part.count is not null) then sum(part.count) end::bigint, (count(*) filter (where part.count is null))::integer,
    coalesce((array_agg(part.name order by part.path) filter (where part.count is null))[:3], '{}')
  from part group by part.area;
end $$;
grant execute on function public.coverage_areas(integer, integer) to authenticated;
