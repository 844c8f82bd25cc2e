-- Credits that people decide: a recognised result from outside, a correction by two of the staff. The same caps, the same chain
-- and the same way back as for what an event earns; the ground says which decision it was.

-- Posts what was decided. Caps of the rule clip it, in thousandths of credits; study minutes are counted beside it. The same key
-- again posts nothing and returns what was posted first; the same key with another request is refused (409 key_reused).
-- The reason is kept in the ground, and so in the hash.
create function private.grant_credit(key text, of_person_id bigint, rule_id text, milli_credits bigint, minutes bigint, issuer_unit_id integer,
  reason text, ground jsonb, occurred_at timestamptz) returns public.credit_postings
language plpgsql volatile set search_path = '' as $$
declare
  learner public.credit_learners;
  learner_id bigint := private.credit_learner(of_person_id);
  version public.credit_rule_versions;
  cap record;
  posting public.credit_postings;
  day date := private.china_date(occurred_at);
  stated jsonb := jsonb_strip_nulls(coalesce(grant_credit.ground, '{}') || jsonb_build_object('reason', grant_credit.reason));
  request bytea;
  left_over bigint;
  counted bigint := milli_credits;
  uses jsonb := '[]';
  debt bigint;
  line integer := 0;
begin
  if learner_id is null then perform private.refuse(404, 'person_unknown'); end if;
  if occurred_at is null then perform private.refuse(422, 'day_missing'); end if;
  if (grant_credit.milli_credits >= 0 and grant_credit.minutes >= 0 and grant_credit.milli_credits + grant_credit.minutes > 0) is not true then
    perform private.refuse(422, 'amount_invalid');
  end if;
  if stated = '{}' then perform private.refuse(422, 'reason_missing'); end if;
  request := sha256(convert_to(concat_ws('|', 'grant', grant_credit.key, of_person_id, grant_credit.rule_id, grant_credit.milli_credits,
    grant_credit.minutes, stated, extract(epoch from occurred_at)), 'UTF8'));

  learner := private.hold_credit_chain(learner_id);
  select * into posting from public.credit_postings earlier where earlier.key = grant_credit.key;
  if found then
    if posting.request_hash <> request then perform private.refuse(409, 'key_reused'); end if;
    return posting;
  end if;

  posting.outcome := 'posted';
  select * into version from public.credit_rule_versions one where one.rule_id = grant_credit.rule_id and one.in_force @> day;
  if not found then
    posting.outcome := 'refused';
    posting.reason := 'no_rule_in_force';
    counted := 0;
  elsif version.basis <> 'event' then
    perform private.refuse(422, 'rule_not_by_decision');
  end if;

  for cap in
    select one.*, private.cap_period(one.period, one.first_month, day) as period_start from public.credit_caps one
    where one.rule_id = grant_credit.rule_id and one.in_force @> day and posting.outcome <> 'refused' order by one.id
  loop
    left_over := cap.amount - coalesce((
      select used from public.credit_cap_uses taken
      where taken.person_id = learner_id and taken.cap_id = cap.id and taken.period_start = cap.period_start), 0);
    if left_over < counted then
      counted := greatest(0, left_over);
      posting.outcome := 'clipped';
      posting.reason := 'cap_' || cap.period;
    end if;
  end loop;
  if posting.outcome = 'clipped' and counted = 0 then posting.outcome := 'refused'; end if;
  posting.minutes := case when posting.outcome = 'refused' then 0 else grant_credit.minutes end;
  posting.milli_credits := counted;

  if posting.outcome <> 'refused' then
    insert into public.credit_rule_totals as total (person_id, rule_version_id, minutes, milli_credits)
    values (learner_id, version.id, posting.minutes, counted)
    on conflict on constraint credit_rule_totals_pkey do update
      set minutes = total.minutes + excluded.minutes, milli_credits = total.milli_credits + excluded.milli_credits;
    for cap in
      select one.id, private.cap_period(one.period, one.first_month, day) as period_start
      from public.credit_caps one where one.rule_id = grant_credit.rule_id and one.in_force @> day order by one.id
    loop
      insert into public.credit_cap_uses as taken (person_id, cap_id, period_start, used) values (learner_id, cap.id, cap.period_start, counted)
      on conflict on constraint credit_cap_uses_pkey do update set used = taken.used + excluded.used;
      uses := uses || jsonb_build_object('cap', cap.id, 'from', cap.period_start, 'used', counted);
    end loop;
  end if;

  posting.id := nextval(pg_get_serial_sequence('public.credit_postings', 'id'));
  posting.seq := learner.seq + 1;
  debt := private.credit_debt(learner_id);
  posting.balance_after_milli_credits := private.available_credits(learner_id) + counted - least(debt, counted);
  posting.chain := private.chain_link(learner.head, request, posting.outcome, posting.minutes, counted, posting.balance_after_milli_credits, posting.seq);
  insert into public.credit_postings (id, key, request_hash, kind, person_id, granted_to, ground, asked_milli_credits, rule_id, rule_version_id,
    asked_minutes, minutes, milli_credits, outcome, reason, cap_uses, occurred_at, posted_by, balance_after_milli_credits, seq, chain)
  values (posting.id, grant_credit.key, request, 'grant', learner_id, of_person_id, stated, grant_credit.milli_credits, grant_credit.rule_id, version.id,
    grant_credit.minutes, posting.minutes, counted, posting.outcome, posting.reason, uses, grant_credit.occurred_at, auth.uid(),
    posting.balance_after_milli_credits, posting.seq, posting.chain)
  returning * into posting;

  if posting.minutes > 0 then
    line := line + 1;
    perform private.move_credit(posting.id, line, private.credit_account(null, grant_credit.issuer_unit_id, 'minutes', 'issuer'),
      private.credit_account(learner_id, null, 'minutes', 'earned'), posting.minutes);
  end if;
  if counted > 0 then
    line := line + 1;
    perform private.move_credit(posting.id, line, private.credit_account(null, grant_credit.issuer_unit_id, 'credits', 'issuer'),
      private.credit_account(learner_id, null, 'credits', 'available'), counted);
    if debt > 0 then
      perform private.move_credit(posting.id, line + 1, private.credit_account(learner_id, null, 'credits', 'available'),
        private.credit_account(learner_id, null, 'credits', 'shortfall'), least(debt, counted));
    end if;
  end if;
  update public.credit_learners set seq = posting.seq, head = posting.chain where person_id = learner_id;
  return posting;
end $$;

-- By decision: an event by itself gives nothing. A session on site earns by the minute, at the rate of its row like a lesson.
insert into public.credit_rules (id, zh, en) values
  ('external_result', '校外学习成果认定', 'Recognised result from outside'),
  ('staff_correction', '工作人员更正', 'Correction by the staff'),
  ('attendance', '参加现场学习', 'Attending a session on site');
insert into public.credit_rule_versions (rule_id, in_force, basis, milli_credits, per_minutes) values
  ('external_result', daterange(null, null), 'event', 0, null),
  ('staff_correction', daterange(null, null), 'event', 0, null),
  ('attendance', daterange(null, null), 'minutes', 20, 1);
