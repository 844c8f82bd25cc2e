-- By what it refuses and what it finds a function can be asked about whoever is not in one's sight: a number here, a number there. Such tries are limited, and
-- what came of them is on record.

-- ── volunteers who live elsewhere ───────────────────────────────────────────────────────────────────────────────────
-- A place tells name and village of whoever is put on it. Of a volunteer who lives elsewhere, found by number, that is sixty an hour, and each is in the log;
-- whoever is none is nobody that the asker could know of.

create function private.lives_elsewhere(of_person_id bigint) returns boolean
language sql stable set search_path = ''
return not exists (select from public.persons person where person.id = of_person_id and person.residence_unit_id in (select private.my_units('people')));

create function private.seek_volunteer_elsewhere(of_person_id bigint) returns void
language plpgsql volatile set search_path = '' as $$
declare
  wait integer;
begin
  if (private.live_volunteer(of_person_id)).status is distinct from 'active' then perform private.refuse(404, 'person_unknown', '{"field": "person"}'); end if;
  wait := identity.take('volunteer-elsewhere:' || auth.uid(), 60, '1 hour');
  if wait > 0 then perform private.refuse(429, 'too_many_tries', jsonb_build_object('field', 'person', 'secondsLeft', wait)); end if;
end $$;

create or replace function public.take_service_place(of_shift_id bigint, of_person_id bigint default null) returns table (place_id bigint, is_new boolean)
language plpgsql volatile security definer set search_path = '' as $$
#variable_conflict use_column
declare
  learner bigint := private.credit_learner(coalesce(of_person_id, private.my_person_id()));
  is_elsewhere boolean;
  is_self boolean := of_person_id is null or of_person_id in (select private.my_person_ids());
  shift public.service_shifts;
  opportunity public.service_opportunities;
  found_id bigint;
begin
  if auth.uid() is null then perform private.refuse(401, 'sign_in_needed'); end if;
  if learner is null and is_self then perform private.refuse(403, 'introduction_needed'); end if;
  select one.* into opportunity from public.service_shifts shift_ join public.service_opportunities one on one.id = shift_.opportunity_id where shift_.id = of_shift_id and one.published_at is not null;
  if not found or not is_self and opportunity.unit_id not in (select private.my_units('people')) then perform private.refuse(404, 'shift_unknown'); end if;
  is_elsewhere := not is_self and private.lives_elsewhere(learner);
  if is_elsewhere then perform private.seek_volunteer_elsewhere(learner); end if;
  if (private.live_volunteer(learner)).status is distinct from 'active' then
    perform private.refuse(409, case when (private.live_volunteer(learner)).status = 'asked' then 'volunteer_waiting' else 'volunteer_needed' end, '{"field": "person"}');
  end if;
  select * into strict shift from public.service_shifts one where one.id = of_shift_id for no key update;
  select place.id into found_id from public.service_places place where place.shift_id = shift.id and place.status <> 'cancelled' and place.person_id in (select private.rows_of_person(learner));
  if found then return query select found_id, false; return; end if;
  if shift.cancelled_at is not null then perform private.refuse(409, 'shift_cancelled', jsonb_build_object('reason', shift.cancel_reason)); end if;
  if shift.ends_at <= now() or is_self and shift.starts_at <= now() then perform private.refuse(409, 'shift_begun'); end if;
  if shift.taken >= shift.capacity then perform private.refuse(409, 'shift_full'); end if;
  update public.service_shifts one set taken = one.taken + 1 where one.id = shift.id;
  insert into public.service_places (shift_id, person_id, status, by_account) values (shift.id, learner, 'taken', auth.uid()) returning id into found_id;
  if is_elsewhere then perform private.audit('volunteer_from_elsewhere', 'person', learner::text, opportunity.unit_id); end if;
  return query select found_id, true;
end $$;

create or replace function public.add_session_helper(of_session_id bigint, of_person_id bigint, role text) returns bigint
language plpgsql volatile security definer set search_path = '' as $$
#variable_conflict use_column
declare
  session public.activity_sessions := private.session_to_attend(of_session_id);
  activity public.activities;
  learner bigint := private.credit_learner(of_person_id);
  is_elsewhere boolean := private.lives_elsewhere(learner);
  shift public.service_shifts;
  opportunity_id bigint;
  made bigint;
begin
  select * into strict activity from public.activities one where one.id = session.activity_id;
  if add_session_helper.role in ('主讲', '助教', '现场服务') is not true then perform private.refuse(422, 'helper_role_missing', '{"field": "role"}'); end if;
  if learner is null then perform private.refuse(404, 'person_unknown', '{"field": "person"}'); end if;
  if learner in (select private.my_person_ids()) then perform private.refuse(409, 'own_account', '{"field": "person"}'); end if;
  if is_elsewhere then perform private.seek_volunteer_elsewhere(learner); end if;
  if (private.live_volunteer(learner)).status is distinct from 'active' then perform private.refuse(409, 'volunteer_needed', '{"field": "person"}'); end if;
  -- Once it has begun its time stands.
  if session.starts_at > now() then perform private.refuse(409, 'session_not_begun', jsonb_build_object('startsAt', session.starts_at)); end if;
  if session.ends_at < now() - interval '3 days' then perform private.refuse(409, 'service_backfill_needed'); end if;
  select place.id into made from public.service_shifts one join public.service_places place on place.shift_id = one.id and place.status <> 'cancelled' and place.person_id in (select private.rows_of_person(learner))
  where one.session_id = session.id order by place.id limit 1;
  if found then return made; end if;

  insert into public.service_opportunities (code, unit_id, category_id, title, role, venue, activity_id, entered_by)
  values (private.new_activity_code(), activity.host_unit_id, activity.category_id, activity.title, add_session_helper.role, coalesce(nullif(trim(session.venue), ''), activity.venue), activity.id, auth.uid())
  on conflict (activity_id, role) where activity_id is not null do nothing;
  select one.id into strict opportunity_id from public.service_opportunities one where one.activity_id = activity.id and one.role = add_session_helper.role;
  select * into shift from public.service_shifts one where one.opportunity_id = opportunity_id and one.session_id = session.id for update;
  if not found then
    insert into public.service_shifts (opportunity_id, session_id, starts_at, ends_at, capacity)
    values (opportunity_id, session.id, date_trunc('minute', session.starts_at, 'UTC'), date_trunc('minute', session.ends_at, 'UTC'), 1) returning * into shift;
  end if;
  update public.service_shifts one set taken = one.taken + 1, capacity = greatest(one.capacity, one.taken + 1) where one.id = shift.id;
  insert into public.service_places (shift_id, person_id, status, by_account) values (shift.id, learner, 'taken', auth.uid()) returning id into made;
  insert into public.service_checks (place_id, what, at, proof, by_account) values (made, 'in', shift.starts_at, 'supervised', auth.uid()), (made, 'out', shift.ends_at, 'supervised', auth.uid());
  if is_elsewhere then perform private.audit('volunteer_from_elsewhere', 'person', learner::text, activity.host_unit_id); end if;
  perform private.audit('session_helper_added', 'activity_session', session.id::text, activity.host_unit_id, jsonb_build_object('person', learner));
  return made;
end $$;

-- ── lists ───────────────────────────────────────────────────────────────────────────────────────────────────────────
-- The check of a list of participation says of each row whether somebody is registered. Whoever registers people there can look; for others (departments) rows
-- that are checked are tries: so many a day over all their lists. Rows that are written come off again, as they are on record one by one.

create function private.count_rows_tried(of_import public.imports, rows integer) returns void
language plpgsql volatile set search_path = '' as $$
declare
  most constant integer := 20000;
  counter identity.limits;
begin
  if of_import.kind <> 'participation' or private.import_sees(of_import, 'people') then return; end if;
  insert into identity.limits as known (key, taken, window_ends_at)
  values ('import-rows:' || of_import.created_by, rows, clock_timestamp() + interval '1 day')
  on conflict on constraint limits_pkey do update set
    taken = case when known.window_ends_at <= clock_timestamp() then excluded.taken else known.taken + excluded.taken end,
    window_ends_at = case when known.window_ends_at <= clock_timestamp() then excluded.window_ends_at else known.window_ends_at end
  returning * into counter;
  if counter.taken > most then
    perform private.refuse(429, 'import_rows_tried', jsonb_build_object('most', most, 'rows', rows, 'secondsLeft', ceil(extract(epoch from counter.window_ends_at - clock_timestamp()))::integer));
  end if;
end $$;

create or replace function private.check_import(import_id bigint) returns jsonb
language plpgsql volatile security definer set search_path = '' as $$
declare
  of_import public.imports;
  inside extensions.ltree;
  counts jsonb;
begin
  select * into of_import from public.imports where id = check_import.import_id;
  inside := (select unit.path from public.units unit where unit.id = of_import.unit_id);
  delete from private.import_refusals refusal where refusal.import_id = of_import.id and not by_file;
  delete from private.import_warnings warning where warning.import_id = of_import.id;
  update private.import_rows staged set state = case when refused.line is null then 'read' else 'refused' end,
    person_id = null, candidates = null, newcomer = null, key = null
  from private.import_rows same
  left join (select distinct line from private.import_refusals refusal where refusal.import_id = check_import.import_id) refused using (line)
  where staged.import_id = of_import.id and same.import_id = of_import.id and same.line = staged.line;
  analyze private.import_rows;
  case of_import.kind
    when 'participation' then perform private.check_participation(of_import, inside);
    when 'persons' then perform private.check_persons(of_import, inside);
    when 'populations' then perform private.check_populations(of_import, inside);
    when 'units' then perform private.check_units(of_import, inside);
    when 'activities' then perform private.check_activities(of_import, inside);
  end case;
  if of_import.kind in ('participation', 'persons') then perform private.warn_of_probably_known(of_import.id, inside); end if;
  update private.import_rows staged set state = 'good' where staged.import_id = of_import.id and staged.state = 'read';
  select jsonb_build_object('total', count(*), 'good', count(*) filter (where state = 'good'), 'known', count(*) filter (where state = 'known'),
    'repeated', count(*) filter (where state = 'repeated'), 'refused', count(*) filter (where state = 'refused'),
    'corrections', count(*) filter (where state = 'good' and corrects is not null),
    'newcomers', count(distinct newcomer) filter (where state in ('good', 'repeated')),
    'persons', count(distinct coalesce(newcomer, person_id::text)) filter (where state = 'good'),
    'warned', (select count(distinct warning.line) from private.import_warnings warning where warning.import_id = of_import.id))
  into counts from private.import_rows where import_rows.import_id = of_import.id;
  -- In the transaction of the check: one that is too many tells nothing and counts for nothing. Before it is written the list is looked at once more.
  if of_import.state = 'checking' then perform private.count_rows_tried(of_import, (counts ->> 'total')::integer); end if;
  return counts;
end $$;

create or replace function private.finish_import_writing(import_id bigint, written integer) returns void
language plpgsql volatile security definer set search_path = '' as $$
begin
  update identity.limits tried set taken = greatest(tried.taken - finish_import_writing.written, 0)
  from public.imports import where import.id = finish_import_writing.import_id and import.state = 'applying' and tried.key = 'import-rows:' || import.created_by;
  update public.imports set state = case when private.import_earns(finish_import_writing.import_id) then 'crediting' else 'applied' end,
    applied_at = clock_timestamp(), problem = null, credited_to = null,
    result = jsonb_build_object('written', finish_import_writing.written,
      'persons', (select count(*) from private.import_effects effect where effect.import_id = finish_import_writing.import_id and effect.what = 'person'),
      'guardians', (select count(*) from private.import_effects effect where effect.import_id = finish_import_writing.import_id and effect.what = 'guardian'))
  where id = finish_import_writing.import_id and state = 'applying';
  -- Sealed numbers and names were needed until here; what was made of them is kept elsewhere.
  delete from private.import_rows where import_rows.import_id = finish_import_writing.import_id;
end $$;

-- How many rows had been checked when a list was thrown away, or checked anew with other columns or another sheet.
create or replace function public.discard_import(import_id bigint) returns uuid
language plpgsql volatile security definer set search_path = '' as $$
declare
  chosen public.imports := private.require_import(discard_import.import_id, '{mapping,checked,failed}');
begin
  perform private.audit('import_discarded', 'import', chosen.id::text, chosen.unit_id, jsonb_build_object('kind', chosen.kind, 'rows', coalesce((chosen.counts ->> 'total')::integer, 0)));
  delete from public.imports where id = chosen.id;
  return chosen.folder;
end $$;

create function private.note_rows_dropped(chosen public.imports) returns void
language plpgsql volatile set search_path = '' as $$
begin
  if coalesce((chosen.counts ->> 'total')::integer, 0) > 0 then
    perform private.audit('import_checked_again', 'import', chosen.id::text, chosen.unit_id, jsonb_build_object('kind', chosen.kind, 'rows', (chosen.counts ->> 'total')::integer));
  end if;
end $$;

create or replace function public.choose_import_columns(import_id bigint, columns jsonb, fixed jsonb, register_persons boolean) returns void
language plpgsql volatile security definer set search_path = '' as $$
declare
  chosen public.imports := private.require_import(choose_import_columns.import_id, '{mapping,checked,failed}');
begin
  if choose_import_columns.register_persons and chosen.kind = 'participation' then perform private.require_sight(chosen.unit_id, 'people'); end if;
  perform private.note_rows_dropped(chosen);
  update public.imports set columns = choose_import_columns.columns, fixed = choose_import_columns.fixed,
    register_persons = choose_import_columns.register_persons and kind = 'participation',
    state = 'checking', counts = '{}', problem = null, checked_at = null where id = chosen.id;
  insert into private.import_columns (unit_id, kind, headings, columns, fixed, by_account)
  values (chosen.unit_id, chosen.kind, chosen.headings, choose_import_columns.columns, choose_import_columns.fixed, auth.uid())
  on conflict on constraint import_columns_pkey do update set columns = excluded.columns, fixed = excluded.fixed, by_account = excluded.by_account, at = excluded.at;
  perform private.import_phase(chosen.id, 'reading', 0, null);
end $$;

create or replace function public.choose_import_sheet(import_id bigint, sheet text, headings text[], heading_line integer) returns void
language plpgsql volatile security definer set search_path = '' as $$
declare
  chosen public.imports := private.require_import(choose_import_sheet.import_id, '{mapping,checked,failed}');
begin
  if chosen.format <> 'xlsx' or sheet is null then perform private.refuse(422, 'sheet_unknown', '{"field": "sheet"}'); end if;
  perform private.note_rows_dropped(chosen);
  update public.imports set sheet = choose_import_sheet.sheet, headings = choose_import_sheet.headings, heading_line = choose_import_sheet.heading_line,
    columns = '{}', fixed = '{}', state = 'mapping', counts = '{}', problem = null, checked_at = null where id = chosen.id;
end $$;

-- ── newcomers ───────────────────────────────────────────────────────────────────────────────────────────────────────
-- Who may be meant elsewhere is told by township alone; asked for homes elsewhere it is as often as a guest is sought, and by a number as often as a busy desk registers.
create or replace function public.probable_duplicates(name text, pinyin text, birth_year integer, residence_unit_id integer,
  phone_lookup text default null, id_lookup text default null, but_id bigint default null)
returns table (person_id bigint, person_name text, person_sex text, born smallint, home text, phone text, reason text)
language plpgsql volatile security definer set search_path = '' as $$
#variable_conflict use_column
declare
  wait integer := 0;
begin
  if auth.uid() is null then perform private.refuse(401, 'sign_in_needed'); end if;
  if not exists (select from private.my_units('people')) then perform private.require_sight(probable_duplicates.residence_unit_id, 'people'); end if;
  if probable_duplicates.residence_unit_id not in (select private.my_units('people')) then
    wait := identity.take('alike-elsewhere:' || auth.uid(), 60, '1 hour');
  elsif coalesce(probable_duplicates.phone_lookup, probable_duplicates.id_lookup) is not null then
    wait := identity.take('alike-number:' || auth.uid(), 300, '1 hour');
  end if;
  if wait > 0 then perform private.refuse(429, 'too_many_tries', jsonb_build_object('secondsLeft', wait)); end if;
  return query
  select case when seen.named then person.id end, case when seen.named then person.name end, case when seen.named then person.sex end,
    case when seen.named then person.birth_year end, case when seen.named then home.name else township.name end,
    case when seen.named then (select contact.masked from private.person_contacts contact where contact.kind = 'phone' and contact.person_id = person.id) end,
    probable.reason
  from private.probable_duplicates(probable_duplicates.name, probable_duplicates.pinyin, probable_duplicates.birth_year, probable_duplicates.residence_unit_id,
    decode(probable_duplicates.phone_lookup, 'hex'), decode(probable_duplicates.id_lookup, 'hex'), probable_duplicates.but_id) probable
  join public.persons person on person.id = probable.person_id
  join public.units home on home.id = person.residence_unit_id
  join public.units township on township.id = home.parent_id
  cross join lateral (select home.path operator(extensions.<@) any (private.my_unit_paths('names')) as named) seen
  order by probable.rank, person.id;
end $$;
