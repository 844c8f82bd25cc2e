-- A session that was called off is made up for by another one, and whoever was in keeps the place: the seats move to the new session with everybody who had
-- or awaited one, in the same order. Of a term nothing moves: whoever is in for the term is in for this session too.

alter table public.activity_sessions add column makes_up_for bigint references public.activity_sessions on delete restrict;
-- One that is called off as well may be made up for in turn.
create unique index activity_sessions_made_up_once on public.activity_sessions (makes_up_for) where makes_up_for is not null;
grant select (makes_up_for) on public.activity_sessions to anon;

create function public.make_up_session(of_session_id bigint, from_at timestamptz, until_at timestamptz, venue text default null, room text default null) returns bigint
language plpgsql volatile security definer set search_path = '' as $$
#variable_conflict use_column
declare
  activity public.activities := private.activity_to_change((select one.activity_id from public.activity_sessions one where one.id = of_session_id), 'approval');
  session public.activity_sessions;
  new_id bigint;
  pool public.seat_pools;
begin
  if activity.status <> 'published' then perform private.refuse(409, 'activity_not_published'); end if;
  select * into strict session from public.activity_sessions one where one.id = of_session_id for update;
  if session.cancelled_at is null then perform private.refuse(409, 'session_not_cancelled'); end if;
  select one.id into new_id from public.activity_sessions one where one.makes_up_for = session.id;
  if found then
    -- Pressed twice it is one.
    if exists (select from public.activity_sessions one where one.id = new_id and one.starts_at = from_at and one.ends_at = until_at) then return new_id; end if;
    perform private.refuse(409, 'session_made_up_before');
  end if;
  if (until_at > from_at and until_at <= from_at + interval '12 hours') is not true then perform private.refuse(422, 'session_ends_first', '{"field": "end"}'); end if;
  if from_at <= now() then perform private.refuse(422, 'session_in_past', '{"field": "date"}'); end if;
  if exists (select from public.activity_sessions one where one.activity_id = activity.id and one.starts_at = from_at) then perform private.refuse(422, 'session_twice', '{"field": "date"}'); end if;

  insert into public.activity_sessions (activity_id, starts_at, ends_at, venue, room, makes_up_for)
  values (activity.id, from_at, until_at, coalesce(nullif(trim(make_up_session.venue), ''), session.venue), coalesce(nullif(trim(make_up_session.room), ''), session.room), session.id) returning id into new_id;
  -- A draw comes before what it seats people for.
  perform private.require_draw_before_start(activity);
  select * into pool from public.seat_pools one where one.session_id = session.id;
  if pool.id is not null then
    update public.seat_pools one set session_id = new_id where one.id = pool.id;
    with before as materialized (
      select one.id, (select event.what from public.signup_events event where event.signup_id = one.id and event.what in ('asked', 'confirmed', 'waiting', 'offered') order by event.id desc limit 1) as status
      from public.signups one where one.pool_id = pool.id and one.status = 'cancelled' and one.end_reason = 'session_cancelled'
    ), back as (
      -- Who had been offered a seat waits first in turn, and is offered one again at once.
      update public.signups one set status = case before.status when 'offered' then 'waiting' else before.status end, ended_at = null, end_reason = null
      from before where one.id = before.id and before.status is not null returning one.id, one.status
    )
    insert into public.signup_events (signup_id, what, reason, by_account) select back.id, back.status, 'session_made_up', auth.uid() from back;
    update public.seat_pools one set taken = (select count(*) from public.signups signup where signup.pool_id = pool.id and signup.status = 'confirmed') where one.id = pool.id;
    perform private.offer_seats(pool.id);
  end if;
  update public.activities one set version = one.version + 1 where one.id = activity.id;
  perform private.tell_signed_up(activity.id, new_id, 'session_made_up', jsonb_build_object('was', session.starts_at, 'room', coalesce(nullif(trim(make_up_session.room), ''), session.room, activity.room)));
  perform private.book_rooms(activity.id);
  perform private.audit('session_made_up', 'activity_session', new_id::text, activity.host_unit_id, jsonb_build_object('at', from_at, 'was', session.starts_at));
  return new_id;
end $$;
grant execute on function public.make_up_session(bigint, timestamptz, timestamptz, text, text) to authenticated;
