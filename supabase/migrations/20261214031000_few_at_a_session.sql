-- How many came to a session, and how many were counted there, is told exactly to whoever sees the people of the unit that ran it, and a head count to whoever
-- entered it; others read of one to four that they were fewer than five, and sums leave them out (decision 50): so no sum less the rows gives them away.

-- Whether the asker may know of few people at what a unit ran.
create function private.sees_few_of(host_unit_id integer) returns boolean
language plpgsql stable set search_path = '' as $$
begin
  return private.sees_unit(host_unit_id, 'names') or private.sees_unit(host_unit_id, 'people');
end $$;

-- A number of people, or null where it tells of few and the asker may not know of them.
create function private.told_number(people bigint, is_exact boolean) returns integer
language sql immutable set search_path = ''
return case when is_exact or people not between 1 and 4 then people end::integer;

alter policy "Head counts are read by staff of the subtree" on public.head_counts
  using (host_unit_id in (select private.my_units('figures')) and (persons not between 1 and 4 or entered_by = (select auth.uid())
    or host_unit_id in (select private.my_units('names')) or host_unit_id in (select private.my_units('people'))));

-- As before.
create or replace function public.list_head_counts(in_unit_id integer, counted_year integer, page_size integer default 50, skip integer default 0, in_month integer default null)
returns table (id bigint, host_code text, host text, kind text, category text, category_zh text, category_en text, title text,
  started_at timestamptz, ended_at timestamptz, persons integer, note text, entered_at timestamptz, corrects bigint, corrected_by bigint, total integer, session_id bigint)
language sql stable security definer set search_path = ''
begin atomic
  select head_count.id, host.code, host.name, head_count.kind, category.id, category.zh, category.en, head_count.title,
    head_count.started_at, head_count.ended_at, private.told_number(head_count.persons, head_count.entered_by = auth.uid() or private.sees_few_of(host.id)), head_count.note, head_count.entered_at,
    head_count.corrects, later.id, (count(*) over ())::integer, head_count.session_id
  from public.unit_paths placed
  join public.units host on host.id = placed.unit_id
  join public.head_counts head_count on head_count.host_unit_id = host.id and head_count.year = counted_year
  join public.categories category on category.id = head_count.category_id
  left join public.head_counts later on later.corrects = head_count.id
  where private.sees_unit(in_unit_id, 'figures') and placed.ancestors @> array[in_unit_id] and placed.years @> counted_year
    and (in_month is null or extract(month from head_count.started_at at time zone 'Asia/Shanghai') = in_month)
  order by head_count.started_at desc, head_count.id desc
  limit least(greatest(page_size, 1), 200) offset greatest(skip, 0);
end;

create or replace function public.head_counts_by_month(in_unit_id integer, counted_year integer)
returns table (month integer, events integer, person_times integer, minutes bigint)
language sql stable security definer set search_path = ''
begin atomic
  select extract(month from head_count.started_at at time zone 'Asia/Shanghai')::integer, count(*)::integer,
    coalesce(sum(told.people - named.people), 0)::integer,
    coalesce(sum((told.people - named.people) * round(extract(epoch from head_count.ended_at - head_count.started_at) / 60)), 0)::bigint
  from public.units inside
  join public.unit_paths placed on inside.id = any (placed.ancestors) and placed.years @> counted_year
  join private.counted_head_counts head_count on head_count.host_unit_id = placed.unit_id and head_count.year = counted_year
  -- Whoever sees no names is told the heads: of a month with one session the rest would tell how few are on record.
  cross join lateral (select case when private.sees_unit(in_unit_id, 'names') then private.named_among(head_count.session_id, head_count.persons) else 0 end as people) named
  cross join lateral (select private.told_number(head_count.persons, head_count.entered_by = auth.uid() or private.sees_few_of(head_count.host_unit_id)) as people) told
  where inside.id = in_unit_id
    and inside.path operator(extensions.<@) any ((select private.my_unit_paths('figures'))::extensions.ltree[])
  group by 1;
end;

create or replace function public.activity_at_desk(of_activity_id bigint) returns jsonb
language plpgsql stable security definer set search_path = '' as $$
declare
  activity public.activities;
  sees_few boolean;
begin
  if auth.uid() is null then perform private.refuse(401, 'sign_in_needed'); end if;
  select * into activity from public.activities one where one.id = of_activity_id
    and (one.host_unit_id in (select private.my_units('activities')) or one.host_unit_id in (select private.my_units('people')) or one.host_unit_id in (select private.my_units('approval')));
  if not found then perform private.refuse(404, 'activity_unknown'); end if;
  sees_few := private.sees_few_of(activity.host_unit_id);
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
          'marked', private.told_number((select count(*) from private.attendance_of(session.id)), sees_few),
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

create or replace function public.feedback_of_session(of_session_id bigint) returns jsonb
language plpgsql stable security definer set search_path = '' as $$
declare
  session public.activity_sessions;
begin
  if auth.uid() is null then perform private.refuse(401, 'sign_in_needed'); end if;
  select one.* into session from public.activity_sessions one join public.activities activity on activity.id = one.activity_id and activity.published_at is not null
  where one.id = of_session_id and activity.host_unit_id in (select private.my_units('activities'));
  if not found then perform private.refuse(404, 'session_unknown'); end if;
  return private.feedback_counts(session.id) || jsonb_build_object('came', private.told_number((select count(*) from private.attendance_of(session.id)),
    private.sees_few_of((select activity.host_unit_id from public.activities activity where activity.id = session.activity_id))), 'until', private.feedback_until(session), 'isOpen', session.ends_at <= now() and private.feedback_until(session) > now());
end $$;

create or replace function public.feedback_of_unit(in_unit_id integer, from_day date, until_day date, page_size integer default 30, skip integer default 0)
returns table (session_id bigint, title text, host text, starts_at timestamptz, came integer, counts jsonb, total integer)
language plpgsql stable security definer set search_path = '' as $$
#variable_conflict use_column
begin
  perform private.require_sight(in_unit_id, 'activities');
  return query
  with said as (
    select session.id, activity.title, host.id as host_id, host.name as host, session.starts_at, (count(*) over ())::integer as total
    from public.units inside join public.units host on host.path operator(extensions.<@) inside.path
    join public.activities activity on activity.host_unit_id = host.id
    join public.activity_sessions session on session.activity_id = activity.id and session.starts_at >= from_day::timestamp at time zone 'Asia/Shanghai' and session.starts_at < (until_day + 1)::timestamp at time zone 'Asia/Shanghai'
    where inside.id = in_unit_id and until_day - from_day <= 400 and exists (select from public.session_feedback one where one.session_id = session.id)
    order by session.starts_at desc, session.id desc limit least(greatest(page_size, 1), 100) offset greatest(skip, 0)
  )
  select said.id, said.title, said.host, said.starts_at, private.told_number((select count(*) from private.attendance_of(said.id)), private.sees_few_of(said.host_id)), private.feedback_counts(said.id), said.total
  from said order by said.starts_at desc, said.id desc;
end $$;

create or replace function public.session_file(of_session_id bigint) returns jsonb
language plpgsql stable security definer set search_path = '' as $$
declare
  session public.activity_sessions;
  activity public.activities;
begin
  if auth.uid() is null then perform private.refuse(401, 'sign_in_needed'); end if;
  select one.* into session from public.activity_sessions one join public.activities planned on planned.id = one.activity_id and planned.published_at is not null
  where one.id = of_session_id and planned.host_unit_id in (select private.my_units('activities'));
  if not found then perform private.refuse(404, 'session_unknown'); end if;
  select * into strict activity from public.activities one where one.id = session.activity_id;
  return (
    select jsonb_build_object('id', session.id, 'startsAt', session.starts_at, 'endsAt', session.ends_at, 'isBegun', session.starts_at <= now(), 'cancelReason', session.cancel_reason,
      'confirmedAt', session.confirmed_at, 'venue', coalesce(session.venue, activity.venue), 'room', coalesce(session.room, activity.room),
      'activity', jsonb_build_object('id', activity.id, 'title', activity.title, 'summary', activity.summary, 'department', activity.department, 'phone', activity.contact_phone, 'signUp', activity.sign_up,
        'unit', jsonb_build_object('code', host.code, 'name', host.name), 'form', jsonb_build_object('zh', form.zh, 'en', form.en), 'category', jsonb_build_object('zh', category.zh, 'en', category.en)),
      'place', (select count(*) from public.activity_sessions earlier where earlier.activity_id = activity.id and earlier.cancelled_at is null and earlier.starts_at <= session.starts_at),
      'sessions', (select count(*) from public.activity_sessions other where other.activity_id = activity.id and other.cancelled_at is null),
      'seats', (select max(pool.capacity) from public.seat_pools pool where pool.activity_id = activity.id and (pool.session_id is null or pool.session_id = session.id)),
      'facts', known.facts || jsonb_build_object('people', private.told_number((known.facts ->> 'people')::bigint, private.sees_few_of(activity.host_unit_id))),
      'kinds', (select jsonb_object_agg(state.kind, state.status) from private.materials_of_sessions(array[session.id]) state),
      'materials', (
        select coalesce(jsonb_agg(jsonb_build_object('id', one.id, 'kind', one.kind, 'madeOn', one.made_on, 'eventOn', one.event_on, 'origin', one.origin, 'originalAt', one.original_at, 'body', one.body,
          'people', one.people_agreed, 'minors', one.minors_agreed, 'caption', one.caption, 'status', one.status, 'enteredAt', one.entered_at, 'returnedReason', one.returned_reason,
          'withdrawnAt', one.withdrawn_at, 'withdrawnReason', one.withdrawn_reason, 'fileKind', kept.kind, 'fileBytes', kept.bytes,
          'isOwn', one.uploaded_by = auth.uid(), 'by', (select person.name from identity.accounts account join public.persons person on person.id = account.person_id where account.id = one.uploaded_by)) order by one.id), '[]')
        from public.session_materials one left join private.material_files kept on kept.material_id = one.id where one.session_id = session.id),
      'maySeePeople', activity.host_unit_id in (select private.my_units('people')),
      'mayDecide', private.materials_judge(activity.host_unit_id) in (select private.my_units('approval')))
    from public.units host, public.activity_forms form, public.categories category, private.session_facts(session.id) as known (facts) where host.id = activity.host_unit_id and form.id = activity.form_id and category.id = activity.category_id);
end $$;

-- How many listened in a village, over all talks of a year.
create or replace function public.reach_of_lecturers(in_unit_id integer, of_year integer) returns table (unit_id integer, code text, name text, township text, talks integer, listeners bigint, last_at timestamptz)
language plpgsql stable security definer set search_path = '' as $$
#variable_conflict use_column
begin
  perform private.require_sight(in_unit_id, 'activities');
  return query select one.unit_id, one.code, one.name, one.township, one.talks,
    case when one.listeners not between 1 and 4 or private.sees_few_of(one.unit_id) then one.listeners end, one.last_at from private.talks_of_villages(in_unit_id, of_year) one limit 3000;
end $$;
