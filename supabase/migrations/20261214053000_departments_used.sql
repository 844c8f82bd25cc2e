-- Delivering departments as they were written before in the same county: offered while a plan or a count is typed, so that figures by department do not
-- fall apart by spelling. The most used first.
create function public.departments_used(in_unit_id integer) returns setof text
language sql stable set search_path = ''
begin atomic
  with around as (
    select coalesce((select county.path from public.units county where county.level = 'county' and county.kind_id = 'administration' and inside.path operator(extensions.<@) county.path limit 1), inside.path) as path
    from public.units inside where inside.id = in_unit_id
  ), written as (
    select activity.department as name from around join public.units host on host.path operator(extensions.<@) around.path join public.activities activity on activity.host_unit_id = host.id where activity.department is not null
    union all
    select counted.delivering_department from around join public.units host on host.path operator(extensions.<@) around.path join public.head_counts counted on counted.host_unit_id = host.id where counted.delivering_department is not null
  )
  select written.name from written group by written.name order by count(*) desc, written.name limit 200;
end;
grant execute on function public.departments_used(integer) to authenticated;
