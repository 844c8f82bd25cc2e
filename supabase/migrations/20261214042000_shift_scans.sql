-- Coming to a shift and leaving it by a scan: the code on the host's screen, which changes every half minute, is scanned by the volunteer and gives a
-- pass for a quarter of an hour, so that there is time to sign in (decision 30); or staff scan the volunteer's own card. Both are of the class `scanned`,
-- as is the six-digit code that is read out.

-- Two keys a shift, from its one secret: a code is the outer over the inner over what it says (NMAC).
create function private.shift_seal(secret uuid, words text) returns text
language sql immutable set search_path = ''
return encode(sha256(sha256(convert_to('outer ' || secret, 'UTF8')) || sha256(sha256(convert_to('inner ' || secret, 'UTF8')) || convert_to(words, 'UTF8'))), 'hex');

create function private.shift_scan_code(of_shift_id bigint, secret uuid, step bigint) returns text
language sql immutable set search_path = ''
return of_shift_id || '-' || step || '-' || left(private.shift_seal(secret, 'code ' || step), 16);

create function private.shift_pass_of(of_shift_id bigint, secret uuid, at bigint) returns text
language sql immutable set search_path = ''
return of_shift_id || '-' || at || '-' || left(private.shift_seal(secret, 'pass ' || at), 32);

-- What the screen of a shift shows now, and for how many seconds yet.
create function public.service_screen(of_shift_id bigint) returns jsonb
language plpgsql stable security definer set search_path = '' as $$
declare
  shift public.service_shifts;
  opportunity public.service_opportunities;
begin
  if auth.uid() is null then perform private.refuse(401, 'sign_in_needed'); end if;
  select one.* into shift from public.service_shifts one join public.service_opportunities known on known.id = one.opportunity_id and known.published_at is not null
  where one.id = of_shift_id and known.unit_id in (select private.my_units('people'));
  if not found then perform private.refuse(404, 'shift_unknown'); end if;
  select * into strict opportunity from public.service_opportunities one where one.id = shift.opportunity_id;
  return jsonb_build_object('shift', shift.id, 'title', opportunity.title, 'role', opportunity.role, 'venue', opportunity.venue, 'startsAt', shift.starts_at, 'endsAt', shift.ends_at,
    'state', case when shift.cancelled_at is not null then 'cancelled' when shift.starts_at - interval '30 minutes' > now() then 'early' when shift.ends_at + interval '30 minutes' < now() then 'over' else 'open' end,
    'code', private.shift_scan_code(shift.id, shift.secret, private.check_in_step(30)), 'secondsLeft', 30 - floor(extract(epoch from clock_timestamp()))::bigint % 30,
    'word', private.shift_code(shift.secret, now()), 'came', (select count(*) from public.service_places place where place.shift_id = shift.id and place.status = 'taken' and (private.standing_check(place.id, 'in')).id is not null),
    'expected', shift.taken);
end $$;

-- What a scanned code is good for: a pass. The server asks for visitors too, before they sign in. The code before the one that is shown still counts.
create function private.shift_pass(code text) returns text
language plpgsql stable security definer set search_path = '' as $$
declare
  parts text[] := regexp_match(shift_pass.code, '^([0-9]{1,15})-([0-9]{1,12})-[0-9a-f]{16}$');
  shift public.service_shifts;
begin
  select * into shift from public.service_shifts one where one.id = parts[1]::bigint;
  if parts is null or shift.id is null or private.shift_scan_code(shift.id, shift.secret, parts[2]::bigint) <> shift_pass.code then perform private.refuse(404, 'service_scan_unknown'); end if;
  if parts[2]::bigint not between private.check_in_step(30) - 1 and private.check_in_step(30) + 1 then perform private.refuse(409, 'service_scan_old'); end if;
  return private.shift_pass_of(shift.id, shift.secret, extract(epoch from clock_timestamp())::bigint);
end $$;
grant execute on function private.shift_pass(text) to job_server;

create function private.shift_of_pass(pass text) returns bigint
language plpgsql stable set search_path = '' as $$
declare
  parts text[] := regexp_match(pass, '^([0-9]{1,15})-([0-9]{1,12})-[0-9a-f]{32}$');
begin
  if parts is null or private.shift_pass_of(parts[1]::bigint, (select shift.secret from public.service_shifts shift where shift.id = parts[1]::bigint), parts[2]::bigint) is distinct from pass
    or parts[2]::bigint not between extract(epoch from clock_timestamp())::bigint - 900 and extract(epoch from clock_timestamp())::bigint + 5 then return null; end if;
  return parts[1]::bigint;
end $$;

-- What the asker's pass opens: the shift, and the asker's place in it. Null where the pass is over.
create function public.my_scanned_shift(pass text) returns jsonb
language sql stable security definer set search_path = ''
begin atomic
  select jsonb_build_object('title', opportunity.title, 'startsAt', shift.starts_at, 'place', (
    select place.id from public.service_places place where place.shift_id = shift.id and place.status = 'taken' and place.person_id in (select private.my_person_ids())))
  from public.service_shifts shift join public.service_opportunities opportunity on opportunity.id = shift.opportunity_id where shift.id = private.shift_of_pass(my_scanned_shift.pass);
end;

-- Refuses where nobody can come or go now; the caller holds the place. True where it is on record already.
create function private.is_checked(place public.service_places, what text) returns boolean
language plpgsql stable set search_path = '' as $$
declare
  shift public.service_shifts;
begin
  select * into strict shift from public.service_shifts one where one.id = place.shift_id;
  if is_checked.what in ('in', 'out') is not true then perform private.refuse(422, 'check_invalid'); end if;
  if shift.cancelled_at is not null then perform private.refuse(409, 'shift_cancelled', jsonb_build_object('reason', shift.cancel_reason)); end if;
  if (private.standing_check(place.id, is_checked.what)).id is not null then return true; end if;
  if now() < shift.starts_at - interval '30 minutes' then perform private.refuse(409, 'check_too_early', jsonb_build_object('startsAt', shift.starts_at)); end if;
  if now() > shift.ends_at + (case is_checked.what when 'in' then interval '0' else interval '30 minutes' end) then perform private.refuse(409, 'check_too_late'); end if;
  if is_checked.what = 'out' and (private.standing_check(place.id, 'in')).id is null then perform private.refuse(409, 'check_in_first'); end if;
  return false;
end $$;

create function private.own_place(of_place_id bigint) returns public.service_places
language plpgsql volatile set search_path = '' as $$
declare
  place public.service_places;
begin
  if auth.uid() is null then perform private.refuse(401, 'sign_in_needed'); end if;
  select * into place from public.service_places one where one.id = of_place_id and one.person_id in (select private.my_person_ids()) and one.status = 'taken' for no key update;
  if not found then perform private.refuse(404, 'place_unknown'); end if;
  return place;
end $$;

-- As before: the volunteer comes or goes, with the code of the moment. A wrong code is an answer and no refusal, so that it is remembered.
create or replace function public.check_service(of_place_id bigint, what text, code text) returns text
language plpgsql volatile security definer set search_path = '' as $$
#variable_conflict use_column
declare
  place public.service_places := private.own_place(of_place_id);
  secret uuid := (select shift.secret from public.service_shifts shift where shift.id = place.shift_id);
  given text := translate(regexp_replace(coalesce(check_service.code, ''), '\s', '', 'g'), '０１２３４５６７８９', '0123456789');
begin
  if private.is_checked(place, check_service.what) then return check_service.what; end if;
  if (select count(*) from private.service_code_tries one where one.person_id = place.person_id and one.shift_id = place.shift_id and one.at > now() - interval '1 hour') >= 10 then return 'too_many_tries'; end if;
  if given not in (private.shift_code(secret, now()), private.shift_code(secret, now() - interval '10 minutes')) then
    insert into private.service_code_tries (person_id, shift_id) values (place.person_id, place.shift_id);
    return 'wrong_code';
  end if;
  insert into public.service_checks (place_id, what, at, proof, by_account) values (place.id, check_service.what, now(), 'scanned', auth.uid());
  return check_service.what;
end $$;

-- The same by what was scanned.
create function public.check_service_scanned(of_place_id bigint, what text, pass text) returns text
language plpgsql volatile security definer set search_path = '' as $$
declare
  place public.service_places := private.own_place(of_place_id);
begin
  if private.is_checked(place, check_service_scanned.what) then return check_service_scanned.what; end if;
  if private.shift_of_pass(check_service_scanned.pass) is distinct from place.shift_id then perform private.refuse(409, 'service_scan_over'); end if;
  insert into public.service_checks (place_id, what, at, proof, by_account) values (place.id, check_service_scanned.what, now(), 'scanned', auth.uid());
  return check_service_scanned.what;
end $$;

-- Staff who run the shift scan a card: whoever is not in comes in, whoever is goes; a card that is held there for a while, or scanned by two devices, is
-- one. A volunteer without a place gets one that is free.
create function public.scan_service_card(of_shift_id bigint, card text) returns table (place_id bigint, name text, outcome text, at timestamptz)
language plpgsql volatile security definer set search_path = '' as $$
#variable_conflict use_column
declare
  held public.person_cards;
  person public.persons;
  place public.service_places;
  came public.service_checks;
  went public.service_checks;
  doing text;
begin
  if auth.uid() is null then perform private.refuse(401, 'sign_in_needed'); end if;
  perform from public.service_shifts shift join public.service_opportunities one on one.id = shift.opportunity_id
  where shift.id = of_shift_id and one.unit_id in (select private.my_units('people')) for no key update of shift;
  if not found then perform private.refuse(404, 'shift_unknown'); end if;
  select * into held from public.person_cards one where one.number = private.read_card_number(scan_service_card.card);
  if not found then perform private.refuse(404, 'service_card_unknown', '{"field": "card"}'); end if;
  if held.revoked_at is not null then perform private.refuse(409, 'service_card_revoked', '{"field": "card"}'); end if;
  select * into strict person from public.persons one where one.id = private.credit_learner(held.person_id);
  if person.id in (select private.my_person_ids()) then perform private.refuse(409, 'own_account', '{"field": "card"}'); end if;
  select * into place from public.service_places one where one.shift_id = of_shift_id and one.status = 'taken' and one.person_id in (select private.rows_of_person(person.id)) for no key update;
  if place.id is null then
    select taken.place_id into strict place.id from public.take_service_place(of_shift_id, person.id) taken;
    select * into strict place from public.service_places one where one.id = place.id;
  end if;
  came := private.standing_check(place.id, 'in');
  went := private.standing_check(place.id, 'out');
  if went.id is not null then return query select place.id, person.name, 'gone'::text, went.at; return; end if;
  if came.at > now() - interval '3 minutes' then return query select place.id, person.name, 'again'::text, came.at; return; end if;
  doing := case when came.id is null then 'in' else 'out' end;
  perform private.is_checked(place, doing);
  if place.confirmed_from is not null then perform private.refuse(409, 'service_confirmed', '{"field": "card"}'); end if;
  return query
  with made as (insert into public.service_checks (place_id, what, at, proof, by_account) values (place.id, doing, now(), 'scanned', auth.uid()) returning service_checks.at)
  select place.id, person.name, doing, made.at from made;
end $$;

grant execute on function public.service_screen(bigint), public.my_scanned_shift(text), public.check_service_scanned(bigint, text, text), public.scan_service_card(bigint, text) to authenticated;
