-- A list of people names the session that it is of, by the number on its sign-in page and sheet: two sessions of one host at one time, or of one name on one
-- day, are no longer taken for each other.

alter table private.import_rows add column session_id bigint;

-- Refuses rows that name a session which is not there, was called off or was on another day, and gives the others what the session is: its time, hours,
-- host, kind, subject and name are the session's, however the list writes them.
create function private.name_sessions(of_import_id bigint, inside extensions.ltree) returns void
language plpgsql volatile set search_path = '' as $$
begin
  insert into private.import_refusals (import_id, line, field, code, details, by_file)
  select of_import_id, staged.line, refused.field, refused.code, refused.details, false
  from private.import_rows staged
  left join (public.activity_sessions session join public.activities activity on activity.id = session.activity_id and activity.status in ('published', 'cancelled')
    join public.units host on host.id = activity.host_unit_id) on session.id = staged.session_id and host.path operator(extensions.<@) inside
  cross join lateral (
    select 'session' as field, 'import_session_unknown' as code, '{}'::jsonb as details where session.id is null
    union all
    select 'session', 'import_session_cancelled', '{}' where session.cancelled_at is not null or activity.status = 'cancelled'
    union all
    select 'date', 'import_session_other_day', jsonb_build_object('day', private.china_date(session.starts_at)) where private.china_date(session.starts_at) <> private.china_date(staged.started_at)
    union all
    select 'date', 'import_session_not_over', '{}' where session.ends_at > now()
  ) refused
  where staged.import_id = of_import_id and staged.session_id is not null and staged.state <> 'refused';
  perform private.refuse_rows(of_import_id);
  update private.import_rows staged set started_at = session.starts_at, ended_at = session.ends_at,
    hours = round(extract(epoch from session.ends_at - session.starts_at) / 3600, 2), host_unit_id = activity.host_unit_id, kind = activity.kind,
    category_id = activity.category_id, programme = activity.title
  from public.activity_sessions session join public.activities activity on activity.id = session.activity_id
  where staged.import_id = of_import_id and staged.state <> 'refused' and session.id = staged.session_id;
end $$;

create or replace function private.check_participation(of_import public.imports, inside extensions.ltree) returns void
language plpgsql volatile set search_path = '' as $$
begin
  perform private.name_sessions(of_import.id, inside);
  perform private.match_import(of_import.id);

  insert into private.import_refusals (import_id, line, field, code, details, by_file)
  select of_import.id, staged.line, refused.field, refused.code, refused.details, false
  from private.import_rows staged
  left join public.persons person on person.id = staged.person_id
  left join public.units home on home.id = coalesce(person.residence_unit_id, staged.residence_unit_id)
  left join public.units host on host.id = staged.host_unit_id
  cross join lateral (
    select 'name' as field, 'import_person_ambiguous' as code, jsonb_build_object('candidates', staged.candidates) as details where staged.candidates > 1
    union all
    select 'name', 'import_person_unknown', '{}' where staged.candidates = 0 and not of_import.register_persons
    union all
    select 'name', 'import_name_differs', '{}' where person.name <> staged.name
    union all
    -- On record of another session at that time: nobody is at two.
    select 'session', 'import_other_session_then', '{}' where staged.session_id is not null and person.id is not null and coalesce(staged.role, 'learner') = 'learner'
      and private.at_another_session(person.id, staged.session_id, staged.started_at, staged.ended_at)
    union all
    select 'date', 'import_before_birth', '{}'
      where coalesce(person.birth_year, staged.birth_year) > private.china_year(staged.started_at)
    union all
    select 'host', 'import_outside_unit', '{}'
      where person.id is not null and not (home.path operator(extensions.<@) inside or host.path operator(extensions.<@) inside)
    union all
    select newcomer.* from (
      select 'birth', 'import_newcomer_birth', '{}'::jsonb where staged.birth_year is null
      union all
      select 'residence', 'import_newcomer_home', '{}' where home.id is null
      union all
      select 'residence', 'import_home_outside', '{}' where home.id is not null and not home.path operator(extensions.<@) inside
      union all
      select 'residence', 'import_home_closed', jsonb_build_object('unit', home.name, 'closedOn', home.closed_on)
        where home.closed_on <= private.china_date(now())
      union all
      select 'birth', 'child_needs_guardian', '{}' where private.needs_guardian(staged.birth_year)
    ) newcomer where staged.candidates = 0 and of_import.register_persons
  ) refused
  where staged.import_id = of_import.id and staged.state <> 'refused';
  perform private.refuse_rows(of_import.id);

  perform private.name_newcomers(of_import.id);
  perform private.key_participation(of_import.id);
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

  -- Whoever is on record of a session of that host, then or, where the list has no times, that day under that title, was there once: the list says it again. A list that names the session means
  -- that one alone.
  with hosts as materialized (
    select staged.host_unit_id, min(staged.started_at) as first_at, max(staged.ended_at) as last_at from private.import_rows staged
    where staged.import_id = key_participation.import_id and staged.state = 'read' group by staged.host_unit_id
  ), there as materialized (
    select session.id as session_id, coalesce(person.counts_as, person.id) as person_id, activity.host_unit_id, private.text_key(activity.title) as title, session.starts_at, session.ends_at, fact.id as fact_id
    from hosts join public.activities activity on activity.host_unit_id = hosts.host_unit_id
    join public.activity_sessions session on session.activity_id = activity.id and session.starts_at between hosts.first_at - interval '1 day' and hosts.last_at + interval '1 day'
    join public.session_records record on record.session_id = session.id
    join public.participations fact on fact.id = private.standing_record(record.participation_id) and fact.status = 'attended'
    join public.persons person on person.id = fact.person_id
  )
  update private.import_rows staged set state = 'known', known_id = there.fact_id from there
  where staged.import_id = key_participation.import_id and staged.state = 'read' and coalesce(staged.role, 'learner') = 'learner' and staged.person_id = there.person_id and staged.host_unit_id = there.host_unit_id
    and case when staged.session_id is not null then there.session_id = staged.session_id
      else there.starts_at < staged.ended_at and there.ends_at > staged.started_at
        or staged.started_at = date_trunc('day', there.starts_at, 'Asia/Shanghai') and there.title = private.text_key(staged.programme) end;

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
