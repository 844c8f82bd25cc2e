-- A re-rating corrects the cap of a scope, too: of one category, or at each institution by itself, in a school term as in any period.
-- Counted, confirmed by a second person and posted as that of all.

alter table public.credit_reratings
  add column cap_category_id text references public.categories on delete restrict,
  -- What the amount counts, minutes or events, by the days that it is for: the rule may count otherwise since.
  add column cap_basis text check (cap_basis in ('minutes', 'event')),
  add column cap_per_institution boolean not null default false,
  -- In which the learning year of the corrected cap begins; settled when it is asked for, so that what is posted is what was counted.
  add column cap_first_month smallint check (cap_first_month between 1 and 12),
  add column cap_scope text not null generated always as (case when cap_per_institution then 'institution' else coalesce('category ' || cap_category_id, 'all') end) stored,
  drop constraint credit_reratings_cap_period_check,
  add constraint credit_reratings_cap_period_check check (cap_period in ('day', 'week', 'month', 'term', 'year', 'lifetime')),
  add constraint credit_reratings_narrowed_one_way check (not (cap_per_institution and cap_category_id is not null));
create index credit_reratings_cap_category_id_idx on public.credit_reratings (cap_category_id) where cap_category_id is not null;
update public.credit_reratings set cap_first_month = private.first_month_of_cap(rule_id, cap_period), cap_basis = private.unit_of_caps(rule_id, period) where kind = 'cap';
alter table public.credit_reratings
  add constraint credit_reratings_scope_of_cap check ((kind = 'cap') = (cap_first_month is not null) and (kind = 'cap') = (cap_basis is not null) and (cap_scope = 'all' or kind = 'cap'));
grant select (cap_basis, cap_category_id, cap_per_institution, cap_first_month, cap_scope) on public.credit_reratings to authenticated;

-- The month in which the learning year of a cap begins: as on a day, else as last, of its scope or else of all; a year of two terms in March.
create function private.first_month_on(of_rule_id text, of_period text, of_scope text, day date) returns smallint
language sql stable set search_path = ''
return coalesce((
  select first_month from public.credit_caps cap where cap.rule_id = of_rule_id and cap.period = of_period and cap.scope in (of_scope, 'all')
  order by cap.scope = of_scope desc, cap.in_force @> coalesce(day, private.china_date(now())) desc, cap.id desc limit 1),
  private.first_month_of_cap(of_rule_id, of_period));

-- Puts the corrected rate or cap in force for its days. What was in force there before is written down and keeps the days on
-- either side; the later part stays the same row, because it is the one that goes on counting.
create or replace function private.correct_rule(rerating public.credit_reratings) returns void
language plpgsql volatile set search_path = '' as $$
declare
  old record;
  head daterange;
  tail daterange;
begin
  if rerating.kind = 'rate' then
    for old in select * from public.credit_rule_versions version where version.rule_id = rerating.rule_id and version.in_force && rerating.period order by version.id loop
      head := case when lower_inf(rerating.period) then 'empty' else old.in_force * daterange(null, lower(rerating.period)) end;
      tail := case when upper_inf(rerating.period) then 'empty' else old.in_force * daterange(upper(rerating.period), null) end;
      insert into public.credit_rule_history (rerating_id, rule_version_id, in_force) values (rerating.id, old.id, old.in_force);
      update public.credit_rule_versions version set in_force = case when isempty(tail) then head else tail end where version.id = old.id;
      if not isempty(head) and not isempty(tail) then
        insert into public.credit_rule_versions (rule_id, in_force, basis, milli_credits, per_minutes, entered_by)
        values (old.rule_id, head, old.basis, old.milli_credits, old.per_minutes, rerating.asked_by);
      end if;
    end loop;
    insert into public.credit_rule_versions (rule_id, in_force, basis, milli_credits, per_minutes, entered_by)
    values (rerating.rule_id, rerating.period, rerating.basis, rerating.milli_credits, rerating.per_minutes, rerating.asked_by);
  elsif rerating.kind = 'cap' then
    for old in select * from public.credit_caps cap where cap.rule_id = rerating.rule_id and cap.period = rerating.cap_period and cap.scope = rerating.cap_scope
      and cap.in_force && rerating.period order by cap.id loop
      head := case when lower_inf(rerating.period) then 'empty' else old.in_force * daterange(null, lower(rerating.period)) end;
      tail := case when upper_inf(rerating.period) then 'empty' else old.in_force * daterange(upper(rerating.period), null) end;
      insert into public.credit_rule_history (rerating_id, cap_id, in_force) values (rerating.id, old.id, old.in_force);
      update public.credit_caps cap set in_force = case when isempty(tail) then head else tail end where cap.id = old.id;
      if not isempty(head) and not isempty(tail) then
        insert into public.credit_caps (rule_id, period, amount, in_force, first_month, category_id, per_institution)
        values (old.rule_id, old.period, old.amount, head, old.first_month, old.category_id, old.per_institution);
      end if;
    end loop;
    if rerating.cap_amount is not null then
      insert into public.credit_caps (rule_id, period, amount, in_force, first_month, category_id, per_institution)
      values (rerating.rule_id, rerating.cap_period, rerating.cap_amount, rerating.period, rerating.cap_first_month, rerating.cap_category_id, rerating.cap_per_institution);
    end if;
  end if;
end $$;

-- Asks for a count: of a corrected rate or cap for the days from..until, or of one learner's records by the rules as they are.
-- `given` has what the kind needs: basis, milliCredits, perMinutes; capPeriod, capAmount (minutes, or credits by the event), category or
-- eachInstitution for the cap of a scope; person.
create or replace function public.ask_rerating(of_rule_id text, kind text, from_day date, until_day date, given jsonb, reason text) returns bigint
language plpgsql volatile security definer set search_path = '' as $$
declare
  rule public.credit_rules;
  days daterange;
  today date := private.china_date(now());
  is_cap boolean := ask_rerating.kind = 'cap';
  category text := case when is_cap then given ->> 'category' end;
  each_institution boolean := coalesce(is_cap and (given ->> 'eachInstitution')::boolean, false);
  most bigint;
  first_month smallint;
  start date;
  asked bigint;
begin
  perform private.require_sight(private.region_id(), 'approval');
  select * into rule from public.credit_rules one where one.id = of_rule_id for update;
  if not found then perform private.refuse(404, 'rule_unknown', '{"field": "rule"}'); end if;
  if ask_rerating.kind in ('rate', 'cap', 'recount') is not true then perform private.refuse(422, 'rerating_kind_missing', '{"field": "kind"}'); end if;
  if (length(trim(ask_rerating.reason)) between 4 and 300) is not true then perform private.refuse(422, 'reason_too_short', '{"field": "reason"}'); end if;
  if is_cap and given ->> 'capPeriod' = 'lifetime' then
    days := daterange(null, null);
  else
    if from_day is null then perform private.refuse(422, 'day_invalid', '{"field": "fromDay"}'); end if;
    if until_day is null or until_day < from_day then perform private.refuse(422, 'until_before_from', '{"field": "untilDay"}'); end if;
    days := daterange(from_day, until_day, '[]');
    -- A rate is corrected up to yesterday: today is still being counted by it.
    if from_day > today or from_day = today and ask_rerating.kind = 'rate' then perform private.refuse(422, 'period_not_past', '{"field": "fromDay"}'); end if;
    if until_day > today and ask_rerating.kind = 'recount' or until_day >= today and ask_rerating.kind = 'rate' then
      perform private.refuse(422, 'period_not_past', '{"field": "untilDay"}');
    end if;
  end if;

  if ask_rerating.kind = 'rate' then
    if (given ->> 'basis') in ('minutes', 'event') is not true then perform private.refuse(422, 'basis_missing', '{"field": "basis"}'); end if;
    -- A course that was finished and what people decide have no minutes: said when it is asked for, not when it is posted.
    if given ->> 'basis' = 'minutes' and (rule.id = 'course_completed' or rule.ground <> 'record') then
      perform private.refuse(422, case rule.ground when 'record' then 'basis_by_event' else 'basis_by_decision' end, '{"field": "basis"}');
    end if;
    if ((given ->> 'milliCredits')::numeric between 0 and 1000000 and (given ->> 'milliCredits')::numeric % 1 = 0) is not true then
      perform private.refuse(422, 'rate_invalid', '{"field": "credits"}');
    end if;
    if ((given ->> 'basis') = 'minutes') <> coalesce((given ->> 'perMinutes')::integer between 1 and 6000, false) then
      perform private.refuse(422, 'rate_invalid', '{"field": "perMinutes"}');
    end if;
    if exists (select from public.credit_postings posting where posting.rule_id = of_rule_id and posting.kind = 'grant') then
      perform private.refuse(422, 'rule_by_decision', '{"field": "rule"}');
    end if;
  elsif is_cap then
    if (given ->> 'capPeriod') in ('day', 'week', 'month', 'term', 'year', 'lifetime') is not true then perform private.refuse(422, 'period_missing', '{"field": "capPeriod"}'); end if;
    if category is not null and (each_institution or not exists (select from public.categories one where one.id = category)) then
      perform private.refuse(422, 'category_unknown', '{"field": "scope"}');
    end if;
    if (category is not null or each_institution) and rule.ground <> 'record' then perform private.refuse(422, 'scope_not_for_decisions', '{"field": "scope"}'); end if;
    most := private.amount_of_cap(of_rule_id, days, (given ->> 'capAmount')::numeric, 'capAmount');
    first_month := private.first_month_on(of_rule_id, given ->> 'capPeriod', case when each_institution then 'institution' else coalesce('category ' || category, 'all') end, from_day);
    -- A cap counts whole periods; half of one can't be corrected.
    start := private.cap_period(given ->> 'capPeriod', first_month, from_day);
    if given ->> 'capPeriod' <> 'lifetime' and (start <> from_day or private.cap_period(given ->> 'capPeriod', first_month, until_day + 1) <> until_day + 1) then
      perform private.refuse(422, 'period_not_whole', jsonb_build_object('field', case when start <> from_day then 'fromDay' else 'untilDay' end,
        'from', start, 'until', (private.cap_period(given ->> 'capPeriod', first_month, until_day)
          + case given ->> 'capPeriod' when 'week' then interval '1 week' when 'month' then interval '1 month' when 'term' then interval '6 months' when 'year' then interval '1 year'
            else interval '1 day' end)::date - 1));
    end if;
  elsif not exists (select from public.persons person where person.id = (given ->> 'person')::bigint) then
    perform private.refuse(404, 'person_unknown', '{"field": "person"}');
  end if;

  insert into public.credit_reratings (rule_id, kind, period, person_id, basis, milli_credits, per_minutes, cap_period, cap_amount, cap_basis, cap_category_id, cap_per_institution, cap_first_month,
    reason, asked_by, asked_person_id)
  values (of_rule_id, ask_rerating.kind, days,
    case ask_rerating.kind when 'recount' then private.credit_learner((given ->> 'person')::bigint) end,
    case ask_rerating.kind when 'rate' then given ->> 'basis' end, case ask_rerating.kind when 'rate' then (given ->> 'milliCredits')::integer end,
    case when ask_rerating.kind = 'rate' and given ->> 'basis' = 'minutes' then (given ->> 'perMinutes')::integer end,
    case when is_cap then given ->> 'capPeriod' end, most, case when is_cap then private.unit_of_caps(of_rule_id, days) end, category, each_institution, first_month,
    trim(ask_rerating.reason), auth.uid(), private.my_person_id())
  on conflict do nothing returning id into asked;
  if asked is null then perform private.refuse(409, 'rerating_open', '{"field": "rule"}'); end if;
  perform private.audit('rerating_asked', 'credit_rerating', asked::text, private.region_id(), jsonb_build_object('rule', of_rule_id, 'kind', ask_rerating.kind));
  return asked;
end $$;

-- Confirms what was counted: the corrected rule is in force from now on, and the job posts what was listed. Pressed again it
-- changes nothing.
create or replace function public.confirm_rerating(rerating_id bigint) returns void
language plpgsql volatile security definer set search_path = '' as $$
declare
  rerating public.credit_reratings := private.hold_rerating(rerating_id);
begin
  if rerating.state in ('posting', 'posted') then return; end if;
  if rerating.state <> 'counted' then
    perform private.refuse(409, case rerating.state when 'outdated' then 'rerating_outdated' when 'withdrawn' then 'rerating_withdrawn' else 'rerating_not_counted' end);
  end if;
  if private.credit_learner(rerating.asked_person_id) = private.my_person_id() then perform private.refuse(409, 'second_person_needed'); end if;
  if private.credit_learner(rerating.person_id) in (private.my_person_id(), private.credit_learner(rerating.asked_person_id)) then
    perform private.refuse(409, 'own_account');
  end if;
  -- Whoever changes the rule or its caps holds the rule first and then reads its versions: in the same order, none waits in a circle.
  perform from public.credit_rules rule where rule.id = rerating.rule_id for no key update;
  -- Whoever is posting by the rule as it was is waited for, and nobody begins until the corrected one is there: a posting
  -- between the count and the correction would be in neither.
  begin
    perform set_config('lock_timeout', '4s', true);
    lock table public.credit_rule_versions in access exclusive mode;
    perform set_config('lock_timeout', '0', true);
  exception when lock_not_available then perform private.refuse(409, 'ledger_busy');
  end;
  if rerating.stamp is distinct from private.rerating_stamp(rerating) then perform private.refuse(409, 'rerating_outdated'); end if;
  perform private.correct_rule(rerating);
  update public.credit_reratings one set state = 'posting', decided_by = auth.uid(), decided_at = clock_timestamp() where one.id = rerating.id;
  perform private.audit('rerating_confirmed', 'credit_rerating', rerating.id::text, private.region_id(), jsonb_build_object('rule', rerating.rule_id));
end $$;
