-- What a learner can check: every posting with the request that its link was made of, put together from the facts as they
-- stand, so a fact that was altered breaks the chain as much as an amount.

create function public.my_credit_chain(after_seq bigint default 0)
returns table (seq bigint, posted_at timestamptz, request text, outcome text, minutes bigint, milli_credits bigint,
  balance_after_milli_credits bigint, link text)
language sql stable set search_path = ''
begin atomic
  select posting.seq, posting.posted_at,
    case posting.kind
      when 'award' then concat_ws('|', 'award', posting.rule_id, fact.person_id, fact.key, posting.asked_minutes, extract(epoch from fact.started_at))
      when 'grant' then concat_ws('|', 'grant', posting.key, posting.granted_to, posting.rule_id, posting.asked_milli_credits,
        posting.asked_minutes, posting.ground, extract(epoch from posting.occurred_at))
      when 'hold' then concat_ws('|', 'hold', posting.key, posting.ground)
      when 'release' then concat_ws('|', 'release', posting.key, posting.ground)
      when 'collection' then concat_ws('|', 'collection', posting.key, posting.ground)
      when 'reversal' then concat_ws('|', 'reversal', posting.reverses, posting.reason)
      when 'application' then concat_ws('|', 'application', posting.key, posting.person_id, -posting.milli_credits)
      when 'withdrawal' then concat_ws('|', 'withdrawal', split_part(posting.key, '|', 2), posting.reason)
      when 'merge' then concat_ws('|', 'merge',
        case when posting.reason = 'persons_merged' then split_part(posting.key, '|', 3) else split_part(posting.key, '|', 2) end,
        case when posting.reason = 'persons_merged' then split_part(posting.key, '|', 2) else split_part(posting.key, '|', 3) end,
        abs(posting.milli_credits), abs(posting.minutes), posting.seq)
    end,
    posting.outcome, posting.minutes, posting.milli_credits, posting.balance_after_milli_credits, encode(posting.chain, 'hex')
  from public.credit_postings posting
  left join public.participations fact on fact.id = posting.participation_id
  where posting.person_id = private.my_person_id() and posting.seq > after_seq
  order by posting.seq
  limit 1000;
end;
grant execute on function public.my_credit_chain(bigint) to authenticated;

-- Caps in force today, beside credit_rates().
create function public.credit_limits()
returns table (rule_id text, period text, amount bigint, first_month smallint, basis text)
language sql stable set search_path = ''
begin atomic
  select cap.rule_id, cap.period, cap.amount, cap.first_month, version.basis
  from public.credit_caps cap
  join public.credit_rule_versions version on version.rule_id = cap.rule_id and version.in_force @> private.china_date(now())
  where cap.in_force @> private.china_date(now())
  order by cap.rule_id, array_position(array['day', 'week', 'month', 'year', 'lifetime'], cap.period);
end;
grant execute on function public.credit_limits() to anon, authenticated;
