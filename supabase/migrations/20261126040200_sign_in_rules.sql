-- How staff sign in: a second factor (a code of an app), for some roles demanded; passwords that grow old and do not come back.
-- What an account owes is kept at the account, so that the wall of the posts asks one row; who owes it is worked out where it
-- changes: with the posts, with the rules, and at each sign-in.

create table public.sign_in_rules (
  is_only boolean primary key default true check (is_only),
  -- Whoever holds a post of one of these roles has to set up a second factor first.
  factor_roles text[] not null default '{}',
  -- After so many days a password is changed at the next sign-in; 0 never.
  password_days smallint not null default 90 check (password_days = 0 or password_days between 30 and 720),
  -- So many last passwords, the present one among them, are not taken again.
  passwords_kept smallint not null default 5 check (passwords_kept between 1 and 24),
  changed_at timestamptz,
  changed_by uuid
);
insert into public.sign_in_rules default values;
alter table public.sign_in_rules enable row level security;
grant select on public.sign_in_rules to authenticated;
create policy "The rules of signing in are read by whoever looks after accounts" on public.sign_in_rules for select to authenticated
  using (exists (select private.my_units('posts')));

alter table identity.accounts
  add column second_factor boolean not null default false,
  add column must_set_factor boolean not null default false,
  add column password_set_at timestamptz not null default now(),
  add column must_change_because text check (must_change_because in ('first', 'age'));
comment on column identity.accounts.second_factor is 'A code is asked for after the password.';

-- Better Auth's own table: secret and backup codes are encrypted by it with the server's session secret.
create table identity.second_factors (
  id uuid primary key default gen_random_uuid(),
  account_id uuid not null unique references identity.accounts on delete cascade,
  secret text not null,
  backup_codes text not null,
  verified boolean not null default true,
  failed_verification_count integer not null default 0,
  locked_until timestamptz
);
create table identity.old_passwords (
  id bigint generated always as identity primary key,
  account_id uuid not null references identity.accounts on delete cascade,
  password_hash text not null,
  replaced_at timestamptz not null default clock_timestamp()
);
create index old_passwords_account_id_idx on identity.old_passwords (account_id, id desc);
alter table identity.second_factors enable row level security;
alter table identity.old_passwords enable row level security;
grant select, insert, update, delete on identity.second_factors to identity_server;
grant select on identity.old_passwords to identity_server;
create policy "The identity server keeps second factors" on identity.second_factors for all to identity_server using (true) with check (true);
create policy "The identity server reads old passwords" on identity.old_passwords for select to identity_server using (true);

-- ── passwords ───────────────────────────────────────────────────────────────────────────────────────────────────────

-- A password that is replaced is remembered, by its hash, as far back as the rules can ask.
create function private.remember_password() returns trigger
language plpgsql security definer set search_path = '' as $$ -- definer: whoever replaces one may not read the old ones
begin
  insert into identity.old_passwords (account_id, password_hash) values (old.account_id, old.password_hash);
  delete from identity.old_passwords past where past.account_id = old.account_id and past.id <= (
    select kept.id from identity.old_passwords kept where kept.account_id = old.account_id order by kept.id desc offset 24 limit 1);
  update identity.accounts set password_set_at = clock_timestamp(), must_change_because = null where id = old.account_id;
  return null;
end $$;
create trigger credentials_remember_password after update of password_hash on identity.credentials
  for each row when (old.password_hash is not null and old.password_hash is distinct from new.password_hash) execute function private.remember_password();

-- ── the second factor ───────────────────────────────────────────────────────────────────────────────────────────────

-- Brings in line which of some accounts have to set up a second factor.
create function private.refresh_factor_duty(account_ids uuid[]) returns void
language plpgsql volatile security definer set search_path = '' as $$ -- definer: called by triggers of tables that others write
begin
  update identity.accounts account set must_set_factor = wanted.must
  from (
    select asked.id, not asked.second_factor and asked.username is not null and exists (
      select from public.persons owner
      join public.persons same on coalesce(same.counts_as, same.id) = coalesce(owner.counts_as, owner.id)
      join public.posts post on post.person_id = same.id and coalesce(post.valid_to >= private.china_date(now()), true)
      cross join public.sign_in_rules rules
      where owner.id = asked.person_id and post.role_id = any (rules.factor_roles)) as must
    from identity.accounts asked where asked.id = any (account_ids)
  ) wanted
  where account.id = wanted.id and account.must_set_factor <> wanted.must;
end $$;

create function private.posts_factor_duty() returns trigger
language plpgsql set search_path = '' as $$
begin
  perform private.refresh_factor_duty(private.accounts_of_person(coalesce(new.person_id, old.person_id)));
  return null;
end $$;
create function private.accounts_of_person(of_person_id bigint) returns uuid[]
language sql stable security definer set search_path = '' -- definer: identity is closed
return array(
  select account.id from identity.accounts account
  join public.persons owner on owner.id = account.person_id
  join public.persons held on held.id = of_person_id
  where coalesce(owner.counts_as, owner.id) = coalesce(held.counts_as, held.id));
create trigger posts_factor_duty after insert or update or delete on public.posts for each row execute function private.posts_factor_duty();

create function private.account_factor_duty() returns trigger
language plpgsql security definer set search_path = '' as $$ -- definer: the identity server writes accounts, and may call nothing here
begin
  perform private.refresh_factor_duty(array[new.id]);
  return null;
end $$;
create trigger accounts_factor_duty after update of second_factor, username, person_id on identity.accounts
  for each row execute function private.account_factor_duty();

-- Whoever sets up a factor or gives it up does so through the identity server, which has no account of its own: the event is
-- theirs. A reset by a security administrator writes its own; one in the database itself (npm run factor:reset) is nobody's.
create function private.audit_second_factor() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
  is_theirs boolean := current_setting('role') = 'identity_server';
begin
  if auth.uid() is null then
    insert into public.audit_events (account_id, action, subject_kind, subject_id, unit_id)
    values (case when is_theirs then new.id end, case when new.second_factor then 'second_factor_set' when is_theirs then 'second_factor_ended' else 'second_factor_reset' end,
      'person', coalesce(new.person_id::text, '-'), private.first_unit_of(new.person_id));
  end if;
  return null;
end $$;
create function private.first_unit_of(of_person_id bigint) returns integer
language sql stable set search_path = ''
return (
  select post.unit_id from public.posts post join public.units unit on unit.id = post.unit_id
  where post.person_id = of_person_id order by extensions.nlevel(unit.path), post.id limit 1);
create trigger accounts_audit_second_factor after update of second_factor on identity.accounts
  for each row when (old.second_factor <> new.second_factor) execute function private.audit_second_factor();

-- That one of the backup codes was used, or that all were drawn anew.
create function identity.note_backup_codes(of_account_id uuid, was_used boolean) returns void
language plpgsql volatile security definer set search_path = '' as $$
begin
  insert into public.audit_events (account_id, action, subject_kind, subject_id, unit_id)
  select account.id, case when was_used then 'backup_code_used' else 'backup_codes_made' end, 'person', coalesce(account.person_id::text, '-'), private.first_unit_of(account.person_id)
  from identity.accounts account where account.id = of_account_id;
end $$;

-- What an account owes when its password was right: a change where the password is too old, a second factor where a role asks
-- for one. Returns the account.
create function identity.begin_staff_session(of_username text) returns uuid
language plpgsql volatile security definer set search_path = '' as $$
declare
  account identity.accounts;
begin
  update identity.accounts known set must_change_password = true, must_change_because = 'age'
  from public.sign_in_rules rules
  where known.username = of_username and not known.must_change_password and rules.password_days > 0
    and known.password_set_at < clock_timestamp() - make_interval(days => rules.password_days);
  select * into account from identity.accounts known where known.username = of_username;
  perform private.refresh_factor_duty(array[account.id]);
  return account.id;
end $$;

-- The hashes that a new password of an account must not fit.
create function identity.passwords_before(of_account_id uuid) returns setof text
language sql stable security definer set search_path = ''
begin atomic
  select hash from (
    select credential.password_hash as hash, null::bigint as id from identity.credentials credential
      where credential.account_id = of_account_id and credential.provider_id = 'credential'
    union all
    select past.password_hash, past.id from identity.old_passwords past where past.account_id = of_account_id
  ) known
  order by known.id desc nulls first limit (select rules.passwords_kept from public.sign_in_rules rules);
end;
revoke execute on function identity.note_backup_codes(uuid, boolean), identity.begin_staff_session(text), identity.passwords_before(uuid) from public;
grant execute on function identity.note_backup_codes(uuid, boolean), identity.begin_staff_session(text), identity.passwords_before(uuid) to identity_server;

-- As before; and none before a second factor is set up where one is demanded.
create or replace function private.my_unit_paths(sight text) returns extensions.ltree[]
language plpgsql stable security definer set search_path = '' as $$
declare
  me bigint := private.my_person_id();
  today date := private.china_date(now());
begin
  if me is null or exists (
      select from identity.accounts account where account.id = auth.uid() and (account.must_change_password or account.must_set_factor)) then
    return '{}';
  end if;
  return (
    select coalesce(array_agg(distinct above.path), '{}')
    from (select me as person_id union all select person.id from public.persons person where person.counts_as = me) mine
    join public.posts post on post.person_id = mine.person_id
    join public.post_roles role on role.id = post.role_id
    join public.units unit on unit.id = post.unit_id
    join public.unit_kinds kind on kind.id = unit.kind_id
    join public.units above on above.id = case kind.nature when 'administration' then unit.id else unit.parent_id end
    where post.valid_from <= today and (post.valid_to is null or post.valid_to >= today) and my_unit_paths.sight = any (role.sights)
  );
end $$;

-- ── acts of the security administrator ──────────────────────────────────────────────────────────────────────────────

-- Changes the rules for the whole region; who has to set up a factor by them finds the desk closed until it is done.
create function public.change_sign_in_rules(factor_roles text[], password_days integer, passwords_kept integer) returns void
language plpgsql volatile security definer set search_path = '' as $$
declare
  region integer := (select id from public.units where parent_id is null);
begin
  perform private.require_sight(region, 'posts');
  perform private.hold_posts();
  if exists (select from unnest(change_sign_in_rules.factor_roles) as asked (id) where asked.id not in (select role.id from public.post_roles role)) then
    perform private.refuse(422, 'post_role_unknown', '{"field": "roles"}');
  end if;
  if change_sign_in_rules.password_days <> 0 and change_sign_in_rules.password_days not between 30 and 720 then
    perform private.refuse(422, 'password_days_invalid', '{"field": "passwordDays"}');
  end if;
  if change_sign_in_rules.passwords_kept not between 1 and 24 then perform private.refuse(422, 'passwords_kept_invalid', '{"field": "passwordsKept"}'); end if;
  update public.sign_in_rules rules set factor_roles = array(select distinct unnest(change_sign_in_rules.factor_roles) order by 1),
    password_days = change_sign_in_rules.password_days, passwords_kept = change_sign_in_rules.passwords_kept, changed_at = now(), changed_by = auth.uid()
    where rules.is_only;
  perform private.refresh_factor_duty(array(select account.id from identity.accounts account where account.username is not null));
  perform private.audit('sign_in_rules_changed', 'unit', (select code from public.units where id = region), region,
    jsonb_build_object('factorRoles', change_sign_in_rules.factor_roles, 'passwordDays', change_sign_in_rules.password_days, 'passwordsKept', change_sign_in_rules.passwords_kept));
end $$;

-- Takes somebody's second factor away who lost the phone and the backup codes; every session ends.
create function public.reset_second_factor(of_person_id bigint) returns void
language plpgsql volatile security definer set search_path = '' as $$
declare
  unit_id integer := private.require_account_care(of_person_id);
  account identity.accounts := private.hold_staff_account(of_person_id);
begin
  if not account.second_factor then perform private.refuse(409, 'second_factor_off'); end if;
  delete from identity.second_factors factor where factor.account_id = account.id;
  update identity.accounts set second_factor = false, updated_at = now() where id = account.id;
  delete from identity.sessions session where session.account_id = account.id;
  perform private.audit('second_factor_reset', 'person', of_person_id::text, unit_id);
end $$;
grant execute on function public.change_sign_in_rules(text[], integer, integer), public.reset_second_factor(bigint) to authenticated;

-- As before, with the second factor.
drop function public.staff_member(bigint);
create function public.staff_member(of_person_id bigint)
returns table (person_id bigint, name text, home text, username text, disabled boolean, must_change boolean, second_factor boolean, must_set_factor boolean,
  sessions integer, last_seen timestamptz, may_care boolean, posts jsonb)
language sql stable security definer set search_path = ''
begin atomic
  select person.id, person.name, home.name, account.username, account.disabled_at is not null, coalesce(account.must_change_password, false),
    coalesce(account.second_factor, false), coalesce(account.must_set_factor, false),
    (select count(*)::integer from identity.sessions session where session.account_id = account.id and session.expires_at > now()),
    (select max(session.updated_at) from identity.sessions session where session.account_id = account.id),
    coalesce(person.counts_as, person.id) <> private.my_person_id(),
    coalesce((select jsonb_agg(jsonb_build_object('id', post.id, 'unitCode', unit.code, 'unitName', unit.name, 'role', post.role_id, 'employment', post.employment,
        'from', post.valid_from, 'to', post.valid_to, 'mine', unit.path operator(extensions.<@) any ((select private.my_unit_paths('posts'))::extensions.ltree[]))
        order by post.valid_to nulls first, post.valid_from desc)
      from public.posts post join public.units unit on unit.id = post.unit_id where post.person_id = person.id), '[]')
  from public.persons person
  join public.units home on home.id = person.residence_unit_id
  left join identity.accounts account on account.person_id = person.id
  where person.id = of_person_id and person.merged_into is null
    and (home.path operator(extensions.<@) any ((select private.my_unit_paths('posts'))::extensions.ltree[]) or exists (
      select from public.posts post join public.units unit on unit.id = post.unit_id
      where post.person_id = person.id and unit.path operator(extensions.<@) any ((select private.my_unit_paths('posts'))::extensions.ltree[])));
end;
grant execute on function public.staff_member(bigint) to authenticated;
