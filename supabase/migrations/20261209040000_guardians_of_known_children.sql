-- A list of people links the guardian that it names to a child who is registered already, as to a new one: with the relation and the consent that
-- the list says.

alter table private.import_effects drop constraint import_effects_what_check;
alter table private.import_effects add constraint import_effects_what_check check (what in ('person', 'group', 'guardian', 'population', 'unit', 'activity'));

-- Whether a row names a guardian of a child that is registered, who is not on record as one.
create function private.guardian_to_link(staged private.import_rows) returns boolean
language sql stable set search_path = ''
return coalesce(staged.guardian_id_lookup, staged.guardian_phone_lookup) is not null
  and exists (select from public.persons child where child.id = staged.person_id and child.birth_year > private.china_year(now()) - 18)
  and not exists (
    select from public.guardians link join public.persons adult on adult.id = link.guardian_id
    where link.child_id in (select private.rows_of_person(staged.person_id)) and link.valid_to is null
      and coalesce(adult.counts_as, adult.id) = private.import_guardian(staged.guardian_id_lookup, staged.guardian_phone_lookup));

-- Whether whoever brought in a list sees there who is in need.
create function private.import_sees_groups(of_import public.imports) returns boolean
language sql stable set search_path = ''
return private.import_sees(of_import, 'groups');

create or replace function private.check_persons(of_import public.imports, inside extensions.ltree) returns void
language plpgsql volatile set search_path = '' as $$
declare
  sees_groups boolean := private.import_sees_groups(of_import);
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
      where (person.id is null and coalesce(staged.guardian_id_lookup, staged.guardian_phone_lookup) is not null or private.guardian_to_link(staged)) and staged.guardian_relation is null
    union all
    select 'guardianPhone', 'import_guardian_unknown', '{}'
      where (person.id is null and coalesce(staged.guardian_id_lookup, staged.guardian_phone_lookup) is not null or private.guardian_to_link(staged))
        and private.import_guardian(staged.guardian_id_lookup, staged.guardian_phone_lookup) is null
        and not exists (select from private.import_rows parent where parent.import_id = of_import.id and parent.state <> 'refused'
          and parent.birth_year <= private.china_year(now()) - 18
          and (parent.id_lookup = staged.guardian_id_lookup or parent.phone_lookup = staged.guardian_phone_lookup))
  ) refused
  where staged.import_id = of_import.id and staged.state <> 'refused';
  perform private.refuse_rows(of_import.id);
  -- A guardian whose own line was refused just now doesn't come with the list.
  loop
    insert into private.import_refusals (import_id, line, field, code, by_file)
    select of_import.id, staged.line, 'guardianPhone', 'import_guardian_unknown', false
    from private.import_rows staged
    where staged.import_id = of_import.id and staged.state <> 'refused'
      and (staged.person_id is null and coalesce(staged.guardian_id_lookup, staged.guardian_phone_lookup) is not null or private.guardian_to_link(staged))
      and private.import_guardian(staged.guardian_id_lookup, staged.guardian_phone_lookup) is null
      and not exists (select from private.import_rows parent where parent.import_id = of_import.id and parent.state <> 'refused'
        and parent.birth_year <= private.china_year(now()) - 18
        and (parent.id_lookup = staged.guardian_id_lookup or parent.phone_lookup = staged.guardian_phone_lookup));
    exit when not found;
    perform private.refuse_rows(of_import.id);
  end loop;
  perform private.name_newcomers(of_import.id);

  update private.import_rows staged
  set state = case
    when counted.nth > 1 then 'repeated'
    when staged.person_id is null or private.guardian_to_link(staged) or exists (
      -- Whether somebody is known to be in need is not told to whoever does not see it: it is written again, which changes nothing.
      select from unnest(staged.groups) as named (group_id) join public.population_groups one on one.id = named.group_id
      where one.is_sensitive and not sees_groups or not private.is_in_group(staged.person_id, named.group_id, staged.groups_from, staged.groups_to)) then 'read'
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


create or replace function private.write_import_lines(of_import_id bigint, from_line integer, to_line integer) returns integer
language plpgsql volatile security definer set search_path = '' as $$
declare
  of_import public.imports := (select import from public.imports import where import.id = of_import_id);
  staged private.import_rows;
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
        if private.guardian_to_link(staged) then
          guardian := private.import_guardian(staged.guardian_id_lookup, staged.guardian_phone_lookup);
          if guardian is null then perform private.refuse(409, 'import_changed', '{}'); end if;
          made := private.add_guardian(staged.person_id, guardian, staged.guardian_relation, staged.guardian_consent, of_import.created_by);
          insert into private.import_effects (import_id, what, subject_id, details) values (of_import_id, 'guardian', staged.person_id, jsonb_build_object('link', made));
          perform private.audit('guardian_added', 'person', staged.person_id::text, (select child.residence_unit_id from public.persons child where child.id = staged.person_id),
            jsonb_build_object('guardian', guardian));
        end if;
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


-- As before; a guardian that the list linked goes with it.
create or replace function private.remove_import_others(of_import_id bigint) returns jsonb
language plpgsql volatile security definer set search_path = '' as $$
declare
  of_import public.imports := (select import from public.imports import where import.id = of_import_id);
  effect record;
  version record;
  guardian bigint;
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
      elsif effect.what = 'guardian' then
        -- Ended since, it is history.
        delete from public.guardians link where link.id = (effect.details ->> 'link')::bigint and link.valid_to is null returning link.guardian_id into guardian;
        if not found then raise exception using errcode = 'PT409', message = 'changed_since'; end if;
        perform private.audit('guardian_ended', 'person', effect.subject_id::text, (select child.residence_unit_id from public.persons child where child.id = effect.subject_id),
          jsonb_build_object('guardian', guardian));
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


-- As before, with how many children who were registered got a guardian.
create or replace function private.finish_import_writing(import_id bigint, written integer) returns void
language plpgsql volatile security definer set search_path = '' as $$
begin
  update public.imports set state = case when private.import_earns(finish_import_writing.import_id) then 'crediting' else 'applied' end,
    applied_at = clock_timestamp(), problem = null, credited_to = null,
    result = jsonb_build_object('written', finish_import_writing.written,
      'persons', (select count(*) from private.import_effects effect where effect.import_id = finish_import_writing.import_id and effect.what = 'person'),
      'guardians', (select count(*) from private.import_effects effect where effect.import_id = finish_import_writing.import_id and effect.what = 'guardian'))
  where id = finish_import_writing.import_id and state = 'applying';
  -- Sealed numbers and names were needed until here; what was made of them is kept elsewhere.
  delete from private.import_rows where import_rows.import_id = finish_import_writing.import_id;
end $$;

