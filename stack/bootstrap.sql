-- What Supabase provides and a bare PostgreSQL lacks. Run once on the embedded database, before the migrations;
-- never on Supabase.
create role anon nologin noinherit;
create role authenticated nologin noinherit;
create role service_role nologin noinherit bypassrls;
create role authenticator login noinherit;
grant anon, authenticated, service_role to authenticator;

-- Supabase's own search path, so that a migration means the same there and here.
do $$ begin execute format('alter database %I set search_path to "$user", public, extensions', current_database()); end $$;

create schema extensions;
create schema auth;
grant usage on schema auth, extensions to anon, authenticated, service_role;

-- Without a search path of their own, as there: a query takes them in, where a call of a function would be planned each time.
create function auth.jwt() returns jsonb
language sql stable
return nullif(current_setting('request.jwt.claims', true), '')::jsonb;

create function auth.uid() returns uuid
language sql stable
return (nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub')::uuid;

create function auth.role() returns text
language sql stable
return nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'role';

revoke create on schema public from public;
