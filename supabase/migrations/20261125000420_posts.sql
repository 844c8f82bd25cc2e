-- Posts are granted along the tree, by whoever has the sight 'posts' there, never to oneself. System, security and audit
-- administrators are three people: who changes the network, who says who may, and who looks on.
-- Accounts of staff begin with a password that somebody else has seen, so it opens nothing but its own change.

alter table identity.accounts add column must_change_password boolean not null default false;

-- By exclusion, so that two grants at the same moment cannot both be the first.
alter table public.posts add constraint posts_duties_apart exclude using gist (
  person_id with =, role_id with <>, daterange(valid_from, valid_to, '[]') with &&)
  where (role_id in ('system_admin', 'security_admin', 'auditor'));

-- As before, and nothing at all while the first password is not changed.
create or replace function private.my_unit_paths(sight text) returns extensions.ltree[]
language sql stable security definer set search_path = ''
return (
  select coalesce(array_agg(distinct unit.path), '{}')
  from public.posts post
  join public.persons holder on holder.id = post.person_id
  join public.units unit on unit.id = private.administration_of(post.unit_id)
  join public.post_roles role on role.id = post.role_id
  where coalesce(holder.counts_as, holder.id) = private.my_person_id()
    and post.valid_from <= private.china_date(now())
    and (post.valid_to is null or post.valid_to >= private.china_date(now()))
    and my_unit_paths.sight = any (role.sights)
    and not exists (select from identity.accounts account where account.id = (select auth.uid()) and account.must_change_password)
);

-- All rows of a person: itself and what was merged into it.
create function private.same_person(one bigint, other bigint) returns boolean
language sql stable set search_path = ''
return (select coalesce(counts_as, id) from public.persons where id = one) = (select coalesce(counts_as, id) from public.persons where id = other);

-- One change of posts and accounts after the other: the last security administrator must stay, whoever asks meanwhile.
create function private.hold_posts() returns void
language sql volatile set search_path = ''
return pg_advisory_xact_lock('public.posts'::regclass::oid::integer, 0);

-- Whether the region keeps a security administrator who can sign in after a day, leaving out one post or one person.
create function private.security_stays(after date, without_post integer, without_person bigint) returns boolean
language sql stable set search_path = ''
return exists (
  select from public.posts post
  join public.units unit on unit.id = private.administration_of(post.unit_id) and unit.parent_id is null
  join public.persons holder on holder.id = post.person_id
  join identity.accounts account on account.person_id in (holder.id, holder.counts_as) and account.disabled_at is null
  where post.role_id = 'security_admin' and post.id is distinct from without_post
    and not coalesce(private.same_person(post.person_id, without_person), false)
    and post.valid_from <= greatest(after, private.china_date(now())) and coalesce(post.valid_to > greatest(after, private.china_date(now())), true)
);

create function public.grant_post(person_id bigint, unit_code text, role_id text, employment text, from_day date, to_day date) returns integer
language plpgsql volatile security definer set search_path = '' as $$
declare
  unit public.units;
  person public.persons;
  post_id integer;
  failed text;
begin
  perform private.hold_posts();
  select * into unit from public.units where code = unit_code;
  if unit.id is null then perform private.refuse(404, 'unit_unknown', '{"field": "unit"}'); end if;
  perform private.require_sight(unit.id, 'posts');
  select * into person from public.persons where id = grant_post.person_id;
  if person.id is null or person.merged_into is not null then perform private.refuse(404, 'person_unknown', '{"field": "person"}'); end if;
  if person.id = private.my_person_id() then perform private.refuse(403, 'post_own', '{"field": "person"}'); end if;
  if not exists (select from public.post_roles role where role.id = grant_post.role_id) then perform private.refuse(422, 'post_role_unknown', '{"field": "role"}'); end if;
  if grant_post.employment not in ('full_time', 'part_time') then perform private.refuse(422, 'input_invalid', '{"field": "employment"}'); end if;
  if from_day is null then perform private.refuse(422, 'post_day_missing', '{"field": "from"}'); end if;
  if to_day < from_day then perform private.refuse(422, 'post_ends_before_start', '{"field": "to"}'); end if;
  if unit.closed_on is not null or unit.opened_on > from_day then perform private.refuse(422, 'post_unit_closed', '{"field": "unit"}'); end if;
  if grant_post.role_id in ('system_admin', 'security_admin', 'auditor') and exists (
    select from public.posts held where private.same_person(held.person_id, person.id) and held.role_id in ('system_admin', 'security_admin', 'auditor')
      and held.role_id <> grant_post.role_id and daterange(held.valid_from, held.valid_to, '[]') && daterange(from_day, to_day, '[]')
  ) then
    perform private.refuse(409, 'post_duties_apart', '{"field": "role"}');
  end if;
  begin
    insert into public.posts (person_id, unit_id, role_id, employment, valid_from, valid_to)
    values (person.id, unit.id, grant_post.role_id, grant_post.employment, from_day, to_day) returning id into post_id;
  exception when exclusion_violation then
    get stacked diagnostics failed = constraint_name;
    if failed = 'posts_duties_apart' then perform private.refuse(409, 'post_duties_apart', '{"field": "role"}'); end if;
    perform private.refuse(409, 'post_held_already', '{"field": "role"}');
  end;
  perform private.audit('post_granted', 'post', post_id::text, unit.id,
    jsonb_build_object('person', person.id, 'role', grant_post.role_id, 'unit', unit_code, 'from', from_day, 'to', to_day));
  return post_id;
end $$;

create function public.end_post(post_id integer, last_day date) returns void
language plpgsql volatile security definer set search_path = '' as $$
declare
  post public.posts;
  code text;
begin
  perform private.hold_posts();
  select * into post from public.posts where id = end_post.post_id for no key update;
  if post.id is null then perform private.refuse(404, 'post_unknown'); end if;
  perform private.require_sight(post.unit_id, 'posts');
  if last_day is null then perform private.refuse(422, 'post_day_missing', '{"field": "lastDay"}'); end if;
  if post.valid_to < private.china_date(now()) then perform private.refuse(409, 'post_ended_already'); end if;
  if last_day < post.valid_from then perform private.refuse(422, 'post_ends_before_start', '{"field": "lastDay"}'); end if;
  if post.role_id = 'security_admin'
    and exists (select from public.units where id = private.administration_of(post.unit_id) and parent_id is null)
    and not private.security_stays(last_day, post.id, null) then
    perform private.refuse(409, 'post_last_security_admin', '{"field": "lastDay"}');
  end if;
  update public.posts set valid_to = last_day where id = post.id;
  perform private.audit('post_ended', 'post', post.id::text, post.unit_id,
    jsonb_build_object('person', post.person_id, 'role', post.role_id, 'to', last_day));
end $$;

-- Whoever looks after somebody's account has the sight 'posts' wherever that person works, so that nobody gets into the
-- account of somebody above; for who holds no post, where the person lives. Returns the unit it is done at.
create function private.require_account_care(of_person_id bigint) returns integer
language plpgsql stable set search_path = '' as $$
declare
  mine extensions.ltree[] := private.my_unit_paths('posts');
  unit_id integer;
begin
  if auth.uid() is null then perform private.refuse(401, 'sign_in_needed'); end if;
  if private.same_person(of_person_id, private.my_person_id()) then perform private.refuse(403, 'account_own'); end if;
  select post.unit_id into unit_id from public.posts post join public.units unit on unit.id = post.unit_id
    where private.same_person(post.person_id, of_person_id) and coalesce(post.valid_to >= private.china_date(now()), true)
    order by extensions.nlevel(unit.path), post.id limit 1;
  if unit_id is null then select residence_unit_id into unit_id from public.persons where id = of_person_id; end if;
  if unit_id is null then perform private.refuse(404, 'person_unknown'); end if;
  if exists (
    select from public.units unit where (unit.id = unit_id or unit.id in (
        select post.unit_id from public.posts post
        where private.same_person(post.person_id, of_person_id) and coalesce(post.valid_to >= private.china_date(now()), true)))
      and not unit.path operator(extensions.<@) any (mine)
  ) then
    perform private.refuse(403, 'account_not_yours');
  end if;
  return unit_id;
end $$;

-- Gives a person a user name and a first password, whose hash the server made.
create function public.create_staff_account(of_person_id bigint, username text, password_hash text) returns uuid
language plpgsql volatile security definer set search_path = '' as $$
declare
  unit_id integer := private.require_account_care(of_person_id);
  account identity.accounts;
begin
  perform private.hold_posts();
  if create_staff_account.username ~ '^[a-z0-9_.]{3,30}$' is not true then perform private.refuse(422, 'username_invalid', '{"field": "username"}'); end if;
  if not exists (select from public.posts post where private.same_person(post.person_id, of_person_id) and coalesce(post.valid_to >= private.china_date(now()), true)) then
    perform private.refuse(422, 'account_without_post', '{"field": "username"}');
  end if;
  select * into account from identity.accounts known where known.person_id = of_person_id for no key update;
  if account.username is not null then perform private.refuse(409, 'account_exists', '{"field": "username"}'); end if;
  begin
    if account.id is null then
      insert into identity.accounts (email, username, display_username, person_id, must_change_password)
      values (gen_random_uuid() || '@accounts.invalid', create_staff_account.username, create_staff_account.username, of_person_id, true)
      returning * into account;
    else
      update identity.accounts set username = create_staff_account.username, display_username = create_staff_account.username,
        must_change_password = true, updated_at = now() where id = account.id;
    end if;
  exception when unique_violation then
    perform private.refuse(409, 'username_taken', '{"field": "username"}');
  end;
  insert into identity.credentials (account_id, provider_id, provider_account_id, password_hash)
  values (account.id, 'credential', account.id, create_staff_account.password_hash);
  delete from identity.sessions session where session.account_id = account.id;
  perform private.audit('account_created', 'person', of_person_id::text, unit_id);
  return account.id;
end $$;

-- The account of staff, for the acts below.
create function private.hold_staff_account(of_person_id bigint) returns identity.accounts
language plpgsql volatile set search_path = '' as $$
declare
  account identity.accounts;
begin
  perform private.hold_posts();
  select * into account from identity.accounts known where known.person_id = of_person_id and known.username is not null for no key update;
  if account.id is null then perform private.refuse(404, 'account_unknown'); end if;
  return account;
end $$;

-- A new first password: the old one and every session end.
create function public.reset_staff_password(of_person_id bigint, password_hash text) returns void
language plpgsql volatile security definer set search_path = '' as $$
declare
  unit_id integer := private.require_account_care(of_person_id);
  account identity.accounts := private.hold_staff_account(of_person_id);
begin
  insert into identity.credentials as credential (account_id, provider_id, provider_account_id, password_hash)
  values (account.id, 'credential', account.id, reset_staff_password.password_hash)
  on conflict (provider_id, provider_account_id) do update set password_hash = excluded.password_hash, updated_at = now();
  update identity.accounts set must_change_password = true, updated_at = now() where id = account.id;
  delete from identity.sessions session where session.account_id = account.id;
  delete from identity.limits counter where starts_with(counter.key, 'failed:staff:' || account.username || ':');
  perform private.audit('password_reset', 'person', of_person_id::text, unit_id);
end $$;

create function public.disable_account(of_person_id bigint, disabled boolean) returns void
language plpgsql volatile security definer set search_path = '' as $$
declare
  unit_id integer := private.require_account_care(of_person_id);
  account identity.accounts := private.hold_staff_account(of_person_id);
begin
  if disabled and exists (
      select from public.posts post join public.units unit on unit.id = private.administration_of(post.unit_id) and unit.parent_id is null
      where post.role_id = 'security_admin' and private.same_person(post.person_id, of_person_id) and coalesce(post.valid_to >= private.china_date(now()), true))
    and not private.security_stays(private.china_date(now()), null, of_person_id) then
    perform private.refuse(409, 'post_last_security_admin');
  end if;
  if (account.disabled_at is not null) = disabled then return; end if;
  update identity.accounts set disabled_at = case when disabled then now() end, updated_at = now() where id = account.id;
  delete from identity.sessions session where session.account_id = account.id;
  perform private.audit(case when disabled then 'account_disabled' else 'account_enabled' end, 'person', of_person_id::text, unit_id);
end $$;

create function public.end_sessions(of_person_id bigint) returns integer
language plpgsql volatile security definer set search_path = '' as $$
declare
  unit_id integer := private.require_account_care(of_person_id);
  account identity.accounts := private.hold_staff_account(of_person_id);
  ended integer;
begin
  delete from identity.sessions session where session.account_id = account.id;
  get diagnostics ended = row_count;
  perform private.audit('sessions_ended', 'person', of_person_id::text, unit_id, jsonb_build_object('sessions', ended));
  return ended;
end $$;

-- The asking account's own new password; the server has checked the old one. Every other session ends.
create function public.replace_my_password(password_hash text, kept_session text) returns void
language plpgsql volatile security definer set search_path = '' as $$
declare
  account identity.accounts;
begin
  select * into account from identity.accounts where id = auth.uid() and disabled_at is null and username is not null for no key update;
  if account.id is null then perform private.refuse(401, 'sign_in_needed'); end if;
  update identity.credentials credential set password_hash = replace_my_password.password_hash, updated_at = now()
    where credential.account_id = account.id and credential.provider_id = 'credential';
  if not found then perform private.refuse(409, 'account_without_password'); end if;
  update identity.accounts set must_change_password = false, updated_at = now() where id = account.id;
  delete from identity.sessions session where session.account_id = account.id and session.token <> kept_session;
  perform private.audit('password_changed', 'person', account.person_id::text, (
    select post.unit_id from public.posts post join public.units unit on unit.id = post.unit_id
    where post.person_id = account.person_id order by extensions.nlevel(unit.path), post.id limit 1));
end $$;

-- Who holds what at a unit and below. Definer: whoever grants posts must see who holds them, wherever they live.
create function public.posts_below(in_unit_id integer, name_part text default '', of_role text default null, with_past boolean default false,
  page_size integer default 50, skip integer default 0)
returns table (post_id integer, person_id bigint, name text, unit_code text, unit_name text, role_id text, employment text, valid_from date, valid_to date,
  username text, disabled boolean, must_change boolean, is_own boolean, unit_closed_on date, total integer)
language sql stable security definer set search_path = ''
begin atomic
  select post.id, person.id, person.name, unit.code, unit.name, post.role_id, post.employment, post.valid_from, post.valid_to,
    account.username, account.disabled_at is not null, coalesce(account.must_change_password, false),
    coalesce(person.counts_as, person.id) = private.my_person_id(), unit.closed_on, (count(*) over ())::integer
  from public.units inside
  join public.units unit on unit.path operator(extensions.<@) inside.path
  join public.posts post on post.unit_id = unit.id
  join public.persons person on person.id = post.person_id
  left join identity.accounts account on account.person_id = person.id
  where inside.id = in_unit_id and inside.path operator(extensions.<@) any ((select private.my_unit_paths('posts'))::extensions.ltree[])
    and (with_past or coalesce(post.valid_to >= private.china_date(now()), true))
    and (of_role is null or post.role_id = of_role)
    and (name_part = '' or person.name ilike '%' || regexp_replace(name_part, '([\\%_])', '\\\1', 'g') || '%' or account.username = lower(name_part))
  order by unit.path, array_position(array['system_admin', 'security_admin', 'auditor', 'head', 'manager', 'tutor', 'teacher'], post.role_id), post.valid_from, post.id
  limit least(greatest(page_size, 1), 200) offset greatest(skip, 0);
end;

-- Persons to whom a post may be given, by a name of two letters at least. Definer: whoever grants posts need not see the
-- register; this tells as much as is needed to know one from another.
create function public.post_candidates(in_unit_id integer, name_part text)
returns table (person_id bigint, name text, birth_year smallint, home text, username text, posts integer)
language sql stable security definer set search_path = ''
begin atomic
  select person.id, person.name, person.birth_year, home.name, account.username,
    (select count(*)::integer from public.posts post where post.person_id = person.id and coalesce(post.valid_to >= private.china_date(now()), true))
  from public.units inside
  join public.units home on home.path operator(extensions.<@) inside.path
  join public.persons person on person.residence_unit_id = home.id and person.merged_into is null
  left join identity.accounts account on account.person_id = person.id
  where inside.id = in_unit_id and inside.path operator(extensions.<@) any ((select private.my_unit_paths('posts'))::extensions.ltree[])
    and length(trim(name_part)) >= 2
    and person.name ilike '%' || regexp_replace(trim(name_part), '([\\%_])', '\\\1', 'g') || '%'
  order by person.name <> trim(name_part), person.name, person.id
  limit 20;
end;

-- One person's posts and account, for whoever looks after it.
create function public.staff_member(of_person_id bigint)
returns table (person_id bigint, name text, home text, username text, disabled boolean, must_change boolean, sessions integer, last_seen timestamptz, may_care boolean, posts jsonb)
language sql stable security definer set search_path = ''
begin atomic
  select person.id, person.name, home.name, account.username, account.disabled_at is not null, coalesce(account.must_change_password, false),
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

grant execute on function public.grant_post(bigint, text, text, text, date, date), public.end_post(integer, date),
  public.create_staff_account(bigint, text, text), public.reset_staff_password(bigint, text), public.disable_account(bigint, boolean),
  public.end_sessions(bigint), public.replace_my_password(text, text), public.posts_below(integer, text, text, boolean, integer, integer),
  public.post_candidates(integer, text), public.staff_member(bigint) to authenticated;
