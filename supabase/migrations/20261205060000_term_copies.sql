-- A whole term held again: the activities of a school's last term as drafts on the new term's dates. The dates are made by the server from the same days that
-- were shown; here they become drafts, all of them or none.

-- The activities of a unit and those below that met in the days of a term, each whole enough to be moved: {"id", "title", "host", "signUp", "opensAt", "closesAt",
-- "seats", "sessions": [{"startsAt", "endsAt", "venue", "room", "capacity"}]}, and when it is held again already ("again": starts of the first sessions).
create function public.term_to_copy(in_unit_id integer, from_day date, until_day date) returns jsonb
language plpgsql stable security definer set search_path = '' as $$
begin
  perform private.require_sight(in_unit_id, 'activities');
  return (
    select coalesce(jsonb_agg(known.said order by known.first_at, known.id), '[]') from (
      select activity.id, dates.first_at, jsonb_build_object('id', activity.id, 'title', activity.title, 'host', host.name, 'lecturer', activity.lecturer, 'signUp', activity.sign_up,
        'opensAt', activity.opens_at, 'closesAt', activity.closes_at, 'seats', (select pool.capacity from public.seat_pools pool where pool.activity_id = activity.id and pool.session_id is null),
        'sessions', dates.sessions,
        'again', (select coalesce(jsonb_agg((select min(session.starts_at) from public.activity_sessions session where session.activity_id = later.id)), '[]') from public.activities later
          where later.copied_from = activity.id and later.status <> 'cancelled')) as said
      from public.units inside join public.units host on host.path operator(extensions.<@) inside.path and host.closed_on is null
      join public.activities activity on activity.host_unit_id = host.id and activity.status = 'published'
      cross join lateral (
        select min(session.starts_at) as first_at, jsonb_agg(jsonb_build_object('startsAt', session.starts_at, 'endsAt', session.ends_at, 'venue', session.venue, 'room', session.room, 'capacity', pool.capacity)
          order by session.starts_at) as sessions
        from public.activity_sessions session left join public.seat_pools pool on pool.session_id = session.id
        where session.activity_id = activity.id and session.cancelled_at is null and session.starts_at >= from_day::timestamp at time zone 'Asia/Shanghai' and session.starts_at < (until_day + 1)::timestamp at time zone 'Asia/Shanghai'
      ) dates
      where inside.id = in_unit_id and dates.sessions is not null order by dates.first_at, activity.id limit 200) known);
end $$;

-- What an activity is as private.activity_fields takes it.
create function private.fields_of_activity(activity public.activities) returns jsonb
language sql immutable set search_path = ''
return jsonb_strip_nulls(jsonb_build_object('title', activity.title, 'kind', activity.kind, 'form', activity.form_id, 'category', activity.category_id, 'summary', activity.summary, 'department', activity.department,
  'lecturer', activity.lecturer, 'venue', activity.venue, 'room', activity.room, 'phone', activity.contact_phone, 'feeFen', activity.fee_fen, 'feeFor', activity.fee_for, 'minors', activity.minors,
  'minorsStaff', to_jsonb(activity.minors_staff), 'youngest', lower(activity.ages), 'oldest', upper(activity.ages) - 1, 'forUnit', activity.for_unit_id, 'forGroups', to_jsonb(activity.for_groups), 'signUp', activity.sign_up,
  'admission', activity.admission, 'forLevel', activity.for_level, 'cameLeast', activity.came_least, 'cameOf', activity.came_of, 'cameActivity', (select other.code from public.activities other where other.id = activity.came_activity_id),
  'cameCategory', activity.came_category_id, 'cameSince', activity.came_since, 'newcomers', activity.newcomers));

-- Makes the drafts: [{"id", "opensAt", "closesAt", "sessions": [{"startsAt", "endsAt", "venue", "room", "capacity"}]}]. One that is held again from that day already
-- is left as it is, so pressing twice makes nothing twice.
create function public.copy_term(in_unit_id integer, plans jsonb) returns table (of_id bigint, new_id bigint, is_new boolean)
language plpgsql volatile security definer set search_path = '' as $$
#variable_conflict use_column
declare
  plan record;
  activity public.activities;
  made bigint;
begin
  perform private.require_sight(in_unit_id, 'activities');
  if jsonb_typeof(plans) is distinct from 'array' or jsonb_array_length(plans) not between 1 and 200 then perform private.refuse(422, 'term_nothing_chosen', '{"field": "activities"}'); end if;
  for plan in select (list.line ->> 'id')::bigint as id, list.line from jsonb_array_elements(plans) as list (line) order by 1 loop
    -- Held until the end: the second of two presses finds what the first made.
    select one.* into activity from public.units inside join public.units host on host.path operator(extensions.<@) inside.path join public.activities one on one.host_unit_id = host.id
    where inside.id = in_unit_id and one.id = plan.id and one.status = 'published' for no key update of one;
    if not found then perform private.refuse(404, 'activity_unknown'); end if;
    select later.id into made from public.activities later join public.activity_sessions session on session.activity_id = later.id
    where later.copied_from = activity.id and later.status <> 'cancelled' and session.starts_at = (select min((one.line ->> 'startsAt')::timestamptz) from jsonb_array_elements(plan.line -> 'sessions') as one (line)) limit 1;
    if found then
      return query select activity.id, made, false;
      continue;
    end if;
    made := public.save_activity(activity.host_unit_id, null, null,
      private.fields_of_activity(activity) || jsonb_strip_nulls(jsonb_build_object('copiedFrom', activity.id, 'opensAt', plan.line -> 'opensAt', 'closesAt', plan.line -> 'closesAt')),
      plan.line -> 'sessions', (select pool.capacity from public.seat_pools pool where pool.activity_id = activity.id and pool.session_id is null));
    return query select activity.id, made, true;
  end loop;
  perform private.audit('term_copied', 'unit', in_unit_id::text, in_unit_id, jsonb_build_object('rows', jsonb_array_length(plans)));
end $$;

grant execute on function public.term_to_copy(integer, date, date), public.copy_term(integer, jsonb) to authenticated;
