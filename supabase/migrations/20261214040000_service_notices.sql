-- Volunteers and teams are told what concerns them, in the one list that residents have and by the same text messages: the answer to a
-- registration, a shift that is called off or changed, the shift of tomorrow, a place given or taken by staff, hours on record, the answer to a
-- dispute or that its day went by, a certificate, and the answer to a team that asked for a room. Said by triggers, so that whoever decides, tells.

alter table public.notices alter column activity_id drop not null;
alter table public.notices
  add column volunteer_id bigint references public.volunteers on delete restrict,
  add column shift_id bigint references public.service_shifts on delete restrict,
  add column booking_id bigint references public.venue_bookings on delete restrict,
  add column credential_id bigint references public.credentials on delete restrict,
  add constraint notices_of_one_thing check (num_nonnulls(activity_id, volunteer_id, shift_id, booking_id, credential_id) = 1);
create index notices_volunteer_id_idx on public.notices (volunteer_id) where volunteer_id is not null;
create index notices_shift_id_idx on public.notices (shift_id) where shift_id is not null;
create index notices_booking_id_idx on public.notices (booking_id) where booking_id is not null;
create index notices_credential_id_idx on public.notices (credential_id) where credential_id is not null;
create unique index notices_shift_reminded_once on public.notices (person_id, shift_id, (details ->> 'day')) where kind = 'shift_soon';
create unique index notices_dispute_late_once on public.notices ((details ->> 'dispute')) where kind = 'dispute_late';

alter table public.notices drop constraint notices_kind_check;
alter table public.notices add constraint notices_kind_check check (kind in ('session_changed', 'session_cancelled', 'activity_cancelled', 'seat_offered', 'seat_lapsed', 'signup_accepted', 'signup_refused',
  'session_soon', 'draw_seat', 'draw_line', 'feedback_asked', 'seat_empty', 'session_added', 'activity_changed', 'session_made_up', 'helper_acted', 'record_answered',
  'volunteer_accepted', 'volunteer_refused', 'volunteer_ended', 'shift_cancelled', 'shift_changed', 'shift_soon', 'place_got', 'place_lost',
  'hours_confirmed', 'hours_corrected', 'hours_withdrawn', 'hours_recounted', 'dispute_answered', 'dispute_late', 'certificate_ready', 'room_agreed', 'room_refused', 'room_cancelled'));

-- A helper helps with activities: service, rooms and certificates are told to the person and, of a child, to the guardian.
drop policy "People read what those they look after are told" on public.notices;
create policy "People read what those they look after are told" on public.notices for select to authenticated
  using (person_id in (select private.my_care_ids()) and (activity_id is not null or person_id in (select private.my_ward_ids())));

-- ── what is told ────────────────────────────────────────────────────────────────────────────────────────────────────

create function private.tell_volunteer_decided() returns trigger
language plpgsql security definer set search_path = '' as $$ -- definer: notices are written by no API role
begin
  -- Whoever ends it themselves knows.
  if new.person_id in (select private.my_person_ids()) then return null; end if;
  insert into public.notices (person_id, kind, volunteer_id, details)
  values (new.person_id, case new.status when 'active' then 'volunteer_accepted' when 'refused' then 'volunteer_refused' else 'volunteer_ended' end, new.id, jsonb_strip_nulls(jsonb_build_object('reason', new.reason)));
  return null;
end $$;
create trigger volunteers_tell after update of status on public.volunteers
  for each row when (old.status is distinct from new.status and new.status in ('active', 'refused', 'ended')) execute function private.tell_volunteer_decided();

create function private.tell_shift(of_shift_id bigint, kind text, details jsonb) returns void
language sql volatile set search_path = ''
begin atomic
  insert into public.notices (person_id, kind, shift_id, details)
  select place.person_id, tell_shift.kind, place.shift_id, tell_shift.details from public.service_places place where place.shift_id = of_shift_id and place.status = 'taken' order by place.person_id;
end;

create function private.tell_shift_cancelled() returns trigger
language plpgsql security definer set search_path = '' as $$ -- definer: as above
begin
  perform private.tell_shift(new.id, 'shift_cancelled', jsonb_build_object('reason', new.cancel_reason));
  return null;
end $$;
create trigger service_shifts_tell_cancelled after update of cancelled_at on public.service_shifts
  for each row when (old.cancelled_at is null and new.cancelled_at is not null) execute function private.tell_shift_cancelled();

-- Where they meet, or what they are there for, is another. Whoever takes a place at this moment is waited for, and told too.
create function private.tell_service_changed() returns trigger
language plpgsql security definer set search_path = '' as $$ -- definer: as above
declare
  shift_id bigint;
begin
  for shift_id in select shift.id from public.service_shifts shift where shift.opportunity_id = new.id and shift.cancelled_at is null and shift.ends_at > now() order by shift.id for no key update loop
    perform private.tell_shift(shift_id, 'shift_changed', jsonb_strip_nulls(jsonb_build_object(
      'venueWas', case when old.venue <> new.venue then old.venue end, 'role', case when old.role <> new.role then new.role end)));
  end loop;
  return null;
end $$;
create trigger service_opportunities_tell after update of venue, role on public.service_opportunities
  for each row when (new.published_at is not null and (old.venue, old.role) is distinct from (new.venue, new.role)) execute function private.tell_service_changed();

-- A place that staff give or take; what one does oneself is on the screen.
create function private.tell_place() returns trigger
language plpgsql security definer set search_path = '' as $$ -- definer: as above
begin
  if auth.uid() is null or new.person_id in (select private.my_person_ids()) then return null; end if;
  insert into public.notices (person_id, kind, shift_id)
  select new.person_id, case new.status when 'taken' then 'place_got' else 'place_lost' end, shift.id
  from public.service_shifts shift where shift.id = new.shift_id and shift.starts_at > now() and shift.cancelled_at is null;
  return null;
end $$;
create trigger service_places_tell_got after insert on public.service_places for each row when (new.status = 'taken') execute function private.tell_place();
create trigger service_places_tell_lost after update of status on public.service_places
  for each row when (old.status = 'taken' and new.status = 'cancelled') execute function private.tell_place();

-- Hours as they come on record; those that are counted anew only where that changes them.
create function private.tell_hours() returns trigger
language plpgsql security definer set search_path = '' as $$ -- definer: as above
begin
  if new.kind = 'recounted' and new.minutes = (select before.minutes from public.service_records before where before.id = new.corrects) then return null; end if;
  insert into public.notices (person_id, kind, shift_id, details, at)
  select new.person_id, 'hours_' || new.kind, place.shift_id, jsonb_strip_nulls(jsonb_build_object('minutes', new.minutes, 'reason', case when new.kind <> 'confirmed' then new.reason end)), new.at
  from public.service_places place where place.id = new.place_id;
  return null;
end $$;
create trigger service_records_tell after insert on public.service_records for each row execute function private.tell_hours();

create function private.tell_dispute_answered() returns trigger
language plpgsql security definer set search_path = '' as $$ -- definer: as above
begin
  insert into public.notices (person_id, kind, shift_id, details)
  select new.person_id, 'dispute_answered', place.shift_id, jsonb_build_object('outcome', new.outcome, 'reason', new.answer) from public.service_places place where place.id = new.place_id;
  return null;
end $$;
create trigger service_disputes_tell after update of answered_at on public.service_disputes
  for each row when (old.answered_at is null and new.answered_at is not null) execute function private.tell_dispute_answered();

create function private.tell_certificate_ready() returns trigger
language plpgsql security definer set search_path = '' as $$ -- definer: as above
begin
  insert into public.notices (person_id, kind, credential_id, details)
  values (new.person_id, 'certificate_ready', new.id, jsonb_build_object('number', new.snapshot ->> 'number', 'code', new.code));
  return null;
end $$;
create trigger credentials_tell_ready after update of document on public.credentials
  for each row when (new.kind = 'service' and old.document is null and new.document is not null) execute function private.tell_certificate_ready();

-- The answer to a team's request goes to who leads it. What the leader gave back is no news.
create function private.tell_team_room() returns trigger
language plpgsql security definer set search_path = '' as $$ -- definer: as above
begin
  insert into public.notices (person_id, kind, booking_id, details)
  select team.leader_id, case new.status when 'approved' then 'room_agreed' when 'refused' then 'room_refused' else 'room_cancelled' end, new.id, jsonb_strip_nulls(jsonb_build_object('reason', new.reason))
  from public.volunteer_teams team where team.id = new.team_id and team.leader_id is not null and team.leader_id not in (select private.my_person_ids());
  return null;
end $$;
create trigger venue_bookings_tell_team after update of status on public.venue_bookings
  for each row when (new.team_id is not null and old.status is distinct from new.status) execute function private.tell_team_room();

-- ── by the clock ────────────────────────────────────────────────────────────────────────────────────────────────────

-- The day before: whoever has a place in a shift is reminded, except who took it a moment ago. Returns how many.
create function private.remind_of_shifts() returns integer
language plpgsql volatile security definer set search_path = '' as $$
declare
  reminded integer;
begin
  insert into public.notices (person_id, kind, shift_id, details)
  select place.person_id, 'shift_soon', shift.id, jsonb_build_object('day', private.china_date(shift.starts_at))
  from public.service_shifts shift join public.service_places place on place.shift_id = shift.id and place.status = 'taken' and place.at < now() - interval '3 hours'
  where shift.cancelled_at is null and shift.starts_at > now() and shift.starts_at < now() + interval '48 hours' and private.china_date(shift.starts_at) = private.china_date(now()) + 1
  on conflict (person_id, shift_id, (details ->> 'day')) where kind = 'shift_soon' do nothing;
  get diagnostics reminded = row_count;
  return reminded;
end $$;

-- The morning after: whoever was promised an answer by yesterday and has none is told so, once; the desk has it on top of its list. Returns how many.
create function private.tell_late_disputes() returns integer
language plpgsql volatile security definer set search_path = '' as $$
declare
  late integer;
begin
  insert into public.notices (person_id, kind, shift_id, details)
  select dispute.person_id, 'dispute_late', place.shift_id, jsonb_build_object('dispute', dispute.id, 'due', dispute.due_on)
  from public.service_disputes dispute join public.service_places place on place.id = dispute.place_id
  where dispute.answered_at is null and dispute.due_on < private.china_date(now())
  on conflict ((details ->> 'dispute')) where kind = 'dispute_late' do nothing;
  get diagnostics late = row_count;
  return late;
end $$;
grant execute on function private.remind_of_shifts(), private.tell_late_disputes() to job_server;

-- ── reading and sending ─────────────────────────────────────────────────────────────────────────────────────────────

-- What a notice is about: its name, when it begins, and where.
create function private.notice_subject(notice public.notices) returns table (title text, starts_at timestamptz, venue text, activity_code text)
language sql stable rows 1 set search_path = ''
begin atomic
  select activity.title, session.starts_at, coalesce(session.venue, activity.venue), activity.code
  from public.activities activity left join public.activity_sessions session on session.id = notice.session_id where activity.id = notice.activity_id
  union all
  select opportunity.title, shift.starts_at, opportunity.venue, null
  from public.service_shifts shift join public.service_opportunities opportunity on opportunity.id = shift.opportunity_id where shift.id = notice.shift_id
  union all
  select unit.name, null, null, null from public.volunteers volunteer join public.units unit on unit.id = volunteer.unit_id where volunteer.id = notice.volunteer_id
  union all
  select team.name, lower(booking.during), venue.name || ' ' || room.name, null
  from public.venue_bookings booking join public.volunteer_teams team on team.id = booking.team_id join public.venue_rooms room on room.id = booking.room_id
  join public.venues venue on venue.id = room.venue_id where booking.id = notice.booking_id
  union all
  select credential.snapshot ->> 'title', null, null, null from public.credentials credential where credential.id = notice.credential_id;
end;

-- What those whom the asker looks after were told, the newest first.
create or replace function public.my_notices(page_size integer default 30)
returns table (id bigint, name text, is_me boolean, kind text, activity_code text, title text, session_id bigint, starts_at timestamptz, venue text, details jsonb, at timestamptz, read_at timestamptz)
language sql stable security definer set search_path = ''
begin atomic
  select notice.id, person.name, notice.person_id in (select private.my_person_ids()), notice.kind, subject.activity_code, subject.title, notice.session_id, subject.starts_at,
    subject.venue, notice.details, notice.at, notice.read_at
  from public.notices notice join public.persons person on person.id = notice.person_id cross join lateral private.notice_subject(notice) subject
  where notice.person_id in (select private.my_care_ids()) and (notice.activity_id is not null or notice.person_id in (select private.my_ward_ids()))
  order by notice.id desc limit least(greatest(page_size, 1), 100);
end;

-- When a telephone may ring in China for what can wait.
create function private.is_waking(at timestamptz) returns boolean
language sql immutable set search_path = ''
return extract(hour from at at time zone 'Asia/Shanghai') between 8 and 20;

