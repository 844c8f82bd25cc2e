-- Whoever had a seat and neither came nor took leave is told when it begins to count, and where to say why: not only by looking.

alter table public.notices drop constraint notices_kind_check;
alter table public.notices add constraint notices_kind_check check (kind in ('session_changed', 'session_cancelled', 'activity_cancelled', 'seat_offered', 'seat_lapsed', 'signup_accepted', 'signup_refused',
  'session_soon', 'draw_seat', 'draw_line', 'feedback_asked', 'seat_empty'));
create unique index notices_seat_empty_once on public.notices (person_id, session_id) where kind = 'seat_empty';

create function private.tell_empty_seats() returns trigger
language plpgsql security definer set search_path = '' as $$ -- definer: notices are written by no API role
declare
  rule public.no_show_rules := private.no_show_rule();
begin
  -- Where nothing follows from it, and where it has fallen away before it was confirmed, nobody is told.
  if rule.id is null or rule.effect = 'none' or new.ends_at + rule.window_days * interval '1 day' <= now() or new.starts_at < (select min(known.from_day)::timestamp at time zone 'Asia/Shanghai' from public.no_show_rules known) then return null; end if;
  insert into public.notices (person_id, kind, activity_id, session_id, signup_id)
  select distinct on (seat.person_id) seat.person_id, 'seat_empty', seat.activity_id, seat.session_id, seat.signup_id
  from private.empty_seats seat where seat.session_id = new.id order by seat.person_id, seat.signup_id
  on conflict (person_id, session_id) where kind = 'seat_empty' do nothing;
  return null;
end $$;
-- At the end of the transaction: only then stands on record who came.
create constraint trigger activity_sessions_tell_empty_seats after update of confirmed_at on public.activity_sessions deferrable initially deferred
  for each row when (old.confirmed_at is null and new.confirmed_at is not null) execute function private.tell_empty_seats();
