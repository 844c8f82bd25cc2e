-- Homes are chosen from all open villages of a unit: none is left out for being the two thousand and first. Where there are many, the township comes first.

create or replace function public.villages_below(in_unit_id integer)
returns table (unit_id integer, name text, township text)
language sql stable set search_path = ''
begin atomic
  select village.id, village.name, above.name
  from public.units inside
  join public.units village on village.path operator(extensions.<@) inside.path and village.level = 'village' and village.kind_id = 'administration'
    and private.open_on(village.opened_on, village.closed_on, private.china_date(now()))
  join public.units above on above.id = village.parent_id
  where inside.id = in_unit_id
  order by village.path;
end;

-- What the open villages of a unit belong to, and how many each has.
create function public.townships_below(in_unit_id integer)
returns table (unit_id integer, code text, name text, above text, villages integer)
language sql stable set search_path = ''
begin atomic
  select township.id, township.code, township.name, higher.name, count(*)::integer
  from public.units inside
  join public.units village on village.path operator(extensions.<@) inside.path and village.level = 'village' and village.kind_id = 'administration'
    and private.open_on(village.opened_on, village.closed_on, private.china_date(now()))
  join public.units township on township.id = village.parent_id
  left join public.units higher on higher.id = township.parent_id
  where inside.id = in_unit_id
  group by township.id, higher.name
  order by township.path;
end;
grant execute on function public.townships_below(integer) to authenticated;
