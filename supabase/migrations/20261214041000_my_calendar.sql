-- Everything that a resident has on a day, in one list: sessions of theirs and of those they sign up, shifts, rooms of the teams they lead, and the
-- last day of a reward that is held for them. The calendar of a phone has shifts and rooms too.

-- What those whom the asker looks after have in some days. Service, rooms and rewards are no helper's business.
create function public.my_calendar(from_day date, until_day date)
returns table (kind text, id bigint, person_id bigint, name text, is_me boolean, starts_at timestamptz, ends_at timestamptz, title text, title_en text, host text, venue text, activity_code text,
  status text, ahead integer, offer_ends_at timestamptz, on_leave boolean, reason text)
language plpgsql stable security definer set search_path = '' as $$
#variable_conflict use_column
declare
  cared bigint[] := array(select private.my_care_ids());
  wards bigint[] := array(select private.my_ward_ids());
  mine bigint[] := array(select private.my_person_ids());
  days tstzrange := tstzrange(from_day::timestamp at time zone 'Asia/Shanghai', (until_day + 1)::timestamp at time zone 'Asia/Shanghai');
begin
  if auth.uid() is null then perform private.refuse(401, 'sign_in_needed'); end if;
  if (until_day - from_day between 0 and 100) is not true then perform private.refuse(422, 'filter_unknown'); end if;
  return query
  select one.kind, one.id, person.id, person.name, person.id = any (mine), one.starts_at, one.ends_at, one.title, one.title_en, one.host, one.venue, one.activity_code, one.status, one.ahead, one.offer_ends_at, one.on_leave, one.reason
  from (
    select 'session' as kind, seat.session_id as id, seat.person_id, seat.starts_at, seat.ends_at, activity.title, activity.title as title_en, host.name as host,
      concat_ws(' ', coalesce(session.venue, activity.venue), coalesce(session.room, activity.room)) as venue, activity.code as activity_code, seat.status, 
      private.waiting_place(signup) - (select count(*)::integer from public.signups mate where mate.pool_id = signup.pool_id and mate.party_id = signup.party_id and mate.status = 'waiting') as ahead, signup.offer_ends_at,
      seat.on_leave, case seat.status when 'called_off' then coalesce(session.cancel_reason, activity.cancel_reason) end as reason
    from private.sessions_of_people(cared) seat join public.signups signup on signup.id = seat.signup_id
    join public.activities activity on activity.id = seat.activity_id join public.activity_sessions session on session.id = seat.session_id join public.units host on host.id = activity.host_unit_id
    where seat.starts_at <@ days
    union all
    select 'shift', shift.id, place.person_id, shift.starts_at, shift.ends_at, opportunity.title, opportunity.title, unit.name, opportunity.venue, null,
      case when shift.cancelled_at is null then 'confirmed' else 'called_off' end, null, null, false, shift.cancel_reason
    from public.service_places place join public.service_shifts shift on shift.id = place.shift_id join public.service_opportunities opportunity on opportunity.id = shift.opportunity_id
    join public.units unit on unit.id = opportunity.unit_id
    where place.person_id = any (wards) and place.status = 'taken' and shift.starts_at <@ days
    union all
    select 'room', booking.id, mine[1], lower(booking.during), upper(booking.during), booking.purpose, booking.purpose, team.name, venue.name || ' ' || room.name, null,
      case booking.status when 'approved' then 'confirmed' else 'asked' end, null, null, false, null
    from public.volunteer_teams team join public.venue_bookings booking on booking.team_id = team.id and booking.status in ('asked', 'approved')
    join public.venue_rooms room on room.id = booking.room_id join public.venues venue on venue.id = room.venue_id
    where team.leader_id = any (mine) and lower(booking.during) <@ days
    union all
    select 'reward', held.id, held.person_id, held.until, held.until, item.zh, item.en, unit.name, unit.name, null, 'held', null, null, false, null
    from public.credit_holds held join public.credit_items item on item.id = held.item_id join public.units unit on unit.id = item.unit_id
    where held.person_id = any (mine) and held.status = 'held' and held.until <@ days
  ) one join public.persons named on named.id = one.person_id join public.persons person on person.id = coalesce(named.counts_as, named.id)
  order by one.starts_at, one.kind, one.id, person.id limit 500;
end $$;
grant execute on function public.my_calendar(date, date) to authenticated;

-- As before, with shifts of the person and of children in care, and rooms that a team of the person has.
create or replace function private.calendar_of(secret text) returns jsonb
language sql stable security definer set search_path = ''
begin atomic
  with kept as materialized (
    select key.person_id from private.calendar_keys key where key.key_hash = sha256(convert_to(secret, 'UTF8'))
  ), wards as materialized (
    select own.id from kept cross join lateral private.rows_of_person(kept.person_id) as own (id)
    union
    select child.id from kept join public.guardians link on link.guardian_id in (select private.rows_of_person(kept.person_id)) and link.consent and (link.valid_to is null or link.valid_to >= private.china_date(now()))
    cross join lateral private.rows_of_person(link.child_id) as child (id)
    join public.persons ward on ward.id = link.child_id and not private.is_surely_adult(ward.birth_year)
  ), cared as materialized (
    select wards.id from wards
    union
    select helped.id from kept join public.helpers link on link.helper_id in (select private.rows_of_person(kept.person_id)) and link.consent is not null and link.ended_at is null
    cross join lateral private.rows_of_person(link.person_id) as helped (id)
  ), events as (
    (select distinct on (session.id) session.starts_at, session.id, jsonb_build_object('kind', 'session', 'id', session.id, 'code', activity.code, 'title', activity.title,
        'startsAt', session.starts_at, 'endsAt', session.ends_at, 'venue', coalesce(session.venue, activity.venue), 'room', coalesce(session.room, activity.room),
        'version', activity.version, 'state', case mine.status when 'confirmed' then 'confirmed' when 'called_off' then 'cancelled' else 'tentative' end) as line
      from private.sessions_of_people(array(select cared.id from cared)) mine
      join public.activities activity on activity.id = mine.activity_id join public.activity_sessions session on session.id = mine.session_id
      where not mine.on_leave and mine.status in ('confirmed', 'offered', 'called_off') and session.ends_at > now() - interval '90 days'
      order by session.id, mine.status = 'confirmed' desc)
    union all
    (select distinct on (shift.id) shift.starts_at, shift.id, jsonb_build_object('kind', 'shift', 'id', shift.id, 'title', opportunity.title, 'startsAt', shift.starts_at, 'endsAt', shift.ends_at,
        'venue', opportunity.venue, 'room', null, 'version', case when shift.cancelled_at is null then 0 else 1 end, 'state', case when shift.cancelled_at is null then 'confirmed' else 'cancelled' end)
      from wards join public.service_places place on place.person_id = wards.id and place.status = 'taken'
      join public.service_shifts shift on shift.id = place.shift_id and shift.ends_at > now() - interval '90 days' join public.service_opportunities opportunity on opportunity.id = shift.opportunity_id
      order by shift.id)
    union all
    select lower(booking.during), booking.id, jsonb_build_object('kind', 'room', 'id', booking.id, 'title', team.name || ' ' || booking.purpose, 'startsAt', lower(booking.during), 'endsAt', upper(booking.during),
      'venue', venue.name, 'room', room.name, 'version', 0, 'state', 'confirmed')
    from kept join public.volunteer_teams team on team.leader_id in (select private.rows_of_person(kept.person_id))
    join public.venue_bookings booking on booking.team_id = team.id and booking.status = 'approved' and upper(booking.during) > now() - interval '90 days'
    join public.venue_rooms room on room.id = booking.room_id join public.venues venue on venue.id = room.venue_id
  )
  select case when exists (select from kept) then coalesce((select jsonb_agg(events.line order by events.starts_at, events.line ->> 'kind', events.id) from events), '[]') end;
end;
