-- A village that owes a report rarely has staff of its own: handing it in is also a task of the township's manager. And the
-- tasks look at the caller's units first, not at every unit of every period.
create or replace function public.my_report_tasks()
returns table (task text, period_id integer, year integer, part text, ends_on date, due_on date, unit_id integer, code text, name text,
  state text, version integer)
language sql stable security definer set search_path = '' -- definer: what waits is told to whoever may act on it, which is asked here
begin atomic
  with mine as materialized (
    select unit.id, 'populations' as sight from public.units unit where unit.path = any ((select private.my_unit_paths('populations'))::extensions.ltree[])
    union all
    select unit.id, 'approval' from public.units unit where unit.path = any ((select private.my_unit_paths('approval'))::extensions.ltree[])
  ), near as materialized (
    select placed.unit_id, placed.years, placed.ancestors[cardinality(placed.ancestors) - 1] as parent_id
    from public.unit_paths placed
    where placed.unit_id in (select mine.id from mine) or placed.ancestors[cardinality(placed.ancestors) - 1] in (select mine.id from mine)
  )
  select case when report.state = 'handed_in' then 'approve' when report.state = 'reopening_asked' then 'reopen' else 'hand_in' end,
    period.id, period.year::integer, period.part, period.ends_on, period.due_on, unit.id, unit.code, unit.name, report.state::text, report.version::integer
  from public.reporting_periods period
  join near on near.years @> period.year::integer
  join public.units unit on unit.id = near.unit_id and unit.level = any (period.levels) and unit.kind_id = 'administration'
    and private.stood_in(unit.opened_on, unit.closed_on, period.year)
    and coalesce(unit.closed_on > period.ends_on, true) and coalesce(unit.opened_on <= period.ends_on, true)
  left join public.reports report on report.period_id = period.id and report.unit_id = unit.id
  where period.ends_on < private.china_date(now()) and (
    (report.state is null or report.state in ('returned', 'reopened'))
      and exists (select from mine where mine.sight = 'populations' and (mine.id = unit.id or unit.level = 'village' and mine.id = near.parent_id))
    or report.state in ('handed_in', 'reopening_asked')
      and exists (select from mine where mine.sight = 'approval' and mine.id = coalesce(near.parent_id, unit.id))
      -- Nobody decides on what they handed in or asked for themselves.
      and not exists (
        select from public.report_acts last
        where last.period_id = period.id and last.unit_id = unit.id and last.account_id = auth.uid()
          and last.id = (select max(act.id) from public.report_acts act where act.period_id = period.id and act.unit_id = unit.id)))
  order by period.due_on, unit.path;
end;
