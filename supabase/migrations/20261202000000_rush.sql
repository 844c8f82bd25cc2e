-- Thousands sign up in the same minute. A function in SQL is planned again at each call, and one that is thought to return a thousand
-- rows makes the planner read whole tables: what is asked on the way of every sign-up keeps its plan, says how little it returns, and
-- goes by the indexes of one person and one line.

create or replace function private.rows_of_person(of_person_id bigint) returns setof bigint
language plpgsql stable rows 2 set search_path = '' as $$
declare
  root_id bigint := (select coalesce(person.counts_as, person.id) from public.persons person where person.id = of_person_id);
begin
  if root_id is null then return; end if;
  return query select root_id union all select follower.id from public.persons follower where follower.counts_as = root_id;
end $$;

create or replace function private.my_person_ids() returns setof bigint
language plpgsql stable security definer rows 2 set search_path = '' as $$ -- definer: identity is closed to API roles
begin
  return query select private.rows_of_person(private.my_person_id());
end $$;

-- Own rows, and children in care until they are surely of age.
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
  where link.guardian_id = any (mine) and link.consent and (link.valid_to is null or link.valid_to >= private.china_date(now()));
end $$;

create or replace function private.pool_dates(of_pool_id bigint) returns table (first_at timestamptz, next_at timestamptz, last_at timestamptz)
language plpgsql stable rows 1 set search_path = '' as $$
begin
  return query
  select min(session.starts_at), min(session.starts_at) filter (where session.starts_at > now()), max(session.starts_at)
  from public.seat_pools pool join public.activity_sessions session on session.activity_id = pool.activity_id and (pool.session_id is null or session.id = pool.session_id)
  where pool.id = of_pool_id and session.cancelled_at is null;
end $$;

-- How many wait for a pool: a place in a long line is told without counting the line.
alter table public.seat_pools add column waiting integer not null default 0 constraint seat_pools_waiting check (waiting >= 0);
update public.seat_pools pool set waiting = counted.waiting
from (select one.pool_id, count(*) as waiting from public.signups one where one.status = 'waiting' group by one.pool_id) counted where counted.pool_id = pool.id;

-- Not for visitors: a line is told to whoever stands in it.
revoke select on public.seat_pools from anon, authenticated;
grant select (id, activity_id, session_id, capacity, taken, held) on public.seat_pools to anon, authenticated;

create function private.count_waiting() returns trigger
language plpgsql set search_path = '' as $$
begin
  update public.seat_pools pool set waiting = pool.waiting + case when new.status = 'waiting' then 1 else -1 end where pool.id = new.pool_id;
  return null;
end $$;
create trigger signups_count_joined after insert on public.signups for each row when (new.status = 'waiting') execute function private.count_waiting();
create trigger signups_count_waiting after update of status on public.signups for each row when ((old.status = 'waiting') <> (new.status = 'waiting')) execute function private.count_waiting();

-- From the end of the line, where whoever joins it stands. Those of a party share its priority and its place.
create or replace function private.waiting_place(signup public.signups) returns integer
language plpgsql stable set search_path = '' as $$
begin
  if signup.status <> 'waiting' then return null; end if;
  return (select pool.waiting from public.seat_pools pool where pool.id = signup.pool_id)
    - (select count(*) from public.signups behind where behind.pool_id = signup.pool_id and behind.status = 'waiting' and behind.priority < signup.priority)
    - (select count(*) from public.signups behind where behind.pool_id = signup.pool_id and behind.status = 'waiting' and behind.priority = signup.priority
      and (behind.line, behind.party_id) > (signup.line, signup.party_id));
end $$;

create or replace function private.hold_pool(of_pool_id bigint) returns public.seat_pools
language plpgsql volatile set search_path = '' as $$
declare
  pool public.seat_pools;
begin
  select * into pool from public.seat_pools seats where seats.id = of_pool_id for no key update;
  if not found then perform private.refuse(404, 'activity_unknown'); end if;
  if pool.held > 0 then
    if exists (select from public.signups late where late.pool_id = of_pool_id and late.status = 'offered' and late.offer_ends_at <= now()) then
      perform private.lapse_offers_of(of_pool_id);
      select * into strict pool from public.seat_pools seats where seats.id = of_pool_id;
    end if;
  end if;
  return pool;
end $$;

create or replace function private.no_show_rule() returns public.no_show_rules
language plpgsql stable set search_path = '' as $$
declare
  rule public.no_show_rules;
begin
  select known.* into rule from public.no_show_rules known where known.from_day <= private.china_date(now()) order by known.from_day desc limit 1;
  return rule;
end $$;

-- From the person's own seats to what became of them.
create or replace function private.no_shows_of(of_person_id bigint)
returns table (session_id bigint, person_id bigint, code text, title text, host_unit_id integer, starts_at timestamptz, ends_at timestamptz, confirmed_at timestamptz, state text, reason text, note text,
  answer text, falls_away_at timestamptz, counts boolean)
language plpgsql stable rows 3 set search_path = '' as $$
#variable_conflict use_column
declare
  own bigint[] := array(select private.rows_of_person(of_person_id));
  since timestamptz := (select min(rule.from_day)::timestamp at time zone 'Asia/Shanghai' from public.no_show_rules rule);
  window_days integer := (private.no_show_rule()).window_days;
begin
  if since is null then return; end if;
  return query
  select distinct on (seat.starts_at, seat.session_id) seat.session_id, seat.person_id, seat.code, seat.title, seat.host_unit_id, seat.starts_at, seat.ends_at, seat.confirmed_at,
    coalesce(known.state, 'open'), known.reason, known.note, known.answer, seat.ends_at + window_days * interval '1 day',
    known.state is distinct from 'excused' and seat.ends_at + window_days * interval '1 day' > now()
  from private.empty_seats seat
  left join public.no_show_cases known on known.session_id = seat.session_id and known.person_id = any (own)
  where seat.person_id = any (own) and seat.starts_at >= since
  order by seat.starts_at desc, seat.session_id, known.state is null;
end $$;

create or replace function private.no_show_state(of_person_id bigint) returns table (counted integer, effect text, until timestamptz)
language plpgsql stable rows 1 set search_path = '' as $$
declare
  own bigint[] := array(select private.rows_of_person(of_person_id));
  rule public.no_show_rules;
  latest timestamptz;
begin
  counted := 0;
  -- Most never had a seat.
  if exists (select from public.signups one where one.person_id = any (own) and one.status in ('confirmed', 'cancelled')) then
    rule := private.no_show_rule();
    if rule.id is not null then
      select count(*)::integer, max(one.confirmed_at) into counted, latest from private.no_shows_of(of_person_id) one where one.counts;
      if rule.effect <> 'none' and counted >= rule.most and latest + rule.effect_days * interval '1 day' > now() then
        effect := rule.effect;
        until := latest + rule.effect_days * interval '1 day';
      end if;
    end if;
  end if;
  return next;
end $$;

-- Where somebody stands who asks for a seat: before others (1) whoever never came to the host where it lets newcomers go first, behind
-- others (-1) whoever left seats empty.
create function private.seat_rank(activity public.activities, of_person_id bigint, no_show_effect text) returns integer
language plpgsql stable set search_path = '' as $$
begin
  return case
    when no_show_effect = 'later' then -1
    when activity.newcomers = 'first' and private.times_came(of_person_id, 'host', activity.host_unit_id, null, null, null) = 0 then 1
    else 0 end;
end $$;

create or replace function private.seat_rank(activity public.activities, of_person_id bigint) returns integer
language sql stable set search_path = ''
return private.seat_rank(activity, of_person_id, (select state.effect from private.no_show_state(of_person_id) state));

-- Refuses who does not belong in an activity, with what is missing. Age goes by the birth year. What an activity does not ask costs nothing:
-- an expression with a query in it has to be set up at each call, whatever its first half says.
create or replace function private.require_eligible(activity public.activities, person public.persons, day date) returns void
language plpgsql stable set search_path = '' as $$
declare
  youngest integer := lower(activity.ages);
  oldest integer := upper(activity.ages) - 1;
  age integer := extract(year from day)::integer - person.birth_year;
  about jsonb := jsonb_build_object('name', person.name, 'person', person.id, 'youngest', youngest, 'oldest', oldest);
begin
  if age is null and (youngest > 0 or oldest < 120 or activity.minors = 'not') then perform private.refuse(409, 'age_unknown', about); end if;
  if age < youngest then perform private.refuse(409, 'too_young', about); end if;
  if age > oldest then perform private.refuse(409, 'too_old', about); end if;
  if activity.minors = 'not' and age < 18 then perform private.refuse(409, 'minors_not_admitted', about); end if;
  if activity.for_unit_id is not null then
    if not exists (select from public.units home join public.units place on place.id = activity.for_unit_id and home.path operator(extensions.<@) place.path where home.id = person.residence_unit_id) then
      perform private.refuse(409, 'other_residence', about || jsonb_build_object('unit', (select unit.name from public.units unit where unit.id = activity.for_unit_id)));
    end if;
  end if;
  if activity.for_groups <> '{}' and not activity.for_groups && private.groups_of_person(person.id) then
    perform private.refuse(409, 'other_group', about || jsonb_build_object('groups', activity.for_groups));
  end if;
  perform private.require_conditions(activity, person);
end $$;

-- Refuses who has not earned or attended what an activity asks for, with how much is there. Part of private.require_eligible.
create or replace function private.require_conditions(activity public.activities, person public.persons) returns void
language plpgsql stable set search_path = '' as $$
declare
  came integer;
  about jsonb := jsonb_build_object('name', person.name, 'person', person.id);
begin
  if activity.for_level is not null then
    if not exists (select from private.levels_by_postings(array(select private.rows_of_person(person.id))) held where held.rank >= activity.for_level) then
      perform private.refuse(409, 'level_too_low', about || (select jsonb_build_object('zh', level.zh, 'en', level.en) from public.honour_levels level where level.rank = activity.for_level
        order by level.scheme_id = private.honour_scheme() desc, level.scheme_id desc limit 1));
    end if;
  end if;
  if activity.came_least is not null then
    came := private.times_came(person.id, activity.came_of, activity.host_unit_id, coalesce(activity.came_activity_id, activity.id), activity.came_category_id, activity.came_since);
    if came < activity.came_least then
      perform private.refuse(409, case when activity.came_since is null then 'came_too_little' else 'came_too_little_since' end,
        about || jsonb_build_object('least', activity.came_least, 'came', came, 'since', activity.came_since) || private.came_words(activity));
    end if;
  end if;
  if activity.newcomers = 'only' and private.times_came(person.id, 'host', activity.host_unit_id, null, null, null) > 0 then
    perform private.refuse(409, 'newcomers_only', about || jsonb_build_object('unit', (select unit.name from public.units unit where unit.id = activity.host_unit_id)));
  end if;
end $$;

-- Signs people up for the seats of a pool in one go: all of them get seats, or all of them wait. Asked again, however often and at the
-- same moment, it answers what stands. `place` is how many wait before and including these. Without people it is the asker.
-- Planned once for all, by indexes even where the tables are still small: the first rush of a portal begins with empty ones.
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
  children integer := 0;
  child_name text;
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
      children := children + 1;
      child_name := coalesce(child_name, person.name);
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
    if children > 0 and activity.minors = 'with_guardian' and not grown and not exists (
      select from public.signups beside join public.persons adult on adult.id = beside.person_id and adult.birth_year <= extract(year from day) - 18
      where beside.pool_id = of_pool_id and beside.status in ('asked', 'confirmed', 'waiting', 'offered') and beside.person_id in (select private.my_person_ids())) then
      perform private.refuse(409, 'adult_needed', jsonb_build_object('name', child_name));
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

-- Part of public.sign_up now.
drop function private.require_no_pause(public.activities, public.persons);

-- The sign-ups of an activity for whoever runs it: seated, offered, waiting in turn, then those who left.
create or replace function public.signups_of_activity(of_activity_id bigint)
returns table (signup_id bigint, party_id bigint, pool_id bigint, session_id bigint, starts_at timestamptz, person_id bigint, name text, birth_year smallint, home text, phone text, status text, place integer,
  priority smallint, priority_reason text, for_other text, consent text, by_name text, asked_at timestamptz, offer_ends_at timestamptz, ended_at timestamptz, end_reason text)
language plpgsql stable security definer set search_path = '' as $$
#variable_conflict use_column
begin
  if not exists (select from public.activities one where one.id = of_activity_id and one.host_unit_id in (select private.my_units('people'))) then perform private.refuse(404, 'activity_unknown'); end if;
  return query
  select one.id, one.party_id, one.pool_id, pool.session_id, session.starts_at, person.id, person.name, person.birth_year, home.name,
    (select contact.masked from private.person_contacts contact where contact.kind = 'phone' and contact.person_id in (select private.rows_of_person(person.id)) limit 1),
    one.status, case one.status when 'waiting' then (count(*) filter (where one.status = 'waiting') over line)::integer end, one.priority, one.priority_reason, one.for_other, one.consent, case when one.for_other is not null then clerk.name end, one.asked_at, one.offer_ends_at, one.ended_at, one.end_reason
  from public.seat_pools pool join public.signups one on one.pool_id = pool.id
  join public.persons person on person.id = one.person_id join public.units home on home.id = person.residence_unit_id
  left join public.activity_sessions session on session.id = pool.session_id
  left join identity.accounts account on account.id = one.by_account left join public.persons clerk on clerk.id = account.person_id
  where pool.activity_id = of_activity_id
  -- Who shares a party shares its place: it is counted up to the last of them.
  window line as (partition by one.pool_id order by one.priority desc, one.line, one.party_id)
  order by session.starts_at nulls first, array_position(array['asked', 'confirmed', 'offered', 'waiting', 'cancelled', 'declined', 'lapsed', 'refused'], one.status),
    case one.status when 'waiting' then -one.priority end, one.line, one.party_id, one.id;
end $$;

-- Every way in which seats could be wrong; nothing to return is right. Asked by tests and by the nightly check.
create or replace function private.seat_faults() returns table (invariant text, subject text)
language plpgsql stable security definer set search_path = '' as $$
begin
  return query
  select 'seats_are_signups', pool.id::text from public.seat_pools pool
  cross join lateral (
    select count(*) filter (where one.status = 'confirmed') as taken, count(*) filter (where one.status = 'offered') as held,
      count(*) filter (where one.status = 'waiting') as waiting from public.signups one where one.pool_id = pool.id
  ) counted where pool.taken <> counted.taken or pool.held <> counted.held or pool.waiting <> counted.waiting;
  return query
  select 'seats_not_oversold', pool.id::text from public.seat_pools pool where pool.taken + pool.held > pool.capacity;
  return query
  select 'nobody_waits_beside_a_seat', pool.id::text from public.seat_pools pool
  where (select dates.next_at is not null from private.pool_dates(pool.id) dates)
    and exists (select from public.signups waiting where waiting.pool_id = pool.id and waiting.status = 'waiting' group by waiting.party_id having count(*) <= pool.capacity - pool.taken - pool.held);
  return query
  select 'one_seat_a_person', min(one.id)::text from public.signups one join public.persons person on person.id = one.person_id
  where one.status in ('asked', 'confirmed', 'waiting', 'offered') group by one.pool_id, coalesce(person.counts_as, person.id) having count(*) > 1;
  return query
  select 'party_of_one_kind', one.party_id::text from public.signups one where one.status in ('waiting', 'offered') group by one.pool_id, one.party_id having count(distinct one.status) > 1;
  return query
  select 'party_waits_as_one', one.party_id::text from public.signups one where one.status = 'waiting' group by one.pool_id, one.party_id having count(distinct (one.priority, one.line)) > 1;
  return query select * from private.draw_faults();
end $$;
