-- Two terms that lie over each other in their third week clash, though their next sessions do not: every session to come is looked at, but those
-- for which somebody is on leave.

create or replace function public.my_signups(of_activity_id bigint default null)
returns table (signup_id bigint, party_id bigint, person_id bigint, name text, is_me boolean, pool_id bigint, status text, place integer, offer_ends_at timestamptz, asked_at timestamptz,
  activity_code text, title text, host text, venue text, room text, sign_up text, session_id bigint, starts_at timestamptz, ends_at timestamptz, last_ends_at timestamptz, on_leave boolean,
  activity_status text, cancel_reason text, ended_at timestamptz, end_reason text, clash text)
language sql stable security definer set search_path = ''
begin atomic
  with mine as (
    select one.*, pool.activity_id, pool.session_id from public.signups one join public.seat_pools pool on pool.id = one.pool_id
    where one.person_id in (select private.my_care_ids()) and (of_activity_id is null or pool.activity_id = of_activity_id)
  ), coming as materialized (
    select one.* from private.sessions_of_people(array(select private.my_care_ids())) one where one.ends_at > now() and one.status <> 'called_off' and not one.on_leave
  ), dated as (
    select mine.*, next_.id as next_session_id, next_.starts_at, next_.ends_at, coalesce(next_.venue, activity.venue) as venue, coalesce(next_.room, activity.room) as room,
      activity.code, activity.title, activity.host_unit_id, activity.sign_up, activity.status as activity_status, coalesce(next_.cancel_reason, activity.cancel_reason) as cancel_reason,
      (select max(session.ends_at) from public.activity_sessions session where session.activity_id = mine.activity_id and (mine.session_id is null or session.id = mine.session_id)) as last_ends_at
    from mine join public.activities activity on activity.id = mine.activity_id
    left join lateral (
      select session.* from public.activity_sessions session where session.activity_id = mine.activity_id and (mine.session_id is null or session.id = mine.session_id)
      order by session.ends_at <= now() or session.cancelled_at is not null, case when session.ends_at > now() then session.starts_at end, session.starts_at desc limit 1
    ) next_ on true
  )
  select dated.id, dated.party_id, dated.person_id, person.name, dated.person_id in (select private.my_person_ids()), dated.pool_id, dated.status,
    private.waiting_place(signup), dated.offer_ends_at, dated.asked_at, dated.code, dated.title, host.name, dated.venue, dated.room, dated.sign_up, dated.next_session_id, dated.starts_at, dated.ends_at,
    dated.last_ends_at, exists (select from public.session_leaves leave where leave.signup_id = dated.id and leave.session_id = dated.next_session_id),
    dated.activity_status, dated.cancel_reason, dated.ended_at, dated.end_reason,
    case when dated.ended_at is null then (
      select activity.title from coming own
      join coming other on other.person_id = own.person_id and other.signup_id <> own.signup_id and other.starts_at < own.ends_at and other.ends_at > own.starts_at
      join public.activities activity on activity.id = other.activity_id
      where own.signup_id = dated.id order by own.starts_at, other.starts_at, other.signup_id limit 1) end
  from dated join public.signups signup on signup.id = dated.id
  join public.persons person on person.id = dated.person_id join public.units host on host.id = dated.host_unit_id
  order by coalesce(dated.last_ends_at > now() and dated.ended_at is null, false) desc, case when dated.last_ends_at > now() and dated.ended_at is null then dated.starts_at end, dated.starts_at desc nulls last, dated.id
  limit 200;
end;
