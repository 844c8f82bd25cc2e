-- Reporting periods. A unit hands in its figures: a snapshot of every value with numerator and denominator, taken in the
-- transaction of the act and never changed. The unit above approves it or sends it back with a reason, level by level up to
-- the region. Live figures go on; what they have moved since is the drift. An approved report is reopened only by request,
-- granted by the unit above, and the earlier snapshot stays.

create table public.reporting_periods (
  id integer generated always as identity primary key,
  year smallint not null check (year between 2000 and 2100),
  part text not null check (part in ('year', 'h1', 'h2', 'q1', 'q2', 'q3', 'q4')),
  starts_on date not null,
  ends_on date not null,
  due_on date not null,
  levels text[] not null check (cardinality(levels) > 0 and levels <@ array['city', 'county', 'township', 'village']),
  opened_by uuid,
  opened_at timestamptz not null default now(),
  constraint reporting_periods_once unique (year, part),
  constraint reporting_periods_due_after_end check (starts_on < ends_on and due_on > ends_on)
);
comment on column public.reporting_periods.levels is 'Administrations of these levels hand in a report.';

create type public.report_state as enum ('handed_in', 'returned', 'approved', 'reopening_asked', 'reopened');

create table public.reports (
  period_id integer not null references public.reporting_periods on delete restrict,
  unit_id integer not null references public.units on delete restrict,
  state public.report_state not null,
  version smallint not null check (version > 0),
  primary key (period_id, unit_id)
);
comment on column public.reports.version is 'The snapshot in force: one more each time the report is handed in.';
create index reports_unit_id_idx on public.reports (unit_id);

create table public.report_snapshots (
  period_id integer not null,
  unit_id integer not null,
  version smallint not null check (version > 0),
  handed_in_at timestamptz not null default now(),
  handed_in_by uuid not null,
  is_late boolean not null,
  exception text check (length(exception) between 4 and 500),
  units_below integer not null,
  tree_version text not null,
  primary key (period_id, unit_id, version),
  foreign key (period_id, unit_id) references public.reports on delete restrict
);
comment on column public.report_snapshots.exception is 'Why it came late, or before all units below were approved; in writing.';
comment on column public.report_snapshots.tree_version is 'A fingerprint of which units stood below which in that year, as of handing in.';

create table public.report_figures (
  period_id integer not null,
  unit_id integer not null,
  version smallint not null,
  position smallint not null,
  code text not null check (code ~ '^[a-z_]+(:[a-z0-9_-]+)?$'),
  value numeric not null,
  denominator numeric,
  denominator_source text,
  denominator_as_of date,
  denominator_version bigint references public.population_versions on delete restrict,
  missing_count integer not null default 0,
  missing_names text[] not null default '{}',
  primary key (period_id, unit_id, version, code),
  foreign key (period_id, unit_id, version) references public.report_snapshots on delete restrict
);

create table public.report_acts (
  id bigint generated always as identity primary key,
  period_id integer not null,
  unit_id integer not null,
  version smallint not null,
  act text not null check (act in ('handed_in', 'returned', 'approved', 'reopening_asked', 'reopening_granted', 'reopening_refused')),
  reason text check (length(reason) between 4 and 500),
  account_id uuid not null,
  at timestamptz not null default clock_timestamp(),
  foreign key (period_id, unit_id) references public.reports on delete restrict
);
create index report_acts_report_idx on public.report_acts (period_id, unit_id, id);

create index report_figures_denominator_version_idx on public.report_figures (denominator_version);

create trigger report_snapshots_append_only before update or delete on public.report_snapshots for each row execute function private.refuse_change();
create trigger report_snapshots_not_truncated before truncate on public.report_snapshots for each statement execute function private.refuse_change();
create trigger report_figures_append_only before update or delete on public.report_figures for each row execute function private.refuse_change();
create trigger report_figures_not_truncated before truncate on public.report_figures for each statement execute function private.refuse_change();
create trigger report_acts_append_only before update or delete on public.report_acts for each row execute function private.refuse_change();
create trigger report_acts_not_truncated before truncate on public.report_acts for each statement execute function private.refuse_change();

alter table public.reporting_periods enable row level security;
alter table public.reports enable row level security;
alter table public.report_snapshots enable row level security;
alter table public.report_figures enable row level security;
alter table public.report_acts enable row level security;
grant select on public.reporting_periods, public.reports, public.report_snapshots, public.report_figures to authenticated;
-- Acts are told by report_history(): no grant.
create policy "Accounts read reporting periods" on public.reporting_periods for select to authenticated using (true);
create policy "Reports are read by staff of the subtree" on public.reports for select to authenticated
  using (unit_id in (select private.my_units('figures')));
-- Snapshots are exact, so they are for the unit's own chain: whoever sees names there (see small numbers).
create policy "Snapshots are read by the unit's own chain" on public.report_snapshots for select to authenticated
  using (unit_id in (select private.my_units('names')));
create policy "Handed-in figures are read by the unit's own chain" on public.report_figures for select to authenticated
  using (unit_id in (select private.my_units('names')));

-- ── what is handed in ───────────────────────────────────────────────────────────────────────────────────────────────

-- Where a unit's denominator comes from: the version of its own figure and its date, or the oldest date of those below that
-- make up the sum.
create function private.population_origin(of_unit_id integer, of_year integer, of_group text) returns table (as_of date, version_id bigint)
language sql stable set search_path = ''
begin atomic
  select own.as_of, own.version_id from public.populations own
  where own.unit_id = of_unit_id and own.year = of_year and own.group_id = of_group and own.area = 'all'
  union all
  select min(below.as_of), null from public.unit_paths placed
  join public.populations below on below.unit_id = placed.unit_id and below.year = of_year and below.group_id = of_group and below.area = 'all'
  where placed.ancestors @> array[of_unit_id] and placed.years @> of_year
  limit 1;
end;

-- The figures of a unit for a year up to the end of a month, in the order in which they are shown. A whole year has every
-- group, area, channel and category. Before December only what is known month by month: a cell of a group says that somebody
-- was reached, not when. One function for the snapshot and for the live side of the drift, so both mean the same.
create function private.figures_of(in_unit_id integer, counted_year integer, last_month integer)
returns table (place smallint, code text, value numeric, denominator numeric, denominator_source text, denominator_as_of date,
  denominator_version bigint, missing_count integer, missing_names text[])
language sql stable set search_path = ''
begin atomic
  with cells as (
    select cell.kind, cell.code, cell.persons, cell.person_times, cell.minutes, cell.population
    from public.coverage_of_unit(in_unit_id, counted_year) cell
  ), months as (
    select coalesce(sum(cells.persons), 0) as persons, coalesce(sum(cells.person_times), 0) as person_times, coalesce(sum(cells.minutes), 0) as minutes
    from cells where cells.kind = 'month' and cells.code::integer <= last_month
  ), heads as (
    select coalesce(sum(counted.person_times), 0) as person_times from public.head_counts_by_month(in_unit_id, counted_year) counted
    where counted.month <= last_month
  ), groups as (
    select population_group.id, population_group.position, rated.persons, rated.population, rated.population_source, rated.missing_count, rated.missing_names
    from public.coverage_by_group(in_unit_id, counted_year) rated
    join public.population_groups population_group on population_group.id = rated.group_id
    where population_group.id = 'resident' or last_month = 12
  ), figures as (
    select 0 as part, groups.position::integer as position, 'reached:' || groups.id as code,
      case when last_month = 12 then groups.persons else months.persons end::numeric as value,
      groups.population::numeric as denominator, groups.population_source as source, origin.as_of, origin.version_id,
      groups.missing_count, groups.missing_names
    from groups
    cross join months
    left join private.population_origin(in_unit_id, counted_year, groups.id) origin on groups.population is not null
    union all
    select 1, 1, 'person_times', months.person_times, null, null, null, null::bigint, 0, '{}' from months
    union all
    select 1, 2, 'hours', round(months.minutes / 60.0, 2), null, null, null, null::bigint, 0, '{}' from months
    union all
    select 1, 3, 'hours_per_person', round(months.minutes / 60.0, 2), nullif(months.persons, 0), null, null, null, 0, '{}' from months
    union all
    select 1, 4, 'head_counts', heads.person_times, null, null, null, null::bigint, 0, '{}' from heads
    union all
    select case cells.kind when 'area' then 2 else 3 end, 0, cells.kind || ':' || cells.code, cells.persons, null, null, null, null::bigint, 0, '{}'
    from cells where cells.kind in ('area', 'channel') and last_month = 12
    union all
    select 4, category.position, 'category:' || category.id, counted.persons, null, null, null, null::bigint, 0, '{}'
    from public.coverage_by_category(in_unit_id, counted_year, 'resident') counted
    join public.categories category on category.id = counted.category_id
    where last_month = 12
  )
  select (row_number() over (order by figures.part, figures.position, figures.code))::smallint, figures.code, figures.value,
    figures.denominator, figures.source, figures.as_of, figures.version_id, figures.missing_count, figures.missing_names
  from figures;
end;

-- The units that owe a report of a period: administrations of its levels that stood in its year.
create function private.reporting_units(of_period_id integer) returns table (unit_id integer, ancestors integer[], parent_id integer)
language sql stable set search_path = ''
begin atomic
  select unit.id, placed.ancestors, placed.ancestors[cardinality(placed.ancestors) - 1]
  from public.reporting_periods period
  join public.units unit on unit.level = any (period.levels) and unit.kind_id = 'administration'
    and private.stood_in(unit.opened_on, unit.closed_on, period.year)
    and coalesce(unit.closed_on > period.ends_on, true) and coalesce(unit.opened_on <= period.ends_on, true)
  join public.unit_paths placed on placed.unit_id = unit.id and placed.years @> period.year::integer
  where period.id = of_period_id;
end;

-- ── acts ────────────────────────────────────────────────────────────────────────────────────────────────────────────

-- Opens the periods of a year for the region. Definer, as all acts below: accounts write no table.
create function public.open_periods(opened_year integer, rhythm text, due_days integer, levels text[]) returns integer
language plpgsql volatile security definer set search_path = '' as $$
declare
  region integer := (select id from public.units where parent_id is null);
  opened integer;
begin
  perform private.require_sight(region, 'approval');
  insert into public.reporting_periods as period (year, part, starts_on, ends_on, due_on, levels, opened_by)
  select opened_year, wanted.part, make_date(opened_year, wanted.first, 1), ending.on, ending.on + due_days, open_periods.levels, auth.uid()
  from (values ('year', 'year', 1, 12), ('half_year', 'h1', 1, 6), ('half_year', 'h2', 7, 12),
    ('quarter', 'q1', 1, 3), ('quarter', 'q2', 4, 6), ('quarter', 'q3', 7, 9), ('quarter', 'q4', 10, 12)) wanted (rhythm, part, first, last)
  cross join lateral (select (make_date(opened_year, wanted.last, 1) + interval '1 month' - interval '1 day')::date as on) ending
  where wanted.rhythm = open_periods.rhythm
  on conflict on constraint reporting_periods_once do nothing;
  get diagnostics opened = row_count;
  if opened = 0 then perform private.refuse(409, 'periods_open_already'); end if;
  perform private.audit('periods_opened', 'period', opened_year::text, region,
    jsonb_build_object('rhythm', rhythm, 'due_days', due_days, 'levels', open_periods.levels));
  return opened;
end $$;

-- The period and the report of a unit, locked: acts on one report queue. The row is made by whoever hands in first.
create function private.lock_report(of_period_id integer, of_unit_id integer) returns public.reports
language plpgsql volatile set search_path = '' as $$
declare
  report public.reports;
begin
  select * into report from public.reports one where one.period_id = of_period_id and one.unit_id = of_unit_id for update;
  if not found then perform private.refuse(404, 'report_unknown'); end if;
  return report;
end $$;

-- Who decides on a unit's report: approval at the unit above, or, for the region itself, a second person there.
create function private.require_approval_above(of_unit_id integer) returns void
language plpgsql stable set search_path = '' as $$
begin
  perform private.require_sight(coalesce((select unit.parent_id from public.units unit where unit.id = of_unit_id), of_unit_id), 'approval');
end $$;

-- Hands in the figures of a unit as they are now; a return or a granted reopening makes the next version. Late, or before
-- all units below are approved, only with a reason in writing.
create function public.hand_in_report(of_period_id integer, of_unit_id integer, reason text default null) returns integer
language plpgsql volatile security definer set search_path = '' as $$
declare
  period public.reporting_periods;
  report public.reports;
  today date := private.china_date(now());
  unfinished integer;
begin
  perform private.require_sight(of_unit_id, 'populations');
  select * into period from public.reporting_periods one where one.id = of_period_id;
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

-- Approves a report that was handed in, or sends it back. `seen_version` is the snapshot the decision is about: a report that
-- came back and went out again meanwhile is another one. Nobody decides on what they handed in themselves.
create function public.decide_report(of_period_id integer, of_unit_id integer, seen_version integer, is_approved boolean, reason text default null)
returns void
language plpgsql volatile security definer set search_path = '' as $$
declare
  report public.reports;
begin
  perform private.require_approval_above(of_unit_id);
  report := private.lock_report(of_period_id, of_unit_id);
  if report.version <> seen_version then perform private.refuse(409, 'report_changed'); end if;
  if report.state <> 'handed_in' then perform private.refuse(409, 'report_not_waiting'); end if;
  if exists (select from public.report_snapshots snapshot where snapshot.period_id = of_period_id and snapshot.unit_id = of_unit_id
    and snapshot.version = report.version and snapshot.handed_in_by = auth.uid()) then
    perform private.refuse(403, 'report_own');
  end if;
  if not is_approved and length(coalesce(trim(reason), '')) < 4 then
    perform private.refuse(422, 'report_reason_missing', jsonb_build_object('field', 'reason'));
  end if;
  update public.reports one set state = case when is_approved then 'approved' else 'returned' end::public.report_state
    where one.period_id = of_period_id and one.unit_id = of_unit_id;
  insert into public.report_acts (period_id, unit_id, version, act, reason, account_id)
  values (of_period_id, of_unit_id, report.version, case when is_approved then 'approved' else 'returned' end,
    case when length(trim(reason)) >= 4 then trim(reason) end, auth.uid());
  perform private.audit(case when is_approved then 'report_approved' else 'report_returned' end, 'report',
    of_period_id || ':' || of_unit_id, of_unit_id, jsonb_build_object('version', report.version));
end $$;

-- Asks the unit above to open an approved report again.
create function public.ask_reopening(of_period_id integer, of_unit_id integer, reason text) returns void
language plpgsql volatile security definer set search_path = '' as $$
declare
  report public.reports;
begin
  perform private.require_sight(of_unit_id, 'populations');
  report := private.lock_report(of_period_id, of_unit_id);
  if report.state <> 'approved' then perform private.refuse(409, 'report_not_approved'); end if;
  if length(coalesce(trim(reason), '')) < 4 then perform private.refuse(422, 'report_reason_missing', jsonb_build_object('field', 'reason')); end if;
  update public.reports one set state = 'reopening_asked' where one.period_id = of_period_id and one.unit_id = of_unit_id;
  insert into public.report_acts (period_id, unit_id, version, act, reason, account_id)
  values (of_period_id, of_unit_id, report.version, 'reopening_asked', trim(reason), auth.uid());
  perform private.audit('report_reopening_asked', 'report', of_period_id || ':' || of_unit_id, of_unit_id, jsonb_build_object('version', report.version));
end $$;

-- Grants the request or refuses it. While the unit above has handed in its own figures, which stand on this report, that one
-- has to be opened first: reopening goes down the chain as approval went up.
create function public.decide_reopening(of_period_id integer, of_unit_id integer, is_granted boolean, reason text default null) returns void
language plpgsql volatile security definer set search_path = '' as $$
declare
  report public.reports;
  above public.reports;
begin
  perform private.require_approval_above(of_unit_id);
  -- The report above first: whoever hands it in holds it and looks at those below.
  select one.* into above from public.units unit
  join public.reports one on one.unit_id = unit.parent_id and one.period_id = of_period_id
  where unit.id = of_unit_id for update of one;
  report := private.lock_report(of_period_id, of_unit_id);
  if report.state <> 'reopening_asked' then perform private.refuse(409, 'report_not_waiting'); end if;
  if exists (select from public.report_acts asked where asked.period_id = of_period_id and asked.unit_id = of_unit_id
    and asked.id = (select max(last.id) from public.report_acts last where last.period_id = of_period_id and last.unit_id = of_unit_id)
    and asked.account_id = auth.uid()) then
    perform private.refuse(403, 'report_own');
  end if;
  if is_granted and above.state in ('handed_in', 'approved', 'reopening_asked') then
    perform private.refuse(409, 'report_above_closed');
  end if;
  if not is_granted and length(coalesce(trim(reason), '')) < 4 then
    perform private.refuse(422, 'report_reason_missing', jsonb_build_object('field', 'reason'));
  end if;
  update public.reports one set state = case when is_granted then 'reopened' else 'approved' end::public.report_state
    where one.period_id = of_period_id and one.unit_id = of_unit_id;
  insert into public.report_acts (period_id, unit_id, version, act, reason, account_id)
  values (of_period_id, of_unit_id, report.version, case when is_granted then 'reopening_granted' else 'reopening_refused' end,
    case when length(trim(reason)) >= 4 then trim(reason) end, auth.uid());
  perform private.audit(case when is_granted then 'report_reopening_granted' else 'report_reopening_refused' end, 'report',
    of_period_id || ':' || of_unit_id, of_unit_id, jsonb_build_object('version', report.version));
end $$;

grant execute on function public.open_periods(integer, text, integer, text[]), public.hand_in_report(integer, integer, text),
  public.decide_report(integer, integer, integer, boolean, text), public.ask_reopening(integer, integer, text),
  public.decide_reopening(integer, integer, boolean, text) to authenticated;

-- ── reads ───────────────────────────────────────────────────────────────────────────────────────────────────────────

-- Every report due below a unit in a period, in the order of the tree: whether it came, in time, where it stands, and how many
-- of the unit's villages have no population of residents. Definer: when it came and who holds it up is for whoever sees
-- figures, which is asked here; the figures are not told.
create function public.reports_due(of_period_id integer, in_unit_id integer)
returns table (unit_id integer, code text, name text, level text, parent_id integer, state text, version integer,
  handed_in_at timestamptz, first_handed_in_at timestamptz, is_late boolean, decided_at timestamptz, has_exception boolean, missing_populations integer)
language sql stable security definer set search_path = ''
begin atomic
  select unit.id, unit.code, unit.name, unit.level, due.parent_id, report.state::text, report.version::integer,
    last.handed_in_at, first.handed_in_at, first.is_late, decided.at, last.exception is not null,
    (select count(*)::integer from public.unit_paths placed
      join public.units village on village.id = placed.unit_id and village.level = 'village' and village.kind_id = 'administration'
        and private.stood_in(village.opened_on, village.closed_on, period.year)
      where unit.id = any (placed.ancestors) and placed.years @> period.year::integer
        and not exists (select from public.populations known where known.unit_id = village.id and known.year = period.year
          and known.group_id = 'resident' and known.area = 'all'))
  from public.units inside
  join public.reporting_periods period on period.id = of_period_id
  join private.reporting_units(of_period_id) due on inside.id = any (due.ancestors)
  join public.units unit on unit.id = due.unit_id
  left join public.reports report on report.period_id = of_period_id and report.unit_id = due.unit_id
  left join public.report_snapshots last on last.period_id = of_period_id and last.unit_id = due.unit_id and last.version = report.version
  left join public.report_snapshots first on first.period_id = of_period_id and first.unit_id = due.unit_id and first.version = 1
  left join lateral (
    select act.at from public.report_acts act
    where act.period_id = of_period_id and act.unit_id = due.unit_id and act.version = report.version and act.act in ('approved', 'returned')
    order by act.id desc limit 1) decided on true
  where inside.id = in_unit_id
    and inside.path operator(extensions.<@) any ((select private.my_unit_paths('figures'))::extensions.ltree[])
  order by unit.path;
end;

-- The figures of a report as handed in, beside what they are now. Definer: figures_of() is not for accounts; only the unit's
-- own chain, which sees exact numbers, is answered.
create function public.report_comparison(of_period_id integer, of_unit_id integer, of_version integer)
returns table (code text, place integer, value numeric, denominator numeric, denominator_source text, denominator_as_of date,
  denominator_version bigint, missing_count integer, missing_names text[], live_value numeric, live_denominator numeric)
language sql stable security definer set search_path = ''
begin atomic
  select figure.code, figure.position::integer, figure.value, figure.denominator, figure.denominator_source,
    figure.denominator_as_of, figure.denominator_version, figure.missing_count, figure.missing_names, live.value, live.denominator
  from public.reporting_periods period
  join public.report_figures figure on figure.period_id = period.id and figure.unit_id = of_unit_id and figure.version = of_version
  left join private.figures_of(of_unit_id, period.year, extract(month from period.ends_on)::integer) live on live.code = figure.code
  where period.id = of_period_id and of_unit_id in (select private.my_units('names'))
  order by figure.position;
end;

-- What the figures of a unit would be if they were handed in now. Definer, as above.
create function public.report_preview(of_period_id integer, of_unit_id integer)
returns table (code text, place integer, value numeric, denominator numeric, denominator_source text, denominator_as_of date,
  denominator_version bigint, missing_count integer, missing_names text[])
language sql stable security definer set search_path = ''
begin atomic
  select figure.code, figure.place::integer, figure.value, figure.denominator, figure.denominator_source, figure.denominator_as_of,
    figure.denominator_version, figure.missing_count, figure.missing_names
  from public.reporting_periods period
  cross join lateral private.figures_of(of_unit_id, period.year, extract(month from period.ends_on)::integer) figure
  where period.id = of_period_id and of_unit_id in (select private.my_units('names'))
  order by figure.place;
end;

-- What was done with a report and by whom, oldest first. Definer: accounts and the staff of the unit above are hidden from
-- the unit; who decided on its report is not.
create function public.report_history(of_period_id integer, of_unit_id integer)
returns table (at timestamptz, act text, version integer, reason text, name text)
language sql stable security definer set search_path = ''
begin atomic
  select act.at, act.act, act.version::integer, act.reason, person.name
  from public.report_acts act
  join public.units unit on unit.id = act.unit_id
  left join identity.accounts account on account.id = act.account_id
  left join public.persons person on person.id = account.person_id
  where act.period_id = of_period_id and act.unit_id = of_unit_id
    and unit.path operator(extensions.<@) any ((select private.my_unit_paths('names'))::extensions.ltree[])
  order by act.id;
end;

-- What waits for the asking account: reports of its own units to hand in (the period is over), and reports and reopenings of
-- the units right below its own to decide on. Own units are those where it holds a post, not all below.
create function public.my_report_tasks()
returns table (task text, period_id integer, year integer, part text, ends_on date, due_on date, unit_id integer, code text, name text,
  state text, version integer)
language sql stable security definer set search_path = ''
begin atomic
  with mine as (
    select unit.id, 'populations' as sight from public.units unit where unit.path = any ((select private.my_unit_paths('populations'))::extensions.ltree[])
    union all
    select unit.id, 'approval' from public.units unit where unit.path = any ((select private.my_unit_paths('approval'))::extensions.ltree[])
  )
  select case when report.state = 'handed_in' then 'approve' when report.state = 'reopening_asked' then 'reopen' else 'hand_in' end,
    period.id, period.year::integer, period.part, period.ends_on, period.due_on, unit.id, unit.code, unit.name, report.state::text, report.version::integer
  from public.reporting_periods period
  cross join lateral private.reporting_units(period.id) due
  join public.units unit on unit.id = due.unit_id
  left join public.reports report on report.period_id = period.id and report.unit_id = due.unit_id
  where period.ends_on < private.china_date(now()) and (
    (report.state is null or report.state in ('returned', 'reopened'))
      and exists (select from mine where mine.id = due.unit_id and mine.sight = 'populations')
    or report.state in ('handed_in', 'reopening_asked')
      and exists (select from mine where mine.id = coalesce(due.parent_id, due.unit_id) and mine.sight = 'approval')
      -- The region's own report is for a second person there.
      and (due.parent_id is not null or not exists (
        select from public.report_snapshots own where own.period_id = period.id and own.unit_id = due.unit_id
          and own.version = report.version and own.handed_in_by = auth.uid())))
  order by period.due_on, unit.path;
end;

grant execute on function public.reports_due(integer, integer), public.report_comparison(integer, integer, integer),
  public.report_preview(integer, integer), public.report_history(integer, integer), public.my_report_tasks() to authenticated;

-- What the asking account may do with a report, whatever its state: the page offers no more.
create function public.report_rights(of_period_id integer, of_unit_id integer) returns table (can_hand_in boolean, can_decide boolean)
language sql stable security definer set search_path = '' -- definer: asks private.sees_unit()
begin atomic
  select private.sees_unit(of_unit_id, 'populations'),
    private.sees_unit(coalesce(unit.parent_id, unit.id), 'approval') and not coalesce((
      -- Nobody decides on their own: the last who handed in or asked.
      select act.account_id = auth.uid() from public.report_acts act
      where act.period_id = of_period_id and act.unit_id = of_unit_id and act.act in ('handed_in', 'reopening_asked')
      order by act.id desc limit 1), false)
  from public.units unit where unit.id = of_unit_id;
end;
grant execute on function public.report_rights(integer, integer) to authenticated;
