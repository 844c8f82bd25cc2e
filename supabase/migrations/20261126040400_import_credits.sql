-- Imported records earn credits as a session on site does, where the rule of such sessions says so; and a list that comes again
-- with other hours corrects what it said before.

alter table public.imports drop constraint imports_state_check;
alter table public.imports add constraint imports_state_check check (state in ('mapping', 'checking', 'checked', 'applying', 'crediting', 'applied',
  'taking_back', 'taken_back', 'failed'));
alter table private.import_progress drop constraint import_progress_phase_check;
alter table private.import_progress add constraint import_progress_phase_check check (phase in ('reading', 'checking', 'writing', 'crediting', 'taking_back'));
alter table public.imports add column credited_to bigint;
comment on column public.imports.credited_to is 'Up to which of its records credits were posted.';

-- ── the same event with other hours ─────────────────────────────────────────────────────────────────────────────────

alter table private.import_rows add column known_id bigint, add column corrects bigint;
comment on column private.import_rows.known_id is 'The record that says this already.';
comment on column private.import_rows.corrects is 'The last word about the record that this row puts right.';

-- The last word about a record, and the hours that a list gave it last: a member of staff may have put them right by hand since.
create function private.last_word(of_participation_id bigint) returns table (id bigint, status text, hours numeric, listed_hours numeric)
language plpgsql stable set search_path = '' as $$
begin
  return query
  with recursive chain as (
    select fact.id, fact.status, fact.hours, fact.entry_source, 1 as step from public.participations fact where fact.id = of_participation_id
    union all
    select later.id, later.status, later.hours, later.entry_source, chain.step + 1 from chain join public.participations later on later.corrects = chain.id
  )
  select last.id, last.status, last.hours,
    (select listed.hours from chain listed where listed.entry_source = 'import' and listed.status = 'attended' order by listed.step desc limit 1)
  from chain last order by last.step desc limit 1;
end $$;

-- Gives every row its key and finds out which are there already, which of these come with other hours, and which the file says twice.
create or replace function private.key_participation(import_id bigint) returns void
language plpgsql volatile set search_path = '' as $$
declare
  turn integer := 0;
begin
  update private.import_rows staged
  set state = 'read', known_id = null, corrects = null, key = case when staged.person_id is null then staged.newcomer || '/' else '' end
    || private.import_key(coalesce(staged.person_id, 0), staged.started_at, staged.host_unit_id, staged.category_id, staged.kind, staged.role, staged.programme)
  where staged.import_id = key_participation.import_id and staged.state <> 'refused';

  update private.import_rows staged set state = 'repeated'
  from (select line, row_number() over (partition by key order by line) as nth from private.import_rows
    where import_rows.import_id = key_participation.import_id and state <> 'refused') counted
  where staged.import_id = key_participation.import_id and staged.line = counted.line and counted.nth > 1;

  -- Facts of rows that count as this person since, under their own keys.
  update private.import_rows staged set state = 'known', known_id = fact.id
  from public.persons follower, public.participations fact
  where staged.import_id = key_participation.import_id and staged.state = 'read' and follower.counts_as = staged.person_id
    and fact.key = private.import_key(follower.id, staged.started_at, staged.host_unit_id, staged.category_id, staged.kind, staged.role, staged.programme)
    and not private.was_taken_back(fact.id);

  loop
    update private.import_rows staged set state = 'known', known_id = fact.id
    from public.participations fact
    where staged.import_id = key_participation.import_id and staged.state = 'read' and fact.key = staged.key
      and not (exists (select from public.participations later where later.corrects = fact.id) and private.was_taken_back(fact.id));
    -- What remains under a taken key was taken back: the event is free again, under the next number.
    turn := turn + 1;
    update private.import_rows staged set key = split_part(staged.key, '#', 1) || '#' || turn
    from public.participations fact
    where staged.import_id = key_participation.import_id and staged.state = 'read' and fact.key = staged.key;
    exit when not found;
  end loop;

  -- What a list said before and says otherwise now is put right, unless somebody struck it out by hand.
  update private.import_rows staged set state = 'read', corrects = word.id, key = staged.key || '>' || word.id
  from private.import_rows same cross join lateral private.last_word(same.known_id) word
  where staged.import_id = key_participation.import_id and same.import_id = staged.import_id and same.line = staged.line
    and staged.state = 'known' and word.status = 'attended' and word.listed_hours <> staged.hours and word.hours <> staged.hours;
end $$;

-- Checks everything that was staged against what is in the database now. Returns the counts.
create or replace function private.check_import(import_id bigint) returns jsonb
language plpgsql volatile security definer set search_path = '' as $$
declare
  of_import public.imports;
  inside extensions.ltree;
  counts jsonb;
begin
  select * into of_import from public.imports where id = check_import.import_id;
  inside := (select unit.path from public.units unit where unit.id = of_import.unit_id);
  delete from private.import_refusals refusal where refusal.import_id = of_import.id and not by_file;
  update private.import_rows staged set state = case when refused.line is null then 'read' else 'refused' end,
    person_id = null, candidates = null, newcomer = null, key = null
  from private.import_rows same
  left join (select distinct line from private.import_refusals refusal where refusal.import_id = check_import.import_id) refused using (line)
  where staged.import_id = of_import.id and same.import_id = of_import.id and same.line = staged.line;
  analyze private.import_rows;
  case of_import.kind
    when 'participation' then perform private.check_participation(of_import, inside);
    when 'persons' then perform private.check_persons(of_import, inside);
    when 'populations' then perform private.check_populations(of_import, inside);
    when 'units' then perform private.check_units(of_import, inside);
  end case;
  update private.import_rows staged set state = 'good' where staged.import_id = of_import.id and staged.state = 'read';
  select jsonb_build_object('total', count(*), 'good', count(*) filter (where state = 'good'), 'known', count(*) filter (where state = 'known'),
    'repeated', count(*) filter (where state = 'repeated'), 'refused', count(*) filter (where state = 'refused'),
    'corrections', count(*) filter (where state = 'good' and corrects is not null),
    'newcomers', count(distinct newcomer) filter (where state in ('good', 'repeated')),
    'persons', count(distinct coalesce(newcomer, person_id::text)) filter (where state = 'good'))
  into counts from private.import_rows where import_rows.import_id = of_import.id;
  return counts;
end $$;

-- As before, with what a row puts right: the record keeps the home and the groups of its day.
create or replace function private.write_import_facts(of_import_id bigint, from_line integer, to_line integer) returns integer
language plpgsql volatile security definer set search_path = '' as $$
declare
  written integer;
begin
  with rows_of as (
    select staged.*, person.residence_unit_id as home_id, home.area as home_area, person.birth_year as born, person.sex as own_sex,
      private.china_date(staged.started_at) as day
    from private.import_rows staged
    join public.persons person on person.id = staged.person_id
    join public.units home on home.id = person.residence_unit_id
    where staged.import_id = of_import_id and staged.line between from_line and to_line and staged.state = 'good'
  ), by_age as materialized (
    select age, (select array_agg(id order by id) from public.population_groups known where known.ages @> age or known.id = 'resident') as groups
    from generate_series(-1, 130) age
  ), entered as (
    select rows_of.line, array_agg(distinct entry.group_id) as groups
    from rows_of join public.person_groups entry on entry.person_id = rows_of.person_id
      and entry.valid_from <= rows_of.day and (entry.valid_to is null or entry.valid_to >= rows_of.day)
    group by rows_of.line
  )
  insert into public.participations (key, person_id, kind, form, category_id, programme, organised, role, residence_unit_id, area, host_unit_id,
    delivering_department, groups, birth_year, sex, started_at, ended_at, in_vacation, hours, status, sign_in_method, confirmed_by, channel,
    entry_source, entered_by, import_id, corrects)
  select rows_of.key, coalesce(earlier.person_id, rows_of.person_id), rows_of.kind, rows_of.form, rows_of.category_id, rows_of.programme, true, rows_of.role,
    coalesce(earlier.residence_unit_id, rows_of.home_id), coalesce(earlier.area, rows_of.home_area), rows_of.host_unit_id, rows_of.department,
    case when earlier.id is not null then earlier.groups when entered.groups is null then coalesce(by_age.groups, '{resident}')
      else (select array_agg(id order by id) from (select unnest(coalesce(by_age.groups, '{resident}')) as id union select unnest(entered.groups)) both_kinds) end,
    case when earlier.id is null then rows_of.born else earlier.birth_year end, case when earlier.id is null then rows_of.own_sex else earlier.sex end,
    rows_of.started_at, rows_of.ended_at, private.in_vacation(rows_of.day), rows_of.hours, 'attended', 'list',
    import.created_by, 'onsite', 'import', import.created_by, import.id, rows_of.corrects
  from rows_of
  join public.imports import on import.id = of_import_id
  left join by_age on by_age.age = extract(year from rows_of.day)::integer - rows_of.born
  left join entered on entered.line = rows_of.line
  left join public.participations earlier on earlier.id = rows_of.corrects
  order by rows_of.line
  on conflict (key) do nothing;
  get diagnostics written = row_count;
  return written;
end $$;

-- Cancels the next facts of an import after a given one: of each the last word, unless that is a cancellation already. A
-- correction that nobody built on gives way to what it corrected. Facts are corrected, never removed. Returns the id up to which
-- it came, null at the end, and how many were taken back.
create or replace function private.cancel_import_facts(of_import_id bigint, after_id bigint, most integer) returns table (last_id bigint, cancelled integer)
language plpgsql volatile security definer set search_path = '' as $$
declare
  ids bigint[];
begin
  select array_agg(id) into ids from (
    select fact.id from public.participations fact where fact.import_id = of_import_id and fact.id > after_id order by fact.id limit most) next_facts;
  if ids is null then return query select null::bigint, 0; return; end if;
  with recursive chain as (
    select fact.id as first_id, fact.id, 1 as step from public.participations fact where fact.id = any (ids)
    union all
    select chain.first_id, later.id, chain.step + 1 from chain join public.participations later on later.corrects = chain.id
  ), tips as (
    select distinct on (first_id) first_id, id from chain order by first_id, step desc
  )
  insert into public.participations (key, person_id, kind, form, category_id, programme, course_id, lesson_id, organised, role, person_role, employment,
    residence_unit_id, area, host_unit_id, delivering_department, groups, birth_year, sex, started_at, ended_at, in_vacation, hours, status,
    sign_in_method, with_guardian, guardian_id, guardian_consent, channel, fee_fen, for_profit, entry_source, entered_by, corrects)
  select case when earlier.id is null then 'taken-back:' else 'restored:' end || of_import_id || ':' || fact.id, said.person_id, said.kind, said.form,
    said.category_id, said.programme, said.course_id, said.lesson_id, said.organised, said.role, said.person_role, said.employment, said.residence_unit_id, said.area,
    said.host_unit_id, said.delivering_department, said.groups, said.birth_year, said.sex, said.started_at, said.ended_at, said.in_vacation,
    case when earlier.id is null then 0 else earlier.hours end, case when earlier.id is null then 'cancelled' else earlier.status end,
    said.sign_in_method, said.with_guardian, said.guardian_id, said.guardian_consent, said.channel, said.fee_fen, said.for_profit, 'import',
    (select taken_back_by from public.imports where id = of_import_id), fact.id
  from tips
  join public.participations fact on fact.id = tips.id
  join public.participations own on own.id = tips.first_id
  left join public.participations earlier on earlier.id = own.corrects
  cross join lateral (select (coalesce(earlier, fact)).*) said
  where fact.status = 'attended' and (earlier.id is null or fact.id = own.id);
  get diagnostics cancelled = row_count;
  last_id := ids[cardinality(ids)];
  return next;
end $$;

-- ── credits ─────────────────────────────────────────────────────────────────────────────────────────────────────────

create or replace function private.imports_running() returns setof bigint
language sql stable security definer set search_path = ''
begin atomic
  select id from public.imports where state in ('checking', 'applying', 'crediting', 'taking_back') order by id;
end;

-- Whether an import brought records that may earn: somebody learned on site, on a day on which the rule gives something.
create function private.import_earns(of_import_id bigint) returns boolean
language plpgsql stable set search_path = '' as $$
begin
  return exists (
    select from public.participations fact
    join public.credit_rule_versions version on version.rule_id = 'attendance' and version.milli_credits > 0 and version.in_force @> private.china_date(fact.started_at)
    where fact.import_id = of_import_id and fact.status = 'attended' and fact.role in ('learner', 'guardian'));
end $$;

create or replace function private.finish_import_writing(import_id bigint, written integer) returns void
language plpgsql volatile security definer set search_path = '' as $$
begin
  update public.imports set state = case when private.import_earns(finish_import_writing.import_id) then 'crediting' else 'applied' end,
    applied_at = clock_timestamp(), problem = null, credited_to = null,
    result = jsonb_build_object('written', finish_import_writing.written,
      'persons', (select count(*) from private.import_effects effect where effect.import_id = finish_import_writing.import_id and effect.what = 'person'))
  where id = finish_import_writing.import_id and state = 'applying';
  -- Sealed numbers and names were needed until here; what was made of them is kept elsewhere.
  delete from private.import_rows where import_rows.import_id = finish_import_writing.import_id;
end $$;

-- Posts the credits of the next records of an import, as a class's: in one transaction with how far it came, so that a run that was
-- cut off goes on behind it. Only for records that still stand and earned nothing yet, and not for time that a register or another
-- list has credited the same person. Returns whether there was anything left, how many records earned, and what.
create function private.credit_import_facts(of_import_id bigint, most integer) returns table (looked_at integer, credited integer, minutes bigint, milli_credits bigint)
language plpgsql volatile security definer set search_path = '' as $$
#variable_conflict use_column
declare
  of_import public.imports;
  ids bigint[];
  facts bigint[];
  learners bigint[];
  worth bigint[];
  class record;
  given record;
begin
  select * into of_import from public.imports import where import.id = of_import_id and import.state = 'crediting' for update;
  if not found then return query select 0, 0, 0::bigint, 0::bigint; return; end if;
  perform private.act_as(of_import.created_by);
  select array_agg(next_facts.id order by next_facts.id) into ids from (
    select fact.id from public.participations fact where fact.import_id = of_import_id and fact.id > coalesce(of_import.credited_to, 0) order by fact.id limit most) next_facts;
  looked_at := coalesce(cardinality(ids), 0);
  credited := 0;
  minutes := 0;
  milli_credits := 0;
  if looked_at = 0 then return next; return; end if;

  select array_agg(fact.id order by fact.started_at, fact.id), array_agg(coalesce(person.counts_as, person.id) order by fact.started_at, fact.id),
    array_agg(floor(fact.hours * 60)::bigint order by fact.started_at, fact.id) into facts, learners, worth
  from public.participations fact
  join public.persons person on person.id = fact.person_id
  where fact.id = any (ids) and fact.status = 'attended' and fact.role in ('learner', 'guardian') and fact.hours > 0
    and exists (select from public.credit_rule_versions version
      where version.rule_id = 'attendance' and version.milli_credits > 0 and version.in_force @> private.china_date(fact.started_at))
    and not exists (select from public.participations later where later.corrects = fact.id)
    and not exists (select from public.credit_postings award where award.participation_id = fact.id and award.kind = 'award')
    and not exists (
      select from public.participations other
      join public.credit_postings award on award.participation_id = other.id and award.kind = 'award' and award.rule_id = 'attendance'
      where other.person_id = fact.person_id and other.year = fact.year and other.id <> fact.id and other.status = 'attended'
        and other.started_at < fact.ended_at and other.ended_at > fact.started_at
        and not exists (select from public.participations later where later.corrects = other.id));

  -- All learners first and in order, then class by class: of each person one record at a time, as a class has it.
  insert into public.credit_learners (person_id) select distinct unnest(learners) order by 1 on conflict do nothing;
  perform from public.credit_learners learner where learner.person_id = any (learners) order by learner.person_id for update;
  perform private.credit_account(learner.id, null, account.measure, account.role)
  from (select distinct unnest(learners) as id) learner
  cross join (values ('minutes', 'earned'), ('credits', 'available')) account (measure, role) order by learner.id;
  for class in
    select earning.minutes, earning.nth, array_agg(earning.fact_id order by earning.learner_id) as facts,
      array_agg('import|' || earning.fact_id order by earning.learner_id) as keys
    from (
      select list.fact_id, list.learner_id, list.minutes, row_number() over (partition by list.learner_id order by list.place) as nth
      from unnest(facts, learners, worth) with ordinality as list (fact_id, learner_id, minutes, place)
    ) earning group by earning.nth, earning.minutes order by earning.nth, earning.minutes
  loop
    select count(*) filter (where posting.outcome <> 'refused') as records, coalesce(sum(posting.minutes), 0) as minutes, coalesce(sum(posting.milli_credits), 0) as credits into given
    from private.award_class(class.facts, class.keys, 'attendance', class.minutes) posting;
    credited := credited + given.records;
    minutes := minutes + given.minutes;
    milli_credits := milli_credits + given.credits;
  end loop;

  update public.imports import set credited_to = ids[cardinality(ids)], result = import.result || jsonb_build_object(
      'credited', coalesce((import.result ->> 'credited')::integer, 0) + credit_import_facts.credited,
      'milliCredits', coalesce((import.result ->> 'milliCredits')::bigint, 0) + credit_import_facts.milli_credits)
    where import.id = of_import_id;
  return next;
end $$;

-- How many of its records have been gone through for credits.
create function private.import_credited(import_id bigint) returns integer
language plpgsql stable security definer set search_path = '' as $$
begin
  return (select count(*)::integer from public.imports asked join public.participations fact on fact.import_id = asked.id and fact.id <= asked.credited_to
    where asked.id = import_credited.import_id);
end $$;

create function private.finish_import_crediting(import_id bigint) returns void
language plpgsql volatile security definer set search_path = '' as $$
begin
  update public.imports set state = 'applied', problem = null where id = finish_import_crediting.import_id and state = 'crediting';
end $$;
revoke execute on function private.credit_import_facts(bigint, integer), private.import_credited(bigint), private.finish_import_crediting(bigint) from public;
grant execute on function private.credit_import_facts(bigint, integer), private.import_credited(bigint), private.finish_import_crediting(bigint) to job_server;
