-- Caps of more kinds: in a school term; for one category of learning; at each institution by itself. A learning year and its terms may begin in March.
-- A learner without such a cap costs what they cost before: the same row of caps is read, and nothing else.

alter table public.credit_caps
  add column category_id text references public.categories on delete restrict,
  add column per_institution boolean not null default false,
  -- What is counted together; a cap is on a scope and a period.
  add column scope text not null generated always as (case when per_institution then 'institution' else coalesce('category ' || category_id, 'all') end) stored,
  drop constraint credit_caps_period_check,
  add constraint credit_caps_period_check check (period in ('day', 'week', 'month', 'term', 'year', 'lifetime')),
  add constraint credit_caps_narrowed_one_way check (not (per_institution and category_id is not null)),
  drop constraint credit_caps_one_in_force;
alter table public.credit_caps add constraint credit_caps_one_in_force exclude using gist (rule_id with =, period with =, scope with =, in_force with &&);
create index credit_caps_category_id_idx on public.credit_caps (category_id) where category_id is not null;
comment on column public.credit_caps.first_month is 'In which a learning year begins, and the first of its two terms of half a year.';

-- The institution whose count it is, where each is counted by itself; 0: of all together.
alter table public.credit_cap_uses add column host_unit_id integer not null default 0,
  drop constraint credit_cap_uses_pkey;
alter table public.credit_cap_uses add constraint credit_cap_uses_pkey primary key (person_id, cap_id, period_start, host_unit_id);

-- The first day of the period that a day lies in.
create or replace function private.cap_period(period text, first_month integer, day date) returns date
language sql immutable parallel safe
return case period
  when 'day' then day
  when 'week' then date_trunc('week', day::timestamp)::date
  when 'month' then date_trunc('month', day::timestamp)::date
  when 'term' then (date_trunc('month', day::timestamp) - ((extract(month from day)::integer - first_month + 12) % 6) * interval '1 month')::date
  when 'year' then make_date(
    extract(year from day)::integer - case when extract(month from day) < first_month then 1 else 0 end, first_month, 1)
  else '-infinity'::date
end;

alter type private.credit_room add attribute hosts integer[], add attribute tightest_id integer;

-- Room under the caps that an event stands under, by its category and institution. What people decide has neither, and only the caps of all.
drop function private.credit_room(bigint, text, date);
create function private.credit_room(of_person_id bigint, of_rule_id text, day date, of_category_id text default null, of_host_id integer default null) returns private.credit_room
language plpgsql stable set search_path = ''
as $$
declare
  found_room private.credit_room;
begin
  select min(room), (array_agg(name order by room, id))[1], array_agg(id order by id), array_agg(period_start order by id), array_agg(host_id order by id),
    (array_agg(id order by room, id))[1] into found_room
  from (
    select cap.id, case when cap.per_institution then 'institution' when cap.category_id is not null then 'category' else cap.period end as name,
      start.period_start, start.host_id, cap.amount - coalesce((
        select sum(taken.used) from public.credit_caps version
        join public.credit_cap_uses taken on taken.person_id = of_person_id and taken.cap_id = version.id and taken.period_start = start.period_start and taken.host_unit_id = start.host_id
        where version.rule_id = cap.rule_id and version.period = cap.period and version.scope = cap.scope), 0)::bigint as room
    from public.credit_caps cap
    cross join lateral (select private.cap_period(cap.period, cap.first_month, credit_room.day) as period_start, case when cap.per_institution then of_host_id else 0 end as host_id) start
    where cap.rule_id = of_rule_id and cap.in_force @> credit_room.day
      and (cap.category_id is null or cap.category_id = of_category_id) and (not cap.per_institution or of_host_id is not null)
  ) one;
  return found_room;
end $$;

drop function private.credit_worth(bigint, text, date, bigint, integer);
create function private.credit_worth(of_person_id bigint, of_rule_id text, day date, asked_minutes bigint, events integer default 1, of_category_id text default null,
  of_host_id integer default null) returns private.credit_worth
language plpgsql stable set search_path = '' as $$
declare
  version record;
  worth private.credit_worth;
  caps private.credit_room;
  counted bigint := asked_minutes;
  counted_events bigint := events;
  wanted bigint;
begin
  select one.id, one.basis, one.milli_credits, one.per_minutes, coalesce(live.minutes, 0) as live_minutes,
    coalesce(live.milli_credits, 0) as live_milli_credits into version
  from public.credit_rule_versions one
  left join public.credit_rule_totals live on live.person_id = of_person_id and live.rule_version_id = one.id
  where one.rule_id = of_rule_id and one.in_force @> credit_worth.day;
  worth.outcome := 'posted';
  worth.minutes := 0;
  worth.milli_credits := 0;
  worth.uncapped_milli_credits := 0;
  worth.milli_credits_per_minute := coalesce(version.milli_credits::numeric / version.per_minutes, 0);
  if version.id is null then
    worth.outcome := 'refused';
    worth.reason := 'no_rule_in_force';
    return worth;
  end if;

  worth.version_id := version.id;
  caps := private.credit_room(of_person_id, of_rule_id, credit_worth.day, of_category_id, of_host_id);
  worth.caps := caps;
  wanted := case version.basis when 'event' then version.milli_credits::bigint * events else asked_minutes end;
  if caps.room < wanted then
    if version.basis = 'event' then
      -- A fixed amount is given whole or not at all.
      counted_events := case when version.milli_credits > 0 then greatest(0, caps.room) / version.milli_credits else 0 end;
      counted := asked_minutes * counted_events / events;
    else
      counted := greatest(0, caps.room);
    end if;
    worth.outcome := case when case version.basis when 'event' then counted_events else counted end = 0 then 'refused' else 'clipped' end;
    worth.reason := 'cap_' || caps.tightest;
  end if;

  worth.uncapped_milli_credits := case version.basis
    when 'event' then version.milli_credits::bigint * events
    else greatest(0, (version.live_minutes + asked_minutes) * version.milli_credits / version.per_minutes - version.live_milli_credits)
  end;
  if worth.outcome <> 'refused' then
    worth.minutes := counted;
    worth.milli_credits := case version.basis
      when 'event' then version.milli_credits * counted_events
      else greatest(0, (version.live_minutes + counted) * version.milli_credits / version.per_minutes - version.live_milli_credits)
    end;
    worth.used := case version.basis when 'event' then worth.milli_credits else counted end;
  end if;
  return worth;
end $$;

create or replace function private.count_credit(of_person_id bigint, version_id integer, minutes bigint, milli_credits bigint, caps private.credit_room, used bigint)
returns void
language plpgsql volatile set search_path = '' as $$
begin
  insert into public.credit_rule_totals as total (person_id, rule_version_id, minutes, milli_credits)
  values (of_person_id, version_id, count_credit.minutes, count_credit.milli_credits)
  on conflict on constraint credit_rule_totals_pkey do update
    set minutes = total.minutes + excluded.minutes, milli_credits = total.milli_credits + excluded.milli_credits;
  if caps.cap_ids is null then return; end if;
  insert into public.credit_cap_uses as taken (person_id, cap_id, period_start, host_unit_id, used)
  select of_person_id, cap, period_start, host, count_credit.used from unnest(caps.cap_ids, caps.period_starts, caps.hosts) as one (cap, period_start, host) order by cap
  on conflict on constraint credit_cap_uses_pkey do update set used = taken.used + excluded.used;
end $$;

create or replace function private.award_credit(key text, participation_id bigint, rule_id text, asked_minutes bigint,
  posted_at timestamptz default clock_timestamp()) returns public.credit_postings
language plpgsql volatile set search_path = '' as $$
declare
  fact record;
  learner public.credit_learners;
  worth private.credit_worth;
  caps private.credit_room;
  account private.credit_book;
  posting public.credit_postings;
  request bytea;
  issuer integer;
  repaid bigint;
begin
  if asked_minutes is null or asked_minutes < 0 then perform private.refuse(422, 'minutes_invalid'); end if;
  select one.id, one.key, one.person_id, one.started_at, one.host_unit_id, one.category_id, coalesce(person.counts_as, person.id) as learner_id,
    private.china_date(one.started_at) as day into fact
  from public.participations one join public.persons person on person.id = one.person_id where one.id = award_credit.participation_id;
  if not found then perform private.refuse(404, 'participation_unknown'); end if;
  request := sha256(convert_to(concat_ws('|', 'award', rule_id, fact.person_id, fact.key, asked_minutes,
    extract(epoch from fact.started_at)), 'UTF8'));

  learner := private.hold_learner(fact.person_id);
  fact.learner_id := learner.person_id;
  select * into posting from public.credit_postings earlier where earlier.key = award_credit.key;
  if found then
    if posting.request_hash <> request then perform private.refuse(409, 'key_reused'); end if;
    return posting;
  end if;
  if private.take_rerating_turn(learner.person_id, award_credit.rule_id) then learner := private.hold_credit_chain(learner.person_id); end if;

  worth := private.credit_worth(fact.learner_id, award_credit.rule_id, fact.day, asked_minutes, 1, fact.category_id, fact.host_unit_id);
  caps := worth.caps;
  posting.outcome := worth.outcome;
  posting.reason := worth.reason;
  posting.minutes := worth.minutes;
  posting.milli_credits := worth.milli_credits;
  if posting.outcome <> 'refused' then
    perform private.count_credit(fact.learner_id, worth.version_id, posting.minutes, posting.milli_credits, caps, worth.used);
  end if;

  account := private.credit_book(fact.learner_id);
  repaid := least(account.owed, posting.milli_credits);
  posting.id := nextval('public.credit_postings_id_seq');
  posting.seq := learner.seq + 1;
  posting.balance_after_milli_credits := account.available + posting.milli_credits - repaid;
  posting.chain := private.chain_link(learner.head, request, posting.outcome, posting.minutes, posting.milli_credits,
    posting.balance_after_milli_credits, posting.seq);
  insert into public.credit_postings (id, key, request_hash, kind, person_id, participation_id, rule_id, rule_version_id, asked_minutes,
    minutes, milli_credits, milli_credits_per_minute, outcome, reason, cap_uses, occurred_at, posted_at, posted_by,
    balance_after_milli_credits, seq, chain)
  values (posting.id, award_credit.key, request, 'award', fact.learner_id, fact.id, award_credit.rule_id, worth.version_id, award_credit.asked_minutes,
    posting.minutes, posting.milli_credits, worth.milli_credits_per_minute, posting.outcome, posting.reason,
    case when worth.used is null or caps.cap_ids is null then '[]' else (select jsonb_agg(jsonb_strip_nulls(jsonb_build_object('cap', cap, 'from', period_start, 'used', worth.used, 'host', nullif(host, 0))))
      from unnest(caps.cap_ids, caps.period_starts, caps.hosts) as one (cap, period_start, host)) end, fact.started_at, award_credit.posted_at, auth.uid(), posting.balance_after_milli_credits, posting.seq, posting.chain)
  returning * into posting;

  issuer := coalesce(fact.host_unit_id, (select id from public.units where parent_id is null));
  perform private.issue_credit(posting.id, issuer, account, posting.minutes, posting.milli_credits, repaid);
  update public.credit_learners set seq = posting.seq, head = posting.chain where person_id = fact.learner_id;
  if posting.milli_credits > 0 and exists (select from public.credit_point_terms) then
    perform private.give_points(posting, fact.person_id, issuer);
  end if;
  return posting;
end $$;

create or replace function private.award_class(participation_ids bigint[], keys text[], rule_id text, asked_minutes bigint) returns setof public.credit_postings
language plpgsql volatile set search_path = '' as $$
declare
  learners bigint[];
  waiting bigint[];
  one record;
begin
  if asked_minutes is null or asked_minutes < 0 then perform private.refuse(422, 'minutes_invalid'); end if;
  select array_agg(distinct coalesce(person.counts_as, person.id)) into learners
  from unnest(participation_ids) as fact_id
  join public.participations fact on fact.id = fact_id join public.persons person on person.id = fact.person_id;
  insert into public.credit_learners (person_id) select unnest(learners) order by 1 on conflict do nothing;
  perform from public.credit_learners learner where learner.person_id = any (learners) order by learner.person_id for update;
  -- Somebody who was merged while this waited is another learner now.
  perform private.hold_learner(fact.person_id) from unnest(participation_ids) as fact_id
  join public.participations fact on fact.id = fact_id
  where not private.credit_learner(fact.person_id) = any (learners) order by private.credit_learner(fact.person_id);

  select coalesce(array_agg(turn.person_id), '{}') into waiting from private.rerating_turns(learners, award_class.rule_id) turn;

  -- One by one where there is more to see to: somebody who is named twice, was credited before, owes, has no account yet, or
  -- waits to be re-rated.
  for one in
    with asked as (
      select list.fact_id, list.key, coalesce(person.counts_as, person.id) as learner_id,
        count(*) over (partition by coalesce(person.counts_as, person.id)) as times
      from unnest(participation_ids, keys) as list (fact_id, key)
      left join public.participations fact on fact.id = list.fact_id left join public.persons person on person.id = fact.person_id
    )
    select asked.fact_id, asked.key from asked
    left join lateral (
      select count(*) filter (where (account.measure, account.role) in (('minutes', 'earned'), ('credits', 'available'))) as open,
        bool_or(account.measure = 'credits' and account.role = 'shortfall' and (select state.balance < 0 from public.credit_account_states state where state.account_id = account.id)) as owes
      from public.credit_accounts account where account.person_id = asked.learner_id
    ) own on true
    where asked.times > 1 or asked.learner_id is null or own.open < 2 or own.owes or asked.learner_id = any (waiting)
      or exists (select from public.credit_postings earlier where earlier.key = asked.key)
    order by asked.learner_id, asked.fact_id
  loop
    return next private.award_credit(one.key, one.fact_id, award_class.rule_id, asked_minutes);
    participation_ids := array_remove(participation_ids, one.fact_id);
    keys := array_remove(keys, one.key);
  end loop;

  -- The issuers' accounts, before the statement that uses them.
  perform private.credit_account(null, issuer.unit_id, measure, 'issuer')
  from (select distinct coalesce(fact.host_unit_id, (select id from public.units where parent_id is null)) as unit_id
    from public.participations fact where fact.id = any (participation_ids)) issuer
  cross join unnest(array['minutes', 'credits']) as measure order by issuer.unit_id, measure;

  return query
  with asked as materialized (
    select nextval('public.credit_postings_id_seq') as posting_id, list.key, fact.id as fact_id, fact.started_at, learner.person_id, learner.seq + 1 as seq, learner.head,
      sha256(convert_to(concat_ws('|', 'award', award_class.rule_id, fact.person_id, fact.key, asked_minutes, extract(epoch from fact.started_at)), 'UTF8')) as request,
      version.id as version_id, version.basis, version.milli_credits as rate, version.per_minutes, coalesce(live.minutes, 0) as live_minutes,
      coalesce(live.milli_credits, 0) as live_milli_credits, caps.room, caps.tightest, caps.cap_ids, caps.period_starts, caps.hosts, earned.id as earned_id, credit.id as available_id, usable.balance as available,
      minutes_of.id as minutes_id, credits_of.id as credits_id,
      case version.basis when 'event' then version.milli_credits else asked_minutes end as wanted
    from unnest(participation_ids, keys) as list (fact_id, key)
    join public.participations fact on fact.id = list.fact_id
    join public.persons person on person.id = fact.person_id
    join public.credit_learners learner on learner.person_id = coalesce(person.counts_as, person.id)
    cross join lateral (select private.china_date(fact.started_at) as day) dated
    left join public.credit_rule_versions version on version.rule_id = award_class.rule_id and version.in_force @> dated.day
    left join public.credit_rule_totals live on live.person_id = learner.person_id and live.rule_version_id = version.id
    -- As private.credit_room() finds it, without a call for each.
    cross join lateral (
      select min(cap.amount - taken.used) as room, (array_agg(case when cap.per_institution then 'institution' when cap.category_id is not null then 'category' else cap.period end order by cap.amount - taken.used, cap.id))[1] as tightest,
        array_agg(cap.id order by cap.id) as cap_ids, array_agg(start.period_start order by cap.id) as period_starts, array_agg(start.host_id order by cap.id) as hosts
      from public.credit_caps cap
      cross join lateral (select private.cap_period(cap.period, cap.first_month, dated.day) as period_start, case when cap.per_institution then fact.host_unit_id else 0 end as host_id) start
      cross join lateral (
        select coalesce(sum(use.used), 0)::bigint as used from public.credit_caps before_
        join public.credit_cap_uses use on use.person_id = learner.person_id and use.cap_id = before_.id and use.period_start = start.period_start and use.host_unit_id = start.host_id
        where before_.rule_id = cap.rule_id and before_.period = cap.period and before_.scope = cap.scope
      ) taken
      where cap.rule_id = award_class.rule_id and cap.in_force @> dated.day
        and (cap.category_id is null or cap.category_id = fact.category_id) and (not cap.per_institution or fact.host_unit_id is not null)
    ) caps
    join public.credit_accounts earned on earned.person_id = learner.person_id and earned.measure = 'minutes' and earned.role = 'earned'
    join public.credit_accounts credit on credit.person_id = learner.person_id and credit.measure = 'credits' and credit.role = 'available'
    join public.credit_account_states usable on usable.account_id = credit.id
    cross join lateral (select coalesce(fact.host_unit_id, (select id from public.units where parent_id is null)) as unit_id) issuer
    join public.credit_accounts minutes_of on minutes_of.unit_id = issuer.unit_id and minutes_of.measure = 'minutes' and minutes_of.role = 'issuer'
    join public.credit_accounts credits_of on credits_of.unit_id = issuer.unit_id and credits_of.measure = 'credits' and credits_of.role = 'issuer'
  ), counted as materialized (
    select asked.*, case
        when version_id is null then 0
        when room < wanted then case basis when 'event' then 0 else greatest(0, room) end
        else asked_minutes end as minutes,
      case when version_id is null then 'no_rule_in_force' when room < wanted then 'cap_' || tightest end as why
    from asked
  ), priced as materialized (
    select counted.*, case
        when why is null then 'posted' when version_id is null or counted.minutes = 0 then 'refused' else 'clipped' end as outcome,
      case
        when version_id is null or (why is not null and counted.minutes = 0) then 0
        when basis = 'event' then rate
        else greatest(0, (live_minutes + counted.minutes) * rate / per_minutes - live_milli_credits) end as milli_credits
    from counted
  ), posted as (
    insert into public.credit_postings (id, key, request_hash, kind, person_id, participation_id, rule_id, rule_version_id, asked_minutes, minutes, milli_credits,
      milli_credits_per_minute, outcome, reason, cap_uses, occurred_at, posted_by, balance_after_milli_credits, seq, chain)
    select priced.posting_id, priced.key, request, 'award', person_id, fact_id, award_class.rule_id, version_id, award_class.asked_minutes, priced.minutes, priced.milli_credits,
      coalesce(rate::numeric / per_minutes, 0), priced.outcome, why,
      case when priced.outcome = 'refused' or cap_ids is null then '[]' else (
        select jsonb_agg(jsonb_strip_nulls(jsonb_build_object('cap', cap, 'from', period_start, 'used', case basis when 'event' then priced.milli_credits else priced.minutes end, 'host', nullif(host, 0))))
        from unnest(cap_ids, period_starts, hosts) as one (cap, period_start, host)) end,
      started_at, auth.uid(), available + priced.milli_credits, priced.seq,
      private.chain_link(head, request, priced.outcome, priced.minutes, priced.milli_credits, available + priced.milli_credits, priced.seq)
    from priced order by person_id
    returning *
  ), totals as (
    insert into public.credit_rule_totals as total (person_id, rule_version_id, minutes, milli_credits)
    select person_id, version_id, priced.minutes, priced.milli_credits from priced where priced.outcome <> 'refused' order by person_id
    on conflict on constraint credit_rule_totals_pkey do update
      set minutes = total.minutes + excluded.minutes, milli_credits = total.milli_credits + excluded.milli_credits
  ), uses as (
    insert into public.credit_cap_uses as taken (person_id, cap_id, period_start, host_unit_id, used)
    select person_id, cap, period_start, host, case basis when 'event' then priced.milli_credits else priced.minutes end
    from priced cross join unnest(cap_ids, period_starts, hosts) as one (cap, period_start, host) where priced.outcome <> 'refused' order by person_id, cap
    on conflict on constraint credit_cap_uses_pkey do update set used = taken.used + excluded.used
  ), given as materialized (
    select posting_id, 1 as line, minutes_id as from_id, earned_id as to_id, priced.minutes as amount from priced where priced.minutes > 0 and priced.outcome <> 'refused'
    union all
    select posting_id, (priced.minutes > 0)::integer + 1, credits_id, available_id, priced.milli_credits from priced where priced.milli_credits > 0
  ), received as (
    update public.credit_account_states state set balance = state.balance + given.amount, seq = state.seq + 1
    from given where state.account_id = given.to_id
    returning given.*, state.seq, state.balance
  ), legs as (
    insert into public.credit_legs (posting_id, line, from_account_id, to_account_id, amount, to_seq, to_after)
    select posting_id, line, from_id, to_id, amount, seq, balance from received
  ), heads as (
    update public.credit_learners learner set seq = posted.seq, head = posted.chain from posted where learner.person_id = posted.person_id
  )
  select posted.* from posted;

  perform private.give_points(posted, fact.person_id, coalesce(fact.host_unit_id, (select id from public.units where parent_id is null)))
  from unnest(keys) as asked (key)
  join public.credit_postings posted on posted.key = asked.key and posted.milli_credits > 0
  join public.participations fact on fact.id = posted.participation_id
  where exists (select from public.credit_point_terms)
  order by posted.person_id;
end $$;

create or replace function private.reverse_credit(posting_id bigint, reason text, posted_at timestamptz default clock_timestamp()) returns public.credit_postings
language plpgsql volatile set search_path = '' as $$
declare
  target public.credit_postings;
  learner public.credit_learners;
  learner_id bigint;
  posting public.credit_postings;
  leg record;
  use record;
  request bytea;
  available bigint;
  taken bigint;
  line integer := 0;
begin
  select * into target from public.credit_postings where id = reverse_credit.posting_id;
  if not found then perform private.refuse(404, 'posting_unknown'); end if;
  if target.kind not in ('award', 'grant') then perform private.refuse(409, 'not_reversible'); end if;
  -- Whoever the record or the decision belongs to now: rows that were merged when it was posted may have been parted since.
  learner := private.hold_learner(coalesce(
    (select fact.person_id from public.participations fact where fact.id = target.participation_id), target.granted_to, target.person_id));
  learner_id := learner.person_id;
  select * into posting from public.credit_postings earlier where earlier.reverses = target.id;
  if found then return posting; end if;

  request := sha256(convert_to(concat_ws('|', 'reversal', target.id, reverse_credit.reason), 'UTF8'));
  available := private.available_credits(learner_id);
  taken := least(available, target.milli_credits);
  posting.id := nextval('public.credit_postings_id_seq');
  posting.seq := learner.seq + 1;
  posting.chain := private.chain_link(learner.head, request, 'posted', -target.minutes, -target.milli_credits, available - taken, posting.seq);
  insert into public.credit_postings (id, key, request_hash, kind, person_id, participation_id, granted_to, rule_id, rule_version_id, minutes, milli_credits,
    milli_credits_per_minute, outcome, reason, occurred_at, posted_at, posted_by, reverses, balance_after_milli_credits, seq, chain)
  values (posting.id, 'reversal|' || target.id, request, 'reversal', learner_id, target.participation_id, target.granted_to, target.rule_id, target.rule_version_id,
    -target.minutes, -target.milli_credits, target.milli_credits_per_minute, 'posted', reverse_credit.reason, target.occurred_at,
    reverse_credit.posted_at, auth.uid(), target.id, available - taken, posting.seq, posting.chain)
  returning * into posting;

  for leg in
    select moved.*, given.measure from public.credit_legs moved
    join public.credit_accounts given on given.id = moved.to_account_id
    join public.credit_accounts giver on giver.id = moved.from_account_id and giver.role = 'issuer'
    where moved.posting_id = target.id order by moved.line
  loop
    if leg.measure = 'minutes' then
      line := line + 1;
      perform private.move_credit(posting.id, line, private.credit_account(learner_id, null, 'minutes', 'earned'), leg.from_account_id, leg.amount);
    else
      if taken > 0 then
        line := line + 1;
        perform private.move_credit(posting.id, line, private.credit_account(learner_id, null, 'credits', 'available'), leg.from_account_id, taken);
      end if;
      if leg.amount > taken then
        line := line + 1;
        perform private.move_credit(posting.id, line, private.credit_account(learner_id, null, 'credits', 'shortfall'),
          leg.from_account_id, leg.amount - taken);
      end if;
    end if;
  end loop;
  if target.outcome <> 'refused' then
    update public.credit_rule_totals total
      set minutes = total.minutes - target.minutes, milli_credits = total.milli_credits - target.milli_credits
      where total.person_id = target.person_id and total.rule_version_id = target.rule_version_id;
  end if;
  for use in select * from jsonb_to_recordset(target.cap_uses) as one (cap integer, "from" date, used bigint, host integer) loop
    update public.credit_cap_uses counter set used = counter.used - use.used
      where counter.person_id = target.person_id and counter.cap_id = use.cap and counter.period_start = use."from" and counter.host_unit_id = coalesce(use.host, 0);
  end loop;
  update public.credit_learners set seq = posting.seq, head = posting.chain where person_id = learner_id;
  perform private.take_points(posting, target);
  return posting;
end $$;

-- ── what is said before ───────────────────────────────────────────────────────────────────────────────────────────────

drop function private.credit_ahead(bigint, text, date, bigint, integer);
create function private.credit_ahead(of_person_id bigint, of_rule_id text, day date, minutes bigint, events integer, of_category_id text default null,
  of_host_id integer default null) returns jsonb
language plpgsql stable set search_path = '' as $$
declare
  worth private.credit_worth := private.credit_worth(of_person_id, of_rule_id, credit_ahead.day, credit_ahead.minutes, events, of_category_id, of_host_id);
begin
  return (
    select jsonb_build_object(
      'rule', rule.id, 'zh', rule.zh, 'en', rule.en, 'day', credit_ahead.day, 'isToday', credit_ahead.day = private.china_date(now()),
      'minutes', credit_ahead.minutes, 'events', events, 'basis', version.basis, 'rate', version.milli_credits, 'perMinutes', version.per_minutes,
      'wholeMilliCredits', worth.uncapped_milli_credits, 'milliCredits', worth.milli_credits,
      'milliPoints', worth.milli_credits * coalesce(private.points_per_credit(), 0), 'pointsPerCredit', private.points_per_credit(),
      'outcome', worth.outcome, 'reason', worth.reason,
      'caps', (
        select coalesce(jsonb_agg(jsonb_build_object('period', cap.period, 'amount', cap.amount, 'firstMonth', cap.first_month, 'perInstitution', cap.per_institution,
            'category', case when category.id is not null then jsonb_build_object('zh', category.zh, 'en', category.en) end, 'isTightest', cap.id = (worth.caps).tightest_id)
          order by array_position(array['day', 'week', 'month', 'term', 'year', 'lifetime'], cap.period), cap.id), '[]')
        from public.credit_caps cap left join public.categories category on category.id = cap.category_id where cap.id = any ((worth.caps).cap_ids)))
    from public.credit_rules rule left join public.credit_rule_versions version on version.id = worth.version_id
    where rule.id = of_rule_id
  );
end $$;

create or replace function private.activity_ahead(of_person_id bigint, activity_code text) returns jsonb
language plpgsql stable set search_path = '' as $$
declare
  next record;
begin
  select session.starts_at, session.ends_at, activity.category_id, activity.host_unit_id into next
  from public.activities activity join public.activity_sessions session on session.activity_id = activity.id and session.cancelled_at is null and session.ends_at > now()
  where activity.code = activity_code and activity.status = 'published' order by session.starts_at limit 1;
  if not found then return null; end if;
  return private.credit_ahead(of_person_id, 'attendance', private.china_date(next.starts_at), (extract(epoch from next.ends_at - next.starts_at) / 60)::integer, 1, next.category_id, next.host_unit_id)
    || jsonb_build_object('isPersonal', of_person_id is not null);
end $$;

-- ── who sets them ─────────────────────────────────────────────────────────────────────────────────────────────────────

-- The month in which the learning year of a rule's cap begins; a year of two terms in March.
create or replace function private.first_month_of_cap(of_rule_id text, of_period text) returns smallint
language sql stable set search_path = ''
return coalesce((select first_month from public.credit_caps cap where cap.rule_id = of_rule_id and cap.period = of_period and cap.scope = 'all' order by cap.id desc limit 1),
  case of_period when 'term' then 3::smallint else 1::smallint end);

create or replace function private.next_credit_year() returns daterange
language plpgsql stable set search_path = '' as $$
declare
  first_month integer := coalesce((select cap.first_month from public.credit_caps cap
    where cap.period = 'year' and cap.scope = 'all' and cap.in_force @> private.china_date(now()) order by cap.id limit 1), 1);
  starts date := coalesce((select max(year.ends_on) from public.credit_years year),
    private.cap_period('year', first_month, (select private.china_date(min(posting.posted_at)) from public.credit_postings posting)));
  ends date;
begin
  if starts is null then return null; end if;
  ends := make_date(extract(year from starts)::integer, first_month, 1);
  return daterange(starts, case when ends > starts then ends else (ends + interval '1 year')::date end);
end $$;

-- Sets the most that a rule gives in a period, from a day on; null lifts the cap from that day on. It may be narrowed to a category, or count each
-- institution by itself; what people decide has neither. The learning year begins in the month that is given, else in which it began before.
drop function public.set_credit_cap(text, text, bigint, date);
create function public.set_credit_cap(of_rule_id text, of_period text, amount bigint, from_day date, of_category_id text default null,
  each_institution boolean default false, first_month integer default null) returns void
language plpgsql volatile security definer set search_path = '' as $$
#variable_conflict use_column
declare
  asked_scope text := case when each_institution then 'institution' else coalesce('category ' || of_category_id, 'all') end;
begin
  perform private.require_sight(private.region_id(), 'approval');
  perform from public.credit_rules rule where rule.id = of_rule_id for update;
  if not found then perform private.refuse(404, 'rule_unknown'); end if;
  if of_period in ('day', 'week', 'month', 'term', 'year', 'lifetime') is not true then perform private.refuse(422, 'period_missing', '{"field": "period"}'); end if;
  if from_day is null or from_day < private.china_date(now()) then perform private.refuse(422, 'from_day_past', '{"field": "fromDay"}'); end if;
  if set_credit_cap.amount < 0 then perform private.refuse(422, 'cap_invalid', '{"field": "amount"}'); end if;
  if set_credit_cap.first_month not between 1 and 12 then perform private.refuse(422, 'first_month_invalid', '{"field": "firstMonth"}'); end if;
  if of_category_id is not null and (each_institution or not exists (select from public.categories category where category.id = of_category_id)) then
    perform private.refuse(422, 'category_unknown', '{"field": "scope"}');
  end if;
  if asked_scope <> 'all' and exists (select from public.credit_postings posting where posting.rule_id = of_rule_id and posting.kind = 'grant')
    or asked_scope <> 'all' and exists (select from public.credit_rule_versions version where version.rule_id = of_rule_id and version.in_force @> from_day and version.basis = 'event' and version.milli_credits = 0) then
    perform private.refuse(422, 'scope_not_for_decisions', '{"field": "scope"}');
  end if;
  if exists (select from public.credit_caps cap where cap.rule_id = of_rule_id and cap.period = of_period and cap.scope = asked_scope and lower(cap.in_force) >= from_day) then
    perform private.refuse(409, 'cap_follows', '{"field": "fromDay"}');
  end if;
  update public.credit_caps cap set in_force = daterange(lower(cap.in_force), from_day)
    where cap.rule_id = of_rule_id and cap.period = of_period and cap.scope = asked_scope and cap.in_force @> from_day;
  if set_credit_cap.amount is not null then
    insert into public.credit_caps (rule_id, period, amount, in_force, first_month, category_id, per_institution)
    values (of_rule_id, of_period, set_credit_cap.amount, daterange(from_day, null),
      coalesce(set_credit_cap.first_month::smallint, (
        select before.first_month from public.credit_caps before where before.rule_id = of_rule_id and before.period = of_period and before.scope = asked_scope order by before.id desc limit 1),
        private.first_month_of_cap(of_rule_id, of_period)), of_category_id, each_institution);
  end if;
  perform private.audit('credit_cap_set', 'credit_rule', of_rule_id, private.region_id(),
    jsonb_strip_nulls(jsonb_build_object('period', of_period, 'amount', set_credit_cap.amount, 'from', from_day, 'category', of_category_id, 'eachInstitution', nullif(each_institution, false),
      'firstMonth', set_credit_cap.first_month)));
end $$;
grant execute on function public.set_credit_cap(text, text, bigint, date, text, boolean, integer) to authenticated;
