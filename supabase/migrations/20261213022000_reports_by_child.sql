-- How complete and how timely a unit's reports are, by each unit right below it: everything due in that part of the tree, itself
-- included. The row of the unit is all of it with its own report. Definer, as reports_due(): states, no figures.
create function public.reports_by_child(of_period_id integer, in_unit_id integer)
returns table (code text, name text, level text, is_parent boolean, due integer, arrived integer, in_time integer, approved integer)
language plpgsql stable security definer set search_path = '' as $$
#variable_conflict use_column
begin
  if not private.sees_unit(in_unit_id, 'figures') then return; end if;
  return query
  with owed as materialized (
    -- The units right below are those of the year of the period, as in its reports.
    select due.ancestors[array_position(due.ancestors, in_unit_id) + 1] as child_id, first.unit_id is not null as has_arrived,
      coalesce(not first.is_late, false) as is_in_time, coalesce(report.state = 'approved', false) as is_approved
    from private.reporting_units(of_period_id) due
    left join public.reports report on report.period_id = of_period_id and report.unit_id = due.unit_id
    left join public.report_snapshots first on first.period_id = of_period_id and first.unit_id = due.unit_id and first.version = 1
    where in_unit_id = any (due.ancestors)
  ), placed as (
    select in_unit_id as unit_id, true as is_whole, owed.* from owed
    union all
    select owed.child_id, false, owed.* from owed where owed.child_id is not null
  )
  select unit.code, unit.name, unit.level, placed.is_whole, count(*)::integer, (count(*) filter (where placed.has_arrived))::integer,
    (count(*) filter (where placed.is_in_time))::integer, (count(*) filter (where placed.is_approved))::integer
  from placed join public.units unit on unit.id = placed.unit_id
  group by unit.id, placed.is_whole
  order by not placed.is_whole, unit.path;
end $$;
grant execute on function public.reports_by_child(integer, integer) to authenticated;
