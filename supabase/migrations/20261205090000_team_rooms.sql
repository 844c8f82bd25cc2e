-- A team books a room itself: its leader, signed in as the resident that they are, asks for it in the team's name; whoever keeps the venue answers, as for schools.

-- Set by the unit whose team it is; told to nobody else.
alter table public.volunteer_teams add column leader_id bigint references public.persons on delete restrict;
create index volunteer_teams_leader_id_idx on public.volunteer_teams (leader_id) where leader_id is not null;
alter table public.venue_bookings add column team_id integer references public.volunteer_teams on delete restrict;
create index venue_bookings_team_id_idx on public.venue_bookings (team_id) where team_id is not null;

create function public.set_team_leader(of_team_id integer, of_person_id bigint) returns void
language plpgsql volatile security definer set search_path = '' as $$
declare
  team public.volunteer_teams;
  leader bigint := private.credit_learner(of_person_id);
begin
  if auth.uid() is null then perform private.refuse(401, 'sign_in_needed'); end if;
  select * into team from public.volunteer_teams one where one.id = of_team_id and one.unit_id in (select private.my_units('people')) for update;
  if not found then perform private.refuse(404, 'team_unknown'); end if;
  if of_person_id is not null then
    if leader is null then perform private.refuse(404, 'person_unknown', '{"field": "leader"}'); end if;
    perform private.require_person(leader, 'people');
  end if;
  update public.volunteer_teams one set leader_id = leader where one.id = team.id;
  perform private.audit('team_leader_set', 'volunteer_team', team.id::text, team.unit_id, jsonb_strip_nulls(jsonb_build_object('person', leader)));
end $$;

-- Who leads the teams of a unit and those below it.
create function public.team_leaders(in_unit_id integer) returns table (team_id integer, name text)
language plpgsql stable security definer set search_path = '' as $$
#variable_conflict use_column
begin
  perform private.require_sight(in_unit_id, 'people');
  return query
  select team.id, person.name from public.units inside join public.units unit on unit.path operator(extensions.<@) inside.path
  join public.volunteer_teams team on team.unit_id = unit.id join public.persons person on person.id = private.credit_learner(team.leader_id) where inside.id = in_unit_id;
end $$;

-- The teams that the asker leads.
create function public.my_teams() returns table (id integer, name text, unit text)
language sql stable security definer set search_path = ''
begin atomic
  select team.id, team.name, unit.name from public.volunteer_teams team join public.units unit on unit.id = team.unit_id
  where team.leader_id in (select private.my_person_ids()) and (team.closed_on is null or team.closed_on > private.china_date(now())) order by team.name, team.id;
end;

-- Asks for a room: what may be asked for, whoever asks.
create function private.ask_room(of_unit_id integer, of_room_id integer, from_at timestamptz, until_at timestamptz, purpose text, team text, phone text, of_team_id integer) returns bigint
language plpgsql volatile set search_path = '' as $$
declare
  venue public.venues;
  asked tstzrange;
  booking_id bigint;
begin
  select one.* into venue from public.venue_rooms room join public.venues one on one.id = room.venue_id where room.id = of_room_id and room.closed_on is null and one.closed_on is null;
  if not found then perform private.refuse(404, 'room_unknown'); end if;
  if (length(trim(purpose)) between 2 and 60) is not true then perform private.refuse(422, 'purpose_missing', '{"field": "purpose"}'); end if;
  if (until_at > from_at and until_at <= from_at + interval '16 hours') is not true then perform private.refuse(422, 'booking_ends_first', '{"field": "end"}'); end if;
  if from_at <= now() or from_at > now() + interval '400 days' then perform private.refuse(422, 'booking_in_past', '{"field": "date"}'); end if;
  if not private.venue_is_open(venue.id, from_at, until_at) then perform private.refuse(409, 'venue_closed_then', '{"field": "start"}'); end if;
  asked := tstzrange(from_at, until_at);
  if exists (select from public.venue_bookings booking where booking.room_id = of_room_id and booking.status = 'approved' and booking.during && asked) then perform private.refuse_taken(of_room_id, asked); end if;
  insert into public.venue_bookings (room_id, during, by_unit_id, team, purpose, contact_phone, asked_by, team_id)
  values (of_room_id, asked, of_unit_id, nullif(trim(team), ''), trim(purpose), nullif(trim(phone), ''), auth.uid(), of_team_id) returning id into booking_id;
  perform private.audit('room_asked', 'booking', booking_id::text, venue.unit_id, jsonb_build_object('at', from_at));
  return booking_id;
end $$;

-- Asks for a room. Whoever keeps the venue answers; until then others may ask for the same time.
create or replace function public.book_room(of_unit_id integer, of_room_id integer, from_at timestamptz, until_at timestamptz, purpose text, team text, phone text) returns bigint
language plpgsql volatile security definer set search_path = '' as $$
begin
  perform private.require_sight(of_unit_id, 'activities');
  return private.ask_room(of_unit_id, of_room_id, from_at, until_at, purpose, team, phone, null);
end $$;

-- The same by a team's leader, in the name of the team and its unit. A team has at most eight that are to come, so that others find a room too.
create function public.ask_team_room(of_team_id integer, of_room_id integer, from_at timestamptz, until_at timestamptz, purpose text) returns bigint
language plpgsql volatile security definer set search_path = '' as $$
declare
  team public.volunteer_teams;
  same_id bigint;
begin
  if auth.uid() is null then perform private.refuse(401, 'sign_in_needed'); end if;
  -- One of a team's requests after the other: the number of them is looked at.
  select * into team from public.volunteer_teams one where one.id = of_team_id and one.leader_id in (select private.my_person_ids()) and (one.closed_on is null or one.closed_on > private.china_date(now())) for update;
  if not found then perform private.refuse(404, 'team_unknown'); end if;
  if (select count(*) from public.venue_bookings booking where booking.team_id = team.id and booking.status in ('asked', 'approved') and upper(booking.during) > now()) >= 8 then
    perform private.refuse(409, 'team_rooms_enough');
  end if;
  -- A press that was sent twice is one.
  select booking.id into same_id from public.venue_bookings booking where booking.team_id = team.id and booking.room_id = of_room_id and booking.status in ('asked', 'approved')
    and lower(booking.during) = from_at and upper(booking.during) = until_at limit 1;
  if found then return same_id; end if;
  return private.ask_room(team.unit_id, of_room_id, from_at, until_at, purpose, team.name, null, team.id);
end $$;

-- What the teams asked for that the asker leads: those to come, and the answers of the last weeks.
create function public.my_team_rooms()
returns table (id bigint, team text, venue text, room text, address text, starts_at timestamptz, ends_at timestamptz, purpose text, status text, reason text, may_cancel boolean)
language sql stable security definer set search_path = ''
begin atomic
  select booking.id, team.name, venue.name, room.name, venue.address, lower(booking.during), upper(booking.during), booking.purpose, booking.status, booking.reason,
    booking.status in ('asked', 'approved') and lower(booking.during) > now()
  from public.volunteer_teams team join public.venue_bookings booking on booking.team_id = team.id join public.venue_rooms room on room.id = booking.room_id join public.venues venue on venue.id = room.venue_id
  where team.leader_id in (select private.my_person_ids()) and upper(booking.during) > now() - interval '60 days'
  order by upper(booking.during) > now() desc, lower(booking.during), booking.id limit 100;
end;

create function public.give_team_room_back(of_booking_id bigint) returns void
language plpgsql volatile security definer set search_path = '' as $$
declare
  booking public.venue_bookings;
begin
  if auth.uid() is null then perform private.refuse(401, 'sign_in_needed'); end if;
  select one.* into booking from public.venue_bookings one join public.volunteer_teams team on team.id = one.team_id and team.leader_id in (select private.my_person_ids()) where one.id = of_booking_id for update of one;
  if not found then perform private.refuse(404, 'booking_unknown'); end if;
  if booking.status = 'cancelled' then return; end if;
  if booking.status not in ('asked', 'approved') or lower(booking.during) <= now() then perform private.refuse(409, 'booking_decided'); end if;
  update public.venue_bookings one set status = 'cancelled', decided_by = auth.uid(), decided_at = clock_timestamp(), reason = '队伍退订' where one.id = booking.id;
  perform private.audit('room_given_back', 'booking', booking.id::text, booking.by_unit_id, jsonb_build_object('at', lower(booking.during)));
end $$;

grant execute on function public.set_team_leader(integer, bigint), public.team_leaders(integer), public.my_teams(), public.ask_team_room(integer, integer, timestamptz, timestamptz, text), public.my_team_rooms(),
  public.give_team_room_back(bigint) to authenticated;
