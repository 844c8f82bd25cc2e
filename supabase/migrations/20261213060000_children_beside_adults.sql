-- A child that may come with an adult alone is signed up beside one, and is not left there alone. Beside a child is whoever comes in the same
-- party, and any guardian with consent who has a live sign-up there, whoever signed up whom.

-- The adults beside a child in a pool on a day: guardians who are in, and the adults of its party.
create function private.adults_beside(of_pool_id bigint, child_id bigint, of_party_id bigint, day date) returns setof bigint
language plpgsql stable rows 2 set search_path = '' as $$
declare
  own bigint[] := array(select private.rows_of_person(child_id));
begin
  return query
  select beside.id from public.signups beside
  join public.persons adult on adult.id = beside.person_id and adult.birth_year <= extract(year from day) - 18
  where beside.pool_id = of_pool_id and beside.status in ('asked', 'confirmed', 'waiting', 'offered') and beside.person_id <> all (own)
    and (beside.party_id = of_party_id or exists (
      select from public.guardians link where link.child_id = any (own) and link.guardian_id in (select private.rows_of_person(beside.person_id))
        and link.consent and (link.valid_to is null or link.valid_to >= private.china_date(now()))));
end $$;

-- As before; a guardian who is in already counts whoever asks, each child is looked at for itself, and more people than there are seats in all
-- are told so instead of waiting for ever.
create or replace function public.sign_up(of_pool_id bigint, person_ids bigint[] default null, consent text default null)
returns table (signup_id bigint, person_id bigint, name text, status text, place integer, is_new boolean)
language plpgsql volatile security definer rows 1 set search_path = '' set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
#variable_conflict use_column
declare
  pool public.seat_pools;
  activity public.activities;
  person public.persons;
  day date;
  asked bigint[];
  speaking text[] := '{}';
  grown boolean := false;
  children bigint[] := '{}';
  child_id bigint;
  account_id uuid := auth.uid();
  me bigint := private.my_person_id();
  standing_ids bigint[];
  new_ids bigint[];
  first_id bigint;
  party_rank integer;
  no_show record;
  outcome text;
begin
  if account_id is null then perform private.refuse(401, 'sign_in_needed'); end if;
  if person_ids is null then person_ids := array[me]; end if;
  if person_ids[1] is null then perform private.refuse(403, 'introduction_needed'); end if;
  if (cardinality(person_ids) between 1 and 8) is not true then perform private.refuse(422, 'people_invalid', '{"field": "people"}'); end if;
  select activity_.* into activity from public.seat_pools seats join public.activities activity_ on activity_.id = seats.activity_id where seats.id = of_pool_id and activity_.published_at is not null;
  if not found then perform private.refuse(404, 'activity_unknown'); end if;
  select private.china_date(coalesce(dates.next_at, dates.first_at, now())) into day from private.pool_dates(of_pool_id) dates;
  select array_agg(distinct coalesce(one.counts_as, one.id)) into asked from public.persons one where one.id = any (person_ids);
  if asked is null then perform private.refuse(403, 'person_not_yours'); end if;
  for person in select * from public.persons one where one.id = any (asked) order by one.id loop
    speaking := speaking || case when person.id = me then '' else coalesce(private.speaks_for(person, activity, sign_up.consent), '') end;
    perform private.require_eligible(activity, person, day);
    -- Asked here, for nobody has to wait for it: behind the lock it is known.
    select * into no_show from private.no_show_state(person.id);
    if no_show.effect = 'pause' then
      perform private.refuse(409, 'no_show_pause', jsonb_build_object('name', person.name, 'person', person.id, 'count', no_show.counted, 'until', no_show.until));
    end if;
    party_rank := least(party_rank, private.seat_rank(activity, person.id, no_show.effect));
    if person.birth_year > extract(year from day) - 18 then
      children := children || person.id;
    else
      grown := true;
    end if;
  end loop;

  pool := private.hold_pool(of_pool_id);
  -- Who is in already, under any row, is not taken in again.
  -- Asked again, for somebody may have turned out to be somebody else while the lock was waited for.
  select array_agg(distinct list.id) into standing_ids
  from unnest(asked) as list (id) cross join lateral private.rows_of_person(list.id) as own (id)
  cross join lateral (select from public.signups one where one.pool_id = of_pool_id and one.person_id = own.id and one.status in ('asked', 'confirmed', 'waiting', 'offered') limit 1) earlier;
  new_ids := case when standing_ids is null then asked else array(select list.id from unnest(asked) as list (id) where list.id <> all (standing_ids) order by list.id) end;
  if new_ids <> '{}' then
    activity := private.require_open(pool);
    if activity.minors = 'with_guardian' and not grown then
      foreach child_id in array children loop
        if child_id = any (new_ids) and not exists (select from private.adults_beside(of_pool_id, child_id, null, day)) then
          perform private.refuse(409, 'adult_needed', (select jsonb_build_object('name', one.name) from public.persons one where one.id = child_id));
        end if;
      end loop;
    end if;
    if cardinality(new_ids) > pool.capacity then
      perform private.refuse(409, 'party_too_large', jsonb_build_object('people', cardinality(new_ids), 'capacity', pool.capacity));
    end if;
    outcome := case when activity.admission in ('approval', 'draw') then 'asked'
      when pool.taken + pool.held + cardinality(new_ids) <= pool.capacity then 'confirmed' else 'waiting' end;
    first_id := nextval(pg_get_serial_sequence('public.signups', 'id'));
    with written as (
      insert into public.signups (id, pool_id, person_id, party_id, status, by_account, for_other, consent)
      select case list.place when 1 then first_id else nextval(pg_get_serial_sequence('public.signups', 'id')) end, of_pool_id, list.id, first_id, outcome, account_id,
        nullif(speaking[array_position(asked, list.id)], ''), case speaking[array_position(asked, list.id)] when 'staff' then sign_up.consent end
      from unnest(new_ids) with ordinality as list (id, place) order by list.place
      returning id
    )
    insert into public.signup_events (signup_id, what, by_account) select written.id, outcome, account_id from written;
    if activity.admission = 'draw' then perform private.enter_draw(of_pool_id, first_id); end if;
    if outcome = 'waiting' then perform private.rank_waiting(first_id, party_rank); end if;
    if outcome = 'confirmed' then update public.seat_pools seats set taken = seats.taken + cardinality(new_ids) where seats.id = of_pool_id; end if;
    if 'staff' = any (speaking) then
      perform private.audit('signed_up_for_others', 'activity', activity.id::text, activity.host_unit_id, jsonb_build_object('people', cardinality(new_ids), 'consent', sign_up.consent));
    end if;
  end if;

  return query
  select one.id, one.person_id, known.name, one.status, private.waiting_place(one.*::public.signups), one.person_id = any (new_ids)
  from (select distinct own.id from unnest(asked) as list (id) cross join lateral private.rows_of_person(list.id) as own (id)) own
  cross join lateral (select * from public.signups standing where standing.pool_id = of_pool_id and standing.person_id = own.id and standing.status in ('asked', 'confirmed', 'waiting', 'offered') limit 1) one
  join public.persons known on known.id = one.person_id
  order by one.id;
end $$;

-- ── leaving ─────────────────────────────────────────────────────────────────────────────────────────────────────────

-- The sign-ups of children who would have no adult beside them without this one, and have one now. The caller holds the pool.
create function private.left_alone_by(signup public.signups) returns setof public.signups
language plpgsql stable rows 1 set search_path = '' as $$
declare
  day date := (select private.china_date(coalesce(dates.next_at, dates.first_at, now())) from private.pool_dates(signup.pool_id) dates);
begin
  if not exists (select from public.seat_pools pool join public.activities activity on activity.id = pool.activity_id and activity.minors = 'with_guardian' where pool.id = signup.pool_id) then return; end if;
  return query
  select one.* from public.signups one join public.persons child on child.id = one.person_id and child.birth_year > extract(year from day) - 18
  where one.pool_id = signup.pool_id and one.id <> signup.id and one.status in ('asked', 'confirmed', 'waiting', 'offered')
    and (select bool_and(adult.id = signup.id) from private.adults_beside(one.pool_id, one.person_id, one.party_id, day) as adult (id))
  order by one.id;
end $$;

-- Refuses to leave children alone, by their names, unless they go too; then returns the sign-ups that go with the adult's. Only whoever may change
-- those takes them along.
create function private.require_adult_left(signup public.signups, with_children boolean) returns public.signups[]
language plpgsql volatile set search_path = '' as $$
declare
  alone public.signups[] := array(select one from private.left_alone_by(signup) one);
begin
  if alone = '{}' then return alone; end if;
  if with_children is not true or exists (
      select from unnest(alone) as one
      where one.person_id not in (select private.my_care_ids()) and not exists (
        select from public.seat_pools pool join public.activities activity on activity.id = pool.activity_id
        where pool.id = one.pool_id and activity.host_unit_id in (select private.my_units('people')))) then
    perform private.refuse(409, 'child_left_alone', (select jsonb_build_object('names', string_agg(child.name, '、' order by one.id))
      from unnest(alone) as one join public.persons child on child.id = one.person_id));
  end if;
  return alone;
end $$;

-- Ends sign-ups of one pool in one go: the seats are free together before anybody is offered one.
create function private.end_signups(leaving public.signups[], new_status text, reason text) returns void
language plpgsql volatile set search_path = '' as $$
declare
  signup public.signups;
begin
  foreach signup in array leaving loop
    update public.signups one set status = new_status, offer_ends_at = null, ended_at = clock_timestamp(), end_reason = nullif(trim(end_signups.reason), '') where one.id = signup.id;
    perform private.note_signup(signup.id, new_status, nullif(trim(end_signups.reason), ''));
    if signup.status = 'confirmed' then
      update public.seat_pools seats set taken = seats.taken - 1 where seats.id = signup.pool_id;
    elsif signup.status = 'offered' then
      update public.seat_pools seats set held = seats.held - 1 where seats.id = signup.pool_id;
    end if;
  end loop;
  -- A smaller party may fit now too.
  perform private.offer_seats(leaving[1].pool_id);
end $$;

create or replace function private.end_signup(signup public.signups, new_status text, reason text) returns void
language sql volatile set search_path = ''
begin atomic
  select private.end_signups(array[signup], new_status, reason);
end;

-- As before; the last adult beside a child leaves together with it, or stays.
drop function public.cancel_signup(bigint, text);
create function public.cancel_signup(of_signup_id bigint, reason text default null, with_children boolean default false) returns void
language plpgsql volatile security definer set search_path = '' as $$
declare
  signup public.signups := private.signup_to_change(of_signup_id);
  leaving public.signups[];
  one public.signups;
begin
  if signup.ended_at is not null then return; end if;
  if length(reason) > 200 then perform private.refuse(422, 'reason_too_long', '{"field": "reason"}'); end if;
  if (select dates.next_at is null from private.pool_dates(signup.pool_id) dates) then perform private.refuse(409, 'session_started'); end if;
  leaving := array[signup] || private.require_adult_left(signup, with_children);
  perform private.end_signups(leaving, 'cancelled', reason);
  foreach one in array leaving loop perform private.tell_helped(one, 'cancelled'); end loop;
end $$;
grant execute on function public.cancel_signup(bigint, text, boolean) to authenticated;

-- As before; children who would be left alone change with the adult, a child alone changes to where an adult of it is, and where the school says
-- who comes, it says so of another session too.
create or replace function public.swap_session(of_signup_id bigint, to_pool_id bigint) returns bigint
language plpgsql volatile security definer set search_path = '' as $$
declare
  signup public.signups;
  target public.seat_pools;
  activity public.activities;
  moving public.signups[];
  one public.signups;
  new_id bigint;
  first_id bigint;
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
  activity := private.require_open(target);
  if activity.admission = 'approval' and activity.host_unit_id not in (select private.my_units('people')) then perform private.refuse(409, 'swap_by_school'); end if;

  moving := array[signup] || private.require_adult_left(signup, true);
  day := private.china_date((select dates.first_at from private.pool_dates(target.id) dates));
  foreach one in array moving loop
    if one.status <> 'confirmed' then
      perform private.refuse(409, 'child_left_alone', (select jsonb_build_object('names', child.name) from public.persons child where child.id = one.person_id));
    end if;
    if exists (select from public.signups there where there.pool_id = target.id and there.status in ('asked', 'confirmed', 'waiting', 'offered')
        and there.person_id in (select private.rows_of_person(one.person_id))) then
      perform private.refuse(409, 'signed_up_there');
    end if;
  end loop;
  if activity.minors = 'with_guardian' and (select person.birth_year > extract(year from day) - 18 from public.persons person where person.id = signup.person_id)
      and not exists (select from private.adults_beside(target.id, signup.person_id, null, day)) then
    perform private.refuse(409, 'adult_needed', (select jsonb_build_object('name', person.name) from public.persons person where person.id = signup.person_id));
  end if;
  if target.taken + target.held + cardinality(moving) > target.capacity then
    perform private.refuse(409, 'session_full', jsonb_build_object('people', cardinality(moving)));
  end if;
  foreach one in array moving loop
    new_id := nextval(pg_get_serial_sequence('public.signups', 'id'));
    first_id := coalesce(first_id, new_id);
    insert into public.signups (id, pool_id, person_id, party_id, status, by_account, for_other, consent)
    values (new_id, target.id, one.person_id, first_id, 'confirmed', auth.uid(),
      case when one.person_id in (select private.my_helped_ids()) then 'helper' else one.for_other end, case when one.person_id not in (select private.my_helped_ids()) then one.consent end);
    perform private.note_signup(new_id, 'confirmed', 'swapped');
  end loop;
  update public.seat_pools seats set taken = seats.taken + cardinality(moving) where seats.id = target.id;
  perform private.end_signups(moving, 'cancelled', 'swapped');
  return first_id;
end $$;

-- The sign-ups of the asker and of those looked after that cannot be given back alone, with the children who would go along.
create function public.my_signups_with_children()
returns table (signup_id bigint, name text, is_me boolean, title text, code text, starts_at timestamptz, children text)
language sql stable security definer set search_path = ''
begin atomic
  select one.id, person.name, person.id in (select private.my_person_ids()), activity.title, activity.code, dates.next_at, beside.names
  from public.signups one join public.persons person on person.id = one.person_id
  join public.seat_pools pool on pool.id = one.pool_id join public.activities activity on activity.id = pool.activity_id and activity.minors = 'with_guardian'
  cross join lateral private.pool_dates(pool.id) dates
  cross join lateral (
    select string_agg(child.name, '、' order by alone.id) as names, bool_and(alone.person_id in (select private.my_care_ids())) as are_mine
    from private.left_alone_by(one) alone join public.persons child on child.id = alone.person_id
  ) beside
  where one.person_id in (select private.my_care_ids()) and one.status in ('asked', 'confirmed', 'waiting', 'offered') and dates.next_at is not null and beside.are_mine
  order by dates.next_at, one.id limit 50;
end;
grant execute on function public.my_signups_with_children() to authenticated;

-- Whom staff may sign up along with somebody: the children in care, and those helped with consent.
create function public.companions_of(of_activity_id bigint, of_person_id bigint)
returns table (person_id bigint, name text, birth_year smallint, kind text)
language plpgsql stable security definer set search_path = '' as $$
#variable_conflict use_column
declare
  own bigint[] := array(select private.rows_of_person(of_person_id));
begin
  if not exists (select from public.activities one where one.id = of_activity_id and one.host_unit_id in (select private.my_units('people'))) then perform private.refuse(404, 'activity_unknown'); end if;
  perform private.require_person(of_person_id, 'people');
  return query
  select beside.id, beside.name, beside.birth_year, min(found.kind) from (
    select link.child_id as id, 'child' as kind from public.guardians link join public.persons child on child.id = link.child_id and not private.is_surely_adult(child.birth_year)
    where link.guardian_id = any (own) and link.consent and (link.valid_to is null or link.valid_to >= private.china_date(now()))
    union all
    select link.person_id, 'helped' from public.helpers link where link.helper_id = any (own) and link.consent is not null and link.ended_at is null
  ) found join public.persons named on named.id = found.id join public.persons beside on beside.id = coalesce(named.counts_as, named.id)
  where beside.id <> all (own) and beside.residence_unit_id in (select private.my_units('people'))
  group by beside.id order by min(found.kind), beside.id limit 12;
end $$;
grant execute on function public.companions_of(bigint, bigint) to authenticated;
