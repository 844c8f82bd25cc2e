-- Accounts and how they sign in. Better Auth reads and writes these tables as the role identity_server;
-- PostgREST never serves them. Column names are Better Auth's, mapped to ours in server/utils/identity/auth.ts.

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

-- One-time codes for phones: only the hash is kept, one code per number, the newest counts.
create table identity.codes (
  phone text primary key check (phone ~ '^1[3-9][0-9]{9}$'),
  code_hash text not null,
  wrong_tries smallint not null default 0,
  sent_at timestamptz not null default clock_timestamp(),
  expires_at timestamptz not null
);

-- Counters of rate limits, in fixed windows: they hold across processes and restarts.
create table identity.limits (
  key text primary key check (length(key) <= 200),
  taken integer not null,
  window_ends_at timestamptz not null
);
create index limits_window_ends_at_idx on identity.limits (window_ends_at);

-- Takes one of `allowed` in the running window of `key`. Returns 0, or the seconds to wait when none is left.
create function identity.take(key text, allowed integer, window_length interval) returns integer
language plpgsql volatile set search_path = '' as $$
declare
  now_taken integer;
  ends_at timestamptz;
begin
  insert into identity.limits as counter (key, taken, window_ends_at)
  values (take.key, 1, clock_timestamp() + window_length)
  on conflict on constraint limits_pkey do update set
    taken = case when counter.window_ends_at <= clock_timestamp() then 1 else counter.taken + 1 end,
    window_ends_at = case when counter.window_ends_at <= clock_timestamp() then excluded.window_ends_at else counter.window_ends_at end
  returning counter.taken, counter.window_ends_at into now_taken, ends_at;
  if now_taken <= allowed then return 0; end if;
  return greatest(1, ceil(extract(epoch from ends_at - clock_timestamp())))::integer;
end $$;

-- Stores the code to be sent to a phone, or returns what stands against sending one now.
create function identity.issue_code(phone text, address text, code_hash text) returns jsonb
language plpgsql volatile set search_path = '' as $$
declare
  wait integer;
begin
  perform pg_advisory_xact_lock(hashtext('identity.codes'), hashtext(issue_code.phone));
  select ceil(60 - extract(epoch from clock_timestamp() - sent_at)) into wait
    from identity.codes code where code.phone = issue_code.phone;
  if wait > 0 then return jsonb_build_object('code', 'code_too_soon', 'secondsLeft', wait); end if;
  -- A school's classroom shares one address, so it gets more than one phone does. It is counted first: an address that has
  -- had its share uses up nobody's number.
  wait := identity.take('code:address:' || issue_code.address, 40, '1 hour');
  if wait > 0 then return jsonb_build_object('code', 'code_limit_address', 'secondsLeft', wait); end if;
  wait := identity.take('code:number:' || issue_code.phone, 5, '1 hour');
  if wait > 0 then return jsonb_build_object('code', 'code_limit_number', 'secondsLeft', wait); end if;
  insert into identity.codes (phone, code_hash, expires_at)
  values (issue_code.phone, issue_code.code_hash, clock_timestamp() + interval '5 minutes')
  on conflict on constraint codes_pkey do update
    set code_hash = excluded.code_hash, wrong_tries = 0, sent_at = clock_timestamp(), expires_at = excluded.expires_at;
  return jsonb_build_object('code', 'sent');
end $$;

-- Uses up the code of a phone. Returns 'right', 'wrong', 'expired' or 'too_many_tries'; never raises, so that a wrong
-- try stays counted.
create function identity.use_code(phone text, code_hash text) returns text
language plpgsql volatile set search_path = '' as $$
declare
  code identity.codes;
begin
  select * into code from identity.codes stored where stored.phone = use_code.phone for update;
  if not found or code.expires_at <= clock_timestamp() then return 'expired'; end if;
  if code.wrong_tries >= 5 then return 'too_many_tries'; end if;
  if code.code_hash <> use_code.code_hash then
    update identity.codes stored set wrong_tries = wrong_tries + 1 where stored.phone = use_code.phone;
    return 'wrong';
  end if;
  update identity.codes stored set expires_at = clock_timestamp() where stored.phone = use_code.phone;
  return 'right';
end $$;

-- Keeps a session alive while it is used: residents slide by 30 days; staff are out after 30 idle minutes and after
-- 12 hours whatever they do. Returns the account, or null when the session has run out or the account is disabled.
create function identity.touch_session(session_token text) returns uuid
language plpgsql volatile set search_path = '' as $$
declare
  session identity.sessions;
  account identity.accounts;
begin
  select * into session from identity.sessions where token = session_token;
  if not found or session.expires_at <= clock_timestamp() then return null; end if;
  select * into account from identity.accounts where id = session.account_id;
  if account.disabled_at is not null then return null; end if;
  if account.username is not null then
    if session.updated_at < clock_timestamp() - interval '30 minutes'
      or session.created_at < clock_timestamp() - interval '12 hours' then
      delete from identity.sessions where id = session.id;
      return null;
    end if;
    -- Written at most once a minute: a click need not cost a write.
    update identity.sessions set updated_at = clock_timestamp()
      where id = session.id and updated_at < clock_timestamp() - interval '1 minute';
  else
    update identity.sessions set updated_at = clock_timestamp(), expires_at = clock_timestamp() + interval '30 days'
      where id = session.id and updated_at < clock_timestamp() - interval '1 day';
  end if;
  return account.id;
end $$;

-- Removes what has run out: sessions with the addresses they hold, codes, counters. Returns the sessions removed.
create function identity.clear_expired() returns integer
language plpgsql volatile set search_path = '' as $$
declare
  removed integer;
begin
  delete from identity.codes where expires_at < clock_timestamp() - interval '1 day';
  delete from identity.limits where window_ends_at < clock_timestamp();
  delete from identity.verifications where expires_at < clock_timestamp();
  delete from identity.sessions session using identity.accounts account
  where account.id = session.account_id and (
    session.expires_at < clock_timestamp()
    or account.username is not null and (session.updated_at < clock_timestamp() - interval '30 minutes'
      or session.created_at < clock_timestamp() - interval '12 hours'));
  get diagnostics removed = row_count;
  return removed;
end $$;

alter table identity.accounts enable row level security;
alter table identity.sessions enable row level security;
alter table identity.credentials enable row level security;
alter table identity.verifications enable row level security;
alter table identity.codes enable row level security;
alter table identity.limits enable row level security;
grant select, insert, update, delete on all tables in schema identity to identity_server;
create policy "The identity server keeps accounts" on identity.accounts for all to identity_server using (true) with check (true);
create policy "The identity server keeps sessions" on identity.sessions for all to identity_server using (true) with check (true);
create policy "The identity server keeps credentials" on identity.credentials for all to identity_server using (true) with check (true);
create policy "The identity server keeps verifications" on identity.verifications for all to identity_server using (true) with check (true);
create policy "The identity server keeps codes" on identity.codes for all to identity_server using (true) with check (true);
create policy "The identity server keeps limits" on identity.limits for all to identity_server using (true) with check (true);
grant execute on function identity.take(text, integer, interval), identity.issue_code(text, text, text),
  identity.use_code(text, text), identity.touch_session(text), identity.clear_expired() to identity_server;
