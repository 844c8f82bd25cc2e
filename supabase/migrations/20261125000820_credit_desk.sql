-- Rules and caps as the region's office keeps them, and the nightly check of the whole ledger. Rules hold for the region, so
-- who changes them approves there.

create function private.region_id() returns integer
language sql stable set search_path = ''
return (select id from public.units where parent_id is null);

-- Puts a rate in force from a day on, today or later: what was earned before stays as it was. The version of before ends the
-- day before; one that would begin later is refused, because two would then be in force one after the other by accident.
create function public.change_credit_rule(of_rule_id text, from_day date, basis text, milli_credits integer, per_minutes integer) returns integer
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
  update public.credit_rule_versions version set in_force = daterange(lower(version.in_force), from_day)
    where version.rule_id = of_rule_id and version.in_force @> from_day;
  insert into public.credit_rule_versions (rule_id, in_force, basis, milli_credits, per_minutes, entered_by)
  values (of_rule_id, daterange(from_day, null), change_credit_rule.basis, change_credit_rule.milli_credits, change_credit_rule.per_minutes, auth.uid())
  returning id into version_id;
  perform private.audit('credit_rule_changed', 'credit_rule', of_rule_id, private.region_id(),
    jsonb_build_object('from', from_day, 'milliCredits', milli_credits, 'perMinutes', per_minutes));
  return version_id;
end $$;
grant execute on function public.change_credit_rule(text, date, text, integer, integer) to authenticated;

-- Takes back a version that is not in force yet; the one before goes on.
create function public.withdraw_credit_rule(version_id integer) returns void
language plpgsql volatile security definer set search_path = '' as $$
declare
  version public.credit_rule_versions;
begin
  perform private.require_sight(private.region_id(), 'approval');
  select * into version from public.credit_rule_versions one where one.id = version_id for update;
  if not found then perform private.refuse(404, 'version_unknown'); end if;
  if coalesce(lower(version.in_force) <= private.china_date(now()), true) then perform private.refuse(409, 'version_in_force'); end if;
  delete from public.credit_rule_versions where id = version.id;
  update public.credit_rule_versions before set in_force = daterange(lower(before.in_force), upper(version.in_force))
    where before.rule_id = version.rule_id and upper(before.in_force) = lower(version.in_force);
  perform private.audit('credit_rule_withdrawn', 'credit_rule', version.rule_id, private.region_id(), jsonb_build_object('from', lower(version.in_force)));
end $$;
grant execute on function public.withdraw_credit_rule(integer) to authenticated;

-- Sets the most that a rule gives in a period, from a day on; null lifts the cap from that day on.
create function public.set_credit_cap(of_rule_id text, of_period text, amount bigint, from_day date) returns void
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
    insert into public.credit_caps (rule_id, period, amount, in_force) values (of_rule_id, of_period, set_credit_cap.amount, daterange(from_day, null));
  end if;
  perform private.audit('credit_cap_set', 'credit_rule', of_rule_id, private.region_id(),
    jsonb_build_object('period', of_period, 'amount', set_credit_cap.amount, 'from', from_day));
end $$;
grant execute on function public.set_credit_cap(text, text, bigint, date) to authenticated;

-- ── the nightly check ───────────────────────────────────────────────────────────────────────────────────────────────

create table public.credit_checks (
  id bigint generated always as identity primary key,
  began_at timestamptz not null default clock_timestamp(),
  ended_at timestamptz,
  postings bigint,
  legs bigint,
  -- Breaches found, and the first hundred of them.
  faults integer,
  found jsonb not null default '[]'
);
alter table public.credit_checks enable row level security;
grant select on public.credit_checks to authenticated;
create policy "Checks of the ledger are read by whoever approves or audits the region" on public.credit_checks for select to authenticated
  using (private.region_id() in (select private.my_units('approval')) or private.region_id() in (select private.my_units('audit')));
grant execute on function private.region_id() to authenticated;

-- Opens a check; its end is written by run_credit_check, so one that was cut off is seen as such.
create function private.begin_credit_check() returns bigint
language sql volatile security definer set search_path = ''
begin atomic
  insert into public.credit_checks default values returning id;
end;

-- Recomputes every balance, counter and chain of the ledger. Definer: it reads everybody's postings.
create function private.run_credit_check(check_id bigint) returns integer
language plpgsql volatile security definer set search_path = '' as $$
declare
  breaches jsonb;
begin
  select coalesce(jsonb_agg(jsonb_build_object('invariant', invariant, 'subject', subject)), '[]') into breaches from private.credit_faults();
  update public.credit_checks one set ended_at = clock_timestamp(),
    postings = (select count(*) from public.credit_postings), legs = (select count(*) from public.credit_legs),
    faults = jsonb_array_length(breaches), found = (select coalesce(jsonb_agg(fault), '[]') from (
      select fault from jsonb_array_elements(breaches) fault limit 100) first)
  where one.id = check_id;
  if jsonb_array_length(breaches) > 0 then
    perform private.audit('credit_faults_found', 'credit_check', check_id::text, private.region_id(), jsonb_build_object('faults', jsonb_array_length(breaches)));
  end if;
  return jsonb_array_length(breaches);
end $$;
grant execute on function private.begin_credit_check(), private.run_credit_check(bigint) to job_server;

-- Whether the asking account may have the ledger checked now.
create function public.request_credit_check() returns void
language plpgsql volatile security definer set search_path = '' as $$
begin
  perform private.require_sight(private.region_id(), 'approval');
  perform private.audit('credit_check_requested', 'credit_check', 'all', private.region_id());
end $$;
grant execute on function public.request_credit_check() to authenticated;
