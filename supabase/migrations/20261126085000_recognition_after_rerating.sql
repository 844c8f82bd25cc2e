-- A re-rating replaces a grant by one of the next generation. A case follows its grants by their ground, not by the posting
-- that it was decided with.

-- The grant of a case that stands, whichever re-rating posted it; null for none.
create function private.standing_grant(held public.recognition_cases) returns bigint
language plpgsql stable set search_path = '' as $$
begin
  return (
    select granted.id from public.credit_postings granted
    where granted.granted_to in (select private.rows_of_person(held.person_id)) and granted.kind = 'grant' and granted.rule_id = 'external_result'
      and (granted.ground ->> 'case')::bigint = held.id
      and not exists (select from public.credit_postings reversal where reversal.reverses = granted.id));
end $$;

-- Writes a decision down and posts what it gives. Where an objection changes what was given, what stands of it is taken back
-- and the new amount is a posting of its own.
create or replace function private.settle_recognition(held public.recognition_cases, accepts boolean, milli_credits bigint, category_id text, reason text, double_reason text) returns void
language plpgsql volatile set search_path = '' as $$
declare
  posting public.credit_postings;
  standing bigint;
  unchanged boolean;
begin
  -- A re-rating waits, or is seen.
  perform private.hold_learner(held.person_id);
  perform private.take_rerating_turn(private.credit_learner(held.person_id), 'external_result');
  standing := private.standing_grant(held);
  unchanged := standing is not null and accepts and settle_recognition.milli_credits = held.milli_credits and settle_recognition.category_id = held.category_id;
  if standing is not null and not unchanged then perform private.reverse_credit(standing, 'objection_decided'); end if;
  if accepts and not unchanged then
    posting := private.grant_credit(concat_ws('|', 'recognition', held.id, held.round), held.person_id, 'external_result', settle_recognition.milli_credits, 0,
      private.region_id(), trim(settle_recognition.reason),
      jsonb_build_object('case', held.id, 'round', held.round, 'external', held.body_key, 'body', held.body, 'title', held.title, 'category', settle_recognition.category_id),
      held.issued_on::timestamp at time zone 'Asia/Shanghai' + interval '12 hours');
  end if;
  begin
    update public.recognition_cases one set state = case when accepts then 'recognised' else 'declined' end, decided_at = clock_timestamp(), ended_at = clock_timestamp(),
      milli_credits = case when accepts then settle_recognition.milli_credits end, category_id = case when accepts then settle_recognition.category_id end,
      reason = trim(settle_recognition.reason), double_reason = case when accepts then nullif(trim(settle_recognition.double_reason), '') end,
      posting_id = case when unchanged then standing when accepts then posting.id end
      where one.id = held.id;
  exception when unique_violation then
    -- The same certificate was recognised for another case a moment ago.
    perform private.refuse(409, 'certificate_double', '{"field": "doubleReason"}');
  end;
  if unchanged then perform private.note_recognition(held.id, 'upheld', settle_recognition.reason);
  else perform private.note_recognition(held.id, case when accepts then 'recognised' else 'declined' end, settle_recognition.reason); end if;
  perform private.audit('recognition_decided', 'recognition_case', held.id::text, held.unit_id,
    jsonb_strip_nulls(jsonb_build_object('accepts', accepts, 'milliCredits', case when accepts then settle_recognition.milli_credits end, 'round', held.round,
      'double', case when accepts and nullif(trim(settle_recognition.double_reason), '') is not null then true end)));
end $$;

-- Proposes, as one of two, also while the applicant is asked: nobody's silence keeps a case open. The second who says the same
-- decides it; the second who says something else leaves it to the region. Two rows of one person are one.
create or replace function public.review_recognition(case_id bigint, accepts boolean, milli_credits bigint, category_id text, reason text, double_reason text default null) returns text
language plpgsql volatile security definer set search_path = '' as $$
declare
  held public.recognition_cases := private.hold_case_to_review(review_recognition.case_id);
  me bigint := private.my_person_id();
  other public.recognition_reviews;
begin
  if exists (select from public.recognition_reviews one where one.case_id = held.id and one.round = held.round and private.credit_learner(one.person_id) = me) then
    perform private.refuse(409, 'reviewed_already');
  end if;
  if held.state not in ('open', 'asked') then perform private.refuse(409, 'case_not_open', jsonb_build_object('state', held.state)); end if;
  perform private.require_proposal(held, accepts, review_recognition.milli_credits, review_recognition.category_id, review_recognition.reason, review_recognition.double_reason);
  select * into other from public.recognition_reviews one where one.case_id = held.id and one.round = held.round limit 1;
  insert into public.recognition_reviews (case_id, round, person_id, accepts, milli_credits, category_id, reason, double_reason, by_account)
  values (held.id, held.round, me, accepts, case when accepts then review_recognition.milli_credits end, case when accepts then review_recognition.category_id end,
    trim(review_recognition.reason), nullif(trim(review_recognition.double_reason), ''), auth.uid());
  perform private.note_recognition(held.id, 'proposed');
  perform private.audit('recognition_reviewed', 'recognition_case', held.id::text, held.unit_id);
  if other.case_id is null then return held.state; end if;
  if other.accepts = accepts and (not accepts or (other.milli_credits, other.category_id) = (review_recognition.milli_credits, review_recognition.category_id)) then
    perform private.settle_recognition(held, accepts, review_recognition.milli_credits, review_recognition.category_id, review_recognition.reason,
      coalesce(nullif(trim(review_recognition.double_reason), ''), other.double_reason));
    return case when accepts then 'recognised' else 'declined' end;
  end if;
  update public.recognition_cases one set state = 'split' where one.id = held.id;
  perform private.note_recognition(held.id, 'split');
  return 'split';
end $$;

-- Only what gave credits can be taken back, and once. A reversal is not reversed: what it took by mistake is given anew.
create or replace function private.require_reversible(target public.credit_postings) returns void
language plpgsql stable set search_path = '' as $$
begin
  -- What a certificate gave is its case's to take back: the case would go on saying that it counts.
  if target.rule_id = 'external_result' then perform private.refuse(409, 'certificate_not_reversible'); end if;
  if target.kind = 'reversal' then perform private.refuse(409, 'reversal_of_reversal'); end if;
  if target.kind not in ('award', 'grant') then perform private.refuse(409, 'not_reversible'); end if;
  if target.outcome = 'refused' then perform private.refuse(409, 'nothing_counted'); end if;
  if exists (select from public.credit_postings reversal where reversal.reverses = target.id) then perform private.refuse(409, 'reversed_already'); end if;
end $$;

-- A case that is recognised has one live grant, of its amount; one that is not, or is no longer, has none; every decision has two
-- people who agree or one who decides, and what was given is taken back by two who agree.
create or replace function private.credit_faults_of_recognition() returns table (invariant text, subject text)
language plpgsql stable set search_path = '' as $$
begin
  return query
  with live as (
    select granted.id, granted.asked_milli_credits, (granted.ground ->> 'case')::bigint as case_id from public.credit_postings granted
    where granted.kind = 'grant' and granted.rule_id = 'external_result' and granted.ground ? 'case'
      and not exists (select from public.credit_postings reversal where reversal.reverses = granted.id)
  )
  select 'recognised_is_posted', one.id::text from public.recognition_cases one
  left join live on live.case_id = one.id
  where one.state in ('recognised', 'doubted')
  group by one.id having count(live.id) <> 1 or min(live.asked_milli_credits) <> one.milli_credits;
  return query
  select 'grant_has_case', granted.id::text from public.credit_postings granted
  left join public.recognition_cases one on one.id = (granted.ground ->> 'case')::bigint
  where granted.key like 'recognition|%' and granted.kind = 'grant' and coalesce(one.state, 'none') not in ('recognised', 'objected', 'doubted')
    and not exists (select from public.credit_postings reversal where reversal.reverses = granted.id);
  return query
  select 'recognition_decided_by_two', one.id::text from public.recognition_cases one
  where one.state in ('recognised', 'declined', 'doubted', 'annulled') and not exists (select from public.recognition_reviews review where review.case_id = one.id and review.round = one.round and review.decides)
    and (select count(distinct private.credit_learner(review.person_id)) from public.recognition_reviews review where review.case_id = one.id and review.round = one.round and review.accepts = (one.state <> 'declined')) < 2;
  return query
  select 'reviewer_is_not_applicant', review.case_id::text from public.recognition_reviews review
  join public.recognition_cases one on one.id = review.case_id where private.credit_learner(one.person_id) = private.credit_learner(review.person_id);
  return query
  select 'annulled_by_two', one.id::text from public.recognition_cases one
  where one.state = 'annulled' and not exists (
    select from public.recognition_doubts doubt where doubt.case_id = one.id and doubt.agrees and private.credit_learner(one.person_id) not in (
      private.credit_learner(doubt.asked_person_id), private.credit_learner(doubt.decided_person_id))
      and private.credit_learner(doubt.asked_person_id) <> private.credit_learner(doubt.decided_person_id));
end $$;

-- Every entry has a record that says the same, and its answer from the ledger: never more than one that stands. What a
-- re-rating replaced is no answer any more, also where it was a refusal.
create or replace function private.credit_faults_of_classes() returns table (invariant text, subject text)
language plpgsql stable set search_path = '' as $$
begin
  return query
  select 'class_entry_is_record', entry.participation_id::text from public.class_register_entries entry
  join public.class_registers register on register.id = entry.register_id join public.participations fact on fact.id = entry.participation_id
  where fact.started_at <> register.started_at or fact.host_unit_id <> register.unit_id or fact.category_id <> register.category_id
    or fact.person_id <> entry.person_id;
  return query
  select 'class_award_once', entry.participation_id::text from public.class_register_entries entry
  left join public.credit_postings award on award.participation_id = entry.participation_id and award.kind = 'award' and award.rule_id = 'attendance'
    and not exists (select from public.credit_rerating_lines replaced where replaced.target_id = award.id)
  left join public.credit_postings reversal on reversal.reverses = award.id
  group by entry.participation_id
  having count(award.id) = 0 or count(award.id) - count(reversal.id) > 1;
end $$;

-- ── a question that nobody answers ──────────────────────────────────────────────────────────────────────────────────

alter table public.recognition_events drop constraint recognition_events_what_check;
alter table public.recognition_events add constraint recognition_events_what_check check (what in ('submitted', 'asked', 'answered', 'proposed', 'split', 'recognised', 'declined',
  'objected', 'upheld', 'withdrawn', 'lapsed', 'files_deleted', 'doubted', 'cleared', 'annulled'));

-- Closes the cases whose applicants were asked more than sixty days ago, so that their files do not stay for good; the
-- certificate can be handed in again. Several runs at once share the work.
create function private.close_unanswered_recognition() returns integer
language plpgsql volatile security definer set search_path = '' as $$
declare
  closed integer;
begin
  with due as (
    select one.id from public.recognition_cases one
    where one.state = 'asked' and (
      select max(event.at) from public.recognition_events event where event.case_id = one.id and event.what = 'asked') < clock_timestamp() - interval '60 days'
    order by one.id limit 500 for update skip locked
  ), over as (
    update public.recognition_cases one set state = 'withdrawn', ended_at = clock_timestamp() from due where one.id = due.id returning one.id
  ), told as (
    insert into public.recognition_events (case_id, what) select id, 'lapsed' from over
  )
  select count(*) into closed from over;
  return closed;
end $$;
grant execute on function private.close_unanswered_recognition() to job_server;
