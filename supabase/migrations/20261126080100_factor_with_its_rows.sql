-- A second factor is on or off in one statement, with what belongs to it: the identity library writes account, secret and session one
-- after the other, and a kill between them must strand nobody.
create function private.settle_second_factor() returns trigger
language plpgsql security definer set search_path = '' as $$ -- definer: whoever writes accounts need not be able to end sessions
begin
  if new.second_factor then
    update identity.second_factors factor set verified = true where factor.account_id = new.id and not factor.verified;
  else
    delete from identity.second_factors factor where factor.account_id = new.id;
  end if;
  -- The library goes on with a new session; whoever else was signed in got in under the other rule.
  delete from identity.sessions session where session.account_id = new.id;
  delete from identity.verifications waiting where waiting.value = new.id::text;
  return null;
end $$;
create trigger accounts_settle_second_factor after update of second_factor on identity.accounts
  for each row when (old.second_factor <> new.second_factor) execute function private.settle_second_factor();
delete from identity.second_factors factor using identity.accounts account
  where account.id = factor.account_id and factor.verified and not account.second_factor;

-- A sign-in that waits for its second step ends with the password it began with, and with the account.
create function private.end_waiting_sign_ins() returns trigger
language plpgsql security definer set search_path = '' as $$ -- definer: as above
begin
  delete from identity.verifications waiting where waiting.value = case tg_table_name when 'credentials' then to_jsonb(new) ->> 'account_id' else to_jsonb(new) ->> 'id' end;
  return null;
end $$;
create trigger credentials_end_waiting after update of password_hash on identity.credentials
  for each row when (old.password_hash is distinct from new.password_hash) execute function private.end_waiting_sign_ins();
create trigger accounts_end_waiting after update of disabled_at on identity.accounts
  for each row when (old.disabled_at is distinct from new.disabled_at) execute function private.end_waiting_sign_ins();
revoke execute on function private.settle_second_factor(), private.end_waiting_sign_ins() from public;

create or replace function public.end_sessions(of_person_id bigint) returns integer
language plpgsql volatile security definer set search_path = '' as $$
declare
  unit_id integer := private.require_account_care(of_person_id);
  account identity.accounts := private.hold_staff_account(of_person_id);
  ended integer;
begin
  delete from identity.sessions session where session.account_id = account.id;
  get diagnostics ended = row_count;
  delete from identity.verifications waiting where waiting.value = account.id::text;
  perform private.audit('sessions_ended', 'person', of_person_id::text, unit_id, jsonb_build_object('sessions', ended));
  return ended;
end $$;

-- Takes somebody's second factor away who lost the phone and the backup codes, or whose setting up was cut off; every session ends.
create or replace function public.reset_second_factor(of_person_id bigint) returns void
language plpgsql volatile security definer set search_path = '' as $$
declare
  unit_id integer := private.require_account_care(of_person_id);
  account identity.accounts := private.hold_staff_account(of_person_id);
begin
  if not account.second_factor and not exists (select from identity.second_factors factor where factor.account_id = account.id) then
    perform private.refuse(409, 'second_factor_off');
  end if;
  update identity.accounts set second_factor = false, updated_at = now() where id = account.id;
  delete from identity.second_factors factor where factor.account_id = account.id;
  delete from identity.sessions session where session.account_id = account.id;
  perform private.audit('second_factor_reset', 'person', of_person_id::text, unit_id);
end $$;
