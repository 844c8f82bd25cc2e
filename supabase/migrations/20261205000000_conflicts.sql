-- Conflicts of a plan while it is typed: beside rooms and lecturers among activities now the class, which is whoever is in (of a term held again: whoever
-- was in the last one, and of a new plan the groups it is for), the talks that lecturers agreed to, and the plan over itself.

drop function public.session_conflicts(integer, bigint, text, text, text, jsonb);

-- What people are in for, beside one activity: those of its sign-ups, or of the term it is held again of. `own_session_id` is null where all its
-- sessions are meant.
create function private.class_engagements(of_activity_id bigint, of_copied_id bigint)
returns table (person_id bigint, own_session_id bigint, session_id bigint, activity_id bigint, starts_at timestamptz, ends_at timestamptz)
language sql stable set search_path = ''
begin atomic
  with own as materialized (
    select distinct coalesce(person.counts_as, person.id) as person_id, case when pool.activity_id = of_activity_id then pool.session_id end as session_id
    from public.seat_pools pool join public.signups one on one.pool_id = pool.id join public.persons person on person.id = one.person_id
    where pool.activity_id = of_activity_id and one.status in ('asked', 'confirmed', 'waiting', 'offered') or pool.activity_id = of_copied_id and one.status = 'confirmed'
  )
  select distinct own.person_id, own.session_id, session.id, session.activity_id, session.starts_at, session.ends_at
  from own cross join lateral private.rows_of_person(own.person_id) as known (id)
  join public.signups one on one.person_id = known.id and one.status in ('asked', 'confirmed', 'offered') join public.seat_pools pool on pool.id = one.pool_id
  join public.activity_sessions session on session.activity_id = pool.activity_id and (pool.session_id is null or pool.session_id = session.id)
  where pool.activity_id is distinct from of_activity_id and pool.activity_id is distinct from of_copied_id and session.ends_at > now() and session.cancelled_at is null
    and not exists (select from public.session_leaves leave where leave.signup_id = one.id and leave.session_id = session.id);
end;

-- What else lies at the same time, at the units that the asker plans for and in what is published: shown while a plan is typed, not forbidden. Lines come
-- back by their place in the form. `people`: how many are in both; `with_place`: the line of the plan itself that it lies over.
create function public.session_conflicts(of_unit_id integer, of_activity_id bigint, of_venue text, of_room text, of_lecturer text, sessions jsonb, of_copied_id bigint default null,
  for_groups text[] default '{}', for_unit_id integer default null)
returns table (place integer, what text, activity_id bigint, title text, host text, starts_at timestamptz, ends_at timestamptz, people integer, with_place integer)
language plpgsql stable security definer set search_path = '' as $$
#variable_conflict use_column
begin
  perform private.require_sight(of_unit_id, 'activities');
  if of_activity_id is not null and not exists (select from public.activities one where one.id = of_activity_id and one.host_unit_id in (select private.my_units('activities'))) then
    perform private.refuse(404, 'activity_unknown');
  end if;
  return query
  with asked as materialized (
    select list.place::integer as place, (list.line ->> 'id')::bigint as id, (list.line ->> 'startsAt')::timestamptz as starts_at, (list.line ->> 'endsAt')::timestamptz as ends_at,
      coalesce(nullif(trim(list.line ->> 'venue'), ''), of_venue) as venue_words, coalesce(nullif(trim(list.line ->> 'room'), ''), of_room) as room_words
    from jsonb_array_elements(sessions) with ordinality as list (line, place)
    where jsonb_array_length(sessions) <= 120
  ), class as materialized (
    select * from private.class_engagements(of_activity_id, (select one.id from public.activities one
      where one.id = coalesce(of_copied_id, (select draft.copied_from from public.activities draft where draft.id = of_activity_id and draft.published_at is null))
        and one.host_unit_id in (select private.my_units('activities'))))
  ), beside as (
    select asked.place, clash.what, other.id as activity_id, other.title, host.name as host, session.starts_at, session.ends_at
    from asked
    join public.activity_sessions session on session.starts_at < asked.ends_at and session.ends_at > asked.starts_at and session.starts_at > asked.starts_at - interval '12 hours' and session.cancelled_at is null
    join public.activities other on other.id = session.activity_id and other.id is distinct from of_activity_id and other.status <> 'cancelled'
      and (other.published_at is not null or other.host_unit_id in (select private.my_units('activities')))
    join public.units host on host.id = other.host_unit_id
    cross join lateral (
      select 'room' as what where private.text_key(asked.room_words) <> '' and private.text_key(asked.room_words) = private.text_key(coalesce(session.room, other.room))
        and private.text_key(asked.venue_words) = private.text_key(coalesce(session.venue, other.venue))
      union all
      select 'lecturer' where private.text_key(of_lecturer) <> '' and private.text_key(of_lecturer) = private.text_key(other.lecturer)
      union all
      -- The same groups of the same place: the people who could come are the same.
      select 'audience' where cardinality(session_conflicts.for_groups) > 0 and other.for_groups && session_conflicts.for_groups
        and (other.host_unit_id = of_unit_id or other.for_unit_id = session_conflicts.for_unit_id)
    ) clash
  )
  select beside.place, beside.what, beside.activity_id, beside.title, beside.host, beside.starts_at, beside.ends_at, null::integer, null::integer from beside
  union all
  select asked.place, 'class', other.id, other.title, host.name, min(class.starts_at), max(class.ends_at), count(distinct class.person_id)::integer, null
  from asked join class on class.starts_at < asked.ends_at and class.ends_at > asked.starts_at and (class.own_session_id is null or class.own_session_id = asked.id)
  join public.activities other on other.id = class.activity_id join public.units host on host.id = other.host_unit_id
  group by asked.place, other.id, host.name
  union all
  select asked.place, 'talk', null, booking.topic, at.name, lower(booking.during), upper(booking.during), null, null
  from asked join public.lecturers one on private.text_key(of_lecturer) <> '' and one.name_key = private.text_key(of_lecturer)
  join public.lecturer_bookings booking on booking.lecturer_id = one.id and booking.status in ('agreed', 'done') and booking.during && tstzrange(asked.starts_at, asked.ends_at)
  join public.units at on at.id = booking.for_unit_id
  union all
  select asked.place, 'plan', null, '', '', other.starts_at, other.ends_at, null, other.place
  from asked join asked other on other.place <> asked.place and other.starts_at < asked.ends_at and other.ends_at > asked.starts_at
  union all
  select asked.place, directory.what, null, directory.title, directory.host, directory.starts_at, directory.ends_at, null, null
  from asked cross join lateral private.venue_conflicts(of_unit_id, asked.venue_words, asked.room_words, asked.starts_at, asked.ends_at) directory
  order by 1, 6, 3, 2 limit 50;
end $$;

-- What lecturers of the teams are due to in the coming days: agreed talks, and sessions of activities that name them. For whoever books.
create function public.lecturers_due(in_days integer default 120) returns table (lecturer_id integer, what text, title text, host text, starts_at timestamptz, ends_at timestamptz)
language plpgsql stable security definer set search_path = '' as $$
#variable_conflict use_column
begin
  if auth.uid() is null then perform private.refuse(401, 'sign_in_needed'); end if;
  if not exists (select from private.my_units('activities')) then perform private.refuse(403, 'post_lacks_sight'); end if;
  return query
  select one.id, 'talk', booking.topic, at.name, lower(booking.during), upper(booking.during)
  from public.lecturers one join public.lecturer_bookings booking on booking.lecturer_id = one.id and booking.status = 'agreed' and upper(booking.during) > now() and lower(booking.during) < now() + in_days * interval '1 day'
  join public.units at on at.id = booking.for_unit_id where one.ended_on is null
  union all
  select one.id, 'session', activity.title, host.name, session.starts_at, session.ends_at
  from public.activity_sessions session join public.activities activity on activity.id = session.activity_id and activity.lecturer is not null and activity.status <> 'cancelled'
    and (activity.published_at is not null or activity.host_unit_id in (select private.my_units('activities')))
  join public.lecturers one on one.name_key = private.text_key(activity.lecturer) and one.ended_on is null join public.units host on host.id = activity.host_unit_id
  where session.ends_at > now() and session.starts_at < now() + in_days * interval '1 day' and session.cancelled_at is null
  order by 5, 1;
end $$;

grant execute on function public.session_conflicts(integer, bigint, text, text, text, jsonb, bigint, text[], integer), public.lecturers_due(integer) to authenticated;
