-- Small numbers that could be computed: of an age from two groups that hold each other, of a subject from the whole less the others, of a unit
-- by whose work it was, of a week. Whoever sees names at a unit reads everything, as before.

-- What groups tell of each other. Groups by age are stretches between ages, residents all of it: along stretches that meet, the people between any
-- two ages can be computed. One row a stretch on such a way, with the group that is hidden where those people are few: the least important of the way.
-- Of a group that a registry knows, those who are not in it can be computed from the residents.
create table private.group_differences (
  id integer not null,
  group_id text not null references public.population_groups on delete cascade,
  sign smallint not null check (sign in (-1, 1)),
  hides text not null references public.population_groups on delete cascade,
  primary key (id, group_id)
);
create index group_differences_group_id_idx on private.group_differences (group_id);
create index group_differences_hides_idx on private.group_differences (hides);
alter table private.group_differences enable row level security;

create function private.find_group_differences() returns void
language plpgsql volatile set search_path = '' as $$
begin
  delete from private.group_differences;
  with recursive stretch as (
    select known.id, known.position, coalesce(lower(known.ages), 0) as from_age, coalesce(upper(known.ages), 999) as to_age
    from public.population_groups known where known.ages is not null or known.id = 'resident'
  ), step as (
    select id, position, from_age, to_age, 1 as sign from stretch
    union all
    select id, position, to_age, from_age, -1 from stretch
  ), way as (
    select step.from_age as first_age, step.to_age, array[step.from_age, step.to_age] as seen, array[step.id] as ids, array[step.sign] as signs, step.position as last_position, step.id as last_id
    from step
    union all
    select way.first_age, step.to_age, way.seen || step.to_age, way.ids || step.id, way.signs || step.sign, greatest(way.last_position, step.position),
      case when step.position > way.last_position then step.id else way.last_id end
    from way join step on step.from_age = way.to_age and step.to_age <> all (way.seen)
  ), told as (
    select ids, signs, last_id from way where first_age < to_age and cardinality(ids) > 1
    union all
    select array['resident', known.id], array[1, -1], known.id from public.population_groups known where known.ages is null and known.id <> 'resident'
  ), numbered as (
    select row_number() over (order by last_id, ids)::integer as id, told.* from told
  )
  insert into private.group_differences (id, group_id, sign, hides)
  select numbered.id, part.group_id, part.sign, numbered.last_id from numbered cross join unnest(numbered.ids, numbered.signs) as part (group_id, sign);
end $$;
create function private.group_differences_changed() returns trigger
language plpgsql set search_path = '' as $$
begin
  perform private.find_group_differences();
  return null;
end $$;
create trigger population_groups_differences after insert or delete or update of id, ages, position on public.population_groups
  for each statement execute function private.group_differences_changed();
select private.find_group_differences();

-- ── what is hidden ──────────────────────────────────────────────────────────────────────────────────────────────────

-- The neighbours along the way down to a unit, and its children: a unit's fate hangs on them alone. With `is_deep` all units below as well. Schools
-- and other bodies organise too.
create function private.tree_around(around integer, counted_year integer, axis_id smallint, is_deep boolean default false) returns table (unit_id integer, parent_id integer)
language sql stable set search_path = ''
begin atomic
  select tree.unit_id, tree.parent_id
  from public.unit_paths inside
  join private.tree_by_year tree on tree.years @> counted_year
    and (tree.parent_id = any (inside.ancestors) or tree.parent_id is null or (is_deep and tree.ancestors @> array[around]))
  join public.units unit on unit.id = tree.unit_id and (axis_id = 1 or unit.kind_id = 'administration')
  where inside.unit_id = around and inside.years @> counted_year;
end;

-- Units of which a group's figure is hidden, by view: it is small, or together with other groups it would tell of few. By residence people add up
-- over the tree; by whose work it was only person-times do, so neighbours are chosen by them.
create function private.hidden_figures(around integer, counted_year integer, axis_id smallint, view_ids smallint[], group_ids text[], is_deep boolean default false)
returns table (view_id smallint, group_id text, unit_id integer)
language sql stable set search_path = ''
begin atomic
  with tree as materialized (
    select * from private.tree_around(around, counted_year, axis_id, is_deep)
  ), asked as materialized (
    select view.id as view_id, slice.group_id, slice.id as slice_id, tree.unit_id, tree.parent_id
    from tree cross join unnest(view_ids) as view (id) join public.metric_slices slice on slice.group_id = any (group_ids)
  ), figures as (
    select asked.*, coalesce(cell.persons, 0) as persons, coalesce(cell.person_times, 0) as person_times
    from asked left join public.coverage_cells cell on cell.year = counted_year and cell.axis = axis_id and cell.view_id = asked.view_id
      and cell.slice_id = asked.slice_id and cell.unit_id = asked.unit_id
  ), rests as (
    select view.id as view_id, difference.hides as group_id, cell.unit_id, abs(sum(difference.sign * cell.persons)) as persons
    from unnest(view_ids) as view (id)
    join private.group_differences difference on difference.hides = any (group_ids)
    join public.metric_slices slice on slice.group_id = difference.group_id
    join public.coverage_cells cell on cell.year = counted_year and cell.axis = axis_id and cell.view_id = view.id and cell.slice_id = slice.id
      and cell.unit_id in (select tree.unit_id from tree)
    group by view.id, difference.id, difference.hides, cell.unit_id
    union all
    -- Who learned by themselves alone, from all less those who came to something organised.
    select figures.view_id, figures.group_id, figures.unit_id, everybody.persons - figures.persons
    from figures join public.coverage_cells everybody on everybody.year = counted_year and everybody.axis = axis_id and everybody.view_id = 1
      and everybody.slice_id = figures.slice_id and everybody.unit_id = figures.unit_id
    where figures.view_id = 2
  ), few as (
    select rests.view_id, rests.group_id, rests.unit_id, min(rests.persons) as persons from rests
    where rests.persons between 1 and 4 group by rests.view_id, rests.group_id, rests.unit_id
  ), judged as (
    select figures.view_id, figures.group_id, figures.unit_id, figures.parent_id,
      least(case when figures.persons between 1 and 4 then figures.persons end, few.persons) as few,
      case axis_id when 0 then figures.persons else figures.person_times end as whole
    from figures left join few on few.view_id = figures.view_id and few.group_id = figures.group_id and few.unit_id = figures.unit_id
  )
  select judged.view_id, judged.group_id,
    private.hide_small(array_agg(row(judged.unit_id, judged.parent_id, coalesce(judged.few, judged.whole), judged.few is not null)::private.small_number_unit))
  from judged group by judged.view_id, judged.group_id;
end;

create or replace function private.hidden_in_group(around integer, counted_year integer, view_code text, counted_group text, is_deep boolean default false)
returns setof integer
language sql stable set search_path = ''
begin atomic
  select hidden.unit_id
  from private.hidden_figures(around, counted_year, 0::smallint, array(select view.id from public.metric_views view where view.code = view_code), array[counted_group], is_deep) hidden;
end;

-- Units of which person-times and hours by subject are hidden, by group: an event has one subject, so those of all subjects add up to the whole, and
-- one that is hidden could be computed. They are hidden whole where any is.
create function private.hidden_times(around integer, counted_year integer, axis_id smallint, group_ids text[]) returns table (group_id text, unit_id integer)
language sql stable set search_path = ''
begin atomic
  with hidden as materialized (
    select distinct one.group_id, one.unit_id
    from private.hidden_figures(around, counted_year, axis_id, array(select view.id from public.metric_views view where view.code <> 'organised'), group_ids) one
  )
  select slice.group_id, private.hide_small(array_agg(row(tree.unit_id, tree.parent_id, coalesce(cell.person_times, 0), hidden.unit_id is not null)::private.small_number_unit))
  from private.tree_around(around, counted_year, axis_id) tree
  join public.metric_slices slice on slice.group_id = any (group_ids)
  left join public.coverage_cells cell on cell.year = counted_year and cell.axis = axis_id and cell.view_id = 1 and cell.slice_id = slice.id and cell.unit_id = tree.unit_id
  left join hidden on hidden.group_id = slice.group_id and hidden.unit_id = tree.unit_id
  group by slice.group_id;
end;

-- Units of which a whole breakdown is hidden: area, age by sex, channel, month. One small cell hides all of it, as the cells add up to the residents
-- reached; so does a hidden group that ages add up to. A month in which nobody new came may still have very few person-times.
drop function private.hidden_in_breakdown(integer, integer, text);
create function private.hidden_in_breakdown(around integer, counted_year integer, breakdown text, view_code text default 'all') returns setof integer
language sql stable set search_path = ''
begin atomic
  with hidden as (
    select distinct one.unit_id
    from private.hidden_figures(around, counted_year, 0::smallint, array(select view.id from public.metric_views view where view.code = view_code),
      array(select population_group.id from public.population_groups population_group where population_group.id = 'resident' or population_group.ages is not null)) one
  )
  select private.hide_small(array_agg(row(shown.unit_id, shown.parent_id, shown.persons, shown.is_small)::private.small_number_unit))
  from (
    select tree.unit_id, tree.parent_id,
      coalesce(max(cell.persons) filter (where slice.kind = 'group'), 0) as persons,
      coalesce(bool_or(cell.persons between 1 and 4 or cell.person_times between 1 and 4
        or view_code = 'organised' and coalesce(everybody.persons, 0) - cell.persons between 1 and 4) filter (where slice.kind = breakdown), false)
        or tree.unit_id in (select hidden.unit_id from hidden) as is_small
    from public.unit_paths inside
    join private.tree_by_year tree on tree.years @> counted_year
      and (tree.parent_id = any (inside.ancestors) or tree.parent_id is null)
    join public.units unit on unit.id = tree.unit_id and unit.kind_id = 'administration'
    left join (public.coverage_cells cell
      join public.metric_slices slice on slice.id = cell.slice_id and (slice.kind = breakdown or slice.kind = 'group' and slice.code = 'resident'))
      on cell.year = counted_year and cell.axis = 0 and cell.unit_id = tree.unit_id
        and cell.view_id = (select view.id from public.metric_views view where view.code = view_code)
    left join public.coverage_cells everybody on everybody.year = counted_year and everybody.axis = 0 and everybody.view_id = 1
      and everybody.slice_id = cell.slice_id and everybody.unit_id = cell.unit_id
    where inside.unit_id = around and inside.years @> counted_year
    group by tree.unit_id, tree.parent_id
  ) shown
  having count(*) > 0;
end;

-- ── what is read ────────────────────────────────────────────────────────────────────────────────────────────────────

create or replace function public.coverage_by_unit(parent_unit_id integer, counted_year integer, counted_group text, view_code text default 'all')
returns table (unit_id integer, code text, name text, level text, is_parent boolean, has_children boolean,
  persons integer, person_times integer, hours numeric, population bigint, population_source text, missing_count integer, missing_names text[])
language plpgsql stable security definer set search_path = '' as $$
#variable_conflict use_column
declare
  asked_view smallint := (select view.id from public.metric_views view where view.code = view_code);
  slice smallint := (select slice.id from public.metric_slices slice where slice.kind = 'group' and slice.code = counted_group);
  hidden integer[] := case when private.sees_unit(parent_unit_id, 'names') then '{}' else array(
    select private.hidden_in_group(parent_unit_id, counted_year, view_code, counted_group)) end;
  without_times integer[] := case when view_code not like 'category:%' or private.sees_unit(parent_unit_id, 'names') then '{}' else array(
    select one.unit_id from private.hidden_times(parent_unit_id, counted_year, 0::smallint, array[counted_group]) one) end;
begin
  return query
  select exact.unit_id, exact.code, exact.name, exact.level, exact.is_parent, exact.has_children,
    case when exact.unit_id <> all (hidden) then case asked_view when 1 then exact.persons else coalesce(cell.persons, 0) end end,
    case when exact.unit_id <> all (hidden || without_times) then case asked_view when 1 then exact.person_times else coalesce(cell.person_times, 0) end end,
    case when exact.unit_id <> all (hidden || without_times) then case asked_view when 1 then exact.hours else round(coalesce(cell.seconds, 0) / 3600.0, 2) end end,
    exact.population, exact.population_source, exact.missing_count, exact.missing_names
  from private.exact_coverage_by_unit(parent_unit_id, counted_year, counted_group) exact
  left join public.coverage_cells cell on asked_view <> 1 and cell.year = counted_year and cell.axis = 0 and cell.view_id = asked_view
    and cell.slice_id = slice and cell.unit_id = exact.unit_id;
end $$;

create or replace function public.coverage_by_group(in_unit_id integer, counted_year integer, view_code text default 'all')
returns table (group_id text, persons integer, person_times integer, hours numeric, population bigint, population_source text,
  missing_count integer, missing_names text[])
language plpgsql stable security definer set search_path = '' as $$
#variable_conflict use_column
declare
  every_group text[] := array(select population_group.id from public.population_groups population_group);
  is_exact boolean := private.sees_unit(in_unit_id, 'names');
  hidden text[] := case when is_exact then '{}' else array(
    select one.group_id from private.hidden_figures(in_unit_id, counted_year, 0::smallint, array(select view.id from public.metric_views view where view.code = view_code), every_group) one
    where one.unit_id = in_unit_id) end;
  without_times text[] := case when is_exact or view_code not like 'category:%' then '{}' else array(
    select one.group_id from private.hidden_times(in_unit_id, counted_year, 0::smallint, every_group) one where one.unit_id = in_unit_id) end;
begin
  if not private.sees_unit(in_unit_id, 'figures') then return; end if;
  return query
  select population_group.id,
    case when shown.is_shown then coalesce(cell.persons, 0) end, case when shown.has_times then coalesce(cell.person_times, 0) end,
    case when shown.has_times then round(coalesce(cell.seconds, 0) / 3600.0, 2) end,
    denominator.population, denominator.source, denominator.missing_count, denominator.missing_names
  from public.population_groups population_group
  join public.metric_slices slice on slice.group_id = population_group.id
  left join public.coverage_cells cell on cell.year = counted_year and cell.axis = 0 and cell.slice_id = slice.id and cell.unit_id = in_unit_id
    and cell.view_id = (select view.id from public.metric_views view where view.code = view_code)
  left join private.populations_of(array[in_unit_id], counted_year, every_group) denominator
    on denominator.group_id = population_group.id
  cross join lateral (
    select population_group.id <> all (hidden) as is_shown, population_group.id <> all (hidden || without_times) as has_times
  ) shown
  order by population_group.position;
end $$;

create or replace function public.coverage_of_unit(in_unit_id integer, counted_year integer, axis_name text default 'residence', view_code text default 'all')
returns table (kind text, code text, persons integer, person_times integer, minutes numeric, population bigint)
language plpgsql stable security definer set search_path = '' as $$
#variable_conflict use_column
declare
  asked_axis smallint := case axis_name when 'organiser' then 1 else 0 end;
  every_group text[] := array(select population_group.id from public.population_groups population_group);
  is_exact boolean := private.sees_unit(in_unit_id, 'names');
  hidden text[] := '{}';
  without_times text[] := '{}';
begin
  if not is_exact then
    hidden := array(
      select 'group:' || one.group_id
      from private.hidden_figures(in_unit_id, counted_year, asked_axis, array(select view.id from public.metric_views view where view.code = view_code), every_group) one
      where one.unit_id = in_unit_id
      union all
      select breakdown || ':' from unnest(array['area', 'age_sex', 'channel', 'month']) as breakdown
      where asked_axis = 0 and view_code in ('all', 'organised') and in_unit_id in (select private.hidden_in_breakdown(in_unit_id, counted_year, breakdown, view_code)));
    if view_code like 'category:%' then
      without_times := array(select 'group:' || one.group_id from private.hidden_times(in_unit_id, counted_year, asked_axis, every_group) one where one.unit_id = in_unit_id);
    end if;
  end if;
  return query
  select exact.kind, exact.code, case when shown.is_shown then exact.persons end, case when shown.has_times then exact.person_times end,
    case when shown.has_times then exact.minutes end, exact.population
  from private.exact_coverage_of_unit(in_unit_id, counted_year, axis_name, view_code) exact
  cross join lateral (select exact.kind || ':' || exact.code <> all (hidden) and exact.kind || ':' <> all (hidden) as is_whole) figure
  cross join lateral (select figure.is_whole as is_shown, figure.is_whole and exact.kind || ':' || exact.code <> all (without_times) as has_times) shown;
end $$;

create or replace function public.coverage_by_category(in_unit_id integer, counted_year integer, counted_group text)
returns table (category_id text, persons integer, person_times integer, minutes numeric, population bigint)
language plpgsql stable security definer set search_path = '' as $$
#variable_conflict use_column
declare
  is_exact boolean := private.sees_unit(in_unit_id, 'names');
  hidden text[] := case when is_exact then '{}' else array(
    select view.category_id from public.metric_views view
    join private.hidden_figures(in_unit_id, counted_year, 0::smallint, array(select every.id from public.metric_views every where every.category_id is not null), array[counted_group]) one
      on one.view_id = view.id and one.unit_id = in_unit_id) end;
  has_times boolean := is_exact or in_unit_id not in (select one.unit_id from private.hidden_times(in_unit_id, counted_year, 0::smallint, array[counted_group]) one);
begin
  return query
  select exact.category_id, case when shown.is_shown then exact.persons end, case when shown.is_shown and has_times then exact.person_times end,
    case when shown.is_shown and has_times then exact.minutes end, exact.population
  from private.exact_coverage_by_category(in_unit_id, counted_year, counted_group) exact
  cross join lateral (select exact.category_id <> all (hidden) as is_shown) shown;
end $$;

-- Whom the work of a unit taught, and of each unit right below it. People are never added up; person-times add up, so few are hidden with a neighbour.
create or replace function public.coverage_taught(in_unit_id integer, counted_year integer, counted_group text, view_code text default 'all')
returns table (code text, name text, is_parent boolean, persons integer, person_times integer, hours numeric)
language plpgsql stable security definer set search_path = '' as $$
#variable_conflict use_column
declare
  is_exact boolean := private.sees_unit(in_unit_id, 'names');
  hidden integer[] := case when is_exact then '{}' else array(
    select one.unit_id from private.hidden_figures(in_unit_id, counted_year, 1::smallint, array(select view.id from public.metric_views view where view.code = view_code), array[counted_group]) one) end;
  without_times integer[] := case when is_exact or view_code not like 'category:%' then '{}' else array(
    select one.unit_id from private.hidden_times(in_unit_id, counted_year, 1::smallint, array[counted_group]) one) end;
begin
  if not private.sees_unit(in_unit_id, 'figures') then return; end if;
  return query
  select unit.code, unit.name, unit.id = in_unit_id, case when shown.is_shown then coalesce(cell.persons, 0) end,
    case when shown.has_times then coalesce(cell.person_times, 0) end, case when shown.has_times then round(coalesce(cell.seconds, 0) / 3600.0, 2) end
  from public.units unit
  left join public.coverage_cells cell on cell.year = counted_year and cell.axis = 1 and cell.unit_id = unit.id
    and cell.view_id = (select view.id from public.metric_views view where view.code = view_code)
    and cell.slice_id = (select slice.id from public.metric_slices slice where slice.kind = 'group' and slice.code = counted_group)
  cross join lateral (select unit.id <> all (hidden) as is_shown, unit.id <> all (hidden || without_times) as has_times) shown
  where unit.id = in_unit_id or (unit.id in (
      select tree.unit_id from private.tree_by_year tree where tree.parent_id = in_unit_id and tree.years @> counted_year)
    and (cell.persons > 0 or unit.kind_id = 'administration' and private.stood_in(unit.opened_on, unit.closed_on, counted_year)))
  order by unit.id <> in_unit_id, unit.kind_id = 'administration', unit.path;
end $$;

-- Person-times by week tell a hidden figure too, so there are none where the residents reached are hidden; and a quiet week tells of few, so whoever sees
-- no names reads tens. Definer: counts are for whoever sees figures, the rows only for whoever sees names.
create or replace function public.participations_by_week(in_unit_id integer, last_day date, weeks integer default 12)
returns table (week_start date, person_times integer)
language sql stable security definer set search_path = ''
begin atomic
  with inside as (
    select unit.path from public.units unit
    where unit.id = in_unit_id
      and unit.path operator(extensions.<@) any ((select private.my_unit_paths('figures'))::extensions.ltree[])
      and (private.sees_unit(in_unit_id, 'names') or in_unit_id not in (
        select private.hidden_in_group(in_unit_id, extract(year from last_day)::integer, 'all', 'resident')))
  ), shown as (
    select (date_trunc('week', last_day::timestamp)::date - 7 * back) as week_start
    from inside, generate_series(0, least(greatest(weeks, 1), 53) - 1) as back
  ), counted as (
    select date_trunc('week', fact.started_at at time zone 'Asia/Shanghai')::date as week_start, count(*) as person_times
    from inside
    join public.units home on home.path operator(extensions.<@) inside.path
    join private.counted_participations fact on fact.residence_unit_id = home.id
    where fact.started_at >= (date_trunc('week', last_day::timestamp) - (least(greatest(weeks, 1), 53) - 1) * interval '1 week') at time zone 'Asia/Shanghai'
      and fact.started_at < (date_trunc('week', last_day::timestamp) + interval '1 week') at time zone 'Asia/Shanghai'
    group by 1
  )
  select shown.week_start, case when private.sees_unit(in_unit_id, 'names') then coalesce(counted.person_times, 0)
    else round(coalesce(counted.person_times, 0) / 10.0) * 10 end::integer
  from shown left join counted using (week_start)
  order by shown.week_start;
end;
