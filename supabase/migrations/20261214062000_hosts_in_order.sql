-- Forms begin with the first unit that may host. That is a school or a learning point: what an administration is said to host is missed by the
-- school's own page, its calendar and its figures.

-- As before, administrations last.
create or replace function public.activity_hosts(in_unit_id integer) returns table (code text, name text)
language sql stable set search_path = ''
begin atomic
  select host.code, host.name
  from public.units inside
  join public.units host on host.path operator(extensions.<@) inside.path and host.closed_on is null
    and extensions.nlevel(host.path) - extensions.nlevel(inside.path) <= 2
  where inside.id = in_unit_id and host.id in (select private.my_units('activities'))
  order by host.kind_id = 'administration', extensions.nlevel(host.path), host.path
  limit 300;
end;

-- As before, administrations last.
create or replace function public.head_count_hosts(in_unit_id integer, sight text default 'people') returns table (code text, name text)
language sql stable set search_path = ''
begin atomic
  select host.code, host.name
  from public.units inside
  join public.units host on host.path operator(extensions.<@) inside.path and host.closed_on is null
    and extensions.nlevel(host.path) - extensions.nlevel(inside.path) <= 2
  where inside.id = in_unit_id and head_count_hosts.sight in ('people', 'trainings') and host.id in (select private.my_units(head_count_hosts.sight))
  order by host.kind_id = 'administration', extensions.nlevel(host.path), host.path
  limit 300;
end;
