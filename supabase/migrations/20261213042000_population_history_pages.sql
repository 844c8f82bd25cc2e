-- Every version of a unit's figures of a year, page by page: a town that corrects its figures all year has more than one list shows.
drop function public.population_history(integer, integer);
-- Definer: tells user names, not persons.
create function public.population_history(in_unit_id integer, counted_year integer, page_size integer default 100, skip integer default 0)
returns table (version_id bigint, group_id text, area text, count integer, source text, as_of date, status text, entered_at timestamptz,
  entered_by_username text, decided_at timestamptz, decided_by_username text, reason text, in_force boolean, total integer)
language sql stable security definer set search_path = ''
begin atomic
  select version.id, version.group_id, version.area, version.count, version.source, version.as_of, version.status, version.entered_at,
    enterer.username, version.decided_at, decider.username, version.reason, current.version_id is not null, (count(*) over ())::integer
  from public.units inside
  join public.population_versions version on version.unit_id = inside.id and version.year = counted_year
  left join public.populations current on current.version_id = version.id
  left join identity.accounts enterer on enterer.id = version.entered_by
  left join identity.accounts decider on decider.id = version.decided_by
  where inside.id = in_unit_id and inside.path operator(extensions.<@) any ((select private.my_unit_paths('figures'))::extensions.ltree[])
  order by version.id desc
  limit least(greatest(page_size, 1), 500) offset greatest(skip, 0);
end;
grant execute on function public.population_history(integer, integer, integer, integer) to authenticated;
