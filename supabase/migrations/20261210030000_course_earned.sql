-- Whoever finishes the last lesson of a course is told of both: what the lesson brought, and what the course, with its rule or the cap
-- that left it out. The award for the course hangs on the lesson that was begun last, which is not always the one that was finished last.

-- What the course brought when this lesson finished it; null where another lesson did, nothing was to be had, or it was taken back.
create function private.course_earned(of_person_id bigint, of_lesson_id bigint) returns jsonb
language plpgsql stable set search_path = '' as $$
declare
  of_course_id bigint;
  own bigint[];
begin
  -- First what costs least: most regions have no such rule, and most lessons are not the last.
  if not exists (select from public.credit_rule_versions version where version.rule_id = 'course_completed') then return null; end if;
  own := array(select private.rows_of_person(of_person_id));
  select enrolment.course_id into of_course_id from public.lessons lesson
  join public.lesson_completions completion on completion.lesson_id = lesson.id and completion.person_id = any (own)
  join public.enrolments enrolment on enrolment.course_id = lesson.course_id and enrolment.person_id = any (own) and enrolment.completed_at = completion.completed_at
  where lesson.id = of_lesson_id limit 1;
  if not found then return null; end if;
  return (
    select jsonb_build_object('ruleZh', rule.zh, 'ruleEn', rule.en, 'rate', version.milli_credits, 'milliCredits', whole.milli_credits,
      'reason', whole.reason, 'balanceMilliCredits', whole.balance_after_milli_credits)
    from public.participations fact
    join public.credit_postings whole on whole.participation_id = fact.id and whole.kind = 'award' and whole.rule_id = 'course_completed'
    join public.credit_rules rule on rule.id = whole.rule_id
    join public.credit_rule_versions version on version.id = whole.rule_version_id
    where fact.course_id = of_course_id and fact.person_id = any (own)
      and not exists (select from public.credit_postings reversal where reversal.reverses = whole.id)
    order by whole.id desc limit 1);
end $$;

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
  whole jsonb;
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
    if exists (select from private.course_completions waiting where waiting.course_id = course.id and waiting.person_id in (select private.rows_of_person(complete_lesson.person_id))) then
      perform private.settle_course(complete_lesson.person_id, course.id);
    end if;
  end if;

  whole := private.course_earned(complete_lesson.person_id, lesson.id);
  return (
    select jsonb_build_object(
      'lessonTitle', lesson.title, 'courseTitle', course.title, 'participationId', posting.participation_id,
      'milliCredits', posting.milli_credits, 'minutes', posting.minutes,
      'milliCreditsPerMinute', posting.milli_credits_per_minute, 'ruleZh', rule.zh, 'ruleEn', rule.en,
      'balanceMilliCredits', coalesce((whole ->> 'balanceMilliCredits')::bigint, posting.balance_after_milli_credits),
      'courseCompleted', exists (select from public.enrolments enrolment
        where enrolment.person_id in (select private.rows_of_person(complete_lesson.person_id))
          and enrolment.course_id = course.id and enrolment.completed_at is not null))
      || case when whole is null then '{}' else jsonb_build_object('course', whole) end
    from public.credit_postings posting join public.credit_rules rule on rule.id = posting.rule_id
    where posting.key = event_key
  );
end $$;

-- The same of one's own, for the page of a lesson that is finished.
create function public.course_earned(lesson_id bigint) returns jsonb
language sql stable security definer set search_path = ''
begin atomic
  select private.course_earned(private.my_person_id(), course_earned.lesson_id);
end;
grant execute on function public.course_earned(bigint) to authenticated;
