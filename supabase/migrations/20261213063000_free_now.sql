-- “Free seats” means that one can sign up for one now: not where sign-up has not begun or is over, nor what has started.
create or replace function public.find_activities(near_unit_id integer default null, from_day date default null, until_day date default null, of_category_id text default null,
  of_form_id text default null, only_free boolean default false, query text default '', page_size integer default 20, skip integer default 0,
  for_audience text default null)
returns table (code text, title text, host_code text, host text, category_id text, form_zh text, form_en text, venue text, room text, fee_fen integer, sign_up text, admission text, opens_at timestamptz,
  closes_at timestamptz, session_id bigint, starts_at timestamptz, ends_at timestamptz, sessions integer, capacity integer, free integer, total integer)
language sql stable set search_path = ''
begin atomic
  with coming as (
    select distinct on (activity.id) activity.id, activity.code, activity.host_unit_id, activity.title, activity.form_id, activity.category_id, activity.lecturer, activity.fee_fen, activity.sign_up,
      activity.admission, activity.opens_at, activity.closes_at, session.id as session_id, session.starts_at, session.ends_at, coalesce(session.venue, activity.venue) as at_venue, coalesce(session.room, activity.room) as in_room,
      pool.capacity, pool.capacity - pool.taken - pool.held as free, count(*) over (partition by activity.id) as sessions
    from public.activity_sessions session
    join public.activities activity on activity.id = session.activity_id and activity.status = 'published' and activity.published_at is not null
    left join public.seat_pools pool on pool.activity_id = activity.id and (pool.session_id is null or pool.session_id = session.id)
    where session.cancelled_at is null and session.ends_at > now() and session.starts_at > now() - interval '12 hours'
      and (from_day is null or session.starts_at >= from_day::timestamp at time zone 'Asia/Shanghai')
      and (until_day is null or session.starts_at < (until_day + 1)::timestamp at time zone 'Asia/Shanghai')
      and (for_audience is null or for_audience = any (activity.audience))
      -- Free is what one can have now: sign-up is open, and not all of it has begun. Of a draw a place in the lots.
      and (not only_free or activity.sign_up = 'none' or pool.id is not null
        and (activity.opens_at is null or activity.opens_at <= now()) and (activity.closes_at is null or activity.closes_at > now())
        and session.starts_at > now() and (activity.admission = 'draw' or pool.capacity - pool.taken - pool.held > 0))
    order by activity.id, session.starts_at
  ), found as (
    select coming.*, host.code as host_code, host.name as host, form.zh as form_zh, form.en as form_en, count(*) over () as total
    from coming join public.units host on host.id = coming.host_unit_id join public.activity_forms form on form.id = coming.form_id
    where (near_unit_id is null or host.path operator(extensions.<@) (select near_.path from public.units near_ where near_.id = near_unit_id))
      and (of_category_id is null or coming.category_id = of_category_id) and (of_form_id is null or coming.form_id = of_form_id)
      -- Visitors ask too, and may call nothing private: the key of a text is spelt out here.
      and strpos(regexp_replace(lower(normalize(coming.title || coalesce(coming.lecturer, '') || coming.at_venue || host.name, nfkc)), '[[:space:]]', '', 'g'),
        regexp_replace(lower(normalize(find_activities.query, nfkc)), '[[:space:]]', '', 'g')) > 0
  )
  select found.code, found.title, found.host_code, found.host, found.category_id, found.form_zh, found.form_en, found.at_venue, found.in_room, found.fee_fen, found.sign_up, found.admission,
    found.opens_at, found.closes_at, found.session_id, found.starts_at, found.ends_at, found.sessions::integer, found.capacity, found.free, found.total::integer
  from found order by found.starts_at, found.id limit least(greatest(page_size, 1), 50) offset greatest(skip, 0);
end;
