-- Corrections by the staff, by two persons: one asks for credits that a learner should have, or for a wrong posting to be taken
-- back, and another one approves or refuses with a reason. Nobody decides on what they asked for or on their own account.

create table public.credit_corrections (
  id bigint generated always as identity primary key,
  kind text not null check (kind in ('grant', 'reversal')),
  -- The learner, and where they lived when it was asked: whoever approves there decides.
  person_id bigint not null references public.persons on delete restrict,
  unit_id integer not null references public.units on delete restrict,
  milli_credits bigint check (milli_credits between 1 and 1000000),
  happened_on date,
  -- The posting to be taken back.
  target_id bigint references public.credit_postings on delete restrict,
  ground text not null check (ground in ('record_missing', 'entered_wrongly', 'system_fault', 'on_appeal')),
  reason text not null check (length(reason) between 4 and 300),
  state text not null default 'open' check (state in ('open', 'approved', 'refused', 'withdrawn')),
  asked_by uuid not null,
  asked_person_id bigint not null references public.persons on delete restrict,
  asked_at timestamptz not null default clock_timestamp(),
  decided_by uuid,
  decided_at timestamptz,
  decision text check (length(decision) between 2 and 300),
  posted_id bigint unique references public.credit_postings on delete restrict,
  constraint credit_corrections_whole check (
    case kind when 'grant' then num_nulls(milli_credits, happened_on) = 0 and target_id is null
      else target_id is not null and num_nonnulls(milli_credits, happened_on) = 0 end),
  constraint credit_corrections_decided check ((state = 'open') = (decided_at is null) and (state = 'approved') = (posted_id is not null)),
  constraint credit_corrections_refusal_has_reason check (state <> 'refused' or decision is not null)
);
create index credit_corrections_person_id_idx on public.credit_corrections (person_id);
create index credit_corrections_unit_id_idx on public.credit_corrections (unit_id, state, id desc);
create index credit_corrections_asked_person_id_idx on public.credit_corrections (asked_person_id);
create index credit_corrections_target_id_idx on public.credit_corrections (target_id);
create unique index credit_corrections_one_open on public.credit_corrections (target_id) where state = 'open';

alter table public.credit_corrections enable row level security;
grant select on public.credit_corrections to authenticated;
create policy "Who registers people or audits there reads corrections, learners those that were approved for them" on public.credit_corrections for select to authenticated
  using (unit_id in (select private.my_units('people')) or unit_id in (select private.my_units('approval')) or unit_id in (select private.my_units('audit'))
    or state = 'approved' and person_id in (select private.my_person_ids()));

-- A learner's postings that can be taken back, the newest first, for whoever registers people where the learner lives. Looking
-- at them is written down. Definer: a posting is read by its owner only.
create function public.correctable_postings(of_person_id bigint)
returns table (posting_id bigint, kind text, rule_zh text, rule_en text, course text, lesson text, happened_at timestamptz, posted_at timestamptz,
  minutes bigint, milli_credits bigint, is_asked boolean)
language plpgsql volatile security definer set search_path = '' as $$
#variable_conflict use_column
declare
  home integer := (select person.residence_unit_id from public.persons person where person.id = private.credit_learner(of_person_id));
begin
  if home is null then perform private.refuse(404, 'person_unknown'); end if;
  perform private.require_sight(home, 'people');
  perform private.audit('credit_postings_seen', 'person', of_person_id::text, home);
  return query
  select posting.id, posting.kind, rule.zh, rule.en, course.title, lesson.title, posting.occurred_at, posting.posted_at, posting.minutes, posting.milli_credits,
    exists (select from public.credit_corrections open where open.target_id = posting.id and open.state = 'open')
  from public.credit_postings posting
  join public.credit_rules rule on rule.id = posting.rule_id
  left join public.participations fact on fact.id = posting.participation_id
  left join public.courses course on course.id = fact.course_id left join public.lessons lesson on lesson.id = fact.lesson_id
  where posting.person_id in (select private.rows_of_person(of_person_id)) and posting.kind in ('award', 'grant') and posting.outcome <> 'refused'
    and not exists (select from public.credit_postings reversal where reversal.reverses = posting.id)
  order by posting.id desc limit 100;
end $$;
grant execute on function public.correctable_postings(bigint) to authenticated;

-- Asks for credits that a learner should have. Whole thousandths, above nothing: what is too much is taken back by a reversal.
create function public.ask_credit_grant(of_person_id bigint, milli_credits numeric, happened_on date, ground text, reason text) returns bigint
language plpgsql volatile security definer set search_path = '' as $$
declare
  learner public.persons;
  asked bigint;
begin
  select * into learner from public.persons person where person.id = private.credit_learner(of_person_id);
  if not found then perform private.refuse(404, 'person_unknown', '{"field": "person"}'); end if;
  perform private.require_sight(learner.residence_unit_id, 'people');
  if (ask_credit_grant.milli_credits between 1 and 1000000 and ask_credit_grant.milli_credits % 1 = 0) is not true then
    perform private.refuse(422, 'amount_invalid', '{"field": "credits"}');
  end if;
  if (ask_credit_grant.happened_on <= private.china_date(now())) is not true then perform private.refuse(422, 'day_in_future', '{"field": "day"}'); end if;
  perform private.require_correction_words(ask_credit_grant.ground, ask_credit_grant.reason);
  if learner.id = private.my_person_id() then perform private.refuse(409, 'own_account'); end if;
  insert into public.credit_corrections (kind, person_id, unit_id, milli_credits, happened_on, ground, reason, asked_by, asked_person_id)
  values ('grant', learner.id, learner.residence_unit_id, ask_credit_grant.milli_credits, ask_credit_grant.happened_on, ask_credit_grant.ground,
    trim(ask_credit_grant.reason), auth.uid(), private.my_person_id())
  returning id into asked;
  perform private.audit('credit_correction_asked', 'credit_correction', asked::text, learner.residence_unit_id,
    jsonb_build_object('person', learner.id, 'kind', 'grant', 'milliCredits', ask_credit_grant.milli_credits));
  return asked;
end $$;

-- Asks for a wrong posting to be taken back. A second asking for the same posting finds the first.
create function public.ask_credit_reversal(posting_id bigint, ground text, reason text) returns bigint
language plpgsql volatile security definer set search_path = '' as $$
declare
  target public.credit_postings;
  learner public.persons;
  asked bigint;
begin
  if auth.uid() is null then perform private.refuse(401, 'sign_in_needed'); end if;
  select * into target from public.credit_postings one where one.id = ask_credit_reversal.posting_id;
  if not found then perform private.refuse(404, 'posting_unknown'); end if;
  select person.* into learner from public.persons person where person.id = private.credit_learner(coalesce(
    (select fact.person_id from public.participations fact where fact.id = target.participation_id), target.granted_to, target.person_id));
  perform private.require_sight(learner.residence_unit_id, 'people');
  perform private.require_reversible(target);
  perform private.require_correction_words(ask_credit_reversal.ground, ask_credit_reversal.reason);
  if learner.id = private.my_person_id() then perform private.refuse(409, 'own_account'); end if;
  insert into public.credit_corrections (kind, person_id, unit_id, target_id, ground, reason, asked_by, asked_person_id)
  values ('reversal', learner.id, learner.residence_unit_id, target.id, ask_credit_reversal.ground, trim(ask_credit_reversal.reason), auth.uid(), private.my_person_id())
  on conflict do nothing returning id into asked;
  if asked is null then perform private.refuse(409, 'correction_open'); end if;
  perform private.audit('credit_correction_asked', 'credit_correction', asked::text, learner.residence_unit_id,
    jsonb_build_object('person', learner.id, 'kind', 'reversal', 'posting', target.id));
  return asked;
end $$;
grant execute on function public.ask_credit_grant(bigint, numeric, date, text, text), public.ask_credit_reversal(bigint, text, text) to authenticated;

create function private.require_correction_words(ground text, reason text) returns void
language plpgsql stable set search_path = '' as $$
begin
  if ground in ('record_missing', 'entered_wrongly', 'system_fault', 'on_appeal') is not true then perform private.refuse(422, 'ground_missing', '{"field": "ground"}'); end if;
  if (length(trim(reason)) between 4 and 300) is not true then perform private.refuse(422, 'reason_too_short', '{"field": "reason"}'); end if;
end $$;

-- Only what gave credits can be taken back, and once. A reversal is not reversed: what it took by mistake is given anew.
create function private.require_reversible(target public.credit_postings) returns void
language plpgsql stable set search_path = '' as $$
begin
  if target.kind = 'reversal' then perform private.refuse(409, 'reversal_of_reversal'); end if;
  if target.kind not in ('award', 'grant') then perform private.refuse(409, 'not_reversible'); end if;
  if target.outcome = 'refused' then perform private.refuse(409, 'nothing_counted'); end if;
  if exists (select from public.credit_postings reversal where reversal.reverses = target.id) then perform private.refuse(409, 'reversed_already'); end if;
end $$;

-- The correction that a decision is about, held until it is made: of two who decide at once the second is told so.
create function private.hold_correction(correction_id bigint, sight text) returns public.credit_corrections
language plpgsql volatile set search_path = '' as $$
declare
  correction public.credit_corrections;
begin
  if auth.uid() is null then perform private.refuse(401, 'sign_in_needed'); end if;
  select * into correction from public.credit_corrections one where one.id = hold_correction.correction_id for update;
  if not found then perform private.refuse(404, 'correction_unknown'); end if;
  perform private.require_sight(correction.unit_id, sight);
  if correction.state <> 'open' then perform private.refuse(409, 'correction_decided', jsonb_build_object('state', correction.state)); end if;
  return correction;
end $$;

-- Approves or refuses a correction; approved, it is posted in the same transaction. Refusing needs a reason.
create function public.decide_credit_correction(correction_id bigint, approves boolean, reason text) returns void
language plpgsql volatile security definer set search_path = '' as $$
declare
  correction public.credit_corrections := private.hold_correction(correction_id, 'approval');
  target public.credit_postings;
  posted public.credit_postings;
begin
  if private.credit_learner(correction.asked_person_id) = private.my_person_id() then perform private.refuse(409, 'second_person_needed'); end if;
  if private.credit_learner(correction.person_id) = private.my_person_id() then perform private.refuse(409, 'own_account'); end if;
  if approves is null then perform private.refuse(422, 'decision_missing', '{"field": "decision"}'); end if;
  if not approves and (length(trim(decide_credit_correction.reason)) between 2 and 300) is not true then
    perform private.refuse(422, 'refusal_reason_missing', '{"field": "reason"}');
  end if;
  if approves and correction.kind = 'grant' then
    posted := private.grant_credit('correction|' || correction.id, correction.person_id, 'staff_correction', correction.milli_credits, 0, correction.unit_id,
      correction.reason, jsonb_build_object('correction', correction.id, 'ground', correction.ground), correction.happened_on::timestamp at time zone 'Asia/Shanghai');
  elsif approves then
    select * into target from public.credit_postings one where one.id = correction.target_id;
    perform private.hold_credit_chain(private.credit_learner(correction.person_id));
    perform private.take_rerating_turn(private.credit_learner(correction.person_id), target.rule_id);
    perform private.require_reversible(target);
    posted := private.reverse_credit(target.id, 'posted_wrongly');
  end if;
  update public.credit_corrections one set state = case when approves then 'approved' else 'refused' end, posted_id = posted.id,
    decided_by = auth.uid(), decided_at = clock_timestamp(), decision = nullif(trim(decide_credit_correction.reason), '')
  where one.id = correction.id;
  perform private.audit(case when approves then 'credit_correction_approved' else 'credit_correction_refused' end, 'credit_correction', correction.id::text,
    correction.unit_id, jsonb_build_object('person', correction.person_id, 'kind', correction.kind));
end $$;

-- Takes back what one asked for, before it is decided.
create function public.withdraw_credit_correction(correction_id bigint) returns void
language plpgsql volatile security definer set search_path = '' as $$
declare
  correction public.credit_corrections := private.hold_correction(correction_id, 'people');
begin
  if private.credit_learner(correction.asked_person_id) <> private.my_person_id() then perform private.refuse(403, 'not_yours'); end if;
  update public.credit_corrections one set state = 'withdrawn', decided_by = auth.uid(), decided_at = clock_timestamp() where one.id = correction.id;
  perform private.audit('credit_correction_withdrawn', 'credit_correction', correction.id::text, correction.unit_id, jsonb_build_object('person', correction.person_id));
end $$;
grant execute on function public.decide_credit_correction(bigint, boolean, text), public.withdraw_credit_correction(bigint) to authenticated;

-- Every approved correction has its posting, and no posting of a correction is without one.
create function private.credit_faults_of_corrections() returns table (invariant text, subject text)
language sql stable set search_path = ''
begin atomic
  select 'correction_is_posted', correction.id::text from public.credit_corrections correction
  join public.credit_postings posted on posted.id = correction.posted_id
  where case correction.kind when 'grant' then posted.key <> 'correction|' || correction.id or posted.asked_milli_credits <> correction.milli_credits
    else posted.reverses is distinct from correction.target_id end
  union all
  select 'correction_is_posted', posting.id::text from public.credit_postings posting
  where posting.rule_id = 'staff_correction' and posting.kind = 'grant' and posting.key ~ '^correction\|[0-9]+$'
    and not exists (select from public.credit_corrections correction where correction.posted_id = posting.id);
end;

-- Corrections of people at a unit and below in a state, with names and the posting that each is about. Definer: a posting is
-- read by its owner only; who registers people there sees what was asked for them.
create function public.credit_corrections_below(in_unit_id integer, in_state text)
returns table (id bigint, kind text, state text, milli_credits bigint, happened_on date, ground text, reason text, decision text, asked_at timestamptz, decided_at timestamptz,
  asked_person_id bigint, target_milli_credits bigint, target_day date, posted_milli_credits bigint, learner_id bigint, learner_name text, home_name text, asker_name text)
language plpgsql stable security definer set search_path = '' as $$
#variable_conflict use_column
begin
  perform private.require_sight(in_unit_id, 'people');
  return query
  select correction.id, correction.kind, correction.state, correction.milli_credits, correction.happened_on, correction.ground, correction.reason, correction.decision,
    correction.asked_at, correction.decided_at, private.credit_learner(correction.asked_person_id), target.milli_credits, target.counted_on, posted.milli_credits,
    learner.id, learner.name, home.name, asker.name
  from public.units inside
  join public.units home on home.path operator(extensions.<@) inside.path
  join public.credit_corrections correction on correction.unit_id = home.id and correction.state = in_state
  join public.persons learner on learner.id = private.credit_learner(correction.person_id)
  join public.persons asker on asker.id = correction.asked_person_id
  left join public.credit_postings target on target.id = correction.target_id
  left join public.credit_postings posted on posted.id = correction.posted_id
  where inside.id = in_unit_id;
end $$;
grant execute on function public.credit_corrections_below(integer, text) to authenticated;
