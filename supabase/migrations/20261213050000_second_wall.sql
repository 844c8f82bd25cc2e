-- What only some may know, told to others by functions and policies of before: each as it was but for what is named above it.

-- Whoever enters the trainings of a department reads and acts on the lists that it brought in itself; lists of others, with their names and numbers,
-- are read by whoever registers people there. A post that ended reads no list any more.
alter policy "Imports are read by who made them and by those who may make them there" on public.imports
  using (case kind
    when 'participation' then unit_id in (select private.my_units('people')) or created_by = (select auth.uid()) and unit_id in (select private.my_units('trainings'))
    when 'persons' then unit_id in (select private.my_units('people'))
    when 'populations' then unit_id in (select private.my_units('populations'))
    when 'units' then unit_id in (select private.my_units('network'))
    when 'activities' then unit_id in (select private.my_units('activities'))
  end);

-- Whether the asker may read and act on an import.
create function private.may_handle_import(of_import public.imports) returns boolean
language sql stable set search_path = ''
return of_import.unit_id in (select private.my_units(private.import_sight(of_import.kind)))
  and (of_import.kind <> 'participation' or of_import.created_by = auth.uid() or of_import.unit_id in (select private.my_units('people')));

create or replace function private.require_import(import_id bigint, states text[]) returns public.imports
language plpgsql volatile set search_path = '' as $$
declare
  found_import public.imports;
begin
  if auth.uid() is null then perform private.refuse(401, 'sign_in_needed'); end if;
  select * into found_import from public.imports where id = require_import.import_id for update;
  if found_import.id is null then perform private.refuse(404, 'import_unknown'); end if;
  perform private.require_sight(found_import.unit_id, private.import_sight(found_import.kind));
  if not private.may_handle_import(found_import) then perform private.refuse(403, 'import_of_others'); end if;
  if found_import.state <> all (states) then
    perform private.refuse(409, 'import_state', jsonb_build_object('state', found_import.state));
  end if;
  return found_import;
end $$;

create or replace function public.import_standing(import_id bigint) returns jsonb
language sql stable security definer set search_path = ''
return (
  select jsonb_build_object(
    'progress', (select jsonb_build_object('phase', progress.phase, 'done', progress.done, 'total', progress.total,
      'seconds', extract(epoch from progress.at - progress.began_at), 'silentSeconds', extract(epoch from clock_timestamp() - progress.at))
      from private.import_progress progress where progress.import_id = asked.id),
    'byName', coalesce((select person.name from identity.accounts account join public.persons person on person.id = account.person_id where account.id = asked.created_by), ''),
    'sameFile', (select jsonb_build_object('id', earlier.id, 'appliedAt', earlier.applied_at, 'byName', person.name, 'unit', unit.name)
      from public.imports earlier
      join public.units unit on unit.id = earlier.unit_id
      left join identity.accounts account on account.id = earlier.created_by
      left join public.persons person on person.id = account.person_id
      where earlier.file_sha256 = asked.file_sha256 and earlier.kind = asked.kind and earlier.id <> asked.id and earlier.state = 'applied'
        and private.may_handle_import(earlier)
      order by earlier.applied_at desc limit 1))
  from public.imports asked
  where asked.id = import_standing.import_id and private.may_handle_import(asked)
);

-- Who booked a room tells the purpose and the phone to whoever keeps it and to their own; others read that it is taken, when and by which unit.
create or replace function public.venue_at_desk(of_venue_id integer, of_year integer) returns jsonb
language plpgsql stable security definer set search_path = '' as $$
declare
  venue public.venues;
  keeps boolean;
begin
  if auth.uid() is null then perform private.refuse(401, 'sign_in_needed'); end if;
  if not exists (select from private.my_units('activities')) then perform private.refuse(403, 'post_lacks_sight'); end if;
  select * into venue from public.venues one where one.id = of_venue_id;
  if not found then perform private.refuse(404, 'venue_unknown'); end if;
  keeps := venue.unit_id in (select private.my_units('activities'));
  return (
    select jsonb_build_object('id', venue.id, 'code', venue.code, 'version', venue.version, 'name', venue.name, 'kind', venue.kind, 'address', venue.address, 'way', venue.way, 'summary', venue.summary,
      'contactPost', venue.contact_post, 'phone', venue.contact_phone, 'access', venue.access, 'photo', venue.photo, 'closedOn', venue.closed_on, 'unit', jsonb_build_object('code', keeper.code, 'name', keeper.name),
      'keeps', keeps, 'mayDecide', venue.unit_id in (select private.my_units('approval')),
      'rooms', (select coalesce(jsonb_agg(jsonb_build_object('id', room.id, 'name', room.name, 'seats', room.seats, 'equipment', room.equipment) order by room.id), '[]') from public.venue_rooms room where room.venue_id = venue.id and room.closed_on is null),
      'hours', (select coalesce(jsonb_agg(jsonb_build_object('weekday', known.weekday, 'from', lower(known.minutes), 'until', upper(known.minutes)) order by known.weekday, known.minutes), '[]')
        from public.venue_hours known where known.venue_id = venue.id and known.valid @> private.china_date(now())),
      'days', (select coalesce(jsonb_agg(jsonb_build_object('day', known.day, 'from', lower(known.minutes), 'until', upper(known.minutes), 'note', known.note) order by known.day), '[]')
        from public.venue_days known where known.venue_id = venue.id and known.day >= private.china_date(now())),
      'bookings', (select coalesce(jsonb_agg(jsonb_build_object('id', booking.id, 'room', room.name, 'startsAt', lower(booking.during), 'endsAt', upper(booking.during), 'status', booking.status, 'isSession', booking.session_id is not null,
          'purpose', case when known.told then booking.purpose end, 'team', case when known.told then booking.team end, 'phone', case when known.told then booking.contact_phone end,
          'by', booker.name, 'reason', case when known.told then booking.reason end, 'isOurs', known.is_ours) order by lower(booking.during), booking.id), '[]')
        from public.venue_rooms room join public.venue_bookings booking on booking.room_id = room.id and upper(booking.during) > now() and booking.during && tstzrange(now(), now() + interval '120 days')
        join public.units booker on booker.id = booking.by_unit_id
        cross join lateral (select ours.is_ours, keeps or ours.is_ours as told from (select booking.by_unit_id in (select private.my_units('activities')) as is_ours) ours) known
        where room.venue_id = venue.id and (booking.status = 'approved' or keeps or booking.by_unit_id in (select private.my_units('activities')))),
      'visits', case when keeps then (select coalesce(jsonb_agg(jsonb_build_object('day', last.day, 'visitors', last.visitors, 'note', last.note) order by last.day desc), '[]')
        from (select * from public.venue_visits one where one.venue_id = venue.id order by one.day desc limit 14) last) else '[]' end,
      'use', (select jsonb_build_object('openMinutes', used.open_minutes, 'bookings', used.bookings, 'bookedMinutes', used.booked_minutes, 'visits', used.visits, 'countedDays', used.counted_days) from private.venue_use(venue.id, of_year) used))
    from public.units keeper where keeper.id = venue.unit_id);
end $$;

-- Credits of few are hidden from whoever sees no names at the unit, as hours and attendances are.
create or replace function public.credits_of_unit(in_unit_id integer, counted_year integer) returns bigint
language plpgsql stable security definer set search_path = '' as $$
begin
  if not private.sees_unit(in_unit_id, 'figures') then return 0; end if;
  if not private.sees_unit(in_unit_id, 'names') and in_unit_id in (select private.hidden_in_group(in_unit_id, counted_year, 'all', 'resident')) then return null; end if;
  return (
    select coalesce(sum(posting.milli_credits), 0)
    from public.units inside
    join public.units home on home.path operator(extensions.<@) inside.path
    join public.participations fact on fact.residence_unit_id = home.id and fact.year = counted_year
    join public.credit_postings posting on posting.participation_id = fact.id
    where inside.id = in_unit_id);
end $$;

-- The children in the asker's care, while they are children.
create or replace function public.my_children()
returns table (person_id bigint, name text, birth_year smallint, relation text, consent boolean)
language sql stable security definer set search_path = ''
begin atomic
  select distinct on (coalesce(child.counts_as, child.id)) coalesce(child.counts_as, child.id), child.name, child.birth_year, link.relation, link.consent
  from public.guardians link join public.persons child on child.id = link.child_id
  where link.guardian_id in (select private.my_person_ids()) and (link.valid_to is null or link.valid_to >= private.china_date(now())) and not private.is_surely_adult(child.birth_year)
  order by coalesce(child.counts_as, child.id), link.id;
end;

-- A group is told where no single person could be made out by it: five in it at least, nobody or five outside it, and nobody or five between it and
-- a larger one that is told: of 14 minors and 11 of school age three would be younger.
create or replace function private.session_facts(of_session_id bigint) returns jsonb
language sql stable set search_path = ''
begin atomic
  with present as (
    select fact.* from public.session_records record
    join public.participations fact on fact.id = private.standing_record(record.participation_id) and fact.status = 'attended'
    where record.session_id = of_session_id
  ), counted as (
    select count(*)::integer as people from present
  ), grouped as (
    select known.zh, known.en, known.position, known.ages, count(*)::integer as people
    from present join public.population_groups known on known.id = any (present.groups) and known.ages is not null and known.id <> 'resident' group by known.id
  ), told as (
    select grouped.* from grouped, counted
    where grouped.people >= 5 and (counted.people - grouped.people = 0 or counted.people - grouped.people >= 5)
      and not exists (select from grouped larger where larger.ages && grouped.ages and larger.people - grouped.people between 1 and 4)
  )
  select jsonb_build_object('people', counted.people,
    'groups', coalesce((select jsonb_agg(jsonb_build_object('zh', told.zh, 'en', told.en, 'people', told.people) order by told.position) from told), '[]'))
  from counted;
end;
