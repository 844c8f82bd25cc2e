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
