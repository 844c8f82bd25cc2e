-- A venue is renamed at any time. Activities name it in words: those to come are given the new ones and whoever signed up is told once; sessions that
-- were held keep the name that they were held under.

-- Gives plans and sessions to come at a venue its new name; called before the venue has it. Whatever its keeper, or a unit below, plans under its name is
-- there; of others, what has a room of it by a booking that was agreed to.
create function private.rename_place(place public.venues, new_name text) returns void
language plpgsql volatile set search_path = '' as $$
declare
  activity public.activities;
begin
  -- Records that are made later of what was held under the old words are of this venue.
  insert into private.venue_names (venue_id, name_key, until) values ((place).id, (place).name_key, private.china_date(now())) on conflict do nothing;
  for activity in
    select one.* from public.activities one join public.units host on host.id = one.host_unit_id join public.units keeper on keeper.id = (place).unit_id
    where one.status <> 'cancelled' and exists (
      select from public.activity_sessions session
      where session.activity_id = one.id and session.ends_at > now() and session.cancelled_at is null and private.text_key(coalesce(session.venue, one.venue)) = (place).name_key
        and (host.path operator(extensions.<@) keeper.path or exists (
          select from public.venue_bookings booking join public.venue_rooms room on room.id = booking.room_id and room.venue_id = (place).id
          where booking.status = 'approved' and (booking.session_id = session.id
            or booking.by_unit_id = host.id and booking.during operator(pg_catalog.@>) tstzrange(session.starts_at, session.ends_at)))))
    order by one.id for no key update of one
  loop
    -- What is published is changed by whoever may publish, as any plan.
    if activity.status = 'published' then perform private.require_sight((place).unit_id, 'approval'); end if;
    if private.text_key(activity.venue) = (place).name_key then
      update public.activity_sessions session set venue = activity.venue
      where session.activity_id = activity.id and (session.ends_at <= now() or session.cancelled_at is not null) and session.venue is null;
    end if;
    -- Whoever has the plan open would put the old name back, of its sessions too; what was handed in is agreed to as it is.
    update public.activities one set venue = case when private.text_key(one.venue) = (place).name_key then new_name else one.venue end,
      version = one.version + case when one.status = 'submitted' then 0 else 1 end
    where one.id = activity.id;
    update public.activity_sessions session set venue = new_name
    where session.activity_id = activity.id and session.ends_at > now() and session.cancelled_at is null and private.text_key(session.venue) = (place).name_key;
    if activity.status = 'published' then
      perform private.tell_everybody_in(activity.id, null, 'activity_changed', jsonb_build_object('venueWas', (place).name, 'venueIs', new_name));
    end if;
  end loop;
end $$;

-- As before, but for the name.
create or replace function public.save_venue(of_unit_id integer, of_venue_id integer, was_version integer, fields jsonb, hours jsonb, rooms jsonb) returns integer
language plpgsql volatile security definer set search_path = '' as $$
declare
  venue public.venues;
  today date := private.china_date(now());
  line record;
begin
  if of_venue_id is null then
    perform private.require_sight(of_unit_id, 'activities');
    if exists (select from public.units unit where unit.id = of_unit_id and unit.closed_on <= today) then perform private.refuse(409, 'unit_closed'); end if;
  else
    venue := private.venue_to_change(of_venue_id);
    if venue.closed_on is not null then perform private.refuse(409, 'venue_closed'); end if;
    if venue.version is distinct from was_version then perform private.refuse(409, 'venue_changed', jsonb_build_object('version', venue.version)); end if;
  end if;
  if (length(trim(fields ->> 'name')) between 2 and 60) is not true then perform private.refuse(422, 'venue_name_missing', '{"field": "name"}'); end if;
  if exists (select from public.venues other where other.name_key = private.text_key(fields ->> 'name') and other.closed_on is null and other.id is distinct from of_venue_id) then
    perform private.refuse(409, 'venue_name_taken', '{"field": "name"}');
  end if;
  if venue.id is not null and venue.name_key <> private.text_key(fields ->> 'name') then perform private.rename_place(venue, trim(fields ->> 'name')); end if;

  begin
    if venue.id is null then
      insert into public.venues (code, unit_id, name, kind, address, way, summary, contact_post, contact_phone, access, entered_by)
      values (private.new_activity_code(), of_unit_id, trim(fields ->> 'name'), fields ->> 'kind', trim(fields ->> 'address'), coalesce(trim(fields ->> 'way'), ''), coalesce(trim(fields ->> 'summary'), ''),
        trim(fields ->> 'contactPost'), trim(fields ->> 'phone'), array(select jsonb_array_elements_text(coalesce(fields -> 'access', '[]'))), auth.uid()) returning * into venue;
    else
      update public.venues one set name = trim(fields ->> 'name'), kind = fields ->> 'kind', address = trim(fields ->> 'address'), way = coalesce(trim(fields ->> 'way'), ''), summary = coalesce(trim(fields ->> 'summary'), ''),
        contact_post = trim(fields ->> 'contactPost'), contact_phone = trim(fields ->> 'phone'), access = array(select jsonb_array_elements_text(coalesce(fields -> 'access', '[]'))), version = one.version + 1
      where one.id = venue.id;
    end if;
  exception when unique_violation then
    -- Another desk gave the name at the same moment.
    perform private.refuse(409, 'venue_name_taken', '{"field": "name"}');
  end;

  -- Of hours that changed, today's are new; those that stay go on.
  delete from public.venue_hours old where old.venue_id = venue.id and lower(old.valid) >= today;
  update public.venue_hours old set valid = daterange(lower(old.valid), today) where old.venue_id = venue.id and upper_inf(old.valid);
  for line in select (list.line ->> 'weekday')::smallint as weekday, (list.line ->> 'from')::integer as from_minute, (list.line ->> 'until')::integer as until_minute, list.place
      from jsonb_array_elements(hours) with ordinality as list (line, place) order by list.place loop
    if (line.weekday between 1 and 7 and line.from_minute >= 0 and line.until_minute > line.from_minute and line.until_minute <= 1440) is not true then
      perform private.refuse(422, 'venue_hours_invalid', jsonb_build_object('field', 'hours', 'weekday', line.weekday));
    end if;
    begin
      insert into public.venue_hours (venue_id, weekday, minutes, valid) values (venue.id, line.weekday, int4range(line.from_minute, line.until_minute), daterange(today, null));
    exception when exclusion_violation then
      perform private.refuse(422, 'venue_hours_overlap', jsonb_build_object('field', 'hours', 'weekday', line.weekday));
    end;
  end loop;

  -- Rooms: those that are left out close, unless somebody is to come.
  for line in select room.id, room.name from public.venue_rooms room where room.venue_id = venue.id and room.closed_on is null
      and not exists (select from jsonb_array_elements(rooms) as list (line) where (list.line ->> 'id')::integer = room.id and private.text_key(list.line ->> 'name') = room.name_key) loop
    if exists (select from public.venue_bookings booking where booking.room_id = line.id and booking.status = 'approved' and upper(booking.during) > now()) then
      perform private.refuse(409, 'room_in_use', jsonb_build_object('field', 'rooms', 'room', line.name));
    end if;
  end loop;
  update public.venue_rooms room set closed_on = today where room.venue_id = venue.id and room.closed_on is null
    and not exists (select from jsonb_array_elements(rooms) as list (line) where (list.line ->> 'id')::integer = room.id);
  for line in select (list.line ->> 'id')::integer as id, trim(list.line ->> 'name') as name, (list.line ->> 'seats')::integer as seats, coalesce(trim(list.line ->> 'equipment'), '') as equipment, list.place
      from jsonb_array_elements(rooms) with ordinality as list (line, place) order by list.place loop
    if (length(line.name) between 1 and 60 and line.seats between 1 and 5000) is not true then perform private.refuse(422, 'room_invalid', jsonb_build_object('field', 'rooms', 'place', line.place)); end if;
    begin
      if line.id is null then
        insert into public.venue_rooms (venue_id, name, seats, equipment) values (venue.id, line.name, line.seats, line.equipment);
      else
        update public.venue_rooms room set name = line.name, seats = line.seats, equipment = line.equipment where room.id = line.id and room.venue_id = venue.id;
        if not found then perform private.refuse(404, 'room_unknown'); end if;
      end if;
    exception when unique_violation then
      perform private.refuse(422, 'room_twice', jsonb_build_object('field', 'rooms', 'place', line.place));
    end;
  end loop;
  perform private.audit('venue_saved', 'venue', venue.id::text, venue.unit_id, jsonb_build_object('name', trim(fields ->> 'name')));
  return venue.id;
end $$;
