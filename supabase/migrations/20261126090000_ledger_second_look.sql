-- What a second look at the ledger found:
-- · whose account it is, is asked again once the learner's place in line is held: a merge may have come in between;
-- · a decision is taken back from whom it was given to, also when rows that were one have been parted since;
-- · a correction asks for both learners' places in the order of their numbers, and never brings back what two persons took away;
-- · a debt in points is the learner's, whichever row owes it, and is repaid by what is given back as much as by what comes;
-- · what is re-rated or corrected keeps the day and the terms of its points, and its certificates.

-- Takes the place in line of the learner whose account it is, of a person registered twice the one that is kept.
create function private.hold_learner(of_person_id bigint) returns public.credit_learners
language plpgsql volatile set search_path = '' as $$
declare
  learner public.credit_learners;
begin
  loop
    learner := private.hold_credit_chain(private.credit_learner(of_person_id));
    -- Merged or parted while this waited: then it is another learner's place.
    exit when learner.person_id = private.credit_learner(of_person_id);
  end loop;
  return learner;
end $$;

-- When the first posting for the same ground was made, before re-ratings (~) and corrections (#) of it.
create function private.points_began_at(posting public.credit_postings) returns timestamptz
language plpgsql stable set search_path = '' as $$
begin
  if posting.key !~ '[~#]' then return posting.posted_at; end if;
  return coalesce((select first.posted_at from public.credit_postings first where first.key = regexp_replace(posting.key, '[~#].*$', '')), posting.posted_at);
end $$;

-- Repays what rows of a learner owe in points out of the learner's lots.
create function private.repay_points(posting_id bigint, of_person_id bigint) returns void
language plpgsql volatile set search_path = '' as $$
declare
  debt record;
begin
  for debt in
    select account.id, -state.balance as owed from public.credit_accounts account
    join public.credit_account_states state on state.account_id = account.id and state.balance < 0
    where account.person_id in (select private.rows_of_person(of_person_id)) and account.measure = 'points' and account.role = 'shortfall'
    order by account.person_id
  loop
    perform private.use_points(posting_id, of_person_id, debt.id, debt.owed);
  end loop;
end $$;

-- The points that come with a posting of credits. Whoever owes points repays them first.
create or replace function private.give_points(posting public.credit_postings, row_id bigint, issuer_unit_id integer) returns void
language plpgsql volatile set search_path = '' as $$
declare
  terms public.credit_point_terms;
  amount bigint;
  own bigint;
  given bigint;
  last_day date;
  began_at timestamptz := private.points_began_at(posting);
begin
  select * into terms from public.credit_point_terms one where one.in_force @> private.china_date(began_at);
  if not found or exists (select from public.credit_postings earlier where earlier.key = 'points|' || posting.id) then return; end if;
  amount := posting.milli_credits * terms.points_per_credit;
  last_day := (date_trunc('month', private.china_date(began_at)::timestamp) + (terms.months + 1) * interval '1 month')::date - 1;
  given := private.post_points('points', 'points|' || posting.id, posting.person_id, amount,
    jsonb_strip_nulls(jsonb_build_object('posting', posting.id, 'lastDay', last_day)));
  own := private.credit_account(row_id, null, 'points', 'available');
  perform private.move_credit(given, 1, private.credit_account(null, issuer_unit_id, 'points', 'issuer'), own, amount);
  insert into public.credit_lots (posting_id, account_id, last_day, milli_points, remaining) values (given, own, last_day, amount, amount);
  perform private.repay_points(given, posting.person_id);
end $$;

-- A step of a hold that is paid in points: set aside out of the lots, back into the same lots, or gone with the reward.
create or replace function private.post_points_hold(kind text, hold public.credit_holds, of_person_id bigint, unit_id integer) returns void
language plpgsql volatile set search_path = '' as $$
declare
  price bigint := hold.price_milli_points;
  held bigint := private.credit_account(hold.person_id, null, 'points', 'held');
  missing bigint;
  posted_id bigint := private.post_points(kind, kind || '|' || hold.id, of_person_id,
    case kind when 'hold' then -price when 'release' then price else 0 end, jsonb_build_object('hold', hold.id, 'item', hold.item_id));
begin
  if kind = 'hold' then
    missing := private.use_points(posted_id, of_person_id, held, price);
    if missing > 0 then perform private.refuse(409, 'points_too_few', jsonb_build_object('available', price - missing)); end if;
  elsif kind = 'release' then
    perform private.use_lot(posted_id, use.lot_id, held, -use.amount)
    from public.credit_postings began join public.credit_lot_uses use on use.posting_id = began.id
    where began.key = 'hold|' || hold.id order by use.lot_id;
    perform private.repay_points(posted_id, of_person_id);
  else
    perform private.move_credit(posted_id, 1, held, private.credit_account(null, unit_id, 'points', 'redeemed'), price);
  end if;
end $$;

-- What events by a rule are worth to a learner on a day: the version in force, clipped by the caps of their periods. Posting
-- asks it before it posts, and so does whoever wants to know before beginning. Several events at once are those of one day,
-- one after the other, their minutes together; without a learner it is what somebody without a history would get.
create type private.credit_worth as (version_id integer, outcome text, reason text, minutes bigint, milli_credits bigint,
  uncapped_milli_credits bigint, milli_credits_per_minute numeric, used bigint, caps private.credit_room);
create function private.credit_worth(of_person_id bigint, of_rule_id text, day date, asked_minutes bigint, events integer default 1) returns private.credit_worth
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
  caps := private.credit_room(of_person_id, of_rule_id, credit_worth.day);
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

-- Awards what an attended event earns by a rule: minutes, clipped by the caps of their periods, times the rate of the version
-- in force on that day. The same key again posts nothing and returns what was posted first; the same key with another
-- request is refused (409 key_reused).
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
  select one.id, one.key, one.person_id, one.started_at, one.host_unit_id, coalesce(person.counts_as, person.id) as learner_id,
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

  worth := private.credit_worth(fact.learner_id, award_credit.rule_id, fact.day, asked_minutes);
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
    case when worth.used is null or caps.cap_ids is null then '[]' else (select jsonb_agg(jsonb_build_object('cap', cap, 'from', period_start, 'used', worth.used))
      from unnest(caps.cap_ids, caps.period_starts) as one (cap, period_start)) end, fact.started_at, award_credit.posted_at, auth.uid(), posting.balance_after_milli_credits, posting.seq, posting.chain)
  returning * into posting;

  issuer := coalesce(fact.host_unit_id, (select id from public.units where parent_id is null));
  perform private.issue_credit(posting.id, issuer, account, posting.minutes, posting.milli_credits, repaid);
  update public.credit_learners set seq = posting.seq, head = posting.chain where person_id = fact.learner_id;
  if posting.milli_credits > 0 and exists (select from public.credit_point_terms) then
    perform private.give_points(posting, fact.person_id, issuer);
  end if;
  return posting;
end $$;

-- Posts what was decided. Caps of the rule clip it, in thousandths of credits; study minutes are counted beside it. The same key
-- again posts nothing and returns what was posted first; the same key with another request is refused (409 key_reused).
-- The reason is kept in the ground, and so in the hash.
create or replace function private.grant_credit(key text, of_person_id bigint, rule_id text, milli_credits bigint, minutes bigint, issuer_unit_id integer,
  reason text, ground jsonb, occurred_at timestamptz) returns public.credit_postings
language plpgsql volatile set search_path = '' as $$
declare
  learner public.credit_learners;
  learner_id bigint := private.credit_learner(of_person_id);
  version public.credit_rule_versions;
  caps private.credit_room;
  account private.credit_book;
  posting public.credit_postings;
  day date := private.china_date(occurred_at);
  stated jsonb := jsonb_strip_nulls(coalesce(grant_credit.ground, '{}') || jsonb_build_object('reason', grant_credit.reason));
  request bytea;
  repaid bigint;
begin
  if learner_id is null then perform private.refuse(404, 'person_unknown'); end if;
  if occurred_at is null then perform private.refuse(422, 'day_missing'); end if;
  if (grant_credit.milli_credits >= 0 and grant_credit.minutes >= 0 and grant_credit.milli_credits + grant_credit.minutes > 0) is not true then
    perform private.refuse(422, 'amount_invalid');
  end if;
  if stated = '{}' then perform private.refuse(422, 'reason_missing'); end if;
  request := sha256(convert_to(concat_ws('|', 'grant', grant_credit.key, of_person_id, grant_credit.rule_id, grant_credit.milli_credits,
    grant_credit.minutes, stated, extract(epoch from occurred_at)), 'UTF8'));

  learner := private.hold_learner(of_person_id);
  learner_id := learner.person_id;
  select * into posting from public.credit_postings earlier where earlier.key = grant_credit.key;
  if found then
    if posting.request_hash <> request then perform private.refuse(409, 'key_reused'); end if;
    return posting;
  end if;
  if private.take_rerating_turn(learner_id, grant_credit.rule_id) then learner := private.hold_credit_chain(learner_id); end if;

  select * into version from public.credit_rule_versions one where one.rule_id = grant_credit.rule_id and one.in_force @> day;
  posting.outcome := 'posted';
  posting.minutes := grant_credit.minutes;
  posting.milli_credits := grant_credit.milli_credits;
  if version.id is null then
    posting.outcome := 'refused';
    posting.reason := 'no_rule_in_force';
  elsif version.basis <> 'event' then
    perform private.refuse(422, 'rule_not_by_decision');
  else
    caps := private.credit_room(learner_id, grant_credit.rule_id, day);
    if caps.room < posting.milli_credits then
      posting.milli_credits := greatest(0, caps.room);
      posting.outcome := case when posting.milli_credits = 0 then 'refused' else 'clipped' end;
      posting.reason := 'cap_' || caps.tightest;
    end if;
  end if;
  if posting.outcome = 'refused' then
    posting.minutes := 0;
    posting.milli_credits := 0;
  else
    perform private.count_credit(learner_id, version.id, posting.minutes, posting.milli_credits, caps, posting.milli_credits);
  end if;

  account := private.credit_book(learner_id);
  repaid := least(account.owed, posting.milli_credits);
  posting.id := nextval('public.credit_postings_id_seq');
  posting.seq := learner.seq + 1;
  posting.balance_after_milli_credits := account.available + posting.milli_credits - repaid;
  posting.chain := private.chain_link(learner.head, request, posting.outcome, posting.minutes, posting.milli_credits,
    posting.balance_after_milli_credits, posting.seq);
  insert into public.credit_postings (id, key, request_hash, kind, person_id, granted_to, ground, asked_milli_credits, rule_id, rule_version_id,
    asked_minutes, minutes, milli_credits, outcome, reason, cap_uses, occurred_at, posted_by, balance_after_milli_credits, seq, chain)
  values (posting.id, grant_credit.key, request, 'grant', learner_id, of_person_id, stated, grant_credit.milli_credits, grant_credit.rule_id, version.id,
    grant_credit.minutes, posting.minutes, posting.milli_credits, posting.outcome, posting.reason,
    case when posting.outcome = 'refused' or caps.cap_ids is null then '[]' else (
      select jsonb_agg(jsonb_build_object('cap', cap, 'from', period_start, 'used', posting.milli_credits))
      from unnest(caps.cap_ids, caps.period_starts) as one (cap, period_start)) end,
    grant_credit.occurred_at, auth.uid(), posting.balance_after_milli_credits, posting.seq, posting.chain)
  returning * into posting;

  perform private.issue_credit(posting.id, issuer_unit_id, account, posting.minutes, posting.milli_credits, repaid);
  update public.credit_learners set seq = posting.seq, head = posting.chain where person_id = learner_id;
  if posting.milli_credits > 0 and exists (select from public.credit_point_terms) then
    perform private.give_points(posting, of_person_id, issuer_unit_id);
  end if;
  return posting;
end $$;

-- Takes an award back, once: every leg in mirror image, the caps of its own period freed, the minutes no longer live. What is
-- already used becomes a shortfall, which the next earnings repay, so a correction never fails and no balance falls below zero.
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
  for use in select * from jsonb_to_recordset(target.cap_uses) as one (cap integer, "from" date, used bigint) loop
    update public.credit_cap_uses counter set used = counter.used - use.used
      where counter.person_id = target.person_id and counter.cap_id = use.cap and counter.period_start = use."from";
  end loop;
  update public.credit_learners set seq = posting.seq, head = posting.chain where person_id = learner_id;
  perform private.take_points(posting, target);
  return posting;
end $$;

-- Awards a rule's minutes for many events at once, each as award_credit() would, and returns every posting. Learners are held
-- in the order of their numbers, so that classes and single postings wait for each other and never in a circle.
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
      select min(cap.amount - taken.used) as room, (array_agg(cap.period order by cap.amount - taken.used, cap.id))[1] as tightest,
        array_agg(cap.id order by cap.id) as cap_ids, array_agg(start.period_start order by cap.id) as period_starts
      from public.credit_caps cap
      cross join lateral (select private.cap_period(cap.period, cap.first_month, dated.day) as period_start) start
      cross join lateral (
        select coalesce(sum(use.used), 0)::bigint as used from public.credit_caps before_
        join public.credit_cap_uses use on use.person_id = learner.person_id and use.cap_id = before_.id and use.period_start = start.period_start
        where before_.rule_id = cap.rule_id and before_.period = cap.period
      ) taken
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

-- What a learner's postings are that a correction can take back: by whom the record or the decision belongs to.
create or replace function public.correctable_postings(of_person_id bigint)
returns table (posting_id bigint, kind text, rule_zh text, rule_en text, course text, lesson text, happened_at timestamptz, posted_at timestamptz,
  minutes bigint, milli_credits bigint, is_asked boolean)
language plpgsql volatile security definer set search_path = '' as $$
#variable_conflict use_column
declare
  home integer := (select person.residence_unit_id from public.persons person where person.id = private.credit_learner(of_person_id));
begin
  if home is null then perform private.refuse(404, 'person_unknown'); end if;
  perform private.require_sight(home, 'people');
  perform private.audit('credit_postings_seen', 'person', of_person_id::text, home);
  return query
  select posting.id, posting.kind, rule.zh, rule.en, course.title, lesson.title, posting.occurred_at, posting.posted_at, posting.minutes, posting.milli_credits,
    exists (select from public.credit_corrections open where open.target_id = posting.id and open.state = 'open')
  from public.credit_postings posting
  join public.credit_rules rule on rule.id = posting.rule_id
  left join public.participations fact on fact.id = posting.participation_id
  left join public.courses course on course.id = fact.course_id left join public.lessons lesson on lesson.id = fact.lesson_id
  where posting.id in (
      select award.id from public.participations record join public.credit_postings award on award.participation_id = record.id
      where record.person_id in (select private.rows_of_person(of_person_id))
      union all
      select given.id from public.credit_postings given where given.granted_to in (select private.rows_of_person(of_person_id)))
    and posting.kind in ('award', 'grant') and posting.outcome <> 'refused'
    and not exists (select from public.credit_postings reversal where reversal.reverses = posting.id)
  order by posting.id desc limit 100;
end $$;

create or replace function private.credit_faults_of_points() returns table (invariant text, subject text)
language sql stable set search_path = ''
begin atomic
  -- What remains of a lot and what was used of it are the whole lot.
  select 'lot_is_uses', lot.id::text from public.credit_lots lot
  left join (select lot_id, sum(amount) as used from public.credit_lot_uses group by lot_id) taken on taken.lot_id = lot.id
  where lot.remaining + coalesce(taken.used, 0) <> lot.milli_points
  union all
  -- What lies in an account lies in its lots.
  select 'points_are_lots', account.id::text from public.credit_accounts account
  join public.credit_account_states state on state.account_id = account.id
  left join (select account_id, sum(remaining) as remaining from public.credit_lots group by account_id) lots on lots.account_id = account.id
  where account.measure = 'points' and account.role = 'available' and state.balance <> coalesce(lots.remaining, 0)
  union all
  -- Every posting of credits under terms has its points, as many as the terms say; a reversal takes them back.
  select 'credits_have_points', posting.id::text from public.credit_postings posting
  join public.credit_point_terms terms on terms.in_force @> private.china_date(private.points_began_at(posting))
  left join public.credit_postings points on points.key = 'points|' || posting.id
  where posting.kind in ('award', 'grant') and posting.milli_credits > 0
    and points.milli_points is distinct from posting.milli_credits * terms.points_per_credit
  union all
  select 'credits_have_points', reversal.id::text from public.credit_postings reversal
  join public.credit_postings given on given.key = 'points|' || reversal.reverses
  where not exists (select from public.credit_postings back where back.key = 'points|' || reversal.id)
  union all
  -- A posting of points moves, into or out of what a learner can use or owes, just its amount.
  select 'points_are_legs', posting.id::text from public.credit_postings posting
  left join (
    select leg.posting_id, sum(case when taker.role in ('available', 'shortfall') then leg.amount else 0 end)
      - sum(case when giver.role in ('available', 'shortfall') then leg.amount else 0 end) as moved
    from public.credit_legs leg
    join public.credit_accounts giver on giver.id = leg.from_account_id join public.credit_accounts taker on taker.id = leg.to_account_id
    where giver.measure = 'points' group by leg.posting_id
  ) sides on sides.posting_id = posting.id
  where (posting.milli_points <> 0 or sides.moved is not null) and posting.milli_points <> coalesce(sides.moved, 0);
end;

-- ── what follows a correction and a re-rating ───────────────────────────────────────────────────────────────────────

-- A record that is corrected loses what it earned, in the correction's own transaction; where it still says attended, it earns
-- anew under the rule and the person that are right: by the minutes asked before, or by the new hours where these changed.
-- What a re-rating replaced is gone already, and what two persons took back stays away.
create or replace function private.follow_correction() returns trigger
language plpgsql set search_path = '' as $$
declare
  corrected record;
begin
  perform private.hold_learner(concerned.person_id) from (
    select fact.person_id from recorded fact where fact.corrects is not null
    union
    select earlier.person_id from recorded fact join public.participations earlier on earlier.id = fact.corrects
  ) concerned
  where exists (select from recorded fact join public.credit_postings award on award.participation_id = fact.corrects)
  order by private.credit_learner(concerned.person_id);
  -- What a re-rating is about to replace is replaced first, so that it is corrected once and not left out of the list.
  perform private.take_rerating_turn(private.credit_learner(earlier.person_id), award.rule_id)
  from recorded fact join public.participations earlier on earlier.id = fact.corrects
  join public.credit_postings award on award.participation_id = earlier.id and award.kind = 'award';
  for corrected in
    select award.id, award.rule_id, award.key, award.asked_minutes, fact.id as new_id, fact.status, fact.hours, earlier.hours as old_hours
    from recorded fact
    join public.participations earlier on earlier.id = fact.corrects
    join public.credit_postings award on award.participation_id = earlier.id and award.kind = 'award'
    where not exists (select from public.credit_rerating_lines replaced where replaced.target_id = award.id)
      and not exists (select from public.credit_postings reversal where reversal.reverses = award.id and reversal.reason = 'posted_wrongly')
    order by award.person_id, award.id
  loop
    perform private.reverse_credit(corrected.id, 'record_corrected');
    if corrected.status = 'attended' then
      perform private.award_credit(corrected.key || '#' || corrected.new_id, corrected.new_id, corrected.rule_id,
        case when corrected.hours = corrected.old_hours then corrected.asked_minutes else floor(corrected.hours * 60)::bigint end);
    end if;
  end loop;
  return null;
end $$;

-- A ground is only ever replaced by what a re-rating put in its place.
create function private.refuse_other_ground() returns trigger
language plpgsql set search_path = '' as $$
begin
  if tg_op = 'UPDATE' and new.credential_id = old.credential_id and exists (
    select from public.credit_rerating_lines line where line.target_id = old.posting_id and line.posting_id = new.posting_id) then return new; end if;
  raise exception using errcode = 'PT409', message = 'append_only', detail = jsonb_build_object('table', tg_table_name)::text;
end $$;
drop trigger credential_grounds_append_only on public.credential_grounds;
create trigger credential_grounds_append_only before update or delete on public.credential_grounds
  for each row execute function private.refuse_other_ground();

-- What is taken back to be posted anew by a re-rating was learned all the same: its certificates stand, on the new posting.
create or replace function private.follow_reversal() returns trigger
language plpgsql set search_path = '' as $$
begin
  if new.reason in ('rule_corrected', 'recounted') then return null; end if;
  perform private.revoke_credential(ground.credential_id, 'ground_reversed') from public.credential_grounds ground where ground.posting_id = new.reverses;
  insert into private.credential_marks (person_id, course_id)
  select credential.person_id, credential.subject_id::bigint from public.credential_grounds ground join public.credentials credential on credential.id = ground.credential_id
  where ground.posting_id = new.reverses and credential.kind = 'course' on conflict do nothing;
  return null;
end $$;
create function private.move_grounds() returns trigger
language plpgsql set search_path = '' as $$
begin
  update public.credential_grounds ground set posting_id = new.posting_id where ground.posting_id = new.target_id;
  return null;
end $$;
create trigger credit_rerating_lines_move_grounds after insert on public.credit_rerating_lines
  for each row execute function private.move_grounds();
