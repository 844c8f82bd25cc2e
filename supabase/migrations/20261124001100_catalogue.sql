-- What resident pages read in one call each and PostgREST would need several for. All run with the asker's rights:
-- the policies of the tables decide what a visitor sees, so nothing here can show more.

-- Published courses of a kind, newest first, a page at a time. A category matches as the main or as a further one.
create function public.list_courses(course_kind text, in_category text default null, for_audience text default null,
  page integer default 1, page_size integer default 12)
returns table (slug text, kind text, title text, summary text, category_id text, author text, host_name text,
  minutes smallint, lesson_count smallint, poster text, first_lesson_slug text, updated_on date, total bigint)
language sql stable set search_path = ''
begin atomic
  select course.slug, course.kind, course.title, course.summary, course.category_id, course.author, host.name,
    course.minutes, course.lesson_count, course.poster,
    (select lesson.slug from public.lessons lesson
      where lesson.course_id = course.id and lesson.status = 'published' order by lesson.position limit 1),
    course.updated_on, count(*) over ()
  from public.courses course
  left join public.units host on host.id = course.host_unit_id
  where course.status = 'published' and course.kind = course_kind
    and (in_category is null or course.category_id = in_category or exists (
      select from public.course_categories also where also.course_id = course.id and also.category_id = in_category))
    and (for_audience is null or for_audience = any (course.audience))
  order by course.updated_on desc, course.id desc
  limit least(greatest(page_size, 1), 48)
  offset (least(greatest(page, 1), 10000) - 1) * least(greatest(page_size, 1), 48);
end;
grant execute on function public.list_courses(text, text, text, integer, integer) to anon, authenticated;

-- What the courses of a kind can be filtered by, with how many there are.
create function public.course_filters(course_kind text)
returns table (filter text, id text, zh text, en text, courses bigint)
language sql stable set search_path = ''
begin atomic
  with published as (
    select course.id, course.category_id, course.audience from public.courses course
    where course.status = 'published' and course.kind = course_kind
  ), filed as (
    select published.id as course_id, published.category_id from published
    union
    select also.course_id, also.category_id from public.course_categories also join published on published.id = also.course_id
  ), found as (
    select 'category' as filter, category.id, category.zh, category.en, count(*) as courses, category.position
    from filed join public.categories category on category.id = filed.category_id
    group by category.id
    union all
    select 'audience', population_group.id, population_group.zh, population_group.en, count(*), population_group.position
    from published cross join lateral unnest(published.audience) member
    join public.population_groups population_group on population_group.id = member
    group by population_group.id
  )
  select found.filter, found.id, found.zh, found.en, found.courses from found order by found.filter, found.position;
end;
grant execute on function public.course_filters(text) to anon, authenticated;

-- The courses the asker has joined, the last touched first, each with how far it is and where to go on.
create function public.my_courses()
returns table (slug text, kind text, title text, category_id text, poster text, minutes smallint, lesson_count smallint,
  published boolean, done bigint, next_lesson_slug text, next_lesson_title text, enrolled_at timestamptz,
  completed_at timestamptz, touched_at timestamptz)
language sql stable set search_path = ''
begin atomic
  select course.slug, course.kind, course.title, course.category_id, course.poster, course.minutes, course.lesson_count,
    course.status = 'published', progress.done, following.slug, following.title, enrolment.enrolled_at,
    enrolment.completed_at, coalesce(progress.last_at, enrolment.enrolled_at)
  from public.enrolments enrolment
  join public.courses course on course.id = enrolment.course_id
  cross join lateral (
    select count(*) as done, max(completion.completed_at) as last_at
    from public.lessons lesson
    join public.lesson_completions completion on completion.lesson_id = lesson.id and completion.person_id = enrolment.person_id
    where lesson.course_id = course.id and lesson.status = 'published'
  ) progress
  left join lateral (
    select lesson.slug, lesson.title from public.lessons lesson
    where lesson.course_id = course.id and lesson.status = 'published' and not exists (
      select from public.lesson_completions completion
      where completion.lesson_id = lesson.id and completion.person_id = enrolment.person_id)
    order by lesson.position limit 1
  ) following on true
  where enrolment.person_id = (select private.my_person_id())
  order by coalesce(progress.last_at, enrolment.enrolled_at) desc, course.id;
end;
grant execute on function public.my_courses() to authenticated;

-- The asker's own hours and events of learning by year; corrected rows give way to their corrections.
create function public.my_hours()
returns table (year smallint, hours numeric, person_times bigint)
language sql stable set search_path = ''
begin atomic
  select fact.year, sum(fact.hours), count(*)
  from public.participations fact
  where fact.person_id = (select private.my_person_id()) and fact.status = 'attended' and fact.role in ('learner', 'guardian')
    and not exists (select from public.participations later where later.corrects = fact.id)
  group by fact.year order by fact.year desc;
end;
grant execute on function public.my_hours() to authenticated;

-- Two steps of the network below an administration (null: the region): its own schools, the administrations one step
-- down with how many open schools each has in all, and the schools that belong to these directly. Today is written
-- out: visitors may call nothing in private.
create function public.schools_below(unit_code text default null)
returns table (code text, parent_code text, name text, local_name text, level text, kind_zh text, kind_en text,
  teaching boolean, schools bigint)
language sql stable set search_path = ''
begin atomic
  with top as (
    select unit.id, unit.code from public.units unit
    where case when unit_code is null then unit.parent_id is null else unit.code = unit_code end
  ), shown as (
    select unit.*, top.code as parent_code, kind.zh, kind.en, kind.nature, 1 as step
    from top join public.units unit on unit.parent_id = top.id
    join public.unit_kinds kind on kind.id = unit.kind_id
    where kind.nature in ('administration', 'teaching')
    union all
    select unit.*, above.code, kind.zh, kind.en, kind.nature, 2
    from top join public.units above on above.parent_id = top.id and above.kind_id = 'administration'
    join public.units unit on unit.parent_id = above.id
    join public.unit_kinds kind on kind.id = unit.kind_id
    where kind.nature = 'teaching'
  )
  select shown.code, shown.parent_code, shown.name, shown.local_name, shown.level, shown.zh, shown.en,
    shown.nature = 'teaching',
    case when shown.nature = 'administration' then (
      select count(*) from public.units below join public.unit_kinds kind on kind.id = below.kind_id
      where below.path operator(extensions.<@) shown.path and kind.nature = 'teaching'
        and (below.closed_on is null or below.closed_on > (now() at time zone 'Asia/Shanghai')::date))
    end
  from shown
  where shown.closed_on is null or shown.closed_on > (now() at time zone 'Asia/Shanghai')::date
  order by shown.step, shown.id;
end;
grant execute on function public.schools_below(text) to anon, authenticated;
