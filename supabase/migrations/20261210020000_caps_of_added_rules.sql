-- A rule of the region's own may begin with a cap over any period that a cap of another rule may have, a school term among them, and says in which
-- month its learning year begins.

drop function public.add_credit_rule(text, text, text, date, integer, text, bigint);
-- A new rule with its first version and, where one is given, its first cap. Returns its id.
create function public.add_credit_rule(zh text, en text, ground text, from_day date, milli_credits integer, cap_period text default null, cap_amount bigint default null,
  first_month integer default null) returns text
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
  if cap_period not in ('day', 'week', 'month', 'term', 'year', 'lifetime') then perform private.refuse(422, 'period_missing', '{"field": "capPeriod"}'); end if;
  if add_credit_rule.first_month not between 1 and 12 then perform private.refuse(422, 'first_month_invalid', '{"field": "firstMonth"}'); end if;

  -- Letters alone, as ids of rules are.
  new_id := 'added_' || translate(nextval('private.added_rules')::text, '0123456789', 'abcdefghij');
  insert into public.credit_rules (id, zh, en, ground, added_at) values (new_id, named, trim(add_credit_rule.en), add_credit_rule.ground, clock_timestamp())
  on conflict on constraint credit_rules_zh_named_once do nothing;
  if not found then perform private.refuse(409, 'rule_named_already', '{"field": "zh"}'); end if;
  insert into public.credit_rule_versions (rule_id, in_force, basis, milli_credits, entered_by)
  values (new_id, daterange(from_day, null), 'event', add_credit_rule.milli_credits, auth.uid());
  if cap_period is not null then
    insert into public.credit_caps (rule_id, period, amount, in_force, first_month)
    values (new_id, cap_period, cap_amount, daterange(from_day, null), coalesce(add_credit_rule.first_month::smallint, private.first_month_of_cap(new_id, cap_period)));
  end if;
  perform private.audit('credit_rule_added', 'credit_rule', new_id, private.region_id(),
    jsonb_strip_nulls(jsonb_build_object('name', named, 'ground', add_credit_rule.ground, 'from', from_day, 'milliCredits', add_credit_rule.milli_credits,
      'period', cap_period, 'amount', cap_amount, 'firstMonth', add_credit_rule.first_month)));
  return new_id;
end $$;
grant execute on function public.add_credit_rule(text, text, text, date, integer, text, bigint, integer) to authenticated;
