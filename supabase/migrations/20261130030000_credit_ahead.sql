-- What a course or a lesson would earn, said before anybody joins it. Posting and asking go the same way: which rule a lesson
-- fires, on which day it counts and what that is worth is each in one function, which both call.

-- The rule that a finished lesson of a kind of course fires.
create function private.lesson_rule(course_kind text) returns text
language sql immutable parallel safe
return case course_kind when 'micro_lecture' then 'micro_lecture_completed' else 'lesson_completed' end;

-- An event counts in the year of its start. What was begun last year and finished in this one must not change a year
-- that has been reported: then it starts with the study time before its end.
create function private.event_start(started_at timestamptz, ended_at timestamptz, studied interval) returns timestamptz
language sql stable parallel safe
return case when private.china_year(started_at) <> private.china_year(ended_at - studied) then ended_at - studied else started_at end;

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

    new_participation_id := private.record_participation(event_key, complete_lesson.person_id, lesson.id,
      private.event_start(complete_lesson.started_at, complete_lesson.ended_at, studied), complete_lesson.ended_at,
      round((extract(epoch from studied) / 3600)::numeric, 2), channel);
    perform private.post_credit(event_key, new_participation_id, private.lesson_rule(course.kind), lesson.minutes);
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

-- The day on which a lesson would count if it were finished now: that of its beginning, for who has begun it.
create function private.lesson_day(of_person_id bigint, of_lesson_id bigint) returns date
language plpgsql stable set search_path = '' as $$
declare
  begun_at timestamptz;
begin
  select least(
    (select min(sitting.opened_at) from public.watches sitting where sitting.person_id = of_person_id and sitting.lesson_id = of_lesson_id),
    (select private.reading_start(reading) from public.readings reading where reading.person_id = of_person_id and reading.lesson_id = of_lesson_id)
  ) into begun_at;
  return private.china_date(private.event_start(coalesce(begun_at, now()), now(), interval '0'));
end $$;

-- What events by a rule that count on a day would bring somebody now, with the terms and caps that they would stand under:
-- for whatever can be joined, before it is. Whole is without caps. Nobody: as for somebody without a history.
create function private.credit_ahead(of_person_id bigint, of_rule_id text, day date, minutes bigint, events integer) returns jsonb
language plpgsql stable set search_path = '' as $$
declare
  worth private.credit_worth := private.credit_worth(of_person_id, of_rule_id, credit_ahead.day, credit_ahead.minutes, events);
begin
  return (
    select jsonb_build_object(
      'rule', rule.id, 'zh', rule.zh, 'en', rule.en, 'day', credit_ahead.day, 'isToday', credit_ahead.day = private.china_date(now()),
      'minutes', credit_ahead.minutes, 'events', events, 'basis', version.basis, 'rate', version.milli_credits, 'perMinutes', version.per_minutes,
      'wholeMilliCredits', worth.uncapped_milli_credits, 'milliCredits', worth.milli_credits,
      'milliPoints', worth.milli_credits * coalesce(private.points_per_credit(), 0), 'pointsPerCredit', private.points_per_credit(),
      'outcome', worth.outcome, 'reason', worth.reason,
      'caps', (
        select coalesce(jsonb_agg(jsonb_build_object('period', cap.period, 'amount', cap.amount)
          order by array_position(array['day', 'week', 'month', 'year', 'lifetime'], cap.period)), '[]')
        from public.credit_caps cap where cap.id = any ((worth.caps).cap_ids)))
    from public.credit_rules rule left join public.credit_rule_versions version on version.id = worth.version_id
    where rule.id = of_rule_id
  );
end $$;

-- What courses would earn somebody who finished them now, or a lesson of theirs: for each how many lessons there are and are
-- done, what those brought, and what the others would, by rule and day. Nobody: what holds for everybody.
create function private.courses_ahead(of_person_id bigint, course_slugs text[], lesson_slug text)
returns table (course_slug text, is_personal boolean, lessons integer, done integer, earned_milli_credits bigint, ahead jsonb)
language plpgsql stable set search_path = '' as $$
declare
  rows_of_them bigint[] := array(select private.rows_of_person(of_person_id));
begin
  return query
  with asked as materialized (
    select course.slug, private.lesson_rule(course.kind) as rule_id, lesson.id, lesson.minutes,
      exists (select from public.lesson_completions completion where completion.lesson_id = lesson.id and completion.person_id = any (rows_of_them)) as is_done
    from public.courses course
    join public.lessons lesson on lesson.course_id = course.id and lesson.status = 'published'
      and (courses_ahead.lesson_slug is null or lesson.slug = courses_ahead.lesson_slug)
    where course.slug = any (course_slugs[1:48]) and (course.status = 'published' or course.status = 'withdrawn' and exists (
      select from public.enrolments enrolment where enrolment.course_id = course.id and enrolment.person_id = any (rows_of_them)))
  ), undone as (
    select asked.slug, asked.rule_id, private.lesson_day(of_person_id, asked.id) as day, asked.minutes from asked where not asked.is_done
  ), bundles as (
    select undone.slug, undone.day, private.credit_ahead(of_person_id, undone.rule_id, undone.day, sum(undone.minutes)::bigint, count(*)::integer) as bundle
    from undone group by undone.slug, undone.rule_id, undone.day
  ), brought as (
    select asked.slug, sum(posting.milli_credits)::bigint as milli_credits
    from asked
    join public.participations fact on fact.lesson_id = asked.id and fact.person_id = any (rows_of_them)
    join public.credit_postings posting on posting.participation_id = fact.id
    where asked.is_done group by asked.slug
  )
  select asked.slug, of_person_id is not null, count(*)::integer, count(*) filter (where asked.is_done)::integer,
    coalesce((select brought.milli_credits from brought where brought.slug = asked.slug), 0),
    coalesce((select jsonb_agg(bundles.bundle order by bundles.day desc) from bundles where bundles.slug = asked.slug), '[]')
  from asked group by asked.slug;
end $$;

-- Definer: what counts for somebody stands in tables that nobody reads directly.
create function public.credit_ahead(course_slugs text[], lesson_slug text default null)
returns table (course_slug text, is_personal boolean, lessons integer, done integer, earned_milli_credits bigint, ahead jsonb)
language plpgsql stable security definer set search_path = '' as $$
begin
  return query select * from private.courses_ahead(private.my_person_id(), credit_ahead.course_slugs, credit_ahead.lesson_slug);
end $$;
grant execute on function public.credit_ahead(text[], text) to authenticated;

-- For visitors, whom the server answers: they call nothing themselves that runs with the rights of the owner.
create function private.credit_ahead_for_all(course_slugs text[], lesson_slug text)
returns table (course_slug text, is_personal boolean, lessons integer, done integer, earned_milli_credits bigint, ahead jsonb)
language plpgsql stable security definer set search_path = '' as $$
begin
  return query select * from private.courses_ahead(null, credit_ahead_for_all.course_slugs, credit_ahead_for_all.lesson_slug);
end $$;
grant execute on function private.credit_ahead_for_all(text[], text) to job_server;
