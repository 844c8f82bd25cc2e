-- Figures of any range of days: a term, a campaign, a funding year. The cells know whole years only, so a range is counted from the records by a job, village
-- by village, and the result is kept. Who sees names at the unit sees it; for everybody else two ranges a day apart would tell of one person
-- (docs/decisions/0049-figures-of-any-range-of-days.md).

create table public.range_figures (
  id bigint generated always as identity primary key,
  unit_id integer not null references public.units on delete restrict,
  from_day date not null,
  until_day date not null,
  state text not null default 'waiting' check (state in ('waiting', 'counting', 'counted', 'failed')),
  -- Homes below the unit, and how many of them are counted; nothing before the job has begun.
  homes integer,
  done integer not null default 0,
  asked_by uuid not null,
  asked_person_id bigint not null references public.persons on delete restrict,
  asked_at timestamptz not null default clock_timestamp(),
  -- The moment whose records were counted.
  counted_at timestamptz,
  constraint range_figures_days check (from_day <= until_day),
  constraint range_figures_counted check ((state = 'counted') = (counted_at is not null))
);
create index range_figures_unit_id_idx on public.range_figures (unit_id, asked_at desc);
create index range_figures_asked_person_id_idx on public.range_figures (asked_person_id);
create unique index range_figures_one_open on public.range_figures (unit_id, from_day, until_day) where state in ('waiting', 'counting');
comment on column public.range_figures.until_day is 'The last day that is counted.';

-- As public.coverage_cells, by residence and group: of the unit itself and of each right below it.
create table public.range_figure_cells (
  range_id bigint not null references public.range_figures on delete cascade,
  unit_id integer not null references public.units on delete restrict,
  view_id smallint not null references public.metric_views on delete restrict,
  slice_id smallint not null references public.metric_slices on delete restrict,
  persons integer not null check (persons >= 0),
  person_times integer not null check (person_times >= 0),
  seconds bigint not null check (seconds >= 0),
  primary key (range_id, unit_id, view_id, slice_id)
);
create index range_figure_cells_unit_id_idx on public.range_figure_cells (unit_id);
create index range_figure_cells_view_id_idx on public.range_figure_cells (view_id);
create index range_figure_cells_slice_id_idx on public.range_figure_cells (slice_id);

-- Which run may write: one that was taken for dead and is not must not count twice.
create table private.range_figure_runs (
  range_id bigint primary key references public.range_figures on delete cascade,
  run uuid not null
);
alter table private.range_figure_runs enable row level security;

alter table public.range_figures enable row level security;
alter table public.range_figure_cells enable row level security;
grant select on public.range_figures, public.range_figure_cells to authenticated;
create policy "Ranges are read by who sees names at the unit" on public.range_figures for select to authenticated
  using (unit_id in (select private.my_units('names')));
-- Of people on official lists by who may see these at the unit.
create policy "Figures of a range are read with the range" on public.range_figure_cells for select to authenticated
  using (exists (
    select from public.range_figures asked
    where asked.id = range_id and (asked.unit_id in (select private.my_units('groups')) or slice_id not in (
      select slice.id from public.metric_slices slice join public.population_groups named on named.id = slice.group_id where named.is_sensitive))));

-- ── counting ────────────────────────────────────────────────────────────────────────────────────────────────────────

create function private.range_start(day date) returns timestamptz
language sql immutable
return day::timestamp at time zone 'Asia/Shanghai';

-- Where the people of a range may live: what stood below its unit in one of its years.
create function private.homes_of_range(range_id bigint) returns integer[]
language sql stable security definer set search_path = ''
begin atomic
  select array(
    select distinct path.unit_id
    from public.range_figures asked
    join public.unit_paths path on path.ancestors @> array[asked.unit_id]
      and path.years && int4range(extract(year from asked.from_day)::integer, extract(year from asked.until_day)::integer, '[]')
    where asked.id = homes_of_range.range_id
    order by path.unit_id);
end;

-- The figures of those whose first record in the range was made while they lived in one of these homes: everybody counts at one home, so parts add up, and a
-- whole year comes to what its cells say. Rows are [unit, view, slice, persons, person-times, seconds].
create function private.count_range_part(range_id bigint, part integer[]) returns jsonb
language plpgsql stable security definer set search_path = '' set plan_cache_mode = force_custom_plan set jit = off set work_mem = '64MB' as $$
declare
  asked public.range_figures := (select one from public.range_figures one where one.id = count_range_part.range_id);
  begins timestamptz := private.range_start(asked.from_day);
  ends timestamptz := private.range_start(asked.until_day + 1);
  first_year integer := extract(year from asked.from_day);
  last_year integer := extract(year from asked.until_day);
begin
  return (
    with candidate as materialized (
      select distinct coalesce(person.counts_as, person.id) as person_id
      from public.participations fact join public.persons person on person.id = fact.person_id
      where fact.residence_unit_id = any (part) and fact.started_at >= begins and fact.started_at < ends
    ), fact as materialized (
      select stored.person_id, record.id, record.started_at, record.residence_unit_id, record.year, record.groups, record.category_id, record.organised, record.hours
      from candidate
      join private.person_years stored on stored.year between first_year and last_year and stored.person_id = candidate.person_id
      cross join lateral unnest(stored.fact_ids) as counted (fact_id) join public.participations record on record.id = counted.fact_id
      where record.started_at >= begins and record.started_at < ends
    ), home as (
      select distinct on (fact.person_id) fact.person_id, fact.residence_unit_id, fact.year from fact order by fact.person_id, fact.started_at, fact.id
    ), placed as materialized (
      select home.person_id, path.ancestors[array_position(path.ancestors, asked.unit_id) + 1] as below
      from home join public.unit_paths path on path.unit_id = home.residence_unit_id and path.years @> home.year::integer
      where home.residence_unit_id = any (part) and path.ancestors @> array[asked.unit_id]
    ), sets as materialized (
      select one.groups, private.group_bits(one.groups) as bits from (select distinct fact.groups from fact) one
    ), viewed as materialized (
      select placed.below, placed.person_id, view.id as view_id, sets.bits, (fact.hours * 3600)::integer as seconds
      from fact join placed on placed.person_id = fact.person_id join sets on sets.groups = fact.groups
      left join public.metric_views category on category.category_id = fact.category_id
      cross join lateral unnest(array[1::smallint, case when fact.organised then 2::smallint end, category.id]) as view (id)
      where view.id is not null
    ), reached as (
      select one.below, one.view_id, one.bits, count(*) as persons
      from (select viewed.below, viewed.view_id, viewed.person_id, bit_or(viewed.bits) as bits from viewed group by viewed.below, viewed.view_id, viewed.person_id) one
      group by one.below, one.view_id, one.bits
    ), summed as (
      select viewed.below, viewed.view_id, viewed.bits, count(*) as person_times, sum(viewed.seconds) as seconds from viewed group by viewed.below, viewed.view_id, viewed.bits
    ), parts as (
      select reached.below, reached.view_id, reached.bits, reached.persons, 0::bigint as person_times, 0::bigint as seconds from reached
      union all
      select summed.below, summed.view_id, summed.bits, 0, summed.person_times, summed.seconds from summed
    ), cells as (
      select unit.id as unit_id, parts.view_id, slice.id as slice_id, sum(parts.persons) as persons, sum(parts.person_times) as person_times, sum(parts.seconds) as seconds
      from parts join public.metric_slices slice on slice.kind = 'group' and slice.group_bit & parts.bits <> 0
      cross join lateral unnest(array[asked.unit_id, parts.below]) as unit (id)
      where unit.id is not null
      group by unit.id, parts.view_id, slice.id
    )
    select coalesce(jsonb_agg(jsonb_build_array(cells.unit_id, cells.view_id, cells.slice_id, cells.persons, cells.person_times, cells.seconds)), '[]') from cells
  );
end $$;

-- Begins a run, from nothing; false where there is nothing to count (any more).
create function private.begin_range_figure(range_id bigint, run uuid) returns boolean
language plpgsql volatile security definer set search_path = '' as $$
begin
  update public.range_figures asked set state = 'counting', homes = null, done = 0
  where asked.id = begin_range_figure.range_id and asked.state in ('waiting', 'counting');
  if not found then return false; end if;
  delete from public.range_figure_cells cell where cell.range_id = begin_range_figure.range_id;
  insert into private.range_figure_runs (range_id, run) values (begin_range_figure.range_id, begin_range_figure.run)
  on conflict on constraint range_figure_runs_pkey do update set run = excluded.run;
  return true;
end $$;

-- Keeps what a part came to and how far the run is; false where the run is not the latest, or the range is no longer wanted.
create function private.keep_range_part(range_id bigint, run uuid, cells jsonb, done integer, homes integer) returns boolean
language plpgsql volatile security definer set search_path = '' as $$
begin
  update public.range_figures asked set done = keep_range_part.done, homes = keep_range_part.homes
  where asked.id = keep_range_part.range_id and asked.state = 'counting'
    and exists (select from private.range_figure_runs latest where latest.range_id = asked.id and latest.run = keep_range_part.run);
  if not found then return false; end if;
  insert into public.range_figure_cells as cell (range_id, unit_id, view_id, slice_id, persons, person_times, seconds)
  select keep_range_part.range_id, (one ->> 0)::integer, (one ->> 1)::smallint, (one ->> 2)::smallint, (one ->> 3)::integer, (one ->> 4)::integer, (one ->> 5)::bigint
  from jsonb_array_elements(keep_range_part.cells) as one
  on conflict on constraint range_figure_cells_pkey do update
    set persons = cell.persons + excluded.persons, person_times = cell.person_times + excluded.person_times, seconds = cell.seconds + excluded.seconds;
  return true;
end $$;

-- Ends a run: counted, as of a moment.
create function private.end_range_figure(range_id bigint, run uuid, counted_at timestamptz) returns void
language sql volatile security definer set search_path = ''
begin atomic
  update public.range_figures asked set state = 'counted', counted_at = end_range_figure.counted_at
  where asked.id = end_range_figure.range_id and asked.state = 'counting'
    and exists (select from private.range_figure_runs latest where latest.range_id = asked.id and latest.run = end_range_figure.run);
end;

-- Nobody tries any more.
create function private.fail_range_figure(range_id bigint) returns void
language sql volatile security definer set search_path = ''
begin atomic
  update public.range_figures asked set state = 'failed' where asked.id = fail_range_figure.range_id and asked.state in ('waiting', 'counting');
end;

-- Those whose job may have got lost.
create function private.range_figures_open() returns setof bigint
language sql stable security definer set search_path = ''
begin atomic
  select id from public.range_figures where state in ('waiting', 'counting') order by id;
end;

-- A kept result goes after a year; it can be counted again.
create function private.forget_range_figures() returns integer
language sql volatile security definer set search_path = ''
begin atomic
  with gone as (delete from public.range_figures where asked_at < now() - interval '1 year' returning id) select count(*)::integer from gone;
end;
grant execute on function private.homes_of_range(bigint), private.count_range_part(bigint, integer[]), private.begin_range_figure(bigint, uuid),
  private.keep_range_part(bigint, uuid, jsonb, integer, integer), private.end_range_figure(bigint, uuid, timestamptz), private.fail_range_figure(bigint), private.range_figures_open(),
  private.forget_range_figures() to job_server;

-- ── asking ──────────────────────────────────────────────────────────────────────────────────────────────────────────

-- Has a range counted, up to three years long and over; of the same that is still being counted there is one.
create function public.ask_range_figure(in_unit_id integer, from_day date, until_day date) returns bigint
language plpgsql volatile security definer set search_path = '' as $$
declare
  asked bigint;
begin
  perform private.require_sight(in_unit_id, 'names');
  if ask_range_figure.from_day is null or ask_range_figure.from_day < '2000-01-01' then perform private.refuse(422, 'day_invalid', '{"field": "from"}'); end if;
  if ask_range_figure.until_day is null or ask_range_figure.until_day < ask_range_figure.from_day then perform private.refuse(422, 'until_before_from', '{"field": "until"}'); end if;
  if ask_range_figure.until_day > private.china_date(now()) then perform private.refuse(422, 'range_not_over', '{"field": "until"}'); end if;
  if ask_range_figure.until_day >= ask_range_figure.from_day + interval '3 years' then perform private.refuse(422, 'range_too_long', '{"field": "until"}'); end if;
  -- Asked by one after the other, so that the limit and the one that is open hold.
  perform pg_advisory_xact_lock('public.range_figures'::regclass::oid::integer, 0);
  select one.id into asked from public.range_figures one
  where one.unit_id = in_unit_id and one.from_day = ask_range_figure.from_day and one.until_day = ask_range_figure.until_day and one.state in ('waiting', 'counting');
  if asked is not null then return asked; end if;
  if (select count(*) from public.range_figures one where one.asked_by = auth.uid() and one.state in ('waiting', 'counting')) >= 5 then
    perform private.refuse(409, 'ranges_waiting', '{"most": 5}');
  end if;
  insert into public.range_figures (unit_id, from_day, until_day, asked_by, asked_person_id)
  values (in_unit_id, ask_range_figure.from_day, ask_range_figure.until_day, auth.uid(), private.my_person_id()) returning id into asked;
  return asked;
end $$;

-- The range that is asked about, where the asking post sees it.
create function private.require_range(range_id bigint) returns public.range_figures
language plpgsql stable set search_path = '' as $$
declare
  asked public.range_figures := (select one from public.range_figures one where one.id = require_range.range_id);
begin
  if auth.uid() is null then perform private.refuse(401, 'sign_in_needed'); end if;
  if asked.id is null or not private.sees_unit(asked.unit_id, 'names') then perform private.refuse(404, 'range_unknown'); end if;
  return asked;
end $$;

-- Drops a range, also one that is being counted: by whoever asked for it or approves figures there.
create function public.remove_range_figure(range_id bigint) returns void
language plpgsql volatile security definer set search_path = '' as $$
declare
  asked public.range_figures := private.require_range(range_id);
begin
  if asked.asked_by <> auth.uid() and not private.sees_unit(asked.unit_id, 'approval') then perform private.refuse(403, 'range_not_yours'); end if;
  delete from public.range_figures one where one.id = asked.id;
end $$;

-- ── reading ─────────────────────────────────────────────────────────────────────────────────────────────────────────

-- Figures of people on official lists are told to who may see these people: with ranges that end a day apart they could be told one by one.

-- Every group of a range's unit, with the population of the year in which the range ends.
create function public.range_by_group(range_id bigint, view_code text default 'all')
returns table (group_id text, persons integer, person_times integer, hours numeric, population bigint, population_source text, missing_count integer, missing_names text[],
  population_as_of date, population_approved boolean)
language plpgsql stable security definer set search_path = '' as $$
#variable_conflict use_column
declare
  asked public.range_figures := private.require_range(range_by_group.range_id);
  told text[] := array(select one.id from public.population_groups one where private.sees_people_of(asked.unit_id, one.id));
begin
  return query
  select named.id, coalesce(cell.persons, 0), coalesce(cell.person_times, 0), round(coalesce(cell.seconds, 0) / 3600.0, 2),
    denominator.population, denominator.source, denominator.missing_count, denominator.missing_names, denominator.as_of, denominator.is_approved
  from public.population_groups named
  join public.metric_slices slice on slice.group_id = named.id
  left join public.range_figure_cells cell on cell.range_id = asked.id and cell.unit_id = asked.unit_id and cell.slice_id = slice.id
    and cell.view_id = (select view.id from public.metric_views view where view.code = view_code)
  left join private.denominators_of(array[asked.unit_id], extract(year from asked.until_day)::integer, told) denominator on denominator.group_id = named.id
  where named.id = any (told)
  order by named.position;
end $$;

-- A group's figure of the unit and of each right below it.
create function public.range_by_unit(range_id bigint, counted_group text, view_code text default 'all')
returns table (unit_id integer, code text, name text, level text, is_parent boolean, has_children boolean, persons integer, person_times integer, hours numeric,
  population bigint, population_source text, missing_count integer, missing_names text[], population_as_of date, population_approved boolean)
language plpgsql stable security definer set search_path = '' as $$
#variable_conflict use_column
declare
  asked public.range_figures := private.require_range(range_by_unit.range_id);
  last_year integer := extract(year from asked.until_day);
begin
  if not private.sees_people_of(asked.unit_id, counted_group) then return; end if;
  return query
  with shown as materialized (
    select unit.id, unit.code, unit.name, unit.level, unit.path, unit.id = asked.unit_id as is_parent, cell.persons, cell.person_times, cell.seconds
    from public.units unit
    left join public.range_figure_cells cell on cell.range_id = asked.id and cell.unit_id = unit.id
      and cell.view_id = (select view.id from public.metric_views view where view.code = view_code)
      and cell.slice_id = (select slice.id from public.metric_slices slice where slice.kind = 'group' and slice.code = counted_group)
    where unit.id = asked.unit_id or cell.persons > 0 or unit.kind_id = 'administration' and private.stood_in(unit.opened_on, unit.closed_on, last_year)
      and unit.id in (select tree.unit_id from private.tree_by_year tree where tree.parent_id = asked.unit_id and tree.years @> last_year)
  )
  select shown.id, shown.code, shown.name, shown.level, shown.is_parent,
    exists (select from private.tree_by_year tree join public.units child on child.id = tree.unit_id and child.kind_id = 'administration'
      where tree.parent_id = shown.id and tree.years @> last_year),
    coalesce(shown.persons, 0), coalesce(shown.person_times, 0), round(coalesce(shown.seconds, 0) / 3600.0, 2),
    denominator.population, denominator.source, denominator.missing_count, denominator.missing_names, denominator.as_of, denominator.is_approved
  from shown
  left join private.denominators_of(array(select one.id from shown one), last_year, array[counted_group]) denominator on denominator.unit_id = shown.id
  order by shown.is_parent desc, shown.path;
end $$;

-- A group's figure of the unit by kind of learning: people who came to several are in each.
create function public.range_by_category(range_id bigint, counted_group text)
returns table (category_id text, persons integer, person_times integer, hours numeric)
language plpgsql stable security definer set search_path = '' as $$
#variable_conflict use_column
declare
  asked public.range_figures := private.require_range(range_by_category.range_id);
begin
  if not private.sees_people_of(asked.unit_id, counted_group) then return; end if;
  return query
  select category.id, coalesce(cell.persons, 0), coalesce(cell.person_times, 0), round(coalesce(cell.seconds, 0) / 3600.0, 2)
  from public.categories category
  join public.metric_views view on view.category_id = category.id
  left join public.range_figure_cells cell on cell.range_id = asked.id and cell.unit_id = asked.unit_id and cell.view_id = view.id
    and cell.slice_id = (select slice.id from public.metric_slices slice where slice.kind = 'group' and slice.code = counted_group)
  order by category.position;
end $$;

-- Person-times of head counts without names in a range, whose people are in no figure above.
create function public.range_head_counts(range_id bigint) returns integer
language plpgsql stable security definer set search_path = '' as $$
declare
  asked public.range_figures := private.require_range(range_head_counts.range_id);
begin
  return (
    select coalesce(sum(head_count.persons - private.named_among(head_count.session_id, head_count.persons)), 0)
    from public.unit_paths placed
    join private.counted_head_counts head_count on head_count.host_unit_id = placed.unit_id and placed.years @> head_count.year::integer
    where placed.ancestors @> array[asked.unit_id]
      and head_count.year between extract(year from asked.from_day) and extract(year from asked.until_day)
      and head_count.started_at >= private.range_start(asked.from_day) and head_count.started_at < private.range_start(asked.until_day + 1));
end $$;

-- ── rows ────────────────────────────────────────────────────────────────────────────────────────────────────────────

-- Where a person counts in a range: at the home of the first record in it, in that year's tree. Nothing without a record.
create function private.home_in_range(of_person_id bigint, from_day date, until_day date) returns table (unit_id integer, ancestors integer[])
language sql stable set search_path = ''
begin atomic
  select path.unit_id, path.ancestors
  from (
    select fact.residence_unit_id, fact.year
    from private.person_years counted
    cross join lateral unnest(counted.fact_ids) as part (fact_id) join public.participations fact on fact.id = part.fact_id
    where counted.person_id = of_person_id and counted.year between extract(year from home_in_range.from_day) and extract(year from home_in_range.until_day)
      and fact.started_at >= private.range_start(home_in_range.from_day) and fact.started_at < private.range_start(home_in_range.until_day + 1)
    order by fact.started_at, fact.id limit 1
  ) first
  join public.unit_paths path on path.unit_id = first.residence_unit_id and path.years @> first.year::integer;
end;

-- The records behind a figure of a range as they are now, a page at a time, in the order of its people; `below` is the unit itself or one right below it.
create function public.range_records(range_id bigint, below integer, counted_group text, view_code text default 'all',
  page_size integer default 50, after_person_id bigint default 0, after_record_id bigint default 0)
returns table (record_id bigint, person_id bigint, name text, home text, started_at timestamptz, kind text, category_zh text, category_en text, title text, host text, channel text, hours numeric)
language plpgsql stable security definer set search_path = '' set plan_cache_mode = force_custom_plan as $$
#variable_conflict use_column
declare
  asked public.range_figures := private.require_range(range_records.range_id);
  asked_view public.metric_views := (select view from public.metric_views view where view.code = view_code);
  group_slice public.metric_slices := (select slice from public.metric_slices slice where slice.kind = 'group' and slice.code = counted_group);
  begins timestamptz := private.range_start(asked.from_day);
  ends timestamptz := private.range_start(asked.until_day + 1);
  first_year integer := extract(year from asked.from_day);
  last_year integer := extract(year from asked.until_day);
  paths extensions.ltree[] := private.my_unit_paths('names');
  most integer := least(greatest(page_size, 1), 199);
  wanted bigint[];
begin
  if asked_view.id is null or group_slice.id is null or not private.sees_people_of(asked.unit_id, counted_group) then return; end if;
  -- People of a place that few came from are found by their records; of much of the region by walking along the people until the page is full.
  if coalesce((select cell.person_times from public.range_figure_cells cell
      where cell.range_id = asked.id and cell.unit_id = below and cell.view_id = 1 and cell.slice_id = group_slice.id), 0) <= 20000 then
    wanted := array(
      select distinct coalesce(person.counts_as, person.id)
      from public.unit_paths path
      join public.participations fact on fact.residence_unit_id = path.unit_id and fact.started_at >= begins and fact.started_at < ends
      join public.persons person on person.id = fact.person_id
      where path.ancestors @> array[asked.unit_id, below] and path.years @> fact.year::integer and coalesce(person.counts_as, person.id) >= after_person_id
      order by 1);
  else
    wanted := array(
      select distinct walked.person_id
      from generate_series(first_year, last_year) as counted_year
      cross join lateral (
        select stored.person_id from private.person_years stored
        where stored.year = counted_year and stored.person_id >= after_person_id and stored.group_bits & group_slice.group_bit <> 0
          and exists (
            select from unnest(stored.fact_ids) as part (fact_id) join public.participations fact on fact.id = part.fact_id
            where fact.started_at >= begins and fact.started_at < ends and counted_group = any (fact.groups)
              and (asked_view.id = 1 or asked_view.id = 2 and fact.organised or fact.category_id = asked_view.category_id))
          and exists (select from private.home_in_range(stored.person_id, asked.from_day, asked.until_day) placed where placed.ancestors @> array[asked.unit_id, below])
        order by stored.person_id limit most + 1
      ) walked
      order by walked.person_id limit most + 1);
  end if;
  return query
  with page as (
    select stored.person_id, fact.id as record_id
    from unnest(wanted) as one (person_id)
    cross join lateral private.home_in_range(one.person_id, asked.from_day, asked.until_day) placed
    join private.person_years stored on stored.year between first_year and last_year and stored.person_id = one.person_id
    cross join lateral unnest(stored.fact_ids) as part (fact_id) join public.participations fact on fact.id = part.fact_id
    where placed.ancestors @> array[asked.unit_id, below] and fact.started_at >= begins and fact.started_at < ends and counted_group = any (fact.groups)
      and (stored.person_id > after_person_id or fact.id > after_record_id)
      and (asked_view.id = 1 or asked_view.id = 2 and fact.organised or fact.category_id = asked_view.category_id)
    order by stored.person_id, fact.id limit most
  )
  select fact.id, page.person_id, case when person_home.path operator(extensions.<@) any (paths) then person.name end, residence.name, fact.started_at, fact.kind, category.zh, category.en,
    case when seen.told then coalesce(private.record_title(fact.id), course.title) end, case when seen.told then host.name end, fact.channel, fact.hours
  from page join public.participations fact on fact.id = page.record_id
  join public.persons person on person.id = page.person_id
  join public.units person_home on person_home.id = person.residence_unit_id
  join public.units residence on residence.id = fact.residence_unit_id
  left join public.units host on host.id = fact.host_unit_id
  left join public.categories category on category.id = fact.category_id
  left join public.courses course on course.id = fact.course_id
  cross join lateral (select residence.path operator(extensions.<@) any (paths) or coalesce(host.path operator(extensions.<@) any (paths), false) as told) seen
  order by page.person_id, fact.id;
end $$;
grant execute on function public.ask_range_figure(integer, date, date), public.remove_range_figure(bigint), public.range_by_group(bigint, text),
  public.range_by_unit(bigint, text, text), public.range_by_category(bigint, text), public.range_head_counts(bigint),
  public.range_records(bigint, integer, text, text, integer, bigint, bigint) to authenticated;
