-- Whoever signed up is told of all that matters to them, not of time and place alone: a session that is added, another lecturer, another fee,
-- other people whom it is for. In plain words of what changed: the words are made of `details` by the server.

alter table public.notices drop constraint notices_kind_check;
alter table public.notices add constraint notices_kind_check check (kind in ('session_changed', 'session_cancelled', 'activity_cancelled', 'seat_offered', 'seat_lapsed', 'signup_accepted', 'signup_refused',
  'session_soon', 'draw_seat', 'draw_line', 'feedback_asked', 'seat_empty', 'session_added', 'activity_changed', 'session_made_up'));

-- Tells whoever has or awaits a seat in any session to come of an activity, of one session (null: of all).
create function private.tell_everybody_in(of_activity_id bigint, of_session_id bigint, kind text, details jsonb) returns void
language sql volatile set search_path = ''
begin atomic
  insert into public.notices (person_id, kind, activity_id, session_id, signup_id, details)
  select distinct on (one.person_id) one.person_id, tell_everybody_in.kind, of_activity_id, of_session_id, one.id, tell_everybody_in.details
  from public.seat_pools pool join public.signups one on one.pool_id = pool.id and one.status in ('asked', 'confirmed', 'waiting', 'offered')
  left join public.activity_sessions session on session.id = pool.session_id
  where pool.activity_id = of_activity_id and (session.id is null or session.ends_at > now())
  order by one.person_id, one.id;
end;

-- What of an activity is otherwise now, as people are told it: {"was": the name before, "lecturer" ("": nobody named), "feeFen", "feeFor", "youngest", "oldest",
-- "who": other conditions}.
create function private.activity_changes(before public.activities, activity public.activities) returns jsonb
language sql immutable set search_path = ''
return case when activity.title is distinct from before.title then jsonb_build_object('was', before.title) else '{}' end
  || case when private.text_key(coalesce(activity.lecturer, '')) is distinct from private.text_key(coalesce(before.lecturer, '')) then jsonb_build_object('lecturer', coalesce(activity.lecturer, '')) else '{}' end
  || case when (activity.fee_fen, activity.fee_for) is distinct from (before.fee_fen, before.fee_for) then jsonb_build_object('feeFen', activity.fee_fen, 'feeFor', coalesce(activity.fee_for, '')) else '{}' end
  || case when activity.ages is distinct from before.ages then jsonb_build_object('youngest', lower(activity.ages), 'oldest', upper(activity.ages) - 1) else '{}' end
  || case when (activity.minors, activity.for_unit_id, activity.for_groups, activity.for_level, activity.came_least, activity.came_of, activity.came_activity_id, activity.came_category_id, activity.came_since, activity.newcomers)
      is distinct from (before.minors, before.for_unit_id, before.for_groups, before.for_level, before.came_least, before.came_of, before.came_activity_id, before.came_category_id, before.came_since, before.newcomers)
    then '{"who": true}'::jsonb else '{}' end;

-- Saves a plan with its sessions and returns its id. `was_version` is the version that the form showed: whoever saved meanwhile is
-- not overwritten (409 activity_changed). What is published keeps its sessions: new ones are added and the times and places of
-- known ones change, and whoever signed up is told; one is taken away by cancelling it.
create or replace function public.save_activity(of_unit_id integer, of_activity_id bigint, was_version integer, fields jsonb, sessions jsonb, seats integer default null)
returns bigint
language plpgsql volatile security definer set search_path = '' as $$
declare
  activity public.activities;
  before public.activities;
  line record;
  session public.activity_sessions;
  changes jsonb;
begin
  if of_activity_id is null then
    perform private.require_sight(of_unit_id, 'activities');
    activity.host_unit_id := of_unit_id;
    activity.copied_from := (select one.id from public.activities one where one.id = (fields ->> 'copiedFrom')::bigint and one.host_unit_id = of_unit_id);
  else
    activity := private.activity_to_change(of_activity_id);
    if activity.version <> was_version then perform private.refuse(409, 'activity_changed', jsonb_build_object('version', activity.version)); end if;
    if activity.status = 'cancelled' then perform private.refuse(409, 'activity_cancelled'); end if;
    if activity.status = 'published' then perform private.require_sight(activity.host_unit_id, 'approval'); end if;
  end if;
  before := activity;
  activity := private.activity_fields(activity, fields);
  if before.status = 'published' and (activity.sign_up, activity.admission) is distinct from (before.sign_up, before.admission) then
    perform private.refuse(409, 'way_of_sign_up_stays', '{"field": "signUp"}');
  end if;
  if before.status = 'published' then perform private.require_draw_stays(before, activity); end if;
  -- Of what was published before staff had to be named nothing is asked until somebody changes who may come.
  if before.status = 'published' and (activity.minors, activity.ages, activity.minors_staff) is distinct from (before.minors, before.ages, before.minors_staff) then perform private.require_minors_staff(activity); end if;
  if activity.sign_up = 'term' and (seats between 1 and 5000) is not true then perform private.refuse(422, 'capacity_invalid', '{"field": "seats"}'); end if;

  if of_activity_id is null then
    insert into public.activities (code, host_unit_id, title, kind, form_id, category_id, summary, department, lecturer, venue, room, contact_phone, fee_fen, fee_for,
      minors, minors_staff, ages, for_unit_id, for_groups, sign_up, admission, opens_at, closes_at, for_level, came_least, came_of, came_activity_id, came_category_id, came_since, newcomers, copied_from, entered_by)
    values (private.new_activity_code(), activity.host_unit_id, activity.title, activity.kind, activity.form_id, activity.category_id, activity.summary, activity.department,
      activity.lecturer, activity.venue, activity.room, activity.contact_phone, activity.fee_fen, activity.fee_for, activity.minors, activity.minors_staff, activity.ages, activity.for_unit_id,
      activity.for_groups, activity.sign_up, activity.admission, activity.opens_at, activity.closes_at, activity.for_level, activity.came_least, activity.came_of, activity.came_activity_id,
      activity.came_category_id, activity.came_since, activity.newcomers, activity.copied_from, auth.uid())
    returning * into activity;
  else
    update public.activities one set title = activity.title, kind = activity.kind, form_id = activity.form_id, category_id = activity.category_id, summary = activity.summary,
      department = activity.department, lecturer = activity.lecturer, venue = activity.venue, room = activity.room, contact_phone = activity.contact_phone,
      fee_fen = activity.fee_fen, fee_for = activity.fee_for, minors = activity.minors, minors_staff = activity.minors_staff, ages = activity.ages, for_unit_id = activity.for_unit_id, for_groups = activity.for_groups,
      sign_up = activity.sign_up, admission = activity.admission, opens_at = activity.opens_at, closes_at = activity.closes_at, for_level = activity.for_level,
      came_least = activity.came_least, came_of = activity.came_of, came_activity_id = activity.came_activity_id, came_category_id = activity.came_category_id, came_since = activity.came_since,
      newcomers = activity.newcomers, version = one.version + 1,
      status = case when one.status = 'submitted' then 'draft' else one.status end
    where one.id = activity.id;
  end if;

  -- A plan that nobody saw yet is written anew.
  if before.status is distinct from 'published' then
    delete from public.seat_pools pool where pool.activity_id = activity.id;
    delete from public.activity_sessions one where one.activity_id = activity.id;
  elsif exists (select from public.activity_sessions one where one.activity_id = activity.id
      and not exists (select from jsonb_array_elements(sessions) as list (line) where (list.line ->> 'id')::bigint = one.id)) then
    perform private.refuse(409, 'session_to_cancel', '{"field": "sessions"}');
  end if;
  for line in select * from private.session_lines(sessions) loop
    if activity.sign_up = 'session' and line.capacity is null then
      perform private.refuse(422, 'capacity_invalid', jsonb_build_object('field', 'sessions', 'place', line.place));
    end if;
    session := null;
    if before.status = 'published' then
      select * into session from public.activity_sessions one where one.id = line.id and one.activity_id = activity.id;
    end if;
    if session.id is null then
      if before.status = 'published' and line.starts_at <= now() then
        perform private.refuse(422, 'session_in_past', jsonb_build_object('field', 'sessions', 'place', line.place));
      end if;
      insert into public.activity_sessions (activity_id, starts_at, ends_at, venue, room) values (activity.id, line.starts_at, line.ends_at, line.venue, line.room) returning * into session;
      if activity.sign_up = 'session' then
        insert into public.seat_pools (activity_id, session_id, capacity) values (activity.id, session.id, line.capacity);
      end if;
      if before.status = 'published' then perform private.tell_everybody_in(activity.id, session.id, 'session_added', jsonb_build_object('term', activity.sign_up = 'term')); end if;
    else
      if (line.starts_at, line.ends_at) is distinct from (session.starts_at, session.ends_at) then
        if session.starts_at <= now() then perform private.refuse(409, 'session_started', jsonb_build_object('field', 'sessions', 'place', line.place)); end if;
        if line.starts_at <= now() then perform private.refuse(422, 'session_in_past', jsonb_build_object('field', 'sessions', 'place', line.place)); end if;
      end if;
      -- The seats of one that was called off may have gone to the session that makes up for it.
      if activity.sign_up = 'session' and session.cancelled_at is null then perform private.set_capacity((select pool.id from public.seat_pools pool where pool.session_id = session.id), line.capacity, line.place); end if;
      if (line.starts_at, line.ends_at, coalesce(line.venue, activity.venue), coalesce(line.room, activity.room))
          is distinct from (session.starts_at, session.ends_at, coalesce(session.venue, before.venue), coalesce(session.room, before.room)) and session.ends_at > now() then
        perform private.tell_signed_up(activity.id, session.id, 'session_changed', jsonb_build_object('was', session.starts_at,
          'time', (line.starts_at, line.ends_at) is distinct from (session.starts_at, session.ends_at),
          'place', (coalesce(line.venue, activity.venue), coalesce(line.room, activity.room)) is distinct from (coalesce(session.venue, before.venue), coalesce(session.room, before.room)),
          'room', coalesce(line.room, activity.room)));
      end if;
      update public.activity_sessions one set starts_at = line.starts_at, ends_at = line.ends_at, venue = line.venue, room = line.room
      where one.id = session.id and (one.starts_at, one.ends_at, one.venue, one.room) is distinct from (line.starts_at, line.ends_at, line.venue, line.room);
    end if;
  end loop;
  if activity.sign_up = 'term' then
    if before.status = 'published' then
      perform private.set_capacity((select pool.id from public.seat_pools pool where pool.activity_id = activity.id), seats, null);
    else
      insert into public.seat_pools (activity_id, capacity) values (activity.id, seats);
    end if;
  end if;
  if before.status = 'published' then perform private.require_draw_before_start(activity); end if;
  changes := private.activity_changes(before, activity);
  if before.status = 'published' and changes <> '{}' and exists (select from public.activity_sessions one where one.activity_id = activity.id and one.ends_at > now() and one.cancelled_at is null) then
    perform private.tell_everybody_in(activity.id, null, 'activity_changed', changes);
  end if;
  perform private.book_rooms(activity.id);
  perform private.audit(case when of_activity_id is null then 'activity_planned' else 'activity_changed' end, 'activity', activity.id::text, activity.host_unit_id,
    jsonb_build_object('title', activity.title));
  return activity.id;
end $$;

-- An activity whole, with its sessions and seats, how many were told of changes, and what the asker may do with it.
create or replace function public.activity_at_desk(of_activity_id bigint) returns jsonb
language plpgsql stable security definer set search_path = '' as $$
declare
  activity public.activities;
begin
  if auth.uid() is null then perform private.refuse(401, 'sign_in_needed'); end if;
  select * into activity from public.activities one where one.id = of_activity_id
    and (one.host_unit_id in (select private.my_units('activities')) or one.host_unit_id in (select private.my_units('people')) or one.host_unit_id in (select private.my_units('approval')));
  if not found then perform private.refuse(404, 'activity_unknown'); end if;
  return (
    select jsonb_build_object('id', activity.id, 'code', activity.code, 'version', activity.version, 'status', activity.status,
      'state', case when activity.status <> 'published' then activity.status
        when exists (select from public.activity_sessions one where one.activity_id = activity.id and one.ends_at > now()) then 'coming' else 'over' end,
      'unit', jsonb_build_object('code', host.code, 'name', host.name),
      'title', activity.title, 'kind', activity.kind, 'form', jsonb_build_object('id', form.id, 'zh', form.zh, 'en', form.en),
      'category', jsonb_build_object('id', category.id, 'zh', category.zh, 'en', category.en),
      'summary', activity.summary, 'department', activity.department, 'lecturer', activity.lecturer, 'venue', activity.venue, 'room', activity.room, 'phone', activity.contact_phone,
      'feeFen', activity.fee_fen, 'feeFor', activity.fee_for, 'minors', activity.minors, 'minorsStaff', coalesce(to_jsonb(activity.minors_staff), '[]'), 'youngest', lower(activity.ages), 'oldest', upper(activity.ages) - 1,
      'forUnit', (select jsonb_build_object('code', unit.code, 'name', unit.name) from public.units unit where unit.id = activity.for_unit_id),
      'forGroups', (select coalesce(jsonb_agg(jsonb_build_object('id', known.id, 'zh', known.zh, 'en', known.en) order by known.position), '[]') from public.population_groups known where known.id = any (activity.for_groups)),
      'forLevel', (select jsonb_build_object('id', level.rank::text, 'zh', level.zh, 'en', level.en) from public.honour_levels level where level.rank = activity.for_level
        order by level.scheme_id = private.honour_scheme() desc, level.scheme_id desc limit 1), 'cameLeast', activity.came_least, 'cameOf', activity.came_of, 'cameCategory', (select jsonb_build_object('id', known.id, 'zh', known.zh, 'en', known.en) from public.categories known where known.id = activity.came_category_id), 'cameSince', activity.came_since,
      'cameActivity', (select jsonb_build_object('code', other.code, 'title', other.title) from public.activities other where other.id = activity.came_activity_id),
      'newcomers', activity.newcomers,
      'signUp', activity.sign_up, 'admission', activity.admission, 'opensAt', activity.opens_at, 'closesAt', activity.closes_at,
      'returnedReason', activity.returned_reason, 'publishedAt', activity.published_at, 'cancelReason', activity.cancel_reason,
      'submittedBy', (select person.name from identity.accounts account join public.persons person on person.id = account.person_id where account.id = activity.submitted_by),
      'submittedAt', activity.submitted_at,
      'seats', (select jsonb_build_object('pool', pool.id, 'capacity', pool.capacity, 'taken', pool.taken, 'held', pool.held,
          'waiting', (select count(*) from public.signups one where one.pool_id = pool.id and one.status = 'waiting'),
          'asked', (select count(*) from public.signups one where one.pool_id = pool.id and one.status = 'asked'))
        from public.seat_pools pool where pool.activity_id = activity.id and pool.session_id is null),
      'sessions', (
        select coalesce(jsonb_agg(jsonb_build_object('id', session.id, 'startsAt', session.starts_at, 'endsAt', session.ends_at, 'venue', session.venue, 'room', session.room,
          'isOver', session.ends_at <= now(), 'isOpen', session.starts_at - interval '2 hours' <= now(), 'cancelReason', session.cancel_reason, 'confirmedAt', session.confirmed_at,
          'marked', (select count(*) from private.attendance_of(session.id)),
          'seats', case when pool.id is not null then jsonb_build_object('pool', pool.id, 'capacity', pool.capacity, 'taken', pool.taken, 'held', pool.held,
            'waiting', (select count(*) from public.signups one where one.pool_id = pool.id and one.status = 'waiting'),
            'asked', (select count(*) from public.signups one where one.pool_id = pool.id and one.status = 'asked')) end) order by session.starts_at), '[]')
        from public.activity_sessions session left join public.seat_pools pool on pool.session_id = session.id where session.activity_id = activity.id),
      -- Who would hear of a change.
      'people', (select count(distinct one.person_id) from public.signups one join public.seat_pools pool on pool.id = one.pool_id
        where pool.activity_id = activity.id and one.status in ('asked', 'confirmed', 'waiting', 'offered')),
      'told', (
        select coalesce(jsonb_agg(jsonb_build_object('kind', sent.kind, 'at', sent.at, 'people', sent.people) order by sent.at desc), '[]')
        from (select notice.kind, min(notice.at) as at, count(distinct notice.person_id) as people from public.notices notice
          where notice.activity_id = activity.id and notice.kind in ('session_changed', 'session_cancelled', 'activity_cancelled', 'session_added', 'activity_changed', 'session_made_up')
          group by notice.kind, date_trunc('minute', notice.at) order by 2 desc limit 10) sent),
      'mayPlan', activity.host_unit_id in (select private.my_units('activities')),
      'mayPublish', activity.host_unit_id in (select private.my_units('approval')),
      'mayRun', activity.host_unit_id in (select private.my_units('people')))
    from public.units host, public.activity_forms form, public.categories category
    where host.id = activity.host_unit_id and form.id = activity.form_id and category.id = activity.category_id);
end $$;
