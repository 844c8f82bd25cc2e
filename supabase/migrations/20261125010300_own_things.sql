-- A person merged of several rows sees and does everything as one: courses joined, lessons finished and videos
-- begun under any of the rows (credits follow a merge by the ledger's own rule). New facts are recorded for the row that stands (private.my_person_id()).

-- Joins a course; joining twice changes nothing. Definer: residents may not write enrolments themselves.
create or replace function public.enrol(course_slug text) returns timestamptz
language plpgsql volatile security definer set search_path = '' as $$
declare
  learner_id bigint := private.my_person_id();
  joined_course_id bigint := (select id from public.courses where slug = course_slug and status = 'published');
  joined_at timestamptz;
begin
  if learner_id is null then perform private.refuse(403, 'introduction_needed'); end if;
  if joined_course_id is null then perform private.refuse(404, 'course_unknown'); end if;
  select min(enrolled_at) into joined_at from public.enrolments
  where person_id in (select private.rows_of_person(learner_id)) and course_id = joined_course_id;
  if joined_at is not null then return joined_at; end if;
  insert into public.enrolments (person_id, course_id) values (learner_id, joined_course_id)
  on conflict do nothing returning enrolled_at into joined_at;
  return coalesce(joined_at, (
    select enrolled_at from public.enrolments where person_id = learner_id and course_id = joined_course_id));
end $$;

alter policy "Accounts read published courses and those they joined" on public.courses
  using (status = 'published' or exists (
    select from public.enrolments enrolment
    where enrolment.course_id = courses.id and enrolment.person_id in (select private.my_person_ids())));

-- The published lesson that the person may study, or a refusal. A course that was withdrawn stays open to those in it.
create or replace function private.lesson_to_study(person_id bigint, lesson_id bigint, kind text) returns public.lessons
language plpgsql stable set search_path = '' as $$
declare
  lesson public.lessons;
  is_enrolled boolean;
begin
  select lessons.* into lesson from public.lessons
  join public.courses course on course.id = lessons.course_id
  where lessons.id = lesson_to_study.lesson_id and lessons.kind = lesson_to_study.kind
    and lessons.status = 'published' and course.status in ('published', 'withdrawn');
  is_enrolled := exists (select from public.enrolments enrolment
    where enrolment.person_id in (select private.rows_of_person(lesson_to_study.person_id)) and enrolment.course_id = lesson.course_id);
  if lesson.id is null or not is_enrolled and not exists (
    select from public.courses course where course.id = lesson.course_id and course.status = 'published')
  then perform private.refuse(404, 'lesson_unknown'); end if;
  if not is_enrolled then perform private.refuse(403, 'not_enrolled'); end if;
  return lesson;
end $$;

-- A course is complete when every published lesson is, under whichever row of the person: judged when a lesson is finished,
-- and for everybody in it when a lesson is withdrawn.
create or replace function private.complete_course(course_id bigint, person_id bigint, at timestamptz) returns void
language sql volatile set search_path = ''
begin atomic
  update public.enrolments enrolment set completed_at = complete_course.at
  where enrolment.course_id = complete_course.course_id and enrolment.completed_at is null
    and (complete_course.person_id is null or enrolment.person_id in (select private.rows_of_person(complete_course.person_id)))
    and exists (select from public.lessons lesson where lesson.course_id = enrolment.course_id and lesson.status = 'published')
    and not exists (
      select from public.lessons lesson
      where lesson.course_id = enrolment.course_id and lesson.status = 'published' and not exists (
        select from public.lesson_completions completion
        where completion.person_id in (select private.rows_of_person(enrolment.person_id)) and completion.lesson_id = lesson.id));
end;

-- Completes a lesson: the completion, the participation, the credit and, with the last lesson, the course; once. Called
-- again it changes nothing and answers the same, so that a lost answer can be asked for again. The learner is locked.
-- Hours are study time the server saw pass, at most one run of the lesson at the slowest speed (longest_ms): nominal
-- minutes would count hours nobody sat, and a lesson left looping would count a night.
create or replace function private.complete_lesson(person_id bigint, lesson_id bigint, grounds jsonb, started_at timestamptz,
  ended_at timestamptz, study_ms bigint, longest_ms bigint, channel text) returns jsonb
language plpgsql volatile set search_path = '' as $$
declare
  -- A lesson finished under another row of the same person is finished: it earns nothing again.
  earlier_id bigint := (select min(completion.person_id) from public.lesson_completions completion
    where completion.lesson_id = complete_lesson.lesson_id
      and completion.person_id in (select private.rows_of_person(complete_lesson.person_id)));
  event_key text := format('lesson:%s:%s', lesson_id, coalesce(earlier_id, person_id));
  studied interval := least(study_ms, longest_ms) * interval '1 millisecond';
  lesson public.lessons;
  course public.courses;
  new_participation_id bigint;
begin
  select * into lesson from public.lessons where id = complete_lesson.lesson_id;
  select * into course from public.courses where id = lesson.course_id;

  if earlier_id is null then
    insert into public.lesson_completions (person_id, lesson_id, completed_at, grounds)
    values (complete_lesson.person_id, lesson.id, complete_lesson.ended_at, complete_lesson.grounds);
    perform private.complete_course(course.id, complete_lesson.person_id, complete_lesson.ended_at);

    -- An event counts in the year of its start. What was begun last year and finished in this one must not change a year
    -- that has been reported: then it starts with the study time before its end.
    if private.china_year(started_at) <> private.china_year(ended_at - studied) then started_at := ended_at - studied; end if;
    new_participation_id := private.record_participation(event_key, complete_lesson.person_id, lesson.id,
      complete_lesson.started_at, complete_lesson.ended_at, round((extract(epoch from studied) / 3600)::numeric, 2), channel);
    perform private.post_credit(event_key, new_participation_id,
      case course.kind when 'micro_lecture' then 'micro_lecture_completed' else 'lesson_completed' end, lesson.minutes);
  end if;

  return (
    select jsonb_build_object(
      'lessonTitle', lesson.title, 'courseTitle', course.title, 'participationId', posting.participation_id,
      'milliCredits', posting.milli_credits, 'minutes', posting.minutes,
      'milliCreditsPerMinute', posting.milli_credits_per_minute, 'ruleZh', rule.zh, 'ruleEn', rule.en,
      'balanceMilliCredits', posting.balance_after_milli_credits,
      'courseCompleted', exists (select from public.enrolments enrolment
        where enrolment.person_id in (select private.rows_of_person(complete_lesson.person_id))
          and enrolment.course_id = course.id and enrolment.completed_at is not null))
    from public.credit_postings posting join public.credit_rules rule on rule.id = posting.rule_id
    where posting.key = event_key
  );
end $$;

create or replace function private.open_watch_at(person_id bigint, lesson_id bigint, device text, channel text, at timestamptz default null)
returns jsonb
language plpgsql volatile set search_path = '' as $$
declare
  lesson public.lessons;
  media public.media;
  progress public.lesson_progress;
  superseded_device text;
  new_watch_id uuid;
  is_first boolean;
begin
  perform private.lock_learner(open_watch_at.person_id);
  at := coalesce(at, clock_timestamp());
  if length(open_watch_at.device) between 1 and 80 is not true then perform private.refuse(422, 'device_invalid', '{"field": "device"}'); end if;
  if open_watch_at.channel in ('web', 'wechat_h5') is not true then perform private.refuse(422, 'channel_invalid', '{"field": "channel"}'); end if;
  lesson := private.lesson_to_study(open_watch_at.person_id, open_watch_at.lesson_id, 'video');
  select * into media from public.media where id = lesson.media_id;

  with ended as (
    update public.watches live
    set ended_at = least(at, live.expires_at), end_reason = case when live.expires_at < at then 'expired' else 'superseded' end
    where live.person_id in (select private.rows_of_person(open_watch_at.person_id)) and live.ended_at is null
    returning live.device, live.end_reason
  )
  select ended.device into superseded_device from ended where ended.end_reason = 'superseded';

  -- The slack is given once per person and media version: many short watches would add it up. A row that others were merged
  -- into goes on where any of them stopped.
  with others as (
    select range_agg(piece) as watched, sum(seen.study_ms) as study_ms, (array_agg(seen.position_ms order by seen.updated_at desc))[1] as position_ms,
      count(distinct seen.person_id) as rows
    from public.lesson_progress seen left join lateral unnest(seen.watched) piece on true
    where seen.person_id in (select private.rows_of_person(open_watch_at.person_id)) and seen.person_id <> open_watch_at.person_id
      and seen.lesson_id = lesson.id and seen.media_id = media.id
  ), begun as (
    insert into public.lesson_progress (person_id, lesson_id, media_id, watched, watched_ms, position_ms, updated_at)
    select open_watch_at.person_id, lesson.id, media.id, coalesce(others.watched, '{}'), private.length_ms(coalesce(others.watched, '{}')),
      coalesce(others.position_ms, 0), at
    from others on conflict do nothing returning 1
  )
  select exists (select from begun) and others.rows = 0 into is_first from others;
  insert into public.watches (person_id, lesson_id, media_id, device, channel, opened_at, expires_at, slack_ms)
  values (open_watch_at.person_id, lesson.id, media.id, open_watch_at.device, open_watch_at.channel, at,
    at + interval '24 hours', case when is_first then 5000 else 0 end)
  returning id into new_watch_id;
  select * into progress from public.lesson_progress seen
  where seen.person_id = open_watch_at.person_id and seen.lesson_id = lesson.id and seen.media_id = media.id;

  return jsonb_build_object(
    'watchId', new_watch_id, 'mediaId', media.id, 'durationMs', media.duration_ms, 'positionMs', progress.position_ms,
    'watched', private.ranges_json(progress.watched), 'watchedMs', progress.watched_ms, 'requiredShare', lesson.watched_share,
    'requiredMs', private.required_ms(media.duration_ms, lesson.watched_share),
    'missing', private.ranges_json(int4multirange(int4range(0, media.duration_ms)) - progress.watched),
    'completed', exists (select from public.lesson_completions completion
      where completion.person_id in (select private.rows_of_person(open_watch_at.person_id)) and completion.lesson_id = lesson.id),
    'supersededDevice', superseded_device);
end $$;

-- The courses the asker has joined, the last touched first, each with how far it is and where to go on: one line a course,
-- under however many rows it was joined.
create or replace function public.my_courses()
returns table (slug text, kind text, title text, category_id text, poster text, minutes smallint, lesson_count smallint,
  published boolean, done bigint, next_lesson_slug text, next_lesson_title text, enrolled_at timestamptz,
  completed_at timestamptz, touched_at timestamptz)
language sql stable set search_path = ''
begin atomic
  with mine as (
    select private.my_person_ids() as id
  ), joined as (
    select enrolment.course_id, min(enrolment.enrolled_at) as enrolled_at, min(enrolment.completed_at) as completed_at
    from public.enrolments enrolment where enrolment.person_id in (select mine.id from mine)
    group by enrolment.course_id
  )
  select course.slug, course.kind, course.title, course.category_id, course.poster, course.minutes, course.lesson_count,
    course.status = 'published', progress.done, following.slug, following.title, joined.enrolled_at,
    joined.completed_at, coalesce(progress.last_at, joined.enrolled_at)
  from joined
  join public.courses course on course.id = joined.course_id
  cross join lateral (
    select count(distinct lesson.id) as done, max(completion.completed_at) as last_at
    from public.lessons lesson
    join public.lesson_completions completion on completion.lesson_id = lesson.id and completion.person_id in (select mine.id from mine)
    where lesson.course_id = course.id and lesson.status = 'published'
  ) progress
  left join lateral (
    select lesson.slug, lesson.title from public.lessons lesson
    where lesson.course_id = course.id and lesson.status = 'published' and not exists (
      select from public.lesson_completions completion
      where completion.lesson_id = lesson.id and completion.person_id in (select mine.id from mine))
    order by lesson.position limit 1
  ) following on true
  order by coalesce(progress.last_at, joined.enrolled_at) desc, course.id;
end;

-- The asker's own hours and events of learning by year; corrected rows give way to their corrections.
create or replace function public.my_hours()
returns table (year smallint, hours numeric, person_times bigint)
language sql stable set search_path = ''
begin atomic
  select fact.year, sum(fact.hours), count(*)
  from public.participations fact
  where fact.person_id in (select private.my_person_ids()) and fact.status = 'attended' and fact.role in ('learner', 'guardian')
    and not exists (select from public.participations later where later.corrects = fact.id)
  group by fact.year order by fact.year desc;
end;

-- The children in the asker's care: what the page "my learning" lists. Definer: a guardian reads no other person's row.
create function public.my_children()
returns table (person_id bigint, name text, birth_year smallint, relation text, consent boolean)
language sql stable security definer set search_path = ''
begin atomic
  select distinct on (coalesce(child.counts_as, child.id)) coalesce(child.counts_as, child.id), child.name, child.birth_year, link.relation, link.consent
  from public.guardians link join public.persons child on child.id = link.child_id
  where link.guardian_id in (select private.my_person_ids()) and (link.valid_to is null or link.valid_to >= private.china_date(now()))
  order by coalesce(child.counts_as, child.id), link.id;
end;
grant execute on function public.my_children() to authenticated;
