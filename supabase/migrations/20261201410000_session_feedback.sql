-- How a session was, in three taps, by those who came. It is about the session: surveys ask a population and stand apart. Nobody at the desk
-- reads what one person said; the desk sees counts, five answers at a time, by the rule of small numbers.

create table public.session_feedback (
  session_id bigint not null references public.activity_sessions on delete restrict,
  person_id bigint not null references public.persons on delete restrict,
  -- From 1, no, over 2, so so, to 3, yes.
  satisfied smallint not null check (satisfied between 1 and 3),
  useful smallint not null check (useful between 1 and 3),
  again smallint not null check (again between 1 and 3),
  -- Taken down for somebody without a phone. By whom stands in the audit log, not beside the answer.
  by_staff boolean not null default false,
  given_at timestamptz not null default clock_timestamp(),
  changed_at timestamptz,
  primary key (session_id, person_id)
);
create index session_feedback_person_id_idx on public.session_feedback (person_id);
alter table public.session_feedback enable row level security;
grant select on public.session_feedback to authenticated;
create policy "People read what they and those they look after said" on public.session_feedback for select to authenticated
  using (person_id in (select private.my_care_ids()));

-- Whether somebody came to a session: by the record where there is one, as it stands by now; before, by the marks.
create function private.came_to_session(of_session_id bigint, of_person_id bigint) returns boolean
language sql stable set search_path = ''
return coalesce(
  (select bool_or(fact.status = 'attended') from public.session_records record join public.participations fact on fact.id = private.standing_record(record.participation_id)
    where record.session_id = of_session_id and record.person_id in (select private.rows_of_person(of_person_id))),
  exists (select from private.attendance_of(of_session_id) present where present.person_id in (select private.rows_of_person(of_person_id))));

-- Until when it can be said, and changed: two weeks after the session, or after its attendance was confirmed.
create function private.feedback_until(session public.activity_sessions) returns timestamptz
language sql stable set search_path = ''
return coalesce(session.confirmed_at, session.ends_at) + interval '14 days';

-- The sessions that those whom the asker looks after came to and can say something of, the latest first; with what they said.
create function public.my_feedback(of_session_id bigint default null)
returns table (session_id bigint, title text, host text, starts_at timestamptz, ends_at timestamptz, person_id bigint, name text, is_me boolean, satisfied smallint, useful smallint, again smallint,
  by_staff boolean, until timestamptz)
language sql stable security definer set search_path = ''
begin atomic
  with cared as materialized (
    select distinct coalesce(person.counts_as, person.id) as id from public.persons person where person.id in (select private.my_care_ids())
  ), marked as (
    select distinct seen.session_id, cared.id as person_id
    from cared cross join lateral private.rows_of_person(cared.id) as row_of (id)
    cross join lateral (
      select mark.session_id from public.attendance_marks mark where mark.person_id = row_of.id
      union select record.session_id from public.session_records record where record.person_id = row_of.id
    ) seen
  )
  select session.id, activity.title, host.name, session.starts_at, session.ends_at, person.id, person.name, person.id in (select private.my_person_ids()), said.satisfied, said.useful, said.again, said.by_staff,
    private.feedback_until(session)
  from marked join public.activity_sessions session on session.id = marked.session_id and session.cancelled_at is null and session.ends_at <= now() and private.feedback_until(session) > now()
  join public.activities activity on activity.id = session.activity_id join public.units host on host.id = activity.host_unit_id
  join public.persons person on person.id = marked.person_id
  left join lateral (select one.* from public.session_feedback one where one.session_id = session.id and one.person_id in (select private.rows_of_person(person.id)) order by one.given_at limit 1) said on true
  where (of_session_id is null or session.id = of_session_id) and private.came_to_session(session.id, person.id)
  order by session.starts_at desc, person.id in (select private.my_person_ids()) desc, person.id limit 100;
end;

-- Writes down what somebody says, once for a session; said again it replaces what was said. The session is locked as by whoever confirms it.
create function private.keep_feedback(of_session_id bigint, of_person_id bigint, satisfied integer, useful integer, again integer, by_staff boolean) returns void
language plpgsql volatile set search_path = '' as $$
declare
  session public.activity_sessions;
  who bigint := (select coalesce(person.counts_as, person.id) from public.persons person where person.id = of_person_id);
  known public.session_feedback;
begin
  select * into session from public.activity_sessions one where one.id = of_session_id for share;
  if not found then perform private.refuse(404, 'session_unknown'); end if;
  if session.ends_at > now() then perform private.refuse(409, 'session_not_over', jsonb_build_object('endsAt', session.ends_at)); end if;
  if session.cancelled_at is not null or not private.came_to_session(session.id, who) then perform private.refuse(409, 'feedback_not_there'); end if;
  if private.feedback_until(session) <= now() then perform private.refuse(409, 'feedback_over', jsonb_build_object('until', private.feedback_until(session))); end if;
  if (satisfied between 1 and 3) is not true then perform private.refuse(422, 'choice_missing', '{"field": "satisfied"}'); end if;
  if (useful between 1 and 3) is not true then perform private.refuse(422, 'choice_missing', '{"field": "useful"}'); end if;
  if (again between 1 and 3) is not true then perform private.refuse(422, 'choice_missing', '{"field": "again"}'); end if;
  select * into known from public.session_feedback one where one.session_id = session.id and one.person_id in (select private.rows_of_person(who)) order by one.given_at limit 1;
  if by_staff and known.by_staff is false then perform private.refuse(409, 'feedback_own'); end if;
  insert into public.session_feedback as kept (session_id, person_id, satisfied, useful, again, by_staff)
  values (session.id, coalesce(known.person_id, who), keep_feedback.satisfied, keep_feedback.useful, keep_feedback.again, keep_feedback.by_staff)
  on conflict (session_id, person_id) do update set satisfied = excluded.satisfied, useful = excluded.useful, again = excluded.again, by_staff = excluded.by_staff, changed_at = clock_timestamp()
  -- What somebody said meanwhile with their own phone stands.
  where kept.by_staff or not excluded.by_staff;
  if not found then perform private.refuse(409, 'feedback_own'); end if;
end $$;

create function public.give_feedback(of_session_id bigint, of_person_id bigint, satisfied integer, useful integer, again integer) returns void
language plpgsql volatile security definer set search_path = '' as $$
begin
  if auth.uid() is null then perform private.refuse(401, 'sign_in_needed'); end if;
  if of_person_id not in (select private.my_care_ids()) then perform private.refuse(403, 'person_not_yours'); end if;
  perform private.keep_feedback(of_session_id, of_person_id, satisfied, useful, again, false);
end $$;

-- Takes down what somebody without a phone says. It never replaces what people said themselves, and nobody of the staff speaks for the people they are.
create function public.enter_feedback(of_session_id bigint, of_person_id bigint, satisfied integer, useful integer, again integer) returns void
language plpgsql volatile security definer set search_path = '' as $$
declare
  host_id integer := (select activity.host_unit_id from public.activity_sessions session join public.activities activity on activity.id = session.activity_id
    where session.id = of_session_id and activity.host_unit_id in (select private.my_units('people')));
begin
  if auth.uid() is null then perform private.refuse(401, 'sign_in_needed'); end if;
  if host_id is null then perform private.refuse(404, 'session_unknown'); end if;
  if of_person_id in (select private.my_person_ids()) then perform private.refuse(409, 'own_signup'); end if;
  perform private.keep_feedback(of_session_id, of_person_id, satisfied, useful, again, true);
  perform private.audit('feedback_entered', 'activity_session', of_session_id::text, host_id);
end $$;

-- What was said of a session, by question: how many said 3, 2 and 1. Answers are told in fives, in the order in which they came, so that no single
-- one is found by looking before and after; of those, what is hidden is hidden by the one rule of small numbers.
create function private.feedback_counts(of_session_id bigint) returns jsonb
language plpgsql stable set search_path = '' as $$
declare
  answers integer := (select count(*) from public.session_feedback one where one.session_id = of_session_id);
  shown integer := answers / 5 * 5;
  question text;
  counts integer[];
  hidden integer[];
  told jsonb := '{}';
begin
  foreach question in array array['satisfied', 'useful', 'again'] loop
    select array[count(*) filter (where said.value = 3), count(*) filter (where said.value = 2), count(*) filter (where said.value = 1)]::integer[] into counts
    from (select (to_jsonb(one) ->> question)::integer as value from public.session_feedback one where one.session_id = of_session_id order by one.given_at, one.person_id limit shown) said;
    hidden := array(select private.hide_small(array[row(0, null, shown, false)::private.small_number_unit]
      || array(select row(place, 0, counts[place], counts[place] between 1 and 4)::private.small_number_unit from generate_series(1, 3) place)));
    told := told || jsonb_build_object(question, case when shown > 0 then (select jsonb_agg(case when place <> all (hidden) then counts[place] end order by place) from generate_series(1, 3) place) end);
  end loop;
  return jsonb_build_object('answers', answers, 'shown', shown, 'questions', told);
end $$;

-- The same for whoever plans there, with how many came.
create function public.feedback_of_session(of_session_id bigint) returns jsonb
language plpgsql stable security definer set search_path = '' as $$
declare
  session public.activity_sessions;
begin
  if auth.uid() is null then perform private.refuse(401, 'sign_in_needed'); end if;
  select one.* into session from public.activity_sessions one join public.activities activity on activity.id = one.activity_id and activity.published_at is not null
  where one.id = of_session_id and activity.host_unit_id in (select private.my_units('activities'));
  if not found then perform private.refuse(404, 'session_unknown'); end if;
  return private.feedback_counts(session.id) || jsonb_build_object('came', (select count(*) from private.attendance_of(session.id)), 'until', private.feedback_until(session), 'isOpen', session.ends_at <= now() and private.feedback_until(session) > now());
end $$;

-- The sessions of a unit and those below it in some days of which something was said.
create function public.feedback_of_unit(in_unit_id integer, from_day date, until_day date, page_size integer default 30, skip integer default 0)
returns table (session_id bigint, title text, host text, starts_at timestamptz, came integer, counts jsonb, total integer)
language plpgsql stable security definer set search_path = '' as $$
#variable_conflict use_column
begin
  perform private.require_sight(in_unit_id, 'activities');
  return query
  with said as (
    select session.id, activity.title, host.name as host, session.starts_at, (count(*) over ())::integer as total
    from public.units inside join public.units host on host.path operator(extensions.<@) inside.path
    join public.activities activity on activity.host_unit_id = host.id
    join public.activity_sessions session on session.activity_id = activity.id and session.starts_at >= from_day::timestamp at time zone 'Asia/Shanghai' and session.starts_at < (until_day + 1)::timestamp at time zone 'Asia/Shanghai'
    where inside.id = in_unit_id and until_day - from_day <= 400 and exists (select from public.session_feedback one where one.session_id = session.id)
    order by session.starts_at desc, session.id desc limit least(greatest(page_size, 1), 100) offset greatest(skip, 0)
  )
  select said.id, said.title, said.host, said.starts_at, (select count(*)::integer from private.attendance_of(said.id)), private.feedback_counts(said.id), said.total
  from said order by said.starts_at desc, said.id desc;
end $$;

-- Whoever is on record for a session is asked how it was, once.
create unique index notices_feedback_once on public.notices (person_id, session_id) where kind = 'feedback_asked';
create function private.ask_for_feedback() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  insert into public.notices (person_id, kind, activity_id, session_id, at)
  select record.person_id, 'feedback_asked', session.activity_id, session.id, coalesce(session.confirmed_at, clock_timestamp())
  from added record join public.activity_sessions session on session.id = record.session_id and session.ends_at > now() - interval '14 days'
  on conflict (person_id, session_id) where kind = 'feedback_asked' do nothing;
  return null;
end $$;
create trigger session_records_ask_for_feedback after insert on public.session_records referencing new table as added for each statement execute function private.ask_for_feedback();

grant execute on function public.my_feedback(bigint), public.give_feedback(bigint, bigint, integer, integer, integer), public.enter_feedback(bigint, bigint, integer, integer, integer),
  public.feedback_of_session(bigint), public.feedback_of_unit(integer, date, date, integer, integer) to authenticated;
