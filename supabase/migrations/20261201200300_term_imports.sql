-- A term of activities from a spreadsheet, by the same way as any import: a row is a session, rows of one host and title are one
-- activity. What is written are drafts, reviewed and published as any other; taken back, those go that nobody went on with.

alter table public.imports drop constraint imports_kind_check;
alter table public.imports add constraint imports_kind_check check (kind in ('participation', 'persons', 'populations', 'units', 'activities'));
alter table private.import_effects drop constraint import_effects_what_check;
alter table private.import_effects add constraint import_effects_what_check check (what in ('person', 'group', 'population', 'unit', 'activity'));
drop policy "Imports are read by who made them and by those who may make them there" on public.imports;
create policy "Imports are read by who made them and by those who may make them there" on public.imports for select to authenticated
  using (created_by = (select auth.uid())
    or kind in ('participation', 'persons') and unit_id in (select private.my_units('people'))
    or kind = 'populations' and unit_id in (select private.my_units('populations'))
    or kind = 'units' and unit_id in (select private.my_units('network'))
    or kind = 'activities' and unit_id in (select private.my_units('activities')));

create or replace function private.import_sight(kind text) returns text
language sql immutable set search_path = ''
return case kind when 'populations' then 'populations' when 'units' then 'network' when 'activities' then 'activities' else 'people' end;

create or replace function private.import_words() returns jsonb
language sql stable security definer set search_path = ''
return jsonb_build_object(
  'categories', (select jsonb_agg(jsonb_build_object('id', id, 'zh', zh, 'en', en) order by position) from public.categories),
  'groups', (select jsonb_agg(jsonb_build_object('id', id, 'zh', zh, 'en', en, 'byAge', ages is not null or id = 'resident') order by position) from public.population_groups),
  'unitKinds', (select jsonb_agg(jsonb_build_object('id', id, 'zh', zh, 'en', en, 'nature', nature) order by id) from public.unit_kinds),
  'forms', (select jsonb_agg(jsonb_build_object('id', id, 'zh', zh, 'en', en) order by position) from public.activity_forms));

-- ── checking ────────────────────────────────────────────────────────────────────────────────────────────────────────

create function private.check_activities(of_import public.imports, inside extensions.ltree) returns void
language plpgsql volatile set search_path = '' as $$
begin
  insert into private.import_refusals (import_id, line, field, code, details, by_file)
  select of_import.id, staged.line, refused.field, refused.code, refused.details, false
  from private.import_rows staged join public.units host on host.id = staged.host_unit_id
  cross join lateral (
    select 'host' as field, 'import_unit_outside' as code, '{}'::jsonb as details where not host.path operator(extensions.<@) inside
    union all
    select 'host', 'import_unit_closed', jsonb_build_object('unit', host.name, 'closedOn', host.closed_on) where host.closed_on <= private.china_date(now())
    union all
    select 'date', 'import_session_past', '{}' where staged.started_at <= now()
  ) refused
  where staged.import_id = of_import.id and staged.state <> 'refused';
  perform private.refuse_rows(of_import.id);
  update private.import_rows staged set key = staged.host_unit_id || ':' || private.text_key(staged.name)
  where staged.import_id = of_import.id and staged.state <> 'refused';

  -- What is said of an activity is the same in each of its rows; and it has an end.
  insert into private.import_refusals (import_id, line, field, code, details, by_file)
  select of_import.id, twice.line, 'title', 'import_activity_differs', jsonb_build_object('line', twice.first_line), false
  from (
    select line, array[category_id, kind, form, details ->> 'signUp'] as said, first_value(array[category_id, kind, form, details ->> 'signUp']) over same as first_said, first_value(line) over same as first_line
    from private.import_rows where import_rows.import_id = of_import.id and state <> 'refused' window same as (partition by key order by line)
  ) twice where twice.said is distinct from twice.first_said;
  insert into private.import_refusals (import_id, line, field, code, by_file)
  select of_import.id, counted.line, 'title', 'import_sessions_too_many', false
  from (select line, row_number() over (partition by key order by line) as nth from private.import_rows where import_rows.import_id = of_import.id and state <> 'refused') counted
  where counted.nth > 120;
  perform private.refuse_rows(of_import.id);

  update private.import_rows staged set state = 'repeated'
  from (select line, row_number() over (partition by key, started_at order by line) as nth from private.import_rows
    where import_rows.import_id = of_import.id and state <> 'refused') counted
  where staged.import_id = of_import.id and staged.line = counted.line and counted.nth > 1;
  update private.import_rows staged set state = 'known'
  where staged.import_id = of_import.id and staged.state = 'read' and exists (
    select from public.activities known join public.activity_sessions session on session.activity_id = known.id and session.starts_at = staged.started_at and session.cancelled_at is null
    where known.host_unit_id = staged.host_unit_id and known.status <> 'cancelled' and private.text_key(known.title) = private.text_key(staged.name));
  -- Of an activity that is planned already, further sessions are added there: a second one of the same name would be no help.
  insert into private.import_refusals (import_id, line, field, code, by_file)
  select of_import.id, staged.line, 'title', 'import_activity_planned', false
  from private.import_rows staged
  where staged.import_id = of_import.id and staged.state = 'read'
    and exists (select from private.import_rows mate where mate.import_id = of_import.id and mate.key = staged.key and mate.state = 'known');
  perform private.refuse_rows(of_import.id);
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
  update private.import_rows staged set state = 'good' where staged.import_id = of_import.id and staged.state = 'read';
  select jsonb_build_object('total', count(*), 'good', count(*) filter (where state = 'good'), 'known', count(*) filter (where state = 'known'),
    'repeated', count(*) filter (where state = 'repeated'), 'refused', count(*) filter (where state = 'refused'),
    'corrections', count(*) filter (where state = 'good' and corrects is not null),
    'newcomers', count(distinct newcomer) filter (where state in ('good', 'repeated')),
    'persons', count(distinct coalesce(newcomer, person_id::text)) filter (where state = 'good'))
  into counts from private.import_rows where import_rows.import_id = of_import.id;
  return counts;
end $$;

-- ── writing, and back ───────────────────────────────────────────────────────────────────────────────────────────────

-- Plans the activities whose first row is among these lines, each with all of its sessions, by the one function that plans.
create function private.write_import_activities(of_import_id bigint, from_line integer, to_line integer) returns integer
language plpgsql volatile set search_path = '' as $$
declare
  activity record;
  made bigint;
  written integer := 0;
begin
  perform private.act_as((select import.created_by from public.imports import where import.id = of_import_id));
  for activity in
    select (array_agg(staged.host_unit_id))[1] as host_id, count(*)::integer as sessions_count, (array_agg(staged order by staged.line))[1] as first_row,
      jsonb_agg(jsonb_build_object('startsAt', staged.started_at, 'endsAt', staged.ended_at, 'venue', staged.details ->> 'venue', 'room', staged.details ->> 'room',
        'capacity', (staged.details ->> 'seats')::integer) order by staged.started_at) as sessions
    from private.import_rows staged where staged.import_id = of_import_id and staged.state = 'good'
    group by staged.key having min(staged.line) between from_line and to_line order by min(staged.line)
  loop
    made := public.save_activity(activity.host_id, null, null, jsonb_strip_nulls(jsonb_build_object('title', (activity.first_row).name, 'kind', (activity.first_row).kind,
        'form', (activity.first_row).form, 'category', (activity.first_row).category_id, 'department', (activity.first_row).department) || (activity.first_row).details - 'seats'),
      -- A place is said at the session only where it is another one.
      (select jsonb_agg(line - case when line ->> 'venue' is not distinct from (activity.first_row).details ->> 'venue' and line ->> 'room' is not distinct from (activity.first_row).details ->> 'room'
        then array['venue', 'room'] else '{}'::text[] end) from jsonb_array_elements(activity.sessions) as list (line)),
      ((activity.first_row).details ->> 'seats')::integer);
    insert into private.import_effects (import_id, what, subject_id) values (of_import_id, 'activity', made);
    written := written + activity.sessions_count;
  end loop;
  return written;
end $$;

-- Deletes the drafts that an import made and nobody went on with since; what was changed, handed in or published stays.
create function private.remove_import_activities(of_import public.imports) returns jsonb
language plpgsql volatile set search_path = '' as $$
declare
  draft record;
  removed integer := 0;
  kept bigint[] := '{}';
begin
  perform private.act_as(of_import.taken_back_by);
  for draft in
    select effect.subject_id, activity.id, activity.status, activity.version from private.import_effects effect left join public.activities activity on activity.id = effect.subject_id
    where effect.import_id = of_import.id and effect.what = 'activity' order by effect.subject_id
  loop
    if draft.id is null then continue; end if;
    if draft.status = 'draft' and draft.version = 1 then
      perform public.delete_activity(draft.id);
      removed := removed + 1;
    else
      kept := kept || draft.id;
    end if;
  end loop;
  return jsonb_build_object('removed', removed, 'kept', cardinality(kept), 'keptIds', to_jsonb(kept[:50]));
end $$;

-- The ways of the other kinds go on as they were.
alter function private.write_import_rows(bigint, integer, integer) rename to write_import_lines;
alter function private.remove_import_effects(bigint) rename to remove_import_others;
revoke execute on function private.write_import_lines(bigint, integer, integer), private.remove_import_others(bigint) from job_server;
create function private.write_import_rows(of_import_id bigint, from_line integer, to_line integer) returns integer
language plpgsql volatile security definer set search_path = '' as $$
begin
  if (select import.kind from public.imports import where import.id = of_import_id) = 'activities' then return private.write_import_activities(of_import_id, from_line, to_line); end if;
  return private.write_import_lines(of_import_id, from_line, to_line);
end $$;
create function private.remove_import_effects(of_import_id bigint) returns jsonb
language plpgsql volatile security definer set search_path = '' as $$
declare
  of_import public.imports;
begin
  select * into strict of_import from public.imports import where import.id = of_import_id;
  if of_import.kind = 'activities' then return private.remove_import_activities(of_import); end if;
  return private.remove_import_others(of_import_id);
end $$;
grant execute on function private.write_import_rows(bigint, integer, integer), private.remove_import_effects(bigint) to job_server;
