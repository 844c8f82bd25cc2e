-- Who is behind the share of volunteers lived there on the last day of the window, in the tree of its year, as the share counts.
create or replace function public.volunteers_at_desk(in_unit_id integer, of_status text default null, query text default '', by_home boolean default false, only_served boolean default false,
  from_day date default null, until_day date default null, page_size integer default 30, skip integer default 0)
returns table (id bigint, person_id bigint, name text, birth_year smallint, home text, unit_name text, team_id integer, team_name text, source text, employer text, skills text, status text, by_self boolean,
  asked_at timestamptz, trainings integer, minutes integer, times integer, last_at timestamptz, is_own boolean, total integer)
language plpgsql stable security definer set search_path = '' as $$
#variable_conflict use_column
declare
  as_in_share boolean := by_home and until_day is not null;
begin
  perform private.require_sight(in_unit_id, case when by_home then 'names' else 'people' end);
  return query
  with inside as materialized (
    select place.id from public.units above join public.units place on place.path operator(extensions.<@) above.path where above.id = in_unit_id and not as_in_share
    union all
    select placed.unit_id from public.unit_paths placed where as_in_share and placed.ancestors @> array[in_unit_id] and placed.years @> extract(year from until_day)::integer
  ), known as (
    select one.*, person.name, person.pinyin, person.initials, person.birth_year, home.name as home, served.*
    from public.volunteers one join public.persons named on named.id = one.person_id join public.persons person on person.id = coalesce(named.counts_as, named.id)
    join public.units home on home.id = case when as_in_share then private.home_on(person.id, until_day) else person.residence_unit_id end
    cross join lateral (
      select coalesce(sum(standing.minutes), 0)::integer as minutes, (count(*) filter (where standing.minutes > 0))::integer as times, max(standing.started_at) filter (where standing.minutes > 0) as last_at
      from public.service_places place cross join lateral private.standing_service(place.id) standing
      where place.person_id in (select private.rows_of_person(person.id)) and (from_day is null or private.china_date(standing.started_at) >= from_day) and (until_day is null or private.china_date(standing.started_at) <= until_day)
    ) served
    where case when by_home then home.id in (select inside.id from inside) else one.unit_id in (select inside.id from inside) end
      and (of_status is null or one.status = of_status)
      and (volunteers_at_desk.query = '' or strpos(person.name, volunteers_at_desk.query) > 0 or strpos(coalesce(person.pinyin, '') || ' ' || coalesce(person.initials, ''), lower(volunteers_at_desk.query)) > 0)
  ), shown as (
    select known.*, (count(*) over ())::integer as total from known where not only_served or known.times > 0
    order by known.status = 'asked' desc, coalesce(known.pinyin, known.name), known.id limit least(greatest(page_size, 1), 200) offset greatest(skip, 0)
  )
  select shown.id, shown.person_id, shown.name, shown.birth_year, shown.home, unit.name, shown.team_id, team.name, shown.source, shown.employer, shown.skills, shown.status, shown.by_self, shown.asked_at,
    (select count(*)::integer from public.volunteer_trainings training where training.volunteer_id = shown.id and training.taken_back_at is null),
    shown.minutes, shown.times, shown.last_at, shown.person_id in (select private.my_person_ids()), shown.total
  from shown join public.units unit on unit.id = shown.unit_id left join public.volunteer_teams team on team.id = shown.team_id
  order by shown.status = 'asked' desc, coalesce(shown.pinyin, shown.name), shown.id;
end $$;
