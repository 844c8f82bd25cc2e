-- The nightly check takes nothing as given: the hash of every request is made anew from what the posting and its record say today,
-- in the words in which the learner's own check does it; and the last seal's root is made anew from the links it was over.

-- What a posting's link was made of, put together from the facts as they stand: a fact that was altered breaks the chain as much as
-- an amount.
create function private.credit_request(posting public.credit_postings, fact public.participations) returns text
language sql stable parallel safe
return case posting.kind
  when 'award' then concat_ws('|', 'award', posting.rule_id, fact.person_id, fact.key, posting.asked_minutes, extract(epoch from fact.started_at))
  when 'grant' then concat_ws('|', 'grant', posting.key, posting.granted_to, posting.rule_id, posting.asked_milli_credits,
    posting.asked_minutes, posting.ground, extract(epoch from posting.occurred_at))
  when 'reversal' then concat_ws('|', 'reversal', posting.reverses, posting.reason)
  when 'application' then concat_ws('|', 'application', posting.key, posting.person_id, -posting.milli_credits)
  when 'withdrawal' then concat_ws('|', 'withdrawal', split_part(posting.key, '|', 2), posting.reason)
  when 'merge' then concat_ws('|', 'merge',
    case when posting.reason = 'persons_merged' then split_part(posting.key, '|', 3) else split_part(posting.key, '|', 2) end,
    case when posting.reason = 'persons_merged' then split_part(posting.key, '|', 2) else split_part(posting.key, '|', 3) end,
    abs(posting.milli_credits), abs(posting.minutes), posting.seq)
  -- Holds and points state all in their ground.
  else concat_ws('|', posting.kind, posting.key, posting.ground)
end;

-- Definer: what a request is made of is more than people read of their postings column by column. It tells of the asker's own alone.
create or replace function public.my_credit_chain(after_seq bigint default 0)
returns table (seq bigint, posted_at timestamptz, request text, outcome text, minutes bigint, milli_credits bigint,
  balance_after_milli_credits bigint, link text)
language sql stable security definer set search_path = ''
begin atomic
  select posting.seq, posting.posted_at, private.credit_request(posting, fact),
    posting.outcome, posting.minutes, posting.milli_credits, posting.balance_after_milli_credits, encode(posting.chain, 'hex')
  from public.credit_postings posting
  left join public.participations fact on fact.id = posting.participation_id
  where posting.person_id = private.my_person_id() and posting.seq > after_seq
  order by posting.seq
  limit 1000;
end;

-- A posting's hash is that of its content, and an award's day is that of its record. Times of posting follow the numbers; a minute is
-- left for what was posted before anything looked after it.
create function private.credit_faults_of_contents() returns table (invariant text, subject text)
language sql stable set search_path = ''
begin atomic
  select 'request_is_content', posting.id::text from public.credit_postings posting
  left join public.participations fact on fact.id = posting.participation_id
  where posting.request_hash <> sha256(convert_to(private.credit_request(posting, fact), 'UTF8'))
    or posting.kind = 'award' and posting.occurred_at is distinct from fact.started_at
  union all
  select 'time_follows_chain', step.person_id || ':' || step.seq from (
    select posting.person_id, posting.seq, posting.posted_at, lag(posting.posted_at) over (partition by posting.person_id order by posting.seq) as before
    from public.credit_postings posting
  ) step where step.posted_at < step.before - interval '1 minute';
end;

-- ── seals ───────────────────────────────────────────────────────────────────────────────────────────────────────────

-- The links that the last seal was made over, as the chains have them today, in its order; null for one that is gone. A chain builds
-- on itself, so these vouch for everything before them. Definer: it reads everybody's.
create function private.sealed_links() returns table (person_id bigint, link text)
language sql stable security definer set search_path = ''
begin atomic
  select path.person_id, encode(posting.chain, 'hex') from public.credit_seal_paths path
  left join public.credit_postings posting on posting.person_id = path.person_id and posting.seq = path.seq
  where path.seal_id = (select max(id) from public.credit_seals)
  order by path.place;
end;
grant execute on function private.sealed_links() to job_server;
