-- Training of those who run community education, planned, signed up for and confirmed as any other activity. Whoever comes is on record as a trainee: they
-- count among the staff who were trained, and never as residents who were reached; it earns no credit, and no heads are counted.

alter table public.activities drop constraint activities_kind_check;
alter table public.activities add constraint activities_kind_check check (kind in ('training', 'lecture', 'activity', 'contest', 'team_session', 'staff_training'));

-- What residents signed up for becomes no training of staff, nor the other way round: whoever is in would be on record as something else.
create function private.refuse_other_kind() returns trigger
language plpgsql volatile set search_path = '' as $$
begin
  perform private.refuse(409, 'kind_stays', '{"field": "kind"}');
  return null;
end $$;
create trigger activities_kind_stays before update of kind on public.activities for each row
  when (old.published_at is not null and (old.kind = 'staff_training') is distinct from (new.kind = 'staff_training')) execute function private.refuse_other_kind();

-- As before, and to a training of staff whoever holds a post that day.
create or replace function private.require_eligible(activity public.activities, person public.persons, day date) returns void
language plpgsql stable set search_path = '' as $$
declare
  youngest integer := lower(activity.ages);
  oldest integer := upper(activity.ages) - 1;
  age integer := extract(year from day)::integer - person.birth_year;
  about jsonb := jsonb_build_object('name', person.name, 'person', person.id, 'youngest', youngest, 'oldest', oldest);
begin
  if activity.kind = 'staff_training' and not exists (select from public.posts post where post.person_id in (select private.rows_of_person(person.id)) and post.valid_from <= day and coalesce(post.valid_to >= day, true)) then
    perform private.refuse(409, 'staff_only', about);
  end if;
  if age is null and (youngest > 0 or oldest < 120 or activity.minors = 'not') then perform private.refuse(409, 'age_unknown', about); end if;
  if age < youngest then perform private.refuse(409, 'too_young', about); end if;
  if age > oldest then perform private.refuse(409, 'too_old', about); end if;
  if activity.minors = 'not' and age < 18 then perform private.refuse(409, 'minors_not_admitted', about); end if;
  if activity.for_unit_id is not null then
    if not exists (select from public.units home join public.units place on place.id = activity.for_unit_id and home.path operator(extensions.<@) place.path where home.id = person.residence_unit_id) then
      perform private.refuse(409, 'other_residence', about || jsonb_build_object('unit', (select unit.name from public.units unit where unit.id = activity.for_unit_id)));
    end if;
  end if;
  if activity.for_groups <> '{}' and not activity.for_groups && private.groups_of_person(person.id) then
    perform private.refuse(409, 'other_group', about || jsonb_build_object('groups', activity.for_groups));
  end if;
  perform private.require_conditions(activity, person);
end $$;

-- As before; who came to a training of staff is a trainee, with the post held that day.
create or replace function public.confirm_session(of_session_id bigint)
returns table (person_id bigint, name text, outcome text, reason text, is_new boolean, counted_minutes bigint, milli_credits bigint)
language plpgsql volatile security definer set search_path = '' as $$
#variable_conflict use_column
declare
  session public.activity_sessions := private.session_to_attend(of_session_id);
  activity public.activities;
  learners bigint[];
  helpers bigint[];
  shift public.service_shifts;
  facts bigint[];
  keys text[];
  held_at integer := private.venue_of_session(session.id);
  filed bigint[] := private.evidence_of_session(session.id);
  on_record bigint[];
  length_minutes integer := extract(epoch from session.ends_at - session.starts_at) / 60;
begin
  if session.ends_at > now() then perform private.refuse(409, 'session_not_over', jsonb_build_object('endsAt', session.ends_at)); end if;
  select * into strict activity from public.activities one where one.id = session.activity_id;
  select array_agg(present.person_id order by present.person_id) into learners from private.attendance_of(session.id) present;
  select array_agg(distinct private.credit_learner(place.person_id)) into helpers
  from public.service_shifts one join public.service_places place on place.shift_id = one.id and place.status = 'taken' and place.confirmed_from is null
  where one.session_id = session.id and one.cancelled_at is null and one.ends_at <= now();
  -- Hours that were confirmed with their shift before are somebody's too.
  if learners is null and not exists (select from public.service_shifts one join public.service_places place on place.shift_id = one.id and place.status <> 'cancelled'
      where one.session_id = session.id and one.cancelled_at is null and one.ends_at <= now()) then perform private.refuse(409, 'nobody_marked'); end if;
  -- Shifts before people, as whoever confirms a shift takes them.
  perform from public.service_shifts one where one.session_id = session.id order by one.id for update;

  -- Every learner's place in line first, in the order in which everybody takes them.
  insert into public.credit_learners (person_id) select unnest(learners || helpers) order by 1 on conflict do nothing;
  perform from public.credit_learners learner where learner.person_id = any (learners || helpers) order by learner.person_id for update;

  on_record := array(select one.person_id from private.on_record_at(session.id) one);
  with recorded as (
    insert into public.participations (key, person_id, kind, form, category_id, organised, role, residence_unit_id, area, host_unit_id, delivering_department, groups, birth_year, sex, person_role, employment,
      started_at, ended_at, in_vacation, hours, status, sign_in_method, confirmed_by, with_guardian, guardian_id, guardian_consent, channel, fee_fen, venue_id, evidence_ids, entry_source, entered_by)
    select concat_ws(':', 'session', session.id, person.id), person.id, activity.kind, activity.form_id, activity.category_id, true, case when activity.kind = 'staff_training' then 'trainee' else 'learner' end, home.id, home.area,
      activity.host_unit_id, activity.department, private.groups_of(person.id, person.birth_year, private.china_date(session.starts_at)), person.birth_year, person.sex, held.role_id, held.employment,
      session.starts_at, session.ends_at, private.in_vacation(private.china_date(session.starts_at)), round(length_minutes / 60.0, 2), 'attended', present.method, auth.uid(),
      guardian.id is not null, guardian.id, guardian.consent, 'onsite', case when private.china_year(session.starts_at) - person.birth_year < 18 then 0 else activity.fee_fen end, held_at, filed, case when present.method in ('card', 'scan') then 'scan' when present.method = 'spoken' then 'self' else 'paper' end, auth.uid()
    from private.attendance_of(session.id) present
    join public.persons person on person.id = present.person_id
    join public.units home on home.id = private.home_on(person.id, private.china_date(session.starts_at))
    left join lateral (
      select coalesce(adult.counts_as, adult.id) as id, link.consent from public.guardians link join public.persons adult on adult.id = link.guardian_id
      join private.attendance_of(session.id) beside on beside.person_id = coalesce(adult.counts_as, adult.id)
      where link.child_id in (select private.rows_of_person(person.id)) and link.valid_to is null order by link.id limit 1
    ) guardian on true
    left join lateral (
      select post.role_id, post.employment from public.posts post join public.post_roles role on role.id = post.role_id
      where activity.kind = 'staff_training' and post.person_id in (select private.rows_of_person(person.id)) and post.valid_from <= private.china_date(session.starts_at) and coalesce(post.valid_to >= private.china_date(session.starts_at), true)
      order by role.is_staff desc, post.valid_from, post.id limit 1
    ) held on true
    where not exists (select from public.session_records earlier where earlier.session_id = session.id and earlier.person_id in (select private.rows_of_person(person.id)))
      -- On record by a correction of somebody else's record.
      and person.id <> all (on_record) and person.id not in (select private.my_person_ids())
      and not private.at_another_session(person.id, session.id, session.starts_at, session.ends_at) and not private.in_other_class(person.id, session.starts_at, session.ends_at)
      and not private.on_imported_list(person.id, session, activity)
    order by person.id
    returning id, key, person_id
  ), entered as (
    insert into public.session_records (participation_id, session_id, person_id) select recorded.id, session.id, recorded.person_id from recorded
  )
  select array_agg(recorded.id order by recorded.person_id), array_agg(recorded.key order by recorded.person_id) into facts, keys from recorded;
  if facts is not null then
    -- Training is their work: it earns nothing (as lists of trainees).
    if activity.kind <> 'staff_training' then perform private.award_class(facts, keys, 'attendance', length_minutes); end if;
    perform private.audit('session_confirmed', 'activity_session', session.id::text, activity.host_unit_id, jsonb_build_object('people', cardinality(facts)));
  end if;
  -- Who served: after who learned, for what somebody sat in class is no service.
  for shift in select one.* from public.service_shifts one where one.session_id = session.id and one.cancelled_at is null and one.ends_at <= now() order by one.id loop
    perform private.confirm_places(shift);
  end loop;
  update public.activity_sessions one set confirmed_at = clock_timestamp(), confirmed_by = auth.uid() where one.id = session.id and one.confirmed_at is null;

  return query
  select person.id, person.name, case when record.participation_id is null then 'refused' when activity.kind = 'staff_training' then 'posted' else coalesce(posting.outcome, 'refused') end,
    case when record.participation_id is not null and activity.kind = 'staff_training' then 'staff_training' when record.participation_id is not null then posting.reason when person.id in (select private.my_person_ids()) then 'own_account'
      when exists (select from public.session_records moved where moved.session_id = session.id and moved.person_id in (select private.rows_of_person(person.id))) then 'record_moved'
      when private.on_imported_list(person.id, session, activity) then 'imported_before' else 'other_class_then' end,
    coalesce(record.participation_id = any (facts), false), coalesce(posting.minutes, 0), coalesce(posting.milli_credits, 0)
  from unnest(learners) as list (id) join public.persons person on person.id = list.id
  left join private.records_at(session.id) record on record.person_id = person.id
  left join lateral private.record_credit(record.fact_id) posting on true
  order by person.name, person.id;
end $$;

create or replace function private.on_imported_list(of_person_id bigint, session public.activity_sessions, activity public.activities) returns boolean
language plpgsql stable set search_path = '' as $$
begin
  return exists (
    select from public.participations fact
    where fact.person_id in (select private.rows_of_person(of_person_id)) and fact.entry_source = 'import' and fact.status = 'attended' and fact.host_unit_id = activity.host_unit_id and fact.role = case when activity.kind = 'staff_training' then 'trainee' else 'learner' end
      and fact.year between private.china_year(session.starts_at) - 1 and private.china_year(session.ends_at)
      and (fact.started_at < session.ends_at and fact.ended_at > session.starts_at
        -- A list without times begins its days at midnight.
        or fact.started_at = date_trunc('day', session.starts_at, 'Asia/Shanghai') and private.text_key(fact.programme) = private.text_key(activity.title))
      and not exists (select from public.participations later where later.corrects = fact.id));
end $$;

create or replace function public.count_session_heads(of_session_id bigint, persons integer, note text default '') returns bigint
language plpgsql volatile security definer set search_path = '' as $$
#variable_conflict use_column
declare
  session public.activity_sessions := private.session_to_attend(of_session_id);
  activity public.activities;
  earlier public.head_counts;
begin
  select * into strict activity from public.activities one where one.id = session.activity_id;
  -- Heads are residents reached; whoever is trained has a name.
  if activity.kind = 'staff_training' then perform private.refuse(409, 'staff_by_name', '{"field": "persons"}'); end if;
  if (count_session_heads.persons between 0 and 100000) is not true then perform private.refuse(422, 'head_count_number', '{"field": "persons"}'); end if;
  if session.starts_at > now() then perform private.refuse(409, 'session_not_begun', jsonb_build_object('startsAt', session.starts_at)); end if;
  select one.* into earlier from public.head_counts one where one.session_id = session.id and one.persons > 0 and not exists (select from public.head_counts later where later.corrects = one.id);
  return public.record_head_count(activity.host_unit_id, activity.kind, activity.category_id, activity.title, session.starts_at, session.ends_at, count_session_heads.persons,
    coalesce(trim(count_session_heads.note), ''), earlier.id, session.id);
end $$;

-- As before, without trainings of staff: these are found by their address.
create or replace function public.find_activities(near_unit_id integer default null, from_day date default null, until_day date default null, of_category_id text default null,
  of_form_id text default null, only_free boolean default false, query text default '', page_size integer default 20, skip integer default 0,
  for_audience text default null)
returns table (code text, title text, host_code text, host text, category_id text, form_zh text, form_en text, venue text, room text, fee_fen integer, sign_up text, admission text, opens_at timestamptz,
  closes_at timestamptz, session_id bigint, starts_at timestamptz, ends_at timestamptz, sessions integer, capacity integer, free integer, total integer)
language sql stable set search_path = ''
begin atomic
  with coming as (
    select distinct on (activity.id) activity.id, activity.code, activity.host_unit_id, activity.title, activity.form_id, activity.category_id, activity.lecturer, activity.fee_fen, activity.sign_up,
      activity.admission, activity.opens_at, activity.closes_at, session.id as session_id, session.starts_at, session.ends_at, coalesce(session.venue, activity.venue) as at_venue, coalesce(session.room, activity.room) as in_room,
      pool.capacity, pool.capacity - pool.taken - pool.held as free, count(*) over (partition by activity.id) as sessions
    from public.activity_sessions session
    join public.activities activity on activity.id = session.activity_id and activity.status = 'published' and activity.published_at is not null and activity.kind <> 'staff_training'
    left join public.seat_pools pool on pool.activity_id = activity.id and (pool.session_id is null or pool.session_id = session.id)
    where session.cancelled_at is null and session.ends_at > now() and session.starts_at > now() - interval '12 hours'
      and (from_day is null or session.starts_at >= from_day::timestamp at time zone 'Asia/Shanghai')
      and (until_day is null or session.starts_at < (until_day + 1)::timestamp at time zone 'Asia/Shanghai')
      and (for_audience is null or for_audience = any (activity.audience))
      -- Free is what one can have now: sign-up is open, and not all of it has begun. Of a draw a place in the lots.
      and (not only_free or activity.sign_up = 'none' or pool.id is not null
        and (activity.opens_at is null or activity.opens_at <= now()) and (activity.closes_at is null or activity.closes_at > now())
        and session.starts_at > now() and (activity.admission = 'draw' or pool.capacity - pool.taken - pool.held > 0))
    order by activity.id, session.starts_at
  ), found as (
    select coming.*, host.code as host_code, host.name as host, form.zh as form_zh, form.en as form_en, count(*) over () as total
    from coming join public.units host on host.id = coming.host_unit_id join public.activity_forms form on form.id = coming.form_id
    where (near_unit_id is null or host.path operator(extensions.<@) (select near_.path from public.units near_ where near_.id = near_unit_id))
      and (of_category_id is null or coming.category_id = of_category_id) and (of_form_id is null or coming.form_id = of_form_id)
      -- Visitors ask too, and may call nothing private: the key of a text is spelt out here.
      and strpos(regexp_replace(lower(normalize(coming.title || coalesce(coming.lecturer, '') || coming.at_venue || host.name, nfkc)), '[[:space:]]', '', 'g'),
        regexp_replace(lower(normalize(find_activities.query, nfkc)), '[[:space:]]', '', 'g')) > 0
  )
  select found.code, found.title, found.host_code, found.host, found.category_id, found.form_zh, found.form_en, found.at_venue, found.in_room, found.fee_fen, found.sign_up, found.admission,
    found.opens_at, found.closes_at, found.session_id, found.starts_at, found.ends_at, found.sessions::integer, found.capacity, found.free, found.total::integer
  from found order by found.starts_at, found.id limit least(greatest(page_size, 1), 50) offset greatest(skip, 0);
end;

-- As before; trainees have a record and no answer from the ledger.
create or replace function private.credit_faults_of_sessions() returns table (invariant text, subject text)
language plpgsql stable set search_path = '' as $$
begin
  return query
  select 'session_record_is_record', record.participation_id::text from public.session_records record
  join public.activity_sessions session on session.id = record.session_id join public.participations fact on fact.id = record.participation_id
  where fact.started_at <> session.starts_at or fact.person_id <> record.person_id;
  return query
  select 'session_award_once', record.participation_id::text from public.session_records record
  join public.participations fact on fact.id = record.participation_id and fact.kind <> 'staff_training'
  left join public.credit_postings award on award.participation_id = record.participation_id and award.kind = 'award' and award.rule_id = 'attendance'
  left join public.credit_postings reversal on reversal.reverses = award.id
  group by record.participation_id
  having count(award.id) = 0 or count(award.id) - count(reversal.id) > 1;
end $$;
