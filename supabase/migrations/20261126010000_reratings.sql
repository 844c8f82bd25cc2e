-- Re-rating: a rule that was wrong for days in the past is put right, and what it gave is taken back and posted anew, never
-- edited. First it is counted who would gain or lose; that posts nothing. Another person then confirms, and exactly what was
-- listed is posted, learner by learner; where the facts have changed in between it is refused as outdated.
--
-- The count does what the posting will do and undoes it in the same breath, so there is one way of reckoning and not two.

-- ── versions that were superseded ───────────────────────────────────────────────────────────────────────────────────

-- A version may lose all of its days to a corrected one; it stays for the postings that were made under it.
alter table public.credit_rule_versions drop constraint credit_rule_versions_in_force_check;
alter table public.credit_caps drop constraint credit_caps_in_force_check;

create table public.credit_reratings (
  id bigint generated always as identity primary key,
  rule_id text not null references public.credit_rules on delete restrict,
  -- A corrected rate or cap for these days, or one learner's records of these days counted anew by the rules as they are.
  kind text not null check (kind in ('rate', 'cap', 'recount')),
  period daterange not null check (not isempty(period)),
  person_id bigint references public.persons on delete restrict,
  basis text check (basis in ('minutes', 'event')),
  milli_credits integer check (milli_credits >= 0),
  per_minutes integer check (per_minutes > 0),
  cap_period text check (cap_period in ('day', 'week', 'month', 'year', 'lifetime')),
  -- Null lifts the cap.
  cap_amount bigint check (cap_amount >= 0),
  reason text not null check (length(reason) between 4 and 300),
  state text not null default 'counting' check (state in ('counting', 'counted', 'outdated', 'posting', 'posted', 'withdrawn')),
  -- How many have records in these days; null until they are listed.
  learners integer,
  -- What the count stands on: the records it looked at and the rules it found.
  stamp bytea,
  asked_by uuid not null,
  asked_person_id bigint not null references public.persons on delete restrict,
  asked_at timestamptz not null default clock_timestamp(),
  counted_at timestamptz,
  decided_by uuid,
  decided_at timestamptz,
  ended_at timestamptz,
  constraint credit_reratings_rate_whole check ((kind = 'rate') = (basis is not null) and (basis is null) = (milli_credits is null)
    and coalesce(basis = 'minutes', false) = (per_minutes is not null)),
  constraint credit_reratings_cap_whole check ((kind = 'cap') = (cap_period is not null) and (cap_amount is null or kind = 'cap')),
  constraint credit_reratings_recount_of_one check ((kind = 'recount') = (person_id is not null)),
  constraint credit_reratings_decided check ((state in ('posting', 'posted')) = (decided_by is not null))
);
create index credit_reratings_rule_id_idx on public.credit_reratings (rule_id);
create index credit_reratings_person_id_idx on public.credit_reratings (person_id);
create index credit_reratings_asked_person_id_idx on public.credit_reratings (asked_person_id);
create unique index credit_reratings_one_open on public.credit_reratings (rule_id, coalesce(person_id, 0)) where state in ('counting', 'counted', 'outdated', 'posting');

-- What a version or a cap was in force for until a re-rating took days from it: with it can be told what held when something was posted.
create table public.credit_rule_history (
  id bigint generated always as identity primary key,
  rerating_id bigint not null references public.credit_reratings on delete restrict,
  rule_version_id integer references public.credit_rule_versions on delete restrict,
  cap_id integer references public.credit_caps on delete restrict,
  in_force daterange not null,
  until timestamptz not null default clock_timestamp(),
  constraint credit_rule_history_of_one check (num_nonnulls(rule_version_id, cap_id) = 1)
);
create index credit_rule_history_rerating_id_idx on public.credit_rule_history (rerating_id);
create index credit_rule_history_rule_version_id_idx on public.credit_rule_history (rule_version_id);
create index credit_rule_history_cap_id_idx on public.credit_rule_history (cap_id);

-- Who has records in the days of a re-rating: what these gave and would give, and how far it is with them.
create table public.credit_rerating_learners (
  rerating_id bigint not null references public.credit_reratings on delete restrict,
  person_id bigint not null references public.persons on delete restrict,
  -- Unchanged: nothing is posted. Outdated: the facts are no longer those that were counted, so nothing was posted.
  state text not null default 'waiting' check (state in ('waiting', 'counted', 'unchanged', 'posted', 'outdated')),
  postings integer not null default 0,
  before_milli_credits bigint not null default 0,
  after_milli_credits bigint not null default 0,
  gained_milli_credits bigint not null generated always as (after_milli_credits - before_milli_credits) stored,
  before_minutes bigint not null default 0,
  after_minutes bigint not null default 0,
  -- A hash of the list, line by line: what is posted must give the same.
  listed bytea,
  primary key (rerating_id, person_id)
);
create index credit_rerating_learners_person_id_idx on public.credit_rerating_learners (person_id);
create index credit_rerating_learners_state_idx on public.credit_rerating_learners (rerating_id, state, person_id);
create index credit_rerating_learners_gained_idx on public.credit_rerating_learners (rerating_id, gained_milli_credits, person_id);

-- A posting that a re-rating replaced: taken back by one, posted anew by another.
create table public.credit_rerating_lines (
  rerating_id bigint not null references public.credit_reratings on delete restrict,
  person_id bigint not null,
  target_id bigint primary key references public.credit_postings on delete restrict,
  reversal_id bigint not null unique references public.credit_postings on delete restrict,
  posting_id bigint not null unique references public.credit_postings on delete restrict,
  foreign key (rerating_id, person_id) references public.credit_rerating_learners on delete restrict
);
create index credit_rerating_lines_rerating_id_idx on public.credit_rerating_lines (rerating_id, person_id);

create trigger credit_rule_history_append_only before update or delete on public.credit_rule_history
  for each row execute function private.refuse_change();
create trigger credit_rule_history_not_truncated before truncate on public.credit_rule_history
  for each statement execute function private.refuse_change();
create trigger credit_rerating_lines_append_only before update or delete on public.credit_rerating_lines
  for each row execute function private.refuse_change();
create trigger credit_rerating_lines_not_truncated before truncate on public.credit_rerating_lines
  for each statement execute function private.refuse_change();

alter table public.credit_reratings enable row level security;
alter table public.credit_rule_history enable row level security;
alter table public.credit_rerating_learners enable row level security;
alter table public.credit_rerating_lines enable row level security;
grant select on public.credit_reratings, public.credit_rule_history, public.credit_rerating_learners, public.credit_rerating_lines to authenticated;
create policy "Accounts read what rules were in force before" on public.credit_rule_history for select to authenticated using (true);
create policy "Who approves or audits the region reads re-ratings, learners those that changed their postings" on public.credit_reratings for select to authenticated
  using (private.region_id() in (select private.my_units('approval')) or private.region_id() in (select private.my_units('audit'))
    or exists (select from public.credit_rerating_lines line where line.rerating_id = id and line.person_id in (select private.my_person_ids())));
create policy "Who approves or audits the region reads whom a re-rating concerns" on public.credit_rerating_learners for select to authenticated
  using (private.region_id() in (select private.my_units('approval')) or private.region_id() in (select private.my_units('audit')));
create policy "Learners read which of their postings a re-rating replaced" on public.credit_rerating_lines for select to authenticated
  using (person_id in (select private.my_person_ids()) or private.region_id() in (select private.my_units('approval')));

-- ── reckoning ───────────────────────────────────────────────────────────────────────────────────────────────────────

-- The key of the posting that replaces one: its own, and the number of the generation.
create function private.next_generation(key text) returns text
language sql immutable parallel safe
return regexp_replace(key, '~[0-9]+$', '') || '~' || coalesce(substring(key from '~([0-9]+)$')::integer, 1) + 1;

-- A learner's live postings by a rule in some days, in the order in which they were first posted: caps then clip as they did.
create function private.rerating_targets(rerating public.credit_reratings, of_person_id bigint) returns bigint[]
language plpgsql stable set search_path = '' as $$
declare
  targets bigint[];
begin
  select array_agg(posting.id order by coalesce(first.id, posting.id), posting.id) into targets
  from (
    select given.id from public.participations fact join public.credit_postings given on given.participation_id = fact.id
    where fact.person_id in (select private.rows_of_person(of_person_id)) and given.kind = 'award'
    union all
    select given.id from public.credit_postings given where given.granted_to in (select private.rows_of_person(of_person_id)) and given.kind = 'grant'
  ) own
  join public.credit_postings posting on posting.id = own.id and posting.rule_id = rerating.rule_id and posting.counted_on <@ rerating.period
  left join public.credit_postings first on first.key = regexp_replace(posting.key, '~[0-9]+$', '')
  where not exists (select from public.credit_postings reversal where reversal.reverses = posting.id);
  return targets;
end $$;

-- What a count stands on. It is another as soon as a record of these days came, went or was corrected, or the rule changed.
create function private.rerating_stamp(rerating public.credit_reratings) returns bytea
language plpgsql stable set search_path = '' as $$
begin
  return sha256(convert_to(concat_ws('|',
    case when rerating.person_id is not null then private.rerating_targets(rerating, private.credit_learner(rerating.person_id))::text else (
      select concat_ws(':', count(*), sum(posting.id)) from public.credit_postings posting
      where posting.rule_id = rerating.rule_id and posting.kind in ('award', 'grant') and posting.counted_on <@ rerating.period
        and not exists (select from public.credit_postings reversal where reversal.reverses = posting.id)) end,
    (select string_agg(concat_ws(':', version.id, version.in_force, version.basis, version.milli_credits, version.per_minutes), ',' order by version.id)
      from public.credit_rule_versions version where version.rule_id = rerating.rule_id and version.in_force && rerating.period),
    (select string_agg(concat_ws(':', cap.id, cap.in_force, cap.period, cap.amount, cap.first_month), ',' order by cap.id)
      from public.credit_caps cap where cap.rule_id = rerating.rule_id and cap.in_force && rerating.period)), 'UTF8'));
end $$;

-- Puts the corrected rate or cap in force for its days. What was in force there before is written down and keeps the days on
-- either side; the later part stays the same row, because it is the one that goes on counting.
create function private.correct_rule(rerating public.credit_reratings) returns void
language plpgsql volatile set search_path = '' as $$
declare
  old record;
  head daterange;
  tail daterange;
begin
  if rerating.kind = 'rate' then
    for old in select * from public.credit_rule_versions version where version.rule_id = rerating.rule_id and version.in_force && rerating.period order by version.id loop
      head := case when lower_inf(rerating.period) then 'empty' else old.in_force * daterange(null, lower(rerating.period)) end;
      tail := case when upper_inf(rerating.period) then 'empty' else old.in_force * daterange(upper(rerating.period), null) end;
      insert into public.credit_rule_history (rerating_id, rule_version_id, in_force) values (rerating.id, old.id, old.in_force);
      update public.credit_rule_versions version set in_force = case when isempty(tail) then head else tail end where version.id = old.id;
      if not isempty(head) and not isempty(tail) then
        insert into public.credit_rule_versions (rule_id, in_force, basis, milli_credits, per_minutes, entered_by)
        values (old.rule_id, head, old.basis, old.milli_credits, old.per_minutes, rerating.asked_by);
      end if;
    end loop;
    insert into public.credit_rule_versions (rule_id, in_force, basis, milli_credits, per_minutes, entered_by)
    values (rerating.rule_id, rerating.period, rerating.basis, rerating.milli_credits, rerating.per_minutes, rerating.asked_by);
  elsif rerating.kind = 'cap' then
    for old in select * from public.credit_caps cap where cap.rule_id = rerating.rule_id and cap.period = rerating.cap_period and cap.in_force && rerating.period order by cap.id loop
      head := case when lower_inf(rerating.period) then 'empty' else old.in_force * daterange(null, lower(rerating.period)) end;
      tail := case when upper_inf(rerating.period) then 'empty' else old.in_force * daterange(upper(rerating.period), null) end;
      insert into public.credit_rule_history (rerating_id, cap_id, in_force) values (rerating.id, old.id, old.in_force);
      update public.credit_caps cap set in_force = case when isempty(tail) then head else tail end where cap.id = old.id;
      if not isempty(head) and not isempty(tail) then
        insert into public.credit_caps (rule_id, period, amount, in_force, first_month) values (old.rule_id, old.period, old.amount, head, old.first_month);
      end if;
    end loop;
    if rerating.cap_amount is not null then
      insert into public.credit_caps (rule_id, period, amount, in_force, first_month)
      values (rerating.rule_id, rerating.cap_period, rerating.cap_amount, rerating.period, private.first_month_of_cap(rerating.rule_id, rerating.cap_period));
    end if;
  end if;
end $$;

-- The month in which the learning year of a rule's cap begins.
create function private.first_month_of_cap(of_rule_id text, of_period text) returns smallint
language sql stable set search_path = ''
return coalesce((select first_month from public.credit_caps cap where cap.rule_id = of_rule_id and cap.period = of_period order by cap.id desc limit 1), 1::smallint);

create type private.rerated as (target_id bigint, reversal_id bigint, posting_id bigint, before_minutes bigint, before_milli_credits bigint,
  before_outcome text, before_reason text, after_minutes bigint, after_milli_credits bigint, after_outcome text, after_reason text);

-- Takes a learner's postings of these days back and posts them anew. What was refused and would be again stays as it is.
create function private.rerate_learner(rerating public.credit_reratings, of_person_id bigint) returns private.rerated[]
language plpgsql volatile set search_path = '' as $$
declare
  code text := case rerating.kind when 'recount' then 'recounted' else 'rule_corrected' end;
  targets bigint[];
  target public.credit_postings;
  one bigint;
  posting public.credit_postings;
  lines private.rerated[] := '{}';
begin
  perform private.hold_credit_chain(of_person_id);
  targets := private.rerating_targets(rerating, of_person_id);
  -- All of them first, so that the caps are free; what was refused took nothing from them.
  perform private.reverse_credit(posting_.id, code) from unnest(targets) with ordinality as listed (id, place)
    join public.credit_postings posting_ on posting_.id = listed.id and posting_.outcome <> 'refused' order by listed.place;
  foreach one in array coalesce(targets, '{}') loop
    select * into target from public.credit_postings where id = one;
    begin
      if target.kind = 'award' then
        posting := private.award_credit(private.next_generation(target.key), target.participation_id, target.rule_id, target.asked_minutes);
      else
        posting := private.grant_credit(private.next_generation(target.key), target.granted_to, target.rule_id, target.asked_milli_credits, target.asked_minutes,
          coalesce((select giver.unit_id from public.credit_legs leg join public.credit_accounts giver on giver.id = leg.from_account_id and giver.role = 'issuer'
            where leg.posting_id = target.id limit 1), private.region_id()),
          target.ground ->> 'reason', target.ground - 'reason', target.occurred_at);
      end if;
      if target.outcome = 'refused' and posting.outcome = 'refused' then raise exception using errcode = 'LX001'; end if;
      perform private.reverse_credit(target.id, code);
      lines := lines || row(target.id, (select reversal.id from public.credit_postings reversal where reversal.reverses = target.id), posting.id,
        target.minutes, target.milli_credits, target.outcome, target.reason, posting.minutes, posting.milli_credits, posting.outcome, posting.reason)::private.rerated;
    exception when sqlstate 'LX001' then null;
    end;
  end loop;
  return lines;
end $$;

create function private.hash_of_rerated(lines private.rerated[]) returns bytea
language sql immutable set search_path = ''
return (select sha256(convert_to(coalesce(string_agg(concat_ws(':', line.target_id, line.after_minutes, line.after_milli_credits, line.after_outcome), ',' order by place), ''), 'UTF8'))
  from unnest(lines) with ordinality as line (target_id, reversal_id, posting_id, before_minutes, before_milli_credits, before_outcome, before_reason,
    after_minutes, after_milli_credits, after_outcome, after_reason, place));

-- Finds out what a re-rating would give a learner, by doing it and undoing it.
create function private.count_rerating_of(rerating public.credit_reratings, of_person_id bigint) returns void
language plpgsql volatile set search_path = '' as $$
declare
  lines private.rerated[];
begin
  begin
    perform private.correct_rule(rerating);
    lines := private.rerate_learner(rerating, of_person_id);
    raise exception using errcode = 'LX000';
  exception when sqlstate 'LX000' then null;
  end;
  update public.credit_rerating_learners learner set
    -- Nobody is posted anew for whom no amount and no reason changes; a corrected cap counts what was used before it (private.credit_room).
    state = case when counted.same then 'unchanged' else 'counted' end,
    postings = cardinality(lines), listed = private.hash_of_rerated(lines),
    before_milli_credits = counted.before, after_milli_credits = counted.after, before_minutes = counted.minutes, after_minutes = counted.minutes_after
  from (
    select coalesce(sum(line.before_milli_credits), 0) as before, coalesce(sum(line.after_milli_credits), 0) as after,
      coalesce(sum(line.before_minutes), 0) as minutes, coalesce(sum(line.after_minutes), 0) as minutes_after,
      coalesce(bool_and((line.before_milli_credits, line.before_minutes, line.before_outcome, line.before_reason)
        is not distinct from (line.after_milli_credits, line.after_minutes, line.after_outcome, line.after_reason)), true) as same
    from unnest(lines) as line
  ) counted
  where learner.rerating_id = rerating.id and learner.person_id = of_person_id;
end $$;

-- Posts what was listed for a learner, in the name of whoever confirmed it, and nothing else: where it comes out otherwise now,
-- the learner is left as they are. The learner's place in line comes first, so that the job and whoever posts for them agree on
-- whose turn it is.
create function private.post_rerating_of(rerating public.credit_reratings, of_person_id bigint) returns void
language plpgsql volatile set search_path = '' as $$
declare
  claims text := current_setting('request.jwt.claims', true);
  lines private.rerated[];
begin
  perform private.hold_credit_chain(of_person_id);
  if not exists (select from public.credit_rerating_learners learner
      where learner.rerating_id = rerating.id and learner.person_id = of_person_id and learner.state = 'counted') then return; end if;
  perform set_config('request.jwt.claims', jsonb_build_object('sub', rerating.decided_by, 'role', 'authenticated')::text, true);
  begin
    -- Before its postings, which would ask for this turn again.
    update public.credit_rerating_learners learner set state = 'posted' where learner.rerating_id = rerating.id and learner.person_id = of_person_id;
    lines := private.rerate_learner(rerating, of_person_id);
    if private.hash_of_rerated(lines) <> (select learner.listed from public.credit_rerating_learners learner
        where learner.rerating_id = rerating.id and learner.person_id = of_person_id) then
      raise exception using errcode = 'LX000';
    end if;
    insert into public.credit_rerating_lines (rerating_id, person_id, target_id, reversal_id, posting_id)
    select rerating.id, of_person_id, line.target_id, line.reversal_id, line.posting_id from unnest(lines) as line;
  exception when sqlstate 'LX000' then
    update public.credit_rerating_learners learner set state = 'outdated' where learner.rerating_id = rerating.id and learner.person_id = of_person_id;
  end;
  perform set_config('request.jwt.claims', coalesce(claims, ''), true);
end $$;

-- Which of these learners wait for their turn in re-ratings of a rule that are being posted. Reading the versions, it waits for a
-- confirmation that is under way and then sees it.
create function private.rerating_turns(of_people bigint[], of_rule_id text) returns setof public.credit_rerating_learners
language plpgsql volatile set search_path = '' as $$
begin
  return query
  select learner.* from public.credit_reratings rerating
  join public.credit_rerating_learners learner on learner.rerating_id = rerating.id and learner.state = 'counted' and learner.person_id = any (of_people)
  where rerating.rule_id = of_rule_id and rerating.state = 'posting'
    and exists (select from public.credit_rule_versions version where version.rule_id = rerating.rule_id);
end $$;

-- Whoever learns after a correction and before their own turn has the turn first: what is learned counts on top of what was
-- corrected, as it does for everybody who learns later. Returns whether it posted.
create function private.take_rerating_turn(of_person_id bigint, of_rule_id text) returns boolean
language plpgsql volatile set search_path = '' as $$
declare
  turn bigint;
  taken boolean := false;
begin
  for turn in select one.rerating_id from private.rerating_turns(array[of_person_id], of_rule_id) one order by one.rerating_id loop
    perform private.post_rerating_of(rerating, of_person_id) from public.credit_reratings rerating where rerating.id = turn;
    taken := true;
  end loop;
  return taken;
end $$;

-- One step of the work on a re-rating, in one transaction: the list of learners, or twenty of them counted or posted. Returns
-- whether there is more to do. Cut off anywhere, the next run goes on where the last step ended.
create function private.work_on_rerating(rerating_id bigint) returns boolean
language plpgsql volatile security definer set search_path = '' as $$
declare
  rerating public.credit_reratings;
  learner record;
  worked boolean := false;
begin
  -- No stronger: a learner's turn that is taken earlier refers to this row.
  select * into rerating from public.credit_reratings one where one.id = work_on_rerating.rerating_id for no key update;
  if not found or rerating.state not in ('counting', 'posting') then return false; end if;
  if rerating.learners is null then
    insert into public.credit_rerating_learners (rerating_id, person_id)
    select distinct rerating.id, coalesce(owner.counts_as, owner.id)
    from public.credit_postings posting
    left join public.participations fact on fact.id = posting.participation_id
    join public.persons owner on owner.id = coalesce(fact.person_id, posting.granted_to)
    where posting.rule_id = rerating.rule_id and posting.kind in ('award', 'grant') and posting.counted_on <@ rerating.period
      and (rerating.person_id is null or coalesce(owner.counts_as, owner.id) = private.credit_learner(rerating.person_id))
      and not exists (select from public.credit_postings reversal where reversal.reverses = posting.id);
    get diagnostics rerating.learners = row_count;
    update public.credit_reratings one set learners = rerating.learners, stamp = private.rerating_stamp(rerating) where one.id = rerating.id;
    return true;
  end if;

  for learner in
    select one.person_id from public.credit_rerating_learners one
    where one.rerating_id = rerating.id and one.state = case rerating.state when 'counting' then 'waiting' else 'counted' end
    order by one.person_id limit 20
  loop
    worked := true;
    if rerating.state = 'counting' then perform private.count_rerating_of(rerating, learner.person_id);
    else perform private.post_rerating_of(rerating, learner.person_id); end if;
  end loop;
  if worked then return true; end if;

  if rerating.state = 'counting' then
    update public.credit_reratings one set counted_at = clock_timestamp(),
      state = case when one.stamp = private.rerating_stamp(rerating) then 'counted' else 'outdated' end where one.id = rerating.id;
  else
    update public.credit_reratings one set state = 'posted', ended_at = clock_timestamp() where one.id = rerating.id;
  end if;
  return false;
end $$;

-- Those whose work is not done, for a server that begins anew.
create function private.reratings_running() returns setof bigint
language sql stable security definer set search_path = ''
begin atomic
  select id from public.credit_reratings where state in ('counting', 'posting') order by id;
end;
grant execute on function private.work_on_rerating(bigint), private.reratings_running() to job_server;

-- ── asking and deciding ─────────────────────────────────────────────────────────────────────────────────────────────

-- Asks for a count: of a corrected rate or cap for the days from..until, or of one learner's records by the rules as they are.
-- `given` has what the kind needs: basis, milliCredits, perMinutes; capPeriod, capAmount; person.
create function public.ask_rerating(of_rule_id text, kind text, from_day date, until_day date, given jsonb, reason text) returns bigint
language plpgsql volatile security definer set search_path = '' as $$
declare
  days daterange;
  today date := private.china_date(now());
  first_month smallint := private.first_month_of_cap(of_rule_id, given ->> 'capPeriod');
  start date;
  asked bigint;
begin
  perform private.require_sight(private.region_id(), 'approval');
  perform from public.credit_rules rule where rule.id = of_rule_id for update;
  if not found then perform private.refuse(404, 'rule_unknown', '{"field": "rule"}'); end if;
  if ask_rerating.kind in ('rate', 'cap', 'recount') is not true then perform private.refuse(422, 'rerating_kind_missing', '{"field": "kind"}'); end if;
  if (length(trim(ask_rerating.reason)) between 4 and 300) is not true then perform private.refuse(422, 'reason_too_short', '{"field": "reason"}'); end if;
  if given ->> 'capPeriod' = 'lifetime' then
    days := daterange(null, null);
  else
    if from_day is null then perform private.refuse(422, 'day_invalid', '{"field": "fromDay"}'); end if;
    if until_day is null or until_day < from_day then perform private.refuse(422, 'until_before_from', '{"field": "untilDay"}'); end if;
    days := daterange(from_day, until_day, '[]');
    -- A rate is corrected up to yesterday: today is still being counted by it.
    if from_day > today or from_day = today and ask_rerating.kind = 'rate' then perform private.refuse(422, 'period_not_past', '{"field": "fromDay"}'); end if;
    if until_day > today and ask_rerating.kind = 'recount' or until_day >= today and ask_rerating.kind = 'rate' then
      perform private.refuse(422, 'period_not_past', '{"field": "untilDay"}');
    end if;
  end if;

  if ask_rerating.kind = 'rate' then
    if (given ->> 'basis') in ('minutes', 'event') is not true then perform private.refuse(422, 'basis_missing', '{"field": "basis"}'); end if;
    if ((given ->> 'milliCredits')::numeric between 0 and 1000000 and (given ->> 'milliCredits')::numeric % 1 = 0) is not true then
      perform private.refuse(422, 'rate_invalid', '{"field": "credits"}');
    end if;
    if ((given ->> 'basis') = 'minutes') <> coalesce((given ->> 'perMinutes')::integer between 1 and 6000, false) then
      perform private.refuse(422, 'rate_invalid', '{"field": "perMinutes"}');
    end if;
    if exists (select from public.credit_postings posting where posting.rule_id = of_rule_id and posting.kind = 'grant') then
      perform private.refuse(422, 'rule_by_decision', '{"field": "rule"}');
    end if;
  elsif ask_rerating.kind = 'cap' then
    if (given ->> 'capPeriod') in ('day', 'week', 'month', 'year', 'lifetime') is not true then perform private.refuse(422, 'period_missing', '{"field": "capPeriod"}'); end if;
    if ((given ->> 'capAmount')::numeric < 0 or (given ->> 'capAmount')::numeric % 1 <> 0) then perform private.refuse(422, 'cap_invalid', '{"field": "capAmount"}'); end if;
    -- A cap counts whole periods; half of one can't be corrected.
    start := private.cap_period(given ->> 'capPeriod', first_month, from_day);
    if given ->> 'capPeriod' <> 'lifetime' and (start <> from_day or private.cap_period(given ->> 'capPeriod', first_month, until_day + 1) <> until_day + 1) then
      perform private.refuse(422, 'period_not_whole', jsonb_build_object('field', case when start <> from_day then 'fromDay' else 'untilDay' end,
        'from', start, 'until', (private.cap_period(given ->> 'capPeriod', first_month, until_day)
          + case given ->> 'capPeriod' when 'week' then interval '1 week' when 'month' then interval '1 month' when 'year' then interval '1 year' else interval '1 day' end)::date - 1));
    end if;
  elsif not exists (select from public.persons person where person.id = (given ->> 'person')::bigint) then
    perform private.refuse(404, 'person_unknown', '{"field": "person"}');
  end if;

  insert into public.credit_reratings (rule_id, kind, period, person_id, basis, milli_credits, per_minutes, cap_period, cap_amount, reason, asked_by, asked_person_id)
  values (of_rule_id, ask_rerating.kind, days,
    case ask_rerating.kind when 'recount' then private.credit_learner((given ->> 'person')::bigint) end,
    case ask_rerating.kind when 'rate' then given ->> 'basis' end, case ask_rerating.kind when 'rate' then (given ->> 'milliCredits')::integer end,
    case when ask_rerating.kind = 'rate' and given ->> 'basis' = 'minutes' then (given ->> 'perMinutes')::integer end,
    case ask_rerating.kind when 'cap' then given ->> 'capPeriod' end, case ask_rerating.kind when 'cap' then (given ->> 'capAmount')::bigint end,
    trim(ask_rerating.reason), auth.uid(), private.my_person_id())
  on conflict do nothing returning id into asked;
  if asked is null then perform private.refuse(409, 'rerating_open', '{"field": "rule"}'); end if;
  perform private.audit('rerating_asked', 'credit_rerating', asked::text, private.region_id(), jsonb_build_object('rule', of_rule_id, 'kind', ask_rerating.kind));
  return asked;
end $$;
grant execute on function public.ask_rerating(text, text, date, date, jsonb, text) to authenticated;

-- The re-rating that a decision is about, held until it is made.
create function private.hold_rerating(rerating_id bigint) returns public.credit_reratings
language plpgsql volatile set search_path = '' as $$
declare
  rerating public.credit_reratings;
begin
  perform private.require_sight(private.region_id(), 'approval');
  select * into rerating from public.credit_reratings one where one.id = hold_rerating.rerating_id for update;
  if not found then perform private.refuse(404, 'rerating_unknown'); end if;
  return rerating;
end $$;

-- Confirms what was counted: the corrected rule is in force from now on, and the job posts what was listed. Pressed again it
-- changes nothing.
create function public.confirm_rerating(rerating_id bigint) returns void
language plpgsql volatile security definer set search_path = '' as $$
declare
  rerating public.credit_reratings := private.hold_rerating(rerating_id);
begin
  if rerating.state in ('posting', 'posted') then return; end if;
  if rerating.state <> 'counted' then
    perform private.refuse(409, case rerating.state when 'outdated' then 'rerating_outdated' when 'withdrawn' then 'rerating_withdrawn' else 'rerating_not_counted' end);
  end if;
  if private.credit_learner(rerating.asked_person_id) = private.my_person_id() then perform private.refuse(409, 'second_person_needed'); end if;
  if private.credit_learner(rerating.person_id) in (private.my_person_id(), private.credit_learner(rerating.asked_person_id)) then
    perform private.refuse(409, 'own_account');
  end if;
  -- Whoever is posting by the rule as it was is waited for, and nobody begins until the corrected one is there: a posting
  -- between the count and the correction would be in neither.
  begin
    perform set_config('lock_timeout', '4s', true);
    lock table public.credit_rule_versions in access exclusive mode;
    perform set_config('lock_timeout', '0', true);
  exception when lock_not_available then perform private.refuse(409, 'ledger_busy');
  end;
  if rerating.stamp is distinct from private.rerating_stamp(rerating) then perform private.refuse(409, 'rerating_outdated'); end if;
  perform private.correct_rule(rerating);
  update public.credit_reratings one set state = 'posting', decided_by = auth.uid(), decided_at = clock_timestamp() where one.id = rerating.id;
  perform private.audit('rerating_confirmed', 'credit_rerating', rerating.id::text, private.region_id(), jsonb_build_object('rule', rerating.rule_id));
end $$;

-- Counts anew, from the facts as they are now.
create function public.recount_rerating(rerating_id bigint) returns void
language plpgsql volatile security definer set search_path = '' as $$
declare
  rerating public.credit_reratings := private.hold_rerating(rerating_id);
begin
  if rerating.state = 'counting' then return; end if;
  if rerating.state not in ('counted', 'outdated') then perform private.refuse(409, 'rerating_decided'); end if;
  delete from public.credit_rerating_learners learner where learner.rerating_id = rerating.id;
  update public.credit_reratings one set state = 'counting', learners = null, stamp = null, counted_at = null where one.id = rerating.id;
  perform private.audit('rerating_counted_anew', 'credit_rerating', rerating.id::text, private.region_id(), jsonb_build_object('rule', rerating.rule_id));
end $$;

-- Drops a re-rating that was not confirmed.
create function public.withdraw_rerating(rerating_id bigint) returns void
language plpgsql volatile security definer set search_path = '' as $$
declare
  rerating public.credit_reratings := private.hold_rerating(rerating_id);
begin
  if rerating.state = 'withdrawn' then return; end if;
  if rerating.state in ('posting', 'posted') then perform private.refuse(409, 'rerating_decided'); end if;
  update public.credit_reratings one set state = 'withdrawn', ended_at = clock_timestamp() where one.id = rerating.id;
  perform private.audit('rerating_withdrawn', 'credit_rerating', rerating.id::text, private.region_id(), jsonb_build_object('rule', rerating.rule_id));
end $$;
grant execute on function public.confirm_rerating(bigint), public.recount_rerating(bigint), public.withdraw_rerating(bigint) to authenticated;

-- How far a re-rating is and what it comes to: how many gain and lose, and how much.
create function public.rerating_sums(rerating_id bigint)
returns table (learners integer, done integer, gaining integer, losing integer, gained bigint, lost bigint, rebooked integer, unchanged integer, posted integer, outdated integer)
language sql stable set search_path = ''
begin atomic
  select count(*)::integer, (count(*) filter (where case rerating.state when 'posting' then learner.state <> 'counted' else learner.state <> 'waiting' end))::integer,
    (count(*) filter (where learner.gained_milli_credits > 0))::integer, (count(*) filter (where learner.gained_milli_credits < 0))::integer,
    coalesce(sum(learner.gained_milli_credits) filter (where learner.gained_milli_credits > 0), 0)::bigint,
    coalesce(-sum(learner.gained_milli_credits) filter (where learner.gained_milli_credits < 0), 0)::bigint,
    (count(*) filter (where learner.gained_milli_credits = 0 and learner.state in ('counted', 'posted')))::integer,
    (count(*) filter (where learner.state = 'unchanged'))::integer, (count(*) filter (where learner.state = 'posted'))::integer, (count(*) filter (where learner.state = 'outdated'))::integer
  from public.credit_reratings rerating left join public.credit_rerating_learners learner on learner.rerating_id = rerating.id
  where rerating.id = rerating_sums.rerating_id and learner.person_id is not null;
end;
grant execute on function public.rerating_sums(bigint) to authenticated;

-- ── what follows from it elsewhere ──────────────────────────────────────────────────────────────────────────────────

-- A record that is corrected loses what it earned, in the correction's own transaction; where it still says attended, it earns
-- anew under the rule and the person that are right: by the minutes asked before, or by the new hours where these changed.
-- A posting that a re-rating replaced is gone already.
create or replace function private.follow_correction() returns trigger
language plpgsql set search_path = '' as $$
declare
  corrected record;
begin
  for corrected in
    select award.id, award.rule_id, award.key, award.asked_minutes, fact.id as new_id, fact.status, fact.hours, earlier.hours as old_hours
    from recorded fact
    join public.participations earlier on earlier.id = fact.corrects
    join public.credit_postings award on award.participation_id = earlier.id and award.kind = 'award'
    where not exists (select from public.credit_rerating_lines replaced where replaced.target_id = award.id)
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

-- ── what must always hold ───────────────────────────────────────────────────────────────────────────────────────────

create or replace function private.credit_faults_of_ledger() returns table (invariant text, subject text)
language sql stable set search_path = ''
begin atomic
  -- The state of an account is the sum of its movements, numbered without gap.
  select 'state_is_sum', state.account_id::text
  from public.credit_account_states state
  left join (select account_id, sum(amount) as total, max(seq) as last, count(*) as lines from private.credit_movements group by account_id) moved
    on moved.account_id = state.account_id
  where state.balance <> coalesce(moved.total, 0) or state.seq <> coalesce(moved.last, 0) or coalesce(moved.last, 0) <> coalesce(moved.lines, 0)
  union all
  select 'running_balance', step.account_id || ':' || step.seq from (
    select account_id, seq, after, sum(amount) over (partition by account_id order by seq) as running from private.credit_movements
  ) step where step.after <> step.running
  union all
  select 'one_measure', leg.posting_id::text from public.credit_legs leg
  join public.credit_accounts giver on giver.id = leg.from_account_id join public.credit_accounts taker on taker.id = leg.to_account_id
  where giver.measure <> taker.measure
  union all
  -- Every finished lesson that still counts has exactly one answer, besides those that a re-rating replaced.
  select 'event_has_answer', fact.id::text from public.participations fact
  left join public.credit_postings award on award.participation_id = fact.id and award.kind = 'award'
    and not exists (select from public.credit_rerating_lines replaced where replaced.target_id = award.id)
  where fact.lesson_id is not null and fact.status = 'attended' and fact.corrects is null
  group by fact.id having count(award.id) <> 1
  union all
  select 'correction_reversed', award.id::text from public.credit_postings award
  join public.participations later on later.corrects = award.participation_id
  where award.kind = 'award' and not exists (select from public.credit_postings reversal where reversal.reverses = award.id)
  union all
  -- A reversal gives the issuer back what the award took from it.
  select 'reversal_mirrors', reversal.id::text from public.credit_postings reversal
  join public.credit_postings target on target.id = reversal.reverses
  where reversal.minutes <> -target.minutes or reversal.milli_credits <> -target.milli_credits or exists (
    select from (
      select leg.from_account_id as account_id, leg.amount from public.credit_legs leg
      join public.credit_accounts account on account.id = leg.from_account_id and account.role = 'issuer' where leg.posting_id = target.id
      union all
      select leg.to_account_id, -leg.amount from public.credit_legs leg
      join public.credit_accounts account on account.id = leg.to_account_id and account.role = 'issuer' where leg.posting_id = reversal.id
    ) side group by side.account_id having sum(side.amount) <> 0)
  union all
  -- A posting's figures are those of its legs.
  select 'posting_is_legs', posting.id::text from public.credit_postings posting
  left join (
    select leg.posting_id, sum(case when giver.role = 'issuer' then leg.amount when taker.role = 'issuer' then -leg.amount end) as issued
    from public.credit_legs leg
    join public.credit_accounts giver on giver.id = leg.from_account_id join public.credit_accounts taker on taker.id = leg.to_account_id
    where giver.measure = 'credits' group by leg.posting_id
  ) sides on sides.posting_id = posting.id
  where posting.kind in ('award', 'grant', 'reversal') and coalesce(sides.issued, 0) <> posting.milli_credits
  union all
  -- A cap's counter is what live awards took of it, and not above the cap.
  select 'cap_is_live_awards', concat_ws(':', coalesce(taken.person_id, live.person_id), coalesce(taken.cap_id, live.cap), coalesce(taken.period_start, live."from"))
  from public.credit_cap_uses taken
  full join (
    select award.person_id, use.cap, use."from", sum(use.used) as used from public.credit_postings award
    cross join jsonb_to_recordset(award.cap_uses) as use (cap integer, "from" date, used bigint)
    where award.kind in ('award', 'grant') and not exists (select from public.credit_postings reversal where reversal.reverses = award.id)
    group by award.person_id, use.cap, use."from"
  ) live on live.person_id = taken.person_id and live.cap = taken.cap_id and live."from" = taken.period_start
  left join public.credit_caps cap on cap.id = taken.cap_id
  where coalesce(taken.used, 0) <> coalesce(live.used, 0) or taken.used > cap.amount
  union all
  -- Live minutes and credits under a version, and credits = whole part of minutes × rate: where others
  -- were taken back, each that is left may have been rounded up.
  select 'totals_are_live_awards', concat_ws(':', total.person_id, total.rule_version_id)
  from public.credit_rule_totals total join public.credit_rule_versions version on version.id = total.rule_version_id
  left join (
    select award.person_id, award.rule_version_id, sum(award.minutes) as minutes, sum(award.milli_credits) as milli_credits, count(*) as awards
    from public.credit_postings award where award.kind in ('award', 'grant')
      and not exists (select from public.credit_postings reversal where reversal.reverses = award.id)
    group by award.person_id, award.rule_version_id
  ) live on live.person_id = total.person_id and live.rule_version_id = total.rule_version_id
  where total.minutes <> coalesce(live.minutes, 0) or total.milli_credits <> coalesce(live.milli_credits, 0)
    or version.basis = 'minutes' and total.milli_credits > total.minutes * version.milli_credits / version.per_minutes + coalesce(live.awards, 0)
  union all
  -- The chain recomputes from its first link, and its head is the last one.
  select 'chain_is_whole', concat_ws(':', link.person_id, link.seq) from (
    select posting.*, coalesce(lag(posting.chain) over learner, '\x'::bytea) as before, lag(posting.seq) over learner as seq_before
    from public.credit_postings posting window learner as (partition by posting.person_id order by posting.seq)
  ) link
  where link.seq <> coalesce(link.seq_before, 0) + 1
    or link.chain <> private.chain_link(link.before, link.request_hash, link.outcome, link.minutes, link.milli_credits,
      link.balance_after_milli_credits, link.seq)
  union all
  select 'head_is_last', learner.person_id::text from public.credit_learners learner
  left join public.credit_postings last on last.person_id = learner.person_id and last.seq = learner.seq
  where learner.seq > 0 and learner.head is distinct from last.chain
    or exists (select from public.credit_postings beyond where beyond.person_id = learner.person_id and beyond.seq > learner.seq);
end;

-- What was posted is what was listed: every replaced posting is reversed and has its next generation, and the sums are those of the count.
create function private.credit_faults_of_reratings() returns table (invariant text, subject text)
language sql stable set search_path = ''
begin atomic
  select 'rerating_replaces', line.target_id::text from public.credit_rerating_lines line
  join public.credit_postings target on target.id = line.target_id
  join public.credit_postings reversal on reversal.id = line.reversal_id
  join public.credit_postings posting on posting.id = line.posting_id
  where reversal.reverses is distinct from target.id or posting.key <> private.next_generation(target.key)
    or posting.rule_id <> target.rule_id or posting.participation_id is distinct from target.participation_id
  union all
  select 'rerating_is_as_listed', concat_ws(':', learner.rerating_id, learner.person_id) from public.credit_rerating_learners learner
  left join (
    select line.rerating_id, line.person_id, count(*) as postings, sum(posting.milli_credits) as milli_credits, sum(posting.minutes) as minutes
    from public.credit_rerating_lines line join public.credit_postings posting on posting.id = line.posting_id group by line.rerating_id, line.person_id
  ) posted on posted.rerating_id = learner.rerating_id and posted.person_id = learner.person_id
  where (learner.state = 'posted') <> (posted.postings is not null)
    or learner.state = 'posted' and (learner.postings, learner.after_milli_credits, learner.after_minutes) is distinct from (posted.postings, posted.milli_credits, posted.minutes)
  union all
  select 'rerating_ends', rerating.id::text from public.credit_reratings rerating
  where rerating.state = 'posted' and exists (
    select from public.credit_rerating_learners learner where learner.rerating_id = rerating.id and learner.state in ('waiting', 'counted'));
end;
