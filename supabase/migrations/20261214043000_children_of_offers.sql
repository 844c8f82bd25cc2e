-- A child that may come with an adult alone is not left there by an offer that is declined or lapses: who declines is told whom it concerns, as when a
-- seat is given back; where nobody answers in time, the child's sign-up ends with the adult's, and the guardian is told.

alter table public.notices drop constraint notices_kind_check;
alter table public.notices add constraint notices_kind_check check (kind in ('session_changed', 'session_cancelled', 'activity_cancelled', 'seat_offered', 'seat_lapsed', 'signup_accepted', 'signup_refused',
  'session_soon', 'draw_seat', 'draw_line', 'feedback_asked', 'seat_empty', 'session_added', 'activity_changed', 'session_made_up', 'helper_acted', 'record_answered',
  'volunteer_accepted', 'volunteer_refused', 'volunteer_ended', 'shift_cancelled', 'shift_changed', 'shift_soon', 'place_got', 'place_lost',
  'hours_confirmed', 'hours_corrected', 'hours_withdrawn', 'hours_recounted', 'dispute_answered', 'dispute_late', 'certificate_ready', 'room_agreed', 'room_refused', 'room_cancelled', 'child_left'));

-- What is told by text message, too.
create function private.is_texted(kind text) returns boolean
language sql immutable set search_path = ''
return kind in ('seat_offered', 'session_changed', 'session_cancelled', 'activity_cancelled', 'session_soon', 'draw_seat', 'draw_line', 'signup_accepted', 'signup_refused', 'session_added', 'activity_changed', 'session_made_up', 'helper_acted', 'record_answered',
  'volunteer_accepted', 'volunteer_refused', 'volunteer_ended', 'shift_cancelled', 'shift_changed', 'shift_soon', 'place_got', 'place_lost', 'hours_confirmed', 'hours_corrected', 'hours_withdrawn', 'dispute_answered', 'dispute_late', 'room_agreed', 'room_refused', 'room_cancelled', 'child_left');

-- As before; which kinds are texted is said above.
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
        and private.is_texted(one.kind)
        and (one.kind <> 'seat_offered' or exists (select from public.signups signup where signup.id = one.signup_id and signup.status = 'offered'))
        and (one.activity_id is not null or private.is_waking(now())
          or exists (select from private.notice_subject(one) subject where subject.starts_at between now() and now() + interval '12 hours'))
      order by one.id limit most for update skip locked)
    returning notice.*
  )
  select taken.id, taken.kind, subject.title, subject.starts_at, subject.venue, taken.details,
    case when number.of_guardian then person.name end, number.cipher, number.key_id
  from taken join public.persons person on person.id = taken.person_id cross join lateral private.notice_subject((select notice from public.notices notice where notice.id = taken.id)) subject
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
      where link.person_id in (select private.rows_of_person(taken.person_id)) and link.consent is not null and link.ended_at is null and taken.kind <> 'helper_acted' and taken.activity_id is not null
      union all
      select true, 6, contact.cipher, contact.key_id::integer from public.helpers link
      join private.person_contacts contact on contact.kind = 'phone' and contact.person_id in (select private.rows_of_person(link.helper_id))
      where link.person_id in (select private.rows_of_person(taken.person_id)) and link.consent is not null and link.ended_at is null and taken.kind <> 'helper_acted' and taken.activity_id is not null
    ) known order by known.turn limit 1
  ) number
  order by taken.id;
end $$;

-- The sign-ups of children who would have no adult beside them without some, and have one now. The caller holds the pool.
create function private.left_alone_without(of_pool_id bigint, leaving bigint[]) returns setof public.signups
language plpgsql stable rows 1 set search_path = '' as $$
declare
  day date := (select private.china_date(coalesce(dates.next_at, dates.first_at, now())) from private.pool_dates(of_pool_id) dates);
begin
  if not exists (select from public.seat_pools pool join public.activities activity on activity.id = pool.activity_id and activity.minors = 'with_guardian' where pool.id = of_pool_id) then return; end if;
  return query
  select one.* from public.signups one join public.persons child on child.id = one.person_id and child.birth_year > extract(year from day) - 18
  where one.pool_id = of_pool_id and one.id <> all (leaving) and one.status in ('asked', 'confirmed', 'waiting', 'offered')
    and (select bool_and(adult.id = any (leaving)) from private.adults_beside(one.pool_id, one.person_id, one.party_id, day) as adult (id))
  order by one.id;
end $$;

create or replace function private.left_alone_by(signup public.signups) returns setof public.signups
language sql stable rows 1 set search_path = ''
begin atomic
  select * from private.left_alone_without(signup.pool_id, array[signup.id]);
end;

-- As before; children who came with those whose time is over, and have nobody else there, go with them.
create or replace function private.lapse_offers_of(of_pool_id bigint) returns integer
language plpgsql volatile set search_path = '' as $$
declare
  late_ids bigint[] := array(select late.id from public.signups late where late.pool_id = of_pool_id and late.status = 'offered' and late.offer_ends_at <= now() order by late.id);
  alone public.signups[];
  one public.signups;
begin
  if late_ids = '{}' then return 0; end if;
  alone := array(select child from private.left_alone_without(of_pool_id, late_ids) child);
  for one in update public.signups late set status = 'lapsed', offer_ends_at = null, ended_at = clock_timestamp() where late.id = any (late_ids) returning * loop
    perform private.note_signup(one.id, 'lapsed');
    perform private.tell(one, 'seat_lapsed');
  end loop;
  update public.seat_pools seats set held = seats.held - cardinality(late_ids) where seats.id = of_pool_id;
  if alone = '{}' then
    perform private.offer_seats(of_pool_id);
  else
    perform private.end_signups(alone, 'cancelled', 'adult_left');
    foreach one in array alone loop perform private.tell(one, 'child_left'); end loop;
  end if;
  return cardinality(late_ids);
end $$;

-- Refuses where some who go would leave a child alone, by the children's names. The caller holds the pool.
create function private.require_not_alone(of_pool_id bigint, leaving bigint[]) returns void
language plpgsql stable set search_path = '' as $$
declare
  names text := (select string_agg(child.name, '、' order by one.id) from private.left_alone_without(of_pool_id, leaving) one join public.persons child on child.id = one.person_id);
begin
  if names is not null then perform private.refuse(409, 'child_left_alone', jsonb_build_object('names', names)); end if;
end $$;

-- As before; whoever declines for the last adult beside a child is told so, and gives both seats back together (cancel_signup).
create or replace function public.answer_offer(of_signup_id bigint, takes boolean) returns void
language plpgsql volatile security definer set search_path = '' as $$
declare
  signup public.signups := private.signup_to_change(of_signup_id);
  party bigint[];
  one public.signups;
begin
  if takes is null then perform private.refuse(422, 'choice_missing', '{"field": "choice"}'); end if;
  if signup.status = 'confirmed' and takes or signup.status = 'declined' and not takes then return; end if;
  if signup.status = 'lapsed' then perform private.refuse(409, 'offer_lapsed'); end if;
  if signup.status <> 'offered' then perform private.refuse(409, 'no_offer'); end if;
  party := array(select mate.id from public.signups mate where mate.pool_id = signup.pool_id and mate.party_id = signup.party_id and mate.status = 'offered' order by mate.id);
  if not takes then perform private.require_not_alone(signup.pool_id, party); end if;
  for one in select * from public.signups mate where mate.id = any (party) order by mate.id loop
    update public.signups mate set status = case when takes then 'confirmed' else 'declined' end, offer_ends_at = null, ended_at = case when not takes then clock_timestamp() end where mate.id = one.id;
    perform private.note_signup(one.id, case when takes then 'confirmed' else 'declined' end);
    perform private.tell_helped(one, case when takes then 'confirmed' else 'declined' end);
  end loop;
  update public.seat_pools seats set held = seats.held - cardinality(party), taken = seats.taken + case when takes then cardinality(party) else 0 end where seats.id = signup.pool_id;
  if not takes then perform private.offer_seats(signup.pool_id); end if;
end $$;
