-- Seats left empty without leave. What counts is read off sign-ups, leaves and confirmed sessions, so a mark or a leave that is
-- entered later takes it away by itself; a rule of the region says what follows from how many, and everything falls away with time.

create table public.no_show_rules (
  id integer generated always as identity primary key,
  from_day date not null unique,
  most smallint not null check (most between 1 and 20),
  window_days smallint not null check (window_days between 7 and 366),
  -- Nothing but being shown; behind others where seats are short; or no new sign-ups for a while.
  effect text not null check (effect in ('none', 'later', 'pause')),
  effect_days smallint not null check (effect_days between 1 and 180),
  entered_by uuid,
  entered_at timestamptz not null default clock_timestamp()
);

-- What somebody says of an empty seat, and the school's answer.
create table public.no_show_cases (
  session_id bigint not null references public.activity_sessions on delete restrict,
  -- The row that the person counted as on that day.
  person_id bigint not null references public.persons on delete restrict,
  state text not null check (state in ('asked', 'excused', 'kept')),
  reason text not null check (reason in ('illness', 'family', 'weather', 'traffic', 'was_there', 'other')),
  note text check (length(note) <= 200),
  asked_by uuid,
  asked_at timestamptz,
  answer text check (length(answer) between 2 and 200),
  answered_by uuid,
  answered_at timestamptz,
  primary key (session_id, person_id),
  constraint no_show_cases_answered check ((state = 'asked') = (answered_at is null) and (state = 'asked') = (answer is null))
);
create index no_show_cases_person_id_idx on public.no_show_cases (person_id);

alter table public.no_show_rules enable row level security;
alter table public.no_show_cases enable row level security;
grant select (id, from_day, most, window_days, effect, effect_days) on public.no_show_rules to anon, authenticated;
grant select (session_id, person_id, state, reason, note, asked_at, answer, answered_at) on public.no_show_cases to authenticated;
create policy "Visitors read the rules of empty seats" on public.no_show_rules for select to anon using (true);
create policy "Accounts read the rules of empty seats" on public.no_show_rules for select to authenticated using (true);
create policy "Cases are read by the person and by staff of the host" on public.no_show_cases for select to authenticated
  using (person_id in (select private.my_care_ids()) or exists (select from public.activity_sessions session join public.activities activity on activity.id = session.activity_id
    where session.id = session_id and activity.host_unit_id in (select private.my_units('people'))));

-- Every seat that somebody had when a session began, of a session that is confirmed, without leave and without having been there.
create view private.empty_seats as
select one.id as signup_id, one.person_id, session.id as session_id, session.starts_at, session.ends_at, session.confirmed_at, activity.id as activity_id, activity.code, activity.title, activity.host_unit_id
from public.signups one
join public.seat_pools pool on pool.id = one.pool_id
join public.activities activity on activity.id = pool.activity_id
join public.activity_sessions session on session.activity_id = pool.activity_id and (pool.session_id is null or session.id = pool.session_id)
where session.confirmed_at is not null and session.cancelled_at is null
  and (one.status = 'confirmed' or one.status = 'cancelled' and one.ended_at > session.starts_at)
  and exists (select from public.signup_events event where event.signup_id = one.id and event.what = 'confirmed' and event.at < session.starts_at)
  and not exists (select from public.session_leaves leave where leave.signup_id = one.id and leave.session_id = session.id)
  and not exists (
    select from public.session_records record join public.participations fact on fact.id = private.standing_record(record.participation_id)
    where record.session_id = session.id and record.person_id in (select private.rows_of_person(one.person_id)) and fact.status = 'attended')
  -- Somebody who was seen there, but has the record elsewhere.
  and (exists (select from public.session_records record where record.session_id = session.id and record.person_id in (select private.rows_of_person(one.person_id)))
    or not exists (select from public.attendance_marks mark where mark.session_id = session.id and mark.person_id in (select private.rows_of_person(one.person_id))
      and not exists (select from public.attendance_voids taken_back where taken_back.mark_id = mark.id)));

create function private.no_show_rule() returns public.no_show_rules
language sql stable set search_path = ''
begin atomic
  select rule.* from public.no_show_rules rule where rule.from_day <= private.china_date(now()) order by rule.from_day desc limit 1;
end;

-- A person's empty seats, each session once, since there are rules: with what was said of it and when it falls away.
create function private.no_shows_of(of_person_id bigint)
returns table (session_id bigint, person_id bigint, code text, title text, host_unit_id integer, starts_at timestamptz, ends_at timestamptz, confirmed_at timestamptz, state text, reason text, note text,
  answer text, falls_away_at timestamptz, counts boolean)
language sql stable set search_path = ''
begin atomic
  select distinct on (seat.starts_at, seat.session_id) seat.session_id, seat.person_id, seat.code, seat.title, seat.host_unit_id, seat.starts_at, seat.ends_at, seat.confirmed_at,
    coalesce(known.state, 'open'), known.reason, known.note, known.answer, seat.ends_at + (private.no_show_rule()).window_days * interval '1 day',
    known.state is distinct from 'excused' and seat.ends_at + (private.no_show_rule()).window_days * interval '1 day' > now()
  from private.empty_seats seat
  left join public.no_show_cases known on known.session_id = seat.session_id and known.person_id in (select private.rows_of_person(of_person_id))
  where seat.person_id in (select private.rows_of_person(of_person_id))
    and seat.starts_at >= (select min(rule.from_day)::timestamp at time zone 'Asia/Shanghai' from public.no_show_rules rule)
  order by seat.starts_at desc, seat.session_id, known.state is null;
end;

-- How somebody stands: how many count, and what follows from it until when; `effect` is null while nothing does.
create function private.no_show_state(of_person_id bigint) returns table (counted integer, effect text, until timestamptz)
language plpgsql stable set search_path = '' as $$
declare
  rule public.no_show_rules := private.no_show_rule();
  latest timestamptz;
begin
  counted := 0;
  if rule.id is not null then
    select count(*)::integer, max(one.confirmed_at) into counted, latest from private.no_shows_of(of_person_id) one where one.counts;
    if rule.effect <> 'none' and counted >= rule.most and latest + rule.effect_days * interval '1 day' > now() then
      effect := rule.effect;
      until := latest + rule.effect_days * interval '1 day';
    end if;
  end if;
  return next;
end $$;

-- Refuses whoever left too many seats empty, until when, and where to have it excused. Part of public.sign_up.
create function private.require_no_pause(activity public.activities, person public.persons) returns void
language plpgsql stable set search_path = '' as $$
declare
  state record;
begin
  select * into state from private.no_show_state(person.id);
  if state.effect = 'pause' then perform private.refuse(409, 'no_show_pause', jsonb_build_object('name', person.name, 'person', person.id, 'count', state.counted, 'until', state.until)); end if;
end $$;

-- ── for residents ───────────────────────────────────────────────────────────────────────────────────────────────────

create function private.no_show_list(of_person_id bigint) returns jsonb
language sql stable set search_path = ''
return (select coalesce(jsonb_agg(jsonb_build_object('session', one.session_id, 'code', one.code, 'title', one.title, 'host', host.name, 'phone', activity.contact_phone, 'startsAt', one.starts_at,
    'fallsAwayAt', one.falls_away_at, 'counts', one.counts, 'state', one.state, 'reason', one.reason, 'answer', one.answer) order by one.starts_at desc), '[]')
  from private.no_shows_of(of_person_id) one join public.units host on host.id = one.host_unit_id join public.activities activity on activity.code = one.code
  where one.falls_away_at > now() - interval '30 days');

-- The rule in force, and how those whom the asker looks after stand.
create function public.my_no_shows() returns jsonb
language sql stable security definer set search_path = ''
return (select jsonb_build_object(
  'rule', (select jsonb_build_object('most', rule.most, 'windowDays', rule.window_days, 'effect', rule.effect, 'effectDays', rule.effect_days) from private.no_show_rule() rule where rule.id is not null),
  'people', (select coalesce(jsonb_agg(jsonb_build_object('id', person.id, 'name', person.name, 'isMe', person.id in (select private.my_person_ids()), 'counted', state.counted, 'effect', state.effect, 'until', state.until,
      'seats', private.no_show_list(person.id)) order by person.id not in (select private.my_person_ids()), person.id), '[]')
    from public.persons person cross join lateral private.no_show_state(person.id) state
    where person.counts_as is null and person.id in (select private.my_care_ids()))));

-- Says why a seat stayed empty. The school answers; once it has, it has.
create function public.explain_no_show(of_session_id bigint, of_person_id bigint, reason text, note text default null) returns void
language plpgsql volatile security definer set search_path = '' as $$
declare
  seat record;
begin
  if auth.uid() is null then perform private.refuse(401, 'sign_in_needed'); end if;
  if of_person_id not in (select private.my_care_ids()) then perform private.refuse(404, 'no_show_unknown'); end if;
  select * into seat from private.no_shows_of(of_person_id) one where one.session_id = of_session_id;
  if not found then perform private.refuse(404, 'no_show_unknown'); end if;
  if (explain_no_show.reason in ('illness', 'family', 'weather', 'traffic', 'was_there', 'other')) is not true then perform private.refuse(422, 'no_show_reason_missing', '{"field": "reason"}'); end if;
  if length(explain_no_show.note) > 200 then perform private.refuse(422, 'reason_too_long', '{"field": "note"}'); end if;
  if seat.state in ('excused', 'kept') then perform private.refuse(409, 'no_show_answered'); end if;
  insert into public.no_show_cases as known (session_id, person_id, state, reason, note, asked_by, asked_at)
  values (of_session_id, seat.person_id, 'asked', explain_no_show.reason, nullif(trim(explain_no_show.note), ''), auth.uid(), clock_timestamp())
  on conflict (session_id, person_id) do update set reason = excluded.reason, note = excluded.note, asked_by = excluded.asked_by, asked_at = excluded.asked_at where known.state = 'asked';
end $$;

-- ── for the desk ────────────────────────────────────────────────────────────────────────────────────────────────────

-- Empty seats at a unit and below it that count or wait for an answer, the ones to answer first.
create function public.no_shows_at_desk(in_unit_id integer, page_size integer default 50, skip integer default 0)
returns table (session_id bigint, person_id bigint, name text, activity_id bigint, title text, host text, starts_at timestamptz, state text, reason text, note text, asked_at timestamptz, answer text, answered_at timestamptz,
  counted integer, effect text, until timestamptz, total integer)
language plpgsql stable security definer set search_path = '' as $$
#variable_conflict use_column
declare
  rule public.no_show_rules := private.no_show_rule();
begin
  perform private.require_sight(in_unit_id, 'people');
  if rule.id is null then return; end if;
  return query
  with empty as materialized (
    select distinct on (seat.session_id, coalesce(person.counts_as, person.id)) seat.session_id, coalesce(person.counts_as, person.id) as root_id, seat.person_id, seat.activity_id, seat.title,
      host.name as host, seat.starts_at
    from public.units inside join public.units host on host.path operator(extensions.<@) inside.path
    join private.empty_seats seat on seat.host_unit_id = host.id and seat.ends_at > now() - rule.window_days * interval '1 day'
    join public.persons person on person.id = seat.person_id
    where inside.id = in_unit_id and seat.starts_at >= (select min(one.from_day)::timestamp at time zone 'Asia/Shanghai' from public.no_show_rules one)
    order by seat.session_id, coalesce(person.counts_as, person.id), seat.signup_id
  ), shown as (
    select empty.*, coalesce(known.state, 'open') as state, known.reason, known.note, known.asked_at, known.answer, known.answered_at, (count(*) over ())::integer as total
    from empty left join public.no_show_cases known on known.session_id = empty.session_id and known.person_id in (select private.rows_of_person(empty.root_id))
    order by known.state = 'asked' desc nulls last, known.answered_at is null desc, empty.starts_at desc, empty.session_id, empty.root_id
    limit least(greatest(page_size, 1), 100) offset greatest(skip, 0)
  )
  select shown.session_id, shown.root_id, person.name, shown.activity_id, shown.title, shown.host, shown.starts_at, shown.state, shown.reason, shown.note, shown.asked_at, shown.answer, shown.answered_at,
    state.counted, state.effect, state.until, shown.total
  from shown join public.persons person on person.id = shown.root_id cross join lateral private.no_show_state(shown.root_id) state
  order by shown.state = 'asked' desc, shown.answered_at is null desc, shown.starts_at desc, shown.session_id, shown.root_id;
end $$;

-- Excuses an empty seat, or keeps it, with the reason: asked for or not. Nobody excuses themselves.
create function public.answer_no_show(of_session_id bigint, of_person_id bigint, excuses boolean, reason text, answer text) returns void
language plpgsql volatile security definer set search_path = '' as $$
declare
  seat record;
  host_id integer := (select activity.host_unit_id from public.activity_sessions session join public.activities activity on activity.id = session.activity_id where session.id = of_session_id);
begin
  if auth.uid() is null then perform private.refuse(401, 'sign_in_needed'); end if;
  if host_id is null or host_id not in (select private.my_units('people')) then perform private.refuse(404, 'no_show_unknown'); end if;
  select * into seat from private.no_shows_of(of_person_id) one where one.session_id = of_session_id;
  if not found then perform private.refuse(404, 'no_show_unknown'); end if;
  if of_person_id in (select private.my_person_ids()) then perform private.refuse(403, 'own_no_show'); end if;
  if excuses is null then perform private.refuse(422, 'choice_missing', '{"field": "choice"}'); end if;
  if not excuses and seat.state <> 'asked' then perform private.refuse(409, 'no_show_not_asked'); end if;
  if (length(trim(answer_no_show.answer)) between 2 and 200) is not true then perform private.refuse(422, 'reason_missing', '{"field": "answer"}'); end if;
  if excuses and (coalesce(seat.reason, answer_no_show.reason) in ('illness', 'family', 'weather', 'traffic', 'was_there', 'other')) is not true then
    perform private.refuse(422, 'no_show_reason_missing', '{"field": "reason"}');
  end if;
  insert into public.no_show_cases as known (session_id, person_id, state, reason, answer, answered_by, answered_at)
  values (of_session_id, seat.person_id, case when excuses then 'excused' else 'kept' end, coalesce(seat.reason, answer_no_show.reason), trim(answer_no_show.answer), auth.uid(), clock_timestamp())
  on conflict (session_id, person_id) do update set state = excluded.state, answer = excluded.answer, answered_by = excluded.answered_by, answered_at = excluded.answered_at;
  perform private.audit(case when excuses then 'no_show_excused' else 'no_show_kept' end, 'person', seat.person_id::text, host_id,
    jsonb_build_object('session', of_session_id, 'reason', trim(answer_no_show.answer)));
end $$;

-- Puts a rule in force from today or a later day; one for the same day replaces it until that day has come.
create function public.set_no_show_rule(from_day date, most integer, window_days integer, effect text, effect_days integer) returns void
language plpgsql volatile security definer set search_path = '' as $$
begin
  perform private.require_sight(private.region_id(), 'approval');
  if (set_no_show_rule.from_day >= private.china_date(now()) and set_no_show_rule.from_day <= private.china_date(now()) + 366) is not true then perform private.refuse(422, 'day_invalid', '{"field": "fromDay"}'); end if;
  if (set_no_show_rule.most between 1 and 20) is not true then perform private.refuse(422, 'no_show_most_invalid', '{"field": "most"}'); end if;
  if (set_no_show_rule.window_days between 7 and 366) is not true then perform private.refuse(422, 'no_show_window_invalid', '{"field": "windowDays"}'); end if;
  if (set_no_show_rule.effect in ('none', 'later', 'pause')) is not true then perform private.refuse(422, 'choice_missing', '{"field": "effect"}'); end if;
  if (set_no_show_rule.effect_days between 1 and 180) is not true then perform private.refuse(422, 'no_show_days_invalid', '{"field": "effectDays"}'); end if;
  insert into public.no_show_rules as known (from_day, most, window_days, effect, effect_days, entered_by)
  values (set_no_show_rule.from_day, set_no_show_rule.most, set_no_show_rule.window_days, set_no_show_rule.effect, set_no_show_rule.effect_days, auth.uid())
  on conflict on constraint no_show_rules_from_day_key do update set most = excluded.most, window_days = excluded.window_days, effect = excluded.effect, effect_days = excluded.effect_days,
    entered_by = excluded.entered_by, entered_at = clock_timestamp();
  perform private.audit('no_show_rule_set', 'no_show_rule', set_no_show_rule.from_day::text, private.region_id(),
    jsonb_build_object('from', set_no_show_rule.from_day, 'most', set_no_show_rule.most, 'windowDays', set_no_show_rule.window_days, 'effect', set_no_show_rule.effect, 'effectDays', set_no_show_rule.effect_days));
end $$;

grant execute on function public.my_no_shows(), public.explain_no_show(bigint, bigint, text, text), public.no_shows_at_desk(integer, integer, integer),
  public.answer_no_show(bigint, bigint, boolean, text, text), public.set_no_show_rule(date, integer, integer, text, integer) to authenticated;
