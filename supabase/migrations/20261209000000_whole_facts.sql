-- Where it was, what proves it, what it cost and whether somebody earned by it (DOMAIN.md 21.1): with the fact, where it is known.

alter table public.participations add column venue_id integer references public.venues on delete restrict;
comment on column public.participations.venue_id is 'Where it was: a venue of the directory, when the record was made.';
comment on column public.participations.evidence_ids is 'Sign-in list and photos that were filed when the session was confirmed. What is filed later hangs on the session (private.record_evidence).';
comment on column public.participations.for_profit is 'Somebody earned by it. Nothing planned here is for profit (public.activities); of a department''s training its list says so.';
create index participations_venue_id_idx on public.participations (venue_id) where venue_id is not null;
alter table private.import_rows add column fee_fen integer, add column for_profit boolean;

-- What a venue was called, with the last day of it: written when it is renamed.
create table private.venue_names (
  venue_id integer not null references public.venues on delete restrict,
  name_key text not null,
  until date not null,
  primary key (venue_id, name_key, until)
);
create index venue_names_name_key_idx on private.venue_names (name_key, until);
alter table private.venue_names enable row level security;

-- The venue of a name on a day: the one that was called so then, else the one that is open, else the one that closed first after that day.
create function private.venue_named(words text, day date) returns integer
language sql stable set search_path = ''
return coalesce(
  (select one.venue_id from private.venue_names one where one.name_key = private.text_key(words) and one.until >= day order by one.until, one.venue_id limit 1),
  (select venue.id from public.venues venue where venue.name_key = private.text_key(words) and (venue.closed_on is null or venue.closed_on > day)
    order by venue.closed_on nulls first limit 1));

-- Where a session was: the venue of the room that it had, else the venue that it names.
create function private.venue_of_session(of_session_id bigint) returns integer
language sql stable set search_path = ''
return (
  select coalesce(
    (select room.venue_id from public.venue_bookings booking join public.venue_rooms room on room.id = booking.room_id
      where booking.session_id = session.id and booking.status = 'approved' order by booking.id limit 1),
    private.venue_named(coalesce(session.venue, activity.venue), private.china_date(session.starts_at)))
  from public.activity_sessions session join public.activities activity on activity.id = session.activity_id where session.id = of_session_id);

-- What shows that people were at a session: its sign-in list and photos, but those withdrawn.
create function private.evidence_of_session(of_session_id bigint) returns bigint[]
language sql stable set search_path = ''
return array(select material.id from public.session_materials material
  where material.session_id = of_session_id and material.kind in ('sign_in_list', 'photo') and material.withdrawn_at is null order by material.id);

-- What shows that somebody was there, in numbers: the papers and pictures are opened with the session.
-- {"session", "lists", "photos", "sheets", "before"}: `session` where the asker may open it, `before` were there when it was confirmed. Null of what was no session.
create function private.record_evidence(fact_id bigint) returns jsonb
language sql stable security definer set search_path = '' -- definer: whoever may read a record may know what there is of it
return (
  select jsonb_build_object('session', case when private.sees_unit(activity.host_unit_id, 'activities') then record.session_id end,
    'lists', count(material.id) filter (where material.kind = 'sign_in_list'), 'photos', count(material.id) filter (where material.kind = 'photo'),
    'sheets', (select count(*) from private.sheet_files sheet where sheet.session_id = record.session_id),
    'before', count(material.id) filter (where material.id = any (first.evidence_ids)))
  from public.session_records record join public.participations first on first.id = record.participation_id
  join public.activity_sessions session on session.id = record.session_id join public.activities activity on activity.id = session.activity_id
  left join public.session_materials material on material.id = any (private.evidence_of_session(record.session_id))
  where record.participation_id = private.first_record(fact_id)
    and exists (select from public.participations fact where fact.id = fact_id and (fact.person_id in (select private.my_person_ids()) or private.sees_unit(fact.residence_unit_id, 'names')))
  group by record.session_id, activity.host_unit_id);

-- Confirms a session that is over: whoever was marked gets a record of participation and its credits, whoever served their hours with record and
-- credits, in one transaction and once, however often it is pressed; whoever is marked later gets theirs when it is pressed again. Nobody confirms their
-- own presence. Minors are on record without a fee: they pay none. A record says where it was, what showed it, and belongs to the home of its day.
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
    insert into public.participations (key, person_id, kind, form, category_id, organised, role, residence_unit_id, area, host_unit_id, delivering_department, groups, birth_year, sex,
      started_at, ended_at, in_vacation, hours, status, sign_in_method, confirmed_by, with_guardian, guardian_id, guardian_consent, channel, fee_fen, venue_id, evidence_ids, entry_source, entered_by)
    select concat_ws(':', 'session', session.id, person.id), person.id, activity.kind, activity.form_id, activity.category_id, true, 'learner', home.id, home.area,
      activity.host_unit_id, activity.department, private.groups_of(person.id, person.birth_year, private.china_date(session.starts_at)), person.birth_year, person.sex,
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
    perform private.award_class(facts, keys, 'attendance', length_minutes);
    perform private.audit('session_confirmed', 'activity_session', session.id::text, activity.host_unit_id, jsonb_build_object('people', cardinality(facts)));
  end if;
  -- Who served: after who learned, for what somebody sat in class is no service.
  for shift in select one.* from public.service_shifts one where one.session_id = session.id and one.cancelled_at is null and one.ends_at <= now() order by one.id loop
    perform private.confirm_places(shift);
  end loop;
  update public.activity_sessions one set confirmed_at = clock_timestamp(), confirmed_by = auth.uid() where one.id = session.id and one.confirmed_at is null;

  return query
  select person.id, person.name, case when record.participation_id is null then 'refused' else coalesce(posting.outcome, 'refused') end,
    case when record.participation_id is not null then posting.reason when person.id in (select private.my_person_ids()) then 'own_account'
      when exists (select from public.session_records moved where moved.session_id = session.id and moved.person_id in (select private.rows_of_person(person.id))) then 'record_moved'
      when private.on_imported_list(person.id, session, activity) then 'imported_before' else 'other_class_then' end,
    coalesce(record.participation_id = any (facts), false), coalesce(posting.minutes, 0), coalesce(posting.milli_credits, 0)
  from unnest(learners) as list (id) join public.persons person on person.id = list.id
  left join private.records_at(session.id) record on record.person_id = person.id
  left join lateral private.record_credit(record.fact_id) posting on true
  order by person.name, person.id;
end $$;


-- As before, with where it was.
create or replace function private.enter_class(of_unit_id integer, title text, of_category_id text, started_at timestamptz, minutes integer, venue text, is_another boolean,
  person_ids bigint[]) returns setof private.class_outcome
language plpgsql volatile set search_path = '' as $$
#variable_conflict use_column
declare
  register public.class_registers;
  around extensions.ltree;
  ends_at timestamptz;
  learners bigint[];
  here bigint[];
  facts bigint[];
  keys text[];
  credited bigint;
begin
  perform private.require_sight(of_unit_id, 'people');
  if (cardinality(person_ids) between 1 and 200) is not true then perform private.refuse(422, 'people_invalid', '{"field": "people"}'); end if;
  if exists (select from unnest(person_ids) as asked (id) where private.credit_learner(asked.id) = private.my_person_id()) then
    perform private.refuse(409, 'own_account', '{"field": "people"}');
  end if;
  register := private.class_register(of_unit_id, enter_class.title, of_category_id, enter_class.started_at, enter_class.minutes, enter_class.venue, is_another);
  ends_at := register.started_at + make_interval(mins => register.minutes);
  select home.path into around from public.units home where home.id = private.administration_of(of_unit_id);

  -- Every learner's place in line first, in the order in which everybody takes them: what follows sees what others entered.
  select array_agg(distinct person.id order by person.id) into learners
  from public.persons asked join public.persons person on person.id = coalesce(asked.counts_as, asked.id)
  join public.units home on home.id = person.residence_unit_id
  where asked.id = any (person_ids) and home.path operator(extensions.<@) any (private.my_unit_paths('people'));
  insert into public.credit_learners (person_id) select unnest(learners) order by 1 on conflict do nothing;
  perform from public.credit_learners learner where learner.person_id = any (learners) order by learner.person_id for update;

  -- Who is in the register already: by what stands of its records today.
  select array_agg(distinct coalesce(person.counts_as, person.id)) into here
  from public.class_register_entries entry
  join public.participations fact on fact.id = private.standing_record(entry.participation_id) and fact.status = 'attended'
  join public.persons person on person.id = fact.person_id
  where entry.register_id = register.id;

  with recorded as (
    insert into public.participations (key, person_id, kind, category_id, organised, role, residence_unit_id, area, host_unit_id, groups, birth_year, sex,
      started_at, ended_at, in_vacation, hours, status, sign_in_method, confirmed_by, channel, venue_id, entry_source, entered_by)
    -- Whoever was taken back and came after all gets a record of its own.
    select concat_ws(':', 'class', register.id, person.id, nullif((select count(*) from public.class_register_entries before
        where before.register_id = register.id and before.person_id = person.id), 0)),
      person.id, 'training', register.category_id, true, 'learner', home.id, home.area, of_unit_id,
      private.groups_of(person.id, person.birth_year, register.held_on), person.birth_year, person.sex, register.started_at, ends_at,
      private.in_vacation(register.held_on), round(register.minutes / 60.0, 2), 'attended', 'register', auth.uid(), 'onsite', private.venue_named(register.venue, register.held_on), 'paper', auth.uid()
    from public.persons person join public.units home on home.id = private.home_on(person.id, register.held_on)
    where person.id = any (learners) and not person.id = any (coalesce(here, '{}')) and not private.in_other_class(person.id, register.started_at, ends_at)
    order by person.id
    returning id, key, person_id
  ), entered as (
    insert into public.class_register_entries (participation_id, register_id, person_id, entered_by)
    select recorded.id, register.id, recorded.person_id, auth.uid() from recorded
  )
  select array_agg(recorded.id order by recorded.person_id), array_agg(recorded.key order by recorded.person_id) into facts, keys from recorded;
  if facts is not null then
    select count(*) into credited from private.award_class(facts, keys, 'attendance', register.minutes) posting where posting.outcome <> 'refused';
    perform private.audit('class_recorded', 'class_register', register.id::text, of_unit_id, jsonb_build_object('people', cardinality(facts), 'credited', credited));
  end if;

  return query
  with asked as (
    select list.place::integer as place, list.person_id as asked_id, coalesce(named.counts_as, named.id) as person_id,
      row_number() over (partition by coalesce(named.counts_as, named.id, list.person_id) order by list.place) as time
    from unnest(person_ids) with ordinality as list (person_id, place) left join public.persons named on named.id = list.person_id
  ), answered as (
    select distinct on (coalesce(person.counts_as, person.id)) coalesce(person.counts_as, person.id) as person_id, fact.id, entry.participation_id = any (coalesce(facts, '{}')) as is_new
    from public.class_register_entries entry
    join public.participations fact on fact.id = private.standing_record(entry.participation_id) and fact.status = 'attended'
    join public.persons person on person.id = fact.person_id
    where entry.register_id = register.id
    order by coalesce(person.counts_as, person.id), entry.participation_id desc
  )
  select register.id, asked.place, coalesce(person.id, asked.asked_id), person.name, person.birth_year, home.name,
    not home.path operator(extensions.<@) around,
    case when person.id is null or asked.time > 1 then 'refused' else coalesce(posting.outcome, 'refused') end,
    case when person.id is null then 'person_unknown' when asked.time > 1 then 'named_twice' when answered.id is null then 'other_class_then' else posting.reason end,
    asked.time = 1 and coalesce(answered.is_new, false), case when asked.time = 1 then coalesce(posting.minutes, 0) else 0 end,
    case when asked.time = 1 then coalesce(posting.milli_credits, 0) else 0 end
  from asked
  left join public.persons person on person.id = asked.person_id and person.id = any (coalesce(learners, '{}'))
  left join public.units home on home.id = person.residence_unit_id
  left join answered on answered.person_id = person.id
  left join lateral private.record_credit(answered.id) posting on true
  order by asked.place;
end $$;


-- As before, with where it was: with the session, or at the place that the call names.
create or replace function private.settle_service(of_person_id bigint, acting_place_id bigint default null, reason text default null) returns integer
language plpgsql volatile set search_path = '' as $$
declare
  due record;
  before public.service_records;
  fed public.participations;
  new_kind text;
  record_id bigint;
  fact_id bigint;
  written integer := 0;
begin
  perform private.hold_learner(of_person_id);
  delete from private.service_recounts mark where mark.person_id in (select private.rows_of_person(of_person_id));
  for due in
    select place.id as place_id, place.person_id, place.confirmed_from, place.confirmed_to, place.proof, place.withdrawn_at, coalesce(counted.minutes, 0) as minutes,
      coalesce(counted.class_minutes, 0) as class_minutes, coalesce(counted.overlap_minutes, 0) as overlap_minutes, coalesce(counted.cap_minutes, 0) as cap_minutes,
      coalesce(counted.rest_minutes, 0) as rest_minutes, opportunity.unit_id, opportunity.category_id, opportunity.role, opportunity.title, opportunity.venue, shift.session_id
    from public.service_places place
    join public.service_shifts shift on shift.id = place.shift_id join public.service_opportunities opportunity on opportunity.id = shift.opportunity_id
    left join private.count_service(of_person_id) counted on counted.place_id = place.id
    where place.person_id in (select private.rows_of_person(of_person_id)) and place.confirmed_from is not null
    order by place.id
  loop
    before := private.standing_service(due.place_id);
    new_kind := case when before.id is null then 'confirmed' when due.place_id is distinct from acting_place_id then 'recounted' when due.withdrawn_at is not null then 'withdrawn' else 'corrected' end;
    if before.id is not null and (before.minutes, before.started_at, before.ended_at, before.proof, before.kind = 'withdrawn')
      = (due.minutes, due.confirmed_from, due.confirmed_to, due.proof, due.withdrawn_at is not null) then continue; end if;
    record_id := nextval(pg_get_serial_sequence('public.service_records', 'id'));
    -- What the row before fed, as it stands: corrected by this one, and its credits with it.
    select fact.* into fed from public.participations fact where fact.id = private.standing_record(before.participation_id) and fact.status = 'attended';
    fact_id := null;
    if due.minutes > 0 or fed.id is not null then
      insert into public.participations (key, person_id, kind, category_id, programme, organised, role, person_role, residence_unit_id, area, host_unit_id, groups, birth_year, sex, started_at, ended_at,
        in_vacation, hours, status, sign_in_method, confirmed_by, channel, venue_id, entry_source, entered_by, corrects)
      select 'service:' || record_id, person.id, 'volunteer_service', due.category_id, due.title, true, 'volunteer', due.role, coalesce(fed.residence_unit_id, home.id), coalesce(fed.area, home.area), due.unit_id,
        coalesce(fed.groups, private.groups_of(person.id, person.birth_year, private.china_date(due.confirmed_from))), person.birth_year, person.sex, due.confirmed_from, due.confirmed_to,
        private.in_vacation(private.china_date(due.confirmed_from)), due.minutes / 60.0, case when due.minutes > 0 then 'attended' else 'corrected' end, due.proof, auth.uid(), 'onsite',
        coalesce(fed.venue_id, private.venue_of_session(due.session_id), private.venue_named(due.venue, private.china_date(due.confirmed_from))),
        case due.proof when 'scanned' then 'scan' else 'paper' end, auth.uid(), fed.id
      from public.persons person join public.units home on home.id = private.home_on(person.id, private.china_date(due.confirmed_from)) where person.id = due.person_id
      returning id into fact_id;
      if fed.id is null then perform private.award_credit('service:' || record_id, fact_id, 'volunteer_service', due.minutes); end if;
    end if;
    insert into public.service_records (id, place_id, person_id, kind, started_at, ended_at, minutes, class_minutes, overlap_minutes, cap_minutes, rest_minutes, proof, reason, by_account, corrects, participation_id)
    overriding system value
    values (record_id, due.place_id, due.person_id, new_kind, due.confirmed_from, due.confirmed_to, due.minutes, due.class_minutes, due.overlap_minutes, due.cap_minutes, due.rest_minutes, due.proof,
      case when new_kind in ('corrected', 'withdrawn', 'confirmed') then nullif(trim(settle_service.reason), '') end, auth.uid(), before.id, fact_id);
    written := written + 1;
  end loop;
  return written;
end $$;


-- As before, with what the list says of fee and profit.
create or replace function private.write_import_facts(of_import_id bigint, from_line integer, to_line integer) returns integer
language plpgsql volatile security definer set search_path = '' as $$
declare
  written integer;
begin
  with rows_of as (
    select staged.*, home.id as home_id, home.area as home_area, person.birth_year as born, person.sex as own_sex,
      private.china_date(staged.started_at) as day
    from private.import_rows staged
    join public.persons person on person.id = staged.person_id
    -- Nearly nobody has moved: only of those who have is it asked where they lived.
    join public.units home on home.id = case when exists (select from public.person_moves move where move.person_id = person.id)
      then private.home_on(person.id, private.china_date(staged.started_at)) else person.residence_unit_id end
    where staged.import_id = of_import_id and staged.line between from_line and to_line and staged.state = 'good'
  ), by_age as materialized (
    select age, (select array_agg(id order by id) from public.population_groups known where known.ages @> age or known.id = 'resident') as groups
    from generate_series(-1, 130) age
  ), entered as (
    select rows_of.line, array_agg(distinct entry.group_id) as groups
    from rows_of join public.person_groups entry on entry.person_id = rows_of.person_id
      and entry.valid_from <= rows_of.day and (entry.valid_to is null or entry.valid_to >= rows_of.day)
    group by rows_of.line
  ), held as materialized (
    -- A list that names its session was where that was, and what was filed shows it.
    select one.session_id, private.venue_of_session(one.session_id) as venue_id, private.evidence_of_session(one.session_id) as filed
    from (select distinct rows_of.session_id from rows_of where rows_of.session_id is not null) one
  )
  insert into public.participations (key, person_id, kind, form, category_id, programme, organised, role, residence_unit_id, area, host_unit_id,
    delivering_department, groups, birth_year, sex, started_at, ended_at, in_vacation, hours, status, sign_in_method, confirmed_by, channel, venue_id, evidence_ids,
    fee_fen, for_profit, entry_source, entered_by, import_id, corrects)
  select rows_of.key, coalesce(earlier.person_id, rows_of.person_id), rows_of.kind, rows_of.form, rows_of.category_id, rows_of.programme, true, rows_of.role,
    coalesce(earlier.residence_unit_id, rows_of.home_id), coalesce(earlier.area, rows_of.home_area), rows_of.host_unit_id, rows_of.department,
    case when earlier.id is not null then earlier.groups when entered.groups is null then coalesce(by_age.groups, '{resident}')
      else (select array_agg(id order by id) from (select unnest(coalesce(by_age.groups, '{resident}')) as id union select unnest(entered.groups)) both_kinds) end,
    case when earlier.id is null then rows_of.born else earlier.birth_year end, case when earlier.id is null then rows_of.own_sex else earlier.sex end,
    rows_of.started_at, rows_of.ended_at, private.in_vacation(rows_of.day), rows_of.hours, 'attended', 'list',
    import.created_by, 'onsite', coalesce(earlier.venue_id, held.venue_id), coalesce(earlier.evidence_ids, held.filed, '{}'),
    coalesce(rows_of.fee_fen, earlier.fee_fen, 0), coalesce(rows_of.for_profit, earlier.for_profit, false), 'import', import.created_by, import.id, rows_of.corrects
  from rows_of
  join public.imports import on import.id = of_import_id
  left join by_age on by_age.age = extract(year from rows_of.day)::integer - rows_of.born
  left join entered on entered.line = rows_of.line
  left join held on held.session_id = rows_of.session_id
  left join public.participations earlier on earlier.id = rows_of.corrects
  order by rows_of.line
  on conflict (key) do nothing;
  get diagnostics written = row_count;
  return written;
end $$;


-- As before; where it was and what showed it stays.
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
    sign_in_method, with_guardian, guardian_id, guardian_consent, channel, fee_fen, for_profit, venue_id, evidence_ids, entry_source, entered_by, corrects)
  select case when earlier.id is null then 'taken-back:' else 'restored:' end || of_import_id || ':' || fact.id, said.person_id, said.kind, said.form,
    said.category_id, said.programme, said.course_id, said.lesson_id, said.organised, said.role, said.person_role, said.employment, said.residence_unit_id, said.area,
    said.host_unit_id, said.delivering_department, said.groups, said.birth_year, said.sex, said.started_at, said.ended_at, said.in_vacation,
    case when earlier.id is null then 0 else earlier.hours end, case when earlier.id is null then 'cancelled' else earlier.status end,
    said.sign_in_method, said.with_guardian, said.guardian_id, said.guardian_consent, said.channel, said.fee_fen, said.for_profit, said.venue_id, said.evidence_ids, 'import',
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


drop function public.person_participations(bigint, integer);
-- As before, with where it was, what it cost and what shows it.
create function public.person_participations(of_person_id bigint, counted_year integer)
returns table (participation_id bigint, started_at timestamptz, ended_at timestamptz, kind text, category_id text, category_zh text, category_en text, course text,
  lesson text, title text, host text, home text, hours numeric, status text, role text, channel text, entry_source text, entered_at timestamptz,
  corrects bigint, corrected_by bigint, counts boolean, what text, reason text, under_person_id bigint,
  venue text, fee_fen integer, for_profit boolean, evidence jsonb)
language sql stable set search_path = ''
begin atomic
  select fact.id, fact.started_at, fact.ended_at, fact.kind, fact.category_id, category.zh, category.en, course.title, lesson.title, private.record_title(fact.id), host.name, home.name,
    fact.hours, fact.status, fact.role, fact.channel, fact.entry_source, fact.entered_at, fact.corrects, later.id,
    fact.status = 'attended' and fact.role in ('learner', 'guardian') and later.id is null, correction.what, correction.reason,
    fact.person_id, venue.name, fact.fee_fen, fact.for_profit, private.record_evidence(fact.id)
  from public.persons asked
  join public.persons one on coalesce(one.counts_as, one.id) = coalesce(asked.counts_as, asked.id)
    and (one.id = coalesce(asked.counts_as, asked.id) or one.counts_as = coalesce(asked.counts_as, asked.id))
  join public.participations fact on fact.person_id = one.id and fact.year = counted_year
  join public.units home on home.id = fact.residence_unit_id
  left join public.participations later on later.corrects = fact.id
  left join public.corrections correction on correction.participation_id = fact.id
  left join public.categories category on category.id = fact.category_id
  left join public.courses course on course.id = fact.course_id
  left join public.lessons lesson on lesson.id = fact.lesson_id
  left join public.units host on host.id = fact.host_unit_id
  left join public.venues venue on venue.id = fact.venue_id
  where asked.id = of_person_id
  order by fact.started_at desc, fact.id desc;
end;
grant execute on function private.record_evidence(bigint), public.person_participations(bigint, integer) to authenticated;
