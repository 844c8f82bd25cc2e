-- A person who was registered twice has one account with two histories: whoever signs in reads the postings of all rows that count as them, and
-- after rows are parted only their own. What was posted on a row's chain for another row while they were one stays in its place – the chain would
-- not recompute without it – but says nothing of whom it was for.

drop policy "People read their own credit accounts" on public.credit_accounts;
create policy "People read their own credit accounts" on public.credit_accounts for select to authenticated
  using (person_id in (select private.my_person_ids()));
drop policy "People read the balances of their own credit accounts" on public.credit_account_states;
create policy "People read the balances of their own credit accounts" on public.credit_account_states for select to authenticated
  using (exists (select from public.credit_accounts account where account.id = account_id and account.person_id in (select private.my_person_ids())));
drop policy "People read their own credit postings" on public.credit_postings;
create policy "People read their own credit postings" on public.credit_postings for select to authenticated
  using (person_id in (select private.my_person_ids()) and (granted_to is null or granted_to in (select private.my_person_ids())));
drop policy "People read the legs of their own credit postings" on public.credit_legs;
create policy "People read the legs of their own credit postings" on public.credit_legs for select to authenticated
  using (exists (select from public.credit_postings posting where posting.id = posting_id and posting.person_id in (select private.my_person_ids())));
drop policy "People read their own way to the seal" on public.credit_seal_paths;
create policy "People read their own way to the seal" on public.credit_seal_paths for select to authenticated
  using (person_id in (select private.my_person_ids()));

-- What the asking account can use.
create or replace function public.my_credit_balance() returns bigint
language sql stable set search_path = ''
return coalesce((
  select sum(state.balance) from public.credit_accounts account
  join public.credit_account_states state on state.account_id = account.id
  where account.person_id in (select private.my_person_ids()) and account.measure = 'credits' and account.role = 'available'), 0)::bigint;

-- Whose row a posting is about: of the record, of whom people named, or of the chain that it lies on.
create function private.posting_row(posting public.credit_postings) returns bigint
language plpgsql stable set search_path = '' as $$
begin
  return coalesce((select fact.person_id from public.participations fact where fact.id = posting.participation_id), posting.granted_to, posting.person_id);
end $$;

drop function public.my_credit_chain(bigint);
-- The asker's postings with their links, row by row of the person, from one on. Of what was posted for a row that is somebody else's again the
-- hash of the request is told, not the request. Definer: what a request is made of is more than people read of their postings.
create function public.my_credit_chain(after_account bigint default null, after_seq bigint default 0)
returns table (account bigint, seq bigint, posted_at timestamptz, request text, request_hash text, outcome text, minutes bigint, milli_credits bigint,
  balance_after_milli_credits bigint, link text)
language plpgsql stable security definer set search_path = '' as $$
#variable_conflict use_column
declare
  own bigint[] := array(select private.my_person_ids());
begin
  return query
  select posting.person_id, posting.seq, posting.posted_at, case when private.posting_row(posting) = any (own) then private.credit_request(posting, fact) end,
    encode(posting.request_hash, 'hex'), posting.outcome, posting.minutes, posting.milli_credits, posting.balance_after_milli_credits, encode(posting.chain, 'hex')
  from public.credit_postings posting
  left join public.participations fact on fact.id = posting.participation_id
  where posting.person_id = any (own)
    and (posting.person_id, posting.seq) > (coalesce(after_account, (select min(one.id) from unnest(own) as one (id))), after_seq)
  order by posting.person_id, posting.seq
  limit 1000;
end $$;
grant execute on function public.my_credit_chain(bigint, bigint) to authenticated;

-- What a posting was for: the session, class, service or record; the reward, the award, the certificate; what two of the staff decided. Of
-- what is taken back, what that was for and on which day it had been posted. Null for lessons, which have a course.
create or replace function private.posting_ground(posting public.credit_postings) returns jsonb
language plpgsql stable set search_path = '' as $$
declare
  target public.credit_postings;
  taken_back jsonb := '{}';
begin
  if posting.kind in ('hold', 'release', 'collection') then
    return (
      select jsonb_build_object('kind', 'reward', 'zh', item.zh, 'en', item.en, 'ended', hold.status) from public.credit_holds hold
      join public.credit_items item on item.id = hold.item_id where hold.id = (posting.ground ->> 'hold')::bigint);
  end if;
  if posting.kind in ('application', 'withdrawal') then
    return (
      select jsonb_build_object('kind', 'award', 'zh', award.zh, 'en', award.en) from public.credit_applications application
      join public.credit_awards award on award.id = application.award_id where application.applied_id = posting.id or application.returned_id = posting.id);
  end if;
  if posting.kind = 'reversal' then
    select * into target from public.credit_postings one where one.id = posting.reverses;
    taken_back := jsonb_build_object('postedOn', private.china_date(target.posted_at));
    if target.kind = 'grant' then return private.posting_ground(target) || taken_back; end if;
  end if;
  if posting.kind = 'grant' then
    return jsonb_build_object('day', posting.counted_on) || case
      when posting.rule_id = 'external_result' then jsonb_build_object('kind', 'recognition', 'zh', concat_ws(' · ', posting.ground ->> 'title', posting.ground ->> 'body'), 'case', (posting.ground ->> 'case')::bigint)
      else jsonb_build_object('kind', 'decision', 'why', posting.ground ->> 'ground') end;
  end if;
  if posting.participation_id is null then return null; end if;
  return (
    select jsonb_build_object('day', private.china_date(fact.started_at)) || taken_back || case
      when fact.course_id is not null then jsonb_build_object('kind', 'lesson')
      when activity.id is not null then jsonb_build_object('kind', 'session', 'zh', activity.title, 'code', activity.code)
      when class.id is not null then jsonb_build_object('kind', 'class', 'zh', class.title, 'host', host.name)
      when fact.kind = 'volunteer_service' and fact.programme is not null then jsonb_build_object('kind', 'service', 'zh', fact.programme)
      else jsonb_build_object('kind', 'record', 'zh', coalesce(fact.programme, category.zh), 'en', coalesce(fact.programme, category.en), 'host', host.name, 'listed', origin.import_id is not null) end
    from public.participations fact
    cross join lateral (select private.first_record(fact.id) as id) first
    join public.participations origin on origin.id = first.id
    left join public.session_records record on record.participation_id = first.id
    left join public.activity_sessions session on session.id = record.session_id
    left join public.activities activity on activity.id = session.activity_id
    left join public.class_register_entries entry on entry.participation_id = first.id
    left join public.class_registers class on class.id = entry.register_id
    left join public.units host on host.id = fact.host_unit_id
    left join public.categories category on category.id = fact.category_id
    where fact.id = posting.participation_id);
end $$;
-- The passbook asks for everything at once.
drop function public.my_posting_grounds(timestamptz, timestamptz);

-- What a line of the passbook or of a statement says beside its amounts.
create type private.line_words as (row_is_others boolean, decision text, recounted text, rule_zh text, rule_en text, course_slug text, course text, lesson text, ground jsonb);
create function private.line_words(posting public.credit_postings, own bigint[]) returns private.line_words
language plpgsql stable set search_path = '' as $$
declare
  said private.line_words;
begin
  said.row_is_others := private.posting_row(posting) <> all (own);
  select rule.zh, rule.en into said.rule_zh, said.rule_en from public.credit_rules rule where rule.id = posting.rule_id;
  -- Of what lies here for somebody else the kind and the amount are all there is to say.
  if said.row_is_others then return said; end if;
  -- In whose words it was put right or given back.
  said.decision := case posting.kind
    when 'reversal' then coalesce(
      (select correction.reason from public.credit_corrections correction where correction.posted_id = posting.id),
      (select taken.reason from public.credit_rerating_lines line join public.credit_reratings taken on taken.id = line.rerating_id where line.reversal_id = posting.id))
    when 'withdrawal' then (select returned.decision from public.credit_applications returned where returned.returned_id = posting.id)
    else posting.ground ->> 'reason' end;
  said.recounted := (select anew.reason from public.credit_rerating_lines line join public.credit_reratings anew on anew.id = line.rerating_id where line.posting_id = posting.id);
  -- Led to where the course may be read, named in any case.
  select course.title, case when course.status = 'published' or exists (select from public.enrolments joined where joined.course_id = course.id and joined.person_id = any (own)) then course.slug end,
    case when posting.rule_id <> 'course_completed' then lesson.title end
  into said.course, said.course_slug, said.lesson
  from public.participations fact join public.courses course on course.id = fact.course_id left join public.lessons lesson on lesson.id = fact.lesson_id
  where fact.id = posting.participation_id;
  said.ground := private.posting_ground(posting);
  return said;
end $$;

-- The asker's lines of some time, of all rows together: what moved what they can use, and what it came to. A line of another chain is here
-- where it moved something of theirs: rows that were parted. Definer: classes and drafts are not read by residents; of what one got credits for, the title is.
create function public.my_passbook(from_time timestamptz, to_time timestamptz, skipped integer default 0, most integer default null)
returns table (posting_id bigint, posted_at timestamptz, kind text, outcome text, reason text, rule_id text, asked_minutes bigint, minutes bigint, milli_credits_per_minute numeric,
  moved bigint, owed bigint, after bigint, is_others boolean, decision text, recounted text, rule_zh text, rule_en text, course_slug text, course text, lesson text, ground jsonb)
language plpgsql stable security definer set search_path = '' as $$
#variable_conflict use_column
declare
  own bigint[] := array(select private.my_person_ids());
begin
  return query
  with usable as (
    select account.id, account.role from public.credit_accounts account
    where account.person_id = any (own) and account.measure = 'credits' and account.role in ('available', 'shortfall')
  ), moves as (
    select side.posting_id, coalesce(sum(side.amount) filter (where side.role = 'available'), 0)::bigint as moved, -coalesce(sum(side.amount) filter (where side.role = 'shortfall'), 0)::bigint as owed
    from (
      select leg.posting_id, usable.role, leg.amount from usable join public.credit_legs leg on leg.to_account_id = usable.id
      union all
      select leg.posting_id, usable.role, -leg.amount from usable join public.credit_legs leg on leg.from_account_id = usable.id
    ) side group by side.posting_id
  ), line as (
    select posting as whole, coalesce(moves.moved, 0) as moved, coalesce(moves.owed, 0) as owed,
      (sum(coalesce(moves.moved, 0)) over (order by posting.posted_at, posting.id))::bigint as after
    from (select own_posting.id from public.credit_postings own_posting where own_posting.person_id = any (own) union select moves.posting_id from moves) known
    join public.credit_postings posting on posting.id = known.id
    left join moves on moves.posting_id = known.id
  )
  select (line.whole).id, (line.whole).posted_at, (line.whole).kind, (line.whole).outcome, (line.whole).reason, (line.whole).rule_id, (line.whole).asked_minutes, (line.whole).minutes,
    (line.whole).milli_credits_per_minute, line.moved, line.owed, line.after, said.row_is_others, said.decision, said.recounted, said.rule_zh, said.rule_en, said.course_slug, said.course, said.lesson, said.ground
  -- Points have a page of their own. A page at a time: every line is looked up.
  from (select line.* from line where (line.whole).posted_at >= from_time and (line.whole).posted_at < to_time and (line.whole).ground -> 'milliPoints' is null
    order by (line.whole).posted_at, (line.whole).id offset skipped limit most) line
  cross join lateral private.line_words(line.whole, own) said
  order by (line.whole).posted_at, (line.whole).id;
end $$;

-- When the asker's account began, and what they could use at a time.
create function public.my_account_before(moment timestamptz) returns table (began_at timestamptz, milli_credits bigint)
language plpgsql stable security definer set search_path = '' as $$
declare
  own bigint[] := array(select private.my_person_ids());
begin
  return query
  select (select min(posting.posted_at) from public.credit_postings posting where posting.person_id = any (own)), coalesce(sum(side.amount), 0)::bigint
  from (
    select leg.posting_id, leg.amount from public.credit_accounts account join public.credit_legs leg on leg.to_account_id = account.id
    where account.person_id = any (own) and account.measure = 'credits' and account.role = 'available'
    union all
    select leg.posting_id, -leg.amount from public.credit_accounts account join public.credit_legs leg on leg.from_account_id = account.id
    where account.person_id = any (own) and account.measure = 'credits' and account.role = 'available'
  ) side join public.credit_postings posting on posting.id = side.posting_id and posting.posted_at < moment;
end $$;
grant execute on function public.my_passbook(timestamptz, timestamptz, integer, integer), public.my_account_before(timestamptz) to authenticated;

drop function public.my_statement_lines(integer);
-- The lines of the asker's statements of a year, and what came later for it.
create function public.my_statement_lines(of_year_id integer)
returns table (person_id bigint, late boolean, seq bigint, posting_id bigint, posted_at timestamptz, counted_on date, kind text, outcome text, reason text, rule_id text,
  asked_minutes bigint, minutes bigint, milli_credits_per_minute numeric, amount bigint, after bigint, repays boolean,
  is_others boolean, decision text, recounted text, rule_zh text, rule_en text, course_slug text, course text, lesson text, ground jsonb)
language plpgsql stable security definer set search_path = '' as $$
#variable_conflict use_column
declare
  rows_of_asker bigint[] := array(select private.my_person_ids());
begin
  return query
  with own as (
    select statement.*, account.id as account_id, year.starts_on, year.ends_on from public.credit_statements statement
    join public.credit_years year on year.id = statement.year_id and year.closed_at is not null
    left join public.credit_accounts account on account.person_id = statement.person_id and account.measure = 'credits' and account.role = 'available'
    where statement.year_id = of_year_id and statement.person_id = any (rows_of_asker)
  ), line as (
    select own.person_id, false as late, leg.to_seq as seq, leg.posting_id, leg.amount, leg.to_after as after, false as repays
    from own join public.credit_legs leg on leg.to_account_id = own.account_id and leg.to_seq > own.from_seq and leg.to_seq <= own.to_seq
    union all
    select own.person_id, false, leg.from_seq, leg.posting_id, -leg.amount, leg.from_after, other.role = 'shortfall'
    from own join public.credit_legs leg on leg.from_account_id = own.account_id and leg.from_seq > own.from_seq and leg.from_seq <= own.to_seq
    join public.credit_accounts other on other.id = leg.to_account_id
    union all
    select own.person_id, true, posting.seq, posting.id, posting.milli_credits, null, false
    from own join public.credit_postings posting on posting.person_id = own.person_id and posting.seq > own.chain_seq
      and posting.counted_on >= own.starts_on and posting.counted_on < own.ends_on and posting.kind in ('award', 'grant', 'reversal')
  )
  select line.person_id, line.late, line.seq, line.posting_id, posting.posted_at, posting.counted_on, posting.kind, posting.outcome, posting.reason, posting.rule_id,
    posting.asked_minutes, posting.minutes, posting.milli_credits_per_minute, line.amount, line.after, line.repays,
    said.row_is_others, said.decision, said.recounted, said.rule_zh, said.rule_en, said.course_slug, said.course, said.lesson, said.ground
  from line join public.credit_postings posting on posting.id = line.posting_id
  cross join lateral private.line_words(posting, rows_of_asker) said
  order by line.person_id, line.late, line.seq;
end $$;
grant execute on function public.my_statement_lines(integer) to authenticated;
