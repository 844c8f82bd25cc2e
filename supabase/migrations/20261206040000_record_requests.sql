-- Somebody was there and is not counted, or is counted and was not there, or stands under a wrong name: they say so, and the school answers by
-- a day, with a reason. A yes does what it says in the same transaction: marks and counts, or takes back and corrects.

create table public.record_requests (
  id bigint generated always as identity primary key,
  session_id bigint not null references public.activity_sessions on delete restrict,
  person_id bigint not null references public.persons on delete restrict,
  kind text not null check (kind in ('was_there', 'was_not_there', 'wrong_name')),
  words text not null check (words = trim(words) and length(words) between 4 and 300),
  by_account uuid,
  asked_at timestamptz not null default clock_timestamp(),
  due_on date not null,
  outcome text check (outcome in ('changed', 'kept')),
  answer text check (length(answer) between 2 and 200),
  answered_by uuid,
  answered_at timestamptz,
  constraint record_requests_answered check (num_nulls(outcome, answer, answered_at) in (0, 3))
);
create unique index record_requests_one_open on public.record_requests (session_id, person_id) where answered_at is null;
create index record_requests_session_id_idx on public.record_requests (session_id);
create index record_requests_person_id_idx on public.record_requests (person_id, id desc);
create index record_requests_due_idx on public.record_requests (due_on) where answered_at is null;
alter table public.record_requests enable row level security;
grant select (id, session_id, person_id, kind, words, asked_at, due_on, outcome, answer, answered_at) on public.record_requests to authenticated;
create policy "Requests are read by the person and by staff of the host" on public.record_requests for select to authenticated
  using (person_id in (select private.my_ward_ids()) or exists (select from public.activity_sessions session join public.activities activity on activity.id = session.activity_id
    where session.id = session_id and activity.host_unit_id in (select private.my_units('people'))));

-- How somebody stands with a session: counted (on record as attended), marked (seen, not on record), or none.
create function private.standing_at_session(of_session_id bigint, of_person_id bigint) returns text
language sql stable set search_path = ''
return case
  when exists (select from private.on_record_at(of_session_id) one where one.person_id in (select private.rows_of_person(of_person_id))) then 'counted'
  when exists (select from private.attendance_of(of_session_id) present where present.person_id in (select private.rows_of_person(of_person_id)))
    and not exists (select from public.session_records record where record.session_id = of_session_id and record.person_id in (select private.rows_of_person(of_person_id))) then 'marked'
  else 'none' end;

-- Asks for a correction; while one waits, asking again answers which. Sixty days from the session or its confirmation.
create function public.request_record(of_session_id bigint, of_person_id bigint, kind text, words text) returns bigint
language plpgsql volatile security definer set search_path = '' as $$
#variable_conflict use_column
declare
  session public.activity_sessions;
  who bigint;
  standing text;
  made bigint;
begin
  if auth.uid() is null then perform private.refuse(401, 'sign_in_needed'); end if;
  if private.my_person_id() is null then perform private.refuse(403, 'introduction_needed'); end if;
  select coalesce(one.counts_as, one.id) into who from public.persons one where one.id = of_person_id and one.id in (select private.my_ward_ids());
  if not found then perform private.refuse(403, 'person_not_yours'); end if;
  select one.* into session from public.activity_sessions one join public.activities activity on activity.id = one.activity_id and activity.published_at is not null
  where one.id = of_session_id for no key update of one;
  if not found then perform private.refuse(404, 'session_unknown'); end if;
  if session.cancelled_at is not null then perform private.refuse(409, 'session_cancelled'); end if;
  if session.ends_at > now() then perform private.refuse(409, 'session_not_over', jsonb_build_object('endsAt', session.ends_at)); end if;
  if greatest(session.ends_at, coalesce(session.confirmed_at, session.ends_at)) < now() - interval '60 days' then perform private.refuse(409, 'record_too_late'); end if;
  if request_record.kind in ('was_there', 'was_not_there', 'wrong_name') is not true then perform private.refuse(422, 'record_kind_missing', '{"field": "kind"}'); end if;
  if (length(trim(request_record.words)) between 4 and 300) is not true then perform private.refuse(422, 'record_words_missing', '{"field": "words"}'); end if;
  select one.id into made from public.record_requests one where one.session_id = session.id and one.answered_at is null and one.person_id in (select private.rows_of_person(who));
  if found then return made; end if;
  standing := private.standing_at_session(session.id, who);
  if request_record.kind = 'was_there' and standing = 'counted' then perform private.refuse(409, 'record_counted', '{"field": "kind"}'); end if;
  if request_record.kind <> 'was_there' and standing = 'none' then perform private.refuse(409, 'record_not_there', '{"field": "kind"}'); end if;
  insert into public.record_requests (session_id, person_id, kind, words, by_account, due_on)
  values (session.id, who, request_record.kind, trim(request_record.words), auth.uid(), private.china_date(now()) + 15) returning id into made;
  return made;
end $$;

-- Answers, once. Yes to somebody who was there marks them and, where the session was confirmed, counts them; yes to somebody who was not there takes
-- the mark back or corrects the record. A wrong name is put right on the person's own page.
create function public.answer_record_request(of_request_id bigint, accepts boolean, answer text) returns text
language plpgsql volatile security definer set search_path = '' as $$
#variable_conflict use_column
declare
  request public.record_requests;
  session public.activity_sessions;
  host_id integer;
  said text := trim(answer_record_request.answer);
  decided text := case when accepts then 'changed' else 'kept' end;
  standing text;
  record public.participations;
  fact_id bigint;
begin
  if auth.uid() is null then perform private.refuse(401, 'sign_in_needed'); end if;
  select one.* into request from public.record_requests one join public.activity_sessions session_ on session_.id = one.session_id
  join public.activities activity on activity.id = session_.activity_id and activity.host_unit_id in (select private.my_units('people')) where one.id = of_request_id for update of one;
  if not found then perform private.refuse(404, 'record_request_unknown'); end if;
  select activity.host_unit_id into host_id from public.activity_sessions one join public.activities activity on activity.id = one.activity_id where one.id = request.session_id;
  if accepts is null then perform private.refuse(422, 'choice_missing', '{"field": "choice"}'); end if;
  if (length(said) between 2 and 200) is not true then perform private.refuse(422, 'reason_missing', '{"field": "answer"}'); end if;
  if request.person_id in (select private.my_person_ids()) or request.by_account = auth.uid() then perform private.refuse(403, 'own_signup'); end if;
  if request.answered_at is not null then perform private.refuse(409, 'record_request_answered'); end if;
  standing := private.standing_at_session(request.session_id, request.person_id);
  if accepts and request.kind = 'was_there' and standing <> 'counted' then
    session := private.session_to_attend(request.session_id);
    select fact.* into record from public.session_records earlier join public.participations fact on fact.id = private.standing_record(earlier.participation_id)
    where earlier.session_id = session.id and earlier.person_id in (select private.rows_of_person(request.person_id));
    if found then
      -- On record once and taken back: it stands again, by a correction that leaves the hours as they were. What was corrected to somebody else is theirs.
      if record.person_id not in (select private.rows_of_person(request.person_id)) then perform private.refuse(409, 'record_moved', '{"field": "choice"}'); end if;
      if record.residence_unit_id not in (select private.my_units('people')) then perform private.refuse(409, 'record_home_elsewhere', '{"field": "choice"}'); end if;
      perform public.correct_participation(record.id, 'wrong_hours', jsonb_build_object('hours', record.hours), said);
    else
      -- Whoever asks is known by their asking, wherever they live and however long ago it was.
      if standing = 'none' then
        insert into public.attendance_marks (client_id, session_id, person_id, method, device_at, seen_at, by_account)
        select gen_random_uuid(), session.id, coalesce(one.counts_as, one.id), 'roster', clock_timestamp(), session.starts_at, auth.uid() from public.persons one where one.id = request.person_id;
      end if;
      if session.confirmed_at is not null then
        perform from public.confirm_session(session.id);
        -- On record at another place at that time: nobody was at two.
        if private.standing_at_session(session.id, request.person_id) <> 'counted' then perform private.refuse(409, 'record_at_another', '{"field": "choice"}'); end if;
      end if;
    end if;
  elsif accepts and request.kind = 'was_not_there' then
    if standing = 'counted' then
      select one.fact_id into fact_id from private.on_record_at(request.session_id) one where one.person_id in (select private.rows_of_person(request.person_id)) limit 1;
      if not exists (select from public.participations fact where fact.id = fact_id and fact.residence_unit_id in (select private.my_units('people'))) then
        perform private.refuse(409, 'record_home_elsewhere', '{"field": "choice"}');
      end if;
      perform public.correct_participation(fact_id, 'not_attended', '{}', said);
    elsif standing = 'marked' then
      perform public.unmark_attendance(request.session_id, request.person_id);
    end if;
  end if;
  update public.record_requests one set outcome = decided, answer = said, answered_by = auth.uid(), answered_at = clock_timestamp() where one.id = request.id;
  insert into public.notices (person_id, kind, activity_id, session_id, details)
  select request.person_id, 'record_answered', one.activity_id, one.id, jsonb_build_object('outcome', decided, 'reason', said) from public.activity_sessions one where one.id = request.session_id;
  perform private.audit('record_request_answered', 'activity_session', request.session_id::text, host_id, jsonb_build_object('outcome', decided));
  return decided;
end $$;

-- The sessions of the last sixty days that those whom the asker looks after signed up for, were seen at or are on record for, with what was asked of
-- each; and those without sign-up nearby, where one may have been and not been written down.
create function public.my_recent_sessions()
returns table (session_id bigint, title text, host text, starts_at timestamptz, ends_at timestamptz, person_id bigint, name text, is_me boolean, standing text, request_id bigint, kind text, words text,
  asked_at timestamptz, due_on date, outcome text, answer text, answered_at timestamptz)
language plpgsql stable security definer set search_path = '' as $$
#variable_conflict use_column
declare
  me bigint := (select coalesce(one.counts_as, one.id) from public.persons one where one.id = private.my_person_id());
begin
  return query
  with cared as materialized (
    select distinct coalesce(person.counts_as, person.id) as id from public.persons person where person.id in (select private.my_ward_ids())
  ), recent as not materialized ( -- from what touches a person, not from all that was held
    select session.*, activity.title, activity.sign_up, host.name as host, host.path as host_path from public.activity_sessions session
    join public.activities activity on activity.id = session.activity_id and activity.published_at is not null join public.units host on host.id = activity.host_unit_id
    where session.cancelled_at is null and session.ends_at between now() - interval '60 days' and now()
      and session.starts_at between now() - interval '61 days' and now()
  ), touched as (
    select recent.id, cared.id as person_id from cared cross join lateral private.rows_of_person(cared.id) as row_of (id)
    join public.signups one on one.person_id = row_of.id and one.status = 'confirmed' join public.seat_pools pool on pool.id = one.pool_id
    join recent on recent.activity_id = pool.activity_id and (pool.session_id is null or pool.session_id = recent.id)
    union
    select recent.id, cared.id from cared cross join lateral private.rows_of_person(cared.id) as row_of (id) join public.attendance_marks mark on mark.person_id = row_of.id join recent on recent.id = mark.session_id
    union
    select recent.id, cared.id from cared cross join lateral private.rows_of_person(cared.id) as row_of (id) join public.session_records record on record.person_id = row_of.id join recent on recent.id = record.session_id
    union
    select request.session_id, cared.id from cared cross join lateral private.rows_of_person(cared.id) as row_of (id) join public.record_requests request on request.person_id = row_of.id
    union
    select recent.id, me from recent where recent.sign_up = 'none' and recent.ends_at > now() - interval '14 days'
      and exists (select from public.my_neighbourhood() near join public.units place on place.id = near.unit_id where recent.host_path operator(extensions.<@) place.path)
  )
  select session.id, activity.title, host.name, session.starts_at, session.ends_at, person.id, person.name, person.id = me, private.standing_at_session(session.id, person.id),
    request.id, request.kind, request.words, request.asked_at, request.due_on, request.outcome, request.answer, request.answered_at
  from touched join public.activity_sessions session on session.id = touched.id join public.activities activity on activity.id = session.activity_id
  join public.units host on host.id = activity.host_unit_id join public.persons person on person.id = touched.person_id
  left join lateral (select one.* from public.record_requests one where one.session_id = session.id and one.person_id in (select private.rows_of_person(person.id)) order by one.id desc limit 1) request on true
  order by request.id is not null and request.answered_at is null desc, session.starts_at desc, person.id limit 60;
end $$;

-- What was asked of the sessions of a unit and those below it: what waits first, the most urgent before.
create function public.record_requests_at_desk(in_unit_id integer, page_size integer default 60)
returns table (id bigint, session_id bigint, title text, host text, starts_at timestamptz, ends_at timestamptz, person_id bigint, name text, kind text, words text, standing text, asked_at timestamptz,
  due_on date, days_left integer, outcome text, answer text, answered_at timestamptz, is_own boolean)
language plpgsql stable security definer set search_path = '' as $$
#variable_conflict use_column
begin
  perform private.require_sight(in_unit_id, 'people');
  return query
  select request.id, session.id, activity.title, host.name, session.starts_at, session.ends_at, person.id, person.name, request.kind, request.words, private.standing_at_session(session.id, person.id),
    request.asked_at, request.due_on, request.due_on - private.china_date(now()), request.outcome, request.answer, request.answered_at,
    person.id in (select private.my_person_ids()) or coalesce(request.by_account = auth.uid(), false)
  from public.units inside join public.units host on host.path operator(extensions.<@) inside.path join public.activities activity on activity.host_unit_id = host.id
  join public.activity_sessions session on session.activity_id = activity.id join public.record_requests request on request.session_id = session.id
  join public.persons named on named.id = request.person_id join public.persons person on person.id = coalesce(named.counts_as, named.id)
  where inside.id = in_unit_id
  order by request.answered_at is not null, case when request.answered_at is null then request.due_on end, request.id desc limit least(greatest(page_size, 1), 200);
end $$;

-- How many requests wait at a unit and below it, and by when the first is due.
create function public.record_requests_due(in_unit_id integer) returns table (waiting integer, first_due date)
language plpgsql stable security definer set search_path = '' as $$
begin
  perform private.require_sight(in_unit_id, 'people');
  return query
  select count(*)::integer, min(request.due_on) from public.units inside join public.units host on host.path operator(extensions.<@) inside.path join public.activities activity on activity.host_unit_id = host.id
  join public.activity_sessions session on session.activity_id = activity.id join public.record_requests request on request.session_id = session.id and request.answered_at is null where inside.id = in_unit_id;
end $$;
grant execute on function public.request_record(bigint, bigint, text, text), public.answer_record_request(bigint, boolean, text), public.my_recent_sessions(), public.record_requests_at_desk(integer, integer),
  public.record_requests_due(integer) to authenticated;
