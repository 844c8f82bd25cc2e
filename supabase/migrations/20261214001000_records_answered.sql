-- Every record that could have earned something has its answer in the ledger, also where it earned nothing: a list that was imported for days
-- without a rule, for time that another record was credited for, or without a time of study. Whoever reads the account, and the staff, see why; a
-- re-rating finds what a rule that comes later covers; and the nightly check counts imported and corrected records as it counts all others.

-- Minutes are whole and not below nothing, or nothing is posted.
create or replace function private.post_credit(key text, participation_id bigint, rule_id text, minutes numeric) returns bigint
language plpgsql volatile set search_path = '' as $$
begin
  if minutes is null or minutes < 0 or minutes <> trunc(minutes) then perform private.refuse(422, 'minutes_invalid', jsonb_build_object('minutes', minutes)); end if;
  return (private.award_credit(key, participation_id, rule_id, minutes::bigint)).milli_credits;
end $$;

-- Keeps that a record earns nothing, and why, as a posting of nothing: under the same key, on the same chain, as an award would be.
create function private.refuse_award(key text, participation_id bigint, rule_id text, asked_minutes bigint, why text) returns public.credit_postings
language plpgsql volatile set search_path = '' as $$
declare
  fact public.participations;
  learner public.credit_learners;
  posting public.credit_postings;
  request bytea;
  balance bigint;
begin
  select * into fact from public.participations one where one.id = refuse_award.participation_id;
  if not found then perform private.refuse(404, 'participation_unknown'); end if;
  request := sha256(convert_to(concat_ws('|', 'award', refuse_award.rule_id, fact.person_id, fact.key, asked_minutes, extract(epoch from fact.started_at)), 'UTF8'));
  learner := private.hold_learner(fact.person_id);
  select * into posting from public.credit_postings earlier where earlier.key = refuse_award.key;
  if found then
    if posting.request_hash <> request then perform private.refuse(409, 'key_reused'); end if;
    return posting;
  end if;
  balance := private.available_credits(learner.person_id);
  posting.seq := learner.seq + 1;
  posting.chain := private.chain_link(learner.head, request, 'refused', 0, 0, balance, posting.seq);
  insert into public.credit_postings (key, request_hash, kind, person_id, participation_id, rule_id, asked_minutes, minutes, milli_credits, outcome, reason, occurred_at, posted_by,
    balance_after_milli_credits, seq, chain)
  values (refuse_award.key, request, 'award', learner.person_id, fact.id, refuse_award.rule_id, refuse_award.asked_minutes, 0, 0, 'refused', refuse_award.why, fact.started_at, auth.uid(),
    balance, posting.seq, posting.chain)
  returning * into posting;
  update public.credit_learners set seq = posting.seq, head = posting.chain where person_id = learner.person_id;
  return posting;
end $$;

-- Whether time of a record was credited already, for another record of the same person.
create function private.is_credited_then(fact public.participations) returns boolean
language plpgsql stable set search_path = '' as $$
begin
  return exists (
    select from public.participations other
    join public.credit_postings award on award.participation_id = other.id and award.kind = 'award' and award.rule_id = 'attendance' and award.outcome <> 'refused'
    where other.person_id = fact.person_id and other.year = fact.year and other.id <> fact.id and other.status = 'attended'
      and other.started_at < fact.ended_at and other.ended_at > fact.started_at
      and not exists (select from public.participations later where later.corrects = other.id));
end $$;

-- Whether anything of an import is to be answered.
create or replace function private.import_earns(of_import_id bigint) returns boolean
language plpgsql stable set search_path = '' as $$
begin
  return exists (select from public.participations fact
    where fact.import_id = of_import_id and fact.status = 'attended' and fact.role in ('learner', 'guardian'));
end $$;

-- Answers the next records of an import: whoever learned, by the rule of sessions on site of their own day. One that was corrected since it was
-- written is answered as it stands now.
create or replace function private.credit_import_facts(of_import_id bigint, most integer) returns table (looked_at integer, credited integer, minutes bigint, milli_credits bigint)
language plpgsql volatile security definer set search_path = '' as $$
#variable_conflict use_column
declare
  of_import public.imports;
  ids bigint[];
  facts bigint[];
  learners bigint[];
  worth bigint[];
  whys text[];
  class record;
  given record;
  refused jsonb;
begin
  select * into of_import from public.imports import where import.id = of_import_id and import.state = 'crediting' for update;
  if not found then return query select 0, 0, 0::bigint, 0::bigint; return; end if;
  perform private.act_as(of_import.created_by);
  select array_agg(next_facts.id order by next_facts.id) into ids from (
    select fact.id from public.participations fact where fact.import_id = of_import_id and fact.id > coalesce(of_import.credited_to, 0) order by fact.id limit most) next_facts;
  looked_at := coalesce(cardinality(ids), 0);
  credited := 0;
  minutes := 0;
  milli_credits := 0;
  if looked_at = 0 then return next; return; end if;

  with standing as materialized (
    select fact.*, coalesce(person.counts_as, person.id) as learner_id
    from unnest(ids) as one (id)
    cross join lateral (select case when exists (select from public.participations later where later.corrects = one.id) then private.standing_record(one.id) else one.id end as id) last
    join public.participations fact on fact.id = last.id join public.persons person on person.id = fact.person_id
    where fact.status = 'attended' and fact.role in ('learner', 'guardian')
      and not exists (select from public.credit_postings award where award.participation_id in (one.id, fact.id) and award.kind = 'award')
  )
  select array_agg(fact.id order by fact.started_at, fact.id), array_agg(fact.learner_id order by fact.started_at, fact.id), array_agg(round(fact.hours * 60)::bigint order by fact.started_at, fact.id),
    array_agg(case
      when fact.hours = 0 then 'no_time'
      -- Time that was credited already, or is by an earlier line of the same list.
      when exists (
        select from standing other where other.learner_id = fact.learner_id and (other.started_at, other.id) < (fact.started_at, fact.id) and other.hours > 0
          and other.started_at < fact.ended_at and other.ended_at > fact.started_at
      ) or private.is_credited_then((select whole from public.participations whole where whole.id = fact.id)) then 'other_record_then'
    end order by fact.started_at, fact.id)
  into facts, learners, worth, whys from standing fact;

  -- All learners first and in order, then class by class: of each person one record at a time, as a class has it.
  insert into public.credit_learners (person_id) select distinct unnest(learners) order by 1 on conflict do nothing;
  perform from public.credit_learners learner where learner.person_id = any (learners) order by learner.person_id for update;
  perform private.credit_account(learner.id, null, account.measure, account.role)
  from (select distinct unnest(learners) as id) learner
  cross join (values ('minutes', 'earned'), ('credits', 'available')) account (measure, role) order by learner.id;
  for class in
    select earning.minutes, earning.nth, array_agg(earning.fact_id order by earning.learner_id) as facts,
      array_agg('import|' || earning.fact_id order by earning.learner_id) as keys
    from (
      select list.fact_id, list.learner_id, list.minutes, row_number() over (partition by list.learner_id order by list.place) as nth
      from unnest(facts, learners, worth, whys) with ordinality as list (fact_id, learner_id, minutes, why, place) where list.why is null
    ) earning group by earning.nth, earning.minutes order by earning.nth, earning.minutes
  loop
    select count(*) filter (where posting.outcome <> 'refused') as records, coalesce(sum(posting.minutes), 0) as minutes, coalesce(sum(posting.milli_credits), 0) as credits into given
    from private.award_class(class.facts, class.keys, 'attendance', class.minutes) posting;
    credited := credited + given.records;
    minutes := minutes + given.minutes;
    milli_credits := milli_credits + given.credits;
  end loop;
  perform private.refuse_award('import|' || list.fact_id, list.fact_id, 'attendance', list.minutes, list.why)
  from unnest(facts, learners, worth, whys) as list (fact_id, learner_id, minutes, why) where list.why is not null order by list.learner_id, list.fact_id;

  -- What earned nothing is counted by its reason.
  select coalesce(jsonb_object_agg(counted.reason, counted.times + coalesce((of_import.result -> 'notCredited' ->> counted.reason)::integer, 0)), '{}') into refused from (
    select posting.reason, count(*)::integer as times from public.credit_postings posting
    where posting.participation_id = any (facts) and posting.kind = 'award' and posting.outcome = 'refused' group by posting.reason
  ) counted;
  update public.imports import set credited_to = ids[cardinality(ids)], result = import.result || jsonb_build_object(
      'credited', coalesce((import.result ->> 'credited')::integer, 0) + credit_import_facts.credited,
      'milliCredits', coalesce((import.result ->> 'milliCredits')::bigint, 0) + credit_import_facts.milli_credits,
      'notCredited', coalesce(import.result -> 'notCredited', '{}') || refused)
    where import.id = of_import_id;
  return next;
end $$;

-- A record that is corrected loses what it earned, in the correction's own transaction; where it still says attended, it earns anew under the rule and
-- the person that are right, unless what kept it from earning still does.
create or replace function private.follow_correction() returns trigger
language plpgsql set search_path = '' as $$
declare
  corrected record;
  asked bigint;
  still text;
begin
  perform private.hold_learner(concerned.person_id) from (
    select fact.person_id from recorded fact where fact.corrects is not null
    union
    select earlier.person_id from recorded fact join public.participations earlier on earlier.id = fact.corrects
  ) concerned
  where exists (select from recorded fact join public.participations earlier on earlier.id = fact.corrects
    join public.credit_postings award on award.participation_id = private.awarded_record(earlier))
  order by private.credit_learner(concerned.person_id);
  -- What a re-rating is about to replace is replaced first, so that it is corrected once and not left out of the list.
  perform private.take_rerating_turn(private.credit_learner(earlier.person_id), award.rule_id)
  from recorded fact join public.participations earlier on earlier.id = fact.corrects
  join public.credit_postings award on award.participation_id = private.awarded_record(earlier) and award.kind = 'award';
  for corrected in
    select award.id, award.rule_id, award.key, award.asked_minutes, award.reason, fact.id as new_id, fact.status, fact.hours, earlier.hours as old_hours, fact.role in ('learner', 'guardian', 'volunteer') or fact.role = earlier.role and award.participation_id = earlier.id as still_earns
    from recorded fact
    join public.participations earlier on earlier.id = fact.corrects
    join public.credit_postings award on award.participation_id = private.awarded_record(earlier) and award.kind = 'award'
    where not exists (select from public.credit_rerating_lines replaced where replaced.target_id = award.id)
      and not exists (select from public.credit_postings reversal where reversal.reverses = award.id and reversal.reason = 'posted_wrongly')
    order by award.person_id, award.id
  loop
    perform private.reverse_credit(corrected.id, 'record_corrected');
    if corrected.status = 'attended' and corrected.still_earns and corrected.rule_id <> 'course_completed' then
      asked := case when corrected.hours = corrected.old_hours then corrected.asked_minutes else round(corrected.hours * 60)::bigint end;
      -- What kept it from earning may still do so.
      still := case
        when corrected.reason = 'no_time' and asked = 0 then 'no_time'
        when corrected.reason = 'other_record_then' and private.is_credited_then((select whole from public.participations whole where whole.id = corrected.new_id)) then 'other_record_then' end;
      if still is null then perform private.award_credit(corrected.key || '#' || corrected.new_id, corrected.new_id, corrected.rule_id, asked);
      else perform private.refuse_award(corrected.key || '#' || corrected.new_id, corrected.new_id, corrected.rule_id, asked, still); end if;
    end if;
  end loop;
  if exists (select from public.credit_rule_versions version where version.rule_id = 'course_completed') then
    perform private.settle_course(one.learner, one.course_id) from (
      select distinct private.credit_learner(known.person_id) as learner, known.course_id from (
        select fact.person_id, fact.course_id from recorded fact where fact.corrects is not null and fact.lesson_id is not null
        union
        select earlier.person_id, earlier.course_id from recorded fact join public.participations earlier on earlier.id = fact.corrects where earlier.lesson_id is not null
      ) known where known.course_id is not null order by 1, 2) one;
  end if;
  return null;
end $$;

-- What a re-rating counts anew: not what no rule would change – time that another record has, or no time at all.
create or replace function private.rerating_targets(rerating public.credit_reratings, of_person_id bigint) returns bigint[]
language plpgsql stable set search_path = '' as $$
declare
  targets bigint[];
begin
  select array_agg(posting.id order by coalesce(first.id, posting.id), posting.id) into targets
  from (
    select given.id from public.participations fact join public.credit_postings given on given.participation_id = fact.id
    where fact.person_id in (select private.rows_of_person(of_person_id)) and given.kind = 'award'
    union all
    select given.id from public.credit_postings given where given.granted_to in (select private.rows_of_person(of_person_id)) and given.kind = 'grant'
  ) own
  join public.credit_postings posting on posting.id = own.id and posting.rule_id = rerating.rule_id and posting.counted_on <@ rerating.period
  left join public.credit_postings first on first.key = regexp_replace(posting.key, '~[0-9]+$', '')
  where not exists (select from public.credit_postings reversal where reversal.reverses = posting.id)
    and (posting.reason in ('other_record_then', 'no_time')) is not true;
  return targets;
end $$;

-- Imported and corrected records have their answer once. Imports from before this are told apart by what their result says.
create function private.credit_faults_of_records() returns table (invariant text, subject text)
language plpgsql stable set search_path = '' as $$
begin
  return query
  select 'import_has_answer', fact.id::text from public.imports import
  join public.participations fact on fact.import_id = import.id and fact.corrects is null and fact.status = 'attended' and fact.role in ('learner', 'guardian')
  left join public.credit_postings award on award.participation_id = fact.id and award.kind = 'award' and award.rule_id = 'attendance'
    and not exists (select from public.credit_rerating_lines replaced where replaced.target_id = award.id)
  where import.kind = 'participation' and import.state = 'applied' and import.result ? 'notCredited'
  group by fact.id
  having count(award.id) > 1 or count(award.id) = 0 and not exists (
    -- Corrected before its turn came: as it stands it is answered, or it did not take place.
    select from public.participations last where last.id = private.standing_record(fact.id) and last.id <> fact.id
      and (last.status <> 'attended' or exists (select from public.credit_postings award where award.participation_id = last.id and award.kind = 'award')));
  return query
  select 'correction_has_answer', fact.id::text from public.participations fact
  join public.participations earlier on earlier.id = fact.corrects
  where fact.status = 'attended' and fact.role in ('learner', 'guardian') and fact.lesson_id is null
    and exists (select from public.credit_postings award where award.participation_id = earlier.id and award.kind = 'award' and award.rule_id <> 'course_completed'
      and not exists (select from public.credit_rerating_lines replaced where replaced.target_id = award.id)
      and not exists (select from public.credit_postings reversal where reversal.reverses = award.id and reversal.reason = 'posted_wrongly'))
    and not exists (select from public.credit_postings award where award.participation_id = fact.id and award.kind = 'award');
end $$;

-- The records of a person that earned nothing, newest first, with the reason: for whoever corrects credits there. Definer: postings are
-- read by their learner alone.
create function public.refused_postings(of_person_id bigint)
returns table (posting_id bigint, participation_id bigint, happened_at timestamptz, rule_zh text, rule_en text, title text, asked_minutes bigint, reason text)
language plpgsql stable security definer set search_path = '' as $$
#variable_conflict use_column
begin
  perform private.require_person(of_person_id, 'people');
  return query
  select posting.id, posting.participation_id, posting.occurred_at, rule.zh, rule.en, private.record_title(fact.id), posting.asked_minutes, posting.reason
  from private.rows_of_person(of_person_id) as own (id)
  join public.participations fact on fact.person_id = own.id
  join public.credit_postings posting on posting.participation_id = fact.id and posting.kind = 'award' and posting.outcome = 'refused'
  join public.credit_rules rule on rule.id = posting.rule_id
  where not exists (select from public.credit_postings reversal where reversal.reverses = posting.id)
  order by posting.occurred_at desc, posting.id desc limit 50;
end $$;
grant execute on function public.refused_postings(bigint) to authenticated;
