-- A day's cap of 60 minutes must not become one of 0.06 credits, by which everything would be refused for ever.

-- Puts a rate in force from a day on, today or later: what was earned before stays as it was. The version of before ends the
-- day before; one that would begin later is refused, because two would then be in force one after the other by accident.
-- Caps are minutes or credits as the rule gives: whoever changes that lifts them first, from the same day on, and sets them anew.
create or replace function public.change_credit_rule(of_rule_id text, from_day date, basis text, milli_credits integer, per_minutes integer) returns integer
language plpgsql volatile security definer set search_path = '' as $$
declare
  later public.credit_rule_versions;
  version_id integer;
begin
  perform private.require_sight(private.region_id(), 'approval');
  perform from public.credit_rules rule where rule.id = of_rule_id for update;
  if not found then perform private.refuse(404, 'rule_unknown'); end if;
  if from_day is null or from_day < private.china_date(now()) then perform private.refuse(422, 'from_day_past', '{"field": "fromDay"}'); end if;
  if change_credit_rule.basis in ('minutes', 'event') is not true then perform private.refuse(422, 'basis_missing', '{"field": "basis"}'); end if;
  if change_credit_rule.milli_credits between 0 and 1000000 is not true then perform private.refuse(422, 'rate_invalid', '{"field": "credits"}'); end if;
  if (change_credit_rule.basis = 'minutes') <> coalesce(change_credit_rule.per_minutes between 1 and 6000, false) then
    perform private.refuse(422, 'rate_invalid', '{"field": "perMinutes"}');
  end if;
  select * into later from public.credit_rule_versions version
    where version.rule_id = of_rule_id and lower(version.in_force) >= from_day order by version.in_force limit 1;
  if found then
    perform private.refuse(409, 'version_follows', jsonb_build_object('field', 'fromDay', 'day', lower(later.in_force)));
  end if;
  if exists (select from public.credit_rule_versions version where version.rule_id = of_rule_id and version.in_force @> from_day and version.basis <> change_credit_rule.basis)
    and exists (select from public.credit_caps cap where cap.rule_id = of_rule_id and coalesce(upper(cap.in_force) > from_day, true)) then
    perform private.refuse(409, 'caps_of_other_unit', '{"field": "basis"}');
  end if;
  update public.credit_rule_versions version set in_force = daterange(lower(version.in_force), from_day)
    where version.rule_id = of_rule_id and version.in_force @> from_day;
  insert into public.credit_rule_versions (rule_id, in_force, basis, milli_credits, per_minutes, entered_by)
  values (of_rule_id, daterange(from_day, null), change_credit_rule.basis, change_credit_rule.milli_credits, change_credit_rule.per_minutes, auth.uid())
  returning id into version_id;
  perform private.audit('credit_rule_changed', 'credit_rule', of_rule_id, private.region_id(),
    jsonb_build_object('from', from_day, 'milliCredits', milli_credits, 'perMinutes', per_minutes));
  return version_id;
end $$;
