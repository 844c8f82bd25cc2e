-- What is decided about somebody's credits reaches them: what a recognition case needs and how it ended, the answer to an application for an award,
-- and a reward that nobody fetched. Said by triggers, so that whoever decides, tells; in the one list and by text message in the day.
alter table public.notices
  add column case_id bigint references public.recognition_cases on delete restrict,
  add column application_id bigint references public.credit_applications on delete restrict,
  add column hold_id bigint references public.credit_holds on delete restrict,
  drop constraint notices_of_one_thing,
  add constraint notices_of_one_thing check (num_nonnulls(activity_id, volunteer_id, shift_id, booking_id, credential_id, case_id, application_id, hold_id) = 1);
create index notices_case_id_idx on public.notices (case_id) where case_id is not null;
create index notices_application_id_idx on public.notices (application_id) where application_id is not null;
create index notices_hold_id_idx on public.notices (hold_id) where hold_id is not null;

alter table public.notices drop constraint notices_kind_check;
alter table public.notices add constraint notices_kind_check check (kind in ('session_changed', 'session_cancelled', 'activity_cancelled', 'seat_offered', 'seat_lapsed', 'signup_accepted', 'signup_refused',
  'session_soon', 'draw_seat', 'draw_line', 'feedback_asked', 'seat_empty', 'session_added', 'activity_changed', 'session_made_up', 'helper_acted', 'record_answered',
  'volunteer_accepted', 'volunteer_refused', 'volunteer_ended', 'shift_cancelled', 'shift_changed', 'shift_soon', 'place_got', 'place_lost',
  'hours_confirmed', 'hours_corrected', 'hours_withdrawn', 'hours_recounted', 'dispute_answered', 'dispute_late', 'certificate_ready', 'room_agreed', 'room_refused', 'room_cancelled', 'child_left',
  'case_asked', 'case_recognised', 'case_declined', 'case_upheld', 'case_annulled', 'case_lapsed', 'award_approved', 'award_refused', 'award_taken_back', 'hold_timed_out'));

create or replace function private.is_texted(kind text) returns boolean
language sql immutable set search_path = ''
return kind in ('seat_offered', 'session_changed', 'session_cancelled', 'activity_cancelled', 'session_soon', 'draw_seat', 'draw_line', 'signup_accepted', 'signup_refused', 'session_added', 'activity_changed', 'session_made_up', 'helper_acted', 'record_answered',
  'volunteer_accepted', 'volunteer_refused', 'volunteer_ended', 'shift_cancelled', 'shift_changed', 'shift_soon', 'place_got', 'place_lost', 'hours_confirmed', 'hours_corrected', 'hours_withdrawn', 'dispute_answered', 'dispute_late', 'room_agreed', 'room_refused', 'room_cancelled', 'child_left',
  'case_asked', 'case_recognised', 'case_declined', 'case_upheld', 'case_annulled', 'case_lapsed', 'award_approved', 'award_refused', 'award_taken_back', 'hold_timed_out');

-- As before, with what is told of credits.
create or replace function private.notice_subject(notice public.notices) returns table (title text, starts_at timestamptz, venue text, activity_code text)
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
  select credential.snapshot ->> 'title', null, null, null from public.credentials credential where credential.id = notice.credential_id
  union all
  select one.title, null, null, null from public.recognition_cases one where one.id = notice.case_id
  union all
  select award.zh, null, null, null from public.credit_applications application join public.credit_awards award on award.id = application.award_id where application.id = notice.application_id
  union all
  select item.zh, null, null, null from public.credit_holds held join public.credit_items item on item.id = held.item_id where held.id = notice.hold_id;
end;

create function private.tell_case() returns trigger
language plpgsql security definer set search_path = '' as $$ -- definer: notices are written by no API role
begin
  insert into public.notices (person_id, kind, case_id, at, details)
  select one.person_id, 'case_' || new.what, one.id, new.at, jsonb_strip_nulls(jsonb_build_object('reason', coalesce(new.note, case when new.what in ('recognised', 'declined') then one.reason end),
    'milliCredits', case when new.what = 'recognised' then one.milli_credits end))
  from public.recognition_cases one where one.id = new.case_id;
  return null;
end $$;
create trigger recognition_events_tell after insert on public.recognition_events
  for each row when (new.what in ('asked', 'recognised', 'declined', 'upheld', 'annulled', 'lapsed')) execute function private.tell_case();

create function private.tell_application() returns trigger
language plpgsql security definer set search_path = '' as $$ -- definer: as above
begin
  insert into public.notices (person_id, kind, application_id, at, details)
  values (new.person_id, 'award_' || new.state, new.id, coalesce(new.decided_at, clock_timestamp()), jsonb_strip_nulls(jsonb_build_object('reason', new.decision)));
  return null;
end $$;
create trigger credit_applications_tell after update of state on public.credit_applications
  for each row when (old.state is distinct from new.state and new.state in ('approved', 'refused', 'taken_back')) execute function private.tell_application();

create function private.tell_hold_over() returns trigger
language plpgsql security definer set search_path = '' as $$ -- definer: as above
begin
  insert into public.notices (person_id, kind, hold_id, at) values (new.person_id, 'hold_timed_out', new.id, new.ended_at);
  return null;
end $$;
create trigger credit_holds_tell after update of status on public.credit_holds
  for each row when (old.status = 'held' and new.status = 'timed_out') execute function private.tell_hold_over();
