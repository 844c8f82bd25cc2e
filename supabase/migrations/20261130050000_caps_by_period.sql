-- A cap is on a period, whichever version of it was in force when something was posted: what an earlier version counted of the
-- same period is used of a later one too. So a corrected cap needs no posting for whom nothing changes, and nobody begins from
-- nothing with it.
create or replace function private.credit_room(of_person_id bigint, of_rule_id text, day date) returns private.credit_room
language plpgsql stable set search_path = ''
as $$
declare
  found_room private.credit_room;
begin
  select min(room), (array_agg(period order by room, id))[1], array_agg(id order by id), array_agg(period_start order by id) into found_room
  from (
    select cap.id, cap.period, start.period_start, cap.amount - coalesce((
      select sum(taken.used) from public.credit_caps version
      join public.credit_cap_uses taken on taken.person_id = of_person_id and taken.cap_id = version.id and taken.period_start = start.period_start
      where version.rule_id = cap.rule_id and version.period = cap.period), 0)::bigint as room
    from public.credit_caps cap
    cross join lateral (select private.cap_period(cap.period, cap.first_month, credit_room.day) as period_start) start
    where cap.rule_id = of_rule_id and cap.in_force @> credit_room.day
  ) one;
  return found_room;
end $$;

-- Sets the most that a rule gives in a period, from a day on; null lifts the cap from that day on. The learning year begins in the
-- month in which it began before.
create or replace function public.set_credit_cap(of_rule_id text, of_period text, amount bigint, from_day date) returns void
language plpgsql volatile security definer set search_path = '' as $$
begin
  perform private.require_sight(private.region_id(), 'approval');
  perform from public.credit_rules rule where rule.id = of_rule_id for update;
  if not found then perform private.refuse(404, 'rule_unknown'); end if;
  if of_period in ('day', 'week', 'month', 'year', 'lifetime') is not true then perform private.refuse(422, 'period_missing', '{"field": "period"}'); end if;
  if from_day is null or from_day < private.china_date(now()) then perform private.refuse(422, 'from_day_past', '{"field": "fromDay"}'); end if;
  if set_credit_cap.amount < 0 then perform private.refuse(422, 'cap_invalid', '{"field": "amount"}'); end if;
  if exists (select from public.credit_caps cap where cap.rule_id = of_rule_id and cap.period = of_period and lower(cap.in_force) >= from_day) then
    perform private.refuse(409, 'cap_follows', '{"field": "fromDay"}');
  end if;
  update public.credit_caps cap set in_force = daterange(lower(cap.in_force), from_day)
    where cap.rule_id = of_rule_id and cap.period = of_period and cap.in_force @> from_day;
  if set_credit_cap.amount is not null then
    insert into public.credit_caps (rule_id, period, amount, in_force, first_month)
    values (of_rule_id, of_period, set_credit_cap.amount, daterange(from_day, null), private.first_month_of_cap(of_rule_id, of_period));
  end if;
  perform private.audit('credit_cap_set', 'credit_rule', of_rule_id, private.region_id(),
    jsonb_build_object('period', of_period, 'amount', set_credit_cap.amount, 'from', from_day));
end $$;
