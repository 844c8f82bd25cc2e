-- Hours are kept in hundredths: of 50 minutes 0.83 h, which are 49.8 minutes. A list gave 49 where a class register gave 50; rounded, any whole number of
-- minutes comes back as it was, as the hundredth is at most 0.3 minutes off.

create or replace function private.credit_import_facts(of_import_id bigint, most integer) returns table (looked_at integer, credited integer, minutes bigint, milli_credits bigint)
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
    array_agg(round(fact.hours * 60)::bigint order by fact.started_at, fact.id) into facts, learners, worth
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
