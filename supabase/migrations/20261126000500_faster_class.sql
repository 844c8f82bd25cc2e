-- A class of fifty asks its caps in the statement that needs them, and once who wants more care, instead of by calls for each learner.

-- Awards a rule's minutes for many events at once, each as award_credit() would, and returns every posting. Learners are held
-- in the order of their numbers, so that classes and single postings wait for each other and never in a circle.
create or replace function private.award_class(participation_ids bigint[], keys text[], rule_id text, asked_minutes bigint) returns setof public.credit_postings
language plpgsql volatile set search_path = '' as $$
declare
  learners bigint[];
  one record;
begin
  if asked_minutes is null or asked_minutes < 0 then perform private.refuse(422, 'minutes_invalid'); end if;
  select array_agg(distinct coalesce(person.counts_as, person.id)) into learners
  from unnest(participation_ids) as fact_id
  join public.participations fact on fact.id = fact_id join public.persons person on person.id = fact.person_id;
  insert into public.credit_learners (person_id) select unnest(learners) order by 1 on conflict do nothing;
  perform from public.credit_learners learner where learner.person_id = any (learners) order by learner.person_id for update;

  -- One by one where there is more to see to: somebody who is named twice, was credited before, owes, or has no account yet.
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
    where asked.times > 1 or asked.learner_id is null or own.open < 2 or own.owes
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
      coalesce(live.milli_credits, 0) as live_milli_credits, caps.room, caps.tightest, caps.cap_ids, caps.period_starts, earned.id as earned_id, credit.id as available_id, usable.balance as available,
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
      select min(cap.amount - coalesce(taken.used, 0)) as room, (array_agg(cap.period order by cap.amount - coalesce(taken.used, 0), cap.id))[1] as tightest,
        array_agg(cap.id order by cap.id) as cap_ids, array_agg(start.period_start order by cap.id) as period_starts
      from public.credit_caps cap
      cross join lateral (select private.cap_period(cap.period, cap.first_month, dated.day) as period_start) start
      left join public.credit_cap_uses taken on taken.person_id = learner.person_id and taken.cap_id = cap.id and taken.period_start = start.period_start
      where cap.rule_id = award_class.rule_id and cap.in_force @> dated.day
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
        select jsonb_agg(jsonb_build_object('cap', cap, 'from', period_start, 'used', case basis when 'event' then priced.milli_credits else priced.minutes end))
        from unnest(cap_ids, period_starts) as one (cap, period_start)) end,
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
    insert into public.credit_cap_uses as taken (person_id, cap_id, period_start, used)
    select person_id, cap, period_start, case basis when 'event' then priced.milli_credits else priced.minutes end
    from priced cross join unnest(cap_ids, period_starts) as one (cap, period_start) where priced.outcome <> 'refused' order by person_id, cap
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