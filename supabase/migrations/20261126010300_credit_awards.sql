-- Credits applied to an award: a learner, or the staff for them, uses credits for an award of a unit. What is applied is used once,
-- stays in the passbook, and comes back when the application is refused or withdrawn.

create table public.credit_awards (
  id integer generated always as identity primary key,
  -- Whose award it is: people who live there can apply.
  unit_id integer not null references public.units on delete restrict,
  zh text not null check (length(zh) between 1 and 60),
  en text not null check (length(en) between 1 and 120),
  milli_credits bigint not null check (milli_credits between 1 and 1000000000),
  in_force daterange not null check (not isempty(in_force)),
  entered_by uuid,
  entered_at timestamptz not null default clock_timestamp()
);
create index credit_awards_unit_id_idx on public.credit_awards (unit_id);

-- How much of it must have been earned in a subject, and not be used for another award.
create table public.credit_award_minima (
  award_id integer not null references public.credit_awards on delete cascade,
  category_id text not null references public.categories on delete restrict,
  milli_credits bigint not null check (milli_credits between 1 and 1000000000),
  primary key (award_id, category_id)
);
create index credit_award_minima_category_id_idx on public.credit_award_minima (category_id);

create table public.credit_applications (
  id bigint generated always as identity primary key,
  award_id integer not null references public.credit_awards on delete restrict,
  person_id bigint not null references public.persons on delete restrict,
  unit_id integer not null references public.units on delete restrict,
  milli_credits bigint not null check (milli_credits > 0),
  state text not null default 'asked' check (state in ('asked', 'approved', 'refused', 'withdrawn', 'taken_back')),
  asked_by uuid not null,
  asked_person_id bigint not null references public.persons on delete restrict,
  asked_at timestamptz not null default clock_timestamp(),
  decided_by uuid,
  decided_at timestamptz,
  decision text check (length(decision) between 2 and 300),
  applied_id bigint not null unique references public.credit_postings on delete restrict,
  returned_id bigint unique references public.credit_postings on delete restrict,
  constraint credit_applications_decided check ((state = 'asked') = (decided_at is null)),
  constraint credit_applications_returned check ((state in ('refused', 'withdrawn', 'taken_back')) = (returned_id is not null))
);
create index credit_applications_award_id_idx on public.credit_applications (award_id);
create index credit_applications_unit_id_idx on public.credit_applications (unit_id, state, id);
create index credit_applications_asked_person_id_idx on public.credit_applications (asked_person_id);
create index credit_applications_person_id_idx on public.credit_applications (person_id, id desc);
-- An award is applied for once, and again only when the credits came back.
create unique index credit_applications_one_live on public.credit_applications (person_id, award_id) where state in ('asked', 'approved');

-- What of an application was earned in which subject: it counts for no other award as long as the application stands.
create table public.credit_application_parts (
  application_id bigint not null references public.credit_applications on delete restrict,
  category_id text not null references public.categories on delete restrict,
  milli_credits bigint not null check (milli_credits > 0),
  primary key (application_id, category_id)
);
create index credit_application_parts_category_id_idx on public.credit_application_parts (category_id);

alter table public.credit_awards enable row level security;
alter table public.credit_award_minima enable row level security;
alter table public.credit_applications enable row level security;
alter table public.credit_application_parts enable row level security;
grant select on public.credit_awards, public.credit_award_minima to anon, authenticated;
grant select on public.credit_applications, public.credit_application_parts to authenticated;
create policy "Visitors read awards" on public.credit_awards for select to anon using (true);
create policy "Accounts read awards" on public.credit_awards for select to authenticated using (true);
create policy "Visitors read what awards ask for" on public.credit_award_minima for select to anon using (true);
create policy "Accounts read what awards ask for" on public.credit_award_minima for select to authenticated using (true);
create policy "Learners read their own applications, staff those of their units" on public.credit_applications for select to authenticated
  using (person_id in (select private.my_person_ids()) or unit_id in (select private.my_units('people')) or unit_id in (select private.my_units('audit')));
create policy "Who reads an application reads its parts" on public.credit_application_parts for select to authenticated
  using (exists (select from public.credit_applications application where application.id = application_id));

-- ── withdrawal after a merge ────────────────────────────────────────────────────────────────────────────────────────

-- Gives credits that were used for an award back to the learner, once. What is applied lies with the row of the person that
-- applied; it comes back to the row that counts today and repays a shortfall first.
create or replace function private.withdraw_credit(posting_id bigint, reason text) returns public.credit_postings
language plpgsql volatile set search_path = '' as $$
declare
  target public.credit_postings;
  learner public.credit_learners;
  posting public.credit_postings;
  request bytea;
  amount bigint;
  repaid bigint;
  own bigint;
begin
  select * into target from public.credit_postings where id = withdraw_credit.posting_id and kind = 'application';
  if not found then perform private.refuse(404, 'posting_unknown'); end if;
  learner := private.hold_credit_chain(private.credit_learner(target.person_id));
  select * into posting from public.credit_postings earlier where earlier.key = 'withdrawal|' || target.id;
  if found then return posting; end if;
  request := sha256(convert_to(concat_ws('|', 'withdrawal', target.id, withdraw_credit.reason), 'UTF8'));
  amount := -target.milli_credits;
  if learner.person_id = target.person_id then
    return private.move_own_credit('withdrawal', 'withdrawal|' || target.id, request, learner, 'applied', 'available', amount, withdraw_credit.reason);
  end if;

  repaid := least(amount, private.credit_debt(learner.person_id));
  own := private.credit_account(learner.person_id, null, 'credits', 'available');
  posting.id := nextval(pg_get_serial_sequence('public.credit_postings', 'id'));
  posting.seq := learner.seq + 1;
  posting.balance_after_milli_credits := private.available_credits(learner.person_id) + amount - repaid;
  posting.chain := private.chain_link(learner.head, request, 'posted', 0, amount, posting.balance_after_milli_credits, posting.seq);
  insert into public.credit_postings (id, key, request_hash, kind, person_id, milli_credits, outcome, reason, occurred_at, posted_by, balance_after_milli_credits, seq, chain)
  values (posting.id, 'withdrawal|' || target.id, request, 'withdrawal', learner.person_id, amount, 'posted', withdraw_credit.reason, clock_timestamp(), auth.uid(),
    posting.balance_after_milli_credits, posting.seq, posting.chain)
  returning * into posting;
  perform private.move_credit(posting.id, 1, private.credit_account(target.person_id, null, 'credits', 'applied'), own, amount);
  if repaid > 0 then
    perform private.move_credit(posting.id, 2, own, private.credit_account(learner.person_id, null, 'credits', 'shortfall'), repaid);
  end if;
  update public.credit_learners held set seq = posting.seq, head = posting.chain where held.person_id = learner.person_id;
  return posting;
end $$;

-- ── applying ────────────────────────────────────────────────────────────────────────────────────────────────────────

-- What a learner earned in a subject and did not use for an award.
create function private.unused_in_subject(of_person_id bigint, of_category_id text) returns bigint
language plpgsql stable set search_path = '' as $$
begin
  return coalesce((select earned.milli_credits from private.earned_in_life(array[private.credit_learner(of_person_id)]) earned where earned.category_id = of_category_id), 0)
    - coalesce((select sum(part.milli_credits) from public.credit_applications application
        join public.credit_application_parts part on part.application_id = application.id and part.category_id = of_category_id
        where application.person_id in (select private.rows_of_person(of_person_id)) and application.state in ('asked', 'approved')), 0);
end $$;

-- Applies a learner's credits to an award. The place in line is held first, so two applications at once, or one beside a reversal,
-- see each other; the same award again returns the application that stands.
create function private.apply_to_award(of_award_id integer, learner public.persons) returns bigint
language plpgsql volatile set search_path = '' as $$
declare
  award public.credit_awards;
  application bigint;
  short record;
  applied public.credit_postings;
begin
  select * into award from public.credit_awards one where one.id = of_award_id;
  if not found or not award.in_force @> private.china_date(now()) then perform private.refuse(404, 'award_unknown'); end if;
  if not exists (select from public.units home join public.units place on place.id = award.unit_id and home.path operator(extensions.<@) place.path
      where home.id = learner.residence_unit_id) then
    perform private.refuse(409, 'award_elsewhere');
  end if;
  perform private.hold_credit_chain(learner.id);
  select one.id into application from public.credit_applications one
    where one.award_id = award.id and one.person_id in (select private.rows_of_person(learner.id)) and one.state in ('asked', 'approved');
  if found then return application; end if;
  if private.available_credits(learner.id) < award.milli_credits then
    perform private.refuse(409, 'credits_too_few', jsonb_build_object('available', private.available_credits(learner.id), 'needed', award.milli_credits));
  end if;
  select category.zh, category.en, least_.milli_credits - private.unused_in_subject(learner.id, least_.category_id) as missing into short
    from public.credit_award_minima least_ join public.categories category on category.id = least_.category_id
    where least_.award_id = award.id and private.unused_in_subject(learner.id, least_.category_id) < least_.milli_credits order by category.position limit 1;
  if found then
    perform private.refuse(409, 'subject_too_few', jsonb_build_object('subject', short.zh, 'missing', short.missing));
  end if;
  application := nextval(pg_get_serial_sequence('public.credit_applications', 'id'));
  applied := private.apply_credit('application|' || application, learner.id, award.milli_credits);
  insert into public.credit_applications (id, award_id, person_id, unit_id, milli_credits, asked_by, asked_person_id, applied_id) overriding system value
  values (application, award.id, learner.id, learner.residence_unit_id, award.milli_credits, auth.uid(), private.my_person_id(), applied.id);
  insert into public.credit_application_parts (application_id, category_id, milli_credits)
  select application, least_.category_id, least_.milli_credits from public.credit_award_minima least_ where least_.award_id = award.id;
  return application;
end $$;

-- Applies the asking person's own credits to an award.
create function public.apply_for_award(award_id integer) returns bigint
language plpgsql volatile security definer set search_path = '' as $$
declare
  me public.persons;
begin
  if auth.uid() is null then perform private.refuse(401, 'sign_in_needed'); end if;
  select * into me from public.persons person where person.id = private.my_person_id();
  if not found then perform private.refuse(403, 'person_needed'); end if;
  return private.apply_to_award(apply_for_award.award_id, me);
end $$;

-- Applies a learner's credits to an award, for somebody without a phone: by whoever registers people where they live.
create function public.apply_award_for(award_id integer, of_person_id bigint) returns bigint
language plpgsql volatile security definer set search_path = '' as $$
declare
  learner public.persons;
  application bigint;
begin
  select * into learner from public.persons person where person.id = private.credit_learner(of_person_id);
  if not found then perform private.refuse(404, 'person_unknown', '{"field": "person"}'); end if;
  perform private.require_sight(learner.residence_unit_id, 'people');
  application := private.apply_to_award(apply_award_for.award_id, learner);
  perform private.audit('award_applied_for', 'credit_application', application::text, learner.residence_unit_id, jsonb_build_object('person', learner.id, 'award', apply_award_for.award_id));
  return application;
end $$;
grant execute on function public.apply_for_award(integer), public.apply_award_for(integer, bigint) to authenticated;

-- Ends an application and gives the credits back.
create function private.return_application(application public.credit_applications, new_state text, reason_code text, decision text) returns void
language plpgsql volatile set search_path = '' as $$
declare
  returned public.credit_postings := private.withdraw_credit(application.applied_id, reason_code);
begin
  update public.credit_applications one set state = new_state, returned_id = returned.id, decided_by = auth.uid(), decided_at = clock_timestamp(),
    decision = return_application.decision where one.id = application.id;
end $$;

-- Withdraws one's own application before it is decided.
create function public.withdraw_application(application_id bigint) returns void
language plpgsql volatile security definer set search_path = '' as $$
declare
  application public.credit_applications;
begin
  if auth.uid() is null then perform private.refuse(401, 'sign_in_needed'); end if;
  select * into application from public.credit_applications one where one.id = withdraw_application.application_id and one.person_id in (select private.my_person_ids());
  if not found then perform private.refuse(404, 'application_unknown'); end if;
  -- The learner before the application, as whoever decides does.
  perform private.hold_credit_chain(private.credit_learner(application.person_id));
  select * into application from public.credit_applications one where one.id = withdraw_application.application_id for update;
  if application.state = 'withdrawn' then return; end if;
  if application.state <> 'asked' then perform private.refuse(409, 'application_decided', jsonb_build_object('state', application.state)); end if;
  perform private.return_application(application, 'withdrawn', 'application_withdrawn', null);
end $$;
grant execute on function public.withdraw_application(bigint) to authenticated;

-- Approves an application, refuses it with a reason, or takes an approved one back with a reason; credits come back in both cases.
-- Nobody decides on what they applied for, or on their own.
create function public.decide_application(application_id bigint, decision text, reason text) returns void
language plpgsql volatile security definer set search_path = '' as $$
declare
  application public.credit_applications;
  award public.credit_awards;
begin
  if auth.uid() is null then perform private.refuse(401, 'sign_in_needed'); end if;
  select * into application from public.credit_applications one where one.id = decide_application.application_id;
  if not found then perform private.refuse(404, 'application_unknown'); end if;
  select * into award from public.credit_awards one where one.id = application.award_id;
  perform private.require_sight(award.unit_id, 'approval');
  perform private.hold_credit_chain(private.credit_learner(application.person_id));
  select * into application from public.credit_applications one where one.id = decide_application.application_id for update;
  if decide_application.decision in ('approve', 'refuse', 'take_back') is not true then perform private.refuse(422, 'decision_missing', '{"field": "decision"}'); end if;
  if application.state <> (case decide_application.decision when 'take_back' then 'approved' else 'asked' end) then
    perform private.refuse(409, 'application_decided', jsonb_build_object('state', application.state));
  end if;
  if private.credit_learner(application.person_id) = private.my_person_id() then perform private.refuse(409, 'own_account'); end if;
  if private.credit_learner(application.asked_person_id) = private.my_person_id() then perform private.refuse(409, 'second_person_needed'); end if;
  if decide_application.decision <> 'approve' and (length(trim(decide_application.reason)) between 2 and 300) is not true then
    perform private.refuse(422, 'refusal_reason_missing', '{"field": "reason"}');
  end if;
  if decide_application.decision = 'approve' then
    update public.credit_applications one set state = 'approved', decided_by = auth.uid(), decided_at = clock_timestamp(),
      decision = nullif(trim(decide_application.reason), '') where one.id = application.id;
    perform private.want_credential('award', application.person_id, application.id::text, award.unit_id,
      jsonb_build_object('title', award.zh, 'titleEn', award.en, 'milliCredits', award.milli_credits, 'finishedOn', private.china_date(now())));
  else
    perform private.revoke_credential(credential.id, 'award_taken_back', trim(decide_application.reason)) from public.credentials credential
      where credential.kind = 'award' and credential.subject_id = application.id::text and credential.revoked_at is null;
    perform private.return_application(application, case decide_application.decision when 'refuse' then 'refused' else 'taken_back' end,
      case decide_application.decision when 'refuse' then 'application_refused' else 'award_taken_back' end, trim(decide_application.reason));
  end if;
  perform private.audit(case decide_application.decision when 'approve' then 'application_approved' when 'refuse' then 'application_refused' else 'award_taken_back' end,
    'credit_application', application.id::text, award.unit_id, jsonb_build_object('person', application.person_id, 'award', award.id));
end $$;
grant execute on function public.decide_application(bigint, text, text) to authenticated;

-- ── awards ──────────────────────────────────────────────────────────────────────────────────────────────────────────

-- Adds an award, in force from a day on. What applications stand on is never changed: an award is ended and a new one added.
create function public.add_credit_award(of_unit_id integer, zh text, en text, milli_credits numeric, from_day date, minima jsonb) returns integer
language plpgsql volatile security definer set search_path = '' as $$
declare
  award integer;
begin
  perform private.require_sight(of_unit_id, 'approval');
  if (length(trim(add_credit_award.zh)) between 1 and 60) is not true then perform private.refuse(422, 'name_missing', '{"field": "zh"}'); end if;
  if (length(trim(add_credit_award.en)) between 1 and 120) is not true then perform private.refuse(422, 'name_missing', '{"field": "en"}'); end if;
  if (add_credit_award.milli_credits between 1 and 1000000000 and add_credit_award.milli_credits % 1 = 0) is not true then
    perform private.refuse(422, 'amount_invalid', '{"field": "credits"}');
  end if;
  if from_day is null or from_day < private.china_date(now()) then perform private.refuse(422, 'from_day_past', '{"field": "fromDay"}'); end if;
  if exists (select from jsonb_to_recordset(coalesce(minima, '[]')) as least_ (category text, "milliCredits" numeric)
      where (least_."milliCredits" >= 1 and least_."milliCredits" % 1 = 0) is not true or not exists (select from public.categories category where category.id = least_.category))
    or (select coalesce(sum(least_."milliCredits"), 0) from jsonb_to_recordset(coalesce(minima, '[]')) as least_ (category text, "milliCredits" numeric)) > add_credit_award.milli_credits then
    perform private.refuse(422, 'minimum_invalid', '{"field": "credits"}');
  end if;
  insert into public.credit_awards (unit_id, zh, en, milli_credits, in_force, entered_by)
  values (of_unit_id, trim(add_credit_award.zh), trim(add_credit_award.en), add_credit_award.milli_credits, daterange(from_day, null), auth.uid()) returning id into award;
  insert into public.credit_award_minima (award_id, category_id, milli_credits)
  select award, least_.category, max(least_."milliCredits") from jsonb_to_recordset(coalesce(minima, '[]')) as least_ (category text, "milliCredits" numeric) group by least_.category;
  perform private.audit('award_added', 'credit_award', award::text, of_unit_id, jsonb_build_object('name', trim(add_credit_award.zh), 'from', from_day));
  return award;
end $$;

-- Ends an award after today; one that has not begun and nobody applied for is removed. What was applied for goes on.
create function public.end_credit_award(award_id integer) returns void
language plpgsql volatile security definer set search_path = '' as $$
declare
  award public.credit_awards;
  today date := private.china_date(now());
begin
  select * into award from public.credit_awards one where one.id = end_credit_award.award_id for update;
  if not found then perform private.refuse(404, 'award_unknown'); end if;
  perform private.require_sight(award.unit_id, 'approval');
  if upper(award.in_force) <= today + 1 then return; end if;
  if lower(award.in_force) > today then delete from public.credit_awards one where one.id = award.id;
  else update public.credit_awards one set in_force = daterange(lower(award.in_force), today + 1) where one.id = award.id; end if;
  perform private.audit('award_ended', 'credit_award', award.id::text, award.unit_id, jsonb_build_object('name', award.zh));
end $$;
grant execute on function public.add_credit_award(integer, text, text, numeric, date, jsonb), public.end_credit_award(integer) to authenticated;

-- Awards that the asking person can apply for or applied for: what each needs, what they have of it, whether it is open to them
-- today, and how the application stands that counts: a live one, or else the last.
create function public.my_awards()
returns table (award_id integer, zh text, en text, unit text, milli_credits bigint, minima jsonb, is_open boolean, application_id bigint, state text, asked_at timestamptz, decision text)
language plpgsql stable security definer set search_path = '' as $$
#variable_conflict use_column
declare
  me public.persons;
begin
  if auth.uid() is null then perform private.refuse(401, 'sign_in_needed'); end if;
  select * into me from public.persons person where person.id = private.my_person_id();
  if not found then perform private.refuse(403, 'person_needed'); end if;
  return query
  select award.id, award.zh, award.en, place.name, award.milli_credits,
    (select coalesce(jsonb_agg(jsonb_build_object('zh', category.zh, 'en', category.en, 'milliCredits', least_.milli_credits,
        'unused', private.unused_in_subject(me.id, least_.category_id)) order by category.position), '[]')
      from public.credit_award_minima least_ join public.categories category on category.id = least_.category_id where least_.award_id = award.id),
    award.in_force @> private.china_date(now()) and home.path operator(extensions.<@) place.path, last.id, last.state, last.asked_at, last.decision
  from public.credit_awards award
  join public.units place on place.id = award.unit_id
  join public.units home on home.id = me.residence_unit_id
  left join lateral (
    select application.* from public.credit_applications application
    where application.award_id = award.id and application.person_id in (select private.rows_of_person(me.id))
    order by application.state in ('asked', 'approved') desc, application.id desc limit 1
  ) last on true
  where last.id is not null or award.in_force @> private.china_date(now()) and home.path operator(extensions.<@) place.path
  order by award.milli_credits, award.id;
end $$;
grant execute on function public.my_awards() to authenticated;

-- Applications to awards of a unit and below in a state, with names. Definer: persons are read by who sees names; whoever
-- registers people or approves there sees what was applied for.
create function public.applications_below(in_unit_id integer, in_state text)
returns table (id bigint, award_zh text, award_en text, state text, milli_credits bigint, asked_at timestamptz, decided_at timestamptz, decision text,
  learner_id bigint, learner_name text, home_name text, asked_person_id bigint, asker_name text, may_decide boolean)
language plpgsql stable security definer set search_path = '' as $$
#variable_conflict use_column
begin
  perform private.require_sight(in_unit_id, 'people');
  return query
  select application.id, award.zh, award.en, application.state, application.milli_credits, application.asked_at, application.decided_at, application.decision,
    learner.id, learner.name, home.name, private.credit_learner(application.asked_person_id), asker.name,
    private.sees_unit(award.unit_id, 'approval') and learner.id <> private.my_person_id()
  from public.units place
  join public.units home on home.path operator(extensions.<@) place.path
  join public.credit_applications application on application.unit_id = home.id and application.state = in_state
  join public.credit_awards award on award.id = application.award_id
  join public.persons learner on learner.id = private.credit_learner(application.person_id)
  join public.persons asker on asker.id = application.asked_person_id
  where place.id = in_unit_id;
end $$;
grant execute on function public.applications_below(integer, text) to authenticated;

-- ── what must always hold ───────────────────────────────────────────────────────────────────────────────────────────

-- What lies applied is what standing applications hold, each with its posting; what ended gave it back.
create function private.credit_faults_of_awards() returns table (invariant text, subject text)
language sql stable set search_path = ''
begin atomic
  select 'application_is_posted', application.id::text from public.credit_applications application
  join public.credit_postings applied on applied.id = application.applied_id
  left join public.credit_postings returned on returned.id = application.returned_id
  where applied.kind <> 'application' or applied.milli_credits <> -application.milli_credits
    or returned.id is not null and (returned.key <> 'withdrawal|' || applied.id or returned.milli_credits <> application.milli_credits)
    or exists (select from public.credit_postings back where back.key = 'withdrawal|' || applied.id) <> (application.returned_id is not null)
  union all
  select 'applied_is_standing', applied.person_id::text from (
    select account.person_id, state.balance from public.credit_accounts account join public.credit_account_states state on state.account_id = account.id
    where account.role = 'applied'
  ) applied
  left join (
    select used.person_id, -sum(used.milli_credits) as milli_credits from public.credit_postings used
    where used.kind = 'application' and not exists (select from public.credit_postings back where back.key = 'withdrawal|' || used.id) group by used.person_id
  ) standing on standing.person_id = applied.person_id
  where applied.balance <> coalesce(standing.milli_credits, 0);
end;
