-- A period that was opened wrongly: its due day is changed, or it is withdrawn while nobody has handed anything in. By whoever
-- opens periods, and on record.

-- The period of an act of the region, locked. Whoever hands in holds it too, so one of the two comes first.
create function private.lock_period(of_period_id integer) returns public.reporting_periods
language plpgsql volatile set search_path = '' as $$
declare
  period public.reporting_periods;
begin
  perform private.require_sight((select id from public.units where parent_id is null), 'approval');
  select * into period from public.reporting_periods one where one.id = of_period_id for update;
  if not found then perform private.refuse(404, 'period_unknown'); end if;
  return period;
end $$;

-- Another day until which a period's reports are in time: not before today, so that nobody is late by it. What was handed in
-- late stays late. Who was reminded of the old day is reminded of the new one.
create function public.change_period_due(of_period_id integer, new_due_on date) returns void
language plpgsql volatile security definer set search_path = '' as $$ -- definer: accounts write no table
declare
  period public.reporting_periods := private.lock_period(of_period_id);
begin
  if new_due_on is null or new_due_on <= period.ends_on or new_due_on < private.china_date(now()) or new_due_on > period.ends_on + 366 then
    perform private.refuse(422, 'period_due_on', jsonb_build_object('field', 'dueOn', 'endsOn', period.ends_on));
  end if;
  if new_due_on = period.due_on then return; end if;
  update public.reporting_periods one set due_on = new_due_on where one.id = of_period_id;
  delete from public.report_reminders told where told.period_id = of_period_id and told.step in ('due_soon', 'late');
  update private.reminder_texts waiting set state = 'dropped'
    where waiting.period_id = of_period_id and waiting.state = 'waiting' and waiting.step in ('due_soon', 'late');
  perform private.audit('period_due_changed', 'period', of_period_id::text, (select id from public.units where parent_id is null),
    jsonb_build_object('year', period.year, 'part', period.part, 'due_on_before', period.due_on, 'due_on', new_due_on));
end $$;

create function public.withdraw_period(of_period_id integer) returns void
language plpgsql volatile security definer set search_path = '' as $$ -- definer: accounts write no table
declare
  period public.reporting_periods := private.lock_period(of_period_id);
  reported integer := (select count(*) from public.reports report where report.period_id = of_period_id);
begin
  if reported > 0 then perform private.refuse(409, 'period_has_reports', jsonb_build_object('count', reported)); end if;
  delete from public.report_reminders told where told.period_id = of_period_id;
  delete from public.reporting_periods one where one.id = of_period_id;
  perform private.audit('period_withdrawn', 'period', of_period_id::text, (select id from public.units where parent_id is null),
    jsonb_build_object('year', period.year, 'part', period.part, 'due_on', period.due_on, 'report_levels', period.levels));
end $$;
grant execute on function public.change_period_due(integer, date), public.withdraw_period(integer) to authenticated;

-- As before, but a period that is being withdrawn is waited for.
create or replace function public.hand_in_report(of_period_id integer, of_unit_id integer, reason text default null) returns integer
language plpgsql volatile security definer set search_path = '' as $$
declare
  period public.reporting_periods;
  report public.reports;
  today date := private.china_date(now());
  unfinished integer;
begin
  perform private.require_sight(of_unit_id, 'populations');
  -- Held until the end: a period that is withdrawn meanwhile is gone here, or waits and finds this report.
  select * into period from public.reporting_periods one where one.id = of_period_id for key share;
  if not exists (select from private.reporting_units(of_period_id) due where due.unit_id = of_unit_id) then
    perform private.refuse(404, 'report_unknown');
  end if;
  if today <= period.ends_on then
    perform private.refuse(409, 'period_not_over', jsonb_build_object('endsOn', period.ends_on));
  end if;
  -- Two at once: one makes the row, the other waits for it here and finds it handed in below.
  insert into public.reports (period_id, unit_id, state, version) values (of_period_id, of_unit_id, 'reopened', 1)
    on conflict do nothing;
  report := private.lock_report(of_period_id, of_unit_id);
  if report.state not in ('returned', 'reopened') then
    perform private.refuse(409, 'report_handed_in_already');
  end if;
  select count(*) into unfinished
  from private.reporting_units(of_period_id) due
  left join public.reports below on below.period_id = of_period_id and below.unit_id = due.unit_id
  where of_unit_id = any (due.ancestors) and due.unit_id <> of_unit_id and below.state is distinct from 'approved';
  if (today > period.due_on or unfinished > 0) and length(coalesce(trim(reason), '')) < 4 then
    perform private.refuse(422, case when today > period.due_on then 'report_late_reason' else 'report_units_below_reason' end,
      jsonb_build_object('field', 'reason', 'count', unfinished, 'dueOn', period.due_on));
  end if;
  if exists (select from public.report_snapshots earlier where earlier.period_id = of_period_id and earlier.unit_id = of_unit_id) then
    report.version := report.version + 1;
  end if;
  update public.reports one set state = 'handed_in', version = report.version
    where one.period_id = of_period_id and one.unit_id = of_unit_id;
  insert into public.report_snapshots (period_id, unit_id, version, handed_in_by, is_late, exception, units_below, tree_version)
  select of_period_id, of_unit_id, report.version, auth.uid(), today > period.due_on,
    case when today > period.due_on or unfinished > 0 then trim(reason) end,
    count(*) - 1, md5(string_agg(placed.unit_id || ':' || placed.ancestors::text, ' ' order by placed.unit_id))
  from public.unit_paths placed where of_unit_id = any (placed.ancestors) and placed.years @> period.year::integer;
  insert into public.report_figures (period_id, unit_id, version, position, code, value, denominator, denominator_source,
    denominator_as_of, denominator_version, missing_count, missing_names)
  select of_period_id, of_unit_id, report.version, figure.place, figure.code, figure.value, figure.denominator, figure.denominator_source,
    figure.denominator_as_of, figure.denominator_version, figure.missing_count, figure.missing_names
  from private.figures_of(of_unit_id, period.year, extract(month from period.ends_on)::integer) figure;
  insert into public.report_acts (period_id, unit_id, version, act, reason, account_id)
  values (of_period_id, of_unit_id, report.version, 'handed_in', case when length(trim(reason)) >= 4 then trim(reason) end, auth.uid());
  perform private.audit('report_handed_in', 'report', of_period_id || ':' || of_unit_id, of_unit_id, jsonb_build_object('version', report.version));
  return report.version;
end $$;
