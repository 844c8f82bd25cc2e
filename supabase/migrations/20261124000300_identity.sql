-- Accounts and how they sign in. Better Auth reads and writes these tables as the role identity_server;
-- PostgREST never serves them. Column names are Better Auth's, mapped to ours in server/utils/identity.ts.

-- Roles belong to the whole cluster: a second database finds it there already.
do $$ begin
  if not exists (select from pg_roles where rolname = 'identity_server') then create role identity_server nologin; end if;
end $$;
grant identity_server to current_user;
grant usage on schema identity to identity_server;

create table identity.accounts (
  id uuid primary key default gen_random_uuid(),
  name text not null default '',
  email text not null unique, -- Better Auth wants one; ours is made from the id and never shown or mailed
  email_verified boolean not null default false,
  image text,
  phone text unique check (phone ~ '^1[3-9][0-9]{9}$'),
  phone_verified boolean not null default false,
  username text unique check (username ~ '^[a-z0-9_.]{3,30}$'),
  display_username text,
  person_id bigint,
  disabled_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint accounts_have_a_way_in check (phone is not null or username is not null)
);

create table identity.sessions (
  id uuid primary key default gen_random_uuid(),
  account_id uuid not null references identity.accounts on delete cascade,
  token text not null unique,
  expires_at timestamptz not null,
  ip_address text,
  user_agent text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index sessions_account_id_idx on identity.sessions (account_id);
create index sessions_expires_at_idx on identity.sessions (expires_at);

-- A way to prove who one is: for staff the hash of a password.
create table identity.credentials (
  id uuid primary key default gen_random_uuid(),
  account_id uuid not null references identity.accounts on delete cascade,
  provider_id text not null,
  provider_account_id text not null,
  password_hash text,
  access_token text,
  refresh_token text,
  id_token text,
  access_token_expires_at timestamptz,
  refresh_token_expires_at timestamptz,
  scope text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (provider_id, provider_account_id)
);
create index credentials_account_id_idx on identity.credentials (account_id);

create table identity.verifications (
  id uuid primary key default gen_random_uuid(),
  identifier text not null,
  value text not null,
  expires_at timestamptz not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index verifications_identifier_idx on identity.verifications (identifier);
create index verifications_expires_at_idx on identity.verifications (expires_at);

-- Counters of rate limits: they hold across processes and restarts.
create table identity.rate_limits (
  key text primary key,
  points integer not null default 0,
  expire bigint
);
create index rate_limits_expire_idx on identity.rate_limits (expire);

alter table identity.accounts enable row level security;
alter table identity.sessions enable row level security;
alter table identity.credentials enable row level security;
alter table identity.verifications enable row level security;
alter table identity.rate_limits enable row level security;
grant select, insert, update, delete on all tables in schema identity to identity_server;
create policy "The identity server keeps accounts" on identity.accounts for all to identity_server using (true) with check (true);
create policy "The identity server keeps sessions" on identity.sessions for all to identity_server using (true) with check (true);
create policy "The identity server keeps credentials" on identity.credentials for all to identity_server using (true) with check (true);
create policy "The identity server keeps verifications" on identity.verifications for all to identity_server using (true) with check (true);
create policy "The identity server keeps rate limits" on identity.rate_limits for all to identity_server using (true) with check (true);
