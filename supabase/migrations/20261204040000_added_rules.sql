-- The region's office adds rules of its own: for what two of the staff decide (a prize in a contest, a course that somebody built), each
-- with a fixed amount or as much as they decide, from a day on, with a cap. What the product records by itself – lessons, sessions,
-- service – keeps the rules that it posts by; their rates and caps are changed as before.

alter table public.credit_rules
  -- How it comes to a posting: by what is recorded, by a case of recognition, or by two of the staff who ask and approve.
  add column ground text not null default 'record' check (ground in ('record', 'recognition', 'decision')),
  -- Of a rule of the region's own; by whom is in the audit log.
  add column added_at timestamptz,
  add constraint credit_rules_zh_named_once unique (zh);
update public.credit_rules set ground = 'recognition' where id = 'external_result';
update public.credit_rules set ground = 'decision' where id = 'staff_correction';

create sequence private.added_rules;

-- A new rule with its first version and, where one is given, its first cap. Returns its id.
create function public.add_credit_rule(zh text, en text, ground text, from_day date, milli_credits integer, cap_period text default null, cap_amount bigint default null) returns text
language plpgsql volatile security definer set search_path = '' as $$
declare
  named text := trim(add_credit_rule.zh);
  new_id text;
begin
  perform private.require_sight(private.region_id(), 'approval');
  if (length(named) between 2 and 40) is not true then perform private.refuse(422, 'rule_name_missing', '{"field": "zh"}'); end if;
  if (length(trim(add_credit_rule.en)) between 2 and 80) is not true then perform private.refuse(422, 'rule_name_missing', '{"field": "en"}'); end if;
  if (add_credit_rule.ground = 'decision') is not true then perform private.refuse(422, 'rule_ground_missing', '{"field": "ground"}'); end if;
  if from_day is null or from_day < private.china_date(now()) then perform private.refuse(422, 'from_day_past', '{"field": "fromDay"}'); end if;
  if (add_credit_rule.milli_credits between 0 and 1000000) is not true then perform private.refuse(422, 'rate_invalid', '{"field": "credits"}'); end if;
  if (cap_period is null) <> (cap_amount is null) then
    perform private.refuse(422, case when cap_period is null then 'period_missing' else 'cap_invalid' end, jsonb_build_object('field', case when cap_period is null then 'capPeriod' else 'capAmount' end));
  end if;
  -- Below what it gives once, a cap would refuse everybody for ever.
  if cap_amount < greatest(1, add_credit_rule.milli_credits) then perform private.refuse(422, 'cap_below_once', '{"field": "capAmount"}'); end if;
  if cap_period not in ('day', 'week', 'month', 'year', 'lifetime') then perform private.refuse(422, 'period_missing', '{"field": "capPeriod"}'); end if;

  -- Letters alone, as ids of rules are.
  new_id := 'added_' || translate(nextval('private.added_rules')::text, '0123456789', 'abcdefghij');
  insert into public.credit_rules (id, zh, en, ground, added_at) values (new_id, named, trim(add_credit_rule.en), add_credit_rule.ground, clock_timestamp())
  on conflict on constraint credit_rules_zh_named_once do nothing;
  if not found then perform private.refuse(409, 'rule_named_already', '{"field": "zh"}'); end if;
  insert into public.credit_rule_versions (rule_id, in_force, basis, milli_credits, entered_by)
  values (new_id, daterange(from_day, null), 'event', add_credit_rule.milli_credits, auth.uid());
  if cap_period is not null then
    insert into public.credit_caps (rule_id, period, amount, in_force) values (new_id, cap_period, cap_amount, daterange(from_day, null));
  end if;
  perform private.audit('credit_rule_added', 'credit_rule', new_id, private.region_id(),
    jsonb_strip_nulls(jsonb_build_object('name', named, 'ground', add_credit_rule.ground, 'from', from_day, 'milliCredits', add_credit_rule.milli_credits,
      'period', cap_period, 'amount', cap_amount)));
  return new_id;
end $$;
grant execute on function public.add_credit_rule(text, text, text, date, integer, text, bigint) to authenticated;

-- What is decided is never reckoned by the minute: nobody says how many minutes a prize took.
create function private.refuse_minutes_by_decision() returns trigger
language plpgsql set search_path = '' as $$
begin
  if new.basis = 'minutes' and exists (select from public.credit_rules rule where rule.id = new.rule_id and rule.ground <> 'record') then
    perform private.refuse(422, 'basis_by_decision', '{"field": "basis"}');
  end if;
  return new;
end $$;
create trigger credit_rule_versions_refuse_minutes_by_decision before insert or update on public.credit_rule_versions
  for each row execute function private.refuse_minutes_by_decision();

-- ── who asks for credits by such a rule ─────────────────────────────────────────────────────────────────────────────

alter table public.credit_corrections add column rule_id text references public.credit_rules on delete restrict;
update public.credit_corrections set rule_id = 'staff_correction' where kind = 'grant';
alter table public.credit_corrections add constraint credit_corrections_grant_has_rule check ((kind = 'grant') = (rule_id is not null));
create index credit_corrections_rule_id_idx on public.credit_corrections (rule_id);
alter table public.credit_corrections drop constraint credit_corrections_ground_check;
alter table public.credit_corrections
  add constraint credit_corrections_ground_check check (ground in ('record_missing', 'entered_wrongly', 'system_fault', 'on_appeal', 'by_rule')),
  add constraint credit_corrections_by_added_rule check ((ground = 'by_rule') = coalesce(rule_id <> 'staff_correction', false));

-- Asks for credits that a learner should have: what was forgotten, or what a rule gives for what two of the staff decide. Whole
-- thousandths, above nothing: what is too much is taken back by a reversal. A rule with a fixed amount gives that amount.
drop function public.ask_credit_grant(bigint, numeric, date, text, text);
create function public.ask_credit_grant(of_person_id bigint, milli_credits numeric, happened_on date, ground text, reason text, of_rule_id text default 'staff_correction') returns bigint
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
  perform private.require_sight(learner.residence_unit_id, 'people');
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
grant execute on function public.ask_credit_grant(bigint, numeric, date, text, text, text) to authenticated;

-- Approves or refuses a correction; approved, it is posted in the same transaction. Refusing needs a reason.
create or replace function public.decide_credit_correction(correction_id bigint, approves boolean, reason text) returns void
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
    posted := private.grant_credit('correction|' || correction.id, correction.person_id, correction.rule_id, correction.milli_credits, 0, correction.unit_id,
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

-- Every approved correction has its posting, and no posting of a correction is without one.
create or replace function private.credit_faults_of_corrections() returns table (invariant text, subject text)
language sql stable set search_path = ''
begin atomic
  select 'correction_is_posted', correction.id::text from public.credit_corrections correction
  join public.credit_postings posted on posted.id = correction.posted_id
  where case correction.kind when 'grant' then posted.key <> 'correction|' || correction.id or (posted.asked_milli_credits, posted.rule_id) is distinct from (correction.milli_credits, correction.rule_id)
    else posted.reverses is distinct from correction.target_id end
  union all
  select 'correction_is_posted', posting.id::text from public.credit_postings posting
  where posting.kind = 'grant' and posting.key ~ '^correction\|[0-9]+$'
    and not exists (select from public.credit_corrections correction where correction.posted_id = posting.id);
end;

-- Corrections of people at a unit and below in a state, with names and the posting that each is about. Definer: a posting is
-- read by its owner only; who registers people there sees what was asked for them.
drop function public.credit_corrections_below(integer, text);
create function public.credit_corrections_below(in_unit_id integer, in_state text)
returns table (id bigint, kind text, state text, milli_credits bigint, happened_on date, ground text, reason text, decision text, asked_at timestamptz, decided_at timestamptz,
  asked_person_id bigint, target_milli_credits bigint, target_day date, posted_milli_credits bigint, learner_id bigint, learner_name text, home_name text, asker_name text, rule_zh text, rule_en text)
language plpgsql stable security definer set search_path = '' as $$
#variable_conflict use_column
begin
  perform private.require_sight(in_unit_id, 'people');
  return query
  select correction.id, correction.kind, correction.state, correction.milli_credits, correction.happened_on, correction.ground, correction.reason, correction.decision,
    correction.asked_at, correction.decided_at, private.credit_learner(correction.asked_person_id), target.milli_credits, target.counted_on, posted.milli_credits,
    learner.id, learner.name, home.name, asker.name, rule.zh, rule.en
  from public.units inside
  join public.units home on home.path operator(extensions.<@) inside.path
  join public.credit_corrections correction on correction.unit_id = home.id and correction.state = in_state
  join public.persons learner on learner.id = private.credit_learner(correction.person_id)
  join public.persons asker on asker.id = correction.asked_person_id
  left join public.credit_postings target on target.id = correction.target_id
  left join public.credit_postings posted on posted.id = correction.posted_id
  left join public.credit_rules rule on rule.id = correction.rule_id
  where inside.id = in_unit_id;
end $$;
grant execute on function public.credit_corrections_below(integer, text) to authenticated;
