-- Whom an activity is for, so that residents find theirs: the groups it admits; the groups by age that make up most of the ages it admits;
-- and where it narrows neither, everybody. Kept with the activity, for every page of the list asks for it.
alter table public.activities add column audience text[] not null default '{resident}';

create function private.set_audience() returns trigger
language plpgsql stable set search_path = '' as $$
begin
  new.audience := array(
    select one.id from public.population_groups one
    where one.id = any (new.for_groups)
      or new.ages <> int4range(0, 121) and not isempty(one.ages * new.ages)
        and 3 * (upper(one.ages * new.ages) - lower(one.ages * new.ages)) >= 2 * (upper(new.ages) - lower(new.ages))
    order by one.position);
  if new.audience = '{}' then new.audience := '{resident}'; end if;
  return new;
end $$;
create trigger activities_set_audience before insert or update of ages, for_groups, audience on public.activities for each row execute function private.set_audience();
update public.activities activity set audience = '{}';
create index activities_audience_idx on public.activities using gin (audience);
grant select (audience) on public.activities to anon;

-- What residents find: published activities with a session to come, the next first. Every filter may be null. `near` is a unit: a
-- place with all below, or one school.
drop function public.find_activities(integer, date, date, text, text, boolean, text, integer, integer);
create function public.find_activities(near_unit_id integer default null, from_day date default null, until_day date default null, of_category_id text default null,
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
      and (not only_free or pool.id is null or pool.capacity - pool.taken - pool.held > 0)
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
grant execute on function public.find_activities(integer, date, date, text, text, boolean, text, integer, integer, text) to anon, authenticated;

-- What coming activities can be looked for by: places and schools in the order of the network, categories, forms and groups in theirs.
create or replace function public.activity_filters()
returns table (filter text, id text, zh text, en text, depth integer, activities integer)
language sql stable set search_path = ''
begin atomic
  with coming as (
    select activity.id, activity.category_id, activity.form_id, activity.audience, host.id as host_id, host.path
    from public.activities activity join public.units host on host.id = activity.host_unit_id
    where activity.status = 'published' and activity.published_at is not null
      and exists (select from public.activity_sessions session where session.activity_id = activity.id and session.cancelled_at is null and session.ends_at > now())
  ), found as (
    select 'category' as filter, category.id, category.zh, category.en, 0 as depth, count(*)::integer as activities, category.position::text as place
    from coming join public.categories category on category.id = coming.category_id group by category.id
    union all
    select 'form', form.id, form.zh, form.en, 0, count(*)::integer, lpad(form.position::text, 3, '0')
    from coming join public.activity_forms form on form.id = coming.form_id group by form.id
    union all
    select 'audience', one.id, coalesce(one.plain_zh, one.zh), coalesce(one.plain_en, one.en), 0, count(*)::integer, lpad(one.position::text, 3, '0')
    from coming join public.population_groups one on one.id = any (coming.audience) group by one.id
    union all
    select 'place', unit.code, unit.name, unit.name, extensions.nlevel(unit.path) - 1, count(*)::integer, unit.path::text
    from coming join public.units unit on unit.path operator(extensions.@>) coming.path
    join public.unit_kinds kind on kind.id = unit.kind_id and (kind.nature = 'administration' or unit.id = coming.host_id)
    where unit.parent_id is not null group by unit.id
  )
  select found.filter, found.id, found.zh, found.en, found.depth, found.activities
  from found order by found.filter, case when found.filter = 'category' then lpad(found.place, 3, '0') else found.place end;
end;
