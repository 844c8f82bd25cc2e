-- The check of the ledger goes part by part, each in a transaction of its own: the page shows how far it is, what each part found
-- and when, and nothing is held for a minute by one long statement. Which parts there are is asked of the database
-- (private.credit_faults_of_<part>()); what the server alone can check – signatures – is the part 'seals'.

alter table public.credit_checks
  -- Parts in the order of their turn; empty for checks from before there were parts.
  add column parts text[] not null default '{}',
  -- One entry for each part that is through: {"part", "at", "counts": {invariant: breaches}}.
  add column done jsonb not null default '[]';

create function private.credit_check_parts() returns setof text
language sql stable set search_path = ''
begin atomic
  select substring(routine.proname::text from '^credit_faults_of_(.*)$') from pg_catalog.pg_proc routine
  where routine.pronamespace = 'private'::regnamespace and routine.proname like 'credit\_faults\_of\_%' and routine.pronargs = 0
  order by routine.proname;
end;

create or replace function private.begin_credit_check() returns bigint
language sql volatile security definer set search_path = ''
begin atomic
  insert into public.credit_checks (parts) values (array(select private.credit_check_parts()) || 'seals'::text) returning id;
end;

-- Writes down what a part found: how many breaches of each invariant, and the first of them.
create function private.note_credit_check(check_id bigint, part text, counts jsonb, first_found jsonb) returns void
language sql volatile security definer set search_path = ''
begin atomic
  update public.credit_checks one set
    done = one.done || jsonb_build_object('part', note_credit_check.part, 'at', clock_timestamp(), 'counts', note_credit_check.counts),
    found = one.found || note_credit_check.first_found
  where one.id = check_id and note_credit_check.part = any (one.parts) and one.ended_at is null;
end;

-- Recomputes one part of the ledger. Definer: it reads everybody's postings.
create function private.run_credit_check_part(check_id bigint, part text) returns void
language plpgsql volatile security definer set search_path = '' as $$
declare
  counts jsonb;
  first_found jsonb;
begin
  if run_credit_check_part.part not in (select private.credit_check_parts()) then perform private.refuse(404, 'check_part_unknown'); end if;
  execute pg_catalog.format($query$
    with broken as (
      select one.invariant, count(*) as times, (array_agg(one.subject order by one.subject))[1:20] as subjects from private.%I() one group by one.invariant
    )
    select coalesce(jsonb_object_agg(broken.invariant, broken.times), '{}'),
      coalesce((select jsonb_agg(jsonb_build_object('invariant', each.invariant, 'subject', subject) order by each.invariant, subject)
        from broken each cross join unnest(each.subjects) as subject), '[]')
    from broken $query$, 'credit_faults_of_' || run_credit_check_part.part) into counts, first_found;
  perform private.note_credit_check(check_id, run_credit_check_part.part, counts, first_found);
end $$;

-- Ends a check and returns how many breaches it found. One that left a part out is not ended: nothing may be sealed on it.
drop function private.run_credit_check(bigint);
create function private.end_credit_check(check_id bigint) returns integer
language plpgsql volatile security definer set search_path = '' as $$
declare
  breaches integer;
begin
  update public.credit_checks one set ended_at = clock_timestamp(),
    postings = (select count(*) from public.credit_postings), legs = (select count(*) from public.credit_legs),
    faults = (select coalesce(sum(count.value::integer), 0) from jsonb_array_elements(one.done) part cross join jsonb_each_text(part -> 'counts') count)
  where one.id = check_id and jsonb_array_length(one.done) = cardinality(one.parts) returning one.faults into breaches;
  if not found then perform private.refuse(409, 'check_not_through'); end if;
  if breaches > 0 then
    perform private.audit('credit_faults_found', 'credit_check', check_id::text, private.region_id(), jsonb_build_object('faults', breaches));
  end if;
  return breaches;
end $$;
grant execute on function private.credit_check_parts(), private.note_credit_check(bigint, text, jsonb, jsonb), private.run_credit_check_part(bigint, text), private.end_credit_check(bigint) to job_server;
