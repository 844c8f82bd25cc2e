-- The share of residents who serve is of those who lived there on the last day of the window, in the tree of its year: whoever has moved since, and a village
-- that was merged since, leave it as it was reported.

create or replace function public.volunteer_share(in_unit_id integer, from_day date, until_day date)
returns table (unit_id integer, code text, name text, is_parent boolean, registered integer, served integer, minutes bigint, residents bigint, source text, missing_count integer, missing_names text[])
language plpgsql stable security definer set search_path = '' as $$
#variable_conflict use_column
declare
  is_exact boolean := private.sees_unit(in_unit_id, 'names');
  counted_year integer := extract(year from until_day);
begin
  perform private.require_sight(in_unit_id, 'figures');
  if from_day is null or until_day is null or until_day < from_day then perform private.refuse(422, 'service_days_invalid', '{"field": "until"}'); end if;
  return query
  with around as materialized (
    -- Those shown; and where small numbers are hidden their neighbours along the way down, whose sums would give them away.
    select unit.id, tree.parent_id, unit.code, unit.name, unit.path, unit.id = in_unit_id as is_parent,
      unit.id = in_unit_id or tree.parent_id = in_unit_id and private.stood_in(unit.opened_on, unit.closed_on, counted_year) as is_shown
    from private.tree_around(in_unit_id, counted_year, 0::smallint) tree join public.units unit on unit.id = tree.unit_id
    where not is_exact or unit.id = in_unit_id or tree.parent_id = in_unit_id
  ), people as materialized (
    select person.id, home.ancestors, bool_or(one.status = 'active') as is_registered, (
      select coalesce(sum(standing.minutes), 0) from public.service_places place cross join lateral private.standing_service(place.id) standing
      where place.person_id in (select private.rows_of_person(person.id)) and private.china_date(standing.started_at) between from_day and until_day) as minutes
    from public.volunteers one join public.persons named on named.id = one.person_id join public.persons person on person.id = coalesce(named.counts_as, named.id)
    join public.unit_paths home on home.unit_id = private.home_on(person.id, until_day) and home.years @> counted_year
    where one.status in ('active', 'ended') and (not is_exact or home.ancestors @> array[in_unit_id])
    group by person.id, home.ancestors
  ), placed as materialized (
    select above as unit_id, people.id, people.is_registered, people.minutes from people cross join unnest(people.ancestors) as above
  ), counted as materialized (
    select around.id, (count(placed.id) filter (where placed.is_registered))::integer as registered, (count(placed.id) filter (where placed.is_registered and placed.minutes > 0))::integer as served,
      coalesce(sum(placed.minutes), 0)::bigint as minutes,
      -- Hours are also of those who are registered no more.
      (count(placed.id) filter (where placed.minutes > 0))::integer as worked
    from around left join placed on placed.unit_id = around.id group by around.id
  ), judged as materialized (
    -- The number that would tell of few: a hidden one and its neighbour are told together only where there are enough of what is small.
    select around.id, around.parent_id, counted.registered, (
      select min(few.number) from unnest(array[counted.registered, counted.served, counted.registered - counted.served, counted.worked, counted.worked - counted.served]) as few (number)
      where few.number between 1 and 4) as few
    from around join counted on counted.id = around.id where not is_exact
  ), hidden as materialized (
    select private.hide_small(array_agg(row(judged.id, judged.parent_id, coalesce(judged.few, judged.registered), judged.few is not null)::private.small_number_unit)) as id
    from judged having count(*) > 0
  )
  select around.id, around.code, around.name, around.is_parent, case when around.is_seen then counted.registered end, case when around.is_seen then counted.served end, case when around.is_seen then counted.minutes end,
    denominator.population, denominator.source, denominator.missing_count, denominator.missing_names
  from (select around.*, around.id not in (select hidden.id from hidden) as is_seen from around where around.is_shown) around
  join counted on counted.id = around.id
  left join private.populations_of(array(select one.id from around one where one.is_shown), counted_year, array['resident']) denominator on denominator.unit_id = around.id
  order by around.is_parent desc, around.path;
end $$;
