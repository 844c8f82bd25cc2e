-- The ground every domain stands on: schemas, least rights by default, who is asking, and the local calendar.
--
-- public    what PostgREST serves; every table has row-level security, every function is granted one by one
-- private   rules and helpers that only other database code may call
-- identity  accounts, sessions, one-time codes; reached by the server's identity role, never by PostgREST

create schema if not exists extensions;
create extension if not exists ltree with schema extensions;
create extension if not exists btree_gist with schema extensions;

create schema private;
create schema identity;

-- Nothing is granted unless a migration says so (Supabase grants everything to its API roles by default).
alter default privileges revoke execute on functions from public;
alter default privileges in schema public revoke all on tables from anon, authenticated, service_role;
alter default privileges in schema public revoke all on sequences from anon, authenticated, service_role;
alter default privileges in schema public revoke all on functions from anon, authenticated, service_role;

grant usage on schema public to anon, authenticated;
grant usage on schema extensions to anon, authenticated;
-- Policies call predicates of this schema as the asking role; each one is granted by name.
grant usage on schema private to anon, authenticated;

-- The day, and the year, on which a moment counts: China has one time zone, whatever the server's.
create function private.china_date(moment timestamptz) returns date
language sql immutable parallel safe set search_path = ''
return (moment at time zone 'Asia/Shanghai')::date;

create function private.china_year(moment timestamptz) returns integer
language sql immutable parallel safe set search_path = ''
return extract(year from moment at time zone 'Asia/Shanghai')::integer;

-- Reads of visitors and accounts ask for today.
grant execute on function private.china_date(timestamptz) to anon, authenticated;

-- Refuses with an HTTP status (PostgREST reads PTxxx) and the stable code that the interface translates.
create function private.refuse(status integer, code text, details jsonb default '{}') returns void
language plpgsql immutable set search_path = '' as $$
begin
  raise exception using errcode = 'PT' || status, message = code, detail = details::text;
end $$;

-- Facts are only ever added. Attached to every append-only table, besides the missing grants.
create function private.refuse_change() returns trigger
language plpgsql set search_path = '' as $$
begin
  raise exception using errcode = 'PT409', message = 'append_only', detail = jsonb_build_object('table', tg_table_name)::text;
end $$;
