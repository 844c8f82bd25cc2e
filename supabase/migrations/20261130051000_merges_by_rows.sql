-- What a row of a person brings to the account of the one it counts as, and takes along when it is parted again: what its own
-- records and decisions earned, less what lies in its own name for awards and rewards or went for rewards. Less than nothing is a
-- debt, and goes along as well.
create function private.credits_of_row(row_id bigint) returns bigint
language plpgsql stable set search_path = '' as $$
begin
  return coalesce((
      select sum(earned.milli_credits) from (
        select posting.milli_credits from public.participations fact
        join public.credit_postings posting on posting.participation_id = fact.id and posting.kind in ('award', 'reversal') where fact.person_id = row_id
        union all
        select posting.milli_credits from public.credit_postings posting where posting.granted_to = row_id
      ) earned), 0)
    - coalesce((
      select sum(state.balance) from public.credit_accounts account join public.credit_account_states state on state.account_id = account.id
      where account.person_id = row_id and account.measure = 'credits' and account.role in ('applied', 'held')), 0)
    - coalesce((
      select sum(leg.amount) from public.credit_accounts account
      join public.credit_legs leg on leg.from_account_id = account.id
      join public.credit_accounts taker on taker.id = leg.to_account_id and taker.unit_id is not null
      where account.person_id = row_id and account.measure = 'credits' and account.role in ('applied', 'held')), 0);
end $$;

-- A person registered twice has one account: whoever comes to count as somebody else brings along what is theirs, and takes it back
-- when that is undone, with what was added or taken since. A row that was merged earlier follows the row it counts as. It is posted
-- for the one who stands. Rows are locked in the order of their numbers.
create or replace function private.follow_person_merge() returns trigger
language plpgsql volatile set search_path = '' as $$
declare
  from_id bigint := coalesce(old.counts_as, new.id);
  to_id bigint := coalesce(new.counts_as, new.id);
  -- Parted: nobody's any more, or back with the row that was merged and stands for itself again.
  is_parted boolean := new.counts_as is null or old.counts_as is not null and (select before_.counts_as is null from public.persons before_ where before_.id = old.counts_as);
  kept_id bigint := case when is_parted then old.counts_as else new.counts_as end;
  kept public.credit_learners;
  posting public.credit_postings;
  moved bigint;
  moved_minutes bigint;
  giver_id bigint;
  taker_id bigint;
  taken bigint;
  repaid bigint;
  sign integer := case when is_parted then -1 else 1 end;
  line integer := 0;
begin
  perform private.hold_credit_chain(one.id) from (select distinct unnest(array[from_id, to_id, new.id]) as id) one order by one.id;
  select * into kept from public.credit_learners where person_id = kept_id;
  moved := private.credits_of_row(new.id);
  select coalesce(sum(earned.minutes), 0) into moved_minutes from (
    select posting_.minutes from public.participations fact
    join public.credit_postings posting_ on posting_.participation_id = fact.id and posting_.kind in ('award', 'reversal') where fact.person_id = new.id
    union all
    select given.minutes from public.credit_postings given where given.granted_to = new.id
  ) earned;
  if moved = 0 and moved_minutes = 0 then return null; end if;

  -- Less than nothing goes the other way.
  giver_id := case when moved >= 0 then from_id else to_id end;
  taker_id := case when moved >= 0 then to_id else from_id end;
  taken := least(abs(moved), private.available_credits(giver_id));
  repaid := least(abs(moved), private.credit_debt(taker_id));
  posting.id := nextval('public.credit_postings_id_seq');
  posting.seq := kept.seq + 1;
  posting.minutes := sign * moved_minutes;
  posting.milli_credits := sign * moved;
  -- As my_credit_chain() tells it to whoever recomputes the chain.
  posting.request_hash := sha256(convert_to(concat_ws('|', 'merge', case when is_parted then kept_id else new.id end, case when is_parted then new.id else kept_id end,
    abs(moved), moved_minutes, posting.seq), 'UTF8'));
  posting.balance_after_milli_credits := private.available_credits(kept_id) + case when taker_id = kept_id then abs(moved) - repaid else -taken end;
  posting.chain := private.chain_link(kept.head, posting.request_hash, 'posted', posting.minutes, posting.milli_credits, posting.balance_after_milli_credits, posting.seq);
  insert into public.credit_postings (id, key, request_hash, kind, person_id, minutes, milli_credits, outcome, reason, occurred_at, posted_by,
    balance_after_milli_credits, seq, chain)
  values (posting.id, concat_ws('|', 'merge', kept_id, new.id, posting.seq), posting.request_hash, 'merge', kept_id, posting.minutes, posting.milli_credits, 'posted',
    case when is_parted then 'merge_undone' else 'persons_merged' end, clock_timestamp(), auth.uid(), posting.balance_after_milli_credits, posting.seq, posting.chain);
  if moved_minutes > 0 then
    line := line + 1;
    perform private.move_credit(posting.id, line, private.credit_account(from_id, null, 'minutes', 'earned'), private.credit_account(to_id, null, 'minutes', 'earned'), moved_minutes);
  end if;
  if taken > 0 then
    line := line + 1;
    perform private.move_credit(posting.id, line, private.credit_account(giver_id, null, 'credits', 'available'), private.credit_account(taker_id, null, 'credits', 'available'), taken);
  end if;
  if abs(moved) > taken then
    line := line + 1;
    perform private.move_credit(posting.id, line, private.credit_account(giver_id, null, 'credits', 'shortfall'), private.credit_account(taker_id, null, 'credits', 'available'), abs(moved) - taken);
  end if;
  if repaid > 0 then
    perform private.move_credit(posting.id, line + 1, private.credit_account(taker_id, null, 'credits', 'available'), private.credit_account(taker_id, null, 'credits', 'shortfall'), repaid);
  end if;
  update public.credit_learners set seq = posting.seq, head = posting.chain where person_id = kept_id;
  return null;
end $$;
