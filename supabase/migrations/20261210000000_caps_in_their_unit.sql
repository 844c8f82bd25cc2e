-- The amount of a cap comes as people say it: minutes, or credits for a rule by the event. In which unit its rule counts is looked up
-- here, under the rule's lock, and not by whoever asks: between a look and the call the rule might change.

-- The unit of a rule's caps on some days: that of its version on the first of them.
create function private.unit_of_caps(of_rule_id text, days daterange) returns text
language sql stable set search_path = ''
return coalesce((
  select version.basis from public.credit_rule_versions version where version.rule_id = of_rule_id and version.in_force && days order by version.in_force limit 1), 'minutes');

create or replace function private.name_unit_of_cap() returns trigger
language plpgsql set search_path = '' as $$
begin
  new.basis := coalesce(new.basis, private.unit_of_caps(new.rule_id, new.in_force));
  return new;
end $$;

-- An amount as it is said, in the whole numbers that a cap on these days is kept in: minutes, or thousandths of credits.
create function private.amount_of_cap(of_rule_id text, days daterange, said numeric, field text) returns bigint
language plpgsql stable set search_path = '' as $$
declare
  is_by_event boolean := private.unit_of_caps(of_rule_id, days) = 'event';
  amount numeric := said * case when is_by_event then 1000 else 1 end;
begin
  if amount < 0 or amount >= 1e12 then perform private.refuse(422, 'cap_invalid', jsonb_build_object('field', field)); end if;
  if amount % 1 <> 0 then perform private.refuse(422, case when is_by_event then 'cap_invalid' else 'cap_not_whole' end, jsonb_build_object('field', field)); end if;
  return amount;
end $$;

-- Sets the most that a rule gives in a period, from a day on; null lifts the cap from that day on. It may be narrowed to a category, or count each
-- institution by itself; what people decide has neither. The learning year begins in the month that is given, else in which it began before.
drop function public.set_credit_cap(text, text, bigint, date, text, boolean, integer);
create function public.set_credit_cap(of_rule_id text, of_period text, amount numeric, from_day date, of_category_id text default null,
  each_institution boolean default false, first_month integer default null) returns void
language plpgsql volatile security definer set search_path = '' as $$
#variable_conflict use_column
declare
  asked_scope text := case when each_institution then 'institution' else coalesce('category ' || of_category_id, 'all') end;
  rule public.credit_rules;
  most bigint;
begin
  perform private.require_sight(private.region_id(), 'approval');
  select * into rule from public.credit_rules one where one.id = of_rule_id for update;
  if not found then perform private.refuse(404, 'rule_unknown'); end if;
  if of_period in ('day', 'week', 'month', 'term', 'year', 'lifetime') is not true then perform private.refuse(422, 'period_missing', '{"field": "period"}'); end if;
  if from_day is null or from_day < private.china_date(now()) then perform private.refuse(422, 'from_day_past', '{"field": "fromDay"}'); end if;
  most := private.amount_of_cap(of_rule_id, daterange(from_day, null), set_credit_cap.amount, 'amount');
  if set_credit_cap.first_month not between 1 and 12 then perform private.refuse(422, 'first_month_invalid', '{"field": "firstMonth"}'); end if;
  if of_category_id is not null and (each_institution or not exists (select from public.categories category where category.id = of_category_id)) then
    perform private.refuse(422, 'category_unknown', '{"field": "scope"}');
  end if;
  if asked_scope <> 'all' and rule.ground <> 'record' then perform private.refuse(422, 'scope_not_for_decisions', '{"field": "scope"}'); end if;
  if exists (select from public.credit_caps cap where cap.rule_id = of_rule_id and cap.period = of_period and cap.scope = asked_scope and lower(cap.in_force) >= from_day) then
    perform private.refuse(409, 'cap_follows', '{"field": "fromDay"}');
  end if;
  update public.credit_caps cap set in_force = daterange(lower(cap.in_force), from_day)
    where cap.rule_id = of_rule_id and cap.period = of_period and cap.scope = asked_scope and cap.in_force @> from_day;
  if most is not null then
    insert into public.credit_caps (rule_id, period, amount, in_force, first_month, category_id, per_institution)
    values (of_rule_id, of_period, most, daterange(from_day, null),
      coalesce(set_credit_cap.first_month::smallint, (
        select before.first_month from public.credit_caps before where before.rule_id = of_rule_id and before.period = of_period and before.scope = asked_scope order by before.id desc limit 1),
        private.first_month_of_cap(of_rule_id, of_period)), of_category_id, each_institution);
  end if;
  perform private.audit('credit_cap_set', 'credit_rule', of_rule_id, private.region_id(),
    jsonb_strip_nulls(jsonb_build_object('period', of_period, 'amount', most, 'from', from_day, 'category', of_category_id, 'eachInstitution', nullif(each_institution, false),
      'firstMonth', set_credit_cap.first_month)));
end $$;
grant execute on function public.set_credit_cap(text, text, numeric, date, text, boolean, integer) to authenticated;
