-- Another session for the seat that one has: offered only where it will go through; waited for, where it is full, with the own seat kept until the other is
-- taken; and fewer of a family in one go. Decision 51.

-- Which seat is given back when this one is taken. Both are of one activity and of the same person.
alter table public.signups add column instead_of bigint references public.signups on delete restrict;
create index signups_instead_of_idx on public.signups (instead_of) where instead_of is not null;

-- As before, for rows of any number of columns.
create or replace function private.left_alone_by(signup public.signups) returns setof public.signups
language plpgsql stable rows 1 set search_path = '' as $$
begin
  return query select * from private.left_alone_without(signup.pool_id, array[signup.id]);
end $$;

-- What a change of a seat to another session would come to, for whoever looks after the person: `swap`, `wait`, or null where it is refused. The words of
-- swap_session() and wait_for_session(), without their locks.
create function private.move_outcome(signup public.signups, target public.seat_pools) returns text
language plpgsql stable set search_path = '' as $$
declare
  activity public.activities;
  moving public.signups[];
  day date;
begin
  select one.* into activity from public.activities one where one.id = target.activity_id;
  if signup.status <> 'confirmed' or target.session_id is null or target.id = signup.pool_id or activity.status <> 'published' or activity.admission = 'approval'
    or activity.opens_at > now() or activity.closes_at <= now() or activity.id <> (select pool.activity_id from public.seat_pools pool where pool.id = signup.pool_id)
    or (select dates.next_at is null from private.pool_dates(signup.pool_id) dates) or (select dates.next_at is null from private.pool_dates(target.id) dates) then return null; end if;
  moving := array[signup] || array(select one from private.left_alone_by(signup) one);
  if exists (select from unnest(moving) as one where one.status <> 'confirmed' or one.person_id not in (select private.my_care_ids()))
    or exists (select from unnest(moving) as one join public.signups there on there.pool_id = target.id and there.status in ('asked', 'confirmed', 'waiting', 'offered')
      and there.person_id in (select private.rows_of_person(one.person_id))) then return null; end if;
  day := private.china_date((select dates.first_at from private.pool_dates(target.id) dates));
  if activity.minors = 'with_guardian' and (select person.birth_year > extract(year from day) - 18 from public.persons person where person.id = signup.person_id)
    and not exists (select from private.adults_beside(target.id, signup.person_id, null, day)) then return null; end if;
  return case when target.taken + target.held + cardinality(moving) <= target.capacity then 'swap' when cardinality(moving) <= target.capacity then 'wait' end;
end $$;

-- The other sessions to which the seats of the asker, and of those looked after, can be changed, or for which they can wait; of one activity, or of all.
create function public.my_moves(of_code text default null)
returns table (signup_id bigint, name text, is_me boolean, activity_code text, title text, from_at timestamptz, pool_id bigint, starts_at timestamptz, ends_at timestamptz, outcome text)
language sql stable security definer set search_path = ''
begin atomic
  select one.id, person.name, one.person_id in (select private.my_person_ids()), activity.code, activity.title, here.starts_at, target.id, there.starts_at, there.ends_at, move.outcome
  from public.signups one join public.seat_pools pool on pool.id = one.pool_id join public.activity_sessions here on here.id = pool.session_id and here.starts_at > now()
  join public.activities activity on activity.id = pool.activity_id and (of_code is null or activity.code = of_code)
  join public.persons person on person.id = one.person_id
  join public.seat_pools target on target.activity_id = activity.id and target.id <> pool.id
  join public.activity_sessions there on there.id = target.session_id and there.starts_at > now() and there.cancelled_at is null
  cross join lateral (select private.move_outcome(one, target) as outcome) move
  where one.person_id in (select private.my_care_ids()) and one.status = 'confirmed' and move.outcome is not null
  order by here.starts_at, one.id, there.starts_at limit 200;
end;

-- Those who wait for another session with a seat of their own, and when that seat is.
create function public.my_waits() returns table (signup_id bigint, starts_at timestamptz)
language sql stable security definer set search_path = ''
begin atomic
  select one.id, dates.next_at from public.signups one join public.signups kept on kept.id = one.instead_of and kept.status = 'confirmed'
  cross join lateral private.pool_dates(kept.pool_id) dates
  where one.person_id in (select private.my_care_ids()) and one.status in ('waiting', 'offered') and dates.next_at is not null;
end;

-- Waits for another session of the same activity with the seat that one has; children who would be left alone wait along, as one party. Where there are
-- seats by now the change is made at once. Answers `waiting` or `swapped`; pressed again it is the same.
create function public.wait_for_session(of_signup_id bigint, to_pool_id bigint) returns text
language plpgsql volatile security definer set search_path = '' as $$
declare
  signup public.signups;
  target public.seat_pools;
  activity public.activities;
  moving public.signups[];
  one public.signups;
  standing public.signups;
  new_id bigint;
  first_id bigint;
  rank integer;
  day date;
begin
  if auth.uid() is null then perform private.refuse(401, 'sign_in_needed'); end if;
  select * into signup from public.signups known where known.id = of_signup_id;
  -- Both pools in the order in which everybody takes two.
  perform private.hold_pool(pool_id) from (select unnest(array[signup.pool_id, to_pool_id]) as pool_id order by 1) both_ where signup.pool_id is not null;
  signup := private.signup_to_change(of_signup_id);
  select * into target from public.seat_pools seats where seats.id = to_pool_id
    and seats.activity_id = (select seats.activity_id from public.seat_pools seats where seats.id = signup.pool_id) and seats.session_id is not null;
  if not found or target.id = signup.pool_id then perform private.refuse(404, 'session_unknown'); end if;
  if signup.status <> 'confirmed' then perform private.refuse(409, 'signup_not_confirmed'); end if;
  if (select dates.next_at is null from private.pool_dates(signup.pool_id) dates) then perform private.refuse(409, 'session_started'); end if;
  select there.* into standing from public.signups there where there.pool_id = target.id and there.status in ('asked', 'confirmed', 'waiting', 'offered')
    and there.person_id in (select private.rows_of_person(signup.person_id));
  if standing.instead_of = signup.id and standing.status = 'waiting' then return 'waiting'; end if;
  activity := private.require_open(target);
  if activity.admission = 'approval' and activity.host_unit_id not in (select private.my_units('people')) then perform private.refuse(409, 'swap_by_school'); end if;

  moving := array[signup] || private.require_adult_left(signup, true);
  -- Whoever waits there already, alone, goes on waiting there, and has a seat to give back from now on.
  if standing.status = 'waiting' and standing.instead_of is null and cardinality(moving) = 1
    and (select count(*) from public.signups mate where mate.pool_id = target.id and mate.party_id = standing.party_id and mate.status = 'waiting') = 1 then
    update public.signups mine set instead_of = signup.id where mine.id = standing.id;
    return 'waiting';
  end if;
  day := private.china_date((select dates.first_at from private.pool_dates(target.id) dates));
  foreach one in array moving loop
    if one.status <> 'confirmed' then
      perform private.refuse(409, 'child_left_alone', (select jsonb_build_object('names', child.name) from public.persons child where child.id = one.person_id));
    end if;
    if exists (select from public.signups there where there.pool_id = target.id and there.status in ('asked', 'confirmed', 'waiting', 'offered')
        and there.person_id in (select private.rows_of_person(one.person_id))) then
      perform private.refuse(409, 'signed_up_there');
    end if;
    rank := least(rank, private.seat_rank(activity, one.person_id));
  end loop;
  if activity.minors = 'with_guardian' and (select person.birth_year > extract(year from day) - 18 from public.persons person where person.id = signup.person_id)
      and not exists (select from private.adults_beside(target.id, signup.person_id, null, day)) then
    perform private.refuse(409, 'adult_needed', (select jsonb_build_object('name', person.name) from public.persons person where person.id = signup.person_id));
  end if;
  if cardinality(moving) > target.capacity then perform private.refuse(409, 'party_too_large', jsonb_build_object('people', cardinality(moving), 'capacity', target.capacity)); end if;
  if target.taken + target.held + cardinality(moving) <= target.capacity then
    perform public.swap_session(of_signup_id, to_pool_id);
    return 'swapped';
  end if;
  foreach one in array moving loop
    new_id := nextval(pg_get_serial_sequence('public.signups', 'id'));
    first_id := coalesce(first_id, new_id);
    insert into public.signups (id, pool_id, person_id, party_id, status, by_account, for_other, consent, instead_of)
    values (new_id, target.id, one.person_id, first_id, 'waiting', auth.uid(),
      case when one.person_id in (select private.my_helped_ids()) then 'helper' else one.for_other end, case when one.person_id not in (select private.my_helped_ids()) then one.consent end, one.id);
    perform private.note_signup(new_id, 'waiting');
  end loop;
  perform private.rank_waiting(first_id, rank);
  return 'waiting';
end $$;

-- As before; whoever takes a seat for which they waited with another gives that one back in the same moment, unless its session has begun. Where that
-- would leave a child alone there, nothing changes.
create or replace function public.answer_offer(of_signup_id bigint, takes boolean) returns void
language plpgsql volatile security definer set search_path = '' as $$
declare
  signup public.signups;
  party bigint[];
  held bigint[];
  of_pool bigint;
  leaving public.signups[];
  one public.signups;
begin
  -- Every pool in the order in which everybody takes several: whose a seat is that goes back was said before the offer.
  select array_agg(distinct pool_id order by pool_id) into held from (
    select mate.pool_id from public.signups asked join public.signups mate on mate.pool_id = asked.pool_id and mate.party_id = asked.party_id where asked.id = of_signup_id
    union
    select kept.pool_id from public.signups asked join public.signups mate on mate.pool_id = asked.pool_id and mate.party_id = asked.party_id join public.signups kept on kept.id = mate.instead_of
    where asked.id = of_signup_id) pools;
  if cardinality(held) > 1 then perform private.hold_pool(pool_id) from unnest(held) as pool_id; end if;
  signup := private.signup_to_change(of_signup_id);
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
  if not takes then
    perform private.offer_seats(signup.pool_id);
    return;
  end if;
  foreach of_pool in array held loop
    leaving := array(select kept from public.signups mate join public.signups kept on kept.id = mate.instead_of and kept.status = 'confirmed' and kept.pool_id = of_pool
      where mate.id = any (party) and (select dates.next_at is not null from private.pool_dates(of_pool) dates) order by kept.id);
    if leaving <> '{}' then
      perform private.require_not_alone(of_pool, array(select one_.id from unnest(leaving) as one_));
      perform private.end_signups(leaving, 'cancelled', 'swapped');
    end if;
  end loop;
end $$;

-- Gives several seats of one go back together: what is free then is offered as a whole, and a child may leave with its adult. Returns how many.
create function public.give_seats_back(signup_ids bigint[]) returns integer
language plpgsql volatile security definer set search_path = '' as $$
declare
  leaving public.signups[] := '{}';
  signup public.signups;
  one bigint;
begin
  if auth.uid() is null then perform private.refuse(401, 'sign_in_needed'); end if;
  if (cardinality(signup_ids) between 1 and 8) is not true then perform private.refuse(422, 'people_invalid', '{"field": "people"}'); end if;
  if (select count(distinct known.pool_id) from public.signups known where known.id = any (signup_ids)) > 1 then perform private.refuse(422, 'people_invalid', '{"field": "people"}'); end if;
  foreach one in array (select array_agg(distinct id order by id) from unnest(signup_ids) as id) loop
    signup := private.signup_to_change(one);
    if signup.ended_at is null then leaving := leaving || signup; end if;
  end loop;
  if leaving = '{}' then return 0; end if;
  if (select dates.next_at is null from private.pool_dates(leaving[1].pool_id) dates) then perform private.refuse(409, 'session_started'); end if;
  perform private.require_not_alone(leaving[1].pool_id, array(select gone.id from unnest(leaving) as gone));
  perform private.end_signups(leaving, 'cancelled', null);
  foreach signup in array leaving loop perform private.tell_helped(signup, 'cancelled'); end loop;
  return cardinality(leaving);
end $$;

grant execute on function public.my_moves(text), public.my_waits(), public.wait_for_session(bigint, bigint), public.give_seats_back(bigint[]) to authenticated;
