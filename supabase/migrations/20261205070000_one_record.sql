-- One presence is one record: a head count may say of which session it is, and then counts only those who are on record by name nowhere; a list that is imported
-- knows whoever is on record of a session, and confirming a session whoever came by a list.

alter table public.head_counts add column session_id bigint references public.activity_sessions on delete restrict;
create index head_counts_session_id_idx on public.head_counts (session_id) where session_id is not null;
create or replace view private.counted_head_counts as
  select head_count.* from public.head_counts head_count
  where head_count.persons > 0
    and not exists (select from public.head_counts later where later.corrects = head_count.id);

-- The records of a session as they stand, one a person: what was corrected to somebody else is theirs.
create function private.records_at(of_session_id bigint) returns table (person_id bigint, participation_id bigint, fact_id bigint, attended boolean)
language sql stable set search_path = ''
begin atomic
  select distinct on (1) coalesce(person.counts_as, person.id), record.participation_id, fact.id, fact.status = 'attended' from public.session_records record
  join public.participations fact on fact.id = private.standing_record(record.participation_id)
  join public.persons person on person.id = fact.person_id where record.session_id = of_session_id
  order by 1, fact.status = 'attended' desc, fact.id;
end;

-- Who of them was there.
create function private.on_record_at(of_session_id bigint) returns table (person_id bigint, fact_id bigint)
language sql stable set search_path = ''
begin atomic
  select known.person_id, known.fact_id from private.records_at(of_session_id) known where known.attended;
end;

-- How many of the heads of a session are on record by name: never more than there were.
create function private.named_among(of_session_id bigint, heads integer) returns integer
language sql stable security definer set search_path = ''
return (select least(heads, count(*))::integer from private.on_record_at(of_session_id));

-- The same for head counts that a page shows; not where one could tell of few of them who they are.
create function public.named_of_head_counts(head_count_ids bigint[]) returns table (id bigint, named integer)
language sql stable security definer set search_path = ''
begin atomic
  select one.id, known.named from public.head_counts one
  cross join lateral (select private.named_among(one.session_id, one.persons) as named) known
  where (private.sees_unit(one.host_unit_id, 'names') or known.named not between 1 and 4 and one.persons - known.named not between 1 and 4) and one.id = any (head_count_ids) and one.session_id is not null and one.host_unit_id in (select private.my_units('figures'));
end;
grant execute on function public.named_of_head_counts(bigint[]) to authenticated;

drop function public.record_head_count(integer, text, text, text, timestamptz, timestamptz, integer, text, bigint);
-- Records a head count, or corrects one of the same unit. Definer: accounts write no table. The host's row is locked, so the
-- same event sent twice at once is recorded once.
create function public.record_head_count(host_unit_id integer, kind text, category_id text, title text,
  started_at timestamptz, ended_at timestamptz, persons integer, note text default '', corrects bigint default null, of_session_id bigint default null)
returns bigint
language plpgsql volatile security definer set search_path = '' as $$
declare
  earlier public.head_counts;
  recorded bigint;
begin
  perform private.require_sight(record_head_count.host_unit_id, 'people');
  perform from public.units unit where unit.id = record_head_count.host_unit_id for no key update;
  if of_session_id is not null and not exists (select from public.activity_sessions session join public.activities activity on activity.id = session.activity_id
      where session.id = of_session_id and activity.host_unit_id = record_head_count.host_unit_id and activity.published_at is not null) then perform private.refuse(404, 'session_unknown'); end if;
  if record_head_count.started_at > now() then
    perform private.refuse(422, 'head_count_in_future', jsonb_build_object('field', 'date'));
  end if;
  if record_head_count.ended_at <= record_head_count.started_at then
    perform private.refuse(422, 'head_count_ends_first', jsonb_build_object('field', 'end'));
  end if;
  if not exists (select from public.categories category where category.id = record_head_count.category_id) then
    perform private.refuse(422, 'category_unknown', jsonb_build_object('field', 'category'));
  end if;
  if record_head_count.corrects is not null then
    select * into earlier from public.head_counts head_count where head_count.id = record_head_count.corrects;
    if earlier.id is null or earlier.host_unit_id <> record_head_count.host_unit_id then
      perform private.refuse(404, 'head_count_unknown');
    end if;
    if earlier.persons = 0 or exists (select from public.head_counts later where later.corrects = earlier.id) then
      perform private.refuse(409, 'head_count_corrected_before');
    end if;
  elsif record_head_count.persons = 0 then
    perform private.refuse(422, 'head_count_nobody', jsonb_build_object('field', 'persons'));
  end if;
  if record_head_count.persons > 0 and exists (
    select from private.counted_head_counts head_count
    where head_count.host_unit_id = record_head_count.host_unit_id and head_count.title = record_head_count.title
      and head_count.started_at = record_head_count.started_at and head_count.id is distinct from record_head_count.corrects
  ) then
    perform private.refuse(409, 'head_count_twice', jsonb_build_object('field', 'title'));
  end if;
  insert into public.head_counts as head_count (host_unit_id, kind, category_id, title, started_at, ended_at, persons, note, entered_by, corrects, session_id)
  values (record_head_count.host_unit_id, record_head_count.kind, record_head_count.category_id, record_head_count.title,
    record_head_count.started_at, record_head_count.ended_at, record_head_count.persons, record_head_count.note, auth.uid(),
    record_head_count.corrects, of_session_id)
  returning head_count.id into recorded;
  perform private.audit(case when record_head_count.corrects is null then 'head_count_recorded' else 'head_count_corrected' end,
    'head_count', recorded::text, record_head_count.host_unit_id,
    jsonb_build_object('persons', record_head_count.persons, 'was', earlier.persons));
  return recorded;
end $$;
grant execute on function public.record_head_count(integer, text, text, text, timestamptz, timestamptz, integer, text, bigint, bigint) to authenticated;

-- How many were at a session that is over, names or not. Counted again it puts the number right; nought takes it back.
create function public.count_session_heads(of_session_id bigint, persons integer, note text default '') returns bigint
language plpgsql volatile security definer set search_path = '' as $$
#variable_conflict use_column
declare
  session public.activity_sessions := private.session_to_attend(of_session_id);
  activity public.activities;
  earlier public.head_counts;
begin
  select * into strict activity from public.activities one where one.id = session.activity_id;
  if (count_session_heads.persons between 0 and 100000) is not true then perform private.refuse(422, 'head_count_number', '{"field": "persons"}'); end if;
  if session.starts_at > now() then perform private.refuse(409, 'session_not_begun', jsonb_build_object('startsAt', session.starts_at)); end if;
  select one.* into earlier from public.head_counts one where one.session_id = session.id and one.persons > 0 and not exists (select from public.head_counts later where later.corrects = one.id);
  return public.record_head_count(activity.host_unit_id, activity.kind, activity.category_id, activity.title, session.starts_at, session.ends_at, count_session_heads.persons,
    coalesce(trim(count_session_heads.note), ''), earlier.id, session.id);
end $$;

-- What was counted at a session.
create function public.heads_of_session(of_session_id bigint) returns table (persons integer, named integer, note text, at timestamptz)
language sql stable security definer set search_path = ''
begin atomic
  select one.persons, private.named_among(one.session_id, one.persons), one.note, one.entered_at from public.head_counts one
  where one.session_id = of_session_id and one.persons > 0 and not exists (select from public.head_counts later where later.corrects = one.id) and one.host_unit_id in (select private.my_units('people'));
end;

-- Heads of a unit and all below by month of a year, in the tree of that year. Definer: the view is private; the sight is
-- asked for here.
create or replace function public.head_counts_by_month(in_unit_id integer, counted_year integer)
returns table (month integer, events integer, person_times integer, minutes bigint)
language sql stable security definer set search_path = ''
begin atomic
  select extract(month from head_count.started_at at time zone 'Asia/Shanghai')::integer, count(*)::integer,
    sum(head_count.persons - named.people)::integer,
    sum((head_count.persons - named.people) * round(extract(epoch from head_count.ended_at - head_count.started_at) / 60))::bigint
  from public.units inside
  join public.unit_paths placed on inside.id = any (placed.ancestors) and placed.years @> counted_year
  join private.counted_head_counts head_count on head_count.host_unit_id = placed.unit_id and head_count.year = counted_year
  -- Whoever sees no names is told the heads: of a month with one session the rest would tell how few are on record.
  cross join lateral (select case when private.sees_unit(in_unit_id, 'names') then private.named_among(head_count.session_id, head_count.persons) else 0 end as people) named
  where inside.id = in_unit_id
    and inside.path operator(extensions.<@) any ((select private.my_unit_paths('figures'))::extensions.ltree[])
  group by 1;
end;

drop function public.list_head_counts(integer, integer, integer, integer);
-- The head counts of a unit and all below in a year, newest first, corrected ones too.
create function public.list_head_counts(in_unit_id integer, counted_year integer, page_size integer default 50, skip integer default 0)
returns table (id bigint, host_code text, host text, kind text, category text, category_zh text, category_en text, title text,
  started_at timestamptz, ended_at timestamptz, persons integer, note text, entered_at timestamptz, corrects bigint, corrected_by bigint, total integer, session_id bigint)
language sql stable set search_path = ''
begin atomic
  select head_count.id, host.code, host.name, head_count.kind, category.id, category.zh, category.en, head_count.title,
    head_count.started_at, head_count.ended_at, head_count.persons, head_count.note, head_count.entered_at,
    head_count.corrects, later.id, (count(*) over ())::integer, head_count.session_id
  from public.units inside
  join public.units host on host.path operator(extensions.<@) inside.path
  join public.head_counts head_count on head_count.host_unit_id = host.id and head_count.year = counted_year
  join public.categories category on category.id = head_count.category_id
  left join public.head_counts later on later.corrects = head_count.id
  where inside.id = in_unit_id
  order by head_count.started_at desc, head_count.id desc
  limit least(greatest(page_size, 1), 200) offset greatest(skip, 0);
end;
grant execute on function public.list_head_counts(integer, integer, integer, integer), public.count_session_heads(bigint, integer, text), public.heads_of_session(bigint) to authenticated;

-- Everybody of a session for whoever runs it: the signed up, who is on leave, who came without, and what is on record, by whose it is now.
create or replace function public.session_roster(of_session_id bigint)
returns table (person_id bigint, name text, birth_year smallint, home text, phone text, signup_id bigint, status text, on_leave boolean, method text, seen_at timestamptz, times integer,
  participation_id bigint, attended boolean, milli_credits bigint, number integer)
language plpgsql stable security definer set search_path = '' as $$
#variable_conflict use_column
declare
  session public.activity_sessions;
begin
  select one.* into session from public.activity_sessions one join public.activities activity on activity.id = one.activity_id
  where one.id = of_session_id and activity.host_unit_id in (select private.my_units('people'));
  if not found then perform private.refuse(404, 'session_unknown'); end if;
  return query
  with numbered as (
    -- The number on a printed sheet is that of the sign-up among all there ever were: it stays, whoever comes or goes.
    select one.*, row_number() over (order by one.id) as number from public.signups one where one.pool_id = private.pool_of_session(session.id)
  ), seated as (
    select coalesce(named.counts_as, named.id) as person_id, min(one.id) as signup_id, (array_agg(one.status order by one.id))[1] as status, min(one.number) as number
    from numbered one join public.persons named on named.id = one.person_id where one.status in ('confirmed', 'offered', 'waiting') group by 1
  ), present as (
    select * from private.attendance_of(session.id)
  )
  select person.id, person.name, person.birth_year, home.name,
    (select contact.masked from private.person_contacts contact where contact.kind = 'phone' and contact.person_id in (select private.rows_of_person(person.id)) limit 1),
    seated.signup_id, seated.status, exists (select from public.session_leaves leave where leave.signup_id = seated.signup_id and leave.session_id = session.id),
    present.method, present.seen_at, coalesce(present.times, 0), record.participation_id, record.attended, case when record.participation_id is not null then coalesce(posting.milli_credits, 0) end, seated.number::integer
  from (select person_id from seated union select person_id from present union select one.person_id from private.on_record_at(session.id) one) everybody
  join public.persons person on person.id = everybody.person_id join public.units home on home.id = person.residence_unit_id
  left join seated on seated.person_id = person.id left join present on present.person_id = person.id
  left join private.records_at(session.id) record on record.person_id = person.id
  left join lateral private.record_credit(record.fact_id) posting on true
  order by coalesce(person.pinyin, person.name), person.id;
end $$;
