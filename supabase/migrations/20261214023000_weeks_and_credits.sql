-- The desk's first page: weeks and credits of a unit go by the tree of the year of each record, as coverage does, and open to their rows. A village that has
-- moved since stays where it was counted.

create or replace function public.participations_by_week(in_unit_id integer, last_day date, weeks integer default 12)
returns table (week_start date, person_times integer)
language plpgsql stable security definer set search_path = '' set plan_cache_mode = force_custom_plan as $$ -- definer: counts are for whoever sees figures, rows for whoever sees names
#variable_conflict use_column
declare
  last_week date := date_trunc('week', last_day::timestamp)::date;
  first_week date := last_week - 7 * (least(greatest(weeks, 1), 53) - 1);
  is_exact boolean := private.sees_unit(in_unit_id, 'names');
begin
  if not private.sees_unit(in_unit_id, 'figures') then return; end if;
  -- No weeks where the residents reached are hidden in a year that they lie in.
  if not is_exact and exists (
    select from generate_series(extract(year from first_week)::integer, extract(year from last_week + 6)::integer) as counted_year
    where in_unit_id in (select private.hidden_in_group(in_unit_id, counted_year, 'all', 'resident'))
      -- A year that the last day has not reached has no record yet.
      and counted_year <= extract(year from last_day)) then
    return;
  end if;
  return query
  with counted as (
    select date_trunc('week', fact.started_at at time zone 'Asia/Shanghai')::date as week_start, count(*) as person_times
    from public.unit_paths path
    join private.counted_participations fact on fact.residence_unit_id = path.unit_id and path.years @> fact.year::integer
    where path.ancestors @> array[in_unit_id]
      and fact.started_at >= private.range_start(first_week) and fact.started_at < private.range_start(last_week + 7)
    group by 1
  )
  select shown::date, case when is_exact then coalesce(counted.person_times, 0) else round(coalesce(counted.person_times, 0) / 10.0) * 10 end::integer
  from generate_series(first_week::timestamp, last_week::timestamp, interval '7 days') as shown
  left join counted on counted.week_start = shown::date
  order by shown;
end $$;

create or replace function public.credits_of_unit(in_unit_id integer, counted_year integer) returns bigint
language plpgsql stable security definer set search_path = '' as $$
begin
  if not private.sees_unit(in_unit_id, 'figures') then return 0; end if;
  if not private.sees_unit(in_unit_id, 'names') and in_unit_id in (select private.hidden_in_group(in_unit_id, counted_year, 'all', 'resident')) then return null; end if;
  return (
    select coalesce(sum(posting.milli_credits), 0)
    from public.unit_paths path
    join public.participations fact on fact.residence_unit_id = path.unit_id and fact.year = counted_year
    join public.credit_postings posting on posting.participation_id = fact.id
    where path.ancestors @> array[in_unit_id] and path.years @> counted_year);
end $$;

-- The records that a week's person-times are the number of, a page at a time, for posts that see names there.
create function public.week_records(in_unit_id integer, week_start date, page_size integer default 50, after_record_id bigint default 0)
returns table (record_id bigint, person_id bigint, name text, home text, started_at timestamptz, kind text, category_zh text, category_en text, title text, host text, channel text, hours numeric)
language plpgsql stable security definer set search_path = '' set plan_cache_mode = force_custom_plan as $$
#variable_conflict use_column
declare
  first_day date := date_trunc('week', week_records.week_start::timestamp)::date;
  paths extensions.ltree[] := private.my_unit_paths('names');
begin
  if not private.sees_unit(in_unit_id, 'names') then return; end if;
  return query
  with page as (
    select fact.* from public.unit_paths path
    join private.counted_participations fact on fact.residence_unit_id = path.unit_id and path.years @> fact.year::integer
    where path.ancestors @> array[in_unit_id] and fact.id > after_record_id
      and fact.started_at >= private.range_start(first_day) and fact.started_at < private.range_start(first_day + 7)
    order by fact.id limit least(greatest(page_size, 1), 200)
  )
  select page.id, person.id, case when person_home.path operator(extensions.<@) any (paths) then person.name end, residence.name, page.started_at, page.kind, category.zh, category.en,
    case when seen.told then coalesce(private.record_title(page.id), course.title) end, case when seen.told then host.name end, page.channel, page.hours
  from page
  join public.persons named on named.id = page.person_id join public.persons person on person.id = coalesce(named.counts_as, named.id)
  join public.units person_home on person_home.id = person.residence_unit_id
  join public.units residence on residence.id = page.residence_unit_id
  left join public.units host on host.id = page.host_unit_id
  left join public.categories category on category.id = page.category_id
  left join public.courses course on course.id = page.course_id
  cross join lateral (select residence.path operator(extensions.<@) any (paths) or coalesce(host.path operator(extensions.<@) any (paths), false) as told) seen
  order by page.id;
end $$;

-- The postings that a unit's credits of a year are the sum of, a page at a time, for posts that see names there.
create function public.credit_rows(in_unit_id integer, counted_year integer, page_size integer default 50, after_posting_id bigint default 0)
returns table (posting_id bigint, posted_at timestamptz, person_id bigint, name text, home text, started_at timestamptz, kind text, title text, rule_zh text, rule_en text, milli_credits bigint)
language plpgsql stable security definer set search_path = '' set plan_cache_mode = force_custom_plan as $$
#variable_conflict use_column
declare
  paths extensions.ltree[] := private.my_unit_paths('names');
begin
  if not private.sees_unit(in_unit_id, 'names') then return; end if;
  return query
  with page as (
    select posting.id, posting.posted_at, posting.rule_id, posting.milli_credits, fact.id as fact_id, fact.person_id, fact.residence_unit_id, fact.host_unit_id, fact.started_at, fact.kind, fact.course_id
    from public.unit_paths path
    join public.participations fact on fact.residence_unit_id = path.unit_id and fact.year = counted_year
    join public.credit_postings posting on posting.participation_id = fact.id
    where path.ancestors @> array[in_unit_id] and path.years @> counted_year and posting.id > after_posting_id and posting.milli_credits <> 0
    order by posting.id limit least(greatest(page_size, 1), 200)
  )
  select page.id, page.posted_at, person.id, case when person_home.path operator(extensions.<@) any (paths) then person.name end, residence.name, page.started_at, page.kind,
    case when seen.told then coalesce(private.record_title(page.fact_id), course.title) end, rule.zh, rule.en, page.milli_credits::bigint
  from page
  join public.persons named on named.id = page.person_id join public.persons person on person.id = coalesce(named.counts_as, named.id)
  join public.units person_home on person_home.id = person.residence_unit_id
  join public.units residence on residence.id = page.residence_unit_id
  left join public.units host on host.id = page.host_unit_id
  left join public.courses course on course.id = page.course_id
  left join public.credit_rules rule on rule.id = page.rule_id
  cross join lateral (select residence.path operator(extensions.<@) any (paths) or coalesce(host.path operator(extensions.<@) any (paths), false) as told) seen
  order by page.id;
end $$;
grant execute on function public.week_records(integer, date, integer, bigint), public.credit_rows(integer, integer, integer, bigint) to authenticated;
