-- A clock that goes back. When something happened may be earlier than what was posted before – paper lists come late, phones were
-- offline – and counts for its own day. When it was posted may not: a passbook is cut into years by it, and within a chain the
-- days of posting follow the numbers.
--
-- · The time of posting is never earlier than that of the posting before: whoever waited for their place in line was given the time at
--   which they began to wait, and is given that of whoever went before instead.
-- · Where the server's own clock stands more than a minute before the learner's last posting it was set back: nothing is posted
--   (503 clock_went_back) until it has caught up or is put right. Keys are derived, so whatever is told again later is posted once.
create function private.follow_clock() returns trigger
language plpgsql set search_path = '' as $$
declare
  last timestamptz := (select before_.posted_at from public.credit_postings before_ where before_.person_id = new.person_id and before_.seq = new.seq - 1);
begin
  if new.posted_at >= last or last is null then return new; end if;
  if clock_timestamp() < last - interval '1 minute' then
    perform private.refuse(503, 'clock_went_back', jsonb_build_object('now', clock_timestamp(), 'last', last));
  end if;
  new.posted_at := last;
  return new;
end $$;
create trigger credit_postings_follow_clock before insert on public.credit_postings
  for each row execute function private.follow_clock();
