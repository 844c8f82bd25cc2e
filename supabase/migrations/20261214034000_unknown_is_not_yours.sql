-- What is not there and what is none of one's own are answered alike: by trying numbers one after the other nobody learns which of them exist elsewhere.

-- Refuses with the code of what is unknown where the asker has no desk at the unit; who has one and lacks the sight is told so by require_sight().
create function private.require_known_at(unit_id integer, unknown text) returns void
language plpgsql stable set search_path = '' as $$
begin
  if auth.uid() is null then perform private.refuse(401, 'sign_in_needed'); end if;
  if not private.sees_unit(require_known_at.unit_id, 'desk') then perform private.refuse(404, unknown); end if;
end $$;

create or replace function private.require_import(import_id bigint, states text[]) returns public.imports
language plpgsql volatile set search_path = '' as $$
declare
  found_import public.imports;
begin
  if auth.uid() is null then perform private.refuse(401, 'sign_in_needed'); end if;
  select * into found_import from public.imports where id = require_import.import_id for update;
  if found_import.id is null then perform private.refuse(404, 'import_unknown'); end if;
  perform private.require_known_at(found_import.unit_id, 'import_unknown');
  perform private.require_sight(found_import.unit_id, private.import_sight(found_import.kind));
  if not private.may_handle_import(found_import) then perform private.refuse(403, 'import_of_others'); end if;
  if found_import.state <> all (states) then
    perform private.refuse(409, 'import_state', jsonb_build_object('state', found_import.state));
  end if;
  return found_import;
end $$;

create or replace function public.cancel_unit_plan(plan_id bigint) returns void
language plpgsql volatile security definer set search_path = '' as $$
declare
  plan public.unit_plans;
begin
  select * into plan from public.unit_plans where id = plan_id for no key update;
  if plan.id is null then perform private.refuse(404, 'unit_plan_unknown'); end if;
  perform private.require_known_at(plan.unit_id, 'unit_plan_unknown');
  perform private.require_sight(plan.unit_id, 'network');
  if plan.status <> 'planned' then perform private.refuse(409, 'unit_plan_settled'); end if;
  update public.unit_plans set status = 'cancelled', settled_at = clock_timestamp() where id = plan_id;
  perform private.audit('unit_act_cancelled', 'unit', unit.code, unit.id, jsonb_build_object('act', plan.act, 'day', plan.due_on))
    from public.units unit where unit.id = plan.unit_id;
end $$;

create or replace function public.decide_application(application_id bigint, decision text, reason text) returns void
language plpgsql volatile security definer set search_path = '' as $$
declare
  application public.credit_applications;
  award public.credit_awards;
begin
  if auth.uid() is null then perform private.refuse(401, 'sign_in_needed'); end if;
  select * into application from public.credit_applications one where one.id = decide_application.application_id;
  if not found then perform private.refuse(404, 'application_unknown'); end if;
  select * into award from public.credit_awards one where one.id = application.award_id;
  perform private.require_known_at(award.unit_id, 'application_unknown');
  perform private.require_sight(award.unit_id, 'approval');
  perform private.hold_credit_chain(private.credit_learner(application.person_id));
  select * into application from public.credit_applications one where one.id = decide_application.application_id for update;
  if decide_application.decision in ('approve', 'refuse', 'take_back') is not true then perform private.refuse(422, 'decision_missing', '{"field": "decision"}'); end if;
  if application.state <> (case decide_application.decision when 'take_back' then 'approved' else 'asked' end) then
    perform private.refuse(409, 'application_decided', jsonb_build_object('state', application.state));
  end if;
  if private.credit_learner(application.person_id) = private.my_person_id() then perform private.refuse(409, 'own_account'); end if;
  if private.credit_learner(application.asked_person_id) = private.my_person_id() then perform private.refuse(409, 'second_person_needed'); end if;
  if decide_application.decision <> 'approve' and (length(trim(decide_application.reason)) between 2 and 300) is not true then
    perform private.refuse(422, 'refusal_reason_missing', '{"field": "reason"}');
  end if;
  if decide_application.decision = 'approve' then
    update public.credit_applications one set state = 'approved', decided_by = auth.uid(), decided_at = clock_timestamp(),
      decision = nullif(trim(decide_application.reason), '') where one.id = application.id;
    perform private.want_credential('award', application.person_id, application.id::text, award.unit_id,
      jsonb_build_object('title', award.zh, 'titleEn', award.en, 'milliCredits', award.milli_credits, 'finishedOn', private.china_date(now())));
  else
    perform private.revoke_credential(credential.id, 'award_taken_back', trim(decide_application.reason)) from public.credentials credential
      where credential.kind = 'award' and credential.subject_id = application.id::text and credential.revoked_at is null;
    perform private.return_application(application, case decide_application.decision when 'refuse' then 'refused' else 'taken_back' end,
      case decide_application.decision when 'refuse' then 'application_refused' else 'award_taken_back' end, trim(decide_application.reason));
  end if;
  perform private.audit(case decide_application.decision when 'approve' then 'application_approved' when 'refuse' then 'application_refused' else 'award_taken_back' end,
    'credit_application', application.id::text, award.unit_id, jsonb_build_object('person', application.person_id, 'award', award.id));
end $$;

create or replace function public.end_post(post_id integer, last_day date) returns void
language plpgsql volatile security definer set search_path = '' as $$
declare
  post public.posts;
  code text;
begin
  perform private.hold_posts();
  select * into post from public.posts where id = end_post.post_id for no key update;
  if post.id is null then perform private.refuse(404, 'post_unknown'); end if;
  perform private.require_known_at(post.unit_id, 'post_unknown');
  perform private.require_sight(post.unit_id, 'posts');
  if last_day is null then perform private.refuse(422, 'post_day_missing', '{"field": "lastDay"}'); end if;
  if post.valid_to < private.china_date(now()) then perform private.refuse(409, 'post_ended_already'); end if;
  if last_day < post.valid_from then perform private.refuse(422, 'post_ends_before_start', '{"field": "lastDay"}'); end if;
  if post.role_id = 'security_admin'
    and exists (select from public.units where id = private.administration_of(post.unit_id) and parent_id is null)
    and not private.security_stays(last_day, post.id, null) then
    perform private.refuse(409, 'post_last_security_admin', '{"field": "lastDay"}');
  end if;
  update public.posts set valid_to = last_day where id = post.id;
  perform private.audit('post_ended', 'post', post.id::text, post.unit_id,
    jsonb_build_object('person', post.person_id, 'role', post.role_id, 'to', last_day));
end $$;

-- A person whom the asker does not see is unknown, as on their page.

create or replace function public.apply_award_for(award_id integer, of_person_id bigint) returns bigint
language plpgsql volatile security definer set search_path = '' as $$
declare
  learner public.persons;
  application bigint;
begin
  select * into learner from public.persons person where person.id = private.credit_learner(of_person_id);
  if not found then perform private.refuse(404, 'person_unknown', '{"field": "person"}'); end if;
  perform private.require_person(learner.id, 'people');
  application := private.apply_to_award(apply_award_for.award_id, learner);
  perform private.audit('award_applied_for', 'credit_application', application::text, learner.residence_unit_id, jsonb_build_object('person', learner.id, 'award', apply_award_for.award_id));
  return application;
end $$;

create or replace function public.ask_credit_grant(of_person_id bigint, milli_credits numeric, happened_on date, ground text, reason text, of_rule_id text default 'staff_correction') returns bigint
language plpgsql volatile security definer set search_path = '' as $$
declare
  learner public.persons;
  rule public.credit_rules;
  version public.credit_rule_versions;
  amount numeric := ask_credit_grant.milli_credits;
  stated text := case when of_rule_id = 'staff_correction' then ask_credit_grant.ground else 'by_rule' end;
  asked bigint;
begin
  select * into learner from public.persons person where person.id = private.credit_learner(of_person_id);
  if not found then perform private.refuse(404, 'person_unknown', '{"field": "person"}'); end if;
  perform private.require_person(learner.id, 'people');
  if (ask_credit_grant.happened_on <= private.china_date(now())) is not true then perform private.refuse(422, 'day_in_future', '{"field": "day"}'); end if;
  select * into rule from public.credit_rules one where one.id = of_rule_id and one.ground = 'decision';
  if not found then perform private.refuse(422, 'rule_unknown', '{"field": "rule"}'); end if;
  select * into version from public.credit_rule_versions one where one.rule_id = rule.id and one.in_force @> ask_credit_grant.happened_on;
  if not found then perform private.refuse(422, 'rule_not_in_force', '{"field": "day"}'); end if;
  if version.milli_credits > 0 then
    if amount <> version.milli_credits then
      perform private.refuse(422, 'amount_is_fixed', jsonb_build_object('field', 'credits', 'credits', trim_scale(version.milli_credits / 1000.0)));
    end if;
    amount := version.milli_credits;
  end if;
  if (amount between 1 and 1000000 and amount % 1 = 0) is not true then perform private.refuse(422, 'amount_invalid', '{"field": "credits"}'); end if;
  if stated <> 'by_rule' or stated is null then perform private.require_correction_words(stated, ask_credit_grant.reason);
  elsif (length(trim(ask_credit_grant.reason)) between 4 and 300) is not true then perform private.refuse(422, 'reason_too_short', '{"field": "reason"}');
  end if;
  if learner.id = private.my_person_id() then perform private.refuse(409, 'own_account'); end if;
  insert into public.credit_corrections (kind, person_id, unit_id, rule_id, milli_credits, happened_on, ground, reason, asked_by, asked_person_id)
  values ('grant', learner.id, learner.residence_unit_id, rule.id, amount, ask_credit_grant.happened_on, stated,
    trim(ask_credit_grant.reason), auth.uid(), private.my_person_id())
  returning id into asked;
  perform private.audit('credit_correction_asked', 'credit_correction', asked::text, learner.residence_unit_id,
    jsonb_build_object('person', learner.id, 'kind', 'grant', 'rule', rule.id, 'milliCredits', amount));
  return asked;
end $$;

create or replace function public.ask_credit_reversal(posting_id bigint, ground text, reason text) returns bigint
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
  if not private.sees_unit(learner.residence_unit_id, 'names') and not private.sees_unit(learner.residence_unit_id, 'people') then perform private.refuse(404, 'posting_unknown'); end if;
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

-- Versions of figures are read by whoever sees figures there.

create or replace function public.decide_populations(version_ids bigint[], approve boolean, reason text default null) returns integer
language plpgsql volatile security definer set search_path = '' as $$
declare
  version record;
  decided integer := 0;
begin
  if auth.uid() is null then perform private.refuse(401, 'sign_in_needed'); end if;
  if coalesce(cardinality(version_ids), 0) = 0 then perform private.refuse(422, 'population_none_chosen', '{"field": "ids"}'); end if;
  if not approve and length(trim(decide_populations.reason)) between 2 and 200 is not true then
    perform private.refuse(422, 'population_reason_missing', '{"field": "reason"}');
  end if;
  for version in
    select waiting.id, waiting.status, waiting.entered_by, waiting.year, waiting.group_id, waiting.unit_id, unit.code, unit.path
    from public.population_versions waiting join public.units unit on unit.id = waiting.unit_id
    where waiting.id = any (version_ids) order by waiting.id for no key update of waiting
  loop
    if not version.path operator(extensions.<@) any (private.my_unit_paths('figures')) then perform private.refuse(404, 'population_unknown'); end if;
    if not private.may_approve(version.path) then perform private.refuse(403, 'population_not_yours_to_approve', jsonb_build_object('unit', version.code)); end if;
    if version.entered_by = auth.uid() then perform private.refuse(403, 'population_own', jsonb_build_object('unit', version.code)); end if;
    if version.status <> 'entered' then perform private.refuse(409, 'population_decided', jsonb_build_object('unit', version.code)); end if;
    decided := decided + 1;
    perform private.audit(case when approve then 'population_approved' else 'population_returned' end, 'population', version.id::text, version.unit_id,
      jsonb_build_object('unit', version.code, 'year', version.year, 'group', version.group_id));
  end loop;
  if decided <> (select count(distinct id) from unnest(version_ids) id) then perform private.refuse(404, 'population_unknown'); end if;
  update public.population_versions waiting
    set status = case when approve then 'approved' else 'returned' end, decided_by = auth.uid(), decided_at = clock_timestamp(),
      reason = case when not approve then trim(decide_populations.reason) end
    where waiting.id = any (version_ids);
  return decided;
end $$;
