-- What the desk reads of activities: one of them whole, what waits for somebody, the sessions of some days; and a walk-in who is
-- registered and marked in one go.

-- Units that may plan an activity within a unit: as those that may have held a head count, by the sight of planning.
create function public.activity_hosts(in_unit_id integer) returns table (code text, name text)
language sql stable set search_path = ''
begin atomic
  select host.code, host.name
  from public.units inside
  join public.units host on host.path operator(extensions.<@) inside.path and host.closed_on is null
    and extensions.nlevel(host.path) - extensions.nlevel(inside.path) <= 2
  where inside.id = in_unit_id and host.id in (select private.my_units('activities'))
  order by extensions.nlevel(host.path), host.kind_id = 'administration', host.path
  limit 300;
end;

-- An activity whole, with its sessions and seats, how many were told of changes, and what the asker may do with it.
create function public.activity_at_desk(of_activity_id bigint) returns jsonb
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
      'feeFen', activity.fee_fen, 'feeFor', activity.fee_for, 'minors', activity.minors, 'youngest', lower(activity.ages), 'oldest', upper(activity.ages) - 1,
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
          where notice.activity_id = activity.id and notice.kind in ('session_changed', 'session_cancelled', 'activity_cancelled')
          group by notice.kind, date_trunc('minute', notice.at) order by 2 desc limit 10) sent),
      'mayPlan', activity.host_unit_id in (select private.my_units('activities')),
      'mayPublish', activity.host_unit_id in (select private.my_units('approval')),
      'mayRun', activity.host_unit_id in (select private.my_units('people')))
    from public.units host, public.activity_forms form, public.categories category
    where host.id = activity.host_unit_id and form.id = activity.form_id and category.id = activity.category_id);
end $$;

-- What waits for the asker at a unit and below: plans to review, people to admit, sessions to confirm. The oldest first.
create function public.activities_waiting(in_unit_id integer)
returns table (what text, activity_id bigint, session_id bigint, title text, host text, at timestamptz, people integer)
language plpgsql stable security definer set search_path = '' as $$
#variable_conflict use_column
begin
  perform private.require_sight(in_unit_id, 'activities');
  return query
  with known as (
    select activity.*, host.name as host from public.units inside join public.units host on host.path operator(extensions.<@) inside.path
    join public.activities activity on activity.host_unit_id = host.id and activity.status in ('submitted', 'published')
    where inside.id = in_unit_id
  )
  (select 'review', known.id, null::bigint, known.title, known.host, known.submitted_at, 0 from known
    where known.status = 'submitted' and known.host_unit_id in (select private.my_units('approval')) order by known.submitted_at limit 20)
  union all
  (select 'admit', known.id, null, known.title, known.host, min(one.asked_at), count(*)::integer from known
    join public.seat_pools pool on pool.activity_id = known.id join public.signups one on one.pool_id = pool.id and one.status = 'asked'
    where known.status = 'published' and known.admission <> 'draw' and known.host_unit_id in (select private.my_units('people')) group by known.id, known.title, known.host order by 6 limit 20)
  union all
  (select 'draw', known.id, null, known.title, known.host, known.closes_at, sum(draw.entrants)::integer from known
    join public.seat_pools pool on pool.activity_id = known.id join public.draws draw on draw.pool_id = pool.id and draw.drawn_at is null and draw.entrants > 0
    where known.status = 'published' and known.closes_at <= now() and (select dates.next_at is not null from private.pool_dates(pool.id) dates)
      and known.host_unit_id in (select private.my_units('people')) group by known.id, known.title, known.host, known.closes_at order by 6 limit 20)
  union all
  (select 'confirm', known.id, session.id, known.title, known.host, session.starts_at, (select count(*)::integer from private.attendance_of(session.id)) from known
    join public.activity_sessions session on session.activity_id = known.id and session.ends_at <= now() and session.starts_at > now() - interval '60 days'
      and session.cancelled_at is null and session.confirmed_at is null
    where known.status = 'published' and known.host_unit_id in (select private.my_units('people')) order by session.starts_at limit 20);
end $$;

-- The sessions of a unit and those below it in some days, with where and by whom: for the grid of a week and the poster of a term.
create function public.sessions_of_days(in_unit_id integer, from_day date, until_day date)
returns table (session_id bigint, activity_id bigint, code text, title text, host text, form_zh text, form_en text, starts_at timestamptz, ends_at timestamptz, venue text, room text, lecturer text,
  status text, is_cancelled boolean, is_confirmed boolean, sign_up text, phone text)
language plpgsql stable security definer set search_path = '' as $$
#variable_conflict use_column
begin
  perform private.require_sight(in_unit_id, 'activities');
  return query
  select session.id, activity.id, activity.code, activity.title, host.name, form.zh, form.en, session.starts_at, session.ends_at, coalesce(session.venue, activity.venue), coalesce(session.room, activity.room),
    activity.lecturer, activity.status, session.cancelled_at is not null, session.confirmed_at is not null, activity.sign_up, activity.contact_phone
  from public.units inside join public.units host on host.path operator(extensions.<@) inside.path
  join public.activities activity on activity.host_unit_id = host.id join public.activity_forms form on form.id = activity.form_id
  join public.activity_sessions session on session.activity_id = activity.id
    and session.starts_at >= from_day::timestamp at time zone 'Asia/Shanghai' and session.starts_at < (until_day + 1)::timestamp at time zone 'Asia/Shanghai'
  where inside.id = in_unit_id and until_day - from_day <= 400
  order by session.starts_at, activity.id limit 1000;
end $$;

-- Writes down that somebody took the names of those who signed up.
create function public.note_signups_file(of_activity_id bigint) returns void
language plpgsql volatile security definer set search_path = '' as $$
declare
  host_id integer := (select one.host_unit_id from public.activities one where one.id = of_activity_id);
begin
  perform private.require_sight(host_id, 'people');
  perform private.audit('signups_exported', 'activity', of_activity_id::text, host_id);
end $$;

-- Registers somebody who came unknown, and marks the presence: both or neither.
create function public.register_walk_in(of_session_id bigint, name text, sex text, birth_year integer, residence_unit_id integer, pinyin text, initials text, contacts jsonb, client_id uuid, extra text default null)
returns bigint
language plpgsql volatile security definer set search_path = '' as $$
declare
  new_id bigint;
  said text;
begin
  perform private.session_to_attend(of_session_id);
  new_id := public.register_person(register_walk_in.name, register_walk_in.sex, register_walk_in.birth_year, register_walk_in.residence_unit_id, register_walk_in.pinyin, register_walk_in.initials,
    '[]', register_walk_in.contacts);
  select marked.outcome into said from public.mark_attendance(of_session_id, jsonb_build_array(jsonb_build_object('clientId', register_walk_in.client_id, 'personId', new_id, 'extra', register_walk_in.extra, 'method',
    -- Whoever is entered after the session was on the paper list.
    case when (select session.ends_at from public.activity_sessions session where session.id = of_session_id) + interval '24 hours' < now() then 'paper' else 'walk_in' end))) marked;
  if said = 'full' then perform private.refuse(409, 'session_full_at_door'); end if;
  if said <> 'in' then perform private.refuse(409, 'walk_in_not_marked', jsonb_build_object('outcome', said)); end if;
  return new_id;
end $$;

grant execute on function public.activity_hosts(integer), public.activity_at_desk(bigint), public.activities_waiting(integer), public.sessions_of_days(integer, date, date),
  public.note_signups_file(bigint), public.register_walk_in(bigint, text, text, integer, integer, text, text, jsonb, uuid, text) to authenticated;
