-- A unit is found by its name, its local name or its code, among those within one's sight.

-- Every name in sight, for whoever reads them as pinyin: how a name sounds only the site knows.
create function public.unit_names(sight text) returns text[]
language sql stable set search_path = ''
return (
  select coalesce(array_agg(distinct called.name), '{}')
  from public.units unit
  cross join lateral (values (unit.name), (unit.local_name)) called (name)
  where called.name is not null and unit.path operator(extensions.<@) any ((select private.my_unit_paths(sight))::extensions.ltree[])
);

-- Units whose name or code has the words in it, and those called by one of the names in `sounding`; whoever is called just so first, closed ones last.
-- `above`: from the topmost unit in sight down to the one above it.
create function public.find_units(words text, sight text, sounding text[] default '{}', administrations_only boolean default false, page_size integer default 50, skip integer default 0)
returns table (code text, name text, local_name text, kind_zh text, kind_en text, nature text, level text, closed_on date, above text[], total integer)
language sql stable set search_path = ''
begin atomic
  with mine as materialized (
    select private.my_unit_paths(sight) as paths
  ), found as (
    select unit.*, kind.zh as kind_zh, kind.en as kind_en, kind.nature, (count(*) over ())::integer as total
    from mine
    join public.units unit on unit.path operator(extensions.<@) any (mine.paths)
    join public.unit_kinds kind on kind.id = unit.kind_id and (not administrations_only or kind.nature = 'administration')
    where words <> '' and (position(lower(words) in lower(unit.name)) > 0 or position(lower(words) in lower(unit.local_name)) > 0
      or position(lower(words) in lower(unit.code)) > 0 or unit.name = any (sounding) or unit.local_name = any (sounding))
    order by unit.closed_on is not null, lower(words) not in (lower(unit.name), lower(unit.code), lower(coalesce(unit.local_name, ''))), unit.path
    limit least(greatest(page_size, 1), 200) offset greatest(skip, 0)
  )
  select found.code, found.name, found.local_name, found.kind_zh, found.kind_en, found.nature, found.level, found.closed_on,
    array(select above.name from public.units above where above.path operator(extensions.@>) found.path and above.id <> found.id
      and above.path operator(extensions.<@) any (mine.paths) order by extensions.nlevel(above.path)), found.total
  from found cross join mine
  order by found.closed_on is not null, lower(words) not in (lower(found.name), lower(found.code), lower(coalesce(found.local_name, ''))), found.path;
end;
grant execute on function public.unit_names(text), public.find_units(text, text, text[], boolean, integer, integer) to authenticated;
