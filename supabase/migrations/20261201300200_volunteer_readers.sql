-- What pages read of volunteers: residents what is asked for and what they served, staff their registry, rosters and disputes, and the
-- share of residents who serve.

-- What is asked of volunteers in a place (null: everywhere), with its shifts to come, the next first. Visitors ask too: it reads as the caller.
create function public.find_service(near_unit_id integer default null, page_size integer default 20, skip integer default 0)
returns table (code text, title text, role text, about text, unit_name text, team_name text, venue text, contact_phone text, category_id text, shifts jsonb, next_at timestamptz, total integer)
language sql stable set search_path = ''
begin atomic
  select one.code, one.title, one.role, one.about, unit.name, team.name, one.venue, one.contact_phone, one.category_id, coming.shifts, coming.next_at, (count(*) over ())::integer
  from public.service_opportunities one join public.units unit on unit.id = one.unit_id left join public.volunteer_teams team on team.id = one.team_id
  cross join lateral (
    select min(shift.starts_at) as next_at, jsonb_agg(jsonb_build_object('id', shift.id, 'startsAt', shift.starts_at, 'endsAt', shift.ends_at, 'capacity', shift.capacity, 'free', shift.capacity - shift.taken)
      order by shift.starts_at, shift.id) as shifts
    from public.service_shifts shift where shift.opportunity_id = one.id and shift.cancelled_at is null and shift.starts_at > now()
  ) coming
  where one.published_at is not null and one.cancelled_at is null and coming.next_at is not null
    and (near_unit_id is null or unit.path operator(extensions.<@) (select place.path from public.units place where place.id = near_unit_id))
  order by coming.next_at, one.id limit least(greatest(page_size, 1), 50) offset greatest(skip, 0);
end;
grant execute on function public.find_service(integer, integer, integer) to anon, authenticated;

-- Where the asking person may register: the places it lives in, and the schools of its township; each with its teams.
create function public.volunteer_units() returns table (unit_id integer, name text, teams jsonb)
language sql stable security definer set search_path = ''
begin atomic
  with home as (
    select unit.path, (select above.path from public.units above where unit.path operator(extensions.<@) above.path and above.level = 'township' limit 1) as township
    from public.persons person join public.units unit on unit.id = person.residence_unit_id where person.id = private.my_person_id()
  )
  select unit.id, unit.name, coalesce((select jsonb_agg(jsonb_build_object('id', team.id, 'name', team.name) order by team.name) from public.volunteer_teams team
    where team.unit_id = unit.id and team.closed_on is null), '[]')
  from home join public.units unit on home.path operator(extensions.<@) unit.path or unit.kind_id <> 'administration' and unit.path operator(extensions.<@) home.township
  where unit.closed_on is null order by extensions.nlevel(unit.path) desc, unit.name limit 30;
end;

-- The asking person's registration, the last that there was, with the hours that stand.
create function public.my_volunteering()
returns table (id bigint, status text, unit_name text, team_name text, source text, employer text, skills text, asked_at timestamptz, reason text, minutes integer, times integer, shift_ids bigint[])
language sql stable security definer set search_path = ''
begin atomic
  select one.id, one.status, unit.name, team.name, one.source, one.employer, one.skills, one.asked_at, one.reason, coalesce(served.minutes, 0)::integer, coalesce(served.times, 0)::integer,
    array(select place.shift_id from public.service_places place where place.person_id in (select private.my_person_ids()) and place.status = 'taken' order by 1)
  from public.volunteers one join public.units unit on unit.id = one.unit_id left join public.volunteer_teams team on team.id = one.team_id
  cross join lateral (
    select sum(standing.minutes) as minutes, count(*) filter (where standing.minutes > 0) as times
    from public.service_places place cross join lateral private.standing_service(place.id) standing where place.person_id in (select private.my_person_ids())
  ) served
  where one.person_id in (select private.my_person_ids()) order by one.status in ('asked', 'active') desc, one.id desc limit 1;
end;

-- Places of the asking person: those to come first by the clock, then those that were, the last first.
create function public.my_service(page_size integer default 100)
returns table (place_id bigint, shift_id bigint, title text, role text, unit_name text, venue text, starts_at timestamptz, ends_at timestamptz, status text, cancel_reason text, came_at timestamptz, left_at timestamptz,
  kind text, started_at timestamptz, ended_at timestamptz, minutes integer, class_minutes integer, overlap_minutes integer, cap_minutes integer, rest_minutes integer, proof text, reason text,
  versions integer, milli_credits bigint, backfill text, dispute_words text, dispute_due date, dispute_outcome text, dispute_answer text, is_coming boolean)
language plpgsql stable security definer set search_path = '' as $$
#variable_conflict use_column
begin
  if auth.uid() is null then perform private.refuse(401, 'sign_in_needed'); end if;
  return query
  select place.id, shift.id, opportunity.title, opportunity.role, unit.name, opportunity.venue, shift.starts_at, shift.ends_at, place.status, shift.cancel_reason,
    (private.standing_check(place.id, 'in')).at, (private.standing_check(place.id, 'out')).at, standing.kind, standing.started_at, standing.ended_at, standing.minutes, standing.class_minutes,
    standing.overlap_minutes, standing.cap_minutes, standing.rest_minutes, standing.proof, standing.reason, (select count(*)::integer from public.service_records record where record.place_id = place.id),
    coalesce(posting.milli_credits, 0), (select case when later.decided_at is null then 'waits' when later.agrees then 'agreed' else 'refused' end from public.service_backfills later where later.place_id = place.id order by later.id desc limit 1),
    dispute.words, dispute.due_on, dispute.outcome, dispute.answer, shift.ends_at > now() and shift.cancelled_at is null
  from public.service_places place join public.service_shifts shift on shift.id = place.shift_id join public.service_opportunities opportunity on opportunity.id = shift.opportunity_id
  join public.units unit on unit.id = opportunity.unit_id
  left join lateral private.standing_service(place.id) standing on true
  left join lateral private.record_credit(private.standing_record(standing.participation_id)) posting on true
  left join lateral (select one.* from public.service_disputes one where one.place_id = place.id order by one.id desc limit 1) dispute on true
  where place.person_id in (select private.my_person_ids()) and place.status <> 'cancelled'
  order by shift.ends_at > now() and shift.cancelled_at is null desc, case when shift.ends_at > now() then shift.starts_at end, shift.starts_at desc limit least(greatest(page_size, 1), 500);
end $$;

-- Certificates of service of the asking person, the newest first.
create function public.my_service_certificates() returns table (code text, number text, from_day date, until_day date, minutes integer, issued_at timestamptz, is_signed boolean, revoked_at timestamptz)
language sql stable security definer set search_path = ''
begin atomic
  select credential.code, credential.snapshot ->> 'number', one.from_day, one.until_day, (credential.snapshot ->> 'minutes')::integer, credential.issued_at, credential.document is not null, credential.revoked_at
  from public.service_certificates one join public.credentials credential on credential.id = one.credential_id
  where credential.person_id in (select private.my_person_ids()) order by credential.id desc limit 50;
end;

-- ── the desk ────────────────────────────────────────────────────────────────────────────────────────────────────────

-- Volunteers: who registered in a unit and those below it, or (`by_home`) who lives there, which is what the share counts. Hours are
-- those of the days asked for.
create function public.volunteers_at_desk(in_unit_id integer, of_status text default null, query text default '', by_home boolean default false, only_served boolean default false,
  from_day date default null, until_day date default null, page_size integer default 30, skip integer default 0)
returns table (id bigint, person_id bigint, name text, birth_year smallint, home text, unit_name text, team_id integer, team_name text, source text, employer text, skills text, status text, by_self boolean,
  asked_at timestamptz, trainings integer, minutes integer, times integer, last_at timestamptz, is_own boolean, total integer)
language plpgsql stable security definer set search_path = '' as $$
#variable_conflict use_column
begin
  perform private.require_sight(in_unit_id, case when by_home then 'names' else 'people' end);
  return query
  with inside as materialized (
    select place.id from public.units above join public.units place on place.path operator(extensions.<@) above.path where above.id = in_unit_id
  ), known as (
    select one.*, person.name, person.pinyin, person.initials, person.birth_year, home.name as home, served.*
    from public.volunteers one join public.persons named on named.id = one.person_id join public.persons person on person.id = coalesce(named.counts_as, named.id)
    join public.units home on home.id = person.residence_unit_id
    cross join lateral (
      select coalesce(sum(standing.minutes), 0)::integer as minutes, (count(*) filter (where standing.minutes > 0))::integer as times, max(standing.started_at) filter (where standing.minutes > 0) as last_at
      from public.service_places place cross join lateral private.standing_service(place.id) standing
      where place.person_id in (select private.rows_of_person(person.id)) and (from_day is null or private.china_date(standing.started_at) >= from_day) and (until_day is null or private.china_date(standing.started_at) <= until_day)
    ) served
    where case when by_home then home.id in (select inside.id from inside) else one.unit_id in (select inside.id from inside) end
      and (of_status is null or one.status = of_status)
      and (volunteers_at_desk.query = '' or strpos(person.name, volunteers_at_desk.query) > 0 or strpos(coalesce(person.pinyin, '') || ' ' || coalesce(person.initials, ''), lower(volunteers_at_desk.query)) > 0)
  ), shown as (
    select known.*, (count(*) over ())::integer as total from known where not only_served or known.times > 0
    order by known.status = 'asked' desc, coalesce(known.pinyin, known.name), known.id limit least(greatest(page_size, 1), 200) offset greatest(skip, 0)
  )
  select shown.id, shown.person_id, shown.name, shown.birth_year, shown.home, unit.name, shown.team_id, team.name, shown.source, shown.employer, shown.skills, shown.status, shown.by_self, shown.asked_at,
    (select count(*)::integer from public.volunteer_trainings training where training.volunteer_id = shown.id and training.taken_back_at is null),
    shown.minutes, shown.times, shown.last_at, shown.person_id in (select private.my_person_ids()), shown.total
  from shown join public.units unit on unit.id = shown.unit_id left join public.volunteer_teams team on team.id = shown.team_id
  order by shown.status = 'asked' desc, coalesce(shown.pinyin, shown.name), shown.id;
end $$;

create function public.teams_at_desk(in_unit_id integer)
returns table (id integer, unit_id integer, unit_name text, name text, about text, founded_on date, closed_on date, members integer, minutes bigint, may_change boolean)
language plpgsql stable security definer set search_path = '' as $$
#variable_conflict use_column
begin
  perform private.require_sight(in_unit_id, 'people');
  return query
  select team.id, unit.id, unit.name, team.name, team.about, team.founded_on, team.closed_on, (select count(*)::integer from public.volunteers one where one.team_id = team.id and one.status = 'active'),
    coalesce((select sum(standing.minutes) from public.service_opportunities opportunity join public.service_shifts shift on shift.opportunity_id = opportunity.id
      join public.service_places place on place.shift_id = shift.id cross join lateral private.standing_service(place.id) standing where opportunity.team_id = team.id), 0), true
  from public.units inside join public.units unit on unit.path operator(extensions.<@) inside.path join public.volunteer_teams team on team.unit_id = unit.id
  where inside.id = in_unit_id order by team.closed_on is not null, unit.path, team.name limit 500;
end $$;

-- What a unit and those below it ask for: `coming`, `over` (with what is to be confirmed), `draft`, `cancelled`, or all.
create function public.service_at_desk(in_unit_id integer, of_opportunity_id bigint default null)
returns table (id bigint, code text, title text, role text, about text, venue text, contact_phone text, category_id text, unit_id integer, unit_name text, team_id integer, team_name text, state text, cancel_reason text, shifts jsonb)
language plpgsql stable security definer set search_path = '' as $$
#variable_conflict use_column
begin
  perform private.require_sight(in_unit_id, 'activities');
  return query
  select one.id, one.code, one.title, one.role, one.about, one.venue, one.contact_phone, one.category_id, one.unit_id, unit.name, one.team_id, team.name,
    case when one.cancelled_at is not null then 'cancelled' when one.published_at is null then 'draft' when dates.last_end > now() then 'coming' else 'over' end, one.cancel_reason, coalesce(dates.shifts, '[]')
  from public.units inside join public.units unit on unit.path operator(extensions.<@) inside.path join public.service_opportunities one on one.unit_id = unit.id
  left join public.volunteer_teams team on team.id = one.team_id
  cross join lateral (
    select max(shift.ends_at) as last_end, jsonb_agg(jsonb_build_object('id', shift.id, 'startsAt', shift.starts_at, 'endsAt', shift.ends_at, 'capacity', shift.capacity, 'taken', shift.taken, 'cancelReason', shift.cancel_reason,
      'isOver', shift.ends_at <= now(), 'unconfirmed', (select count(*) from public.service_places place where place.shift_id = shift.id and place.status <> 'cancelled' and place.confirmed_from is null
        and (private.standing_check(place.id, 'in')).id is not null)) order by shift.starts_at) as shifts
    from public.service_shifts shift where shift.opportunity_id = one.id
  ) dates
  where inside.id = in_unit_id and (of_opportunity_id is null or one.id = of_opportunity_id)
  order by one.cancelled_at is not null, dates.last_end desc nulls first, one.id desc limit 200;
end $$;

-- A shift and its people for whoever runs it.
create function public.service_shift_at_desk(of_shift_id bigint)
returns table (opportunity_id bigint, title text, role text, venue text, unit_id integer, unit_name text, starts_at timestamptz, ends_at timestamptz, capacity integer, taken integer, cancel_reason text)
language plpgsql stable security definer set search_path = '' as $$
#variable_conflict use_column
begin
  return query
  select one.id, one.title, one.role, one.venue, unit.id, unit.name, shift.starts_at, shift.ends_at, shift.capacity, shift.taken, shift.cancel_reason
  from public.service_shifts shift join public.service_opportunities one on one.id = shift.opportunity_id join public.units unit on unit.id = one.unit_id
  where shift.id = of_shift_id and one.unit_id in (select private.my_units('people'));
  if not found then perform private.refuse(404, 'shift_unknown'); end if;
end $$;

create function public.service_roster(of_shift_id bigint)
returns table (place_id bigint, person_id bigint, name text, home text, status text, came_at timestamptz, came_by text, left_at timestamptz, left_by text, kind text, started_at timestamptz, ended_at timestamptz,
  minutes integer, class_minutes integer, overlap_minutes integer, cap_minutes integer, rest_minutes integer, proof text, reason text, milli_credits bigint,
  backfill_id bigint, backfill_from timestamptz, backfill_to timestamptz, backfill_reason text, backfill_is_own boolean, dispute_id bigint, dispute_words text, dispute_due date, is_own boolean)
language plpgsql stable security definer set search_path = '' as $$
#variable_conflict use_column
begin
  perform public.service_shift_at_desk(of_shift_id);
  return query
  select place.id, person.id, person.name, home.name, place.status, came.at, came.proof, went.at, went.proof, standing.kind, standing.started_at, standing.ended_at, standing.minutes, standing.class_minutes,
    standing.overlap_minutes, standing.cap_minutes, standing.rest_minutes, standing.proof, standing.reason, coalesce(posting.milli_credits, 0),
    later.id, later.starts_at, later.ends_at, later.reason, later.asked_by = auth.uid(), dispute.id, dispute.words, dispute.due_on, place.person_id in (select private.my_person_ids())
  from public.service_places place join public.persons named on named.id = place.person_id join public.persons person on person.id = coalesce(named.counts_as, named.id) join public.units home on home.id = person.residence_unit_id
  left join lateral private.standing_check(place.id, 'in') came on true left join lateral private.standing_check(place.id, 'out') went on true
  left join lateral private.standing_service(place.id) standing on true
  left join lateral private.record_credit(private.standing_record(standing.participation_id)) posting on true
  left join public.service_backfills later on later.place_id = place.id and later.decided_at is null
  left join public.service_disputes dispute on dispute.place_id = place.id and dispute.answered_at is null
  where place.shift_id = of_shift_id and place.status <> 'cancelled' order by coalesce(person.pinyin, person.name), place.id;
end $$;

-- Disputes in a unit and those below it: the open ones first, the most urgent on top.
create function public.service_disputes_at_desk(in_unit_id integer, page_size integer default 50)
returns table (id bigint, place_id bigint, shift_id bigint, name text, title text, unit_name text, starts_at timestamptz, ends_at timestamptz, started_at timestamptz, ended_at timestamptz, minutes integer, words text,
  asked_at timestamptz, due_on date, days_left integer, outcome text, answer text, answered_at timestamptz, is_own boolean)
language plpgsql stable security definer set search_path = '' as $$
#variable_conflict use_column
begin
  perform private.require_sight(in_unit_id, 'people');
  return query
  select dispute.id, place.id, shift.id, person.name, opportunity.title, unit.name, shift.starts_at, shift.ends_at, standing.started_at, standing.ended_at, standing.minutes, dispute.words, dispute.asked_at, dispute.due_on,
    dispute.due_on - private.china_date(now()), dispute.outcome, dispute.answer, dispute.answered_at, place.person_id in (select private.my_person_ids())
  from public.units inside join public.units unit on unit.path operator(extensions.<@) inside.path
  join public.service_opportunities opportunity on opportunity.unit_id = unit.id join public.service_shifts shift on shift.opportunity_id = opportunity.id
  join public.service_places place on place.shift_id = shift.id join public.service_disputes dispute on dispute.place_id = place.id
  join public.persons named on named.id = place.person_id join public.persons person on person.id = coalesce(named.counts_as, named.id)
  left join lateral private.standing_service(place.id) standing on true
  where inside.id = in_unit_id order by dispute.answered_at is not null, case when dispute.answered_at is null then dispute.due_on end, dispute.id desc limit least(greatest(page_size, 1), 200);
end $$;

-- What waits for whom the asker is at the desk: registrations, disputes with the nearest day, hours to agree to, shifts to confirm.
create function public.service_due(in_unit_id integer) returns table (asked integer, disputes integer, due_on date, backfills integer, shifts integer)
language plpgsql stable security definer set search_path = '' as $$
#variable_conflict use_column
begin
  perform private.require_sight(in_unit_id, 'people');
  return query
  with inside as materialized (
    select place.id from public.units above join public.units place on place.path operator(extensions.<@) above.path where above.id = in_unit_id
  ), places as materialized (
    select place.id, place.confirmed_from, place.status, shift.id as shift_id, shift.ends_at, shift.cancelled_at from public.service_opportunities one join public.service_shifts shift on shift.opportunity_id = one.id
    join public.service_places place on place.shift_id = shift.id where one.unit_id in (select inside.id from inside)
  )
  select (select count(*)::integer from public.volunteers one where one.status = 'asked' and one.unit_id in (select inside.id from inside)),
    (select count(*)::integer from places join public.service_disputes one on one.place_id = places.id and one.answered_at is null),
    (select min(one.due_on) from places join public.service_disputes one on one.place_id = places.id and one.answered_at is null),
    (select count(*)::integer from places join public.service_backfills one on one.place_id = places.id and one.decided_at is null and one.asked_by <> auth.uid()),
    (select count(distinct places.shift_id)::integer from places where places.ends_at <= now() and places.ends_at > now() - interval '60 days' and places.cancelled_at is null and places.status = 'taken' and places.confirmed_from is null
      and (private.standing_check(places.id, 'in')).id is not null);
end $$;

-- The share of residents who serve: of a unit and those right below it, how many who live there are registered and have a confirmed
-- hour in the days asked for (DOMAIN.md, rule 10), beside the residents of that year. No population, no share.
create function public.volunteer_share(in_unit_id integer, from_day date, until_day date)
returns table (unit_id integer, code text, name text, is_parent boolean, registered integer, served integer, minutes bigint, residents bigint, source text, missing_count integer, missing_names text[])
language plpgsql stable security definer set search_path = '' as $$
#variable_conflict use_column
begin
  perform private.require_sight(in_unit_id, 'figures');
  if from_day is null or until_day is null or until_day < from_day then perform private.refuse(422, 'service_days_invalid', '{"field": "until"}'); end if;
  return query
  with shown as materialized (
    select unit.id, unit.code, unit.name, unit.path, unit.id = in_unit_id as is_parent from public.units inside
    join public.units unit on unit.id = inside.id or unit.parent_id = inside.id and unit.kind_id = 'administration' and unit.closed_on is null where inside.id = in_unit_id
  ), people as materialized (
    select person.id, home.path, bool_or(one.status = 'active') as is_registered, (
      select coalesce(sum(standing.minutes), 0) from public.service_places place cross join lateral private.standing_service(place.id) standing
      where place.person_id in (select private.rows_of_person(person.id)) and private.china_date(standing.started_at) between from_day and until_day) as minutes
    from public.volunteers one join public.persons named on named.id = one.person_id join public.persons person on person.id = coalesce(named.counts_as, named.id)
    join public.units home on home.id = person.residence_unit_id
    where one.status in ('active', 'ended') and home.path operator(extensions.<@) (select inside.path from public.units inside where inside.id = in_unit_id)
    group by person.id, home.path
  )
  select shown.id, shown.code, shown.name, shown.is_parent, (count(people.id) filter (where people.is_registered))::integer, (count(people.id) filter (where people.is_registered and people.minutes > 0))::integer,
    coalesce(sum(people.minutes), 0)::bigint, denominator.population, denominator.source, denominator.missing_count, denominator.missing_names
  from shown left join people on people.path operator(extensions.<@) shown.path
  left join private.populations_of((select array_agg(one.id) from shown one), extract(year from until_day)::integer, array['resident']) denominator on denominator.unit_id = shown.id
  group by shown.id, shown.code, shown.name, shown.path, shown.is_parent, denominator.population, denominator.source, denominator.missing_count, denominator.missing_names
  order by shown.is_parent desc, shown.path;
end $$;

-- One volunteer for the desk: trainings and where it served.
create function public.volunteer_at_desk(of_volunteer_id bigint) returns jsonb
language plpgsql stable security definer set search_path = '' as $$
declare
  volunteer public.volunteers;
begin
  select * into volunteer from public.volunteers one where one.id = of_volunteer_id and one.unit_id in (select private.my_units('people'));
  if not found then perform private.refuse(404, 'volunteer_unknown'); end if;
  return jsonb_build_object('id', volunteer.id, 'unitId', volunteer.unit_id, 'teamId', volunteer.team_id, 'source', volunteer.source, 'employer', volunteer.employer, 'skills', volunteer.skills,
    'status', volunteer.status, 'askedAt', volunteer.asked_at, 'reason', volunteer.reason, 'bySelf', volunteer.by_self,
    'name', (select person.name from public.persons person where person.id = private.credit_learner(volunteer.person_id)), 'unit', (select unit.name from public.units unit where unit.id = volunteer.unit_id),
    'teams', (select coalesce(jsonb_agg(jsonb_build_object('id', team.id, 'name', team.name) order by team.name), '[]') from public.volunteer_teams team where team.unit_id = volunteer.unit_id and team.closed_on is null),
    'trainings', (select coalesce(jsonb_agg(jsonb_build_object('id', one.id, 'title', one.title, 'heldOn', one.held_on, 'hours', one.hours) order by one.held_on desc, one.id desc), '[]')
      from public.volunteer_trainings one where one.volunteer_id = volunteer.id and one.taken_back_at is null),
    'service', (select coalesce(jsonb_agg(jsonb_build_object('title', opportunity.title, 'unit', unit.name, 'startedAt', standing.started_at, 'minutes', standing.minutes, 'proof', standing.proof, 'kind', standing.kind) order by standing.started_at desc), '[]')
      from public.service_places place cross join lateral private.standing_service(place.id) standing join public.service_shifts shift on shift.id = place.shift_id
      join public.service_opportunities opportunity on opportunity.id = shift.opportunity_id join public.units unit on unit.id = opportunity.unit_id
      where place.person_id in (select private.rows_of_person(volunteer.person_id)) and standing.id is not null));
end $$;

grant execute on function public.volunteer_units(), public.my_volunteering(), public.my_service(integer), public.my_service_certificates(),
  public.volunteers_at_desk(integer, text, text, boolean, boolean, date, date, integer, integer), public.volunteer_at_desk(bigint), public.teams_at_desk(integer), public.service_at_desk(integer, bigint),
  public.service_shift_at_desk(bigint), public.service_roster(bigint), public.service_disputes_at_desk(integer, integer), public.service_due(integer), public.volunteer_share(integer, date, date) to authenticated;
