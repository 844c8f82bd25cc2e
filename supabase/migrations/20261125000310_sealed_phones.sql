-- No phone number lies in clear in the database any more. An account is found by the keyed hash of its number
-- (phone_lookup), the number itself is sealed, and codes and limits go by the hash. The key is the server's, so SQL cannot
-- convert what is there: a start of the portal does (stack/seal.ts), and meanwhile no new clear number is accepted.

alter table identity.accounts
  add column phone_lookup text unique check (phone_lookup ~ '^[0-9a-f]{64}$'),
  add column phone_cipher bytea check (octet_length(phone_cipher) between 29 and 200),
  add column phone_key_id smallint,
  add column phone_mask text check (phone_mask like '%****%'),
  add column phone_tail text generated always as (right(phone_mask, 4)) stored,
  add constraint accounts_phone_sealed check (phone is null) not valid,
  drop constraint accounts_have_a_way_in,
  add constraint accounts_have_a_way_in check (phone_lookup is not null or username is not null) not valid;
comment on column identity.accounts.phone is 'Empty: numbers of an earlier version are sealed at the next start.';

-- Codes live five minutes and counters an hour: both begin anew.
delete from identity.codes;
delete from identity.limits;
alter table identity.codes drop constraint codes_phone_check;
alter table identity.codes rename column phone to phone_lookup;
alter table identity.codes add constraint codes_phone_lookup_check check (phone_lookup ~ '^[0-9a-f]{64}$');

drop function identity.issue_code(text, text, text);
drop function identity.use_code(text, text);

-- Stores the code to be sent to a phone, or returns what stands against sending one now.
create function identity.issue_code(phone_lookup text, address text, code_hash text) returns jsonb
language plpgsql volatile set search_path = '' as $$
declare
  wait integer;
begin
  perform pg_advisory_xact_lock(hashtext('identity.codes'), hashtext(issue_code.phone_lookup));
  select ceil(60 - extract(epoch from clock_timestamp() - sent_at)) into wait
    from identity.codes code where code.phone_lookup = issue_code.phone_lookup;
  if wait > 0 then return jsonb_build_object('code', 'code_too_soon', 'secondsLeft', wait); end if;
  -- A school's classroom shares one address, so it gets more than one phone does. It is counted first: an address that has
  -- had its share uses up nobody's number.
  wait := identity.take('code:address:' || issue_code.address, 40, '1 hour');
  if wait > 0 then return jsonb_build_object('code', 'code_limit_address', 'secondsLeft', wait); end if;
  wait := identity.take('code:number:' || issue_code.phone_lookup, 5, '1 hour');
  if wait > 0 then return jsonb_build_object('code', 'code_limit_number', 'secondsLeft', wait); end if;
  insert into identity.codes (phone_lookup, code_hash, expires_at)
  values (issue_code.phone_lookup, issue_code.code_hash, clock_timestamp() + interval '5 minutes')
  on conflict on constraint codes_pkey do update
    set code_hash = excluded.code_hash, wrong_tries = 0, sent_at = clock_timestamp(), expires_at = excluded.expires_at;
  return jsonb_build_object('code', 'sent');
end $$;

-- Uses up the code of a phone. Returns 'right', 'wrong', 'expired' or 'too_many_tries'; never raises, so that a wrong
-- try stays counted.
create function identity.use_code(phone_lookup text, code_hash text) returns text
language plpgsql volatile set search_path = '' as $$
declare
  code identity.codes;
begin
  select * into code from identity.codes stored where stored.phone_lookup = use_code.phone_lookup for update;
  if not found or code.expires_at <= clock_timestamp() then return 'expired'; end if;
  if code.wrong_tries >= 5 then return 'too_many_tries'; end if;
  if code.code_hash <> use_code.code_hash then
    update identity.codes stored set wrong_tries = wrong_tries + 1 where stored.phone_lookup = use_code.phone_lookup;
    return 'wrong';
  end if;
  update identity.codes stored set expires_at = clock_timestamp() where stored.phone_lookup = use_code.phone_lookup;
  return 'right';
end $$;
grant execute on function identity.issue_code(text, text, text), identity.use_code(text, text) to identity_server;

create or replace function public.who_am_i() returns jsonb
language sql stable security definer set search_path = ''
return (
  select jsonb_build_object(
    'accountId', account.id,
    'phoneTail', account.phone_tail,
    'username', account.username,
    'person', case when person.id is not null then jsonb_build_object(
      'id', person.id, 'name', person.name, 'residence', residence.name) end,
    'posts', coalesce((
      select jsonb_agg(jsonb_build_object(
        'role', role.id, 'roleZh', role.zh, 'roleEn', role.en, 'sights', role.sights,
        'unitId', unit.id, 'unitName', unit.name,
        'administrationId', private.administration_of(unit.id)) order by extensions.nlevel(unit.path), unit.id)
      from public.posts post
      join public.persons holder on holder.id = post.person_id
      join public.units unit on unit.id = post.unit_id
      join public.post_roles role on role.id = post.role_id
      where coalesce(holder.counts_as, holder.id) = person.id and post.valid_from <= private.china_date(now())
        and (post.valid_to is null or post.valid_to >= private.china_date(now()))), '[]'))
  from identity.accounts account
  left join public.persons signed_in on signed_in.id = account.person_id
  left join public.persons person on person.id = coalesce(signed_in.counts_as, signed_in.id)
  left join public.units residence on residence.id = person.residence_unit_id
  where account.id = (select auth.uid()) and account.disabled_at is null
);

-- The account's first visit: says who it is. The number it signed in with becomes the person's, so that the desk notices
-- who is registered already. Definer: creates a person and ties the account to it, once.
drop function public.introduce_myself(text, text, integer, integer);
create function public.introduce_myself(name text, sex text, birth_year integer, residence_unit_id integer,
  pinyin text default null, initials text default null) returns bigint
language plpgsql volatile security definer set search_path = '' as $$
declare
  account identity.accounts;
  new_person_id bigint;
begin
  select * into account from identity.accounts where id = auth.uid() and disabled_at is null for update;
  if not found then perform private.refuse(401, 'sign_in_needed'); end if;
  if account.person_id is not null then perform private.refuse(409, 'already_introduced'); end if;
  if introduce_myself.sex in ('female', 'male') is not true then
    perform private.refuse(422, 'sex_missing', '{"field": "sex"}');
  end if;
  if introduce_myself.birth_year between private.china_year(now()) - 120 and private.china_year(now()) is not true then
    perform private.refuse(422, 'birth_year_invalid', '{"field": "birthYear"}');
  end if;
  if introduce_myself.birth_year > private.china_year(now()) - 14 then
    perform private.refuse(422, 'guardian_needed', '{"field": "birthYear"}');
  end if;
  new_person_id := private.register_person(introduce_myself.name, introduce_myself.sex, introduce_myself.birth_year,
    introduce_myself.residence_unit_id, introduce_myself.pinyin, introduce_myself.initials, entered_by => account.id);
  if account.phone_cipher is not null then
    insert into private.person_contacts (person_id, kind, cipher, key_id, lookup, masked, tail, entered_by)
    values (new_person_id, 'phone', account.phone_cipher, account.phone_key_id, decode(account.phone_lookup, 'hex'),
      account.phone_mask, account.phone_tail, account.id);
  end if;
  update identity.accounts set person_id = new_person_id, updated_at = now() where id = account.id;
  return new_person_id;
end $$;
grant execute on function public.introduce_myself(text, text, integer, integer, text, text) to authenticated;
