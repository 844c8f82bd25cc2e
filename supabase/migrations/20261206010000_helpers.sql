-- Somebody who helps an older person with activities: a grown child, a neighbour, a volunteer. Only with the person's consent, which is on
-- record with its way: a code to the person's own phone, the person's own account, or staff who asked. Either side ends it at any time. What a
-- helper does stands beside the helper's account in every step, and the person is told.

create table public.helpers (
  id bigint generated always as identity primary key,
  person_id bigint not null references public.persons on delete restrict,
  helper_id bigint not null references public.persons on delete restrict,
  -- What the helper is to the person.
  relation text not null check (relation in ('child', 'spouse', 'grandchild', 'relative', 'neighbour', 'volunteer')),
  asked_by uuid,
  asked_at timestamptz not null default clock_timestamp(),
  consent text check (consent in ('code', 'own', 'present', 'phone', 'written')),
  consent_by uuid,
  consent_at timestamptz,
  ended_at timestamptz,
  ended_by uuid,
  constraint helpers_of_somebody_else check (person_id <> helper_id),
  constraint helpers_consent_whole check ((consent is null) = (consent_at is null))
);
create unique index helpers_once_at_a_time on public.helpers (person_id, helper_id) where ended_at is null;
create index helpers_person_id_idx on public.helpers (person_id);
create index helpers_helper_id_idx on public.helpers (helper_id);

-- The code by which a person agrees over the phone. Kept by the server that sends it: no account can say of itself that somebody agreed.
create table identity.help_codes (
  help_id bigint primary key references public.helpers on delete cascade,
  code_hash text not null,
  wrong_tries smallint not null default 0,
  expires_at timestamptz not null
);

-- Whom the asker helps, by every row of theirs. Minors have guardians, not helpers.
create function private.my_helped_ids() returns setof bigint
language plpgsql stable security definer rows 1 set search_path = '' as $$ -- definer: identity is closed to API roles
begin
  return query
  select helped.id from public.helpers link cross join lateral private.rows_of_person(link.person_id) as helped (id)
  where link.helper_id in (select private.my_person_ids()) and link.consent is not null and link.ended_at is null;
end $$;

-- Own rows, and children in care until they are surely of age: whose opinions and pleas the asker may speak.
create function private.my_ward_ids() returns setof bigint
language plpgsql stable security definer rows 3 set search_path = '' as $$ -- definer: as above
declare
  mine bigint[] := array(select private.my_person_ids());
begin
  return query
  select unnest(mine)
  union
  select child.id from public.guardians link
  cross join lateral private.rows_of_person(link.child_id) as child (id)
  join public.persons ward on ward.id = link.child_id and not private.is_surely_adult(ward.birth_year)
  where link.guardian_id = any (mine) and link.consent and (link.valid_to is null or link.valid_to >= private.china_date(now()));
end $$;
grant execute on function private.my_ward_ids() to authenticated;

-- Those, and whom the asker helps: for whom the asker signs up, gives back and reads what they are told.
create or replace function private.my_care_ids() returns setof bigint
language plpgsql stable security definer rows 3 set search_path = '' as $$ -- definer: as above
declare
  mine bigint[] := array(select private.my_person_ids());
begin
  return query
  select unnest(mine)
  union
  select child.id from public.guardians link
  cross join lateral private.rows_of_person(link.child_id) as child (id)
  join public.persons ward on ward.id = link.child_id and not private.is_surely_adult(ward.birth_year)
  where link.guardian_id = any (mine) and link.consent and (link.valid_to is null or link.valid_to >= private.china_date(now()))
  union
  select helped.id from public.helpers link cross join lateral private.rows_of_person(link.person_id) as helped (id)
  where link.helper_id = any (mine) and link.consent is not null and link.ended_at is null;
end $$;

alter table public.helpers enable row level security;
alter table identity.help_codes enable row level security;
grant select on public.helpers to authenticated;
create policy "Helpers are read by both sides and by staff of the home" on public.helpers for select to authenticated
  using (person_id in (select private.my_person_ids()) or helper_id in (select private.my_person_ids())
    or exists (select from public.persons person where person.id = person_id and person.residence_unit_id in (select private.my_units('people'))));

-- What somebody thought of a session is their own to say.
alter policy "People read what they and those they look after said" on public.session_feedback using (person_id in (select private.my_ward_ids()));

-- ── asking and agreeing ─────────────────────────────────────────────────────────────────────────────────────────────

-- Refuses whom nobody should help, or who should help nobody. Five helpers a person, eight people a helper: what one party can hold.
create function private.require_help(of_person public.persons, by_helper public.persons, relation text, field text) returns void
language plpgsql stable set search_path = '' as $$
begin
  if coalesce(of_person.counts_as, of_person.id) = coalesce(by_helper.counts_as, by_helper.id) then perform private.refuse(422, 'help_for_oneself', jsonb_build_object('field', field)); end if;
  if not private.is_surely_adult(of_person.birth_year) then perform private.refuse(422, 'help_for_minor', jsonb_build_object('field', field)); end if;
  if not private.is_surely_adult(by_helper.birth_year) then perform private.refuse(422, 'helper_too_young', jsonb_build_object('field', field)); end if;
  if require_help.relation in ('child', 'spouse', 'grandchild', 'relative', 'neighbour', 'volunteer') is not true then perform private.refuse(422, 'help_relation_missing', '{"field": "relation"}'); end if;
  if (select count(*) from public.helpers link where link.person_id in (select private.rows_of_person(of_person.id)) and link.consent is not null and link.ended_at is null) >= 5 then
    perform private.refuse(409, 'helpers_enough', '{"most": 5}');
  end if;
  if (select count(*) from public.helpers link where link.helper_id in (select private.rows_of_person(by_helper.id)) and link.ended_at is null) >= 8 then
    perform private.refuse(409, 'helped_enough', '{"most": 8}');
  end if;
end $$;

-- Asks to help whoever has that name and that phone, or that card: both, so that nobody is found by trying. Asked again it is the same.
-- Five helpers a person and eight people a helper hold whatever happens at once: many who ask in one moment, and askings that waited while others were agreed
-- to. Both people are held, in one order, while it is counted.
create function private.hold_helpers() returns trigger
language plpgsql volatile security definer set search_path = '' as $$
begin
  if new.ended_at is not null then return new; end if;
  perform from public.persons root where root.id in (select coalesce(one.counts_as, one.id) from public.persons one where one.id in (new.person_id, new.helper_id)) order by root.id for no key update;
  if new.consent is not null and (select count(*) from public.helpers link
      where link.person_id in (select private.rows_of_person(new.person_id)) and link.id <> new.id and link.consent is not null and link.ended_at is null) >= 5 then
    perform private.refuse(409, 'helpers_enough', '{"most": 5}');
  end if;
  -- Of one person asked for twice at once the second is no other.
  if tg_op = 'INSERT' and (select count(*) from public.helpers link
      where link.helper_id in (select private.rows_of_person(new.helper_id)) and link.person_id not in (select private.rows_of_person(new.person_id)) and link.ended_at is null) >= 8 then
    perform private.refuse(409, 'helped_enough', '{"most": 8}');
  end if;
  return new;
end $$;
create trigger helpers_hold before insert or update of consent on public.helpers for each row execute function private.hold_helpers();

create function public.ask_to_help(named text, relation text, phone_lookup text default null, card text default null) returns bigint
language plpgsql volatile security definer set search_path = '' as $$
declare
  me public.persons;
  known_ids bigint[];
  found_ids bigint[];
  elder public.persons;
  link_id bigint;
begin
  if auth.uid() is null then perform private.refuse(401, 'sign_in_needed'); end if;
  select * into me from public.persons one where one.id = private.my_person_id();
  if not found then perform private.refuse(403, 'introduction_needed'); end if;
  -- Both, where both are given, are theirs: a code that goes to another's phone would be another's consent.
  if phone_lookup is not null then
    known_ids := array(select row_of.id from (
      select account.person_id from identity.accounts account where account.phone_lookup = ask_to_help.phone_lookup and account.disabled_at is null
      union
      select contact.person_id from private.person_contacts contact where contact.kind = 'phone' and contact.lookup = decode(ask_to_help.phone_lookup, 'hex')
    ) known cross join lateral private.rows_of_person(known.person_id) as row_of (id));
  end if;
  if card is not null then
    known_ids := array(select row_of.id from public.person_cards one cross join lateral private.rows_of_person(one.person_id) as row_of (id)
      where one.number = private.read_card_number(ask_to_help.card) and one.revoked_at is null and (known_ids is null or row_of.id = any (known_ids)));
  end if;
  found_ids := array(select distinct coalesce(person.counts_as, person.id) from public.persons person
    where person.id = any (known_ids) and private.text_key(person.name) = private.text_key(named));
  -- Two of one name under one number: the desk tells them apart.
  if cardinality(found_ids) <> 1 then perform private.refuse(404, 'help_person_unknown', jsonb_build_object('field', case when card is null then 'phone' else 'card' end)); end if;
  select * into strict elder from public.persons one where one.id = found_ids[1];
  select link.id into link_id from public.helpers link where link.ended_at is null and link.person_id in (select private.rows_of_person(elder.id)) and link.helper_id in (select private.my_person_ids());
  if found then
    if exists (select from public.helpers link where link.id = link_id and link.consent is not null) then perform private.refuse(409, 'help_agreed'); end if;
    return link_id;
  end if;
  perform private.require_help(elder, me, ask_to_help.relation, 'name');
  insert into public.helpers (person_id, helper_id, relation, asked_by) values (elder.id, me.id, ask_to_help.relation, auth.uid())
  on conflict (person_id, helper_id) where ended_at is null do update set asked_at = excluded.asked_at returning id into link_id;
  return link_id;
end $$;

-- Keeps the code that goes to the person's phone: a quarter of an hour. Called by the server that sends it.
create function identity.keep_help_code(of_help_id bigint, code_hash text) returns void
language sql volatile security definer set search_path = '' -- definer: a code is kept only of what was asked and not answered
begin atomic
  insert into identity.help_codes as kept (help_id, code_hash, expires_at)
  select link.id, keep_help_code.code_hash, clock_timestamp() + interval '15 minutes' from public.helpers link where link.id = of_help_id and link.consent is null and link.ended_at is null
  on conflict (help_id) do update set code_hash = excluded.code_hash, wrong_tries = 0, expires_at = excluded.expires_at;
end;

-- The code that the person told the helper: 'agreed', 'wrong', 'expired', 'too_many_tries' or 'helpers_enough'. It never raises, so that a wrong try stays counted.
create function identity.use_help_code(of_help_id bigint, by_account uuid, code_hash text) returns text
language plpgsql volatile security definer set search_path = '' as $$ -- definer: as above, and consent is written by no API role
declare
  code identity.help_codes;
begin
  perform from public.helpers link join identity.accounts account on account.id = use_help_code.by_account
    where link.id = of_help_id and link.helper_id in (select private.rows_of_person(account.person_id)) and link.ended_at is null for update of link;
  if not found then return 'expired'; end if;
  if exists (select from public.helpers link where link.id = of_help_id and link.consent is not null) then return 'agreed'; end if;
  select * into code from identity.help_codes kept where kept.help_id = of_help_id for update;
  if not found or code.expires_at <= clock_timestamp() then return 'expired'; end if;
  if code.wrong_tries >= 5 then return 'too_many_tries'; end if;
  if code.code_hash <> use_help_code.code_hash then
    update identity.help_codes kept set wrong_tries = kept.wrong_tries + 1 where kept.help_id = of_help_id;
    return 'wrong';
  end if;
  begin
    update public.helpers link set consent = 'code', consent_by = use_help_code.by_account, consent_at = clock_timestamp() where link.id = of_help_id;
  exception when sqlstate 'PT409' then return 'helpers_enough';
  end;
  delete from identity.help_codes kept where kept.help_id = of_help_id;
  return 'agreed';
end $$;
grant execute on function identity.keep_help_code(bigint, text), identity.use_help_code(bigint, uuid, text) to identity_server;

-- The person's own answer to who asked to help. No ends the asking.
create function public.answer_help(of_help_id bigint, agrees boolean) returns void
language plpgsql volatile security definer set search_path = '' as $$
declare
  link public.helpers;
begin
  if auth.uid() is null then perform private.refuse(401, 'sign_in_needed'); end if;
  select * into link from public.helpers one where one.id = of_help_id and one.person_id in (select private.my_person_ids()) for update;
  if not found then perform private.refuse(404, 'help_unknown'); end if;
  if agrees is null then perform private.refuse(422, 'choice_missing', '{"field": "choice"}'); end if;
  if link.ended_at is not null then perform private.refuse(409, 'help_over'); end if;
  if link.consent is not null then
    if not agrees then perform private.refuse(409, 'help_agreed'); end if;
    return;
  end if;
  if agrees then
    update public.helpers one set consent = 'own', consent_by = auth.uid(), consent_at = clock_timestamp() where one.id = link.id;
  else
    update public.helpers one set ended_at = clock_timestamp(), ended_by = auth.uid() where one.id = link.id;
  end if;
end $$;

-- Staff of the person's home record that the person agreed, having asked: of somebody who asked to help, or of a new helper.
create function public.record_help(of_person_id bigint, by_helper_id bigint, relation text, consent text) returns bigint
language plpgsql volatile security definer set search_path = '' as $$
declare
  home integer := private.require_person(of_person_id, 'people');
  elder public.persons;
  helper public.persons;
  link public.helpers;
begin
  select root.* into elder from public.persons one join public.persons root on root.id = coalesce(one.counts_as, one.id) where one.id = of_person_id;
  select root.* into helper from public.persons one join public.persons root on root.id = coalesce(one.counts_as, one.id) where one.id = by_helper_id;
  if record_help.consent in ('present', 'phone', 'written') is not true then perform private.refuse(422, 'consent_missing', '{"field": "consent"}'); end if;
  -- Who asked to help may live elsewhere; whoever is chosen here is known here.
  select * into link from public.helpers one where one.ended_at is null and one.person_id in (select private.rows_of_person(elder.id)) and one.helper_id in (select private.rows_of_person(helper.id)) for update;
  if not found then
    if helper.id is null then perform private.refuse(404, 'helper_unknown', '{"field": "helperId"}'); end if;
    perform private.require_person(helper.id, 'names');
    perform private.require_help(elder, helper, record_help.relation, 'helperId');
    -- Nobody of the staff lets themselves in.
    if helper.id in (select private.my_person_ids()) then perform private.refuse(403, 'help_own_consent', '{"field": "helperId"}'); end if;
    insert into public.helpers (person_id, helper_id, relation, asked_by, consent, consent_by, consent_at)
    values (elder.id, helper.id, record_help.relation, auth.uid(), record_help.consent, auth.uid(), clock_timestamp()) returning * into link;
  else
    if helper.id in (select private.my_person_ids()) then perform private.refuse(403, 'help_own_consent', '{"field": "helperId"}'); end if;
    if link.consent is not null then return link.id; end if;
    update public.helpers one set consent = record_help.consent, consent_by = auth.uid(), consent_at = clock_timestamp() where one.id = link.id;
  end if;
  perform private.audit('helper_recorded', 'person', elder.id::text, home, jsonb_build_object('helper', helper.id, 'consent', record_help.consent));
  return link.id;
end $$;

-- Ends it, today and for good: either side, or staff of the person's home. What was signed up for stays. Ended again changes nothing.
create function public.end_help(of_help_id bigint) returns void
language plpgsql volatile security definer set search_path = '' as $$
declare
  link public.helpers;
  home integer;
begin
  if auth.uid() is null then perform private.refuse(401, 'sign_in_needed'); end if;
  select * into link from public.helpers one where one.id = of_help_id for update;
  if not found then perform private.refuse(404, 'help_unknown'); end if;
  if link.person_id not in (select private.my_person_ids()) and link.helper_id not in (select private.my_person_ids()) then
    select person.residence_unit_id into home from public.persons person where person.id = link.person_id and person.residence_unit_id in (select private.my_units('people'));
    if not found then perform private.refuse(404, 'help_unknown'); end if;
  end if;
  if link.ended_at is not null then return; end if;
  update public.helpers one set ended_at = clock_timestamp(), ended_by = auth.uid() where one.id = link.id;
  delete from identity.help_codes kept where kept.help_id = link.id;
  if home is not null then perform private.audit('helper_ended', 'person', link.person_id::text, home, jsonb_build_object('helper', link.helper_id)); end if;
end $$;

-- Whom the asker helps or asked to help, and who helps the asker or asked to; by the other side's name.
create function public.my_help() returns table (id bigint, person_id bigint, name text, relation text, helps boolean, agreed boolean, consent text, since timestamptz, code text)
language sql stable security definer set search_path = ''
begin atomic
  select link.id, coalesce(other.counts_as, other.id), root.name, link.relation, link.helper_id in (select private.my_person_ids()), link.consent is not null, link.consent,
    coalesce(link.consent_at, link.asked_at), (select case when kept.expires_at > now() then 'sent' else 'expired' end from identity.help_codes kept where kept.help_id = link.id)
  from public.helpers link
  join public.persons other on other.id = case when link.helper_id in (select private.my_person_ids()) then link.person_id else link.helper_id end
  join public.persons root on root.id = coalesce(other.counts_as, other.id)
  where link.ended_at is null and (link.helper_id in (select private.my_person_ids()) or link.person_id in (select private.my_person_ids()))
  order by link.consent is null, link.id;
end;

-- Who helps a person, for the desk: those of today, who asked, and who did.
create function public.helpers_of(of_person_id bigint)
returns table (id bigint, helper_id bigint, name text, relation text, consent text, asked_at timestamptz, consent_at timestamptz, ended_at timestamptz)
language plpgsql stable security definer set search_path = '' as $$
#variable_conflict use_column
begin
  perform private.require_person(of_person_id, 'names');
  return query
  select link.id, coalesce(helper.counts_as, helper.id), helper.name, link.relation, link.consent, link.asked_at, link.consent_at, link.ended_at
  from public.helpers link join public.persons helper on helper.id = link.helper_id
  where link.person_id in (select private.rows_of_person(of_person_id)) order by link.ended_at nulls first, link.id desc limit 20;
end $$;
grant execute on function public.ask_to_help(text, text, text, text), public.answer_help(bigint, boolean), public.record_help(bigint, bigint, text, text), public.end_help(bigint),
  public.my_help(), public.helpers_of(bigint) to authenticated;

-- ── acting for somebody ─────────────────────────────────────────────────────────────────────────────────────────────

alter table public.signups drop constraint signups_for_other_check;
alter table public.signups add constraint signups_for_other_check check (for_other in ('guardian', 'helper', 'staff'));

-- How the asker speaks for a person: for itself (null), as the guardian, as the helper, or as staff with consent.
create or replace function private.speaks_for(person public.persons, activity public.activities, consent text) returns text
language plpgsql stable set search_path = '' as $$
begin
  if person.id in (select private.my_person_ids()) then return null; end if;
  if person.id in (select private.my_helped_ids()) then return 'helper'; end if;
  if person.id in (select private.my_care_ids()) then return 'guardian'; end if;
  if activity.host_unit_id in (select private.my_units('people')) and person.residence_unit_id in (select private.my_units('people')) then
    if consent in ('present', 'phone', 'written') is not true then perform private.refuse(422, 'consent_missing', '{"field": "consent"}'); end if;
    return 'staff';
  end if;
  -- Asked to help, and not answered yet.
  if exists (select from public.helpers link where link.ended_at is null and link.helper_id in (select private.my_person_ids()) and link.person_id in (select private.rows_of_person(person.id))) then
    perform private.refuse(403, 'consent_missing', jsonb_build_object('name', person.name));
  end if;
  perform private.refuse(403, 'person_not_yours');
end $$;

-- A person who is helped is told what the helper did, with the helper's name.
alter table public.notices drop constraint notices_kind_check;
alter table public.notices add constraint notices_kind_check check (kind in ('session_changed', 'session_cancelled', 'activity_cancelled', 'seat_offered', 'seat_lapsed', 'signup_accepted', 'signup_refused',
  'session_soon', 'draw_seat', 'draw_line', 'feedback_asked', 'seat_empty', 'session_added', 'activity_changed', 'session_made_up', 'helper_acted', 'record_answered'));

create function private.tell_helped(signup public.signups, what text) returns void
language plpgsql volatile set search_path = '' as $$
begin
  if signup.person_id not in (select private.my_helped_ids()) or signup.person_id in (select private.my_person_ids()) then return; end if;
  perform private.tell(signup, 'helper_acted', jsonb_build_object('what', tell_helped.what, 'by', (select me.name from public.persons me where me.id = private.my_person_id())));
end $$;

-- The same of a session, with a place or without.
create function private.tell_helped_at(of_session_id bigint, of_person_id bigint, what text) returns void
language plpgsql volatile set search_path = '' as $$
begin
  if of_person_id not in (select private.my_helped_ids()) or of_person_id in (select private.my_person_ids()) then return; end if;
  insert into public.notices (person_id, kind, activity_id, session_id, details)
  select of_person_id, 'helper_acted', session.activity_id, session.id, jsonb_build_object('what', tell_helped_at.what, 'by', (select me.name from public.persons me where me.id = private.my_person_id()))
  from public.activity_sessions session where session.id = of_session_id;
end $$;

-- What somebody was told is read by them: a helper's reading says nothing of it.
create or replace function public.read_notices(until_id bigint) returns void
language sql volatile security definer set search_path = ''
begin atomic
  update public.notices notice set read_at = clock_timestamp() where notice.id <= until_id and notice.read_at is null and notice.person_id in (select private.my_ward_ids());
end;

create function private.tell_helped_of_signup() returns trigger
language plpgsql security definer set search_path = '' as $$ -- definer: notices are written by no API role
begin
  perform private.tell_helped(new, new.status);
  return null;
end $$;
create trigger signups_tell_helped after insert on public.signups for each row when (new.for_other = 'helper') execute function private.tell_helped_of_signup();

-- Gives a seat, or a place in the line, back. Until the start; what has begun is a matter of attendance.
create or replace function public.cancel_signup(of_signup_id bigint, reason text default null) returns void
language plpgsql volatile security definer set search_path = '' as $$
declare
  signup public.signups := private.signup_to_change(of_signup_id);
begin
  if signup.ended_at is not null then return; end if;
  if length(reason) > 200 then perform private.refuse(422, 'reason_too_long', '{"field": "reason"}'); end if;
  if (select dates.next_at is null from private.pool_dates(signup.pool_id) dates) then perform private.refuse(409, 'session_started'); end if;
  perform private.end_signup(signup, 'cancelled', reason);
  perform private.tell_helped(signup, 'cancelled');
end $$;

-- Answers an offer for the whole party.
create or replace function public.answer_offer(of_signup_id bigint, takes boolean) returns void
language plpgsql volatile security definer set search_path = '' as $$
declare
  signup public.signups := private.signup_to_change(of_signup_id);
  one public.signups;
  people integer := 0;
begin
  if takes is null then perform private.refuse(422, 'choice_missing', '{"field": "choice"}'); end if;
  if signup.status = 'confirmed' and takes or signup.status = 'declined' and not takes then return; end if;
  if signup.status = 'lapsed' then perform private.refuse(409, 'offer_lapsed'); end if;
  if signup.status <> 'offered' then perform private.refuse(409, 'no_offer'); end if;
  for one in select * from public.signups mate where mate.pool_id = signup.pool_id and mate.party_id = signup.party_id and mate.status = 'offered' order by mate.id loop
    people := people + 1;
    update public.signups mate set status = case when takes then 'confirmed' else 'declined' end, offer_ends_at = null, ended_at = case when not takes then clock_timestamp() end where mate.id = one.id;
    perform private.note_signup(one.id, case when takes then 'confirmed' else 'declined' end);
    perform private.tell_helped(one, case when takes then 'confirmed' else 'declined' end);
  end loop;
  update public.seat_pools seats set held = seats.held - people, taken = seats.taken + case when takes then people else 0 end where seats.id = signup.pool_id;
  if not takes then perform private.offer_seats(signup.pool_id); end if;
end $$;

-- Changes to another session of the same activity: the seat there is taken before the one here is given back, or nothing changes.
create or replace function public.swap_session(of_signup_id bigint, to_pool_id bigint) returns bigint
language plpgsql volatile security definer set search_path = '' as $$
declare
  signup public.signups;
  target public.seat_pools;
  new_id bigint;
begin
  if auth.uid() is null then perform private.refuse(401, 'sign_in_needed'); end if;
  select * into signup from public.signups one where one.id = of_signup_id;
  -- Both pools in the order in which everybody takes two.
  perform private.hold_pool(pool_id) from (select unnest(array[signup.pool_id, to_pool_id]) as pool_id order by 1) both_ where signup.pool_id is not null;
  signup := private.signup_to_change(of_signup_id);
  select * into target from public.seat_pools seats where seats.id = to_pool_id
    and seats.activity_id = (select seats.activity_id from public.seat_pools seats where seats.id = signup.pool_id) and seats.session_id is not null;
  if not found or target.id = signup.pool_id then perform private.refuse(404, 'session_unknown'); end if;
  if signup.status <> 'confirmed' then perform private.refuse(409, 'signup_not_confirmed'); end if;
  if (select dates.next_at is null from private.pool_dates(signup.pool_id) dates) then perform private.refuse(409, 'session_started'); end if;
  perform private.require_open(target);
  if exists (select from public.signups there where there.pool_id = target.id and there.status in ('asked', 'confirmed', 'waiting', 'offered')
      and there.person_id in (select private.rows_of_person(signup.person_id))) then
    perform private.refuse(409, 'signed_up_there');
  end if;
  if target.taken + target.held >= target.capacity then perform private.refuse(409, 'session_full'); end if;
  new_id := nextval(pg_get_serial_sequence('public.signups', 'id'));
  insert into public.signups (id, pool_id, person_id, party_id, status, by_account, for_other, consent)
  values (new_id, target.id, signup.person_id, new_id, 'confirmed', auth.uid(),
    case when signup.person_id in (select private.my_helped_ids()) then 'helper' else signup.for_other end, case when signup.person_id not in (select private.my_helped_ids()) then signup.consent end);
  update public.seat_pools seats set taken = seats.taken + 1 where seats.id = target.id;
  perform private.note_signup(new_id, 'confirmed', 'swapped');
  perform private.end_signup(signup, 'cancelled', 'swapped');
  return new_id;
end $$;

-- Says that one session of a term will be missed, or that it will not after all.
create or replace function public.set_leave(of_signup_id bigint, of_session_id bigint, away boolean) returns void
language plpgsql volatile security definer set search_path = '' as $$
declare
  signup public.signups := private.signup_to_change(of_signup_id);
begin
  if signup.status <> 'confirmed' then perform private.refuse(409, 'signup_not_confirmed'); end if;
  if not exists (select from public.activity_sessions session join public.seat_pools pool on pool.activity_id = session.activity_id and pool.session_id is null
      where session.id = of_session_id and pool.id = signup.pool_id) then
    perform private.refuse(404, 'session_unknown');
  end if;
  if exists (select from public.activity_sessions session where session.id = of_session_id and (session.starts_at <= now() or session.cancelled_at is not null)) then
    perform private.refuse(409, 'session_started');
  end if;
  if away then
    insert into public.session_leaves (signup_id, session_id) values (signup.id, of_session_id) on conflict do nothing;
    if found then
      perform private.note_signup(signup.id, 'on_leave');
      perform private.tell_helped(signup, 'on_leave');
    end if;
  else
    delete from public.session_leaves one where one.signup_id = signup.id and one.session_id = of_session_id;
    if found then
      perform private.note_signup(signup.id, 'back');
      perform private.tell_helped(signup, 'back');
    end if;
  end if;
end $$;

-- Gives somebody at the door a seat, as before; who helps is named as such.
create or replace function private.take_door_seat(session public.activity_sessions, of_person_id bigint, extra_reason text) returns text
language plpgsql volatile set search_path = '' as $$
declare
  pool public.seat_pools;
  signup public.signups;
  is_extra boolean;
  for_other text := case when of_person_id in (select private.my_person_ids()) then null when of_person_id in (select private.my_helped_ids()) then 'helper'
    when of_person_id in (select private.my_care_ids()) then 'guardian' else 'staff' end;
begin
  if length(extra_reason) > 200 or length(extra_reason) < 2 then perform private.refuse(422, 'reason_missing', '{"field": "extra"}'); end if;
  pool := private.hold_pool(private.pool_of_session(session.id));
  select one.* into signup from public.signups one where one.pool_id = pool.id and one.status in ('asked', 'confirmed', 'waiting', 'offered') and one.person_id in (select private.rows_of_person(of_person_id));
  if signup.status = 'confirmed' or pool.session_id is null and exists (select from public.door_seats seat where seat.session_id = session.id and seat.given_back_at is null and seat.person_id in (select private.rows_of_person(of_person_id))) then
    return 'seated';
  end if;

  is_extra := case when pool.session_id is not null then signup.status is distinct from 'offered' and pool.taken + pool.held >= pool.capacity
    else pool.taken + pool.held - (select count(*) from public.session_leaves leave join public.signups away on away.id = leave.signup_id and away.pool_id = pool.id and away.status = 'confirmed' where leave.session_id = session.id)
      + (select count(*) from public.door_seats seat where seat.session_id = session.id and seat.given_back_at is null and not seat.extra) >= pool.capacity end;
  if is_extra and extra_reason is null then return 'full'; end if;

  if pool.session_id is not null then
    if is_extra then update public.seat_pools seats set capacity = seats.capacity + 1 where seats.id = pool.id; end if;
    update public.seat_pools seats set taken = seats.taken + 1, held = seats.held - (signup.status is not distinct from 'offered')::integer where seats.id = pool.id;
    if signup.id is not null then
      update public.signups one set status = 'confirmed', offer_ends_at = null where one.id = signup.id;
    else
      signup.id := nextval(pg_get_serial_sequence('public.signups', 'id'));
      insert into public.signups (id, pool_id, person_id, party_id, status, by_account, for_other, consent)
      values (signup.id, pool.id, of_person_id, signup.id, 'confirmed', auth.uid(), for_other, case for_other when 'staff' then 'present' end);
    end if;
    perform private.note_signup(signup.id, 'confirmed', 'walk_in');
    -- Without this one the rest of a party may fit.
    perform private.offer_seats(pool.id);
  end if;
  -- One who gave the seat up since, by the sign-up, has another now.
  update public.door_seats seat set given_back_at = clock_timestamp() where seat.session_id = session.id and seat.given_back_at is null and seat.person_id in (select private.rows_of_person(of_person_id));
  insert into public.door_seats (session_id, person_id, signup_id, was, extra, reason, by_account)
  values (session.id, of_person_id, case when pool.session_id is not null then signup.id end, case when pool.session_id is not null then signup.status end, is_extra, case when is_extra then extra_reason end, auth.uid());
  if is_extra then
    perform private.audit('seat_added', 'activity_session', session.id::text, (select activity.host_unit_id from public.activities activity where activity.id = session.activity_id), jsonb_build_object('person', of_person_id));
  end if;
  return case when is_extra then 'extra' else 'taken' end;
end $$;

-- What a calendar's address shows: of the person, the children in care and whom the person helps; sessions with title, time and place, and no name.
-- Null where the secret is nobody's.
create or replace function private.calendar_of(secret text) returns jsonb
language sql stable security definer set search_path = ''
begin atomic
  select coalesce((
    select jsonb_agg(event.line order by event.starts_at, event.session_id) from (
      select distinct on (session.id) session.id as session_id, session.starts_at, jsonb_build_object('id', session.id, 'code', activity.code, 'title', activity.title,
        'startsAt', session.starts_at, 'endsAt', session.ends_at, 'venue', coalesce(session.venue, activity.venue), 'room', coalesce(session.room, activity.room),
        'version', activity.version, 'state', case mine.status when 'confirmed' then 'confirmed' when 'called_off' then 'cancelled' else 'tentative' end) as line
      from private.sessions_of_people(array(
        select private.rows_of_person(kept.person_id)
        union
        select child.id from public.guardians link cross join lateral private.rows_of_person(link.child_id) as child (id)
        join public.persons ward on ward.id = link.child_id and not private.is_surely_adult(ward.birth_year)
        where link.guardian_id in (select private.rows_of_person(kept.person_id)) and link.consent and (link.valid_to is null or link.valid_to >= private.china_date(now()))
        union
        select helped.id from public.helpers link cross join lateral private.rows_of_person(link.person_id) as helped (id)
        where link.helper_id in (select private.rows_of_person(kept.person_id)) and link.consent is not null and link.ended_at is null)) mine
      join public.activities activity on activity.id = mine.activity_id join public.activity_sessions session on session.id = mine.session_id
      where not mine.on_leave and mine.status in ('confirmed', 'offered', 'called_off') and session.ends_at > now() - interval '90 days'
      order by session.id, mine.status = 'confirmed' desc
    ) event), '[]')
  from private.calendar_keys kept where kept.key_hash = sha256(convert_to(secret, 'UTF8'));
end;

-- Takes notices to be sent as text messages, each with the sealed number: the person's own, of the guardian, or of whoever helps. Runs at once take
-- different ones. What is older than a day, or an offer that is over, is told on the page alone; whoever has no number too.
create or replace function private.take_notices_to_text(most integer)
returns table (id bigint, kind text, title text, starts_at timestamptz, venue text, details jsonb, for_name text, cipher bytea, key_id integer)
language plpgsql volatile security definer set search_path = '' as $$
#variable_conflict use_column
begin
  return query
  with taken as (
    update public.notices notice set texted_at = clock_timestamp(), tries = notice.tries + 1
    where notice.id in (
      select one.id from public.notices one
      where one.texted_at is null and one.tries < 3 and one.at > now() - interval '1 day'
        and one.kind in ('seat_offered', 'session_changed', 'session_cancelled', 'activity_cancelled', 'session_soon', 'draw_seat', 'draw_line',
          'signup_accepted', 'signup_refused', 'session_added', 'activity_changed', 'session_made_up', 'helper_acted', 'record_answered')
        and (one.kind <> 'seat_offered' or exists (select from public.signups signup where signup.id = one.signup_id and signup.status = 'offered'))
      order by one.id limit most for update skip locked)
    returning notice.*
  )
  select taken.id, taken.kind, activity.title, session.starts_at, coalesce(session.venue, activity.venue), taken.details,
    case when number.of_guardian then person.name end, number.cipher, number.key_id
  from taken join public.persons person on person.id = taken.person_id join public.activities activity on activity.id = taken.activity_id
  left join public.activity_sessions session on session.id = taken.session_id
  cross join lateral (
    select known.of_guardian, known.cipher, known.key_id from (
      select false as of_guardian, 1 as turn, account.phone_cipher as cipher, account.phone_key_id::integer as key_id from identity.accounts account
      where account.person_id in (select private.rows_of_person(taken.person_id)) and account.phone_cipher is not null and account.disabled_at is null
      union all
      select false, 2, contact.cipher, contact.key_id::integer from private.person_contacts contact
      where contact.kind = 'phone' and contact.person_id in (select private.rows_of_person(taken.person_id))
      union all
      select true, 3, account.phone_cipher, account.phone_key_id::integer from public.guardians link
      join identity.accounts account on account.person_id in (select private.rows_of_person(link.guardian_id)) and account.phone_cipher is not null and account.disabled_at is null
      where link.child_id in (select private.rows_of_person(taken.person_id)) and not private.is_surely_adult(person.birth_year) and link.consent and (link.valid_to is null or link.valid_to >= private.china_date(now()))
      union all
      select true, 4, contact.cipher, contact.key_id::integer from public.guardians link
      join private.person_contacts contact on contact.kind = 'phone' and contact.person_id in (select private.rows_of_person(link.guardian_id))
      where link.child_id in (select private.rows_of_person(taken.person_id)) and not private.is_surely_adult(person.birth_year) and link.consent and (link.valid_to is null or link.valid_to >= private.china_date(now()))
      -- Whoever has no number is told by the helper, but not of what the helper did.
      union all
      select true, 5, account.phone_cipher, account.phone_key_id::integer from public.helpers link
      join identity.accounts account on account.person_id in (select private.rows_of_person(link.helper_id)) and account.phone_cipher is not null and account.disabled_at is null
      where link.person_id in (select private.rows_of_person(taken.person_id)) and link.consent is not null and link.ended_at is null and taken.kind <> 'helper_acted'
      union all
      select true, 6, contact.cipher, contact.key_id::integer from public.helpers link
      join private.person_contacts contact on contact.kind = 'phone' and contact.person_id in (select private.rows_of_person(link.helper_id))
      where link.person_id in (select private.rows_of_person(taken.person_id)) and link.consent is not null and link.ended_at is null and taken.kind <> 'helper_acted'
    ) known order by known.turn limit 1
  ) number
  order by taken.id;
end $$;

-- The sessions that the asker and the children in care came to and can say something of: no helper speaks for what somebody thought.
create or replace function public.my_feedback(of_session_id bigint default null)
returns table (session_id bigint, title text, host text, starts_at timestamptz, ends_at timestamptz, person_id bigint, name text, is_me boolean, satisfied smallint, useful smallint, again smallint,
  by_staff boolean, until timestamptz)
language sql stable security definer set search_path = ''
begin atomic
  with cared as materialized (
    select distinct coalesce(person.counts_as, person.id) as id from public.persons person where person.id in (select private.my_ward_ids())
  ), marked as (
    select distinct seen.session_id, cared.id as person_id
    from cared cross join lateral private.rows_of_person(cared.id) as row_of (id)
    cross join lateral (
      select mark.session_id from public.attendance_marks mark where mark.person_id = row_of.id
      union select record.session_id from public.session_records record where record.person_id = row_of.id
    ) seen
  )
  select session.id, activity.title, host.name, session.starts_at, session.ends_at, person.id, person.name, person.id in (select private.my_person_ids()), said.satisfied, said.useful, said.again, said.by_staff,
    private.feedback_until(session)
  from marked join public.activity_sessions session on session.id = marked.session_id and session.cancelled_at is null and session.ends_at <= now() and private.feedback_until(session) > now()
  join public.activities activity on activity.id = session.activity_id join public.units host on host.id = activity.host_unit_id
  join public.persons person on person.id = marked.person_id
  left join lateral (select one.* from public.session_feedback one where one.session_id = session.id and one.person_id in (select private.rows_of_person(person.id)) order by one.given_at limit 1) said on true
  where (of_session_id is null or session.id = of_session_id) and private.came_to_session(session.id, person.id)
  order by session.starts_at desc, person.id in (select private.my_person_ids()) desc, person.id limit 100;
end;

create or replace function public.give_feedback(of_session_id bigint, of_person_id bigint, satisfied integer, useful integer, again integer) returns void
language plpgsql volatile security definer set search_path = '' as $$
begin
  if auth.uid() is null then perform private.refuse(401, 'sign_in_needed'); end if;
  if of_person_id not in (select private.my_ward_ids()) then perform private.refuse(403, 'person_not_yours'); end if;
  perform private.keep_feedback(of_session_id, of_person_id, satisfied, useful, again, false);
end $$;

-- As before, and whoever is helped is told.
create or replace function public.check_in(pass text, of_person_id bigint default null) returns table (person_id bigint, name text, outcome text, seen_at timestamptz)
language plpgsql volatile security definer set search_path = '' as $$
#variable_conflict use_column
declare
  meant record;
  session public.activity_sessions;
  activity public.activities;
  pool public.seat_pools;
  person public.persons;
  signup public.signups;
  other record;
  mark record;
begin
  if auth.uid() is null then perform private.refuse(401, 'sign_in_needed'); end if;
  select * into meant from private.session_of_pass(check_in.pass);
  select one.* into person from public.persons one join public.persons named on coalesce(named.counts_as, named.id) = one.id
  where named.id = coalesce(of_person_id, private.my_person_id()) and named.id in (select private.my_care_ids());
  if not found then perform private.refuse(403, case when of_person_id is null then 'introduction_needed' else 'person_not_yours' end); end if;
  if private.pool_of_session(meant.session_id) is not null then pool := private.hold_pool(private.pool_of_session(meant.session_id)); end if;
  -- One press after the other: two at the same moment are one mark.
  select * into strict session from public.activity_sessions one where one.id = meant.session_id for no key update;
  select * into strict activity from public.activities one where one.id = session.activity_id;
  perform private.require_check_in_open(session);

  select present.seen_at, present.method into mark from private.attendance_of(session.id) present where present.person_id = person.id;
  if found then return query select person.id, person.name, 'again'::text, mark.seen_at; return; end if;
  if pool.id is not null then
    select one.* into signup from public.signups one where one.pool_id = pool.id and one.status in ('asked', 'confirmed', 'waiting', 'offered') and one.person_id in (select private.rows_of_person(person.id));
    if signup.status is distinct from 'confirmed' and signup.status is distinct from 'offered' and (activity.admission = 'approval' or pool.session_id is null) then
      select next_activity.title, next_session.starts_at into other
      from public.signups one join public.seat_pools there on there.id = one.pool_id join public.activities next_activity on next_activity.id = there.activity_id
      join public.activity_sessions next_session on next_session.activity_id = there.activity_id and (there.session_id is null or there.session_id = next_session.id)
      where one.status = 'confirmed' and one.person_id in (select private.rows_of_person(person.id)) and next_session.id <> session.id and next_session.cancelled_at is null
        and next_session.ends_at > now() and next_session.starts_at < now() + interval '12 hours'
      order by next_session.starts_at limit 1;
      if found then perform private.refuse(409, 'check_in_other_session', jsonb_build_object('name', person.name, 'title', activity.title, 'other', other.title, 'startsAt', other.starts_at)); end if;
      perform private.refuse(409, case signup.status when 'asked' then 'check_in_asked' when 'waiting' then 'check_in_waiting' else 'check_in_not_signed_up' end, jsonb_build_object('name', person.name, 'title', activity.title));
    end if;
    if signup.id is null then perform private.require_eligible(activity, person, private.china_date(session.starts_at)); end if;
    if session.ends_at > now() and private.take_door_seat(session, person.id, null) = 'full' then
      perform private.refuse(409, case when signup.status = 'waiting' then 'check_in_waiting' else 'check_in_full' end, jsonb_build_object('name', person.name, 'title', activity.title));
    end if;
  end if;
  perform private.tell_helped_at(session.id, person.id, 'checked_in');
  return query
  insert into public.attendance_marks as made (client_id, session_id, person_id, method, device_at, seen_at, by_account)
  values (gen_random_uuid(), session.id, person.id, meant.way, clock_timestamp(), least(greatest(clock_timestamp(), session.starts_at), session.ends_at), auth.uid())
  returning made.person_id, person.name, 'in'::text, made.seen_at;
end $$;

create or replace function public.explain_no_show(of_session_id bigint, of_person_id bigint, reason text, note text default null) returns void
language plpgsql volatile security definer set search_path = '' as $$
declare
  seat record;
begin
  if auth.uid() is null then perform private.refuse(401, 'sign_in_needed'); end if;
  if of_person_id not in (select private.my_care_ids()) then perform private.refuse(404, 'no_show_unknown'); end if;
  select * into seat from private.no_shows_of(of_person_id) one where one.session_id = of_session_id;
  if not found then perform private.refuse(404, 'no_show_unknown'); end if;
  if (explain_no_show.reason in ('illness', 'family', 'weather', 'traffic', 'was_there', 'other')) is not true then perform private.refuse(422, 'no_show_reason_missing', '{"field": "reason"}'); end if;
  if length(explain_no_show.note) > 200 then perform private.refuse(422, 'reason_too_long', '{"field": "note"}'); end if;
  if seat.state in ('excused', 'kept') then perform private.refuse(409, 'no_show_answered'); end if;
  insert into public.no_show_cases as known (session_id, person_id, state, reason, note, asked_by, asked_at)
  values (of_session_id, seat.person_id, 'asked', explain_no_show.reason, nullif(trim(explain_no_show.note), ''), auth.uid(), clock_timestamp())
  on conflict (session_id, person_id) do update set reason = excluded.reason, note = excluded.note, asked_by = excluded.asked_by, asked_at = excluded.asked_at where known.state = 'asked';
  perform private.tell_helped_at(of_session_id, of_person_id, 'explained');
end $$;
