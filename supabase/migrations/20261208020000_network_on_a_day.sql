-- What is built, what is missing and what meets the standard, as of any day: the shares of the indicator schemes are asked for past days too.

-- Every unit below one that was open on a day, as it was then. Definer: a unit that has since moved out of one's subtree was part of it then; nothing
-- here is secret.
create function private.network_on(in_unit_id integer, day date)
returns table (unit_id integer, parent_id integer, level text, area text, name text, nature text, should_build boolean, standard_met boolean)
language sql stable security definer set search_path = ''
begin atomic
  with recursive below as (
    select version.*, array[version.unit_id] as way
    from public.unit_versions version
    where version.unit_id = in_unit_id and version.superseded_at is null and version.valid @> day and in_unit_id in (select private.my_units('desk'))
    union all
    select version.*, below.way || version.unit_id
    from below
    join public.unit_versions version on version.parent_id = below.unit_id and version.superseded_at is null and version.valid @> day
      and version.kind_id = 'administration' and version.unit_id <> all (below.way)
  )
  select below.unit_id, below.parent_id, below.level, below.area, below.name, 'administration', below.should_build, below.standard_met
  from below where private.open_on(below.opened_on, below.closed_on, day)
  union all
  select school.unit_id, school.parent_id, school.level, school.area, school.name, kind.nature, school.should_build, school.standard_met
  from below
  join public.unit_versions school on school.parent_id = below.unit_id and school.superseded_at is null and school.valid @> day
  join public.unit_kinds kind on kind.id = school.kind_id and kind.nature = 'teaching'
  where private.open_on(school.opened_on, school.closed_on, day);
end;

drop function public.network_summary(integer);
-- How many administrations there are by level, how many of them should have a school or learning point, and how many have one.
create function public.network_summary(in_unit_id integer, day date)
returns table (level text, administrations integer, should_build integer, built integer, teaching_units integer)
language sql stable security definer set search_path = '' -- definer: asks private.network_on()
begin atomic
  with standing as materialized (
    select * from private.network_on(in_unit_id, day)
  ), taught as (
    select standing.parent_id as unit_id, count(*) as units from standing where standing.nature = 'teaching' group by standing.parent_id
  )
  select standing.level, count(*)::integer, (count(*) filter (where standing.should_build))::integer,
    (count(*) filter (where standing.should_build and taught.units > 0))::integer, coalesce(sum(taught.units), 0)::integer
  from standing left join taught on taught.unit_id = standing.unit_id
  where standing.nature = 'administration'
  group by standing.level
  order by private.level_rank(standing.level);
end;

drop function public.network_missing(integer, integer, integer);
-- Administrations that should have had a school or learning point on a day and had none.
create function public.network_missing(in_unit_id integer, day date, page_size integer default 100, skip integer default 0)
returns table (unit_code text, unit_name text, level text, area text, above_name text, total integer)
language sql stable security definer set search_path = '' -- definer: asks private.network_on()
begin atomic
  with standing as materialized (
    select * from private.network_on(in_unit_id, day)
  )
  select unit.code, place.name, place.level, place.area, coalesce(above.name, parent.name), (count(*) over ())::integer
  from standing place
  join public.units unit on unit.id = place.unit_id
  left join standing above on above.unit_id = place.parent_id and above.nature = 'administration'
  left join public.units parent on parent.id = place.parent_id
  where place.nature = 'administration' and place.should_build
    and not exists (select from standing school where school.nature = 'teaching' and school.parent_id = place.unit_id)
  order by unit.path
  limit least(greatest(page_size, 1), 500) offset greatest(skip, 0);
end;

drop function public.network_standards(integer);
-- Teaching units open on a day, by level: how many met the standard, how many did not, how many nobody had judged.
create function public.network_standards(in_unit_id integer, day date)
returns table (level text, met integer, not_met integer, not_judged integer)
language sql stable security definer set search_path = '' -- definer: asks private.network_on()
begin atomic
  select school.level, (count(*) filter (where school.standard_met))::integer, (count(*) filter (where not school.standard_met))::integer,
    (count(*) filter (where school.standard_met is null))::integer
  from private.network_on(in_unit_id, day) school
  where school.nature = 'teaching'
  group by school.level
  order by private.level_rank(school.level);
end;
grant execute on function public.network_summary(integer, date), public.network_missing(integer, date, integer, integer), public.network_standards(integer, date) to authenticated;
