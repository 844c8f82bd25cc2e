-- A post belongs to a person, so the second factor that it asks for is owed by every account of that person: also by one that only a
-- text message opens, and by the account of a card that was merged into theirs. Where one account has a factor, the others owe one too.

-- The accounts of somebody, through whichever of the cards that count as one.
create or replace function private.accounts_of_person(of_person_id bigint) returns uuid[]
language plpgsql stable security definer set search_path = '' as $$ -- definer: identity is closed
declare
  root bigint := (select coalesce(held.counts_as, held.id) from public.persons held where held.id = of_person_id);
begin
  return array(
    select account.id from identity.accounts account
    where account.person_id in (select root union all select card.id from public.persons card where card.counts_as = root));
end $$;

create or replace function private.refresh_factor_duty(account_ids uuid[]) returns void
language plpgsql volatile security definer set search_path = '' as $$ -- definer: called by triggers of tables that others write
begin
  update identity.accounts account set must_set_factor = wanted.must
  from (
    select asked.id, not asked.second_factor and exists (
      select from public.persons owner
      cross join lateral (
        select coalesce(owner.counts_as, owner.id) as id
        union all select card.id from public.persons card where card.counts_as = coalesce(owner.counts_as, owner.id)) same
      where owner.id = asked.person_id and (
        exists (select from identity.accounts other where other.person_id = same.id and other.second_factor)
        or exists (
          select from public.posts post cross join public.sign_in_rules rules
          where post.person_id = same.id and coalesce(post.valid_to >= private.china_date(now()), true) and post.role_id = any (rules.factor_roles)))) as must
    from identity.accounts asked where asked.id = any (account_ids)
  ) wanted
  where account.id = wanted.id and account.must_set_factor <> wanted.must;
end $$;

create or replace function private.account_factor_duty() returns trigger
language plpgsql security definer set search_path = '' as $$ -- definer: the identity server writes accounts, and may call nothing here
begin
  perform private.refresh_factor_duty(private.accounts_of_person(new.person_id));
  if tg_op = 'UPDATE' and old.person_id is distinct from new.person_id then
    perform private.refresh_factor_duty(private.accounts_of_person(old.person_id) || new.id);
  end if;
  return null;
end $$;
drop trigger accounts_factor_duty on identity.accounts;
create trigger accounts_factor_duty after update of second_factor, person_id on identity.accounts
  for each row when (old.second_factor <> new.second_factor or old.person_id is distinct from new.person_id) execute function private.account_factor_duty();
create trigger accounts_begin_factor_duty after insert on identity.accounts
  for each row when (new.person_id is not null) execute function private.account_factor_duty();

-- A merge brings the posts of one card to the accounts of the other; taking it back parts them.
create function private.merge_factor_duty() returns trigger
language plpgsql set search_path = '' as $$
begin
  perform private.refresh_factor_duty(private.accounts_of_person(new.id) || private.accounts_of_person(old.counts_as));
  return null;
end $$;
create trigger persons_factor_duty after update of counts_as on public.persons
  for each row when (old.counts_as is distinct from new.counts_as) execute function private.merge_factor_duty();

-- Brings in line every account that could owe a factor, or does by now.
create function private.refresh_factor_duties() returns void
language plpgsql volatile security definer set search_path = '' as $$ -- definer: identity is closed
declare
  roots bigint[] := array(
    select coalesce(person.counts_as, person.id) from public.posts post join public.persons person on person.id = post.person_id
    union
    select coalesce(person.counts_as, person.id) from identity.accounts account join public.persons person on person.id = account.person_id
    where account.second_factor or account.must_set_factor);
begin
  perform private.refresh_factor_duty(array(
    select account.id from public.persons card join identity.accounts account on account.person_id = card.id
    where card.id = any (roots) or card.counts_as = any (roots)));
end $$;
select private.refresh_factor_duties();

create or replace function public.change_sign_in_rules(factor_roles text[], password_days integer, passwords_kept integer) returns void
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
  perform private.refresh_factor_duties();
  perform private.audit('sign_in_rules_changed', 'unit', (select code from public.units where id = region), region,
    jsonb_build_object('factorRoles', change_sign_in_rules.factor_roles, 'passwordDays', change_sign_in_rules.password_days, 'passwordsKept', change_sign_in_rules.passwords_kept));
end $$;

-- What an account owes when somebody has signed in, whichever way: a change where its password is too old, a second factor where a
-- post asks for one.
drop function identity.begin_staff_session(text);
create function identity.begin_session(of_account_id uuid) returns void
language plpgsql volatile security definer set search_path = '' as $$
begin
  update identity.accounts known set must_change_password = true, must_change_because = 'age'
  from public.sign_in_rules rules
  where known.id = of_account_id and known.username is not null and not known.must_change_password and rules.password_days > 0
    and known.password_set_at < clock_timestamp() - make_interval(days => rules.password_days);
  perform private.refresh_factor_duty(array[of_account_id]);
end $$;

-- Whether whoever has a phone has a second factor, by any of their accounts: then a text message alone opens nothing.
create function identity.phone_has_factor(of_phone_lookup text) returns boolean
language plpgsql stable security definer set search_path = '' as $$
begin
  return exists (
    select from identity.accounts account
    where account.phone_lookup = of_phone_lookup and (account.second_factor or exists (
      select from identity.accounts other where other.id = any (private.accounts_of_person(account.person_id)) and other.second_factor)));
end $$;
revoke execute on function private.merge_factor_duty(), private.refresh_factor_duties(), identity.begin_session(uuid), identity.phone_has_factor(text) from public;
grant execute on function identity.begin_session(uuid), identity.phone_has_factor(text) to identity_server;
