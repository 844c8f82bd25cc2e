-- Watch time that the server can vouch for, and what follows from it: progress, completion, participation, credit.
--
-- A watch is one sitting of one person with one version of one media. The player reports in beats: which ranges it has
-- played since the last one. A beat is judged once, when it first arrives, against the clock of its watch:
--
--   what the watch has been credited so far, in media time, never exceeds  (now − opened) × 2 + slack
--
-- 2 is the player's fastest speed. What a beat claims beyond that is kept on the beat as excess, flagged on the watch and
-- not counted. Progress is the union of what was credited in all watches of that media version: a replay adds nothing.
--
-- Beats are judged in order of arrival, not of sequence. An honest beat arrives after what it reports was played, so in
-- any order, in any grouping, however late and however often sent, honest beats are credited whole and end in the same
-- state. Judging in order of sequence would promise no more, and would have to take back credit when a late forged beat
-- turns up; so progress only ever grows, and a beat costs the same however long the watch is. The beats of one call are
-- judged in order of sequence. The sequence number tells a repeat: the first one counts.
--
-- Waiting cannot be told from watching without a network (a tunnel, a lift): whoever opens a watch, waits and then claims
-- gets as much as the wait allows. It is plausible playback, not attention, and the credit rules say so.
--
-- Locks, in this order: learner (advisory; the first thing every function here takes, so one person's calls queue) →
-- network tree (shared) → person → coverage cells in key order → credit account. Other domains that record
-- participations start at the tree and never ask for a learner afterwards.

create table public.watches (
  id uuid primary key default gen_random_uuid(),
  person_id bigint not null references public.persons on delete restrict,
  lesson_id bigint not null references public.lessons on delete restrict,
  media_id bigint not null references public.media on delete restrict,
  device text not null check (length(device) between 1 and 80),
  channel text not null check (channel in ('web', 'wechat_h5')),
  opened_at timestamptz not null,
  last_beat_at timestamptz,
  expires_at timestamptz not null,
  ended_at timestamptz,
  end_reason text check (end_reason in ('closed', 'superseded', 'expired')),
  slack_ms integer not null check (slack_ms >= 0),
  -- What its beats add up to.
  last_seq integer not null default 0,
  credited int4multirange not null default '{}',
  study_ms integer not null default 0 check (study_ms >= 0),
  flagged_ms bigint not null default 0 check (flagged_ms >= 0),
  constraint watches_end_with_reason check ((ended_at is null) = (end_reason is null))
) with (fillfactor = 75); -- a beat rewrites the row; in the same page that touches no index
comment on column public.watches.credited is 'Media time, in milliseconds, that this watch was credited.';
comment on column public.watches.flagged_ms is 'Claimed beyond what the clock allows: for review, never counted.';
create unique index watches_one_live on public.watches (person_id) where ended_at is null;
create index watches_person_id_idx on public.watches (person_id, lesson_id);
create index watches_lesson_id_idx on public.watches (lesson_id);
create index watches_media_id_idx on public.watches (media_id);

create table public.beats (
  watch_id uuid not null references public.watches on delete cascade,
  seq integer not null check (seq > 0),
  claimed int4multirange not null,
  excess int4multirange not null,
  rate numeric(3, 2) not null check (rate between 0.5 and 2),
  study_ms integer not null check (study_ms >= 0),
  received_at timestamptz not null,
  primary key (watch_id, seq)
);

create table public.lesson_progress (
  person_id bigint not null references public.persons on delete restrict,
  lesson_id bigint not null references public.lessons on delete restrict,
  media_id bigint not null references public.media on delete restrict,
  watched int4multirange not null default '{}',
  watched_ms integer not null default 0 check (watched_ms >= 0),
  study_ms bigint not null default 0 check (study_ms >= 0),
  position_ms integer not null default 0 check (position_ms >= 0),
  updated_at timestamptz not null,
  primary key (person_id, lesson_id, media_id)
) with (fillfactor = 75);
comment on column public.lesson_progress.position_ms is 'Where to go on: the playhead of the last beat.';
create index lesson_progress_lesson_id_idx on public.lesson_progress (lesson_id);
create index lesson_progress_media_id_idx on public.lesson_progress (media_id);

create table public.readings (
  person_id bigint not null references public.persons on delete restrict,
  lesson_id bigint not null references public.lessons on delete restrict,
  opened_at timestamptz not null,
  finished_at timestamptz,
  primary key (person_id, lesson_id)
);
create index readings_lesson_id_idx on public.readings (lesson_id);

alter table public.watches enable row level security;
alter table public.beats enable row level security;
alter table public.lesson_progress enable row level security;
alter table public.readings enable row level security;
grant select on public.watches, public.beats, public.lesson_progress, public.readings to authenticated;
create policy "People read their own watches" on public.watches for select to authenticated
  using (person_id = (select private.my_person_id()));
create policy "People read the beats of their own watches" on public.beats for select to authenticated
  using (exists (select from public.watches watch
    where watch.id = watch_id and watch.person_id = (select private.my_person_id())));
create policy "People read their own progress" on public.lesson_progress for select to authenticated
  using (person_id = (select private.my_person_id()));
create policy "People read their own readings" on public.readings for select to authenticated
  using (person_id = (select private.my_person_id()));

-- ── ranges ──────────────────────────────────────────────────────────────────────────────────────────────────────────

-- What every beat calls is PL/pgSQL, which keeps its plans between calls; SQL functions would be planned again each time.

create function private.length_ms(ranges int4multirange) returns integer
language plpgsql immutable parallel safe set search_path = '' as $$
begin
  return (select coalesce(sum(upper(piece) - lower(piece)), 0) from unnest(ranges) piece);
end $$;

-- The first so many milliseconds of the ranges.
create function private.earliest_ms(ranges int4multirange, ms bigint) returns int4multirange
language sql immutable parallel safe set search_path = ''
begin atomic
  select coalesce(range_agg(int4range(lower(piece), least(upper(piece), lower(piece) + ms - before)::integer)), '{}')
  from (
    select piece, coalesce(sum(upper(piece) - lower(piece)) over (order by piece rows between unbounded preceding and 1 preceding), 0) as before
    from unnest(ranges) piece
  ) pieces
  where before < ms;
end;

create function private.ranges_json(ranges int4multirange) returns jsonb
language plpgsql immutable parallel safe set search_path = '' as $$
begin
  return (select coalesce(jsonb_agg(jsonb_build_array(lower(piece), upper(piece)) order by piece), '[]') from unnest(ranges) piece);
end $$;

-- [[from, to], …] in milliseconds, clipped to the media. Null for what is not that.
create function private.read_ranges(ranges jsonb, duration_ms integer) returns int4multirange
language plpgsql immutable set search_path = '' as $$
begin
  if jsonb_typeof(ranges) is distinct from 'array' then return null; end if;
  if jsonb_array_length(ranges) > 200 then return null; end if;
  return (
    select case when coalesce(bool_and(coalesce(from_ms >= 0 and from_ms < to_ms and element -> 2 is null, false)), true) then
      coalesce(range_agg(int4range(least(round(from_ms), duration_ms)::integer, least(round(to_ms), duration_ms)::integer))
        filter (where from_ms >= 0 and from_ms < to_ms), '{}') end
    from jsonb_array_elements(ranges) element
    cross join lateral (select
      case jsonb_typeof(element -> 0) when 'number' then (element -> 0)::numeric end as from_ms,
      case jsonb_typeof(element -> 1) when 'number' then (element -> 1)::numeric end as to_ms) bounds
  );
end $$;

-- Beats as sent: [{"seq", "ranges", "rate"?, "positionMs"?}]. Refuses the whole call when one of them is garbage.
create function private.read_beats(beats jsonb, duration_ms integer)
returns table (seq integer, claimed int4multirange, rate numeric, position_ms integer)
language plpgsql immutable set search_path = '' as $$
declare
  beat jsonb;
  index integer := 0;
begin
  if jsonb_typeof(beats) is distinct from 'array' then perform private.refuse(422, 'beats_invalid'); end if;
  if jsonb_array_length(beats) not between 1 and 100 then perform private.refuse(422, 'beats_invalid', '{"atMost": 100}'); end if;
  for beat in select jsonb_array_elements(beats) loop
    -- A week of beats every fifteen seconds is 40,320.
    seq := case when jsonb_typeof(beat -> 'seq') = 'number' then
      case when (beat -> 'seq')::numeric between 1 and 50000 and (beat -> 'seq')::numeric % 1 = 0 then (beat -> 'seq')::integer end end;
    claimed := private.read_ranges(beat -> 'ranges', duration_ms);
    rate := case jsonb_typeof(coalesce(beat -> 'rate', '1'))
      when 'number' then round(greatest(0.5, least(2, coalesce((beat -> 'rate')::numeric, 1))), 2) end;
    position_ms := case jsonb_typeof(beat -> 'positionMs')
      when 'number' then greatest(0, least(duration_ms, round((beat -> 'positionMs')::numeric)))::integer end;
    if seq is null or claimed is null or rate is null then
      perform private.refuse(422, 'beats_invalid', jsonb_build_object('beat', index));
    end if;
    return next;
    index := index + 1;
  end loop;
end $$;

-- ── judging ─────────────────────────────────────────────────────────────────────────────────────────────────────────

-- The rule itself: what a beat earns in a watch that was credited and has studied so much, at this reading of its clock.
-- The earliest part of a claim is kept. Study time is what the credited and the replayed parts took at their speed.
create function private.judge_beat(credited int4multirange, study_ms integer, slack_ms integer, clock_ms bigint,
  claimed int4multirange, rate numeric, out granted int4multirange, out excess int4multirange, out studied_ms integer)
language plpgsql immutable set search_path = '' as $$
declare
  room_ms bigint := greatest(clock_ms * 2 + slack_ms - private.length_ms(credited), 0);
begin
  granted := claimed - credited;
  excess := '{}';
  if private.length_ms(granted) > room_ms then
    excess := granted;
    granted := private.earliest_ms(granted, room_ms);
    excess := excess - granted;
  end if;
  studied_ms := greatest(0, least(private.length_ms(claimed - excess) / rate, clock_ms - study_ms));
end $$;

-- What must be watched. A second is forgiven at the end, of a short video a twentieth: players stop before the last frame.
create function private.required_ms(duration_ms integer, share numeric) returns integer
language plpgsql immutable parallel safe set search_path = '' as $$
begin
  return ceil(least(duration_ms * share, greatest(duration_ms - 1000, duration_ms * 0.95)));
end $$;

-- One person's learning happens one call at a time.
create function private.lock_learner(person_id bigint) returns void
language plpgsql volatile set search_path = '' as $$
begin
  if person_id is null then perform private.refuse(403, 'introduction_needed'); end if;
  perform pg_advisory_xact_lock('public.watches'::regclass::oid::integer, (person_id % 2147483647)::integer);
end $$;

-- The published lesson that the person may study, or a refusal. A course that was withdrawn stays open to those in it.
create function private.lesson_to_study(person_id bigint, lesson_id bigint, kind text) returns public.lessons
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
    where enrolment.person_id = lesson_to_study.person_id and enrolment.course_id = lesson.course_id);
  if lesson.id is null or not is_enrolled and not exists (
    select from public.courses course where course.id = lesson.course_id and course.status = 'published')
  then perform private.refuse(404, 'lesson_unknown'); end if;
  if not is_enrolled then perform private.refuse(403, 'not_enrolled'); end if;
  return lesson;
end $$;

-- ── completing ──────────────────────────────────────────────────────────────────────────────────────────────────────

-- A course is complete when every published lesson is: judged when a lesson is finished, and for everybody in it when a
-- lesson is withdrawn.
create function private.complete_course(course_id bigint, person_id bigint, at timestamptz) returns void
language sql volatile set search_path = ''
begin atomic
  update public.enrolments enrolment set completed_at = complete_course.at
  where enrolment.course_id = complete_course.course_id and enrolment.completed_at is null
    and (complete_course.person_id is null or enrolment.person_id = complete_course.person_id)
    and exists (select from public.lessons lesson where lesson.course_id = enrolment.course_id and lesson.status = 'published')
    and not exists (
      select from public.lessons lesson
      where lesson.course_id = enrolment.course_id and lesson.status = 'published' and not exists (
        select from public.lesson_completions completion
        where completion.person_id = enrolment.person_id and completion.lesson_id = lesson.id));
end;

-- Completes a lesson: the completion, the participation, the credit and, with the last lesson, the course; once. Called
-- again it changes nothing and answers the same, so that a lost answer can be asked for again. The learner is locked.
-- Hours are study time the server saw pass, at most one run of the lesson at the slowest speed (longest_ms): nominal
-- minutes would count hours nobody sat, and a lesson left looping would count a night.
create function private.complete_lesson(person_id bigint, lesson_id bigint, grounds jsonb, started_at timestamptz,
  ended_at timestamptz, study_ms bigint, longest_ms bigint, channel text) returns jsonb
language plpgsql volatile set search_path = '' as $$
declare
  event_key text := format('lesson:%s:%s', lesson_id, person_id);
  studied interval := least(study_ms, longest_ms) * interval '1 millisecond';
  lesson public.lessons;
  course public.courses;
  new_participation_id bigint;
begin
  select * into lesson from public.lessons where id = complete_lesson.lesson_id;
  select * into course from public.courses where id = lesson.course_id;

  insert into public.lesson_completions (person_id, lesson_id, completed_at, grounds)
  values (complete_lesson.person_id, lesson.id, complete_lesson.ended_at, complete_lesson.grounds) on conflict do nothing;
  if found then
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
        where enrolment.person_id = complete_lesson.person_id and enrolment.course_id = course.id and enrolment.completed_at is not null))
    from public.credit_postings posting join public.credit_rules rule on rule.id = posting.rule_id
    where posting.key = event_key
  );
end $$;

-- ── watching ────────────────────────────────────────────────────────────────────────────────────────────────────────

-- The functions with a clock as argument are the rules; those of schema public call them with the time of the moment at
-- which the learner's lock was taken, so that one person's watches do not overlap by the time a call waited.

create function private.open_watch_at(person_id bigint, lesson_id bigint, device text, channel text, at timestamptz default null)
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
    where live.person_id = open_watch_at.person_id and live.ended_at is null
    returning live.device, live.end_reason
  )
  select ended.device into superseded_device from ended where ended.end_reason = 'superseded';

  -- The slack is given once per person and media version: many short watches would add it up.
  insert into public.lesson_progress (person_id, lesson_id, media_id, updated_at)
  values (open_watch_at.person_id, lesson.id, media.id, at) on conflict do nothing;
  is_first := found;
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
      where completion.person_id = open_watch_at.person_id and completion.lesson_id = lesson.id),
    'supersededDevice', superseded_device);
end $$;

create function private.send_beats_at(person_id bigint, watch_id uuid, beats jsonb, at timestamptz default null) returns jsonb
language plpgsql volatile set search_path = '' as $$
declare
  watch public.watches;
  progress public.lesson_progress;
  context record;
  beat record;
  verdict record;
  clock_ms bigint;
  new_count integer := 0;
  required_ms integer;
  earned jsonb;
begin
  perform private.lock_learner(send_beats_at.person_id);
  at := coalesce(at, clock_timestamp());
  select * into watch from public.watches where id = send_beats_at.watch_id and watches.person_id = send_beats_at.person_id;
  if not found then perform private.refuse(404, 'watch_unknown'); end if;
  if watch.ended_at is not null then
    perform private.refuse(409, case watch.end_reason when 'closed' then 'watch_ended' else 'watch_' || watch.end_reason end,
      jsonb_build_object('liveDevice', (select live.device from public.watches live
        where live.person_id = watch.person_id and live.ended_at is null)));
  end if;
  if at > watch.expires_at then perform private.refuse(409, 'watch_expired'); end if;

  select media.duration_ms, lesson.watched_share, exists (select from public.lesson_completions completion
      where completion.person_id = watch.person_id and completion.lesson_id = lesson.id) as is_completed
    into context
    from public.media media, public.lessons lesson where media.id = watch.media_id and lesson.id = watch.lesson_id;
  select * into progress from public.lesson_progress seen
    where seen.person_id = watch.person_id and seen.lesson_id = watch.lesson_id and seen.media_id = watch.media_id;
  clock_ms := greatest(0, floor(extract(epoch from at - watch.opened_at) * 1000));

  for beat in
    select * from private.read_beats(beats, context.duration_ms) with ordinality order by seq, ordinality
  loop
    verdict := private.judge_beat(watch.credited, watch.study_ms, watch.slack_ms, clock_ms, beat.claimed, beat.rate);
    insert into public.beats (watch_id, seq, claimed, excess, rate, study_ms, received_at)
    values (watch.id, beat.seq, beat.claimed, verdict.excess, beat.rate, verdict.studied_ms, at) on conflict do nothing;
    continue when not found;
    new_count := new_count + 1;
    watch.credited := watch.credited + verdict.granted;
    watch.study_ms := watch.study_ms + verdict.studied_ms;
    watch.flagged_ms := watch.flagged_ms + private.length_ms(verdict.excess);
    progress.watched := progress.watched + verdict.granted;
    progress.study_ms := progress.study_ms + verdict.studied_ms;
    if beat.seq > watch.last_seq then
      watch.last_seq := beat.seq;
      progress.position_ms := coalesce(beat.position_ms, progress.position_ms);
    end if;
  end loop;

  if new_count > 0 then
    progress.watched_ms := private.length_ms(progress.watched);
    -- Thousands of pieces are made, not watched, and would make every later beat slow. A player that leaves a gap after
    -- every beat of eight hours stays below.
    if (select count(*) from unnest(progress.watched)) > 2000 then
      perform private.refuse(422, 'beats_invalid', '{"reason": "too_many_pieces"}');
    end if;
    update public.watches set last_beat_at = at, expires_at = least(at + interval '24 hours', opened_at + interval '7 days'),
      last_seq = watch.last_seq, credited = watch.credited, study_ms = watch.study_ms, flagged_ms = watch.flagged_ms
    where id = watch.id;
    update public.lesson_progress seen set watched = progress.watched, watched_ms = progress.watched_ms,
      study_ms = progress.study_ms, position_ms = progress.position_ms, updated_at = at
    where seen.person_id = watch.person_id and seen.lesson_id = watch.lesson_id and seen.media_id = watch.media_id;
  end if;

  required_ms := private.required_ms(context.duration_ms, context.watched_share);
  -- Where nothing is new the call is a repeat, whose first answer may have been lost: it is given again.
  if (not context.is_completed and progress.watched_ms >= required_ms) or (context.is_completed and new_count = 0) then
    earned := private.complete_watched_lesson(watch, progress, required_ms, context.duration_ms, at);
  end if;
  return jsonb_build_object(
    'watchedMs', progress.watched_ms, 'durationMs', context.duration_ms, 'requiredMs', required_ms,
    'missing', private.ranges_json(int4multirange(int4range(0, context.duration_ms)) - progress.watched),
    'completed', context.is_completed or earned is not null,
    'flagged', watch.flagged_ms >= 1000, -- less may be two clocks that differ
    'earned', earned);
end $$;

-- The grounds name every range, so that the completion can be explained and checked. Study time is that of all watches of
-- the lesson, earlier media versions included; they are disjoint in time.
create function private.complete_watched_lesson(watch public.watches, progress public.lesson_progress, required_ms integer,
  duration_ms integer, at timestamptz) returns jsonb
language plpgsql volatile set search_path = '' as $$
declare
  sittings record;
begin
  select min(opened_at) as first_opened_at, count(*) as count, sum(study_ms) as study_ms, sum(flagged_ms) as flagged_ms
    into sittings from public.watches sitting
    where sitting.person_id = watch.person_id and sitting.lesson_id = watch.lesson_id;
  return private.complete_lesson(watch.person_id, watch.lesson_id,
    jsonb_build_object('kind', 'watched', 'mediaId', watch.media_id, 'durationMs', duration_ms, 'requiredMs', required_ms,
      'watchedMs', progress.watched_ms, 'ranges', private.ranges_json(progress.watched), 'studyMs', sittings.study_ms,
      'watches', sittings.count, 'flaggedMs', sittings.flagged_ms),
    sittings.first_opened_at, at, sittings.study_ms, duration_ms * 2::bigint, watch.channel);
end $$;

create function public.open_watch(lesson_id bigint, device text, channel text) returns jsonb
language sql volatile security definer set search_path = ''
return private.open_watch_at(private.my_person_id(), lesson_id, device, channel);

-- A beat that completes nothing is not waited for on disk: a crash of the database loses at most the beats of its last
-- half second, which is no more than the lost last beat that rule and player allow for. What completes a lesson is waited
-- for, and with it all that came before.
create function public.send_beats(watch_id uuid, beats jsonb) returns jsonb
language plpgsql volatile security definer set search_path = '' as $$
declare
  result jsonb := private.send_beats_at(private.my_person_id(), watch_id, beats);
begin
  if result -> 'earned' = 'null' then perform set_config('synchronous_commit', 'off', true); end if;
  return result;
end $$;

-- Ends a watch of which nothing more will come. A player that leaves with beats unsent leaves it open instead; it expires.
create function public.close_watch(watch_id uuid) returns void
language plpgsql volatile security definer set search_path = '' as $$
declare
  learner_id bigint := private.my_person_id();
begin
  perform private.lock_learner(learner_id);
  update public.watches watch set ended_at = clock_timestamp(), end_reason = 'closed'
  where watch.id = close_watch.watch_id and watch.person_id = learner_id and watch.ended_at is null;
  if not found and not exists (select from public.watches watch
    where watch.id = close_watch.watch_id and watch.person_id = learner_id)
  then perform private.refuse(404, 'watch_unknown'); end if;
end $$;

-- ── reading ─────────────────────────────────────────────────────────────────────────────────────────────────────────

-- Five characters a second is a calm reading speed; a quarter of that time, a minute at most, must have passed. One
-- reading's time begins when the one before it was finished: ten texts opened together are not read together.

create function private.reading_start(reading public.readings) returns timestamptz
language sql stable set search_path = ''
return greatest(reading.opened_at, (
  select max(other.finished_at) from public.readings other
  where other.person_id = reading.person_id and other.lesson_id <> reading.lesson_id));

create function private.reading_seconds_left(reading public.readings, body_length integer, at timestamptz) returns integer
language sql stable set search_path = ''
return greatest(0, ceil(least(60, body_length / 5.0 * 0.25) - extract(epoch from at - private.reading_start(reading))))::integer;

create function private.open_reading_at(person_id bigint, lesson_id bigint, at timestamptz default null) returns jsonb
language plpgsql volatile set search_path = '' as $$
declare
  lesson public.lessons;
  reading public.readings;
begin
  perform private.lock_learner(open_reading_at.person_id);
  at := coalesce(at, clock_timestamp());
  lesson := private.lesson_to_study(open_reading_at.person_id, open_reading_at.lesson_id, 'text');
  insert into public.readings (person_id, lesson_id, opened_at) values (open_reading_at.person_id, lesson.id, at) on conflict do nothing;
  select * into reading from public.readings opened
  where opened.person_id = open_reading_at.person_id and opened.lesson_id = lesson.id;
  return jsonb_build_object('completed', reading.finished_at is not null, 'secondsLeft',
    case when reading.finished_at is null then private.reading_seconds_left(reading, lesson.body_length, at) else 0 end);
end $$;

create function private.finish_reading_at(person_id bigint, lesson_id bigint, channel text, at timestamptz default null) returns jsonb
language plpgsql volatile set search_path = '' as $$
declare
  lesson public.lessons;
  reading public.readings;
  seconds_left integer;
  begun_at timestamptz;
  study_ms bigint;
begin
  perform private.lock_learner(finish_reading_at.person_id);
  at := coalesce(at, clock_timestamp());
  if finish_reading_at.channel in ('web', 'wechat_h5') is not true then perform private.refuse(422, 'channel_invalid', '{"field": "channel"}'); end if;
  lesson := private.lesson_to_study(finish_reading_at.person_id, finish_reading_at.lesson_id, 'text');
  select * into reading from public.readings opened
  where opened.person_id = finish_reading_at.person_id and opened.lesson_id = lesson.id;
  if not found then perform private.refuse(409, 'reading_not_opened'); end if;
  if reading.finished_at is null then
    seconds_left := private.reading_seconds_left(reading, lesson.body_length, at);
    if seconds_left > 0 then perform private.refuse(409, 'read_too_fast', jsonb_build_object('secondsLeft', seconds_left)); end if;
    begun_at := private.reading_start(reading);
    study_ms := least(extract(epoch from at - begun_at) * 1000, lesson.body_length / 5.0 * 1000);
    update public.readings opened set finished_at = at
    where opened.person_id = reading.person_id and opened.lesson_id = lesson.id;
  end if;
  return jsonb_build_object('completed', true, 'secondsLeft', 0, 'earned',
    private.complete_lesson(reading.person_id, lesson.id,
      jsonb_build_object('kind', 'read', 'openedAt', reading.opened_at, 'studyMs', study_ms, 'bodyLength', lesson.body_length),
      begun_at, at, study_ms, study_ms, finish_reading_at.channel));
end $$;

create function public.open_reading(lesson_id bigint) returns jsonb
language sql volatile security definer set search_path = ''
return private.open_reading_at(private.my_person_id(), lesson_id);

create function public.finish_reading(lesson_id bigint, channel text default 'web') returns jsonb
language sql volatile security definer set search_path = ''
return private.finish_reading_at(private.my_person_id(), lesson_id, channel);

grant execute on function public.open_watch(bigint, text, text), public.send_beats(uuid, jsonb), public.close_watch(uuid),
  public.open_reading(bigint), public.finish_reading(bigint, text) to authenticated;
