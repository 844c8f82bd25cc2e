-- Lists of people: who stands beside a child in which relation and whether they agreed is what the list says, groups have their days, and what
-- a list says otherwise of somebody known is told.

-- A child below this age is registered together with a guardian, wherever it is registered.
create function private.needs_guardian(birth_year integer) returns boolean
language sql stable set search_path = ''
return coalesce(birth_year between private.china_year(now()) - 13 and private.china_year(now()), false);

alter table private.import_rows add column guardian_relation text, add column guardian_consent boolean, add column groups_from date, add column groups_to date;

-- What a row says otherwise than is recorded. It is not written and refuses nothing.
create table private.import_warnings (
  import_id bigint not null references public.imports on delete cascade,
  line integer not null,
  field text not null,
  code text not null check (code ~ '^[a-z_]+$'),
  details jsonb not null default '{}',
  primary key (import_id, line, field)
);
alter table private.import_warnings enable row level security;

create function private.import_lines_warned(import_id bigint) returns table (line integer, field text, code text, details jsonb)
language sql stable security definer set search_path = ''
begin atomic
  select warning.line, warning.field, warning.code, warning.details from private.import_warnings warning
  where warning.import_id = import_lines_warned.import_id order by warning.line, warning.field;
end;
grant execute on function private.import_lines_warned(bigint) to job_server;

-- Whether a group is on record for any of the days that an entry would be about.
create function private.is_in_group(person_id bigint, group_id text, from_day date, to_day date) returns boolean
language sql stable set search_path = ''
return exists (select from public.person_groups entry where entry.person_id = is_in_group.person_id and entry.group_id = is_in_group.group_id
  and daterange(entry.valid_from, entry.valid_to, '[]') && daterange(coalesce(from_day, private.china_date(now())), greatest(to_day, coalesce(from_day, private.china_date(now()))), '[]'));

create function private.import_groups(groups text[], source text, from_day date, to_day date) returns jsonb
language sql immutable set search_path = ''
return (select coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object('group', group_id, 'source', source, 'from', from_day, 'to', to_day))), '[]') from unnest(groups) as named (group_id));

-- ── the check ─────────────────────────────────────────────────────────────────────────────────────────────────────

create or replace function private.check_persons(of_import public.imports, inside extensions.ltree) returns void
language plpgsql volatile set search_path = '' as $$
begin
  perform private.match_import(of_import.id);
  insert into private.import_refusals (import_id, line, field, code, details, by_file)
  select of_import.id, staged.line, refused.field, refused.code, refused.details, false
  from private.import_rows staged
  left join public.persons person on person.id = staged.person_id
  left join public.units known_home on known_home.id = person.residence_unit_id
  join public.units home on home.id = staged.residence_unit_id
  cross join lateral (
    select 'name' as field, 'import_person_ambiguous' as code, jsonb_build_object('candidates', staged.candidates) as details where staged.candidates > 1
    union all
    select 'name', 'import_name_differs', '{}' where person.name <> staged.name
    union all
    select 'birth', 'import_birth_differs', '{}' where person.birth_year <> staged.birth_year
    union all
    select 'groupsTo', 'dates_reversed', '{}' where staged.groups_to < coalesce(staged.groups_from, private.china_date(now()))
    union all
    select 'residence', 'import_home_outside', '{}' where not coalesce(known_home.path, home.path) operator(extensions.<@) inside
    union all
    select 'residence', 'import_home_closed', jsonb_build_object('unit', home.name, 'closedOn', home.closed_on)
      where person.id is null and home.closed_on <= private.china_date(now())
    union all
    select 'guardianPhone', 'child_needs_guardian', '{}'
      where person.id is null and private.needs_guardian(staged.birth_year)
        and staged.guardian_id_lookup is null and staged.guardian_phone_lookup is null
    union all
    select 'guardianRelation', 'relation_missing', '{}'
      where person.id is null and coalesce(staged.guardian_id_lookup, staged.guardian_phone_lookup) is not null and staged.guardian_relation is null
    union all
    select 'guardianPhone', 'import_guardian_unknown', '{}'
      where person.id is null and coalesce(staged.guardian_id_lookup, staged.guardian_phone_lookup) is not null
        and private.import_guardian(staged.guardian_id_lookup, staged.guardian_phone_lookup) is null
        and not exists (select from private.import_rows parent where parent.import_id = of_import.id and parent.state <> 'refused'
          and parent.birth_year <= private.china_year(now()) - 18
          and (parent.id_lookup = staged.guardian_id_lookup or parent.phone_lookup = staged.guardian_phone_lookup))
  ) refused
  where staged.import_id = of_import.id and staged.state <> 'refused';
  perform private.refuse_rows(of_import.id);
  perform private.name_newcomers(of_import.id);

  update private.import_rows staged
  set state = case
    when counted.nth > 1 then 'repeated'
    when staged.person_id is null or exists (
      select from unnest(staged.groups) as named (group_id) where not private.is_in_group(staged.person_id, named.group_id, staged.groups_from, staged.groups_to)) then 'read'
    else 'known' end
  from (select line, row_number() over (partition by coalesce(newcomer, person_id::text) order by line) as nth from private.import_rows
    where import_rows.import_id = of_import.id and state <> 'refused') counted
  where staged.import_id = of_import.id and staged.line = counted.line;

  -- A list changes nobody's number or home: that is done with the person, who may have moved or given the phone away.
  insert into private.import_warnings (import_id, line, field, code, details)
  select of_import.id, staged.line, told.field, told.code, told.details
  from private.import_rows staged join public.persons person on person.id = staged.person_id join public.units home on home.id = person.residence_unit_id
  cross join lateral (
    select 'phone' as field, 'import_phone_differs' as code, '{}'::jsonb as details
      where staged.phone_lookup is not null and not exists (select from private.person_contacts contact
        where contact.kind = 'phone' and contact.lookup = staged.phone_lookup and contact.person_id in (select private.rows_of_person(person.id)))
    union all
    select 'residence', 'import_home_differs', jsonb_build_object('unit', home.name) where staged.residence_unit_id <> person.residence_unit_id
  ) told
  where staged.import_id = of_import.id and staged.state <> 'refused';
end $$;

-- As before, with how many rows say something else than is recorded.
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
  update private.import_rows staged set state = 'good' where staged.import_id = of_import.id and staged.state = 'read';
  select jsonb_build_object('total', count(*), 'good', count(*) filter (where state = 'good'), 'known', count(*) filter (where state = 'known'),
    'repeated', count(*) filter (where state = 'repeated'), 'refused', count(*) filter (where state = 'refused'),
    'corrections', count(*) filter (where state = 'good' and corrects is not null),
    'newcomers', count(distinct newcomer) filter (where state in ('good', 'repeated')),
    'persons', count(distinct coalesce(newcomer, person_id::text)) filter (where state = 'good'),
    'warned', (select count(distinct warning.line) from private.import_warnings warning where warning.import_id = of_import.id))
  into counts from private.import_rows where import_rows.import_id = of_import.id;
  return counts;
end $$;

-- ── writing, and back ───────────────────────────────────────────────────────────────────────────────────────────────

create or replace function private.begin_import_writing(import_id bigint) returns integer[]
language plpgsql volatile security definer set search_path = '' as $$
declare
  of_import public.imports;
  found_now jsonb;
  staged record;
  new_person_id bigint;
begin
  select * into of_import from public.imports where id = begin_import_writing.import_id and state = 'applying' for update;
  if not found then return '{}'; end if;
  found_now := private.check_import(of_import.id);
  if not of_import.good_only and (found_now ->> 'refused')::integer > 0 then perform private.refuse(409, 'import_changed'); end if;
  update public.imports set counts = found_now where id = of_import.id;
  if of_import.kind in ('participation', 'persons') then
    for staged in
      select distinct on (newcomer) * from private.import_rows rows_of
      where rows_of.import_id = of_import.id and rows_of.newcomer is not null and rows_of.state = 'good'
      order by newcomer, id_lookup is null, phone_lookup is null, line
    loop
      new_person_id := private.register_person(name => staged.name, sex => staged.sex, birth_year => staged.birth_year,
        residence_unit_id => staged.residence_unit_id, pinyin => staged.pinyin, initials => staged.initials, contacts => staged.contacts,
        groups => private.import_groups(staged.groups, staged.group_source, staged.groups_from, staged.groups_to), entered_by => of_import.created_by);
      insert into private.import_effects (import_id, what, subject_id) values (of_import.id, 'person', new_person_id);
      update private.import_rows rows_of set person_id = new_person_id
        where rows_of.import_id = of_import.id and rows_of.newcomer = staged.newcomer;
    end loop;
  end if;
  if of_import.kind = 'participation' then
    -- Newcomers have their numbers now, and their rows the keys that go with them.
    update private.import_rows rows_of
    set key = private.import_key(rows_of.person_id, rows_of.started_at, rows_of.host_unit_id, rows_of.category_id, rows_of.kind, rows_of.role, rows_of.programme)
    where rows_of.import_id = of_import.id and rows_of.newcomer is not null and rows_of.state = 'good';
  end if;
  return (select array[min(line), max(line)] from private.import_rows rows_of where rows_of.import_id = of_import.id and rows_of.state = 'good');
end $$;

-- As before; consent is what the list says, and where it says nothing there is none.
create or replace function private.write_import_lines(of_import_id bigint, from_line integer, to_line integer) returns integer
language plpgsql volatile security definer set search_path = '' as $$
declare
  of_import public.imports := (select import from public.imports import where import.id = of_import_id);
  staged record;
  entry record;
  made bigint;
  guardian bigint;
  earlier jsonb;
  written integer := 0;
begin
  perform private.act_as(of_import.created_by);
  for staged in
    select * from private.import_rows rows_of
    where rows_of.import_id = of_import_id and rows_of.line between from_line and to_line and rows_of.state = 'good' order by rows_of.line
  loop
    if of_import.kind = 'persons' then
      if staged.newcomer is null then
        -- Somebody known, of whom a registry says something new.
        for entry in select named.group_id from unnest(staged.groups) as named (group_id) where not private.is_in_group(staged.person_id, named.group_id, staged.groups_from, staged.groups_to) loop
          perform private.add_groups(staged.person_id, private.import_groups(array[entry.group_id], staged.group_source, staged.groups_from, staged.groups_to), of_import.created_by);
          insert into private.import_effects (import_id, what, subject_id, details)
          values (of_import_id, 'group', staged.person_id, jsonb_build_object('group', entry.group_id, 'to', staged.groups_to));
        end loop;
      elsif coalesce(staged.guardian_id_lookup, staged.guardian_phone_lookup) is not null then
        guardian := private.import_guardian(staged.guardian_id_lookup, staged.guardian_phone_lookup);
        if guardian is null then perform private.refuse(409, 'import_changed', '{}'); end if;
        perform private.add_guardian(staged.person_id, guardian, staged.guardian_relation, staged.guardian_consent, of_import.created_by);
      end if;
    else
      select jsonb_build_object('count', current.count, 'source', current.source, 'asOf', current.as_of) into earlier
      from public.populations current
      where current.unit_id = staged.unit_id and current.year = (staged.details ->> 'year')::integer
        and current.group_id = staged.details ->> 'group' and current.area = staged.details ->> 'area';
      made := private.enter_population(staged.unit_id, (staged.details ->> 'year')::integer, staged.details ->> 'group', staged.details ->> 'area',
        (staged.details ->> 'count')::integer, staged.details ->> 'source', (staged.details ->> 'asOf')::date, of_import.created_by);
      insert into private.import_effects (import_id, what, subject_id, details)
      values (of_import_id, 'population', made, coalesce(earlier, '{}')) on conflict do nothing;
    end if;
    written := written + 1;
  end loop;
  return written;
end $$;

create or replace function private.remove_import_others(of_import_id bigint) returns jsonb
language plpgsql volatile security definer set search_path = '' as $$
declare
  of_import public.imports := (select import from public.imports import where import.id = of_import_id);
  effect record;
  version record;
  removed integer := 0;
  kept bigint[] := '{}';
begin
  perform private.act_as(of_import.taken_back_by);
  for effect in select * from private.import_effects made where made.import_id = of_import_id order by made.what, made.subject_id desc loop
    begin
      if effect.what = 'person' then
        if exists (select from public.persons person where person.id = effect.subject_id
            and (person.updated_at <> person.created_at or person.counts_as is not null))
          or exists (select from public.person_groups entry join public.persons person on person.id = entry.person_id
            where entry.person_id = effect.subject_id and entry.entered_at <> person.created_at) then
          raise exception using errcode = 'PT409', message = 'changed_since';
        end if;
        -- The guardian of a child that goes with it; facts, accounts, posts and cards keep a person here.
        delete from public.guardians link where link.child_id = effect.subject_id;
        delete from public.persons person where person.id = effect.subject_id;
      elsif effect.what = 'group' then
        delete from public.person_groups entry where entry.person_id = effect.subject_id and entry.group_id = effect.details ->> 'group'
          and entry.entered_at between of_import.applied_at - interval '1 day' and of_import.applied_at and entry.valid_to is not distinct from (effect.details ->> 'to')::date;
      elsif effect.what = 'population' then
        select * into version from public.population_versions made where made.id = effect.subject_id;
        if exists (select from public.population_versions newer where newer.unit_id = version.unit_id and newer.year = version.year
            and newer.group_id = version.group_id and newer.area = version.area and newer.id > version.id) then
          raise exception using errcode = 'PT409', message = 'changed_since';
        end if;
        perform private.enter_population(version.unit_id, version.year, version.group_id, version.area, (effect.details ->> 'count')::integer,
          coalesce(effect.details ->> 'source', version.source), coalesce((effect.details ->> 'asOf')::date, version.as_of), of_import.taken_back_by);
      else
        -- A unit has a history: it is closed, not removed, where nobody lives, works or studied there.
        if exists (select from public.participations fact where fact.host_unit_id = effect.subject_id or fact.residence_unit_id = effect.subject_id)
          or exists (select from public.posts post where post.unit_id = effect.subject_id)
          or exists (select from public.units below where below.parent_id = effect.subject_id) then
          raise exception using errcode = 'PT409', message = 'changed_since';
        end if;
        perform public.close_unit((select unit.code from public.units unit where unit.id = effect.subject_id), private.china_date(now()), null, false);
      end if;
      removed := removed + 1;
    exception
      when others then
        if sqlstate <> '23503' and sqlstate not like 'PT4%' then raise; end if;
        kept := kept || effect.subject_id;
    end;
  end loop;
  return jsonb_build_object('removed', removed, 'kept', cardinality(kept), 'keptIds', to_jsonb(kept[:50]));
end $$;

drop function private.import_groups(text[], text), private.is_in_group(bigint, text);

-- ── one rule for children ─────────────────────────────────────────────────────────────────────────────────────────

-- Registers a person at the desk. The caller has been shown who it may be already (public.probable_duplicates) and says that
-- this is somebody else; the same ID number is never somebody else.
create or replace function public.register_person(name text, sex text, birth_year integer, residence_unit_id integer, pinyin text, initials text,
  groups jsonb default '[]', contacts jsonb default '[]', guardian_id bigint default null, guardian_relation text default null,
  guardian_consent boolean default null) returns bigint
language plpgsql volatile security definer set search_path = '' as $$
declare
  new_person_id bigint;
begin
  perform private.require_residence(register_person.residence_unit_id);
  perform private.require_sight(register_person.residence_unit_id, 'people');
  if register_person.birth_year is null then perform private.refuse(422, 'birth_year_invalid', '{"field": "birthYear"}'); end if;
  if private.needs_guardian(register_person.birth_year) and register_person.guardian_id is null then
    perform private.refuse(422, 'child_needs_guardian', '{"field": "guardianId"}');
  end if;
  if register_person.sex is null then perform private.refuse(422, 'sex_missing', '{"field": "sex"}'); end if;
  perform private.refuse_known_id_number(null, register_person.contacts);
  if register_person.guardian_id is not null then perform private.require_person(register_person.guardian_id, 'names'); end if;
  new_person_id := private.register_person(register_person.name, register_person.sex, register_person.birth_year, register_person.residence_unit_id,
    register_person.pinyin, register_person.initials, register_person.groups, register_person.contacts, register_person.guardian_id,
    register_person.guardian_relation, register_person.guardian_consent, auth.uid());
  perform private.audit('person_registered', 'person', new_person_id::text, register_person.residence_unit_id);
  return new_person_id;
end $$;

create or replace function public.introduce_myself(name text, sex text, birth_year integer, residence_unit_id integer,
  pinyin text default null, initials text default null) returns bigint
language plpgsql volatile security definer set search_path = '' as $$
declare
  account identity.accounts;
  new_person_id bigint;
begin
  select * into account from identity.accounts where id = auth.uid() and disabled_at is null for update;
  if not found then perform private.refuse(401, 'sign_in_needed'); end if;
  if account.person_id is not null then perform private.refuse(409, 'already_introduced'); end if;
  if introduce_myself.sex in ('female', 'male') is not true then
    perform private.refuse(422, 'sex_missing', '{"field": "sex"}');
  end if;
  if introduce_myself.birth_year between private.china_year(now()) - 120 and private.china_year(now()) is not true then
    perform private.refuse(422, 'birth_year_invalid', '{"field": "birthYear"}');
  end if;
  if private.needs_guardian(introduce_myself.birth_year) then
    perform private.refuse(422, 'guardian_needed', '{"field": "birthYear"}');
  end if;
  new_person_id := private.register_person(introduce_myself.name, introduce_myself.sex, introduce_myself.birth_year,
    introduce_myself.residence_unit_id, introduce_myself.pinyin, introduce_myself.initials, entered_by => account.id);
  if account.phone_cipher is not null then
    insert into private.person_contacts (person_id, kind, cipher, key_id, lookup, masked, tail, entered_by)
    values (new_person_id, 'phone', account.phone_cipher, account.phone_key_id, decode(account.phone_lookup, 'hex'),
      account.phone_mask, account.phone_tail, account.id);
  end if;
  update identity.accounts set person_id = new_person_id, updated_at = now() where id = account.id;
  return new_person_id;
end $$;
